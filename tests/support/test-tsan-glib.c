/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

/* That the thread sanitizer still finds what is wrong when it has been told what GLib orders: a program that must fail with “race” and must not without. */

typedef struct
{
  GAsyncQueue *queue;
  int          unguarded;
} Shared;

static gpointer
run (gpointer data)
{
  Shared *shared = data;
  int *handed = g_async_queue_pop (shared->queue);

  *handed += 1;
  shared->unguarded += *handed;

  return NULL;
}

int
main (int    argc,
      char **argv)
{
  Shared shared = { g_async_queue_new (), 0 };
  int handed = 1;
  GThread *thread = g_thread_new ("other", run, &shared);

  g_async_queue_push (shared.queue, &handed);
  if (argc > 1 && g_str_equal (argv[1], "race"))
    shared.unguarded += 1;
  g_thread_join (thread);
  g_async_queue_unref (shared.queue);

  return 0;
}
