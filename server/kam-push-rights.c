/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include <glib/gi18n.h>
#include <string.h>

gboolean
kam_push_load_rights (KamPush  *self,
                      GError  **error)
{
  g_autoptr (GPtrArray) scopes = kam_people_scopes (self->db, self->session->user_id, self->now_us, error);

  g_autoptr (GPtrArray) covered = scopes != NULL ? kam_people_covered_scopes (self->db, self->session->user_id, error) : NULL;

  if (covered == NULL)
    return FALSE;

  for (guint i = 0; i < scopes->len; i++)
    g_hash_table_add (self->readable, g_strdup (g_ptr_array_index (scopes, i)));

  /* What they had begun goes on with what belongs to it. */
  if (self->session->is_former && self->session->successor_id[0] != '\0')
    g_hash_table_add (self->readable, kam_scope_of_leads (self->session->successor_id));

  for (guint i = 0; i < covered->len; i++)
    g_hash_table_add (self->covered, g_strdup (g_ptr_array_index (covered, i)));

  return TRUE;
}

/* The scope that a row has by now: its lead may have changed hands a mutation ago. */
gboolean
kam_push_find_scope (KamPush       *self,
                     const KamRow  *row,
                     char         **scope,
                     GError       **error)
{
  const char *lead_id = kam_row_lead_id (row);
  KamRow *lead = NULL;

  if (kam_row_kind (row) == KAM_ENTITY_USER || kam_row_kind (row) == KAM_ENTITY_LEAVE)
    {
      *scope = kam_scope_directory ();
      return TRUE;
    }

  if (kam_row_kind (row) == KAM_ENTITY_LEAD)
    {
      *scope = kam_scope_of_leads (kam_row_text (row, KAM_LEAD_KAM));
      return TRUE;
    }

  if (lead_id != NULL && !kam_push_find (self, KAM_ENTITY_LEAD, lead_id, &lead, error))
    return FALSE;

  *scope = lead != NULL ? kam_scope_of_leads (kam_row_text (lead, KAM_LEAD_KAM)) : g_strdup (kam_row_scope (row));

  return TRUE;
}

gboolean
kam_push_may_read (KamPush       *self,
                   const KamRow  *row,
                   gboolean      *may,
                   GError       **error)
{
  g_autofree char *scope = NULL;

  if (!kam_push_find_scope (self, row, &scope, error))
    return FALSE;

  *may = scope != NULL && g_hash_table_contains (self->readable, scope);

  return TRUE;
}

/* Could the person read this lead within the last 180 days, though not now? */
gboolean
kam_push_had_lead (KamPush     *self,
                   const char  *lead_id,
                   gboolean    *had,
                   GError     **error)
{
  return kam_rows_had_lead (self->db, self->session->user_id, lead_id, self->now_us - KAM_PUSH_FORMER_READER_US, had, error);
}

/* Covering for somebody is working their leads, not deciding for them. */
static gboolean
leads_team_of (KamPush    *self,
               const char *user_id)
{
  g_autofree char *scope = kam_scope_of_leads (user_id);

  return g_hash_table_contains (self->readable, scope) && !g_hash_table_contains (self->covered, scope);
}

static gboolean
is_me (KamPush    *self,
       const char *user_id)
{
  return g_strcmp0 (user_id, self->session->user_id) == 0;
}

static gboolean
is_admin (KamPush *self)
{
  return strcmp (self->session->role, "admin") == 0;
}

/* May the person decide for this one, as their manager? */
static gboolean
manages (KamPush    *self,
         const char *user_id)
{
  return is_admin (self) || (strcmp (self->session->role, "manager") == 0 && user_id != NULL && leads_team_of (self, user_id));
}

/* Leads go to somebody who is there and whom one manages; one's own new lead to oneself. */
static gboolean
check_owner (KamPush         *self,
             const KamRow    *before,
             const KamField  *field,
             const KamValue  *value,
             GError         **error)
{
  const char *user_id = value->kind == KAM_VALUE_TEXT ? value->text : NULL;
  KamRow *user = NULL;

  if (user_id == NULL || !kam_id_is_valid (user_id) || (before == NULL && is_me (self, user_id)))
    return TRUE; /* what is missing or malformed the row's check will say */

  if (strcmp (self->session->role, "kam") == 0 || (before != NULL && !manages (self, kam_row_text (before, KAM_LEAD_KAM))))
    return kam_push_reject (error, "not_allowed", field, _("Only a manager gives a lead to somebody else."));

  if (!kam_push_find (self, KAM_ENTITY_USER, user_id, &user, error))
    return FALSE;

  if (user == NULL || kam_row_int (user, KAM_USER_ACTIVE, 0) == 0 || !manages (self, user_id))
    return kam_push_not_found (error, field);

  return TRUE;
}

static const char *
find_new_text (const KamMutation *mutation,
               guint              field)
{
  const KamChange *change = kam_mutation_find ((KamMutation *) mutation, field);

  return change != NULL && change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL;
}

/* A leave is set by the person's manager; when it is made also by the person. */
static gboolean
check_leave (KamPush            *self,
             const KamRow       *before,
             const KamMutation  *mutation,
             const KamField     *field,
             GError            **error)
{
  const char *of = find_new_text (mutation, KAM_LEAVE_USER);

  if (before == NULL && is_me (self, of))
    return TRUE;

  if ((before == NULL || manages (self, kam_row_text (before, KAM_LEAVE_USER))) && (of == NULL || manages (self, of)))
    return TRUE;

  return kam_push_reject (error, "not_allowed", field, _("Only a manager of the person sets this."));
}

/**
 * kam_push_check_writer:
 *
 * The one place that says who may write what: may this person make this change to a row that they read?
 */
gboolean
kam_push_check_writer (KamPush            *self,
                       const KamRow       *before,
                       const KamMutation  *mutation,
                       guint               change_index,
                       GError            **error)
{
  const KamChange *change = &g_array_index (mutation->changes, KamChange, change_index);
  const KamField *field = &kam_entity_get (mutation->entity)->fields[change->field];

  if (before != NULL && (field->flags & KAM_FIELD_FIXED) != 0)
    return kam_push_reject (error, "fixed", field, _("This is set when the row is made, and stays."));

  switch (field->writer)
    {
    case KAM_WRITER_MEMBER:
      return TRUE;
    case KAM_WRITER_SELF:
      if (is_me (self, mutation->id) || is_admin (self))
        return TRUE;
      break;
    case KAM_WRITER_ADMIN:
      if (is_admin (self))
        return TRUE;
      break;
    case KAM_WRITER_MANAGER:
      return mutation->entity == KAM_ENTITY_LEAD ? check_owner (self, before, field, &change->new, error)
                                                 : check_leave (self, before, mutation, field, error);
    case KAM_WRITER_DELETION:
    case KAM_WRITER_SERVER:
    default:
      break;
    }

  return kam_push_reject (error, "not_allowed", field, _("You may not change this."));
}
