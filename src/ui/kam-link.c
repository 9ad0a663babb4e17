/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-link.h"

#include <adwaita.h>
#include <glib/gi18n.h>

void
kam_link_toast (GtkWidget  *widget,
                const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast;

  if (overlay == NULL)
    return;

  toast = adw_toast_new ("");
  /* A title is markup. */
  {
    g_autofree char *escaped = g_markup_escape_text (text, -1);

    adw_toast_set_title (toast, escaped);
  }
  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

void
kam_link_copy (GtkWidget  *widget,
               const char *text)
{
  g_autofree char *said = g_strdup_printf (_("Copied %s"), text);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  kam_link_toast (widget, said);
}

static void
open_or_copy (GtkWidget  *widget,
              const char *scheme,
              const char *escaped,
              const char *text)
{
  g_autoptr (GAppInfo) handler = g_app_info_get_default_for_uri_scheme (scheme);
  g_autofree char *uri = g_strconcat (scheme, ":", escaped, NULL);

  if (handler == NULL)
    kam_link_copy (widget, text);
  else
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

void
kam_link_dial (GtkWidget  *widget,
               const char *phone)
{
  open_or_copy (widget, "tel", phone, phone);
}

void
kam_link_write (GtkWidget  *widget,
                const char *email)
{
  g_autofree char *escaped = g_uri_escape_string (email, "@", TRUE);

  open_or_copy (widget, "mailto", escaped, email);
}
