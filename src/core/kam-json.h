/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define KAM_JSON_MAX_DEPTH 32

/* json-glib takes what no wire should, so a strict scan goes first: RFC 8259, UTF-8, at most KAM_JSON_MAX_DEPTH levels, no duplicate keys, integers
 * within 64 bits. */
gboolean  kam_json_scan          (const char *text,
                                  gsize       length,
                                  GError    **error);
JsonNode *kam_json_parse         (const char *text,
                                  gsize       length,
                                  GError    **error);

/* Typed members of an object; each fails with KAM_ERROR_INVALID_WIRE that names the member. The optional forms leave the value as it is where the
 * member is missing or null. */
gboolean     kam_json_get_string (JsonObject  *object,
                                  const char  *member,
                                  const char **value,
                                  GError     **error);
gboolean     kam_json_get_int    (JsonObject  *object,
                                  const char  *member,
                                  gint64      *value,
                                  GError     **error);
gboolean     kam_json_get_object (JsonObject  *object,
                                  const char  *member,
                                  JsonObject **value,
                                  GError     **error);
gboolean     kam_json_get_array  (JsonObject  *object,
                                  const char  *member,
                                  JsonArray  **value,
                                  GError     **error);
gboolean     kam_json_opt_string (JsonObject  *object,
                                  const char  *member,
                                  const char **value,
                                  GError     **error);
gboolean     kam_json_opt_int    (JsonObject  *object,
                                  const char  *member,
                                  gint64      *value,
                                  GError     **error);
gboolean     kam_json_opt_bool   (JsonObject  *object,
                                  const char  *member,
                                  gboolean    *value,
                                  GError     **error);

char        *kam_json_to_text    (JsonNode    *node);
void         kam_json_append_node   (GString     *out,
                                     JsonNode    *node);
void         kam_json_append_string (GString     *out,
                                     const char  *text);

G_END_DECLS
