/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-sample.h"

#include <gio/gio.h>
#include <string.h>

gboolean
sample_keep_row (KamRow  *row,
                 guint    leads_done,
                 gpointer user_data,
                 GError **error)
{
  Sample *self = user_data;

  g_assert_cmpuint (leads_done, >=, self->leads_done);
  self->leads_done = leads_done;
  self->counts[kam_row_kind (row)]++;
  g_assert_false (g_hash_table_contains (self->by_id, kam_row_id (row)));
  g_ptr_array_add (self->rows, kam_row_ref (row));
  g_hash_table_insert (self->by_id, (gpointer) kam_row_id (row), row);

  if (self->rows->len == self->stop_after)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough");
      return FALSE;
    }

  return TRUE;
}

void
sample_init (Sample *self,
             guint   leads,
             guint   kams,
             guint   seed)
{
  memset (self, 0, sizeof *self);
  self->options = (KamSampleOptions) { .leads = leads, .kams = kams, .seed = seed, .now_us = NOW };
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

void
sample_make (Sample *self,
             guint   leads,
             guint   kams,
             guint   seed)
{
  g_autoptr (GError) error = NULL;

  sample_init (self, leads, kams, seed);
  g_assert_true (kam_sample_generate (&self->options, sample_keep_row, self, &error));
  g_assert_no_error (error);
}

void
sample_clear (Sample *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->rows);
}

KamRow *
row_at (Sample *self,
        guint   i)
{
  return g_ptr_array_index (self->rows, i);
}

KamRow *
row_by_id (Sample     *self,
           const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;
}
