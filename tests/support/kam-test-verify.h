/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-test-client.h"

G_BEGIN_DECLS

/* The simplest client, comparing what it has: it sums the lines as they came. */

/* The body of a request for verification, without what the client has of the entity without (nullable). */
char         *kam_test_verify_body   (KamTestClient *self,
                                      guint          digits,
                                      const char    *without);
/* The answer, which must be 200. */
KamTestReply *kam_test_verify        (KamTestClient *self,
                                      guint          digits);
/* The ranges of an answer, as "lead 3f", sorted: (element-type utf8) */
GPtrArray    *kam_test_verify_ranges (KamTestReply  *reply);
/* Takes these ranges anew, so many at a time, and the answer's cursor; then pulls on. */
void          kam_test_verify_repair (KamTestClient *self,
                                      KamTestReply  *reply,
                                      guint          at_a_time);
/* The first step of that: one page with the ranges from start on. */
void          kam_test_verify_pull   (KamTestClient *self,
                                      KamTestReply  *reply,
                                      guint          start,
                                      guint          n);
/* Both have the same lines. */
void          kam_test_verify_same   (KamTestClient *a,
                                      KamTestClient *b);

G_END_DECLS
