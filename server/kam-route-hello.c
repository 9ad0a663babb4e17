/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-push.h"
#include "kam-time.h"
#include "kam-wire.h"

static gpointer
read_org (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  KamOrg *org = g_new0 (KamOrg, 1);

  if (!kam_org_read (db, org, error))
    g_clear_pointer (&org, g_free);

  return org;
}

static void
add_protocol (JsonBuilder           *builder,
              const KamServerConfig *config)
{
  json_builder_set_member_name (builder, "protocol");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "min");
  json_builder_add_int_value (builder, KAM_PROTOCOL_VERSION);
  json_builder_set_member_name (builder, "max");
  json_builder_add_int_value (builder, KAM_PROTOCOL_VERSION);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "schema");
  json_builder_add_int_value (builder, KAM_SCHEMA_VERSION);
  json_builder_set_member_name (builder, "oldest_schema");
  json_builder_add_int_value (builder, config->oldest_schema);
}

static void
add_number (JsonBuilder *builder,
            const char  *name,
            gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_limits (JsonBuilder           *builder,
            const KamServerConfig *config)
{
  json_builder_set_member_name (builder, "limits");
  json_builder_begin_object (builder);
  add_number (builder, "body_bytes", config->body_bytes);
  add_number (builder, "mutations", KAM_PUSH_MAX_MUTATIONS);
  add_number (builder, "page_rows", config->page_rows);
  add_number (builder, "page_rows_max", KAM_MOST_PAGE_ROWS);
  add_number (builder, "poke_seconds", config->poke_seconds);
  json_builder_end_object (builder);
}

static void
hello_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree KamOrg *org = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autofree char *now = kam_instant_format (kam_server_now (asked->server));

  if (org == NULL)
    {
      kam_request_fail (asked->request, error);
      return;
    }

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_text (builder, "server_id", org->server_id);
  add_text (builder, "epoch", org->epoch);
  add_protocol (builder, kam_server_config (asked->server));
  add_number (builder, "head", org->head);
  add_number (builder, "durable", org->durable);
  add_text (builder, "time", now);
  add_limits (builder, kam_server_config (asked->server));
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);

  kam_request_answer (asked->request, SOUP_STATUS_OK, body);
}

void
kam_route_hello (KamServer  *server,
                 KamRequest *request)
{
  kam_db_pool_run_async (kam_server_pool (server), read_org, NULL, NULL, g_free, kam_request_cancellable (request),
                         hello_cb, kam_asked_new (server, request));
}

static void
health_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree KamOrg *org = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) body = NULL;

  if (org == NULL)
    {
      kam_request_fail (asked->request, error);
      return;
    }

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_text (builder, "status", "ok");
  add_text (builder, "version", PACKAGE_VERSION);
  add_protocol (builder, kam_server_config (asked->server));
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);

  kam_request_answer (asked->request, SOUP_STATUS_OK, body);
}

/* For whatever watches over the server: 200 while it can do its work. Says nothing that is not public. */
void
kam_route_health (KamServer  *server,
                  KamRequest *request)
{
  kam_db_pool_run_async (kam_server_pool (server), read_org, NULL, NULL, g_free, kam_request_cancellable (request),
                         health_cb, kam_asked_new (server, request));
}
