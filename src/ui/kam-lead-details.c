/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-details.h"

#include "kam-link.h"
#include "kam-text.h"
#include "kam-words.h"

#include <glib/gi18n.h>

typedef enum
{
  DETAIL_ADDRESS,
  DETAIL_EMAIL,
  DETAIL_OWNER,
  DETAIL_INTERVAL,
  DETAIL_CALL_TIME,
  DETAIL_OPEN_DAYS,
  DETAIL_TAGS,
  DETAIL_NOTES,
  N_DETAILS
} Detail;

static const char *const titles[N_DETAILS] = {
  [DETAIL_ADDRESS] = N_("Address"),     [DETAIL_EMAIL] = N_("Email"),
  [DETAIL_OWNER] = N_("Key account manager"), [DETAIL_INTERVAL] = N_("Call"),
  [DETAIL_CALL_TIME] = N_("Call time"), [DETAIL_OPEN_DAYS] = N_("Open days"),
  [DETAIL_TAGS] = N_("Tags"),           [DETAIL_NOTES] = N_("Notes"),
};

struct _KamLeadDetails
{
  AdwPreferencesGroup parent_instance;

  AdwActionRow *rows[N_DETAILS];
  GtkWidget    *mail_button;
  char         *email;   /* (owned) (nullable) */
  char         *address; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamLeadDetails, kam_lead_details, ADW_TYPE_PREFERENCES_GROUP)

static void
mail_cb (KamLeadDetails *self)
{
  if (self->email != NULL)
    kam_link_write (GTK_WIDGET (self), self->email);
}

static void
copy_address_cb (KamLeadDetails *self)
{
  if (self->address != NULL)
    kam_link_copy (GTK_WIDGET (self), self->address);
}

static void
kam_lead_details_finalize (GObject *object)
{
  KamLeadDetails *self = KAM_LEAD_DETAILS (object);

  g_free (self->email);
  g_free (self->address);

  G_OBJECT_CLASS (kam_lead_details_parent_class)->finalize (object);
}

static void
kam_lead_details_class_init (KamLeadDetailsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_lead_details_finalize;
}

static GtkWidget *
add_button (KamLeadDetails *self,
            Detail          detail,
            const char     *icon,
            const char     *name,
            GCallback       callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", callback, self);
  adw_action_row_add_suffix (self->rows[detail], button);

  return button;
}

static void
kam_lead_details_init (KamLeadDetails *self)
{
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Details"));
  for (guint i = 0; i < N_DETAILS; i++)
    {
      self->rows[i] = ADW_ACTION_ROW (adw_action_row_new ());
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->rows[i]), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rows[i]), _(titles[i]));
      adw_action_row_set_subtitle_lines (self->rows[i], 0);
      gtk_widget_add_css_class (GTK_WIDGET (self->rows[i]), "kam-detail");
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->rows[i]));
    }
  self->mail_button = add_button (self, DETAIL_EMAIL, "mail-message-new-symbolic", _("Write Email"), G_CALLBACK (mail_cb));
  add_button (self, DETAIL_ADDRESS, "edit-copy-symbolic", _("Copy Address"), G_CALLBACK (copy_address_cb));
}

static void
show (KamLeadDetails *self,
      Detail          detail,
      const char     *text)
{
  GtkWidget *row = GTK_WIDGET (self->rows[detail]);

  adw_action_row_set_subtitle (self->rows[detail], text != NULL ? text : "");
  gtk_widget_set_visible (row, text != NULL && *text != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _(titles[detail]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}

static void
append_part (GString    *address,
             const char *separator,
             const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (address->len > 0)
    g_string_append (address, separator);
  g_string_append (address, part);
}

/* As one writes it on a letter. */
static char *
write_address (KamRow *lead)
{
  GString *address = g_string_new (kam_row_text (lead, KAM_LEAD_ADDRESS));
  g_autoptr (GString) place = g_string_new (kam_row_text (lead, KAM_LEAD_CITY));

  append_part (place, " ", kam_row_text (lead, KAM_LEAD_POSTCODE));
  append_part (place, ", ", kam_row_text (lead, KAM_LEAD_STATE));
  append_part (address, "\n", place->str);
  if (address->len > 0 && !kam_row_is (lead, KAM_LEAD_COUNTRY, "IN"))
    append_part (address, "\n", kam_row_text (lead, KAM_LEAD_COUNTRY));

  return g_string_free (address, FALSE);
}

/* The restaurant's clock, and one's own where it differs. */
static char *
write_call_time (KamWorkspace *workspace,
                 KamLeadModel *model)
{
  KamRow *lead = kam_lead_model_get_lead (model);
  const char *me = kam_workspace_get_user_id (workspace);
  KamRow *person = me != NULL ? kam_workspace_get_person (workspace, me) : NULL;
  const char *time = kam_row_text (lead, KAM_LEAD_CALL_TIME), *zone = kam_row_text (lead, KAM_LEAD_TIME_ZONE);
  g_autofree char *today = kam_lead_model_dup_today (model), *own = NULL, *city = NULL;

  if (zone != NULL)
    city = kam_words_zone (zone);
  if (time == NULL)
    return person != NULL && zone != NULL && !kam_row_is (person, KAM_USER_TIME_ZONE, zone) ? g_steal_pointer (&city) : NULL;

  if (person != NULL)
    own = kam_words_other_clock (today, time, zone, kam_row_text (person, KAM_USER_TIME_ZONE));

  /* TRANSLATORS: time at the restaurant, its city, time on one's own clock */
  return own != NULL ? g_strdup_printf (_("%s in %s · %s"), time, city, own) : g_strdup (time);
}

/**
 * kam_lead_details_update:
 *
 * Shows the lead that the model holds; it must hold one.
 */
void
kam_lead_details_update (KamLeadDetails *self,
                         KamWorkspace   *workspace,
                         KamLeadModel   *model)
{
  KamRow *lead = kam_lead_model_get_lead (model);
  const char *owner = kam_row_text (lead, KAM_LEAD_KAM), *tags = kam_row_text (lead, KAM_LEAD_TAGS);
  g_auto (GStrv) split = tags != NULL ? kam_tags_split (tags) : NULL;
  g_autofree char *joined = split != NULL ? g_strjoinv (", ", split) : NULL;
  g_autofree char *interval = NULL, *days = NULL, *call_time = write_call_time (workspace, model);

  g_free (self->address);
  self->address = write_address (lead);
  g_free (self->email);
  self->email = g_strdup (kam_row_text (lead, KAM_LEAD_EMAIL));
  if (!kam_row_is_null (lead, KAM_LEAD_CALL_INTERVAL))
    interval = kam_words_interval (kam_row_int (lead, KAM_LEAD_CALL_INTERVAL, 0));
  if (!kam_row_is_null (lead, KAM_LEAD_OPEN_DAYS))
    days = kam_words_days (kam_row_int (lead, KAM_LEAD_OPEN_DAYS, 0));

  show (self, DETAIL_ADDRESS, self->address);
  show (self, DETAIL_EMAIL, self->email);
  show (self, DETAIL_OWNER, owner != NULL ? kam_workspace_get_person_name (workspace, owner) : NULL);
  show (self, DETAIL_INTERVAL, interval);
  show (self, DETAIL_CALL_TIME, call_time);
  show (self, DETAIL_OPEN_DAYS, days);
  show (self, DETAIL_TAGS, joined);
  show (self, DETAIL_NOTES, kam_row_text (lead, KAM_LEAD_NOTES));
}
