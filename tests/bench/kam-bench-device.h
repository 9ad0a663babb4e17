/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench-server.h"
#include "kam-bench-store.h"

#include "kam-list.h"
#include "kam-sync.h"

G_BEGIN_DECLS

/* A device of somebody: a profile of this run, its sync, and the list of leads as the window has it. */
typedef struct
{
  char     *folder; /* (owned) */
  KamClock *clock;  /* (owned) */
  KamStore *store;  /* (owned) */
  KamSync  *sync;   /* (owned) (nullable): stopped */
  KamList  *list;   /* (owned) */
} KamBenchDevice;

KamBenchDevice *kam_bench_device_new   (KamBenchServer *server,
                                        const char     *email); /* (nullable): nobody signs in */
void            kam_bench_device_free  (KamBenchDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamBenchDevice, kam_bench_device_free)

/* Without a network … and with it again, as whoever was signed in. */
void            kam_bench_device_stop  (KamBenchDevice *self);
void            kam_bench_device_start (KamBenchDevice *self);
/* Lets the main loop run until everything has been sent and received. */
void            kam_bench_device_await (KamBenchDevice *self);
/* Until a row of the list has been read; the row as it is now. */
KamRow         *kam_bench_device_row   (KamBenchDevice *self,
                                        guint           position);
/* Saves another text in a field of a lead and waits until it is durable. */
void            kam_bench_device_edit  (KamBenchDevice *self,
                                        KamRow         *lead,
                                        guint           field,
                                        const char     *text);

/* Signs somebody in; ms. */
double          kam_bench_sign_in      (KamSync        *sync,
                                        KamBenchServer *server,
                                        const char     *email);
void            kam_bench_sync_start   (KamSync        *sync);
void            kam_bench_sync_stop    (KamSync        *sync);

G_END_DECLS
