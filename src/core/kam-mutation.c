/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-mutation.h"

#include <string.h>

static void
clear_change (gpointer data)
{
  KamChange *change = data;

  kam_value_clear (&change->old);
  kam_value_clear (&change->new);
}

/**
 * kam_mutation_new:
 * @id: of the row
 * @base_rev: the revision that the person saw; 0 for a new row
 * @at: µs since 1970 UTC, by the device's clock
 *
 * Returns: (transfer full): a mutation without changes
 */
KamMutation *
kam_mutation_new (KamEntityKind  entity,
                  const char    *id,
                  KamOp          op,
                  gint64         base_rev,
                  gint64         at)
{
  KamMutation *self = g_new0 (KamMutation, 1);

  self->entity = entity;
  self->id = g_strdup (id);
  self->op = op;
  self->base_rev = base_rev;
  self->at = at;
  self->changes = g_array_new (FALSE, TRUE, sizeof (KamChange));
  g_array_set_clear_func (self->changes, clear_change);

  return self;
}

KamMutation *
kam_mutation_copy (const KamMutation *self)
{
  KamMutation *copy = kam_mutation_new (self->entity, self->id, self->op, self->base_rev, self->at);

  copy->mid = self->mid;
  copy->origin_client_id = g_strdup (self->origin_client_id);
  copy->origin_mid = self->origin_mid;

  for (guint i = 0; i < self->changes->len; i++)
    {
      const KamChange *change = &g_array_index (self->changes, KamChange, i);

      kam_mutation_add (copy, change->field, &change->old, &change->new);
    }

  return copy;
}

void
kam_mutation_free (KamMutation *self)
{
  g_free (self->id);
  g_free (self->origin_client_id);
  g_array_unref (self->changes);
  g_free (self);
}

/**
 * kam_mutation_add:
 * @old: copied
 * @new: copied
 *
 * Returns: (transfer none): the new change, until the next one is added
 */
KamChange *
kam_mutation_add (KamMutation    *self,
                  guint           field,
                  const KamValue *old,
                  const KamValue *new)
{
  KamChange *change = NULL;

  g_array_set_size (self->changes, self->changes->len + 1);
  change = &g_array_index (self->changes, KamChange, self->changes->len - 1);
  change->field = field;
  kam_value_copy (&change->old, old);
  kam_value_copy (&change->new, new);

  return change;
}

/**
 * kam_mutation_find:
 *
 * Returns: (transfer none) (nullable): the change of a field
 */
KamChange *
kam_mutation_find (KamMutation *self,
                   guint        field)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      KamChange *change = &g_array_index (self->changes, KamChange, i);

      if (change->field == field)
        return change;
    }

  return NULL;
}

static gboolean
is_same (const KamChange *change)
{
  return kam_value_equal (&change->old, &change->new);
}

static gboolean
differs (const KamRow *before,
         const KamRow *after,
         guint         field)
{
  return !kam_value_equal (kam_row_get (before, field), kam_row_get (after, field));
}

/* Does the field, or one of those that merge as one with it, differ? */
static gboolean
group_differs (const KamRow *before,
               const KamRow *after,
               guint         field)
{
  const KamEntity *entity = kam_row_entity (after);
  guint group = entity->fields[field].group;

  if (differs (before, after, field))
    return TRUE;

  for (guint i = 0; group != 0 && i < entity->n_fields; i++)
    {
      if (entity->fields[i].group == group && differs (before, after, i))
        return TRUE;
    }

  return FALSE;
}

static KamMutation *
create (const KamRow *row,
        gint64        at)
{
  KamMutation *self = kam_mutation_new (kam_row_kind (row), kam_row_id (row), KAM_OP_PUT, 0, at);
  const KamValue nothing = KAM_VALUE_INIT;

  for (guint i = 0; i < kam_row_entity (row)->n_fields; i++)
    {
      if (!kam_row_is_null (row, i))
        kam_mutation_add (self, i, &nothing, kam_row_get (row, i));
    }

  return self;
}

