/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-text.h"
#include "sim-ledger.h"

#include <string.h>

/* What a person does at a device: whatever that shows them, they work on. */

static const guint lead_fields[] = { KAM_LEAD_NAME, KAM_LEAD_ADDRESS, KAM_LEAD_CITY };
static const guint contact_fields[] = { KAM_CONTACT_NAME, KAM_CONTACT_ROLE };
static const guint interaction_fields[] = { KAM_INTERACTION_SUMMARY, KAM_INTERACTION_ORDER_REFERENCE };

static char *
new_value (SimWorld *world)
{
  return g_strdup_printf ("%s%u", sim_world_tosses (world, 0.02) ? "poison " : "value ", world->n_edits++);
}

static void
save (SimClient    *client,
      KamMutation  *mutation)
{
  if (mutation == NULL)
    return;

  client->store->klass->set_time (client->store, sim_client_time (client));

  if (client->store->klass->edit (client->store, mutation))
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_LOCAL_CHANGE });
}

/* Saves what a person made of a row, and remembers the one value that they wrote. */
static void
save_value (SimClient    *client,
            const KamRow *before,
            const KamRow *after,
            guint         field,
            const char   *value,
            gboolean      is_line)
{
  KamMutation *mutation = kam_mutation_between (before, after, sim_client_time (client));
  const char *was = before != NULL ? kam_row_text (before, field) : NULL;
  SimStore *store = client->store;

  if (mutation == NULL)
    return;

  store->klass->set_time (store, sim_client_time (client));
  if (!store->klass->edit (store, mutation))
    return;

  sim_ledger_save (client, after, field, value, was, is_line);
  if (!is_line)
    sim_watch_add (client, after, field, value, was);
  sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_LOCAL_CHANGE });
}

static void
remember (SimWorld     *world,
          const KamRow *row)
{
  SimRef ref = { .entity = kam_row_kind (row) };

  sim_id_set (&ref.id, kam_row_id (row));
  sim_id_set (&ref.lead, kam_row_lead_id (row));
  g_array_append_val (world->refs, ref);
}

/* Some row that this device shows, (transfer full) (nullable). */
static KamRow *
pick (SimClient *client,
      int        entity,
      gboolean   binned)
{
  SimWorld *world = client->world;

  for (guint tries = 0; tries < 6 && world->refs->len > 0; tries++)
    {
      const SimRef *ref = &g_array_index (world->refs, SimRef, sim_world_draw (world, world->refs->len));
      KamRow *row = entity < 0 || (int) ref->entity == entity ? client->store->klass->show (client->store, ref->entity, ref->id.text) : NULL;

      /* What is in the bin is hidden; a form may still be open on it. */
      if (row != NULL && (binned || !kam_row_is_deleted (row) || sim_world_tosses (world, 0.1)))
        return row;

      g_clear_pointer (&row, kam_row_unref);
    }

  return NULL;
}

static void
make_lead (SimClient *client)
{
  g_autofree char *id = sim_world_make_id (client->world);
  g_autofree char *name = new_value (client->world);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, id);

  kam_row_set_text (row, KAM_LEAD_NAME, name);
  kam_row_set_text (row, KAM_LEAD_STATUS, "new");
  kam_row_set_text (row, KAM_LEAD_KAM, client->person->id);
  kam_row_set_text (row, KAM_LEAD_TIME_ZONE, "Asia/Kolkata");
  remember (client->world, row);
  save_value (client, NULL, row, KAM_LEAD_NAME, name, FALSE);
}

static void
make_contact (SimClient *client)
{
  g_autoptr (KamRow) lead = pick (client, KAM_ENTITY_LEAD, FALSE);
  g_autofree char *id = sim_world_make_id (client->world);
  g_autofree char *name = new_value (client->world);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_CONTACT, id);

  if (lead == NULL)
    return;

  kam_row_set_text (row, KAM_CONTACT_LEAD, kam_row_id (lead));
  kam_row_set_text (row, KAM_CONTACT_NAME, name);
  remember (client->world, row);
  save_value (client, NULL, row, KAM_CONTACT_NAME, name, FALSE);
}

/* The currency says whether the value is odd, so that halves of two orders do not go together. */
static void
set_order (SimWorld *world,
           KamRow   *row)
{
  guint value = 100 + world->n_edits++;

  kam_row_set_int (row, KAM_INTERACTION_ORDER_VALUE, value);
  kam_row_set_text (row, KAM_INTERACTION_CURRENCY, value % 2 == 0 ? "INR" : "EUR");
}

