/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-private.h"

struct _KamChanges
{
  gatomicrefcount  ref_count;
  gboolean         all[KAM_N_ENTITIES];
  GPtrArray       *ids[KAM_N_ENTITIES];  /* (owned) (element-type utf8) */
  GHashTable      *sets[KAM_N_ENTITIES]; /* (owned): the same ids, owned by the arrays */
  GHashTable      *leads;                /* (owned): leads of which anything changed */
  gboolean         outbox;
};

G_DEFINE_BOXED_TYPE (KamChanges, kam_changes, kam_changes_ref, kam_changes_unref)

KamChanges *
kam_changes_new (void)
{
  KamChanges *self = g_new0 (KamChanges, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->leads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      self->ids[i] = g_ptr_array_new_with_free_func (g_free);
      self->sets[i] = g_hash_table_new (g_str_hash, g_str_equal);
    }

  return self;
}

KamChanges *
kam_changes_ref (KamChanges *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
kam_changes_unref (KamChanges *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_hash_table_unref (self->sets[i]);
      g_ptr_array_unref (self->ids[i]);
    }

  g_hash_table_unref (self->leads);
  g_free (self);
}

gboolean
kam_changes_is_empty (KamChanges *self)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      if (self->all[i] || self->ids[i]->len > 0)
        return FALSE;
    }

  return !self->outbox;
}

void
kam_changes_add_all (KamChanges    *self,
                     KamEntityKind  entity)
{
  if (self->all[entity])
    return;

  self->all[entity] = TRUE;
  g_hash_table_remove_all (self->sets[entity]);
  g_ptr_array_set_size (self->ids[entity], 0);
}

void
kam_changes_add (KamChanges    *self,
                 KamEntityKind  entity,
                 const char    *id,
                 const char    *lead_id)
{
  char *copy;

  if (self->all[entity] || g_hash_table_contains (self->sets[entity], id))
    return;

  if (self->ids[entity]->len >= KAM_CHANGES_MOST)
    {
      kam_changes_add_all (self, entity);
      return;
    }

  copy = g_strdup (id);
  g_ptr_array_add (self->ids[entity], copy);
  g_hash_table_add (self->sets[entity], copy);

  if (lead_id != NULL && !g_hash_table_contains (self->leads, lead_id))
    g_hash_table_add (self->leads, g_strdup (lead_id));
}

void
kam_changes_add_outbox (KamChanges *self)
{
  self->outbox = TRUE;
}

/**
 * kam_changes_is_all:
 *
 * Returns: whether any row of @entity may have changed
 */
gboolean
kam_changes_is_all (KamChanges    *self,
                    KamEntityKind  entity)
{
  return self->all[entity];
}

/**
 * kam_changes_has:
 *
 * Returns: whether the row may have changed
 */
gboolean
kam_changes_has (KamChanges    *self,
                 KamEntityKind  entity,
                 const char    *id)
{
  return self->all[entity] || g_hash_table_contains (self->sets[entity], id);
}

/**
 * kam_changes_has_any:
 *
 * Returns: whether some row of @entity has changed
 */
gboolean
kam_changes_has_any (KamChanges    *self,
                     KamEntityKind  entity)
{
  return self->all[entity] || self->ids[entity]->len > 0;
}

/**
 * kam_changes_has_lead:
 *
 * Returns: whether the lead or anything that belongs to it may have changed
 */
gboolean
kam_changes_has_lead (KamChanges *self,
                      const char *lead_id)
{
  for (guint i = KAM_ENTITY_LEAD; i < KAM_N_ENTITIES; i++)
    {
      if (self->all[i])
        return TRUE;
    }

  return g_hash_table_contains (self->leads, lead_id);
}

/**
 * kam_changes_get_ids:
 *
 * Returns: (transfer none) (element-type utf8): the ids of changed rows; empty when everything may have changed
 */
GPtrArray *
kam_changes_get_ids (KamChanges    *self,
                     KamEntityKind  entity)
{
  return self->ids[entity];
}

/**
 * kam_changes_is_outbox:
 *
 * Returns: whether what waits to be sent has changed
 */
gboolean
kam_changes_is_outbox (KamChanges *self)
{
  return self->outbox;
}