/**
 * kam_mutation_between:
 * @before: (nullable): the row as the person saw it; NULL where they make a new one
 * @after: the row as they left it
 * @at: µs since 1970 UTC, by the device's clock
 *
 * Where one field of a group changed, the others of the group come along unchanged: the server can then see that somebody else changed one of them
 * meanwhile.
 *
 * Returns: (transfer full) (nullable): a put of what differs. NULL, which is no error, when nothing does
 */
KamMutation *
kam_mutation_between (const KamRow *before,
                      const KamRow *after,
                      gint64        at)
{
  g_autoptr (KamMutation) self = NULL;

  if (before == NULL)
    return create (after, at);

  self = kam_mutation_new (kam_row_kind (after), kam_row_id (after), KAM_OP_PUT, kam_row_rev (before), at);

  for (guint i = 0; i < kam_row_entity (after)->n_fields; i++)
    {
      if (group_differs (before, after, i))
        kam_mutation_add (self, i, kam_row_get (before, i), kam_row_get (after, i));
    }

  return self->changes->len > 0 ? g_steal_pointer (&self) : NULL;
}

/**
 * kam_mutation_apply:
 * @row: set to what the mutation wants, whatever it holds
 */
void
kam_mutation_apply (const KamMutation *self,
                    KamRow            *row)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      const KamChange *change = &g_array_index (self->changes, KamChange, i);

      kam_row_set (row, change->field, &change->new);
    }
}

/* Is any change of the group other than back to where it was? */
static gboolean
group_matters (const KamMutation *self,
               const KamChange   *of)
{
  const KamField *fields = kam_entity_get (self->entity)->fields;
  guint group = fields[of->field].group;

  if (!is_same (of))
    return TRUE;

  for (guint i = 0; group != 0 && i < self->changes->len; i++)
    {
      const KamChange *change = &g_array_index (self->changes, KamChange, i);

      if (fields[change->field].group == group && !is_same (change))
        return TRUE;
    }

  return FALSE;
}

/* From the end, since removing shifts what follows. A group goes as a whole: none of its changes matters, or all do. */
static void
drop_what_does_not_matter (KamMutation *self)
{
  for (guint i = self->changes->len; i > 0; i--)
    {
      if (!group_matters (self, &g_array_index (self->changes, KamChange, i - 1)))
        g_array_remove_index (self->changes, i - 1);
    }
}

/**
 * kam_mutation_fold:
 * @self: not sent yet
 * @later: an edit of the same row, made after it
 *
 * Folds @later into @self. A change that comes back to its old value disappears (with the rest of its group, once all of it is back), so @self may be
 * left without any.
 *
 * Returns: whether it could be done; if not, @self is as it was
 */
gboolean
kam_mutation_fold (KamMutation       *self,
                   const KamMutation *later)
{
  if (self->entity != later->entity || strcmp (self->id, later->id) != 0)
    return FALSE;

  if (self->op != KAM_OP_PUT || later->op != KAM_OP_PUT || self->mid != 0 || later->mid != 0)
    return FALSE;

  for (guint i = 0; i < later->changes->len; i++)
    {
      const KamChange *change = &g_array_index (later->changes, KamChange, i);
      KamChange *earlier = kam_mutation_find (self, change->field);

      if (earlier != NULL)
        kam_value_copy (&earlier->new, &change->new);
      else
        kam_mutation_add (self, change->field, &change->old, &change->new);
    }

  drop_what_does_not_matter (self);
  self->at = later->at;

  return TRUE;
}

/**
 * kam_result_new:
 * @rev: the commit in which the mutation was settled; 0 where it was rejected
 */
KamResult *
kam_result_new (gint64        mid,
                KamResultKind kind,
                gint64        rev)
{
  KamResult *self = g_new0 (KamResult, 1);

  self->mid = mid;
  self->kind = kind;
  self->rev = rev;

  return self;
}

void
kam_result_free (KamResult *self)
{
  g_free (self->code);
  g_free (self->field);
  g_free (self->message);
  g_free (self);
}
