/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-model.h"

#include "kam-store-query.h"
#include "kam-time.h"

#include <string.h>

struct _KamLeadModel
{
  GObject parent_instance;

  KamWorkspace *workspace; /* (owned) */
  GCancellable *loading;   /* (owned) (nullable): of the load under way */
  gboolean      again;     /* something changed during it */
  char         *lead_id;   /* (owned) (nullable) */
  KamLeadState  state;
  KamRow       *lead;      /* (owned) (nullable) */
  KamRow       *parent;    /* (owned) (nullable) */
  GListStore   *contacts;  /* (owned) */
  GListStore   *timeline;  /* (owned) */
  guint         n_timeline;
  gboolean      pending;
  gboolean      show_all;
  char         *error;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamLeadModel, kam_lead_model, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_LEAD_ID,
  PROP_SHOW_ALL,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void load (KamLeadModel *self);

static void
emit_changed (KamLeadModel *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
replace_row (KamRow **at,
             KamRow  *row)
{
  KamRow *old = *at;

  *at = row != NULL ? kam_row_ref (row) : NULL;
  g_clear_pointer (&old, kam_row_unref);
}

static void
clear_page (KamLeadModel *self)
{
  g_clear_pointer (&self->lead, kam_row_unref);
  g_clear_pointer (&self->parent, kam_row_unref);
  g_clear_pointer (&self->error, g_free);
  g_list_store_remove_all (self->contacts);
  g_list_store_remove_all (self->timeline);
  self->n_timeline = 0;
  self->pending = FALSE;
}

static void
take_contacts (KamLeadModel *self,
               GPtrArray    *contacts)
{
  g_autoptr (GArray) tree = kam_contact_tree (contacts);

  kam_row_items_sync (self->contacts, (const KamRowPlace *) (gpointer) tree->data, tree->len);
}

static void
take_timeline (KamLeadModel *self,
               GPtrArray    *timeline)
{
  g_autofree KamRowPlace *places = g_new0 (KamRowPlace, timeline->len + 1);

  for (guint i = 0; i < timeline->len; i++)
    places[i].row = g_ptr_array_index (timeline, i);

  kam_row_items_sync (self->timeline, places, timeline->len);
}

static void
take_page (KamLeadModel *self,
           KamLeadPage  *page)
{
  replace_row (&self->lead, page->lead);
  replace_row (&self->parent, page->parent);
  g_clear_pointer (&self->error, g_free);
  take_contacts (self, page->contacts);
  take_timeline (self, page->timeline);
  self->n_timeline = page->n_timeline;
  self->pending = page->has_pending;
  self->state = kam_row_is_deleted (page->lead) ? KAM_LEAD_STATE_DELETED : KAM_LEAD_STATE_READY;
}

/* What was seen of a lead that is gone stays visible behind the message, but not its children: they belong to somebody else now. */
static void
take_failure (KamLeadModel *self,
              const GError *error)
{
  g_list_store_remove_all (self->contacts);
  g_list_store_remove_all (self->timeline);
  self->n_timeline = 0;

  if (g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING))
    {
      self->state = self->lead != NULL ? KAM_LEAD_STATE_MOVED : KAM_LEAD_STATE_MISSING;
      return;
    }

  g_free (self->error);
  self->error = g_strdup (error->message);
  self->state = KAM_LEAD_STATE_FAILED;
}

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (KamLeadModel) self = KAM_LEAD_MODEL (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamLeadPage) page = kam_store_lead_page_finish (KAM_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->loading == NULL || g_task_get_cancellable (G_TASK (result)) != self->loading)
    return;

  g_clear_object (&self->loading);
  if (page != NULL)
    take_page (self, page);
  else
    take_failure (self, error);
  emit_changed (self);

  if (self->again)
    load (self);
}

static void
load (KamLeadModel *self)
{
  self->again = self->loading != NULL;
  if (self->again || self->lead_id == NULL)
    return;

  self->loading = g_cancellable_new ();
  kam_store_lead_page_async (kam_workspace_get_store (self->workspace), self->lead_id, self->show_all ? 0 : KAM_LEAD_TIMELINE_SHORT, self->loading, page_cb,
                             g_object_ref (self));
}

