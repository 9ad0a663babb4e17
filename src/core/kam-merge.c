/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-merge.h"

#include "kam-text.h"

#include <string.h>

/* A lead's status follows from facts; a person only ever makes it inactive, or takes that back. So to merge, all the others are the same. */
static gboolean
is_derived_status (KamEntityKind   entity,
                   guint           field,
                   const KamValue *value)
{
  return entity == KAM_ENTITY_LEAD && field == KAM_LEAD_STATUS && value->kind == KAM_VALUE_TEXT && strcmp (value->text, "inactive") != 0;
}

static gboolean
is_at (const KamRow   *row,
       guint           field,
       const KamValue *value)
{
  const KamValue *current = kam_row_get (row, field);
  KamEntityKind entity = kam_row_kind (row);

  return kam_value_equal (current, value) || (is_derived_status (entity, field, current) && is_derived_status (entity, field, value));
}

static gboolean
is_at_old (const KamRow    *row,
           const KamChange *change)
{
  return is_at (row, change->field, &change->old);
}

static gboolean
is_at_new (const KamRow    *row,
           const KamChange *change)
{
  return is_at (row, change->field, &change->new);
}

static const char *
get_text (const KamValue *value)
{
  return value->kind == KAM_VALUE_TEXT ? value->text : "";
}

/* Is text in whole, as one or more whole lines? */
static gboolean
has_lines (const char *whole,
           const char *text)
{
  gsize length = strlen (text);
  const char *found = whole;

  while ((found = strstr (found, text)) != NULL)
    {
      if ((found == whole || found[-1] == '\n') && (found[length] == '\0' || found[length] == '\n'))
        return TRUE;

      found++;
    }

  return FALSE;
}

/* What a person has written below or above the old text where they left that as it was; else all that they have. */
static char *
find_addition (const char *old,
               const char *new)
{
  gsize old_length = strlen (old);
  gsize new_length = strlen (new);

  if (old_length == 0 || new_length <= old_length)
    return g_strdup (new);

  if (strncmp (new, old, old_length) == 0 && new[old_length] == '\n')
    return g_strstrip (g_strdup (new + old_length));

  if (strcmp (new + new_length - old_length, old) == 0 && new[new_length - old_length - 1] == '\n')
    return g_strstrip (g_strndup (new, new_length - old_length));

  return g_strdup (new);
}

/* Both texts are kept: what the mutation adds goes below what is there, unless it is there already. An addition to a text that is still there stands
 * in the next line; other text stands apart. FALSE where that cannot be. */
static gboolean
merge_text (const KamField  *field,
            const KamChange *change,
            KamValue        *value)
{
  const char *current = get_text (value);
  const char *old = get_text (&change->old);
  const char *new = get_text (&change->new);
  gboolean old_is_there = old[0] != '\0' && has_lines (current, old);
  g_autofree char *addition = old_is_there ? find_addition (old, new) : g_strdup (new);
  gboolean is_addition = old_is_there && strcmp (addition, new) != 0;
  g_autofree char *both = NULL;

  /* Somebody emptied it or took lines away, somebody else went on writing. */
  if (new[0] == '\0')
    return FALSE;

  if (addition[0] == '\0' || has_lines (current, addition))
    return TRUE;

  both = current[0] == '\0' ? g_strdup (addition) : g_strconcat (current, is_addition ? "\n" : "\n\n", addition, NULL);

  if (g_utf8_strlen (both, -1) > field->most)
    return FALSE;

  kam_value_take_text (value, g_steal_pointer (&both));

  return TRUE;
}

/* Tags by their folded form: those that differ in case only are one. */
static GHashTable *
fold_tags (char **tags)
{
  GHashTable *folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; tags[i] != NULL; i++)
    g_hash_table_replace (folded, g_utf8_casefold (tags[i], -1), tags[i]);

  return folded;
}

