/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-people-repository.h"

/* Somebody's question for news, and what is known when they start to wait. */
typedef struct
{
  guint8      token_hash[KAM_TOKEN_HASH_BYTES];
  gint64      now_us;
  gint64      since;
  gint64      head;
  gboolean    news;
  GPtrArray  *scopes;  /* (owned) */
  KamSession *session; /* (owned) */
} Question;

/* Somebody who waits. */
typedef struct
{
  KamAsked *asked;    /* (owned) */
  guint     waiter;
  gint64    head;     /* when the wait began */
  GSource  *watch;    /* (owned): the client's end of the connection */
  gulong    finished; /* handler */
} Wait;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->scopes, g_ptr_array_unref);
  g_clear_pointer (&question->session, kam_session_free);
  g_free (question);
}

static gboolean
read_question (KamDb         *db,
               gpointer       data,
               GCancellable  *cancellable,
               GError       **error)
{
  Question *question = data;
  KamOrg org;

  g_clear_pointer (&question->session, kam_session_free);
  question->session = kam_routes_caller (db, question->token_hash, question->now_us, error);
  if (question->session == NULL || !kam_org_read (db, &org, error))
    return FALSE;

  g_clear_pointer (&question->scopes, g_ptr_array_unref);
  question->head = org.head;
  question->scopes = kam_people_scopes (db, question->session->user_id, question->now_us, error);
  if (question->scopes == NULL)
    return FALSE;

  /* Ahead of the head: the server's history has changed, which the caller should learn at once. */
  question->news = question->since > org.head;

  return question->news || question->since == org.head ||
         kam_org_has_news (db, &org, question->scopes, question->since, &question->news, error);
}

static gpointer
ask (KamDb         *db,
     gpointer       data,
     GCancellable  *cancellable,
     GError       **error)
{
  Question *question = data;

  if (kam_db_transact (db, KAM_DB_SNAPSHOT, read_question, question, cancellable, error))
    kam_routes_note_seen (db, question->token_hash, question->session, question->now_us);

  return NULL;
}

static void
answer (KamRequest *request,
        gint64      head)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "head", head);
  json_node_take_object (node, object);
  kam_request_answer (request, SOUP_STATUS_OK, node);
}

static void
wait_free (gpointer data)
{
  Wait *wait = data;
  SoupServerMessage *message = kam_request_message (wait->asked->request);

  if (wait->watch != NULL)
    {
      g_source_destroy (wait->watch);
      g_source_unref (wait->watch);
    }

  if (message != NULL && wait->finished != 0)
    g_signal_handler_disconnect (message, wait->finished);

  kam_asked_free (wait->asked);
  g_free (wait);
}

static void
news_cb (gint64   head,
         gpointer user_data)
{
  Wait *wait = user_data;

  answer (wait->asked->request, head);
}

static void
finished_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Wait *wait = user_data;

  wait->finished = 0;
  kam_poke_hub_leave (kam_server_poke_hub (wait->asked->server), wait->waiter);
}

/* libsoup does not look at the connection of a message that is paused. Whoever sends anything while they wait has hung up (a TLS farewell looks
 * like data), or no longer wants to wait:
 * answering finds out. */
static gboolean
hung_up_cb (GSocket      *socket,
            GIOCondition  condition,
            gpointer      user_data)
{
  Wait *wait = user_data;
  g_autoptr (KamRequest) request = kam_request_ref (wait->asked->request);
  gint64 head = wait->head;

  kam_poke_hub_leave (kam_server_poke_hub (wait->asked->server), wait->waiter);
  answer (request, head);

  return G_SOURCE_REMOVE;
}

static void
start_wait (KamAsked *asked, /* (transfer full) */
            Question *question)
{
  SoupServerMessage *message = kam_request_message (asked->request);
  KamServer *server = asked->server;
  GSocket *socket = soup_server_message_get_socket (message);
  Wait *wait = g_new0 (Wait, 1);

  wait->asked = asked;
  wait->head = question->head;
  wait->finished = g_signal_connect (message, "finished", G_CALLBACK (finished_cb), wait);
  if (socket != NULL)
    {
      /* The idle timeout is not for those who were asked to wait. */
      wait->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
      g_source_set_ready_time (wait->watch, -1);
      g_source_set_callback (wait->watch, G_SOURCE_FUNC (hung_up_cb), wait, NULL);
      g_source_attach (wait->watch, NULL);
    }

  wait->waiter = kam_poke_hub_wait (kam_server_poke_hub (server), question->scopes, question->head, kam_server_config (server)->poke_seconds,
                                    news_cb, wait, wait_free);
}

typedef struct
{
  KamAsked *asked;    /* (owned) */
  Question *question; /* (owned) */
} Pending;

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autofree Pending *pending = user_data;
  g_autoptr (KamAsked) asked = pending->asked;
  Question *question = pending->question;
  g_autoptr (GError) error = NULL;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  if (error != NULL)
    kam_request_fail (asked->request, error);
  else if (question->news || kam_server_is_stopping (asked->server))
    answer (asked->request, question->head);
  else if (!kam_request_is_finished (asked->request))
    start_wait (g_steal_pointer (&asked), question);

  question_free (question);
}

void
kam_route_poke (KamServer  *server,
                KamRequest *request)
{
  g_autofree char *since = NULL;
  g_autoptr (GError) error = NULL;
  Question *question;
  Pending *pending;
  guint64 number = 0;

  kam_request_query (request, "since", &since);
  if (since == NULL || !g_ascii_string_to_unsigned (since, 10, 0, G_MAXINT64, &number, NULL))
    {
      error = g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“since” must be a whole number, 0 or more.");
      kam_request_fail (request, error);
      return;
    }

  question = g_new0 (Question, 1);
  memcpy (question->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  question->now_us = kam_server_now (server);
  question->since = (gint64) number;

  pending = g_new0 (Pending, 1);
  pending->asked = kam_asked_new (server, request);
  pending->question = question;

  /* Not cancellable: the worker writes into the question, which must outlive it. */
  kam_db_pool_run_async (kam_server_pool (server), ask, question, NULL, NULL, NULL, asked_cb, pending);
}
