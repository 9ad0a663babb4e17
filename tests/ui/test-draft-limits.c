/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft.h"
#include "kam-test-workspace.h"

#include <string.h>

/* Every field of every form: what is over its limits is refused at the field with a sentence, and stays as it was typed; what is at them is stored as
 * it was meant. */

typedef struct
{
  gboolean done;
  GError  *error; /* (owned) (nullable) */
} Saving;

/* stored: NULL where it must be refused */
typedef void (*CaseFunc) (guint       field,
                          const char *typed,
                          const char *stored,
                          gpointer    user_data);

typedef struct
{
  TestWorkspace *workspace; /* (owned) */
  KamRow        *lead;      /* (owned) */
  KamEntityKind  kind;
} Fixture;

static const guint lead_fields[] = {
  KAM_LEAD_NAME,    KAM_LEAD_PHONE, KAM_LEAD_EMAIL,         KAM_LEAD_TIER,      KAM_LEAD_ADDRESS,   KAM_LEAD_CITY,      KAM_LEAD_STATE, KAM_LEAD_POSTCODE,
  KAM_LEAD_COUNTRY, KAM_LEAD_KAM,   KAM_LEAD_CALL_INTERVAL, KAM_LEAD_CALL_TIME, KAM_LEAD_TIME_ZONE, KAM_LEAD_OPEN_DAYS, KAM_LEAD_PARENT, KAM_LEAD_TAGS,
  KAM_LEAD_NOTES,
};
static const guint contact_fields[] = {
  KAM_CONTACT_NAME,       KAM_CONTACT_ROLE,           KAM_CONTACT_PHONE,    KAM_CONTACT_EMAIL,  KAM_CONTACT_INFLUENCE, KAM_CONTACT_PRIMARY,
  KAM_CONTACT_REPORTS_TO, KAM_CONTACT_PREFERRED_TIME, KAM_CONTACT_LANGUAGE, KAM_CONTACT_NOTIFY, KAM_CONTACT_LEFT_ON,   KAM_CONTACT_NOTES,
};
static const guint interaction_fields[] = {
  KAM_INTERACTION_OUTCOME,  KAM_INTERACTION_CONTACT,         KAM_INTERACTION_LOCAL_DATE, KAM_INTERACTION_LOCAL_TIME,   KAM_INTERACTION_ORDER_VALUE,
  KAM_INTERACTION_CURRENCY, KAM_INTERACTION_ORDER_REFERENCE, KAM_INTERACTION_SUMMARY,    KAM_INTERACTION_FOLLOW_UP_ON, KAM_INTERACTION_FOLLOW_UP_DONE,
  KAM_INTERACTION_DURATION,
};

