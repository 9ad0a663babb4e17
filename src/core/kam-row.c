/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row.h"

#include <string.h>

struct _KamRow
{
  const KamEntity *entity;
  gint64           rev;
  gatomicrefcount  ref_count;
  char             id[KAM_ID_LENGTH + 1];
  char             scope[KAM_ID_LENGTH + 1]; /* empty: none */
  KamValue         values[];
};

static KamRow *
allocate (const KamEntity *entity)
{
  KamRow *self = g_malloc0 (sizeof (KamRow) + entity->n_fields * sizeof (KamValue));

  self->entity = entity;
  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

/**
 * kam_row_new:
 * @id: a UUID in canonical text
 *
 * Returns: (transfer full): a row whose values are all null
 */
KamRow *
kam_row_new (KamEntityKind entity,
             const char   *id)
{
  KamRow *self = allocate (kam_entity_get (entity));

  g_return_val_if_fail (id != NULL, self);
  g_strlcpy (self->id, id, sizeof self->id);

  return self;
}

KamRow *
kam_row_ref (KamRow *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
kam_row_unref (KamRow *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < self->entity->n_fields; i++)
    kam_value_clear (&self->values[i]);

  g_free (self);
}

/**
 * kam_row_copy:
 *
 * Returns: (transfer full): a row of its own, to change
 */
KamRow *
kam_row_copy (const KamRow *self)
{
  KamRow *copy = allocate (self->entity);

  copy->rev = self->rev;
  memcpy (copy->id, self->id, sizeof copy->id);
  memcpy (copy->scope, self->scope, sizeof copy->scope);

  for (guint i = 0; i < self->entity->n_fields; i++)
    kam_value_copy (&copy->values[i], &self->values[i]);

  return copy;
}

/**
 * kam_row_equal:
 *
 * Returns: whether both are the same row at the same revision, in the same scope, with the same values
 */
gboolean
kam_row_equal (const KamRow *a,
               const KamRow *b)
{
  if (a->entity != b->entity || a->rev != b->rev || strcmp (a->id, b->id) != 0 || strcmp (a->scope, b->scope) != 0)
    return FALSE;

  for (guint i = 0; i < a->entity->n_fields; i++)
    {
      if (!kam_value_equal (&a->values[i], &b->values[i]))
        return FALSE;
    }

  return TRUE;
}

const KamEntity *
kam_row_entity (const KamRow *self)
{
  return self->entity;
}

KamEntityKind
kam_row_kind (const KamRow *self)
{
  return self->entity->kind;
}

const char *
kam_row_id (const KamRow *self)
{
  return self->id;
}

gint64
kam_row_rev (const KamRow *self)
{
  return self->rev;
}

const char *
kam_row_scope (const KamRow *self)
{
  return self->scope[0] != '\0' ? self->scope : NULL;
}

void
kam_row_set_rev (KamRow *self,
                 gint64  rev)
{
  self->rev = rev;
}

/**
 * kam_row_set_scope:
 * @scope: (nullable): a UUID in canonical text
 */
void
kam_row_set_scope (KamRow     *self,
                   const char *scope)
{
  g_strlcpy (self->scope, scope != NULL ? scope : "", sizeof self->scope);
}

const KamValue *
kam_row_get (const KamRow *self,
             guint         field)
{
  g_return_val_if_fail (field < self->entity->n_fields, NULL);

  return &self->values[field];
}

const char *
kam_row_text (const KamRow *self,
              guint         field)
{
  const KamValue *value = kam_row_get (self, field);

  return value->kind == KAM_VALUE_TEXT ? value->text : NULL;
}

gint64
kam_row_int (const KamRow *self,
             guint         field,
             gint64        fallback)
{
  const KamValue *value = kam_row_get (self, field);

  return value->kind == KAM_VALUE_INT ? value->number : fallback;
}

gboolean
kam_row_is_null (const KamRow *self,
                 guint         field)
{
  return kam_row_get (self, field)->kind == KAM_VALUE_NULL;
}

/**
 * kam_row_is:
 *
 * Returns: whether the field holds exactly this text
 */
gboolean
kam_row_is (const KamRow *self,
            guint         field,
            const char   *text)
{
  return g_strcmp0 (kam_row_text (self, field), text) == 0;
}

void
kam_row_set (KamRow         *self,
             guint           field,
             const KamValue *value)
{
  g_return_if_fail (field < self->entity->n_fields);
  kam_value_copy (&self->values[field], value);
}

void
kam_row_set_text (KamRow     *self,
                  guint       field,
                  const char *text)
{
  g_return_if_fail (field < self->entity->n_fields);
  kam_value_set_text (&self->values[field], text);
}

void
kam_row_take_text (KamRow *self,
                   guint   field,
                   char   *text)
{
  g_return_if_fail (field < self->entity->n_fields);
  kam_value_take_text (&self->values[field], text);
}

void
kam_row_set_int (KamRow *self,
                 guint   field,
                 gint64  number)
{
  g_return_if_fail (field < self->entity->n_fields);
  kam_value_set_int (&self->values[field], number);
}

void
kam_row_set_null (KamRow *self,
                  guint   field)
{
  g_return_if_fail (field < self->entity->n_fields);
  kam_value_set_null (&self->values[field]);
}

/**
 * kam_row_lead_id:
 *
 * Returns: (nullable): the id of the lead that the row belongs to, which for a lead is its own
 */
const char *
kam_row_lead_id (const KamRow *self)
{
  if (self->entity->kind == KAM_ENTITY_LEAD)
    return self->id;

  return self->entity->lead_field >= 0 ? kam_row_text (self, (guint) self->entity->lead_field) : NULL;
}

/**
 * kam_row_is_deleted:
 *
 * Returns: whether the row is in the bin
 */
gboolean
kam_row_is_deleted (const KamRow *self)
{
  return self->entity->delete_field >= 0 && !kam_row_is_null (self, (guint) self->entity->delete_field);
}
