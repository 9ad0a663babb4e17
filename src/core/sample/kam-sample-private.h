/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"
#include "kam-sample.h"
#include "kam-sample-rhythm.h"
#include "kam-sample-words.h"

G_BEGIN_DECLS

/* A key account manager, with what their leads need. */
typedef struct
{
  KamRow *row;   /* (owned) */
  char   *scope; /* (owned): of their leads */
  guint   city;  /* where they live */
} KamSamplePerson;

/* A chain whose outlets are still being made. */
typedef struct
{
  guint            outlets_left;
  char            *id;   /* (owned) of the chain's own lead */
  char            *name; /* (owned) */
  KamSamplePerson *kam;
} KamSampleChain;

typedef struct
{
  const KamSampleOptions *options;
  KamSampleWords         *words;  /* (owned) */
  GPtrArray              *people; /* (owned) (element-type KamRow): users, then leaves */
  GPtrArray              *kams;   /* (owned) (element-type KamSamplePerson) */
  KamSampleChain          chain;
} KamSampleWorld;

/* One lead in the making. */
typedef struct
{
  KamSampleWorld      *world;
  KamSampleRandom      random;
  const KamSampleCity *city;
  KamSamplePerson     *kam;
  KamSamplePerson     *previous;     /* (nullable): who had it first */
  KamSampleRhythm      rhythm;
  int                  n_rows;       /* interactions to make */
  GArray              *order_days;   /* (owned) (element-type int): days from today, not after it, in order */
  int                  first_day;    /* of the first contact */
  gint64               created_at;
  int                  order_size;   /* typical, in whole units of the currency */
  char                *site;         /* (owned): its mail domain */
  gboolean             is_native;    /* named in the language of its city */
  KamRow              *lead;         /* (owned) */
  GPtrArray           *contacts;     /* (owned) (element-type KamRow) */
  GPtrArray           *interactions; /* (owned) (element-type KamRow) */
  GPtrArray           *events;       /* (owned) (element-type KamRow) */
} KamSampleLead;

void     kam_sample_make_people   (KamSampleWorld      *world);
void     kam_sample_person_free   (gpointer             data);
void     kam_sample_make_lead     (KamSampleLead       *self,
                                   guint                index);
void     kam_sample_make_contacts (KamSampleLead       *self);
void     kam_sample_make_timeline (KamSampleLead       *self);

/* How it went: status, owner and their history follow from the interactions. */
void     kam_sample_make_history  (KamSampleLead       *self);

char    *kam_sample_phone         (const KamSampleCity *city,
                                   gboolean             is_mobile,
                                   KamSampleRandom     *random);
char    *kam_sample_fill_signs    (const char          *pattern,
                                   KamSampleRandom     *random);

/* The instant of a minute of a day that is given from today on the city's clock; never after now. */
gint64   kam_sample_past_instant  (KamSampleLead       *self,
                                   int                  day,
                                   int                  minute);

G_END_DECLS
