/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-load.h"

/* Those who were sent away within this time are the crowd that will come back. */
#define CROWD_US (10 * G_USEC_PER_SEC)
/* So many of them are asked to come back a second. */
#define CROWD_PER_SECOND 50
#define PATIENCE_LEAST 2
#define PATIENCE_MOST 60

struct _KamLoad
{
  guint       most;
  guint       most_each;
  GHashTable *requests;    /* (owned) KamRequest (unowned) → client (owned) */
  GHashTable *clients;     /* (owned) client → how many */
  gint64      crowd_since; /* monotonic µs */
  guint       crowd;
};

KamLoad *
kam_load_new (guint most,
              guint most_each)
{
  KamLoad *self = g_new0 (KamLoad, 1);

  self->most = most;
  self->most_each = most_each;
  self->requests = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

void
kam_load_free (KamLoad *self)
{
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->clients);
  g_free (self);
}

static guint
count_of (KamLoad    *self,
          const char *client)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->clients, client));
}

gboolean
kam_load_admit (KamLoad     *self,
                KamRequest  *request,
                const char  *client,
                guint        n_idle,
                GError     **error)
{
  guint n = g_hash_table_size (self->requests);

  if (client != NULL && count_of (self, client) >= self->most_each)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_RATE_LIMITED, "At most %u requests at a time; wait for the answers.", self->most_each);
      return FALSE;
    }

  if (n - MIN (n, n_idle) >= self->most)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "Too many requests are under way; try again later.");
      return FALSE;
    }

  g_hash_table_insert (self->requests, request, g_strdup (client));

  if (client != NULL)
    g_hash_table_insert (self->clients, g_strdup (client), GUINT_TO_POINTER (count_of (self, client) + 1));

  return TRUE;
}

void
kam_load_leave (KamLoad    *self,
                KamRequest *request)
{
  const char *client = g_hash_table_lookup (self->requests, request);
  guint n = client != NULL ? count_of (self, client) : 0;

  if (n > 1)
    g_hash_table_insert (self->clients, g_strdup (client), GUINT_TO_POINTER (n - 1));
  else if (n == 1)
    g_hash_table_remove (self->clients, client);

  g_hash_table_remove (self->requests, request);
}

guint
kam_load_patience (KamLoad *self,
                   gint64   now_us)
{
  guint most;

  if (now_us - self->crowd_since > CROWD_US)
    {
      self->crowd_since = now_us;
      self->crowd = 0;
    }

  self->crowd++;
  most = CLAMP (self->crowd / CROWD_PER_SECOND, PATIENCE_LEAST, PATIENCE_MOST);

  return (guint) g_random_int_range (1, (gint32) most + 1);
}