static char *
fill (const char *pattern,
      gint64      n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *c = pattern;

  for (gint64 i = 0; i < n; i++)
    {
      g_string_append_unichar (text, g_utf8_get_char (c));
      c = g_utf8_next_char (c);
      if (*c == '\0')
        c = pattern;
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
text_cases (const KamField *field,
            guint           index,
            CaseFunc        func,
            gpointer        user_data)
{
  const char *const patterns[] = { "a", "🍛", "क्षमा", "שלום", "\"'\\" };

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *at = fill (patterns[i], field->most);
      g_autofree char *over = fill (patterns[i], field->most + 1);
      g_autofree char *padded = g_strconcat ("  ", at, " ", NULL);

      func (index, at, at, user_data);
      func (index, over, NULL, user_data);
      if (field->type != KAM_TYPE_TAGS)
        func (index, padded, at, user_data);
    }
  func (index, "a\x01z", NULL, user_data);
  if (field->least > 0)
    func (index, "   ", NULL, user_data);
}

static void
email_cases (guint    index,
             CaseFunc func,
             gpointer user_data)
{
  g_autofree char *label = g_strnfill (62, 'b');
  g_autofree char *local = g_strnfill (64, 'a');
  g_autofree char *at = g_strdup_printf ("%s@%s.%s.%.60s.in", local, label, label, label);
  g_autofree char *over = g_strdup_printf ("%s@%s.%s.%.61s.in", local, label, label, label);

  func (index, at, at, user_data);
  func (index, over, NULL, user_data);
  func (index, "a@", NULL, user_data);
  func (index, "a@b.in, c@d.in", NULL, user_data);
}

static void
number_cases (const KamField *field,
              guint           index,
              CaseFunc        func,
              gpointer        user_data)
{
  g_autofree char *least = g_strdup_printf ("%" G_GINT64_FORMAT, field->least);
  g_autofree char *most = g_strdup_printf ("%" G_GINT64_FORMAT, field->most);
  g_autofree char *below = g_strdup_printf ("%" G_GINT64_FORMAT, field->least - 1);
  g_autofree char *over = g_strdup_printf ("%" G_GINT64_FORMAT, field->most + 1);

  func (index, least, least, user_data);
  func (index, most, most, user_data);
  func (index, below, NULL, user_data);
  func (index, over, NULL, user_data);
  func (index, "99999999999999999999", NULL, user_data);
  func (index, "often", NULL, user_data);
  if (field->type != KAM_TYPE_BOOL)
    func (index, "1.5", NULL, user_data);
}

static void
choice_cases (const KamField *field,
              guint           index,
              CaseFunc        func,
              gpointer        user_data)
{
  for (guint i = 0; field->choices[i] != NULL; i++)
    func (index, field->choices[i], field->choices[i], user_data);

  func (index, "dragon", NULL, user_data);
}

/* Typed text, and what is stored of it. */
static const struct
{
  KamFieldType type;
  const char  *typed;
  const char  *stored;
} typed_cases[] = {
  { KAM_TYPE_PHONE, "098290 12345", "+919829012345" },
  { KAM_TYPE_PHONE, "+44 20 7946 0018", "+442079460018" },
  { KAM_TYPE_PHONE, "12", NULL },
  { KAM_TYPE_PHONE, "ask at the desk", NULL },
  { KAM_TYPE_PHONE, "+91 98290 12345 98290 12345", NULL },
  { KAM_TYPE_COUNTRY, "np", "NP" },
  { KAM_TYPE_COUNTRY, "India", NULL },
  { KAM_TYPE_COUNTRY, "ZZ", NULL },
  { KAM_TYPE_CURRENCY, "usd", "USD" },
  { KAM_TYPE_CURRENCY, "rupees", NULL },
  { KAM_TYPE_LANGUAGE, "HI-in", "hi-IN" },
  { KAM_TYPE_LANGUAGE, "what they speak", NULL },
  { KAM_TYPE_LANGUAGE, "en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaa", "en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaa" },
  { KAM_TYPE_LANGUAGE, "en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaa", NULL },
  { KAM_TYPE_TIME_ZONE, "Asia/Kathmandu", "Asia/Kathmandu" },
  { KAM_TYPE_TIME_ZONE, "Nowhere/Land", NULL },
  { KAM_TYPE_ID, "somebody", NULL },
  { KAM_TYPE_DATE, "2026-11-20", "2026-11-20" },
  { KAM_TYPE_DATE, "2026-02-30", NULL },
  { KAM_TYPE_DATE, "31/02", NULL },
  { KAM_TYPE_DATE, "never", NULL },
  { KAM_TYPE_TIME, "930", "09:30" },
  { KAM_TYPE_TIME, "00:00", "00:00" },
  { KAM_TYPE_TIME, "24:00", NULL },
  { KAM_TYPE_TIME, "25:00", NULL },
  { KAM_TYPE_TIME, "noonish", NULL },
  { KAM_TYPE_MONEY, "1000000000000", "100000000000000" },
  { KAM_TYPE_MONEY, "0", "0" },
  { KAM_TYPE_MONEY, "12,500.50", "1250050" },
  { KAM_TYPE_MONEY, "1000000000000.01", NULL },
  { KAM_TYPE_MONEY, "99999999999999999999", NULL },
  { KAM_TYPE_MONEY, "-1", NULL },
  { KAM_TYPE_MONEY, "a lot", NULL },
};

static void
for_each_case (Fixture  *self,
               guint     index,
               CaseFunc  func)
{
  const KamField *field = &kam_entity_get (self->kind)->fields[index];

  switch (field->type)
    {
    case KAM_TYPE_TEXT:
    case KAM_TYPE_LONG_TEXT:
    case KAM_TYPE_TAGS:
      text_cases (field, index, func, self);
      break;
    case KAM_TYPE_EMAIL:
      email_cases (index, func, self);
      break;
    case KAM_TYPE_ENUM:
      choice_cases (field, index, func, self);
      break;
    case KAM_TYPE_INT:
    case KAM_TYPE_DAYS:
    case KAM_TYPE_BOOL:
      number_cases (field, index, func, self);
      break;
    default:
      for (gsize i = 0; i < G_N_ELEMENTS (typed_cases); i++)
        {
          if (typed_cases[i].type == field->type)
            func (index, typed_cases[i].typed, typed_cases[i].stored, self);
        }
      break;
    }
}

static KamDraft *
make_draft (Fixture *self)
{
  KamWorkspace *workspace = self->workspace->workspace;
  KamDraft *draft;

  if (self->kind == KAM_ENTITY_INTERACTION)
    {
      draft = kam_draft_new_interaction (workspace, self->lead, "order", "done");
      kam_draft_set_text (draft, KAM_INTERACTION_ORDER_VALUE, "100");
      return draft;
    }

  draft = self->kind == KAM_ENTITY_LEAD ? kam_draft_new_lead (workspace) : kam_draft_new_contact (workspace, self->lead);
  kam_draft_set_text (draft, self->kind == KAM_ENTITY_LEAD ? (guint) KAM_LEAD_NAME : (guint) KAM_CONTACT_NAME, "Spice Garden");

  return draft;
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Saving *saving = user_data;

  kam_draft_save_finish (KAM_DRAFT (source), result, &saving->error);
  saving->done = TRUE;
}

static gboolean
is_done (gpointer user_data)
{
  return ((Saving *) user_data)->done;
}

static void
check_refused (KamDraft   *draft,
               guint       field,
               const char *typed,
               GError     *error)
{
  const char *problem = kam_draft_get_problem (draft, field);

  if (!g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID) || problem == NULL)
    g_error ("“%s”: %.60s was not refused", kam_draft_get_entity (draft)->fields[field].name, typed);

  g_assert_cmpint (g_utf8_strlen (problem, -1), >, 10);
  /* Nobody types minor units. */
  g_assert_null (strstr (problem, "100000000000000"));
  g_assert_cmpstr (kam_draft_get_text (draft, field), ==, typed);
  /* Blanks are nothing that could be lost. */
  g_assert_true (kam_draft_is_dirty (draft) || strspn (typed, " ") == strlen (typed));
  g_assert_true (kam_draft_is_new (draft));
  g_assert_false (kam_draft_is_saving (draft));
}

