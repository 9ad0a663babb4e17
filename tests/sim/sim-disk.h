/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char       *sim_disk_new_dir  (void); /* its name; not made */
void        sim_disk_copy     (const char *from,
                               const char *to);
void        sim_disk_remove   (const char *dir);
const char *sim_disk_find     (const char *dir,
                               const char *text);
void        sim_disk_clean_up (void);

G_END_DECLS
