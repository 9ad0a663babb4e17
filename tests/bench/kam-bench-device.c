/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-device.h"

#include "kam-sample.h"
#include "kam-store-edit.h"

void
kam_bench_sync_start (KamSync *sync)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  kam_sync_start_async (sync, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  kam_sync_start_finish (sync, result, &error);
  kam_bench_must (error);
}

void
kam_bench_sync_stop (KamSync *sync)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  kam_sync_stop_async (sync, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  kam_sync_stop_finish (sync, result, &error);
  kam_bench_must (error);
}

double
kam_bench_sign_in (KamSync        *sync,
                   KamBenchServer *server,
                   const char     *email)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  double before;

  kam_bench_sync_start (sync);
  before = kam_bench_now ();
  kam_sync_sign_in_async (sync, server->url, server->ca_file, email, KAM_SAMPLE_PASSWORD, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  kam_sync_sign_in_finish (sync, result, &error);
  kam_bench_must (error);

  return kam_bench_now () - before;
}

KamBenchDevice *
kam_bench_device_new (KamBenchServer *server,
                      const char     *email)
{
  KamBenchDevice *self = g_new0 (KamBenchDevice, 1);
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };

  self->folder = kam_bench_scratch ();
  self->clock = kam_clock_new_system ();
  self->store = kam_bench_open (self->folder, self->clock);
  self->sync = kam_sync_new (self->store, self->clock);
  self->list = kam_list_new (self->store, KAM_ENTITY_LEAD);
  kam_list_set_query (self->list, &query);

  if (email != NULL)
    kam_bench_sign_in (self->sync, server, email);

  return self;
}

void
kam_bench_device_stop (KamBenchDevice *self)
{
  kam_bench_sync_stop (self->sync);
  g_clear_object (&self->sync);
}

void
kam_bench_device_start (KamBenchDevice *self)
{
  self->sync = kam_sync_new (self->store, self->clock);
  kam_bench_sync_start (self->sync);
}

void
kam_bench_device_free (KamBenchDevice *self)
{
  if (self->sync != NULL)
    kam_bench_device_stop (self);

  g_clear_object (&self->list);
  kam_bench_close (self->store);
  kam_bench_remove (self->folder);
  kam_clock_unref (self->clock);
  g_free (self->folder);
  g_free (self);
}

void
kam_bench_device_await (KamBenchDevice *self)
{
  guint pending = 1;

  while (pending > 0 || kam_sync_get_status (self->sync) != KAM_SYNC_SYNCED)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (self->sync, "pending", &pending, NULL);
    }
}

KamRow *
kam_bench_device_row (KamBenchDevice *self,
                      guint           position)
{
  g_autoptr (KamListItem) item = NULL;

  while (item == NULL || kam_list_item_get_row (item) == NULL)
    {
      if (item != NULL)
        g_main_context_iteration (NULL, TRUE);

      g_clear_object (&item);
      item = g_list_model_get_item (G_LIST_MODEL (self->list), position);
    }

  return kam_list_item_get_row (item)->row;
}

void
kam_bench_device_edit (KamBenchDevice *self,
                       KamRow         *lead,
                       guint           field,
                       const char     *text)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (KamRow) after = kam_row_copy (lead);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  kam_row_set_text (after, field, text);
  g_ptr_array_add (mutations, kam_mutation_between (lead, after, kam_clock_now (self->clock)));
  kam_store_edit_async (self->store, mutations, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  kam_store_edit_finish (self->store, result, &error);
  kam_bench_must (error);
}
