/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-window.h"

G_BEGIN_DECLS

/* What waits or was not accepted, to a file that a person chooses, and back: on this device or another of the same person. The window says what came of it. */
void kam_changes_file_export (KamWindow    *window,
                              KamWorkspace *workspace);
void kam_changes_file_import (KamWindow    *window,
                              KamWorkspace *workspace);

G_END_DECLS
