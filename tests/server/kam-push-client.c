/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"

#include "kam-json.h"
#include "kam-time.h"
#include "kam-wire.h"

#include <string.h>

static const char *const roles[N_PEOPLE] = { "admin", "manager", "kam", "kam", "manager", "kam" };

PushClient *
push_client_new (Fixture       *fixture,
                 FixturePerson  person)
{
  PushClient *self = g_new0 (PushClient, 1);
  g_autofree char *client_id = kam_id_new (fixture->now_us);
  g_autofree char *device_id = kam_id_new (fixture->now_us);

  self->fixture = fixture;
  g_strlcpy (self->session.user_id, fixture->people[person], sizeof self->session.user_id);
  g_strlcpy (self->session.device_id, device_id, sizeof self->session.device_id);
  self->session.role = g_strdup (roles[person]);
  g_strlcpy (self->client_id, client_id, sizeof self->client_id);
  self->mutations = json_array_new ();
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);

  return self;
}

void
push_client_free (PushClient *self)
{
  g_free (self->session.role);
  json_array_unref (self->mutations);
  g_ptr_array_unref (self->results);
  g_clear_pointer (&self->touched, g_ptr_array_unref);
  g_free (self);
}

gint64
push_client_add (PushClient *self,
                 const char *op,
                 const char *entity,
                 const char *id,
                 gint64      base_rev,
                 const char *set,
                 ...)
{
  g_autofree char *text = NULL;
  g_autofree char *at = kam_instant_format (self->fixture->now_us);
  g_autoptr (GError) error = NULL;
  JsonObject *mutation = json_object_new ();
  JsonNode *node;
  va_list args;

  va_start (args, set);
  text = g_strdelimit (g_strdup_vprintf (set, args), "'", '"');
  va_end (args);
  node = kam_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);

  json_object_set_int_member (mutation, "mid", ++self->mid);
  json_object_set_string_member (mutation, "entity", entity);
  json_object_set_string_member (mutation, "id", id);
  json_object_set_string_member (mutation, "op", op);
  json_object_set_int_member (mutation, "base_rev", base_rev);
  json_object_set_member (mutation, "set", node);
  json_object_set_string_member (mutation, "at", at);
  json_array_add_object_element (self->mutations, mutation);

  return self->mid;
}

gboolean
push_client_send (PushClient *self,
                  GError    **error)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autofree char *sent_at = kam_instant_format (self->fixture->now_us + self->skew_us);
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *results;

  json_object_set_string_member (request, "client_id", self->client_id);
  json_object_set_int_member (request, "schema", KAM_SCHEMA_VERSION);
  json_object_set_string_member (request, "sent_at", sent_at);
  json_object_set_int_member (request, "ack", self->ack);
  json_object_set_array_member (request, "mutations", json_array_ref (self->mutations));
  g_ptr_array_set_size (self->results, 0);
  g_clear_pointer (&self->touched, g_ptr_array_unref);
  answer = kam_push_run (self->fixture->db, &self->session, request, self->fixture->now_us, &self->touched, error);

  if (answer == NULL)
    return FALSE;

  results = json_object_get_array_member (json_node_get_object (answer), "results");
  g_assert_cmpuint (json_array_get_length (results), ==, json_array_get_length (self->mutations));

  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      g_autoptr (GError) local_error = NULL;

      g_ptr_array_add (self->results, kam_result_from_json (json_array_get_element (results, i), &local_error));
      g_assert_no_error (local_error);
    }

  return TRUE;
}

static void
forget (PushClient *self)
{
  json_array_unref (self->mutations);
  self->mutations = json_array_new ();
}

void
push_client_must (PushClient *self)
{
  g_autoptr (GError) error = NULL;

  push_client_send (self, &error);
  g_assert_no_error (error);
  forget (self);
}

KamResult *
push_client_result (PushClient *self,
                    guint       index)
{
  g_assert_cmpuint (index, <, self->results->len);

  return g_ptr_array_index (self->results, index);
}

void
push_client_expect (PushClient    *self,
                    KamResultKind  kind,
                    const char    *code)
{
  KamResult *result;

  push_client_must (self);
  g_assert_cmpuint (self->results->len, ==, 1);
  result = push_client_result (self, 0);

  if (result->code != NULL && code == NULL)
    g_test_message ("%s: %s", result->code, result->message);

  g_assert_cmpstr (result->code, ==, code);
  g_assert_cmpint (result->kind, ==, kind);
}

char *
push_client_new_id (PushClient *self)
{
  return kam_id_new (self->fixture->now_us);
}
