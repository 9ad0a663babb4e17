/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

/* Rows and changes that are kept for later go by the names of fields, so that they can still be read after the field table has grown. */

static GVariant *
pack_value (const KamValue *value)
{
  return value->kind == KAM_VALUE_INT ? g_variant_new_int64 (value->number) : g_variant_new_string (value->text);
}

static GVariant *
pack_maybe (const KamValue *value)
{
  if (value->kind == KAM_VALUE_NULL)
    return g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);

  return g_variant_new_maybe (NULL, g_variant_new_variant (pack_value (value)));
}

static void
unpack_value (GVariant *variant,
              KamValue *value)
{
  if (variant == NULL)
    kam_value_set_null (value);
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    kam_value_set_int (value, g_variant_get_int64 (variant));
  else
    kam_value_set_text (value, g_variant_get_string (variant, NULL));
}

/* Returns: (transfer full): not floating */
GVariant *
kam_row_pack (const KamRow *row)
{
  const KamEntity *entity = kam_row_entity (row);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sv)"));

  for (guint i = 0; i < entity->n_fields; i++)
    {
      if (!kam_row_is_null (row, i))
        g_variant_builder_add (&builder, "(sv)", entity->fields[i].name, pack_value (kam_row_get (row, i)));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

KamRow *
kam_row_unpack (KamEntityKind  kind,
                const char    *id,
                gint64         rev,
                const char    *scope,
                GVariant      *data)
{
  const KamEntity *entity = kam_entity_get (kind);
  KamRow *row = kam_row_new (kind, id);
  GVariantIter iter;
  const char *name;
  GVariant *variant;

  kam_row_set_rev (row, rev);
  kam_row_set_scope (row, scope);
  g_variant_iter_init (&iter, data);

  while (g_variant_iter_loop (&iter, "(&sv)", &name, &variant))
    {
      g_auto (KamValue) value = KAM_VALUE_INIT;
      int field = kam_entity_find_field (entity, name);

      unpack_value (variant, &value);

      if (field >= 0)
        kam_row_set (row, (guint) field, &value);
    }

  return row;
}

/* Returns: (transfer full): not floating */
GVariant *
kam_mutation_pack (const KamMutation *mutation)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(smvmv)"));

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      g_variant_builder_add (&builder, "(s@mv@mv)", entity->fields[change->field].name, pack_maybe (&change->old), pack_maybe (&change->new));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

void
kam_mutation_unpack (KamMutation *mutation,
                    GVariant    *data)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);
  GVariantIter iter;
  const char *name;
  GVariant *old, *new;

  g_variant_iter_init (&iter, data);

  while (g_variant_iter_loop (&iter, "(&smvmv)", &name, &old, &new))
    {
      g_auto (KamValue) before = KAM_VALUE_INIT;
      g_auto (KamValue) after = KAM_VALUE_INIT;
      int field = kam_entity_find_field (entity, name);

      unpack_value (old, &before);
      unpack_value (new, &after);

      if (field >= 0)
        kam_mutation_add (mutation, (guint) field, &before, &after);
    }
}
