/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-item.h"

struct _KamListItem
{
  GObject     parent_instance;

  gint64      key;
  KamListRow *row; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamListItem, kam_list_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
kam_list_item_finalize (GObject *object)
{
  KamListItem *self = KAM_LIST_ITEM (object);

  g_clear_pointer (&self->row, kam_list_row_free);
  G_OBJECT_CLASS (kam_list_item_parent_class)->finalize (object);
}

static void
kam_list_item_class_init (KamListItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_list_item_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_list_item_init (KamListItem *self)
{
}

KamListItem *
kam_list_item_new (gint64 key)
{
  KamListItem *self = g_object_new (KAM_TYPE_LIST_ITEM, NULL);

  self->key = key;

  return self;
}

gint64
kam_list_item_get_key (KamListItem *self)
{
  return self->key;
}

void
kam_list_item_set_key (KamListItem *self,
                       gint64       key)
{
  self->key = key;
}

const KamListRow *
kam_list_item_get_row (KamListItem *self)
{
  return self->row;
}

void
kam_list_item_take_row (KamListItem *self,
                        KamListRow  *row)
{
  g_clear_pointer (&self->row, kam_list_row_free);
  self->row = row;
  g_signal_emit (self, changed_signal, 0);
}

const char *
kam_list_item_get_id (KamListItem *self)
{
  return self->row != NULL ? kam_row_id (self->row->row) : NULL;
}

const char *
kam_list_item_get_text (KamListItem *self,
                        guint        field)
{
  return self->row != NULL ? kam_row_text (self->row->row, field) : NULL;
}
