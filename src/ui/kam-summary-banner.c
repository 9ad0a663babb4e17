/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-summary-banner.h"

#include "kam-summary.h"

struct _KamSummaryBanner
{
  AdwBin       parent_instance;

  GtkRevealer *revealer;
  GtkLabel    *label;
  GtkWidget   *show;
  GtkWidget   *close;

  KamSummary  *summary; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamSummaryBanner, kam_summary_banner, ADW_TYPE_BIN)

static void
update (KamSummaryBanner *self)
{
  const char *text = kam_summary_get_text (self->summary);

  if (text != NULL)
    gtk_label_set_text (self->label, text);
  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
  /* Closed, its buttons are no stop for the keyboard. */
  gtk_widget_set_visible (self->show, text != NULL);
  gtk_widget_set_visible (self->close, text != NULL);
}

static void
show_cb (KamSummaryBanner *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.view", "s", kam_summary_needs_you (self->summary) ? "changes" : "leads");
  kam_summary_dismiss (self->summary);
}

static void
close_cb (KamSummaryBanner *self)
{
  kam_summary_dismiss (self->summary);
}

static void
kam_summary_banner_dispose (GObject *object)
{
  g_clear_object (&KAM_SUMMARY_BANNER (object)->summary);
  G_OBJECT_CLASS (kam_summary_banner_parent_class)->dispose (object);
}

static void
kam_summary_banner_class_init (KamSummaryBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_summary_banner_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-summary-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, KamSummaryBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, KamSummaryBanner, label);
  gtk_widget_class_bind_template_child (widget_class, KamSummaryBanner, show);
  gtk_widget_class_bind_template_child (widget_class, KamSummaryBanner, close);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
kam_summary_banner_init (KamSummaryBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
kam_summary_banner_set_workspace (KamSummaryBanner *self,
                                  KamWorkspace     *workspace)
{
  g_return_if_fail (self->summary == NULL);

  self->summary = g_object_ref (kam_workspace_get_summary (workspace));
  g_signal_connect_object (self->summary, "notify::text", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
