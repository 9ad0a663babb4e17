/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In the order in which rows travel: whoever is referred to comes first. */
typedef enum
{
  KAM_ENTITY_USER,
  KAM_ENTITY_LEAVE,
  KAM_ENTITY_LEAD,
  KAM_ENTITY_LEAD_EVENT,
  KAM_ENTITY_CONTACT,
  KAM_ENTITY_INTERACTION,
  KAM_ENTITY_CONFLICT,
} KamEntityKind;
#define KAM_N_ENTITIES (KAM_ENTITY_CONFLICT + 1)

typedef enum
{
  KAM_TYPE_TEXT,      /* one line */
  KAM_TYPE_LONG_TEXT, /* lines */
  KAM_TYPE_EMAIL,
  KAM_TYPE_PHONE,     /* E.164 */
  KAM_TYPE_COUNTRY,   /* ISO 3166-1 alpha-2, upper case */
  KAM_TYPE_CURRENCY,  /* ISO 4217, upper case */
  KAM_TYPE_LANGUAGE,  /* BCP 47 */
  KAM_TYPE_TIME_ZONE, /* IANA name */
  KAM_TYPE_ID,        /* UUID */
  KAM_TYPE_ENUM,      /* one of the field's choices */
  KAM_TYPE_TAGS,      /* sorted lines; on the wire an array of strings */
  KAM_TYPE_DATE,      /* YYYY-MM-DD */
  KAM_TYPE_TIME,      /* HH:MM */
  KAM_TYPE_INT,       /* from here on integers */
  KAM_TYPE_MONEY,     /* minor units */
  KAM_TYPE_DAYS,      /* bit mask, Monday = 1 */
  KAM_TYPE_BOOL,      /* on the wire true and false */
  KAM_TYPE_INSTANT,   /* microseconds since 1970 UTC; on the wire YYYY-MM-DDTHH:MM:SS.ffffffZ */
} KamFieldType;

typedef enum
{
  KAM_FIELD_OPTIONAL = 0,
  KAM_FIELD_REQUIRED = 1 << 0,
  KAM_FIELD_FIXED = 1 << 1, /* set when the row is made, never changed */
  KAM_FIELD_MADE_WITH = KAM_FIELD_REQUIRED | KAM_FIELD_FIXED,
} KamFieldFlags;

typedef enum
{
  KAM_WRITER_MEMBER,   /* whoever reads the row's scope */
  KAM_WRITER_SELF,     /* the person whom the row describes, and admins */
  KAM_WRITER_MANAGER,  /* a manager, for people of their team; anyone may name themselves on a row they create */
  KAM_WRITER_ADMIN,
  KAM_WRITER_DELETION, /* only by the operations delete and restore */
  KAM_WRITER_SERVER,   /* derived or stamped by the server; a client's value is ignored on create, refused on change */
} KamWriter;

typedef enum
{
  KAM_MERGE_FIELD,   /* the server's value stays, the other becomes a conflict */
  KAM_MERGE_TEXT,    /* both texts are kept */
  KAM_MERGE_SET,     /* additions and removals are applied */
  KAM_MERGE_LATER,   /* the later one wins */
  KAM_MERGE_DERIVED, /* never merged: recomputed */
} KamMergeKind;

/**
 * KamField:
 *
 * What the whole program knows about one field. Static, immutable, shared by all threads.
 */
typedef struct
{
  const char        *name;     /* on the wire and in both databases */
  const char        *label;    /* in English; pass through gettext to show */
  KamFieldType       type;
  gint64             least;    /* characters of a text, or the number itself */
  gint64             most;
  KamFieldFlags      flags;
  KamWriter          writer;
  KamMergeKind       merge;
  guint              group;    /* fields of one entity with the same group other than 0 merge as one */
  const char *const *choices;  /* NULL-terminated words of an enum, else NULL */
  int                refers;   /* KamEntityKind that an id refers to, else -1 */
} KamField;

/**
 * KamEntity:
 *
 * A kind of row that is synced. @lead_field is the index of the field that names the lead a row belongs to, -1 where there
 * is none (a lead belongs to itself).
 */
typedef struct
{
  KamEntityKind   kind;
  const char     *name;
  const KamField *fields;
  guint           n_fields;
  int             lead_field;
  int             delete_field; /* index of delete_id, or -1: rows that cannot be deleted */
} KamEntity;

/* Indices of fields: KAM_LEAD_NAME, KAM_CONTACT_PHONE, …, and how many there are: KAM_N_LEAD_FIELDS, … */
enum
{
#define KAM_USER_FIELD(ident, ...) KAM_USER_##ident,
#include "kam-fields.def"
  KAM_N_USER_FIELDS
};
enum
{
#define KAM_LEAVE_FIELD(ident, ...) KAM_LEAVE_##ident,
#include "kam-fields.def"
  KAM_N_LEAVE_FIELDS
};
enum
{
#define KAM_LEAD_FIELD(ident, ...) KAM_LEAD_##ident,
#include "kam-fields.def"
  KAM_N_LEAD_FIELDS
};
enum
{
#define KAM_LEAD_EVENT_FIELD(ident, ...) KAM_LEAD_EVENT_##ident,
#include "kam-fields.def"
  KAM_N_LEAD_EVENT_FIELDS
};
enum
{
#define KAM_CONTACT_FIELD(ident, ...) KAM_CONTACT_##ident,
#include "kam-fields.def"
  KAM_N_CONTACT_FIELDS
};
enum
{
#define KAM_INTERACTION_FIELD(ident, ...) KAM_INTERACTION_##ident,
#include "kam-fields.def"
  KAM_N_INTERACTION_FIELDS
};
enum
{
#define KAM_CONFLICT_FIELD(ident, ...) KAM_CONFLICT_##ident,
#include "kam-fields.def"
  KAM_N_CONFLICT_FIELDS
};

const KamEntity *kam_entity_get        (KamEntityKind    kind);
const KamEntity *kam_entity_by_name    (const char      *name);
int              kam_entity_find_field (const KamEntity *self,
                                        const char      *name);
gboolean         kam_field_is_number   (const KamField  *self);
int              kam_field_find_choice (const KamField  *self,
                                        const char      *word);

/* How a word of an enum reads to a person, through gettext. */
const char      *kam_field_choice_label (const KamField *self,
                                         const char     *word);

G_END_DECLS
