/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-timeline-text.h"

#include "kam-format.h"
#include "kam-time.h"

#include <glib/gi18n.h>
#include <string.h>

#define LONGEST_SUMMARY 200 /* characters; the rest is seen when the line is opened */

void
kam_timeline_text_free (KamTimelineText *self)
{
  g_free (self->title);
  g_free (self->summary);
  g_free (self->near);
  g_free (self->full);
  g_free (self->author);
  g_free (self->spoken);
  g_free (self);
}

static const char *
zone_of (KamRow *row,
         KamRow *lead)
{
  const char *zone = NULL;

  if (kam_row_kind (row) == KAM_ENTITY_INTERACTION)
    zone = kam_row_text (row, KAM_INTERACTION_TIME_ZONE);
  if (zone == NULL && lead != NULL)
    zone = kam_row_text (lead, KAM_LEAD_TIME_ZONE);

  return zone != NULL && kam_zone_is_valid (zone) ? zone : "UTC";
}

/**
 * kam_timeline_clock:
 *
 * Returns: FALSE where the row has no date at all
 */
gboolean
kam_timeline_clock (KamRow  *row,
                    KamRow  *lead,
                    char   **date,
                    char   **time)
{
  gboolean is_event = kam_row_kind (row) == KAM_ENTITY_LEAD_EVENT;
  guint at = is_event ? KAM_LEAD_EVENT_AT : KAM_INTERACTION_STARTS_AT;

  *date = *time = NULL;
  if (!is_event && !kam_row_is_null (row, KAM_INTERACTION_LOCAL_DATE))
    {
      *date = g_strdup (kam_row_text (row, KAM_INTERACTION_LOCAL_DATE));
      *time = g_strdup (kam_row_text (row, KAM_INTERACTION_LOCAL_TIME));
      return TRUE;
    }

  return !kam_row_is_null (row, at) && kam_instant_to_local (kam_row_int (row, at, 0), zone_of (row, lead), date, time, NULL);
}

static const char *
label_of (KamRow *row,
          guint   field)
{
  const char *word = kam_row_text (row, field);

  return word != NULL ? kam_field_choice_label (&kam_row_entity (row)->fields[field], word) : NULL;
}

static char *
first_line (const char *text)
{
  const char *end;
  g_autofree char *line = NULL;

  if (text == NULL || *text == '\0')
    return NULL;

  end = strchr (text, '\n');
  line = end != NULL ? g_strndup (text, (gsize) (end - text)) : g_strdup (text);
  if (g_utf8_strlen (line, -1) <= LONGEST_SUMMARY)
    return g_steal_pointer (&line);

  return g_utf8_substring (line, 0, LONGEST_SUMMARY);
}

static const char *
lead_status_label (const char *word)
{
  const KamField *field = &kam_entity_get (KAM_ENTITY_LEAD)->fields[KAM_LEAD_STATUS];

  return word != NULL && kam_field_find_choice (field, word) >= 0 ? kam_field_choice_label (field, word) : word;
}

static const char *
person_name (KamWorkspace *workspace,
             const char   *id)
{
  const char *name = id != NULL && kam_id_is_valid (id) ? kam_workspace_get_person_name (workspace, id) : NULL;

  return name != NULL ? name : _("somebody");
}

static void
read_event (KamTimelineText *self,
            KamWorkspace    *workspace,
            KamRow          *row)
{
  const char *from = kam_row_text (row, KAM_LEAD_EVENT_FROM), *to = kam_row_text (row, KAM_LEAD_EVENT_TO);

  self->is_thin = TRUE;
  if (kam_row_is (row, KAM_LEAD_EVENT_KIND, "owner"))
    {
      self->icon = "avatar-default-symbolic";
      if (from != NULL)
        /* TRANSLATORS: the lead went from one person to another */
        self->title = g_strdup_printf (_("From %s to %s"), person_name (workspace, from), person_name (workspace, to));
      else
        self->title = g_strdup_printf (_("Allocated to %s"), person_name (workspace, to));
    }
  else
    {
      self->icon = "emblem-synchronizing-symbolic";
      if (from != NULL)
        /* TRANSLATORS: change of status: from, to */
        self->title = g_strdup_printf (_("%s → %s"), lead_status_label (from), lead_status_label (to));
      else
        self->title = g_strdup (lead_status_label (to));
    }
  self->summary = first_line (kam_row_text (row, KAM_LEAD_EVENT_REASON));
}

