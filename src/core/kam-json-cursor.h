/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An object with more members than this is refused: nothing that we read has nearly as many, and hash tables can be made slow on purpose. */
#define KAM_JSON_MAX_MEMBERS 1024

/**
 * KamJsonCursor:
 *
 * The strict scanner: walks over JSON text (RFC 8259) token by token and takes nothing that is not JSON. Beyond the RFC it refuses what has no place
 * in our values: nesting deeper than KAM_JSON_MAX_DEPTH, duplicate keys, lone surrogates, `\u0000`, integers beyond 64 bits, other numbers beyond a
 * double.
 *
 * On the stack; nothing to free. The text must outlive it. What takes a GError fails with KAM_ERROR_INVALID_JSON and says where.
 */
typedef struct
{
  const char *text;
  const char *at;
  const char *end;
  guint       depth; /* of what has been opened token by token; what is skipped as one value goes deeper from there */
} KamJsonCursor;

gboolean kam_json_cursor_start   (KamJsonCursor *self,
                                  const char    *text,
                                  gsize          length,
                                  GError       **error);
gboolean kam_json_cursor_finish  (KamJsonCursor *self,
                                  GError       **error);
char     kam_json_cursor_peek    (KamJsonCursor *self);
gboolean kam_json_cursor_accept  (KamJsonCursor *self,
                                  char           token);
gboolean kam_json_cursor_expect  (KamJsonCursor *self,
                                  char           token,
                                  GError       **error);
gboolean kam_json_cursor_word    (KamJsonCursor *self,
                                  const char    *word);
gboolean kam_json_cursor_string  (KamJsonCursor *self,
                                  char         **text,
                                  GError       **error);
gboolean kam_json_cursor_short   (KamJsonCursor *self,
                                  char          *text,
                                  gsize          size,
                                  GError       **error);
gboolean kam_json_cursor_number  (KamJsonCursor *self,
                                  gint64        *number,
                                  gboolean      *integral,
                                  GError       **error);
gboolean kam_json_cursor_integer (KamJsonCursor *self,
                                  gint64        *number,
                                  GError       **error);
gboolean kam_json_cursor_skip    (KamJsonCursor *self,
                                  GError       **error);
gboolean kam_json_cursor_fail    (const KamJsonCursor *self,
                                  GError       **error,
                                  const char    *what);

G_END_DECLS
