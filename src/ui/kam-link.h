/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Hands a number to whatever dials, an address to whatever writes mail; copies it where nothing does. */
void  kam_link_dial       (GtkWidget  *widget,
                           const char *phone);
void  kam_link_write      (GtkWidget  *widget,
                           const char *email);
void  kam_link_copy       (GtkWidget  *widget,
                           const char *text);
/* A short message in the window of the widget, where that has a place for it. */
void  kam_link_toast      (GtkWidget  *widget,
                           const char *text);

G_END_DECLS
