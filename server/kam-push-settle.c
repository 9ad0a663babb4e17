/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include "kam-history-repository.h"
#include "kam-json.h"
#include "kam-wire.h"

#include <glib/gi18n.h>
#include <string.h>

/* What somebody decides about a conflict. */
typedef struct
{
  KamRow         *conflict; /* (owned) */
  KamRow         *target;   /* (owned) */
  const KamField *field;    /* of the target */
  guint           index;
  KamValue        seen;     /* what the field was when they decided */
  KamValue        wanted;
} Settlement;

static void
settlement_clear (Settlement *self)
{
  g_clear_pointer (&self->conflict, kam_row_unref);
  g_clear_pointer (&self->target, kam_row_unref);
  kam_value_clear (&self->seen);
  kam_value_clear (&self->wanted);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settlement, settlement_clear)

static gboolean
reject_settled (GError **error)
{
  return kam_push_reject (error, "gone", NULL, _("This conflict has been settled already."));
}

/* A field's value from the JSON text that a conflict has of it. */
static gboolean
read_value (const KamField  *field,
            const char      *json,
            KamValue        *value,
            GError         **error)
{
  g_autoptr (JsonNode) node = json != NULL ? kam_json_parse (json, strlen (json), NULL) : NULL;

  if (json == NULL)
    kam_value_set_null (value);

  if (json == NULL || (node != NULL && kam_wire_value_from_json (field, node, value, NULL)))
    return TRUE;

  return kam_push_reject (error, "bad_value", field, _("This is not a value of the field."));
}

/* Nobody settles the copy in which an author sees what they wanted on a lead that they may not read. */
static gboolean
is_copy (const KamRow    *conflict,
         const KamEntity *target)
{
  return kam_row_lead_id (conflict) == NULL && (target->kind == KAM_ENTITY_LEAD || target->lead_field >= 0);
}

static gboolean
find_conflict (KamPush            *self,
               const KamMutation  *mutation,
               Settlement         *it,
               GError            **error)
{
  KamRow *conflict = NULL;
  gboolean may = FALSE;

  if (!kam_push_find (self, KAM_ENTITY_CONFLICT, mutation->id, &conflict, error))
    return FALSE;

  if (conflict == NULL)
    return TRUE;

  it->conflict = kam_row_ref (conflict);

  return kam_push_may_read (self, conflict, &may, error) && (may || kam_push_not_found (error, NULL));
}

static gboolean
find_target (KamPush     *self,
             Settlement  *it,
             GError     **error)
{
  const KamEntity *entity = kam_entity_by_name (kam_row_text (it->conflict, KAM_CONFLICT_TARGET_ENTITY));
  int index = entity != NULL ? kam_entity_find_field (entity, kam_row_text (it->conflict, KAM_CONFLICT_FIELD)) : -1;
  KamRow *target = NULL;

  if (index < 0)
    return kam_push_reject (error, "unknown_field", NULL, _("This server does not know what the conflict is about. Update the server."));

  if (is_copy (it->conflict, entity))
    return kam_push_reject (error, "not_allowed", NULL, _("Whoever has the lead now decides this."));

  if (!kam_push_find (self, entity->kind, kam_row_text (it->conflict, KAM_CONFLICT_TARGET), &target, error))
    return FALSE;

  if (target == NULL)
    return reject_settled (error);

  it->target = kam_row_ref (target);
  it->index = (guint) index;
  it->field = &entity->fields[index];

  return TRUE;
}

static gboolean
read_texts (Settlement       *it,
            const KamChange  *change,
            GError          **error)
{
  return read_value (it->field, change->old.kind == KAM_VALUE_TEXT ? change->old.text : NULL, &it->seen, error) &&
         read_value (it->field, change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL, &it->wanted, error);
}

static gboolean
read_decision (KamPush            *self,
               const KamMutation  *mutation,
               Settlement         *it,
               GError            **error)
{
  const KamChange *change = kam_mutation_find ((KamMutation *) mutation, KAM_CONFLICT_THEIRS);

  if (change == NULL || mutation->changes->len != 1)
    return kam_push_reject (error, "not_allowed", NULL, _("Of a conflict only “theirs” is decided; the rest is made by the server."));

  if (!find_conflict (self, mutation, it, error))
    return FALSE;

  return it->conflict == NULL || (find_target (self, it, error) && read_texts (it, change, error));
}

