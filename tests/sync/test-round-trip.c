/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft.h"
#include "kam-test-mariadb.h"
#include "kam-test-server.h"
#include "test-device.h"

#include <string.h>

/* What is typed into a form on one device is what another device has, byte for byte: through the draft, the store, the outbox, TLS, the server,
 * MariaDB, a pull and the other store. */

#define TIMEOUT_MS 20000

typedef struct
{
  gboolean done;
  GError  *error; /* (owned) (nullable) */
} Saving;

static KamTestMariadb *mariadb;

static const char *const names[] = {
  "Chai & “Samosa” 🍛",
  "👨‍👩‍👧‍👦 🇮🇳 👍🏽 family",
  "अन्नपूर्णा भोजनालय, क्षेत्र",
  "مطعم بغداد ‏(فرع ٢)‎ x",
  "מסעדת \"שלום\" – 50%",
  "O'Brien \\ \"Quote\" `tick` ; DROP TABLE lead; -- <b>&amp;</b>",
  "ශ්‍රී ලංකා · தமிழ் · 中文餐厅 · Ελλάδα · ﷽",
  "%s %n \\u0041 \\n {0} ${HOME} $(id)",
  "Zero\xe2\x80\x8bwidth\xe2\x80\x8d joiner",
};

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Saving *saving = user_data;

  kam_draft_save_finish (KAM_DRAFT (source), result, &saving->error);
  saving->done = TRUE;
}

static void
save (KamDraft *draft)
{
  Saving saving = { FALSE, NULL };

  kam_draft_save_async (draft, NULL, NULL, saved_cb, &saving);
  for (guint i = 0; !saving.done && i < TIMEOUT_MS; i += 5)
    test_wait (5);

  g_assert_no_error (saving.error);
  g_assert_true (saving.done);
}

typedef struct
{
  gboolean done;
  KamRow  *row; /* (owned) (nullable) */
} Loading;

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Loading *loading = user_data;

  loading->row = kam_store_get_row_finish (KAM_STORE (source), result, NULL);
  loading->done = TRUE;
}

static KamRow *
load (TestDevice    *device,
      KamEntityKind  kind,
      const char    *id)
{
  Loading loading = { FALSE, NULL };

  kam_store_get_row_async (device->store, kind, id, NULL, loaded_cb, &loading);
  while (!loading.done)
    test_wait (1);

  return loading.row;
}

/* Waits until it is there. */
static KamRow *
arrive (TestDevice    *device,
        KamEntityKind  kind,
        const char    *id)
{
  for (guint i = 0; i < TIMEOUT_MS; i += 20)
    {
      KamRow *row = load (device, kind, id);

      if (row != NULL)
        return row;

      test_wait (20);
    }

  g_error ("%s %s does not arrive", kam_entity_get (kind)->name, id);

  return NULL;
}

static char *
fill (const char *pattern,
      guint       n)
{
  GString *text = g_string_new (NULL);
  const char *c = pattern;

  for (guint i = 0; i < n; i++)
    {
      g_string_append_unichar (text, g_utf8_get_char (c));
      c = *g_utf8_next_char (c) != '\0' ? g_utf8_next_char (c) : pattern;
    }

  return g_string_free (text, FALSE);
}

static void
check_same (const KamRow *mine,
            const KamRow *theirs,
            const guint  *fields,
            guint         n_fields)
{
  for (guint i = 0; i < n_fields; i++)
    g_assert_cmpstr (kam_row_text (mine, fields[i]), ==, kam_row_text (theirs, fields[i]));
}

