/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-test-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
  gboolean      late;
} TestWait;

void          test_answered_cb (GObject      *source,
                                GAsyncResult *result,
                                gpointer      data);
GAsyncResult *test_answer      (TestWait     *wait);

GPtrArray    *test_collect     (va_list        args,
                                GDestroyNotify free_func);
void          test_free_line   (gpointer       data);

/* Asks the store and waits: declares `result`. */
#define ASK(name, ...) \
  TestWait wait = { NULL, FALSE }; \
  g_autoptr (GAsyncResult) result = (kam_store_##name##_async (self->store, __VA_ARGS__, NULL, test_answered_cb, &wait), test_answer (&wait))

#define ASK_NOTHING(name) \
  TestWait wait = { NULL, FALSE }; \
  g_autoptr (GAsyncResult) result = (kam_store_##name##_async (self->store, NULL, test_answered_cb, &wait), test_answer (&wait))

G_END_DECLS
