/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-push-private.h"
#include "kam-time.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * kam_push_shift_clock:
 *
 * What is done cannot lie in the future. Where it does only because the device's clock is ahead, it is moved back by as much; where it does anyway,
 * kam_row_check() says so.
 */
gboolean
kam_push_shift_clock (KamPush  *self,
                      KamRow   *row,
                      GError  **error)
{
  gint64 starts_at = kam_row_int (row, KAM_INTERACTION_STARTS_AT, self->now_us);
  const char *zone = kam_row_text (row, KAM_INTERACTION_TIME_ZONE);
  g_autofree char *date = NULL;
  g_autofree char *time = NULL;

  if (!kam_row_is (row, KAM_INTERACTION_STATE, "done") || starts_at <= self->now_us || starts_at - self->skew_us > self->now_us)
    return TRUE;

  starts_at -= self->skew_us;
  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, starts_at);

  if (zone == NULL || kam_row_is_null (row, KAM_INTERACTION_LOCAL_DATE) || !kam_zone_is_valid (zone) ||
      !kam_instant_to_local (starts_at, zone, &date, &time, NULL))
    return TRUE;

  kam_row_set_text (row, KAM_INTERACTION_LOCAL_DATE, date);

  if (!kam_row_is_null (row, KAM_INTERACTION_LOCAL_TIME))
    kam_row_set_text (row, KAM_INTERACTION_LOCAL_TIME, time);

  return TRUE;
}

static gboolean
check_itself (KamPush       *self,
              const KamRow  *row,
              GError       **error)
{
  g_autoptr (GPtrArray) problems = kam_row_check (row, self->now_us);
  const KamEntity *entity = kam_row_entity (row);
  const KamProblem *problem = problems->len > 0 ? g_ptr_array_index (problems, 0) : NULL;

  return problem == NULL || kam_push_reject (error, problem->code, problem->field >= 0 ? &entity->fields[problem->field] : NULL, problem->message);
}

/* Follows a field of the same kind of row upwards: does it come back to the row itself? */
gboolean
kam_push_closes_cycle (KamPush       *self,
                       const KamRow  *row,
                       guint          field,
                       const char    *above,
                       gboolean      *closes,
                       GError       **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  *closes = FALSE;

  while (above != NULL && g_hash_table_add (seen, g_strdup (above)))
    {
      KamRow *next = NULL;

      if (strcmp (above, kam_row_id (row)) == 0)
        {
          *closes = TRUE;
          return TRUE;
        }

      if (!kam_push_find (self, kam_row_kind (row), above, &next, error))
        return FALSE;

      above = next != NULL ? kam_row_text (next, field) : NULL;
    }

  return TRUE;
}

static gboolean
check_cycle (KamPush       *self,
             const KamRow  *row,
             guint          field,
             GError       **error)
{
  gboolean closes = FALSE;

  if (!kam_push_closes_cycle (self, row, field, kam_row_text (row, field), &closes, error))
    return FALSE;

  return !closes || kam_push_reject (error, "cycle", &kam_row_entity (row)->fields[field], _("Nothing can stand above itself. Choose another."));
}

/* What a row refers to must be there and readable; contacts and interactions those of the same lead. */
static gboolean
check_reference (KamPush         *self,
                 const KamRow    *row,
                 const KamField  *field,
                 const char      *id,
                 GError         **error)
{
  KamRow *target = NULL;
  gboolean may = FALSE;

  if (!kam_push_find (self, (KamEntityKind) field->refers, id, &target, error))
    return FALSE;

  if (target == NULL)
    return kam_push_not_found (error, field);

  if (field->refers == KAM_ENTITY_USER)
    return TRUE; /* the directory is everybody's */

  /* Of the same lead is enough: who has lost it may still say whom they called. */
  if (kam_row_kind (target) != KAM_ENTITY_LEAD && g_strcmp0 (kam_row_lead_id (target), kam_row_lead_id (row)) == 0)
    return TRUE;

  if (!kam_push_may_read (self, target, &may, error))
    return FALSE;

  if (!may)
    return kam_push_not_found (error, field);

  return kam_row_kind (target) == KAM_ENTITY_LEAD ||
         kam_push_reject (error, "wrong_lead", field, _("This belongs to another lead. Choose one of the same lead."));
}