static void
make_trip (TestDevice   *a,
           TestDevice   *b,
           KamWorkspace *workspace,
           const char   *name)
{
  static const guint lead_fields[] = { KAM_LEAD_NAME, KAM_LEAD_CITY, KAM_LEAD_ADDRESS, KAM_LEAD_NOTES, KAM_LEAD_TAGS };
  static const guint contact_fields[] = { KAM_CONTACT_NAME, KAM_CONTACT_ROLE, KAM_CONTACT_NOTES };
  static const guint call_fields[] = { KAM_INTERACTION_SUMMARY, KAM_INTERACTION_OUTCOME };
  g_autoptr (KamDraft) lead = kam_draft_new_lead (workspace);
  g_autoptr (KamDraft) contact = NULL;
  g_autoptr (KamDraft) call = NULL;
  g_autofree char *long_name = fill (name, 200);
  g_autofree char *lines = g_strdup_printf ("%s\n\n\t%s", name, name);
  g_autoptr (KamRow) lead_a = NULL, lead_b = NULL, contact_a = NULL, contact_b = NULL, call_a = NULL, call_b = NULL;

  g_test_message ("%s", name);
  g_strchomp (long_name);
  kam_draft_set_text (lead, KAM_LEAD_NAME, name);
  kam_draft_set_text (lead, KAM_LEAD_CITY, name);
  kam_draft_set_text (lead, KAM_LEAD_ADDRESS, lines);
  kam_draft_set_text (lead, KAM_LEAD_NOTES, lines);
  kam_draft_set_text (lead, KAM_LEAD_TAGS, "शाकाहारी, 🍛, שלום");
  save (lead);
  lead_a = load (a, KAM_ENTITY_LEAD, kam_draft_get_id (lead));
  g_assert_cmpstr (kam_row_text (lead_a, KAM_LEAD_NAME), ==, name);
  g_assert_cmpstr (kam_row_text (lead_a, KAM_LEAD_NOTES), ==, lines);

  contact = kam_draft_new_contact (workspace, lead_a);
  kam_draft_set_text (contact, KAM_CONTACT_NAME, long_name);
  kam_draft_set_text (contact, KAM_CONTACT_ROLE, name);
  kam_draft_set_text (contact, KAM_CONTACT_NOTES, lines);
  save (contact);
  contact_a = load (a, KAM_ENTITY_CONTACT, kam_draft_get_id (contact));
  g_assert_cmpstr (kam_row_text (contact_a, KAM_CONTACT_NAME), ==, long_name);

  call = kam_draft_new_interaction (workspace, lead_a, "call", "done");
  kam_draft_set_text (call, KAM_INTERACTION_SUMMARY, lines);
  save (call);
  call_a = load (a, KAM_ENTITY_INTERACTION, kam_draft_get_id (call));

  lead_b = arrive (b, KAM_ENTITY_LEAD, kam_row_id (lead_a));
  contact_b = arrive (b, KAM_ENTITY_CONTACT, kam_row_id (contact_a));
  call_b = arrive (b, KAM_ENTITY_INTERACTION, kam_row_id (call_a));
  check_same (lead_a, lead_b, lead_fields, G_N_ELEMENTS (lead_fields));
  check_same (contact_a, contact_b, contact_fields, G_N_ELEMENTS (contact_fields));
  check_same (call_a, call_b, call_fields, G_N_ELEMENTS (call_fields));
}

static void
sign_in (TestDevice    *device,
         KamTestServer *server)
{
  g_autoptr (GError) error = NULL;

  test_device_sign_in (device, kam_test_server_uri (server), kam_test_server_ca_file (server), "kam@kam.test", KAM_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  test_device_settle (device);
}

static void
test_names (void)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *id = kam_test_add_person (database, "kam@kam.test", "kam", NULL);
  g_autoptr (KamTestServer) server = kam_test_server_new (database, NULL);
  g_autoptr (TestDevice) a = test_device_new ();
  g_autoptr (TestDevice) b = test_device_new ();
  KamWorkspace *workspace;

  sign_in (a, server);
  sign_in (b, server);
  workspace = kam_workspace_new (a->store, a->sync, a->clock);
  for (guint i = 0; kam_workspace_get_user_id (workspace) == NULL && i < TIMEOUT_MS; i += 5)
    test_wait (5);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    make_trip (a, b, workspace, names[i]);

  test_device_settle (a);
  test_device_settle (b);
  g_object_unref (workspace);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  g_test_add_func ("/round-trip/names", test_names);
  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
