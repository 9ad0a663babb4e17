/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-change-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A third value for a conflict, typed where it stands; a change that was not accepted, in the form of its row. */

gboolean kam_change_edit_is_possible (const KamPending *pending);

/* Gives the item a draft, or opens a form over the widget's window. Says what is wrong through the model's `failed`. */
void     kam_change_edit_begin       (GtkWidget        *widget,
                                      KamWorkspace     *workspace,
                                      KamChangeItem    *item);
/* The control of the field in conflict; the item must have a draft. */
void     kam_change_edit_add_control (KamChangeItem    *item,
                                      GtkListBox       *list);
/* Settles the conflict with what was typed, if it can be the field's value; else the control says why not. */
void     kam_change_edit_save        (KamWorkspace     *workspace,
                                      KamChangeItem    *item);

G_END_DECLS
