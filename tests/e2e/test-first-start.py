#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person meets first: signing in, sample data, coming back, signing out; and the first things they do with the keyboard alone."""

import re
import subprocess
import time

from kamdesk import PASSWORD, Atspi, Desk, Failure, run, wait_for

SIGN_IN = re.compile("^(Sign _In|Sign In)")
SEARCH = re.compile("^Search leads")
FORM = ("frame", "dialog", "filler")


class NoServer(Desk):
    """Windows alone."""

    def __enter__(self):
        return self


def text_of(node):
    return node.get_text(0, node.get_character_count())


def expect_text(window, field, text):
    found = text_of(window.expect("text", re.compile("^" + field)))
    if found != text:
        raise Failure(f"{field} holds {found!r}, not {text!r}")


def type_keys(*texts):
    """Into whatever has the focus, as fast as a person would."""
    for text in texts:
        subprocess.run(["xdotool", "type", "--clearmodifiers", "--delay", "15", text], check=True, capture_output=True)


def open_leads(window):
    window.expect("label", re.compile("^(Synced|Sample data)"))
    window.open_view(2)
    return wait_for("a list of leads", window.rows)


def choose_file(window, path):
    window.click("push button", re.compile("^C_?hoose"))
    window.expect(None, "Choose a Certificate")
    window.press("slash")
    wait_for("a field for the path", lambda: focused_text(window) == "/")
    type_keys(path[1:])
    wait_for("the path is typed", lambda: focused_text(window) == path)
    window.press("Return")
    window.expect_gone(None, "Choose a Certificate")


def has_focus(node):
    return node.get_state_set().contains(Atspi.StateType.FOCUSED)


def focused_text(window):
    texts = (node for node in window.nodes() if node.get_role_name() == "text")
    node = next(filter(has_focus, texts), None)
    return text_of(node) if node is not None else None


def signs_in():
    """An unknown certificate is explained, a wrong password stands at its field and costs nothing typed, then the leads are there"""
    with Desk(leads=40, kams=2, seed=7) as desk:
        window = desk.open("first")
        for field, text in (("Server", desk.server.url), ("Email", "kam1@kam.test"), ("Password", "wrong")):
            window.type_into("text", re.compile("^" + field), text)
        window.click("push button", SIGN_IN)
        window.expect("alert", re.compile("authority that this device does not know.*certificate file"))
        choose_file(window, desk.server.ca_file)
        window.expect("label", "ca.pem")

        window.click("push button", SIGN_IN)
        window.expect("alert", "The email or the password is wrong")
        expect_text(window, "Server", desk.server.url)
        expect_text(window, "Email", "kam1@kam.test")
        if "wrong" not in (window.expect("text", re.compile("^Password")).get_description() or ""):
            raise Failure("the error is not said at the field")

        window.type_into("text", re.compile("^Password"), PASSWORD)
        window.press("Return")
        if len(open_leads(window)) < 5:
            raise Failure("there are no leads")


def comes_back():
    """A restart comes back signed in, with the window and the views as they were"""
    with Desk(leads=40, kams=1, seed=7) as desk:
        window = desk.open("back", "kam1@kam.test")
        name = open_leads(window)[3]
        window.choose(name)
        window.expect("heading", name)
        resize(window, 1040, 640)
        window.close()

        window = desk.open("back")
        window.expect("label", "Synced")
        wait_for("the size is as it was", lambda: near(size(window), (1040, 640)))
        window.open_view(2)
        window.expect("heading", name)


def shown(window):
    search = ["xdotool", "search", "--onlyvisible", "--pid", str(window.process.pid)]
    return max(subprocess.run(search, capture_output=True, text=True, check=False).stdout.split(), key=int)


def size(window):
    lines = subprocess.run(["xdotool", "getwindowgeometry", "--shell", shown(window)], capture_output=True, text=True, check=True).stdout.splitlines()
    values = dict(line.split("=") for line in lines)
    return int(values["WIDTH"]), int(values["HEIGHT"])


def near(one, other):
    """Without a window manager a window's shadow counts or does not."""
    return all(abs(a - b) <= 60 for a, b in zip(one, other))


def resize(window, width, height):
    subprocess.run(["xdotool", "windowsize", shown(window), str(width), str(height)], check=True)
    wait_for("the window takes its size", lambda: near(size(window), (width, height)))
    time.sleep(0.5)


def sample_data():
    """Sample data come without any server, and stay after a restart"""
    with NoServer() as desk:
        window = desk.open("sample")
        window.click("push button", re.compile("Try With Sample Data"))
        names = open_leads(window)
        window.choose(names[0])
        window.expect("heading", names[0])
        window.close()

        window = desk.open("sample")
        if open_leads(window)[:3] != names[:3]:
            raise Failure("the sample data are others after a restart")


