/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-audit.h"
#include "kam-json.h"
#include "kam-server-error.h"

#include <stdio.h>

static void
print_text (const KamAudit *audit)
{
  for (guint i = 0; i < audit->invariants->len; i++)
    {
      const KamInvariant *invariant = g_ptr_array_index (audit->invariants, i);

      if (invariant->count == 0)
        continue;

      printf ("%s: %" G_GUINT64_FORMAT "; it should be that %s\n", invariant->name, invariant->count, invariant->meaning);

      for (guint j = 0; j < invariant->examples->len; j++)
        printf ("  %s\n", (const char *) g_ptr_array_index (invariant->examples, j));
    }

  printf ("%" G_GUINT64_FORMAT " rows at head %" G_GINT64_FORMAT ", %u invariants: %" G_GUINT64_FORMAT " findings.\n", audit->n_rows, audit->head,
          audit->invariants->len, audit->n_findings);
}

static void
print_json (const KamAudit *audit)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *invariants = json_array_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < audit->invariants->len; i++)
    {
      const KamInvariant *invariant = g_ptr_array_index (audit->invariants, i);
      JsonObject *entry = json_object_new ();
      JsonArray *examples = json_array_new ();

      for (guint j = 0; j < invariant->examples->len; j++)
        json_array_add_string_element (examples, g_ptr_array_index (invariant->examples, j));

      json_object_set_string_member (entry, "name", invariant->name);
      json_object_set_string_member (entry, "meaning", invariant->meaning);
      json_object_set_int_member (entry, "count", (gint64) invariant->count);
      json_object_set_array_member (entry, "examples", examples);
      json_array_add_object_element (invariants, entry);
    }

  json_object_set_int_member (object, "head", audit->head);
  json_object_set_int_member (object, "rows", (gint64) audit->n_rows);
  json_object_set_int_member (object, "findings", (gint64) audit->n_findings);
  json_object_set_array_member (object, "invariants", invariants);
  json_node_take_object (node, object);
  text = kam_json_to_text (node);
  printf ("%s\n", text);
}

gboolean
kam_command_check (const KamServerConfig  *config,
                   int                     argc,
                   char                  **argv,
                   GError                **error)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (KamDb) db = NULL;
  g_autoptr (KamAudit) audit = NULL;

  if (!kam_command_parse ("check [--json]",
                          "Looks whether everything in the database is as it must be, in one snapshot and without changing anything; servers may go on. "
                          "Says what is not, how often, and where first. Exit status: 0 where all is well, 1 where it is not.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  db = kam_command_open_patiently (config, error);
  audit = db != NULL ? kam_audit_run (db, g_get_real_time (), error) : NULL;
  if (audit == NULL)
    return FALSE;

  if (json)
    print_json (audit);
  else
    print_text (audit);

  if (audit->n_findings == 0)
    return TRUE;

  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "the database is not as it should be: %" G_GUINT64_FORMAT " findings",
               audit->n_findings);

  return FALSE;
}
