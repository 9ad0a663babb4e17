/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-summary.h"

#include <glib/gi18n.h>

struct _KamSummary
{
  GObject        parent_instance;

  KamStore      *store;       /* (owned) */
  KamSync       *sync;        /* (owned) */
  KamClock      *clock;       /* (owned) */
  GCancellable  *cancellable; /* (owned) */
  char          *text;        /* (owned) (nullable) */
  gboolean       needs_you;
  gboolean       present;     /* in step with the server, so that the person sees what happens as it does */
};

G_DEFINE_FINAL_TYPE (KamSummary, kam_summary, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TEXT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
add_part (GString *text,
          char    *part) /* (transfer full) */
{
  g_autofree char *owned = part;

  if (text->len > 0)
    /* TRANSLATORS: between the parts of a list */
    g_string_append (text, _(", "));
  g_string_append (text, part);
}

char *
kam_summary_words (const KamSyncSummary *n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (n->n_leads_changed > 0)
    add_part (text, g_strdup_printf (ngettext ("%u lead changed by others", "%u leads changed by others", n->n_leads_changed), n->n_leads_changed));
  if (n->n_leads_gained > 0)
    add_part (text, g_strdup_printf (ngettext ("%u lead came to you", "%u leads came to you", n->n_leads_gained), n->n_leads_gained));
  if (n->n_leads_lost > 0)
    add_part (text, g_strdup_printf (ngettext ("%u lead moved to somebody else", "%u leads moved to somebody else", n->n_leads_lost), n->n_leads_lost));
  if (n->n_sent > 0)
    add_part (text, g_strdup_printf (ngettext ("%u of your changes sent", "%u of your changes sent", n->n_sent), n->n_sent));
  if (n->n_conflicts > 0)
    add_part (text, g_strdup_printf (ngettext ("%u conflict to settle", "%u conflicts to settle", n->n_conflicts), n->n_conflicts));
  if (n->n_rejected > 0)
    add_part (text, g_strdup_printf (ngettext ("%u change not accepted", "%u changes not accepted", n->n_rejected), n->n_rejected));

  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static void
set_text (KamSummary *self,
          const char *text)
{
  if (g_strcmp0 (self->text, text) == 0)
    return;

  g_free (self->text);
  self->text = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

/* Counts from nothing again. */
static void
note_seen (KamSummary *self)
{
  kam_store_summary_seen_async (self->store, NULL, NULL, NULL);
}

static void
summary_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamSummary) self = KAM_SUMMARY (user_data);
  KamSyncSummary summary = { 0 };
  g_autofree char *words = NULL, *text = NULL;

  if (!kam_store_summary_finish (KAM_STORE (source), result, &summary, NULL) || self->store == NULL)
    return;

  words = kam_summary_words (&summary);
  if (words == NULL || summary.since_us == 0 || kam_clock_now (self->clock) - summary.since_us < KAM_SUMMARY_ABSENCE_US)
    {
      note_seen (self);
      return;
    }

  self->needs_you = summary.n_conflicts > 0 || summary.n_rejected > 0;
  text = g_strdup_printf (_("While you were away: %s"), words);
  set_text (self, text);
}

void
kam_summary_look (KamSummary *self)
{
  self->present = TRUE;
  kam_store_summary_async (self->store, self->cancellable, summary_cb, g_object_ref (self));
}

static void
status_cb (KamSummary *self)
{
  KamSyncStatus status = kam_sync_get_status (self->sync);

  if (status == KAM_SYNC_SYNCED && !self->present)
    kam_summary_look (self);
  else if ((status == KAM_SYNC_OFFLINE || status == KAM_SYNC_SIGNED_OUT) && self->present)
    {
      self->present = FALSE;
      if (self->text == NULL)
        note_seen (self);
    }
}

static void
kam_summary_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, KAM_SUMMARY (object)->text);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_summary_dispose (GObject *object)
{
  KamSummary *self = KAM_SUMMARY (object);

  /* Until now the person has seen what happened. */
  if (self->store != NULL && self->present && self->text == NULL)
    note_seen (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  g_clear_object (&self->sync);
  G_OBJECT_CLASS (kam_summary_parent_class)->dispose (object);
}

static void
kam_summary_finalize (GObject *object)
{
  KamSummary *self = KAM_SUMMARY (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clock, kam_clock_unref);
  g_free (self->text);
  G_OBJECT_CLASS (kam_summary_parent_class)->finalize (object);
}

static void
kam_summary_class_init (KamSummaryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_summary_dispose;
  object_class->finalize = kam_summary_finalize;
  object_class->get_property = kam_summary_get_property;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
kam_summary_init (KamSummary *self)
{
  self->cancellable = g_cancellable_new ();
}

KamSummary *
kam_summary_new (KamStore *store,
                 KamSync  *sync,
                 KamClock *clock)
{
  KamSummary *self = g_object_new (KAM_TYPE_SUMMARY, NULL);

  self->store = g_object_ref (store);
  self->sync = g_object_ref (sync);
  self->clock = kam_clock_ref (clock);
  g_signal_connect_object (sync, "notify::status", G_CALLBACK (status_cb), self, G_CONNECT_SWAPPED);
  status_cb (self);

  return self;
}

const char *
kam_summary_get_text (KamSummary *self)
{
  return self->text;
}

gboolean
kam_summary_needs_you (KamSummary *self)
{
  return self->needs_you;
}

void
kam_summary_dismiss (KamSummary *self)
{
  set_text (self, NULL);
  note_seen (self);
}
