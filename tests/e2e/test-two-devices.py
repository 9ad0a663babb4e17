#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person saves on one device reaches their other one through the server, and nobody who may not see it."""

import re
import time

from kamdesk import Desk, Failure, run, wait_for

# Every kind of text that was ever lost somewhere: emoji, Devanagari, quotes, right to left, and as long as a name may be.
NEW_NAME = "Ömer's \"Zaika\" 🍛 दिल्ली <b>&amp; مطعم"
LONG_NAME = ("लंबा नाम wide ﷽ " * 20)[:199] + "…"
CONTACT = "रमेश O'Brien"
SUMMARY = "Wants 12 bags of besan; ८ किलो घी"
FORM = ("frame", "dialog", "filler")  # GTK 4.8 is not sure what a transient window is


def fill(window, frame, fields, button="Save"):
    dialog = window.expect(FORM, frame)
    for field, text in fields.items():
        window.type_into("text", field, text, dialog)
    window.click("push button", re.compile(f"^_?{button}\\b"), dialog)
    window.expect_gone(FORM, frame)


def edit(window):
    """Opens the form of the lead that is shown, from its menu."""
    return window.choose_in_menu("Lead Menu", "Edit", lambda: window.find(FORM, "Edit Lead"))


def waits(window):
    return window.find("label", re.compile(r"\d+ changes? waiting|[Oo]ffline"))


def work_offline(a):
    """Adds a lead with a contact and a call, edits another, deletes one. Returns the names of the edited and the deleted lead."""
    edited, deleted = a.rows()[:2]

    a.activate("win.new-lead")
    fill(a, "New Lead", {"Name": NEW_NAME, "Phone": "098765 43210", "City": "Kota"})
    a.expect("heading", NEW_NAME)
    a.click("push button", "Add Contact")
    fill(a, "New Contact", {"Name": CONTACT, "Phone": "+91 98290 12345", "Role": "owner"})
    a.expect("label", CONTACT)
    a.click("push button", "Log Call")
    dialog = a.expect(FORM, "Log Call")
    a.click(("push button", "toggle button"), "Reached", dialog)
    fill(a, "Log Call", {"Summary": SUMMARY})
    a.expect("label", SUMMARY)
    a.expect("label", re.compile("Contacted"))

    a.choose(edited)
    a.expect("heading", edited)
    edit(a)
    fill(a, "Edit Lead", {"Name": LONG_NAME})
    a.expect("heading", LONG_NAME)

    a.choose(deleted)
    a.expect("heading", deleted)
    a.choose_in_menu("Lead Menu", "Delete", lambda: not a.has_row(deleted))

    return edited, deleted


def check_database(server, edited, deleted):
    row = server.sql(f"SELECT l.phone, l.city, l.status, c.name, i.summary, i.state FROM lead l JOIN contact c ON c.lead_id = l.id JOIN interaction i ON i.lead_id = l.id "
                     f"WHERE l.name = '{NEW_NAME}'".replace("Ömer's", "Ömer''s"))
    if row.split("\t") != ["+919876543210", "Kota", "contacted", CONTACT, SUMMARY, "done"]:
        raise Failure(f"MariaDB holds {row!r}")
    if server.sql(f"SELECT COUNT(*) FROM lead WHERE name = '{LONG_NAME}'") != "1":
        raise Failure("MariaDB does not hold the edit byte for byte")
    quoted = deleted.replace("'", "''")
    if server.sql(f"SELECT COUNT(*) FROM lead WHERE name = '{quoted}' AND delete_id IS NULL") != "0":
        raise Failure("MariaDB does not know the deletion")


def check_others(desk, other, deleted):
    if other.has_row(NEW_NAME) or other.has_row(LONG_NAME):
        raise Failure("another KAM sees them")
    pulled = desk.server.pull_all(desk.server.sign_in("kam2@kam.test"))
    names = {row["name"] for row in pulled["lead"].values()} | {row["name"] for row in pulled["contact"].values()}
    texts = {row["summary"] for row in pulled["interaction"].values()}
    if {NEW_NAME, LONG_NAME, CONTACT, deleted} & names or SUMMARY in texts:
        raise Failure("another KAM's pull holds them")


