/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-columns.h"
#include "kam-list-page.h"

G_BEGIN_DECLS

struct _KamListPage
{
  AdwBin             parent_instance;

  KamWorkspace      *workspace;     /* (owned) */
  KamViewState      *views;         /* (owned) */
  KamEntityKind      entity;
  KamList           *list;          /* (owned) */
  GtkMultiSelection *selection;     /* (owned) */
  GCancellable      *cancellable;   /* (owned) */

  KamListSort        sort;
  guint              statuses;
  gboolean           restoring;     /* what changes now was not done by a person */
  guint              patience;
  gboolean           laid_out;
  gboolean           wide;
  guint              layout_source;
  gboolean           focus_wanted;  /* by the rows, once there are any */
  double             wanted_place;  /* row to show on top once there are rows, or -1 */
  gboolean           asked;         /* the rows that come next answer another question: they are shown from the first */

  /* Selection goes by key while rows move. */
  gboolean           holding;
  GHashTable        *held;          /* (owned) (nullable): keys selected before the rows moved */
  gint64             wanted_key;    /* to select once the list has it, or 0 */
  gboolean           untold;        /* somebody was waited for when the rows began to move */
  KamListItem       *waiting;       /* (owned) (nullable): selected, and not read yet */
  char              *selected_id;   /* (owned) (nullable): of the one selected row */
  char              *selected_lead; /* (owned) (nullable): the lead of that row */
  gboolean           open_waiting;  /* open it when it has been read */

  GtkSearchBar      *search_bar;
  GtkSearchEntry    *search_entry;
  GtkBox            *filters;
  GtkMenuButton     *filter_button;
  GtkBox            *filter_box;
  GtkBox            *chips;
  GtkLabel          *count;
  GtkStack          *stack;
  GtkStack          *layouts;
  GtkScrolledWindow *wide_scroll;
  GtkColumnView     *columns;
  GtkScrolledWindow *narrow_scroll;
  GtkListView       *rows;
  GtkSpinner        *spinner;
  AdwStatusPage     *empty;
  GtkButton         *empty_button;
  AdwStatusPage     *no_match;
  GtkButton         *clear_button;
  AdwStatusPage     *error;
  GtkActionBar      *bar;
  GtkLabel          *bar_label;
};

/* kam-list-page.c */
void     kam_list_page_ask             (KamListPage *self);
void     kam_list_page_emit_selected   (KamListPage *self,
                                        const char  *lead_id,
                                        gboolean     opened);

/* kam-list-states.c */
void     kam_list_page_update_state    (KamListPage *self);

/* kam-list-selection.c */
void     kam_list_selection_init       (KamListPage *self);
void     kam_list_selection_hold       (KamListPage *self);
void     kam_list_selection_release    (KamListPage *self);
gboolean kam_list_selection_is_empty   (KamListPage *self);
void     kam_list_page_open_selected   (KamListPage *self);

/* kam-list-filters.c */
void     kam_list_filters_init         (KamListPage *self);
void     kam_list_filters_update       (KamListPage *self);

/* kam-list-place.c */
void     kam_list_page_set_wide        (KamListPage *self,
                                        gboolean     wide);
double   kam_list_page_get_place       (KamListPage *self);
void     kam_list_page_take_focus      (KamListPage *self);
void     kam_list_page_hold_focus      (KamListPage *self);
void     kam_list_page_restore_scroll  (KamListPage *self);
void     kam_list_page_restore         (KamListPage *self);
void     kam_list_page_name_things     (KamListPage *self);

G_END_DECLS
