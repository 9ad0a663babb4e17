/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-server.h"

G_BEGIN_DECLS

/* A value that a person saved. Values are made so that each is saved once. */
typedef struct
{
  char         *value;    /* (owned) */
  KamEntityKind entity;
  SimId         id;
  guint         field;
  gboolean      is_line;  /* of notes: stands among other lines */
  guint         client;
  guint         at;       /* of all happenings */
  char         *by;       /* (owned) (nullable): what was written over it on the device that showed it */
  gboolean      received; /* by the server, in a commit */
  gboolean      applied;  /* was the value of its field there */
  gboolean      lost;     /* to another value there: it is in a conflict */
  gboolean      replaced; /* there, by somebody who knew it */
  gboolean      no_journal; /* the device has lost its memory of it */
  gboolean      excused;  /* lost with a disk that nobody could read any more */
} SimSaved;

void sim_saved_free   (SimSaved        *self);
void sim_ledger_save  (SimClient       *client,
                       const KamRow    *row,
                       guint            field,
                       const char      *value,
                       const char      *before, /* (nullable) */
                       gboolean         is_line);
void sim_ledger_take  (SimWorld        *world,
                       GArray          *notes); /* (element-type SimLedgerNote) */
/* The client has no journal any more; what the server had not received must be elsewhere. */
void sim_ledger_forget (SimWorld       *world,
                        const SimClient *client);
/* The server is as it was at an earlier commit. */
void sim_ledger_restored (SimWorld     *world);
void sim_ledger_vanish (SimWorld       *world,
                        const char     *id);
/* The disk of a client is as it was at some time. */
void sim_ledger_rewind (SimWorld       *world,
                        const SimClient *client,
                        guint            to);
/* What the device showed and its store was told: nothing flickers. */
void sim_watch_add    (SimClient       *client,
                       const KamRow    *row,
                       guint            field,
                       const char      *value,
                       const char      *before);
void sim_watch_check  (SimClient       *client);
void sim_watch_free   (SimWatch        *self);

/* After everything has come to rest. */
void sim_oracle_check (SimWorld        *world);

G_END_DECLS