static const char *
icon_of (KamRow *row)
{
  if (kam_row_is (row, KAM_INTERACTION_KIND, "order"))
    return "package-x-generic-symbolic";
  if (kam_row_is (row, KAM_INTERACTION_KIND, "visit"))
    return "mark-location-symbolic";
  if (kam_row_is (row, KAM_INTERACTION_STATE, "done") && !kam_row_is_null (row, KAM_INTERACTION_OUTCOME)
      && !kam_row_is (row, KAM_INTERACTION_OUTCOME, "reached"))
    return "call-missed-symbolic";

  return "call-start-symbolic";
}

static void
read_interaction (KamTimelineText *self,
                  KamRow          *row)
{
  const char *kind = label_of (row, KAM_INTERACTION_KIND);
  gboolean done = kam_row_is (row, KAM_INTERACTION_STATE, "done");
  const char *more = label_of (row, done ? KAM_INTERACTION_OUTCOME : KAM_INTERACTION_STATE);
  g_autofree char *money = NULL;

  self->icon = icon_of (row);
  self->is_planned = kam_row_is (row, KAM_INTERACTION_STATE, "planned");
  self->is_struck = !done && !self->is_planned;
  if (!kam_row_is_null (row, KAM_INTERACTION_ORDER_VALUE))
    money = kam_format_money (kam_row_int (row, KAM_INTERACTION_ORDER_VALUE, 0), kam_row_text (row, KAM_INTERACTION_CURRENCY));
  if (more != NULL && money != NULL)
    self->title = g_strdup_printf ("%s · %s · %s", kind, more, money);
  else if (more != NULL || money != NULL)
    self->title = g_strdup_printf ("%s · %s", kind, more != NULL ? more : money);
  else
    self->title = g_strdup (kind);
  self->summary = first_line (kam_row_text (row, KAM_INTERACTION_SUMMARY));
}

static void
read_clock (KamTimelineText *self,
            KamWorkspace    *workspace,
            KamRow          *row,
            KamRow          *lead)
{
  g_autofree char *date = NULL, *time = NULL, *today = NULL, *full = NULL;

  if (!kam_timeline_clock (row, lead, &date, &time))
    {
      self->near = g_strdup (_("no date"));
      self->full = g_strdup (_("no date"));
      return;
    }

  kam_instant_to_local (kam_clock_now (kam_workspace_get_clock (workspace)), zone_of (row, lead), &today, NULL, NULL);
  self->near = kam_format_date_near (date, today);
  full = kam_format_date_full (date);
  /* TRANSLATORS: full date, time */
  self->full = time != NULL ? g_strdup_printf (_("%s, %s"), full, time) : g_steal_pointer (&full);
}

/**
 * kam_timeline_text_new:
 *
 * Returns: (transfer full): the line
 */
KamTimelineText *
kam_timeline_text_new (KamWorkspace *workspace,
                       KamRow       *row,
                       KamRow       *lead)
{
  KamTimelineText *self = g_new0 (KamTimelineText, 1);
  gboolean is_event = kam_row_kind (row) == KAM_ENTITY_LEAD_EVENT;
  const char *author = kam_row_text (row, is_event ? KAM_LEAD_EVENT_AUTHOR : KAM_INTERACTION_AUTHOR);

  if (is_event)
    read_event (self, workspace, row);
  else
    read_interaction (self, row);
  read_clock (self, workspace, row, lead);
  if (author != NULL)
    self->author = g_strdup (kam_workspace_get_person_name (workspace, author));
  self->spoken = g_strjoin (", ", self->title, self->near, self->summary != NULL ? self->summary : self->author,
                            self->summary != NULL ? self->author : NULL, NULL);

  return self;
}
