/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-model.h"

#include "kam-store-edit.h"

#define MOST_SHOWN 1000 /* entries; what there is beyond is counted */

struct _KamChangesModel
{
  GObject           parent_instance;

  KamStore         *store;       /* (owned) */
  KamClock         *clock;       /* (owned) */
  GCancellable     *cancellable; /* (owned) */
  GListStore       *lists[KAM_N_CHANGES]; /* (owned) */
  GHashTable       *leads;       /* (owned) (element-type utf8 KamChangeItem): that need somebody, with the first reason */
  KamPendingCounts  counts;
  KamPendingCounts  coming;      /* read, and shown once the lists are read as well */
  guint             attention;
  GHashTable       *hidden;      /* (owned) (element-type gint64): what was dismissed: still there for a while, but nobody's business */
  guint             n_hidden;    /* that still are there */
  gint64            dismissed;   /* seq of what can be brought back; 0: nothing */
  gboolean          ready;
  gboolean          loading;
  gboolean          again;       /* something changed meanwhile */
};

G_DEFINE_FINAL_TYPE (KamChangesModel, kam_changes_model, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ATTENTION,
  N_PROPS
};

enum
{
  CHANGED,
  DISMISSED,
  FAILED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void load (KamChangesModel *self);

/* Reading */

static KamChangesKind
kind_of (const KamPending *pending)
{
  if (pending->kind == KAM_PENDING_CONFLICT)
    return KAM_CHANGES_CONFLICTS;

  return pending->kind == KAM_PENDING_REJECTED ? KAM_CHANGES_REJECTED : KAM_CHANGES_WAITING;
}

static void
note_leads (KamChangesModel *self)
{
  g_hash_table_remove_all (self->leads);
  for (guint kind = KAM_CHANGES_CONFLICTS; kind <= KAM_CHANGES_REJECTED; kind++)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (self->lists[kind]));

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (KamChangeItem) item = g_list_model_get_item (G_LIST_MODEL (self->lists[kind]), i);
          const KamPending *pending = kam_change_item_get (item);

          if (pending->lead_id != NULL && !pending->settling && !g_hash_table_contains (self->leads, pending->lead_id))
            g_hash_table_insert (self->leads, g_strdup (pending->lead_id), g_object_ref (item));
        }
    }
}

static void
tell (KamChangesModel *self)
{
  guint attention = self->counts.n_conflicts + self->counts.n_rejected;
  gboolean differs;

  attention -= MIN (self->n_hidden, attention);
  differs = attention != self->attention;
  self->attention = attention;
  note_leads (self);
  g_signal_emit (self, signals[CHANGED], 0);
  if (differs)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTENTION]);
}

static void
take (KamChangesModel *self,
      GPtrArray       *all)
{
  GPtrArray *sorted[KAM_N_CHANGES];

  for (guint kind = 0; kind < KAM_N_CHANGES; kind++)
    sorted[kind] = g_ptr_array_new ();
  g_ptr_array_set_free_func (all, NULL);
  self->n_hidden = 0;
  for (guint i = 0; i < all->len; i++)
    {
      KamPending *pending = g_ptr_array_index (all, i);

      if (pending->kind != KAM_PENDING_REJECTED || !g_hash_table_contains (self->hidden, &pending->seq))
        {
          g_ptr_array_add (sorted[kind_of (pending)], pending);
          continue;
        }
      kam_pending_free (pending);
      self->n_hidden++;
    }
  for (guint kind = 0; kind < KAM_N_CHANGES; kind++)
    {
      kam_change_items_sync (self->lists[kind], sorted[kind]);
      g_ptr_array_unref (sorted[kind]);
    }
}

static void
give_up (KamChangesModel *self,
         const GError    *error)
{
  self->loading = FALSE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED))
    g_message ("The list of changes could not be read: %s", error->message);
}

static void
pending_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamChangesModel) self = KAM_CHANGES_MODEL (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = kam_store_pending_finish (KAM_STORE (source), result, &error);

  if (all == NULL)
    {
      give_up (self, error);
      return;
    }
  self->loading = FALSE;
  if (self->store == NULL)
    return;

  self->counts = self->coming;
  self->ready = TRUE;
  take (self, all);
  tell (self);
  if (self->again)
    load (self);
}

/* Lists and counts are shown together. */
static void
counted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamChangesModel) self = KAM_CHANGES_MODEL (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_store_pending_counts_finish (KAM_STORE (source), result, &self->coming, &error))
    give_up (self, error);
  else if (self->store != NULL)
    kam_store_pending_async (self->store, MOST_SHOWN, self->cancellable, pending_cb, g_object_ref (self));
}

static void
load (KamChangesModel *self)
{
  self->again = self->loading;
  if (self->loading || self->store == NULL)
    return;

  self->loading = TRUE;
  kam_store_pending_counts_async (self->store, self->cancellable, counted_cb, g_object_ref (self));
}

static void
store_changed_cb (KamChangesModel *self,
                  KamChanges      *changes)
{
  if (kam_changes_is_outbox (changes) || kam_changes_has_any (changes, KAM_ENTITY_CONFLICT) || kam_changes_is_all (changes, KAM_ENTITY_CONFLICT))
    load (self);
}

/* Acting */

static void
report (KamChangesModel *self,
        const GError    *error)
{
  /* What is gone has been settled, sent or dismissed meanwhile: the list says so. */
  if (error != NULL && !g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING))
    g_signal_emit (self, signals[FAILED], 0, error->message);
  load (self);
}

static void
edited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamChangesModel) self = KAM_CHANGES_MODEL (user_data);
  g_autoptr (GError) error = NULL;

  kam_store_edit_finish (KAM_STORE (source), result, &error);
  report (self, error);
}

