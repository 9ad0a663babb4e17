/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-time.h"

#include "kam-error.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define US_PER_SECOND G_GINT64_CONSTANT (1000000)
#define SECONDS_PER_DAY G_GINT64_CONSTANT (86400)
#define EPOCH "1970-01-01"

/* Offsets from UTC have always been within 16 hours, so this far to both sides of a local time lies what can matter to it. */
#define WIDEST_OFFSET (16 * 3600)

/* GLib knows the changes up to the year 2999. The calendar repeats every 400 years to the weekday, and so do the rules. */
#define LAST_KNOWN_SECOND G_GINT64_CONSTANT (32472144000) /* 1 January 2999 */
#define CALENDAR_CYCLE (146097 * SECONDS_PER_DAY)
#define MAX_CACHED_ZONES 64

static GMutex zones_lock;
static GHashTable *zones; /* (guarded by zones_lock): name → GTimeZone */

static gint64
floor_divide (gint64 number,
              gint64 by)
{
  return number / by - (number % by < 0 ? 1 : 0);
}

/* GLib would also take offsets ("+05:30"), POSIX rules ("IST-5:30") and, when asked for a file, whatever lies below the folder. */
static gboolean
is_zone_name (const char *zone)
{
  static const char *const not_zones[] = { "localtime", "posixrules", "Factory", NULL };

  if (zone == NULL || !g_ascii_isalpha (*zone) || strnlen (zone, 65) > 64 || g_strv_contains (not_zones, zone))
    return FALSE;

  if (g_str_has_prefix (zone, "posix/") || g_str_has_prefix (zone, "right/"))
    return FALSE;

  for (const char *c = zone; *c != '\0'; c++)
    {
      if (*c == '/' ? !g_ascii_isalpha (c[1]) : !g_ascii_isalnum (*c) && strchr ("_+-", *c) == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_zone_installed (const char *zone)
{
  const char *folder = g_getenv ("TZDIR"); /* where GLib looks as well */
  g_autofree char *path = g_build_filename (folder != NULL ? folder : "/usr/share/zoneinfo", zone, NULL);
  char magic[4] = "";
  struct stat info;
  gboolean is_zone;
  int file = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (file < 0)
    return FALSE;

  is_zone = fstat (file, &info) == 0 && S_ISREG (info.st_mode) && read (file, magic, sizeof magic) == (gssize) sizeof magic &&
            memcmp (magic, "TZif", 4) == 0;
  close (file);

  return is_zone;
}

/* (transfer full) (nullable): NULL for what is no zone of the installed database */
static GTimeZone *
find_zone (const char *name)
{
  g_autoptr (GMutexLocker) locker = NULL;
  GTimeZone *zone;

  if (!is_zone_name (name))
    return NULL;

  locker = g_mutex_locker_new (&zones_lock);

  if (zones == NULL)
    zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_time_zone_unref);

  zone = g_hash_table_lookup (zones, name);

  if (zone != NULL)
    return g_time_zone_ref (zone);

  zone = is_zone_installed (name) ? g_time_zone_new_identifier (name) : NULL;

  if (zone == NULL)
    return NULL;

  if (g_hash_table_size (zones) >= MAX_CACHED_ZONES)
    g_hash_table_remove_all (zones);

  g_hash_table_insert (zones, g_strdup (name), g_time_zone_ref (zone));

  return zone;
}

static GTimeZone *
require_zone (const char *name,
              GError    **error)
{
  GTimeZone *zone = find_zone (name);

  if (zone == NULL)
    g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME, "“%.64s” is not a time zone like Asia/Kolkata", name != NULL ? name : "");

  return zone;
}

/**
 * kam_zone_is_valid:
 * @zone: (nullable)
 *
 * Returns: whether it is a name of the IANA time zone database as installed here
 */
gboolean
kam_zone_is_valid (const char *zone)
{
  g_autoptr (GTimeZone) found = find_zone (zone);

  return found != NULL;
}

/* Seconds east of UTC at an instant. */
static gint64
offset_at (GTimeZone *zone,
           gint64     seconds)
{
  while (seconds > LAST_KNOWN_SECOND)
    seconds -= CALENDAR_CYCLE;

  return g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds));
}

