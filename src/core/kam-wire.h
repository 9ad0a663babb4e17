/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

#define KAM_PROTOCOL_VERSION 1
#define KAM_SCHEMA_VERSION 1

/* One value, by the type of its field. */
JsonNode *kam_wire_value_to_json   (const KamField *field,
                                    const KamValue *value);
gboolean  kam_wire_value_from_json (const KamField *field,
                                    JsonNode       *node,
                                    KamValue       *value,
                                    GError        **error);
void      kam_wire_append_value    (GString        *out,
                                    const KamField *field,
                                    const KamValue *value);

/* A row's line, without its newline: the one form that it has in a page and in a digest. fields: (nullable): those that stand behind the id, in this
 * order; NULL for all of ours. */
void      kam_wire_append_row      (GString        *out,
                                    const KamRow   *row,
                                    const guint    *fields,
                                    guint           n_fields);

/* The lines of a pull (newline-delimited JSON). */
typedef enum
{
  KAM_LINE_HEADER, /* {"columns": …, "progress": …} */
  KAM_LINE_DROP,   /* ["drop", scope] */
  KAM_LINE_RANGE,  /* ["range", entity, "3f"]: forget the server's rows of the entity whose ids end in these digits; those there are follow */
  KAM_LINE_EVICT,  /* ["-", entity, rev, scope, id, "deleted"|"moved"] */
  KAM_LINE_ROW,    /* [entity, rev, scope, [values]]: the values begin with the id, then the columns as the header named them */
  KAM_LINE_FOOTER, /* {"cursor", "head", "durable", "more", "count", "digest"} */
  KAM_LINE_UNKNOWN, /* of an entity that this side does not know, from a newer server: counted, to be passed over */
} KamLineKind;

typedef struct
{
  KamLineKind   kind;
  KamEntityKind entity;
  gint64        rev;
  char         *scope;      /* (owned) */
  char         *id;         /* (owned) of an evicted row */
  char         *range;      /* (owned) the digits of a range: see kam-digest.h */
  gboolean      moved;      /* of an eviction: moved rather than deleted; the whole subtree goes */
  KamRow       *row;        /* (owned) */
  char         *extra;      /* (owned) (nullable) of a row: {"column": value, …} of the columns that this side does not know */
  guint64       missing;    /* of a row: a bit for each field that the sender does not know: it is null here, and says nothing */
  char         *cursor;     /* (owned) of a footer */
  gint64        head;       /* of the snapshot the page was read in: what the client has reached once a page without more is published */
  gint64        durable;    /* of a footer: the last commit in a verified backup; 0 where it does not say */
  gboolean      more;
  gint64        count;      /* lines between header and footer */
  char         *digest;     /* (owned) SHA-256, hex, of those lines with their newlines */
  gint64        progress_done;
  gint64        progress_total;
} KamLine;

void kam_line_clear (KamLine *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamLine, kam_line_clear)

/**
 * KamPageReader:
 *
 * Reads the lines of one page in order, maps the sender's columns to this side's fields (unknown columns are kept aside by name, missing ones are
 * null), counts, and checks count and digest at the footer. After an error the page is lost: every later line fails. Not for sharing between threads.
 */
typedef struct _KamPageReader KamPageReader;

KamPageReader *kam_page_reader_new   (void);
void           kam_page_reader_free  (KamPageReader *self);
gboolean       kam_page_reader_read  (KamPageReader *self,
                                      const char    *line,
                                      gsize          length, /* without the newline */
                                      KamLine       *out,    /* cleared first */
                                      GError       **error);
gboolean       kam_page_reader_is_complete (KamPageReader *self); /* a valid footer has been read */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPageReader, kam_page_reader_free)

/* Writes a page; each call appends one line with its newline to out. */
typedef struct _KamPageWriter KamPageWriter;

KamPageWriter *kam_page_writer_new    (void);
void           kam_page_writer_free   (KamPageWriter *self);
void           kam_page_writer_header (KamPageWriter *self,
                                       gint64         done,
                                       gint64         total,
                                       GString       *out);
void           kam_page_writer_drop   (KamPageWriter *self,
                                       const char    *scope,
                                       GString       *out);
void           kam_page_writer_evict  (KamPageWriter *self,
                                       KamEntityKind  entity,
                                       gint64         rev,
                                       const char    *scope,
                                       const char    *id,
                                       gboolean       moved,
                                       GString       *out);
void           kam_page_writer_range  (KamPageWriter *self,
                                       KamEntityKind  entity,
                                       const char    *range,
                                       GString       *out);
void           kam_page_writer_row    (KamPageWriter *self,
                                       const KamRow  *row,
                                       GString       *out);
void           kam_page_writer_footer (KamPageWriter *self,
                                       const char    *cursor,
                                       gint64         head,
                                       gint64         durable,
                                       gboolean       more,
                                       GString       *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPageWriter, kam_page_writer_free)

G_END_DECLS