static void
make_interaction (SimClient *client)
{
  static const char *const kinds[] = { "call", "visit", "order", "call" };
  SimWorld *world = client->world;
  g_autoptr (KamRow) lead = pick (client, KAM_ENTITY_LEAD, FALSE);
  g_autofree char *id = sim_world_make_id (world);
  g_autofree char *summary = new_value (world);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_INTERACTION, id);
  const char *kind = kinds[sim_world_draw (world, G_N_ELEMENTS (kinds))];
  gboolean planned = sim_world_tosses (world, 0.3) && strcmp (kind, "order") != 0;

  if (lead == NULL)
    return;

  kam_row_set_text (row, KAM_INTERACTION_LEAD, kam_row_id (lead));
  kam_row_set_text (row, KAM_INTERACTION_KIND, kind);
  kam_row_set_text (row, KAM_INTERACTION_STATE, planned ? "planned" : "done");
  kam_row_set_text (row, KAM_INTERACTION_SUMMARY, summary);
  kam_row_set_text (row, KAM_INTERACTION_TIME_ZONE, "Asia/Kolkata");

  if (planned)
    {
      kam_row_set_text (row, KAM_INTERACTION_LOCAL_DATE, "2024-05-06");
      kam_row_set_text (row, KAM_INTERACTION_DATED_BY, "person");
    }
  else
    kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, sim_client_time (client));

  if (strcmp (kind, "order") == 0)
    set_order (world, row);
  else if (!planned)
    kam_row_set_text (row, KAM_INTERACTION_OUTCOME, sim_world_tosses (world, 0.5) ? "reached" : "no_answer");

  remember (world, row);
  save_value (client, NULL, row, KAM_INTERACTION_SUMMARY, summary, FALSE);
}

static void
edit_text (SimClient *client,
           KamRow    *before)
{
  SimWorld *world = client->world;
  g_autofree char *value = new_value (world);
  g_autoptr (KamRow) after = kam_row_copy (before);
  guint field;

  if (kam_row_kind (before) == KAM_ENTITY_LEAD)
    field = lead_fields[sim_world_draw (world, G_N_ELEMENTS (lead_fields))];
  else if (kam_row_kind (before) == KAM_ENTITY_CONTACT)
    field = contact_fields[sim_world_draw (world, G_N_ELEMENTS (contact_fields))];
  else
    field = interaction_fields[sim_world_draw (world, G_N_ELEMENTS (interaction_fields))];

  kam_row_set_text (after, field, value);
  save_value (client, before, after, field, value, FALSE);
}

static void
edit_notes (SimClient *client,
            KamRow    *before)
{
  g_autofree char *line = g_strdup_printf ("line %u.", client->world->n_edits++);
  g_autoptr (KamRow) after = kam_row_copy (before);
  guint field = kam_row_kind (before) == KAM_ENTITY_LEAD ? KAM_LEAD_NOTES : KAM_CONTACT_NOTES;
  const char *notes = kam_row_text (before, field);
  g_autofree char *both = notes == NULL ? g_strdup (line) : sim_world_tosses (client->world, 0.7) ? g_strconcat (notes, "\n", line, NULL)
                                                                                                   : g_strconcat (line, "\n", notes, NULL);

  kam_row_set_text (after, field, both);
  save_value (client, before, after, field, line, TRUE);
}

static void
edit_tags (SimClient *client,
           KamRow    *before)
{
  static const char *const words[] = { "veg", "buffet", "late", "chain" };
  g_auto (GStrv) tags = kam_tags_split (kam_row_text (before, KAM_LEAD_TAGS));
  g_autoptr (KamRow) after = kam_row_copy (before);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  const char *word = words[sim_world_draw (client->world, G_N_ELEMENTS (words))];
  gboolean had = FALSE;

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    {
      had = had || strcmp (tags[i], word) == 0;
      if (strcmp (tags[i], word) != 0)
        g_ptr_array_add (all, tags[i]);
    }

  if (!had)
    g_ptr_array_add (all, (gpointer) word);

  g_ptr_array_add (all, NULL);
  kam_row_take_text (after, KAM_LEAD_TAGS, kam_tags_join ((const char *const *) all->pdata));
  save (client, kam_mutation_between (before, after, sim_client_time (client)));
}

static void
edit_group (SimClient *client,
            KamRow    *before)
{
  g_autoptr (KamRow) after = kam_row_copy (before);

  if (kam_row_kind (before) == KAM_ENTITY_INTERACTION && kam_row_is (before, KAM_INTERACTION_KIND, "order"))
    set_order (client->world, after);
  else if (kam_row_kind (before) == KAM_ENTITY_INTERACTION && kam_row_is (before, KAM_INTERACTION_STATE, "done"))
    kam_row_set_text (after, KAM_INTERACTION_OUTCOME, kam_row_is (before, KAM_INTERACTION_OUTCOME, "reached") ? "no_answer" : "reached");
  else if (kam_row_kind (before) == KAM_ENTITY_LEAD && kam_row_is (before, KAM_LEAD_STATUS, "inactive"))
    {
      kam_row_set_text (after, KAM_LEAD_STATUS, "new");
      kam_row_set_null (after, KAM_LEAD_STATUS_REASON);
    }
  else if (kam_row_kind (before) == KAM_ENTITY_LEAD)
    {
      kam_row_set_text (after, KAM_LEAD_STATUS, "inactive");
      kam_row_set_text (after, KAM_LEAD_STATUS_REASON, "closed");
    }

  save (client, kam_mutation_between (before, after, sim_client_time (client)));
}