/* The field that a conflict was about that is no more; it->target stays NULL where that is not there, or not theirs to see. */
static gboolean
find_former_target (KamPush            *self,
                    const KamMutation  *mutation,
                    Settlement         *it,
                    GError            **error)
{
  g_autofree char *json = NULL;
  g_autoptr (JsonNode) node = NULL;
  const KamEntity *entity = NULL;
  KamRow *target = NULL;
  JsonArray *words;
  gboolean may = FALSE;
  int index;

  if (!kam_history_find_target (self->db, mutation->id, &json, error))
    return FALSE;

  node = json != NULL ? json_from_string (json, NULL) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != 3)
    return TRUE;

  words = json_node_get_array (node);
  entity = kam_entity_by_name (json_array_get_string_element (words, 0));
  index = entity != NULL ? kam_entity_find_field (entity, json_array_get_string_element (words, 2)) : -1;

  if (index < 0)
    return TRUE;

  if (!kam_push_find (self, entity->kind, json_array_get_string_element (words, 1), &target, error) ||
      (target != NULL && !kam_push_may_read (self, target, &may, error)))
    return FALSE;

  it->target = may ? kam_row_ref (target) : NULL;
  it->index = (guint) index;
  it->field = &entity->fields[index];

  return TRUE;
}

/* Somebody else, or another device, was quicker. Where they decided the same nothing is left to say. */
static gboolean
settle_again (KamPush            *self,
              const KamMutation  *mutation,
              Settlement         *it,
              GError            **error)
{
  gboolean gone = kam_push_was_purged (self, KAM_ENTITY_CONFLICT, mutation->id);

  if (!gone && !kam_rows_is_gone (self->db, self->session->user_id, mutation->id, self->now_us - KAM_PUSH_FORMER_READER_US, &gone, error))
    return FALSE;

  if (!gone)
    return kam_push_not_found (error, NULL);

  if (!find_former_target (self, mutation, it, error) ||
      (it->target != NULL && !read_texts (it, kam_mutation_find ((KamMutation *) mutation, KAM_CONFLICT_THEIRS), error)))
    return FALSE;

  return (it->target != NULL && kam_value_equal (kam_row_get (it->target, it->index), &it->wanted)) || reject_settled (error);
}

/* The decision as an edit of the row, by whoever decides. */
static KamMutation *
make_put (const KamMutation *mutation,
          const Settlement  *it)
{
  KamMutation *put = kam_mutation_new (kam_row_kind (it->target), kam_row_id (it->target), KAM_OP_PUT, kam_row_rev (it->target), mutation->at);

  put->mid = mutation->mid;
  kam_mutation_add (put, it->index, kam_row_get (it->target, it->index), &it->wanted);

  return put;
}

/* What the author wanted of the other fields of the group comes along; FALSE where there is nothing of that kind. */
static gboolean
add_mates (KamPush           *self,
           const Settlement  *it,
           KamMutation       *put,
           gboolean          *added,
           GError           **error)
{
  g_autoptr (GPtrArray) conflicts = kam_push_conflicts_of (self, it->target, error);
  const KamEntity *entity = kam_row_entity (it->target);

  *added = FALSE;

  for (guint i = 0; conflicts != NULL && i < conflicts->len; i++)
    {
      const KamRow *mate = g_ptr_array_index (conflicts, i);
      int index = kam_entity_find_field (entity, kam_row_text (mate, KAM_CONFLICT_FIELD));
      g_auto (KamValue) value = KAM_VALUE_INIT;

      if (index < 0 || (guint) index == it->index || it->field->group == 0 || entity->fields[index].group != it->field->group ||
          !kam_row_is (mate, KAM_CONFLICT_AUTHOR, kam_row_text (it->conflict, KAM_CONFLICT_AUTHOR)))
        continue;

      if (!read_value (&entity->fields[index], kam_row_text (mate, KAM_CONFLICT_MINE), &value, error))
        return FALSE;

      kam_mutation_add (put, (guint) index, kam_row_get (it->target, (guint) index), &value);
      *added = TRUE;
    }

  return conflicts != NULL;
}