/* What the mutation took away goes, what it added comes, what it spells otherwise is spelt so. */
static gboolean
merge_tags (const KamField  *field,
            const KamChange *change,
            KamValue        *value)
{
  g_auto (GStrv) current = kam_tags_split (get_text (value));
  g_auto (GStrv) old = kam_tags_split (get_text (&change->old));
  g_auto (GStrv) new = kam_tags_split (get_text (&change->new));
  g_autoptr (GHashTable) in_current = fold_tags (current);
  g_autoptr (GHashTable) in_old = fold_tags (old);
  g_autoptr (GHashTable) in_new = fold_tags (new);
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer tag = NULL;

  g_hash_table_iter_init (&iter, in_current);

  while (g_hash_table_iter_next (&iter, &key, &tag))
    {
      const char *mine = g_hash_table_lookup (in_new, key);

      if (mine != NULL)
        g_ptr_array_add (tags, (gpointer) mine);
      else if (!g_hash_table_contains (in_old, key))
        g_ptr_array_add (tags, tag);
    }

  g_hash_table_iter_init (&iter, in_new);

  while (g_hash_table_iter_next (&iter, &key, &tag))
    {
      if (!g_hash_table_contains (in_old, key) && !g_hash_table_contains (in_current, key))
        g_ptr_array_add (tags, tag);
    }

  g_ptr_array_add (tags, NULL);
  joined = kam_tags_join ((const char *const *) tags->pdata);

  if (joined != NULL && g_utf8_strlen (joined, -1) > field->most)
    return FALSE;

  kam_value_set_text (value, joined);

  return TRUE;
}

/* A field that somebody else changed too. FALSE where its value stays although the mutation wants another. */
static gboolean
merge_changed (const KamField  *field,
               const KamChange *change,
               KamRow          *row)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;

  kam_value_copy (&value, kam_row_get (row, change->field));

  switch (field->merge)
    {
    case KAM_MERGE_TEXT:
      if (!merge_text (field, change, &value))
        return FALSE;
      break;
    case KAM_MERGE_SET:
      if (!merge_tags (field, change, &value))
        return FALSE;
      break;
    case KAM_MERGE_LATER:
      kam_value_copy (&value, &change->new);
      break;
    case KAM_MERGE_FIELD:
    case KAM_MERGE_DERIVED:
    default:
      return FALSE;
    }

  kam_row_set (row, change->field, &value);

  return TRUE;
}

static void
merge_field (KamMerge        *self,
             const KamField  *field,
             const KamChange *change)
{
  if (is_at_new (self->row, change) || kam_value_equal (&change->old, &change->new))
    return;

  if (is_at_old (self->row, change))
    kam_row_set (self->row, change->field, &change->new);
  else if (!merge_changed (field, change, self->row))
    g_array_append_val (self->losers, change->field);
}

/* The changes of one group stand or fall together. */
static void
merge_group (KamMerge          *self,
             const KamMutation *mutation,
             guint              group)
{
  const KamField *fields = kam_row_entity (self->row)->fields;
  gboolean applies = TRUE;
  gboolean wants = FALSE;

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      if (fields[change->field].group != group)
        continue;

      applies = applies && is_at_old (self->row, change);
      wants = wants || !kam_value_equal (&change->old, &change->new);
    }

  for (guint i = 0; wants && i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      if (fields[change->field].group != group || is_at_new (self->row, change))
        continue;

      if (applies)
        kam_row_set (self->row, change->field, &change->new);
      else
        g_array_append_val (self->losers, change->field);
    }
}

/* Is this the first change of its group? */
static gboolean
leads_group (const KamMutation *mutation,
             const KamField    *fields,
             guint              index)
{
  guint group = fields[g_array_index (mutation->changes, KamChange, index).field].group;

  for (guint i = 0; i < index; i++)
    {
      if (fields[g_array_index (mutation->changes, KamChange, i).field].group == group)
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_merge_put:
 * @current: the row as it is now; for a new one a row whose values are all null
 * @mutation: a put of that row
 *
 * Merges by field, and by group where fields mean something only together. Derived fields are left alone: whoever derives them does so afterwards.
 *
 * Returns: (transfer full): what became of it
 */
KamMerge *
kam_merge_put (const KamRow      *current,
               const KamMutation *mutation)
{
  KamMerge *self = g_new0 (KamMerge, 1);
  const KamField *fields = kam_row_entity (current)->fields;

  self->row = kam_row_copy (current);
  self->losers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_return_val_if_fail (kam_row_kind (current) == mutation->entity && mutation->op == KAM_OP_PUT, self);

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);
      const KamField *field = &fields[change->field];

      if (field->merge == KAM_MERGE_DERIVED)
        continue;

      if (field->group == 0)
        merge_field (self, field, change);
      else if (leads_group (mutation, fields, i))
        merge_group (self, mutation, field->group);
    }

  self->changed = !kam_row_equal (self->row, current);

  return self;
}

void
kam_merge_free (KamMerge *self)
{
  kam_row_unref (self->row);
  g_array_unref (self->losers);
  g_free (self);
}