static void
edit_something (SimClient *client)
{
  g_autoptr (KamRow) before = pick (client, -1, FALSE);
  guint dice = sim_world_draw (client->world, 10);

  if (before == NULL)
    make_lead (client);
  else if (dice < 2 && kam_row_kind (before) != KAM_ENTITY_INTERACTION)
    edit_notes (client, before);
  else if (dice < 3 && kam_row_kind (before) == KAM_ENTITY_LEAD)
    edit_tags (client, before);
  else if (dice < 5)
    edit_group (client, before);
  else
    edit_text (client, before);
}

static gboolean
is_pending (SimClient  *client,
            const char *id)
{
  g_autoptr (GPtrArray) pending = client->store->klass->pending (client->store);

  for (guint i = 0; i < pending->len; i++)
    {
      if (strcmp (((SimPending *) g_ptr_array_index (pending, i))->mutation->id, id) == 0)
        return TRUE;
    }

  return FALSE;
}

/* What was deleted before anybody heard of it goes without a trace, with what belonged to it. */
static void
vanish (SimClient    *client,
        const KamRow *row)
{
  SimWorld *world = client->world;

  for (guint i = 0; i < world->refs->len; i++)
    {
      const SimRef *ref = &g_array_index (world->refs, SimRef, i);

      if ((sim_id_is (&ref->id, kam_row_id (row)) || sim_id_is (&ref->lead, kam_row_id (row))) && !is_pending (client, ref->id.text))
        sim_ledger_vanish (world, ref->id.text);
    }
}

static void
delete_or_restore (SimClient *client)
{
  g_autoptr (KamRow) row = pick (client, -1, TRUE);
  g_autofree char *id = sim_world_make_id (client->world);
  gboolean deleted = row != NULL && kam_row_is_deleted (row);
  KamMutation *mutation;
  g_auto (KamValue) nothing = KAM_VALUE_INIT;
  g_auto (KamValue) mark = KAM_VALUE_INIT;
  guint field;

  if (row == NULL)
    return;

  field = (guint) kam_row_entity (row)->delete_field;
  kam_value_set_text (&mark, deleted ? kam_row_text (row, field) : id);
  mutation = kam_mutation_new (kam_row_kind (row), kam_row_id (row), deleted ? KAM_OP_RESTORE : KAM_OP_DELETE, kam_row_rev (row), sim_client_time (client));
  kam_mutation_add (mutation, field, deleted ? &mark : &nothing, deleted ? &nothing : &mark);
  save (client, mutation);

  if (!deleted && kam_row_rev (row) == 0)
    vanish (client, row);
}

static void
move_lead (SimClient *client)
{
  SimWorld *world = client->world;
  g_autoptr (KamRow) before = pick (client, KAM_ENTITY_LEAD, FALSE);
  g_autoptr (KamRow) after = before != NULL ? kam_row_copy (before) : NULL;

  if (before == NULL)
    return;

  kam_row_set_text (after, KAM_LEAD_KAM, world->people[kam_row_is (before, KAM_LEAD_KAM, world->people[SIM_KAM_A].id) ? SIM_KAM_B : SIM_KAM_A].id);
  save (client, kam_mutation_between (before, after, sim_client_time (client)));
}

static void
settle_conflict (SimClient *client)
{
  g_autoptr (GPtrArray) rows = client->store->klass->list (client->store);
  g_autoptr (KamMutation) mutation = NULL;

  for (guint i = 0; i < rows->len && mutation == NULL; i++)
    {
      const KamRow *row = g_ptr_array_index (rows, i);
      const KamValue *theirs = kam_row_kind (row) == KAM_ENTITY_CONFLICT ? kam_row_get (row, KAM_CONFLICT_THEIRS) : NULL;
      gboolean keeps = sim_world_tosses (client->world, 0.5);

      if (theirs == NULL || kam_row_is_null (row, KAM_CONFLICT_LEAD))
        continue;

      /* One field of an order is settled without the other. */
      keeps = keeps || kam_row_is (row, KAM_CONFLICT_FIELD, "order_value") || kam_row_is (row, KAM_CONFLICT_FIELD, "currency");
      mutation = kam_mutation_new (KAM_ENTITY_CONFLICT, kam_row_id (row), KAM_OP_PUT, kam_row_rev (row), sim_client_time (client));
      kam_mutation_add (mutation, KAM_CONFLICT_THEIRS, theirs, keeps ? theirs : kam_row_get (row, KAM_CONFLICT_MINE));
    }

  if (mutation != NULL)
    save (client, g_steal_pointer (&mutation));
}

void
sim_person_act (SimWorld  *world,
                SimClient *client,
                gpointer   data)
{
  guint dice = sim_world_draw (world, 100);
  gboolean manages = strcmp (client->person->role, "manager") == 0;

  sim_note (world, client, "edit", dice, 0);

  if (!client->signed_in)
    return;

  if (dice < 14 && !manages)
    make_lead (client);
  else if (dice < 24)
    make_contact (client);
  else if (dice < 38)
    make_interaction (client);
  else if (dice < 45)
    delete_or_restore (client);
  else if (dice < 50)
    settle_conflict (client);
  else if (manages && dice < 65)
    move_lead (client);
  else
    edit_something (client);
}