def two_devices():
    """Offline edits on one device reach the other one, MariaDB and the manager, and no other KAM"""
    with Desk(leads=60, kams=3, seed=7) as desk:
        people = {"a": "kam1", "b": "kam1", "other": "kam2", "manager": "manager1"}
        a, b, other, manager = (desk.open(name, f"{person}@kam.test") for name, person in people.items())
        for window in (a, b, other, manager):
            window.expect("label", "Synced")
            window.open_view(2)
            wait_for("a list", window.rows)

        head = int(desk.server.sql("SELECT head FROM org"))
        desk.server.stop()
        wait_for("A says that it is offline", lambda: waits(a))
        edited, deleted = work_offline(a)
        if waits(a) is None:
            raise Failure("A does not say that changes wait")

        desk.server.start()
        for window in (b, manager, other):
            window.activate("win.sync")
            window.expect("label", "Synced")
        a.activate("win.sync")
        wait_for("A's changes are committed", lambda: int(desk.server.sql("SELECT head FROM org")) > head)
        begin = time.monotonic()
        wait_for("B shows all three changes", lambda: b.has_row(NEW_NAME) and b.has_row(LONG_NAME) and not b.has_row(deleted))
        print(f"# B showed them {time.monotonic() - begin:.2f} s after the commit")
        a.expect("label", "Synced")

        b.choose(NEW_NAME)
        for text in (CONTACT, SUMMARY):
            b.expect("label", text)
        check_database(desk.server, edited, deleted)
        wait_for("the manager's window shows them", lambda: manager.has_row(NEW_NAME) and manager.has_row(LONG_NAME) and not manager.has_row(deleted))
        check_others(desk, other, deleted)


def goes_up_by_itself():
    """What was saved offline survives a restart of the program, and goes up by itself when the server returns"""
    with Desk(leads=30, kams=1, seed=3) as desk:
        a = desk.open("a", "kam1@kam.test")
        a.expect("label", "Synced")
        desk.server.stop()
        a.activate("win.new-lead")
        fill(a, "New Lead", {"Name": NEW_NAME})
        a.expect("heading", NEW_NAME)
        a.close()

        again = desk.open("a")
        again.open_view(2)
        wait_for("the lead is still there", lambda: again.has_row(NEW_NAME))
        desk.server.start()
        wait_for("MariaDB holds it", lambda: desk.server.sql(f"SELECT COUNT(*) FROM lead WHERE name = '{NEW_NAME}'".replace("Ömer's", "Ömer''s")) == "1", 90)
        again.expect("label", "Synced")


def keeps_one_s_place():
    """Changes of others appear in an open view without losing selection or typed text"""
    with Desk(leads=60, kams=2, seed=5) as desk:
        a, b = desk.open("a", "kam1@kam.test"), desk.open("b", "kam1@kam.test")
        for window in (a, b):
            window.expect("label", "Synced")
            window.open_view(2)
            wait_for("a list", window.rows)
        first, second, third = b.rows()[:3]
        b.choose(second)
        b.expect("heading", second)
        dialog = edit(b)
        b.type_into("text", "City", "Typed but not saved", dialog)

        a.choose(second)
        a.expect("heading", second)
        edit(a)
        fill(a, "Edit Lead", {"Postcode": "324001"})
        a.choose(first)
        a.expect("heading", first)
        a.choose_in_menu("Lead Menu", "Delete", lambda: not a.has_row(first))

        wait_for("B's list follows", lambda: not b.has_row(first) and b.has_row(third))
        wait_for("the untouched field follows in the open form", lambda: text_of(b, dialog, "Postcode") == "324001")
        if text_of(b, dialog, "City") != "Typed but not saved":
            raise Failure("what was typed is lost")
        b.expect("heading", second)
        b.click("push button", re.compile("^_?Save"), dialog)
        wait_for("MariaDB holds both edits", lambda: desk.server.sql("SELECT COUNT(*) FROM lead WHERE city = 'Typed but not saved' AND postcode = '324001'") == "1")


def text_of(window, dialog, field):
    node = window.expect("text", field, dialog)
    return node.get_text(0, node.get_character_count())


if __name__ == "__main__":
    run(two_devices, goes_up_by_itself, keeps_one_s_place)
