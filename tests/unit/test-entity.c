/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-entity.h"

#include <string.h>

static void
check_bounds (const KamField *field)
{
  g_assert_cmpint (field->least, <=, field->most);
  g_assert_cmpint (field->least, >=, 0);

  /* Where only one word of a given form is possible, its form is the limit. */
  switch (field->type)
    {
    case KAM_TYPE_TEXT:
    case KAM_TYPE_LONG_TEXT:
    case KAM_TYPE_EMAIL:
    case KAM_TYPE_TIME_ZONE:
    case KAM_TYPE_TAGS:
    case KAM_TYPE_INT:
    case KAM_TYPE_MONEY:
      g_assert_cmpint (field->most, >, 0);
      break;
    case KAM_TYPE_DAYS:
      g_assert_cmpint (field->least, ==, 1);
      g_assert_cmpint (field->most, ==, 127);
      break;
    case KAM_TYPE_BOOL:
      g_assert_cmpint (field->most, ==, 1);
      break;
    default:
      break;
    }
}

static void
check_field (const KamEntity *entity,
             guint            index)
{
  const KamField *field = &entity->fields[index];

  g_assert_nonnull (field->label);
  g_assert_cmpint (kam_entity_find_field (entity, field->name), ==, (int) index);
  g_assert_cmpint (strspn (field->name, "abcdefghijklmnopqrstuvwxyz_"), ==, strlen (field->name));
  g_assert_cmpstr (field->name, !=, "id");
  g_assert_cmpstr (field->name, !=, "rev");
  g_assert_cmpstr (field->name, !=, "scope");
  g_assert_cmpint (field->type == KAM_TYPE_ENUM, ==, field->choices != NULL);
  g_assert_true (field->refers == -1 || field->type == KAM_TYPE_ID);
  g_assert_cmpint (field->refers, <, KAM_N_ENTITIES);
  g_assert_true (field->merge != KAM_MERGE_TEXT || field->type == KAM_TYPE_LONG_TEXT);
  g_assert_cmpint (field->merge == KAM_MERGE_SET, ==, field->type == KAM_TYPE_TAGS);

  /* What the server derives nobody merges, and the other way round. */
  g_assert_cmpint (field->writer == KAM_WRITER_SERVER || field->writer == KAM_WRITER_DELETION, ==, field->merge == KAM_MERGE_DERIVED);
  check_bounds (field);
}

static void
test_fields (void)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      g_assert_cmpint (entity->kind, ==, i);
      g_assert_true (kam_entity_by_name (entity->name) == entity);

      for (guint f = 0; f < entity->n_fields; f++)
        check_field (entity, f);
    }

  g_assert_null (kam_entity_by_name ("pet"));
  g_assert_cmpint (kam_entity_find_field (kam_entity_get (KAM_ENTITY_LEAD), "mood"), ==, -1);
}

/* A row refers to what travels before it, or to its own kind. */
static void
test_order (void)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      for (guint f = 0; f < entity->n_fields; f++)
        g_assert_cmpint (entity->fields[f].refers, <=, (int) i);
    }
}

static void
test_places (void)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      if (entity->lead_field >= 0)
        {
          g_assert_cmpstr (entity->fields[entity->lead_field].name, ==, "lead_id");
          g_assert_cmpint (entity->fields[entity->lead_field].refers, ==, KAM_ENTITY_LEAD);
        }

      g_assert_cmpint (kam_entity_find_field (entity, "delete_id"), ==, entity->delete_field);

      if (entity->delete_field >= 0)
        g_assert_cmpint (entity->fields[entity->delete_field].writer, ==, KAM_WRITER_DELETION);
    }
}

/* A group is two fields or more, which merge and are written alike. */
static void
test_groups (void)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      for (guint f = 0; f < entity->n_fields; f++)
        {
          guint members = 0;

          for (guint g = 0; g < entity->n_fields; g++)
            {
              if (entity->fields[g].group != entity->fields[f].group)
                continue;

              members++;
              g_assert_true (entity->fields[f].group == 0 || entity->fields[g].writer == entity->fields[f].writer);
              g_assert_true (entity->fields[f].group == 0 || entity->fields[g].merge == KAM_MERGE_FIELD);
            }

          g_assert_true (entity->fields[f].group == 0 || members >= 2);
        }
    }
}

static void
check_choices (const KamField *field)
{
  for (guint c = 0; field->choices[c] != NULL; c++)
    {
      g_assert_cmpint (kam_field_find_choice (field, field->choices[c]), ==, (int) c);

      /* Every word has a label, which begins with a capital. */
      g_assert_true (g_ascii_isupper (kam_field_choice_label (field, field->choices[c])[0]));
    }

  g_assert_cmpint (kam_field_find_choice (field, "frobnicated"), ==, -1);
  g_assert_cmpstr (kam_field_choice_label (field, "frobnicated"), ==, "frobnicated");
}

static void
test_choices (void)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      for (guint f = 0; f < entity->n_fields; f++)
        {
          if (entity->fields[f].choices != NULL)
            check_choices (&entity->fields[f]);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/entity/fields", test_fields);
  g_test_add_func ("/entity/order", test_order);
  g_test_add_func ("/entity/places", test_places);
  g_test_add_func ("/entity/groups", test_groups);
  g_test_add_func ("/entity/choices", test_choices);

  return g_test_run ();
}