static void
stop_loading (KamLeadModel *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->again = FALSE;
}

static void
store_changed_cb (KamLeadModel *self,
                  KamChanges   *changes)
{
  const char *parent;

  if (self->lead_id == NULL)
    return;

  parent = self->lead != NULL ? kam_row_text (self->lead, KAM_LEAD_PARENT) : NULL;
  if (kam_changes_has_lead (changes, self->lead_id) || kam_changes_is_all (changes, KAM_ENTITY_LEAD) || kam_changes_is_all (changes, KAM_ENTITY_INTERACTION)
      || kam_changes_is_all (changes, KAM_ENTITY_CONTACT) || kam_changes_is_outbox (changes)
      || (parent != NULL && kam_changes_has (changes, KAM_ENTITY_LEAD, parent)))
    load (self);
}

static void
kam_lead_model_dispose (GObject *object)
{
  KamLeadModel *self = KAM_LEAD_MODEL (object);

  stop_loading (self);
  clear_page (self);
  g_clear_pointer (&self->lead_id, g_free);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (kam_lead_model_parent_class)->dispose (object);
}

static void
kam_lead_model_finalize (GObject *object)
{
  KamLeadModel *self = KAM_LEAD_MODEL (object);

  g_object_unref (self->contacts);
  g_object_unref (self->timeline);

  G_OBJECT_CLASS (kam_lead_model_parent_class)->finalize (object);
}

static void
kam_lead_model_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  KamLeadModel *self = KAM_LEAD_MODEL (object);

  switch (prop_id)
    {
    case PROP_LEAD_ID:
      g_value_set_string (value, self->lead_id);
      break;
    case PROP_SHOW_ALL:
      g_value_set_boolean (value, self->show_all);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_lead_model_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  KamLeadModel *self = KAM_LEAD_MODEL (object);

  switch (prop_id)
    {
    case PROP_LEAD_ID:
      kam_lead_model_set_lead (self, g_value_get_string (value));
      break;
    case PROP_SHOW_ALL:
      kam_lead_model_set_show_all (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_lead_model_class_init (KamLeadModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = kam_lead_model_dispose;
  object_class->finalize = kam_lead_model_finalize;
  object_class->get_property = kam_lead_model_get_property;
  object_class->set_property = kam_lead_model_set_property;

  properties[PROP_LEAD_ID] = g_param_spec_string ("lead-id", NULL, NULL, NULL, flags);
  properties[PROP_SHOW_ALL] = g_param_spec_boolean ("show-all", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_lead_model_init (KamLeadModel *self)
{
  self->contacts = g_list_store_new (KAM_TYPE_ROW_ITEM);
  self->timeline = g_list_store_new (KAM_TYPE_ROW_ITEM);
}

/**
 * kam_lead_model_new:
 *
 * Returns: (transfer full): a model that shows nothing yet
 */
KamLeadModel *
kam_lead_model_new (KamWorkspace *workspace)
{
  KamLeadModel *self = g_object_new (KAM_TYPE_LEAD_MODEL, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (kam_workspace_get_store (workspace), "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "people-changed", G_CALLBACK (emit_changed), self, G_CONNECT_SWAPPED);

  return self;
}

void
kam_lead_model_set_lead (KamLeadModel *self,
                         const char   *lead_id)
{
  g_return_if_fail (KAM_IS_LEAD_MODEL (self));

  if (g_strcmp0 (self->lead_id, lead_id) == 0)
    return;

  stop_loading (self);
  clear_page (self);
  g_free (self->lead_id);
  self->lead_id = g_strdup (lead_id);
  self->state = lead_id != NULL ? KAM_LEAD_STATE_LOADING : KAM_LEAD_STATE_NONE;
  if (self->show_all)
    {
      self->show_all = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_ALL]);
    }
  load (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEAD_ID]);
  emit_changed (self);
}

const char *
kam_lead_model_get_lead_id (KamLeadModel *self)
{
  return self->lead_id;
}

KamLeadState
kam_lead_model_get_state (KamLeadModel *self)
{
  return self->state;
}

KamRow *
kam_lead_model_get_lead (KamLeadModel *self)
{
  return self->lead;
}

KamRow *
kam_lead_model_get_parent (KamLeadModel *self)
{
  return self->parent;
}

gboolean
kam_lead_model_get_pending (KamLeadModel *self)
{
  return self->pending;
}

const char *
kam_lead_model_get_error (KamLeadModel *self)
{
  return self->error;
}

/**
 * kam_lead_model_dup_today:
 *
 * Returns: (transfer full): the date it is where the lead is
 */
char *
kam_lead_model_dup_today (KamLeadModel *self)
{
  const char *zone = self->lead != NULL ? kam_row_text (self->lead, KAM_LEAD_TIME_ZONE) : NULL;
  gint64 now = kam_clock_now (kam_workspace_get_clock (self->workspace));
  char *date = NULL;

  if (zone == NULL || !kam_instant_to_local (now, zone, &date, NULL, NULL))
    kam_instant_to_local (now, "UTC", &date, NULL, NULL);

  return date;
}

GListModel *
kam_lead_model_get_contacts (KamLeadModel *self)
{
  return G_LIST_MODEL (self->contacts);
}

GListModel *
kam_lead_model_get_timeline (KamLeadModel *self)
{
  return G_LIST_MODEL (self->timeline);
}

guint
kam_lead_model_get_n_timeline (KamLeadModel *self)
{
  return self->n_timeline;
}

void
kam_lead_model_set_show_all (KamLeadModel *self,
                             gboolean      show_all)
{
  g_return_if_fail (KAM_IS_LEAD_MODEL (self));

  if (self->show_all == show_all)
    return;

  self->show_all = show_all;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_ALL]);
  load (self);
}

gboolean
kam_lead_model_get_show_all (KamLeadModel *self)
{
  return self->show_all;
}

static KamRow *
find_in (GListStore *store,
         const char *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KamRowItem) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (strcmp (kam_row_item_get_id (item), id) == 0)
        return kam_row_item_get_row (item);
    }

  return NULL;
}