static gboolean
check_references (KamPush       *self,
                  const KamRow  *before,
                  const KamRow  *after,
                  GError       **error)
{
  const KamEntity *entity = kam_row_entity (after);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];
      const char *id = field->type == KAM_TYPE_ID ? kam_row_text (after, i) : NULL;

      if (id == NULL || field->refers < 0 || (int) i == entity->lead_field || field->writer == KAM_WRITER_SERVER ||
          (before != NULL && kam_row_is (before, i, id)))
        continue;

      if (!check_reference (self, after, field, id, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_email (KamPush       *self,
             const KamRow  *user,
             GPtrArray     *people,
             GError       **error)
{
  g_autofree char *email = g_utf8_strdown (kam_row_text (user, KAM_USER_EMAIL), -1);

  for (guint i = 0; i < people->len; i++)
    {
      const KamRow *other = g_ptr_array_index (people, i);
      g_autofree char *its = g_utf8_strdown (kam_row_text (other, KAM_USER_EMAIL), -1);

      if (strcmp (email, its) == 0 && strcmp (kam_row_id (user), kam_row_id (other)) != 0)
        return kam_push_reject (error, "taken", &kam_row_entity (user)->fields[KAM_USER_EMAIL], _("Another person has this email address."));
    }

  return TRUE;
}

static gboolean
is_active_admin (const KamRow *user)
{
  return kam_row_is (user, KAM_USER_ROLE, "admin") && kam_row_int (user, KAM_USER_ACTIVE, 0) != 0;
}

static gboolean
check_last_admin (const KamRow  *before,
                  const KamRow  *after,
                  GPtrArray     *people,
                  GError       **error)
{
  if (before == NULL || !is_active_admin (before) || is_active_admin (after))
    return TRUE;

  for (guint i = 0; i < people->len; i++)
    {
      const KamRow *other = g_ptr_array_index (people, i);

      if (is_active_admin (other) && strcmp (kam_row_id (other), kam_row_id (after)) != 0)
        return TRUE;
    }

  return kam_push_reject (error, "last_admin", &kam_row_entity (after)->fields[KAM_USER_ROLE], _("Make somebody else an admin first."));
}

static gboolean
check_person (KamPush       *self,
              const KamRow  *before,
              const KamRow  *after,
              GError       **error)
{
  g_autoptr (GPtrArray) people = kam_push_loaded (self, KAM_ENTITY_USER);
  gboolean owns = FALSE;

  if (!check_email (self, after, people, error) || !check_last_admin (before, after, people, error) ||
      !check_cycle (self, after, KAM_USER_MANAGER, error))
    return FALSE;

  if (kam_row_int (after, KAM_USER_ACTIVE, 0) != 0)
    return TRUE;

  if (!kam_rows_owns_leads (self->db, kam_row_id (after), &owns, error))
    return FALSE;

  return !owns || kam_push_reject (error, "has_leads", &kam_row_entity (after)->fields[KAM_USER_ACTIVE],
                                   _("Give this person's leads to somebody else first."));
}

/**
 * kam_push_check_row:
 *
 * Whether a row can be as a mutation leaves it: by itself, and given the others.
 */
gboolean
kam_push_check_row (KamPush       *self,
                    const KamRow  *before,
                    const KamRow  *after,
                    GError       **error)
{
  if (!check_itself (self, after, error) || !check_references (self, before, after, error))
    return FALSE;

  switch (kam_row_kind (after))
    {
    case KAM_ENTITY_USER:
      return check_person (self, before, after, error);
    case KAM_ENTITY_LEAD:
      return check_cycle (self, after, KAM_LEAD_PARENT, error);
    case KAM_ENTITY_LEAVE:
    case KAM_ENTITY_LEAD_EVENT:
    case KAM_ENTITY_CONTACT:
    case KAM_ENTITY_INTERACTION:
    case KAM_ENTITY_CONFLICT:
    default:
      return TRUE;
    }
}
