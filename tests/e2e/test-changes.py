#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees and settles of their work when somebody else was faster, or the server says no."""

import re
import subprocess
import time

from kamdesk import Desk, Failure, GLib, run, wait_for

FORM = ("frame", "dialog", "filler")  # GTK 4.8 is not sure what a transient window is
BEFORE = "+919829012345"


def edit_lead(window, name, field, text):
    """Opens the form of a lead from its menu, types into one field and saves."""
    window.choose(name)
    window.expect("heading", name)
    dialog = window.choose_in_menu("Lead Menu", "Edit", lambda: window.find(FORM, "Edit Lead"))
    window.type_into("text", field, text, dialog)
    window.click("push button", re.compile("^_?Save\\b"), dialog)
    window.expect_gone(FORM, "Edit Lead")


def open_leads(desk, name):
    window = desk.open(name, "kam1@kam.test")
    window.expect("label", "Synced")
    window.open_view(2)
    wait_for("the leads", window.rows)
    return window


def phone_of(desk, lead):
    quoted = lead.replace("'", "''")
    return desk.server.sql(f"SELECT phone FROM lead WHERE name = '{quoted}'")


def show_changes(window, what):
    """Opens the Changes page and waits for an entry."""
    window.open_view(5)
    return window.expect("label", re.compile(what))


def conflict_is_settled():
    """fault-13: a phone changed on two devices: the loser sees base, theirs and mine, uses mine, and the other device follows"""
    with Desk(leads=60, kams=2, seed=5) as desk:
        a, b = open_leads(desk, "a"), open_leads(desk, "b")
        lead = a.rows()[1]
        edit_lead(a, lead, "Phone", BEFORE)
        wait_for("the phone is known", lambda: phone_of(desk, lead) == BEFORE)
        wait_for("B knows it too", lambda: desk.server.sql("SELECT head FROM org") and b.has_row(lead))
        b.choose(lead)
        b.expect("push button", re.compile("098290 12345"))

        desk.server.stop()
        wait_for("A is offline", lambda: a.find("label", re.compile("[Oo]ffline")))
        edit_lead(a, lead, "Phone", "+919829011111")
        a.close()
        desk.server.start()
        b.activate("win.sync")
        b.expect("label", "Synced")
        edit_lead(b, lead, "Phone", "+919829099999")
        wait_for("B was faster", lambda: phone_of(desk, lead) == "+919829099999")

        again = desk.open("a")
        again.open_view(2)
        wait_for("the leads", again.rows)
        again.choose(lead)
        again.expect("label", "A change is in conflict")
        show_changes(again, f"Phone of {re.escape(lead)}")
        for value in ("098290 12345", "098290 99999", "098290 11111"):
            again.expect("label", re.compile(value))
        again.click("push button", "Use Mine")
        wait_for("mine is taken", lambda: phone_of(desk, lead) == "+919829011111")
        again.expect("label", "Nothing Needs You")
        b.activate("win.sync")
        b.expect("push button", re.compile("098290 11111"))
        if desk.server.sql("SELECT COUNT(*) FROM conflict") != "0":
            raise Failure("the conflict is still open")


def rejection_is_dismissed():
    """fault-05: a change that the server refuses is shown with its reason, holds nothing else up, and can be dismissed and brought back"""
    with Desk(leads=60, kams=2, seed=5) as desk:
        a = open_leads(desk, "a")
        refused, good = a.rows()[1:3]
        quoted = refused.replace("'", "''")
        desk.server.stop()
        wait_for("A is offline", lambda: a.find("label", re.compile("[Oo]ffline")))
        edit_lead(a, refused, "City", "Nowhere")
        edit_lead(a, good, "City", "Somewhere")
        desk.server.start()
        lead_id = f"(SELECT id FROM (SELECT id FROM lead WHERE name = '{quoted}') AS it)"
        desk.server.sql("SET foreign_key_checks = 0; " + "; ".join(f"DELETE FROM {table} WHERE lead_id = {lead_id}" for table in
                                                                   ("lead_event", "interaction", "contact")) + f"; DELETE FROM lead WHERE id = {lead_id}")
        a.activate("win.sync")
        wait_for("the other change came through", lambda: desk.server.sql("SELECT COUNT(*) FROM lead WHERE city = 'Somewhere'") == "1")
        show_changes(a, f"City of {re.escape(refused)}")
        a.expect("label", re.compile("no longer yours to change"))
        a.click("push button", "Dismiss")
        a.expect("label", "Nothing Needs You")
        a.click("push button", "Undo")
        a.click("push button", "Dismiss")
        a.expect("label", "Nothing Needs You")


def choose_file(window, action, path):
    """Answers a file chooser with a path, as one who types it."""
    before = window.newest_window()
    try:
        window.activate(action)
    except GLib.Error:  # the chooser takes longer to come than accessibility waits for an answer
        pass
    wait_for("the file chooser", lambda: window.newest_window() != before)
    time.sleep(2)
    window.focus()
    subprocess.run(["xdotool", "key", "ctrl+a"], check=True)
    subprocess.run(["xdotool", "type", "--delay", "30", str(path)], check=True)
    subprocess.run(["xdotool", "key", "Return"], check=True)
    wait_for("the file chooser goes", lambda: window.newest_window() == before)


def file_goes_and_comes():
    """What waits on a device that cannot send goes to a file, from there to another device of the same person, and is done once"""
    with Desk(leads=60, kams=2, seed=5) as desk:
        a, b = open_leads(desk, "a"), open_leads(desk, "b")
        lead = a.rows()[1]
        desk.server.stop()
        wait_for("A is offline", lambda: a.find("label", re.compile("[Oo]ffline")))
        edit_lead(a, lead, "City", "Carried by hand")
        path = desk.folder / "carried.kam-changes"
        choose_file(a, "win.export-changes", path)
        wait_for("the file", path.exists)
        if path.stat().st_mode & 0o077:
            raise Failure("others may read the file")
        a.close()

        choose_file(b, "win.import-changes", path)
        show_changes(b, f"City of {re.escape(lead)}")
        desk.server.start()
        b.activate("win.sync")
        wait_for("it came through", lambda: desk.server.sql("SELECT COUNT(*) FROM lead WHERE city = 'Carried by hand'") == "1")
        again = desk.open("a")
        again.expect("label", "Synced")
        show_changes(again, "Nothing Needs You")
        if desk.server.sql("SELECT COUNT(*) FROM history WHERE field = 'city' AND `after` LIKE '%Carried%'") != "1":
            raise Failure("it was done more than once")


if __name__ == "__main__":
    run(conflict_is_settled, rejection_is_dismissed, file_goes_and_comes)