/* The first second in (low, high] at which the offset is no longer what it is at low. */
static gint64
find_change (GTimeZone *zone,
             gint64     low,
             gint64     high)
{
  gint64 offset = offset_at (zone, low);

  while (high - low > 1)
    {
      gint64 middle = low + (high - low) / 2;

      if (offset_at (zone, middle) == offset)
        low = middle;
      else
        high = middle;
    }

  return high;
}

static gint64
resolve_local (GTimeZone *zone,
               gint64     local)
{
  gint64 low = local - WIDEST_OFFSET;
  gint64 high = local + WIDEST_OFFSET;
  gint64 before = offset_at (zone, low);
  gint64 after = offset_at (zone, high);
  gint64 change, skipped;

  if (before == after)
    return local - before;

  change = find_change (zone, low, high);

  if (local < change + before) /* also when it comes again after the change */
    return local - before;

  if (local >= change + after)
    return local - after;

  skipped = change + after;

  return -floor_divide (-skipped, 60) * 60 - after;
}

/**
 * kam_local_to_instant:
 * @date: on the clock of @zone
 * @time: on the clock of @zone
 * @us: (out): µs since 1970 UTC
 * @error: %KAM_ERROR_INVALID_TIME
 *
 * A time that the clock skips becomes the first valid minute after; one that it shows twice is the first.
 */
gboolean
kam_local_to_instant (const char *date,
                      const char *time,
                      const char *zone,
                      gint64     *us,
                      GError    **error)
{
  g_autoptr (GTimeZone) found = NULL;
  gint64 local;

  if (!kam_date_is_valid (date))
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME, "“%.40s” is not a date like 2026-11-02", date != NULL ? date : "");
      return FALSE;
    }

  if (!kam_time_is_valid (time))
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME, "“%.40s” is not a time like 09:30", time != NULL ? time : "");
      return FALSE;
    }

  found = require_zone (zone, error);

  if (found == NULL)
    return FALSE;

  local = kam_date_days_between (EPOCH, date) * SECONDS_PER_DAY + atoi (time) * 3600 + atoi (time + 3) * 60;
  *us = resolve_local (found, local) * US_PER_SECOND;

  return TRUE;
}

/**
 * kam_instant_to_local:
 * @us: µs since 1970 UTC
 * @zone: an IANA name
 * @date: (out) (optional) (transfer full)
 * @time: (out) (optional) (transfer full): the minute that has begun
 * @error: %KAM_ERROR_INVALID_TIME, also outside the years 0001 to 9999
 */
gboolean
kam_instant_to_local (gint64      us,
                      const char *zone,
                      char      **date,
                      char      **time,
                      GError    **error)
{
  g_autoptr (GTimeZone) found = require_zone (zone, error);
  g_autofree char *text = NULL;
  gint64 seconds = floor_divide (CLAMP (us, KAM_INSTANT_MIN - 1, KAM_INSTANT_MAX + 1), US_PER_SECOND);
  gint64 days;
  int minutes;

  if (found == NULL)
    return FALSE;

  seconds += offset_at (found, seconds);
  days = floor_divide (seconds, SECONDS_PER_DAY);
  minutes = (int) ((seconds - days * SECONDS_PER_DAY) / 60);
  text = us >= KAM_INSTANT_MIN && us <= KAM_INSTANT_MAX ? kam_date_add_days (EPOCH, (int) days) : NULL;

  if (text == NULL)
    {
      g_set_error_literal (error, KAM_ERROR, KAM_ERROR_INVALID_TIME, "The time lies outside the years 1 to 9999");
      return FALSE;
    }

  if (date != NULL)
    *date = g_steal_pointer (&text);

  if (time != NULL)
    *time = g_strdup_printf ("%02d:%02d", minutes / 60, minutes % 60);

  return TRUE;
}
