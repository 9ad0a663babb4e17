/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-digest-private.h"

#include "kam-error.h"
#include "kam-json.h"

#include <string.h>

KamDigestSet *
kam_digest_set_new (void)
{
  return g_new0 (KamDigestSet, 1);
}

void
kam_digest_set_free (KamDigestSet *self)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    g_clear_pointer (&self->of[i], kam_digest_free);

  g_free (self);
}

static void
append_columns (GString         *out,
                const KamDigest *digest)
{
  const KamEntity *entity = kam_entity_get (kam_digest_entity (digest));
  guint n_fields = 0;
  const guint *fields = kam_digest_fields (digest, &n_fields);
  guint n = fields != NULL ? n_fields : entity->n_fields;

  g_string_append (out, "[\"id\"");

  for (guint i = 0; i < n; i++)
    {
      g_string_append_c (out, ',');
      kam_json_append_string (out, entity->fields[fields != NULL ? fields[i] : i].name);
    }

  g_string_append_c (out, ']');
}

static void
append_name (GString       *out,
             KamEntityKind  kind,
             gboolean      *first)
{
  if (!*first)
    g_string_append_c (out, ',');

  *first = FALSE;
  kam_json_append_string (out, kam_entity_get (kind)->name);
  g_string_append_c (out, ':');
}

/**
 * kam_digest_set_append_json:
 *
 * Appends the members "columns" and "digests" of a request for verification, without braces around them.
 */
void
kam_digest_set_append_json (KamDigestSet *self,
                            GString      *out)
{
  gboolean first = TRUE;

  g_string_append (out, "\"columns\":{");

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      if (self->of[i] == NULL)
        continue;

      append_name (out, (KamEntityKind) i, &first);
      append_columns (out, self->of[i]);
    }

  g_string_append (out, "},\"digests\":{");
  first = TRUE;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autofree char *sums = self->of[i] != NULL ? kam_digest_to_base64 (self->of[i]) : NULL;

      if (sums == NULL)
        continue;

      append_name (out, (KamEntityKind) i, &first);
      g_string_append_printf (out, "{\"digits\":%u,\"sums\":\"%s\"}", kam_digest_digits (self->of[i]), sums);
    }

  g_string_append_c (out, '}');
}

static gboolean
fail (GError          **error,
      const KamEntity  *entity,
      const char       *what)
{
  g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "“%s”: %s", entity->name, what);

  return FALSE;
}

static gboolean
read_columns (KamDigest        *digest,
              const KamEntity  *entity,
              JsonArray        *names,
              GError          **error)
{
  guint n = json_array_get_length (names);
  g_autofree guint *fields = g_new0 (guint, entity->n_fields + 1);
  g_autofree gboolean *taken = g_new0 (gboolean, entity->n_fields + 1);

  if (n == 0 || n > entity->n_fields + 1)
    return fail (error, entity, "the columns are “id” and fields of the entity, each once");

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (names, i);
      const char *name = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
      int field = i > 0 ? kam_entity_find_field (entity, name) : -1;

      if (i == 0 ? strcmp (name, "id") != 0 : field < 0 || taken[field])
        return fail (error, entity, "the columns are “id” and fields of the entity, each once");

      if (i == 0)
        continue;

      taken[field] = TRUE;
      fields[i - 1] = (guint) field;
    }

  kam_digest_set_fields (digest, fields, n - 1);

  return TRUE;
}

/* NULL with an error. Where there is nothing of the entity, one that is empty. */
static KamDigest *
read_digest (const KamEntity  *entity,
             JsonObject       *columns,
             JsonObject       *digests,
             GError          **error)
{
  g_autoptr (KamDigest) digest = NULL;
  JsonObject *object = NULL;
  JsonArray *names = NULL;
  gint64 digits = 0;
  const char *sums = NULL;

  if (!json_object_has_member (digests, entity->name))
    return kam_digest_new (entity->kind, KAM_DIGEST_FEWEST_DIGITS);

  if (!kam_json_get_object (digests, entity->name, &object, error) || !kam_json_get_int (object, "digits", &digits, error) ||
      !kam_json_get_string (object, "sums", &sums, error) || !kam_json_get_array (columns, entity->name, &names, error))
    return NULL;

  if (digits < KAM_DIGEST_FEWEST_DIGITS || digits > KAM_DIGEST_MOST_DIGITS)
    {
      fail (error, entity, "“digits” must be 2 or 3");
      return NULL;
    }

  digest = kam_digest_new (entity->kind, (guint) digits);

  if (!read_columns (digest, entity, names, error) || !kam_digest_read_base64 (digest, sums, error))
    return NULL;

  return g_steal_pointer (&digest);
}

/**
 * kam_digest_set_from_json:
 * @body: with the members "columns" and "digests". Entities that we do not know are passed over
 *
 * Returns: (transfer full): with a digest of each entity; NULL with KAM_ERROR_INVALID_WIRE
 */
KamDigestSet *
kam_digest_set_from_json (JsonObject  *body,
                          GError     **error)
{
  g_autoptr (KamDigestSet) self = kam_digest_set_new ();
  JsonObject *columns = NULL;
  JsonObject *digests = NULL;

  if (!kam_json_get_object (body, "columns", &columns, error) || !kam_json_get_object (body, "digests", &digests, error))
    return NULL;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      self->of[i] = read_digest (kam_entity_get ((KamEntityKind) i), columns, digests, error);

      if (self->of[i] == NULL)
        return NULL;
    }

  return g_steal_pointer (&self);
}