def signing_out_keeps():
    """Signing out with changes that wait asks first, and who stays loses nothing"""
    with Desk(leads=30, kams=1, seed=7) as desk:
        window = desk.open("out", "kam1@kam.test")
        open_leads(window)
        desk.server.stop()
        window.activate("win.new-lead")
        dialog = window.expect(FORM, "New Lead")
        window.type_into("text", "Name", "Not sent yet", dialog)
        window.press("ctrl+Return")
        window.expect("heading", "Not sent yet")
        window.expect("label", re.compile("1 change waiting"))

        window.activate("win.sign-out")
        window.click("push button", re.compile("^_?Stay Signed In"))
        window.expect("heading", "Not sent yet")
        if not window.has_row("Not sent yet"):
            raise Failure("the lead is lost")

        desk.server.start()
        window.activate("win.sync")
        window.expect("label", "Synced")
        wait_for("MariaDB holds it", lambda: desk.server.sql("SELECT COUNT(*) FROM lead WHERE name = 'Not sent yet'") == "1")
        window.activate("win.sign-out")
        window.expect("push button", SIGN_IN)


def keyboard_alone():
    """A call is logged with the keyboard alone: a view, a row, two keys, a line of text"""
    with Desk(leads=30, kams=1, seed=7) as desk:
        window = desk.open("keys", "kam1@kam.test")
        names = open_leads(window)
        wait_for("the list has the focus", lambda: any(has_focus(node) for shown_list in window.lists() for node in window.nodes(shown_list)))
        window.press("Down")
        name = window.expect("heading", re.compile(".")).get_name()
        if name not in names:
            raise Failure(f"{name} is open, which the list does not hold")
        window.press("ctrl+l")
        window.expect(FORM, "Log Call")
        window.press("2")
        wait_for("the line to type in has the focus", lambda: focused_text(window) == "")
        type_keys("Rang twice and nobody there")
        window.press("ctrl+Return")
        window.expect_gone(FORM, "Log Call")
        window.expect("label", "Rang twice and nobody there")
        wait_for("MariaDB holds it", lambda: desk.server.sql(
            "SELECT i.outcome, i.kind FROM interaction i JOIN lead l ON l.id = i.lead_id WHERE i.summary = 'Rang twice and nobody there'"
            f" AND l.name = '{name.replace(chr(39), chr(39) * 2)}'") == "no_answer\tcall")


def searches():
    """Typing in the list searches; a phone is found however it is written, and so is Hindi text"""
    with Desk(leads=60, kams=1, seed=7) as desk:
        window = desk.open("search", "kam1@kam.test")
        open_leads(window)
        window.activate("win.new-lead")
        dialog = window.expect(FORM, "New Lead")
        window.type_into("text", "Name", "शर्मा मिष्ठान्न भंडार", dialog)
        window.type_into("text", "Phone", "098765 43210", dialog)
        window.press("ctrl+Return")
        window.expect("heading", "शर्मा मिष्ठान्न भंडार")

        window.press("ctrl+f")
        for query in ("+91 98765 43210", "098765-43210", "9876543210", "शर्मा", "मिष्ठान्न भं"):
            window.type_into("entry", SEARCH, query)
            wait_for(f"{query!r} finds it alone", lambda: window.rows() == ["शर्मा मिष्ठान्न भंडार"])
        window.type_into("entry", SEARCH, "zzzq")
        window.expect("label", "No Leads Match")
        window.press("Escape")
        wait_for("all leads again", lambda: len(window.rows()) > 5)


def undoes():
    """A deleted lead comes back by the toast's Undo, and by Ctrl+Z"""
    with Desk(leads=30, kams=1, seed=7) as desk:
        window = desk.open("undo", "kam1@kam.test")
        name = open_leads(window)[2]

        def delete():
            window.choose(name)
            window.expect("heading", name)
            window.choose_in_menu("Lead Menu", "Delete", lambda: not window.has_row(name))

        delete()
        window.click("push button", re.compile("^_?Undo"))
        wait_for("it is back", lambda: window.has_row(name))
        delete()
        window.press("ctrl+f")
        search = window.expect("entry", SEARCH)
        type_keys("a")
        wait_for("the letter is there", lambda: text_of(search) == "a")
        window.press("ctrl+z")  # in a field it takes back what was typed, and nothing else
        wait_for("the letter is gone", lambda: text_of(search) == "")
        assert not window.has_row(name)
        window.press("Escape")
        wait_for("all leads again", lambda: len(window.rows()) > 5)
        window.press("ctrl+z")
        wait_for("it is back again", lambda: window.has_row(name))
        window.expect("label", "Synced")
        quoted = name.replace("'", "''")
        wait_for("MariaDB has it", lambda: desk.server.sql(f"SELECT COUNT(*) FROM lead WHERE name = '{quoted}' AND delete_id IS NULL") == "1")


if __name__ == "__main__":
    run(signs_in, comes_back, sample_data, signing_out_keeps, keyboard_alone, searches, undoes)
