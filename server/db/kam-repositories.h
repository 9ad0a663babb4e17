/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The repositories: what the server asks of its database, by subject. Each function runs on a worker thread with that thread's connection. */

#include "kam-feed-repository.h"
#include "kam-history-repository.h"
#include "kam-migrate.h"
#include "kam-mutation-repository.h"
#include "kam-org-repository.h"
#include "kam-people-repository.h"
#include "kam-row-repository.h"
#include "kam-session-repository.h"

