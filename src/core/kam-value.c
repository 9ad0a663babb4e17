/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-value.h"

#include <string.h>

void
kam_value_clear (KamValue *self)
{
  if (self->kind == KAM_VALUE_TEXT)
    g_free (self->text);

  self->kind = KAM_VALUE_NULL;
  self->number = 0;
}

/**
 * kam_value_copy:
 * @self: what is overwritten
 * @from: what is copied; may be @self
 */
void
kam_value_copy (KamValue       *self,
                const KamValue *from)
{
  KamValue copy = *from;

  if (copy.kind == KAM_VALUE_TEXT)
    copy.text = g_strdup (copy.text);

  kam_value_clear (self);
  *self = copy;
}

void
kam_value_set_null (KamValue *self)
{
  kam_value_clear (self);
}

void
kam_value_set_int (KamValue *self,
                   gint64    number)
{
  kam_value_clear (self);
  self->kind = KAM_VALUE_INT;
  self->number = number;
}

/**
 * kam_value_set_text:
 * @text: (nullable): copied; NULL sets null
 */
void
kam_value_set_text (KamValue   *self,
                    const char *text)
{
  kam_value_take_text (self, g_strdup (text));
}

/**
 * kam_value_take_text:
 * @text: (transfer full) (nullable): NULL sets null
 */
void
kam_value_take_text (KamValue *self,
                     char     *text)
{
  kam_value_clear (self);

  if (text == NULL)
    return;

  self->kind = KAM_VALUE_TEXT;
  self->text = text;
}

gboolean
kam_value_equal (const KamValue *a,
                 const KamValue *b)
{
  if (a->kind != b->kind)
    return FALSE;

  switch (a->kind)
    {
    case KAM_VALUE_INT:
      return a->number == b->number;
    case KAM_VALUE_TEXT:
      return strcmp (a->text, b->text) == 0;
    case KAM_VALUE_NULL:
    default:
      return TRUE;
    }
}
