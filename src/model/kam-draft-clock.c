/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft-private.h"

#include "kam-time.h"

#include <string.h>

static void
show (KamDraft   *self,
      guint       field,
      const char *text)
{
  KamSlot *slot = &self->slots[field];

  if (slot->touched || slot->value.kind != KAM_VALUE_NULL)
    return;

  kam_value_set_text (&slot->value, text);
  g_free (slot->text);
  slot->text = g_strdup (text);
}

/* What was recorded with an instant alone is shown by the clock of the place. */
void
kam_draft_show_clock (KamDraft *self)
{
  g_autofree char *date = NULL, *time = NULL;
  const char *zone;
  gint64 us;

  if (self->entity->kind != KAM_ENTITY_INTERACTION || kam_row_is_null (self->base, KAM_INTERACTION_STARTS_AT))
    return;
  if (!kam_row_is_null (self->base, KAM_INTERACTION_LOCAL_DATE))
    return;

  us = kam_row_int (self->base, KAM_INTERACTION_STARTS_AT, 0);
  zone = kam_row_is_null (self->base, KAM_INTERACTION_TIME_ZONE) ? kam_draft_zone (self) : kam_row_text (self->base, KAM_INTERACTION_TIME_ZONE);
  if (!kam_instant_to_local (us, zone, &date, &time, NULL))
    return;

  show (self, KAM_INTERACTION_LOCAL_DATE, date);
  show (self, KAM_INTERACTION_LOCAL_TIME, time);
}

static gboolean
is_touched (KamDraft *self)
{
  return self->slots[KAM_INTERACTION_LOCAL_DATE].touched || self->slots[KAM_INTERACTION_LOCAL_TIME].touched || self->slots[KAM_INTERACTION_TIME_ZONE].touched;
}

/* Nobody chose a time: it is now. */
static void
write_now (KamDraft   *self,
           KamRow     *row,
           const char *zone)
{
  gint64 now = kam_draft_now (self);
  g_autofree char *date = NULL, *time = NULL;

  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, now);
  if (!kam_instant_to_local (now, zone, &date, &time, NULL))
    return;

  kam_row_set_text (row, KAM_INTERACTION_LOCAL_DATE, date);
  kam_row_set_text (row, KAM_INTERACTION_LOCAL_TIME, time);
  kam_row_set_text (row, KAM_INTERACTION_TIME_ZONE, zone);
}

/* A day alone is enough. What was done then counts at noon, but not later than now; what is planned then comes with the beginning of the day. */
static void
write_day (KamDraft   *self,
           KamRow     *row,
           const char *zone)
{
  const char *date = kam_row_text (row, KAM_INTERACTION_LOCAL_DATE);
  const char *time = kam_row_text (row, KAM_INTERACTION_LOCAL_TIME);
  gboolean planned = kam_row_is (row, KAM_INTERACTION_STATE, "planned");
  gint64 us = 0;

  kam_row_set_text (row, KAM_INTERACTION_TIME_ZONE, zone);
  if (date == NULL || !kam_local_to_instant (date, time != NULL ? time : planned ? "00:00" : "12:00", zone, &us, NULL))
    {
      kam_row_set_null (row, KAM_INTERACTION_STARTS_AT);
      return;
    }

  if (time == NULL && !planned)
    us = MIN (us, kam_draft_now (self));
  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, us);
}

/* Keeps the instant in step with date, time and zone. */
void
kam_draft_write_clock (KamDraft *self,
                       KamRow   *row)
{
  /* A copy: the row's own text goes when the zone is written. */
  g_autofree char *zone = g_strdup (kam_row_text (row, KAM_INTERACTION_TIME_ZONE));
  gboolean planned = kam_row_is (row, KAM_INTERACTION_STATE, "planned");
  gboolean touched = is_touched (self);

  if (zone == NULL || !kam_zone_is_valid (zone))
    {
      g_free (zone);
      zone = g_strdup (kam_draft_zone (self));
    }
  if (!self->is_new && !touched)
    return;
  if (planned && (self->is_new || touched))
    kam_row_set_text (row, KAM_INTERACTION_DATED_BY, "person");
  if (!touched && !planned)
    {
      write_now (self, row, zone);
      return;
    }

  kam_row_set (row, KAM_INTERACTION_LOCAL_DATE, &self->slots[KAM_INTERACTION_LOCAL_DATE].value);
  kam_row_set (row, KAM_INTERACTION_LOCAL_TIME, &self->slots[KAM_INTERACTION_LOCAL_TIME].value);
  write_day (self, row, zone);
}