static void
check_saved (Fixture    *self,
             KamDraft   *draft,
             guint       field,
             const char *typed,
             const char *stored,
             GError     *error)
{
  const char *problem = kam_draft_get_problem (draft, field);
  g_autoptr (KamRow) row = NULL;
  g_autofree char *got = NULL;

  if (error != NULL)
    g_error ("“%s”: %.60s was refused: %s", kam_draft_get_entity (draft)->fields[field].name, typed, problem != NULL ? problem : error->message);

  row = test_workspace_get (self->workspace, self->kind, kam_draft_get_id (draft));
  if (kam_row_get (row, field)->kind == KAM_VALUE_INT)
    got = g_strdup_printf ("%" G_GINT64_FORMAT, kam_row_int (row, field, 0));
  else
    got = g_strdup (kam_row_text (row, field));
  g_assert_cmpstr (got, ==, stored);
  g_assert_false (kam_draft_is_dirty (draft));
}

static void
case_cb (guint       field,
         const char *typed,
         const char *stored,
         gpointer    user_data)
{
  Fixture *self = user_data;
  g_autoptr (KamDraft) draft = make_draft (self);
  Saving saving = { FALSE, NULL };

  kam_draft_set_text (draft, field, typed);
  g_assert_cmpstr (kam_draft_get_text (draft, field), ==, typed);
  kam_draft_save_async (draft, NULL, NULL, saved_cb, &saving);
  test_workspace_wait (is_done, &saving);
  if (stored == NULL)
    check_refused (draft, field, typed, saving.error);
  else
    check_saved (self, draft, field, typed, stored, saving.error);
  g_clear_error (&saving.error);
}

static void
run (KamEntityKind kind,
     const guint  *fields,
     gsize         n_fields)
{
  Fixture self = { .kind = kind, .workspace = test_workspace_new (0) };

  self.lead = test_workspace_add_lead (self.workspace, "Spice Garden");
  for (gsize i = 0; i < n_fields; i++)
    for_each_case (&self, fields[i], case_cb);

  kam_row_unref (self.lead);
  test_workspace_free (self.workspace);
}

static void
test_lead (void)
{
  run (KAM_ENTITY_LEAD, lead_fields, G_N_ELEMENTS (lead_fields));
}

static void
test_contact (void)
{
  run (KAM_ENTITY_CONTACT, contact_fields, G_N_ELEMENTS (contact_fields));
}

static void
test_interaction (void)
{
  run (KAM_ENTITY_INTERACTION, interaction_fields, G_N_ELEMENTS (interaction_fields));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/draft-limits/lead", test_lead);
  g_test_add_func ("/draft-limits/contact", test_contact);
  g_test_add_func ("/draft-limits/interaction", test_interaction);

  return g_test_run ();
}
