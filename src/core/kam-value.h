/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  KAM_VALUE_NULL,
  KAM_VALUE_INT,
  KAM_VALUE_TEXT,
} KamValueKind;

/**
 * KamValue:
 *
 * One field's value in its canonical form: nothing, a 64-bit integer, or UTF-8 text in NFC. What an integer or a text
 * means is said by the [struct@Kam.Field] it belongs to: an instant is an integer of microseconds since 1970 UTC, a flag 0
 * or 1, money an integer of minor units, a date the text `YYYY-MM-DD`, a set of tags their sorted lines.
 *
 * Zero-initialised memory is a valid null value. The text is owned.
 */
typedef struct
{
  KamValueKind kind;
  union
  {
    gint64 number;
    char  *text; /* (owned) */
  };
} KamValue;

#define KAM_VALUE_INIT { .kind = KAM_VALUE_NULL, .number = 0 }

void     kam_value_clear     (KamValue       *self);
void     kam_value_copy      (KamValue       *self,
                              const KamValue *from);
void     kam_value_set_null  (KamValue       *self);
void     kam_value_set_int   (KamValue       *self,
                              gint64          number);
void     kam_value_set_text  (KamValue       *self,
                              const char     *text);
void     kam_value_take_text (KamValue       *self,
                              char           *text);
gboolean kam_value_equal     (const KamValue *a,
                              const KamValue *b);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamValue, kam_value_clear)

G_END_DECLS