static void
discarded_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (KamChangesModel) self = KAM_CHANGES_MODEL (user_data);
  g_autoptr (GError) error = NULL;

  kam_store_pending_discard_finish (KAM_STORE (source), result, &error);
  report (self, error);
}

static void
resent_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamChangesModel) self = KAM_CHANGES_MODEL (user_data);
  g_autoptr (GError) error = NULL;

  kam_store_pending_resend_finish (KAM_STORE (source), result, &error);
  report (self, error);
}

static void
kam_changes_model_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ATTENTION:
      g_value_set_uint (value, KAM_CHANGES_MODEL (object)->attention);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_changes_model_dispose (GObject *object)
{
  KamChangesModel *self = KAM_CHANGES_MODEL (object);

  if (self->store != NULL)
    kam_changes_model_forget_dismissed (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (kam_changes_model_parent_class)->dispose (object);
}

static void
kam_changes_model_finalize (GObject *object)
{
  KamChangesModel *self = KAM_CHANGES_MODEL (object);

  for (guint i = 0; i < KAM_N_CHANGES; i++)
    g_clear_object (&self->lists[i]);
  g_clear_pointer (&self->leads, g_hash_table_unref);
  g_clear_pointer (&self->hidden, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clock, kam_clock_unref);
  G_OBJECT_CLASS (kam_changes_model_parent_class)->finalize (object);
}

static void
kam_changes_model_class_init (KamChangesModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_changes_model_dispose;
  object_class->finalize = kam_changes_model_finalize;
  object_class->get_property = kam_changes_model_get_property;

  properties[PROP_ATTENTION] = g_param_spec_uint ("attention", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
kam_changes_model_init (KamChangesModel *self)
{
  self->cancellable = g_cancellable_new ();
  self->hidden = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->leads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  for (guint i = 0; i < KAM_N_CHANGES; i++)
    self->lists[i] = g_list_store_new (KAM_TYPE_CHANGE_ITEM);
}

KamChangesModel *
kam_changes_model_new (KamStore *store,
                       KamClock *clock)
{
  KamChangesModel *self = g_object_new (KAM_TYPE_CHANGES_MODEL, NULL);

  self->store = g_object_ref (store);
  self->clock = kam_clock_ref (clock);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);
  load (self);

  return self;
}

GListModel *
kam_changes_model_get_list (KamChangesModel *self,
                            KamChangesKind   kind)
{
  return G_LIST_MODEL (self->lists[kind]);
}

gboolean
kam_changes_model_is_ready (KamChangesModel *self)
{
  return self->ready;
}

guint
kam_changes_model_get_attention (KamChangesModel *self)
{
  return self->attention;
}

guint
kam_changes_model_get_n_waiting (KamChangesModel *self)
{
  return self->counts.n_waiting;
}

gboolean
kam_changes_model_has_lead (KamChangesModel *self,
                            const char      *lead_id)
{
  return g_hash_table_contains (self->leads, lead_id);
}

KamChangeItem *
kam_changes_model_find_lead (KamChangesModel *self,
                             const char      *lead_id)
{
  return g_hash_table_lookup (self->leads, lead_id);
}

void
kam_changes_model_settle (KamChangesModel *self,
                          KamChangeItem   *item,
                          KamSettle        how,
                          const char      *wanted)
{
  const KamPending *pending = kam_change_item_get (item);
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  g_return_if_fail (pending->conflict != NULL);

  /* One's own copy of a conflict about a lead of somebody else is theirs to settle. */
  if (pending->mine_only)
    return;

  g_ptr_array_add (mutations, kam_settle_mutation (pending->conflict, how, wanted, kam_clock_now (self->clock)));
  kam_store_edit_async (self->store, mutations, NULL, edited_cb, g_object_ref (self));
}

void
kam_changes_model_take_back (KamChangesModel *self,
                             KamChangeItem   *item)
{
  const KamPending *pending = kam_change_item_get (item);

  if (pending->seq != 0)
    kam_store_pending_discard_async (self->store, pending->seq, NULL, discarded_cb, g_object_ref (self));
}

void
kam_changes_model_send_again (KamChangesModel *self,
                              KamChangeItem   *item)
{
  kam_store_pending_resend_async (self->store, kam_change_item_get (item)->seq, NULL, resent_cb, g_object_ref (self));
}

void
kam_changes_model_drop (KamChangesModel *self,
                        gint64           seq)
{
  kam_store_pending_discard_async (self->store, seq, NULL, discarded_cb, g_object_ref (self));
}

void
kam_changes_model_dismiss (KamChangesModel *self,
                           KamChangeItem   *item,
                           const char      *label)
{
  guint position;

  kam_changes_model_forget_dismissed (self);
  if (!g_list_store_find (self->lists[KAM_CHANGES_REJECTED], item, &position))
    return;

  self->dismissed = kam_change_item_get (item)->seq;
  g_hash_table_add (self->hidden, g_memdup2 (&self->dismissed, sizeof self->dismissed));
  self->n_hidden++;
  g_list_store_remove (self->lists[KAM_CHANGES_REJECTED], position);
  tell (self);
  g_signal_emit (self, signals[DISMISSED], 0, label);
}

void
kam_changes_model_undismiss (KamChangesModel *self)
{
  if (self->dismissed == 0)
    return;

  g_hash_table_remove (self->hidden, &self->dismissed);
  self->dismissed = 0;
  load (self);
}

void
kam_changes_model_forget_dismissed (KamChangesModel *self)
{
  gint64 seq = self->dismissed;

  if (seq == 0)
    return;

  kam_store_pending_discard_async (self->store, seq, NULL, discarded_cb, g_object_ref (self));
  self->dismissed = 0;
}