KamRow *
kam_lead_model_find (KamLeadModel *self,
                     const char   *id)
{
  KamRow *row = find_in (self->contacts, id);

  return row != NULL ? row : find_in (self->timeline, id);
}

static gboolean
is_open_plan (KamRow *row)
{
  return kam_row_kind (row) == KAM_ENTITY_INTERACTION && kam_row_is (row, KAM_INTERACTION_STATE, "planned") && !kam_row_is_deleted (row);
}

static gboolean
is_contact_made (KamRow *row)
{
  return kam_row_kind (row) == KAM_ENTITY_INTERACTION && kam_row_is (row, KAM_INTERACTION_STATE, "done") && !kam_row_is (row, KAM_INTERACTION_KIND, "order");
}

static int
compare_plans (KamRow *a,
               KamRow *b)
{
  int order = g_strcmp0 (kam_row_text (a, KAM_INTERACTION_LOCAL_DATE), kam_row_text (b, KAM_INTERACTION_LOCAL_DATE));

  return order != 0 ? order : g_strcmp0 (kam_row_text (a, KAM_INTERACTION_LOCAL_TIME), kam_row_text (b, KAM_INTERACTION_LOCAL_TIME));
}

KamRow *
kam_lead_model_get_next (KamLeadModel *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->timeline));
  KamRow *next = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KamRowItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), i);
      KamRow *row = kam_row_item_get_row (item);

      if (is_open_plan (row) && (next == NULL || compare_plans (row, next) < 0))
        next = row;
    }

  return next;
}

KamRow *
kam_lead_model_get_last (KamLeadModel *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->timeline));
  KamRow *last = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KamRowItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), i);
      KamRow *row = kam_row_item_get_row (item);

      if (is_contact_made (row)
          && (last == NULL || kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0) > kam_row_int (last, KAM_INTERACTION_STARTS_AT, 0)))
        last = row;
    }

  return last;
}
