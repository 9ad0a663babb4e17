/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "kam-server"

#include "kam-server-log.h"

#include <stdio.h>
#include <unistd.h>

static gboolean only_warnings;

static int
priority_of (GLogLevelFlags level)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return 3;

  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return 4;

  if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    return 5;

  if ((level & G_LOG_LEVEL_INFO) != 0)
    return 6;

  return 7;
}

static gboolean
is_wanted (int         priority,
           const char *domain)
{
  if (only_warnings)
    return priority <= 4;

  /* What libraries say for their own debugging is theirs. */
  return priority <= 5 || (priority == 6 && g_strcmp0 (domain, G_LOG_DOMAIN) == 0);
}

static const char *
find_field (const GLogField *fields,
            gsize            n_fields,
            const char      *name)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, name))
        return fields[i].value;
    }

  return NULL;
}

static GLogWriterOutput
write_line_cb (GLogLevelFlags   level,
               const GLogField *fields,
               gsize            n_fields,
               gpointer         user_data)
{
  const char *message = find_field (fields, n_fields, "MESSAGE");
  int priority = priority_of (level);
  g_autofree char *line = NULL;

  if (!is_wanted (priority, find_field (fields, n_fields, "GLIB_DOMAIN")))
    return G_LOG_WRITER_HANDLED;

  line = g_strdup_printf ("<%d>%s\n", priority, message != NULL ? message : "");
  for (char *at = line; at[0] != '\0' && at[1] != '\0'; at++)
    {
      /* One message is one line, whatever went into it. */
      if (g_ascii_iscntrl (*at))
        *at = ' ';
    }

  /* One write a line, so that the lines of several threads stay whole. Nobody could be told if this failed. */
  if (write (STDERR_FILENO, line, strlen (line)) < 0)
    return G_LOG_WRITER_UNHANDLED;

  return G_LOG_WRITER_HANDLED;
}

void
kam_server_log_set_up (gboolean quiet)
{
  only_warnings = quiet;
  g_log_set_writer_func (write_line_cb, NULL, NULL);
}

void
kam_server_log_request (const KamServerLogRequest *request)
{
  g_autofree char *status = g_strdup_printf ("%u", request->status);
  g_autofree char *ms = g_strdup_printf ("%.1f", (double) request->duration_us / 1000);
  g_autofree char *bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, request->bytes);

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO,
                    "KAM_REQUEST_ID", request->id,
                    "KAM_METHOD", request->method,
                    "KAM_ROUTE", request->route,
                    "KAM_STATUS", status,
                    "KAM_MS", ms,
                    "KAM_BYTES", bytes,
                    "MESSAGE", "%s %s %s%s%s %s ms %s bytes id=%s", request->method, request->route, status,
                    request->code != NULL ? " " : "", request->code != NULL ? request->code : "", ms, bytes, request->id);
}

void
kam_server_log_fault (const char *id,
                      const char *what,
                      const char *reason)
{
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING,
                    "KAM_REQUEST_ID", id != NULL ? id : "",
                    "MESSAGE", "%s: %s%s%s", what, reason, id != NULL ? " id=" : "", id != NULL ? id : "");
}
