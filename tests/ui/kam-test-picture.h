/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Saves how a window looks, once drawn, as NAME.png in the folder that KAM_TEST_PICTURES names; does nothing without. */
void test_picture (GtkWidget  *window,
                   const char *name);

G_END_DECLS