static gboolean
closes_cycle (KamPush           *self,
              const Settlement  *it,
              gboolean          *closes,
              GError           **error)
{
  *closes = FALSE;

  if (kam_row_kind (it->target) != KAM_ENTITY_CONTACT || it->index != KAM_CONTACT_REPORTS_TO || it->wanted.kind != KAM_VALUE_TEXT)
    return TRUE;

  return kam_push_closes_cycle (self, it->target, KAM_CONTACT_REPORTS_TO, it->wanted.text, closes, error);
}

static gboolean
decide_field (KamPush            *self,
              const KamMutation  *mutation,
              const Settlement   *it,
              KamResultKind      *kind,
              GError            **error)
{
  g_autoptr (KamMutation) put = make_put (mutation, it);
  g_autoptr (GError) reason = NULL;
  gboolean closes = FALSE;
  gboolean added = FALSE;

  if (!closes_cycle (self, it, &closes, error))
    return FALSE;

  if (closes)
    return kam_push_reject (error, "cycle", it->field, _("Nobody can stand above themselves. Choose another."));

  if (kam_push_apply_put (self, put, kind, &reason))
    return TRUE;

  if (reason->domain == KAM_REJECTION && !add_mates (self, it, put, &added, error))
    return FALSE;

  if (added)
    return kam_push_apply_put (self, put, kind, error);

  g_propagate_error (error, g_steal_pointer (&reason));

  return FALSE;
}

static gboolean
decide_deletion (KamPush            *self,
                 const KamMutation  *mutation,
                 const Settlement   *it,
                 GError            **error)
{
  const char *current = kam_row_text (it->target, it->index);
  const char *wanted = it->wanted.kind == KAM_VALUE_TEXT ? it->wanted.text : NULL;

  if (wanted != NULL && !kam_id_is_valid (wanted))
    return kam_push_reject (error, "bad_id", it->field, _("A deletion has an id."));

  /* Deleted is deleted, whichever deletion it was. */
  return (wanted != NULL && current != NULL) || kam_push_mark_deleted (self, it->target, current, wanted, mutation, error);
}

/* The field has changed since they looked: they look again. */
static gboolean
show_again (KamPush        *self,
            Settlement     *it,
            KamResultKind  *kind)
{
  KamRow *changed = kam_row_copy (it->conflict);

  kam_row_take_text (changed, KAM_CONFLICT_THEIRS, kam_push_value_to_json (it->field, kam_row_get (it->target, it->index)));
  kam_push_put (self, changed);
  *kind = KAM_RESULT_CONFLICT;

  return TRUE;
}

/**
 * kam_push_apply_settle:
 *
 * Settles a conflict: `set: {"theirs": [what was seen, what is to be]}`, both JSON texts as conflicts have them. Counts only if the field's value is
 * what was seen, or what it is to be already.
 */
gboolean
kam_push_apply_settle (KamPush            *self,
                       const KamMutation  *mutation,
                       KamResultKind      *kind,
                       GError            **error)
{
  g_auto (Settlement) it = { 0 };
  const KamValue *current;
  g_autofree char *decided = NULL;
  gboolean is_deletion;

  if (!read_decision (self, mutation, &it, error))
    return FALSE;

  if (it.conflict == NULL)
    return settle_again (self, mutation, &it, error);

  current = kam_row_get (it.target, it.index);
  is_deletion = (int) it.index == kam_row_entity (it.target)->delete_field;

  if (!kam_value_equal (current, &it.wanted))
    {
      if (!kam_value_equal (current, &it.seen))
        return show_again (self, &it, kind);

      if (is_deletion ? !decide_deletion (self, mutation, &it, error) : !decide_field (self, mutation, &it, kind, error))
        return FALSE;
    }

  decided = kam_push_value_to_json (it.field, &it.wanted);

  return kam_push_end_conflict (self, it.conflict, it.target, decided, error);
}
