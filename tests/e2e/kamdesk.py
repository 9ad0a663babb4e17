# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests drive: the private server of ./run, real windows of kam through accessibility, and the wire.

Run inside a session bus and a display (tests/support/headless); everything lives in one temporary folder."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request
from pathlib import Path

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("KAM_BUILD_DIR", ROOT / "build"))
PATIENCE = float(os.environ.get("KAM_TEST_PATIENCE", "30"))
PASSWORD = "sample-password"


class Failure(Exception):
    pass


def wait_for(what, probe, timeout=PATIENCE):
    """The first true answer of probe, which is asked often; a Failure that says what when it does not come."""
    end = time.monotonic() + timeout
    context = GLib.MainContext.default()
    while True:
        while context.iteration(False):
            pass
        try:
            answer = probe()
        except GLib.Error:  # a widget that went while it was looked at
            answer = None
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failure(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.02)


def named(text, name):
    """Whether an accessible name is this text or matches this pattern. GTK 4.8 says the label of a labelled control twice, once with its mnemonic."""
    if isinstance(name, re.Pattern):
        return bool(name.search(text))
    return text == name or text.replace("_", "") == f"{name} {name}"


class Server:
    """The server that ./run starts, with its own MariaDB."""

    def __init__(self, folder, leads=60, kams=3, seed=7):
        self.folder = Path(folder)
        self.options = ["--dir", str(self.folder), "--leads", str(leads), "--kams", str(kams), "--seed", str(seed)]
        self.process = None
        self.url = self.ca_file = None

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        log = open(self.folder / "script.log", "ab")
        self.process = subprocess.Popen(["sh", ROOT / "server/private-server.sh", BUILD, "server", *self.options], stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise Failure("the server did not start:\n" + (self.folder / "script.log").read_text(errors="replace"))
        _, self.url, self.ca_file = line.split()

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(30)
        self.process.stdout.close()
        self.process = None

    def sql(self, statement):
        out = subprocess.run(["mariadb", "--no-defaults", f"--socket={self.folder}/mariadb.sock", "--user=root", "--batch", "--skip-column-names", "--raw",
                              "--default-character-set=utf8mb4", "kam", "-e", statement], capture_output=True, text=True, check=True)
        return out.stdout.rstrip("\n")

    def call(self, method, route, body=None, token=None, raw=None):
        """(status, text) of one request."""
        context = ssl.create_default_context(cafile=self.ca_file)
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url.rstrip("/") + route, data=data, method=method, headers={"Content-Type": "application/json"})
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, context=context, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def sign_in(self, email):
        status, text = self.call("POST", "/v1/session", {"email": email, "password": PASSWORD, "device": {"id": "01900000-0000-7000-8000-000000000001", "name": "test"}})
        if status not in (200, 201):
            raise Failure(f"{email} cannot sign in: {status} {text}")
        return json.loads(text)["token"]

    def pull_all(self, token):
        """All rows that the person may read, as {entity: {id: {column: value}}}."""
        cursor, rows, columns = None, {}, {}
        while True:
            status, text = self.call("POST", "/v1/pull", {"cursor": cursor, "schema": 1, "limit": 5000}, token)
            if status != 200:
                raise Failure(f"pull: {status} {text}")
            for line in map(json.loads, text.splitlines()):
                if isinstance(line, dict) and "columns" in line:
                    columns.update(line["columns"])
                elif isinstance(line, dict):
                    cursor, more = line["cursor"], line["more"]
                elif line[0] not in ("-", "drop"):
                    rows.setdefault(line[0], {})[line[3][0]] = dict(zip(columns[line[0]], line[3]))
            if not more:
                return rows


class Window:
    """One kam on one profile, driven through accessibility."""

    def __init__(self, name, profile, arguments=(), environment=None):
        self.name = name
        self.profile = Path(profile)
        self.known_lists = []
        self.log = open(str(self.profile) + ".log", "ab")
        self.process = subprocess.Popen([BUILD / "src/kam", "--profile", str(self.profile), *arguments], stdout=self.log, stderr=self.log,
                                        env={**os.environ, "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), **(environment or {})})
        self.application = wait_for(f"{name}'s program appears", self._find_application)
        self.frame = wait_for(f"{name}'s window appears", lambda: self.find("frame"))

    def _find_application(self):
        if self.process.poll() is not None:
            raise Failure(f"{self.name}'s kam ended with {self.process.returncode}:\n" + Path(self.log.name).read_text(errors="replace")[-3000:])
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            try:
                child = desktop.get_child_at_index(index)
                if child is not None and child.get_process_id() == self.process.pid:
                    return child
            except GLib.Error:  # one that has just ended
                continue
        return None

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Failure(f"{self.name}'s kam does not end on SIGTERM") from None
        self.log.close()
        return self.process.returncode

    def nodes(self, start=None):
        """All accessible objects below start, outermost first."""
        stack = [start or self.application]
        while stack:
            node = stack.pop()
            if node is None:
                continue
            yield node
            stack.extend(node.get_child_at_index(index) for index in reversed(range(node.get_child_count())))

    def find(self, role=None, name=None, start=None, nth=0):
        """The nth object of that role whose name matches (a text, or a compiled pattern), else None."""
        for node in self.nodes(start):
            try:
                if role and node.get_role_name() not in (role if isinstance(role, tuple) else (role,)):
                    continue
                if name is not None and not named(node.get_name() or "", name):
                    continue
            except GLib.Error:
                continue
            if nth == 0:
                return node
            nth -= 1
        return None

    def expect(self, role=None, name=None, start=None, timeout=PATIENCE):
        try:
            return wait_for(f"{self.name} shows {role or 'something'} {name!r}", lambda: self.find(role, name, start), timeout)
        except Failure as failure:
            raise Failure(f"{failure}\n{self.tree()}") from None

    def expect_gone(self, role=None, name=None, timeout=PATIENCE):
        wait_for(f"{self.name} no longer shows {role or 'something'} {name!r}", lambda: self.find(role, name) is None, timeout)

    def click(self, role, name, start=None):
        self.act(self.expect(role, name, start))

    @staticmethod
    def act(node):
        action = node.get_action_iface()
        if action is None or action.get_n_actions() == 0 or not action.do_action(0):
            raise Failure(f"{node.get_role_name()} {node.get_name()!r} cannot be clicked")

    def type_into(self, role, name, text, start=None):
        node = self.expect(role, name, start)
        editable = node.get_editable_text_iface() or next((child.get_editable_text_iface() for child in self.nodes(node) if child.get_editable_text_iface()), None)
        if editable is None:
            raise Failure(f"{role} {name!r} cannot be typed into")
        editable.set_text_contents(text)

    def activate(self, action):
        """A window action, as a shortcut or a menu would run it."""
        interface = self.frame.get_action_iface()
        for index in range(interface.get_n_actions()):
            if interface.get_action_name(index) == action:
                return interface.do_action(index)
        names = [interface.get_action_name(index) for index in range(interface.get_n_actions())]
        raise Failure(f"no action {action}; there are {', '.join(names)}")

    def press(self, *keys):
        """Keys, into this program's newest window."""
        self.focus()
        subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True, capture_output=True)

    def picture(self, path):
        """Of this window alone, brought to the front."""
        newest = self.focus()
        time.sleep(0.5)
        subprocess.run(["import", "-window", newest, str(path)], check=True)

    def choose_in_menu(self, menu, item, effect):
        """Opens a menu button and chooses an item of it, until its effect is seen: without a window manager a menu may close before it is drawn."""
        pattern = re.compile("^" + re.escape(item))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.focus()
            button = [node for node in self.nodes(self.expect("push button", menu)) if node.get_role_name() == "push button"][-1]
            self.act(button)
            try:
                self.act(wait_for("the menu", lambda: self.find("menu item", pattern), 5))
                return wait_for("its effect", effect, 5)
            except (Failure, GLib.Error):
                continue
        raise Failure(f"{self.name}: {item!r} of {menu!r} does nothing")

    def shown_windows(self):
        search = ["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)]
        return subprocess.run(search, capture_output=True, text=True, check=False).stdout.split()

    def newest_window(self):
        # More than once: xdotool gives up without an answer when a window goes while it looks.
        return max(wait_for(f"{self.name} has a window on the screen", self.shown_windows), key=int)

    def focus(self):
        newest = self.newest_window()
        subprocess.run(["xdotool", "windowraise", newest, "windowfocus", "--sync", newest], check=True, capture_output=True)
        return newest

    def open_view(self, number):
        self.press(f"alt+{number}")

    def lists(self):
        """The list of the view, as columns and as two-line rows; only one of them has rows. They stay as long as the window, and are looked for once."""
        if len(self.known_lists) < 2:
            self.known_lists = [node for node in self.nodes() if node.get_role_name() == "list" and node.get_name() in ("GtkColumnListView", "Leads")]
        return self.known_lists

    def rows(self):
        """Names of the rows of the list that is shown, from the top."""
        rows = [row.get_name() for shown in self.lists() for row in (shown.get_child_at_index(index) for index in range(shown.get_child_count())) if row]
        return [name for name in rows if name]

    def find_row(self, name):
        for shown in self.lists():
            for index in range(shown.get_child_count()):
                row = shown.get_child_at_index(index)
                if row is not None and row.get_name() == name:
                    return shown, index
        return None

    def has_row(self, name):
        return self.find_row(name) is not None

    def choose(self, name):
        """Selects a row of the list, and it alone, by its name. Without a selection the list may be drawn another way, so it is looked for twice."""
        for shown in self.lists():
            if shown.get_child_count():
                shown.get_selection_iface().clear_selection()
        try:
            shown, index = wait_for(f"{self.name} lists {name!r}", lambda: self.find_row(name))
        except Failure as failure:
            raise Failure(f"{failure}\n{self.tree()}") from None
        if not shown.get_selection_iface().select_child(index):
            raise Failure(f"{self.name}: {name!r} cannot be selected")

    def texts(self, start=None):
        found = []
        for node in self.nodes(start):
            try:
                text = node.get_name()
            except GLib.Error:
                continue
            if text:
                found.append(text)
        return found

    def tree(self):
        lines = []

        def walk(node, depth):
            if node is None or depth > 30 or len(lines) > 1500:
                return
            name = (node.get_name() or "")[:60]
            if name or node.get_child_count() == 0:
                lines.append(f"{'  ' * depth}{node.get_role_name()} {name!r}")
            for index in range(min(node.get_child_count(), 40)):
                walk(node.get_child_at_index(index), depth + 1)

        walk(self.application, 0)
        return "\n".join(lines)


def screenshot(path):
    subprocess.run(["import", "-window", "root", str(path)], check=True)


class Desk:
    """A temporary folder with a server and any number of windows, all ended at the end."""

    def __init__(self, **server_options):
        self.folder = Path(tempfile.mkdtemp(prefix="kam-e2e."))
        self.server = Server(self.folder / "server", **server_options)
        self.windows = []

    def __enter__(self):
        try:
            self.server.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def open(self, name, email=None, **options):
        arguments = []
        if email:
            (self.folder / "password").write_text(PASSWORD)
            (self.folder / "password").chmod(0o600)
            arguments = ["--sign-in", self.server.url, "--ca-file", self.server.ca_file, "--email", email, "--password-file", str(self.folder / "password")]
        window = Window(name, self.folder / name, arguments, **options)
        self.windows.append(window)
        return window

    def __exit__(self, kind, error, trace):
        if error is not None and shutil.which("import") and os.environ.get("KAM_TEST_PICTURES"):
            screenshot(Path(os.environ["KAM_TEST_PICTURES"], f"failure-{os.getpid()}.png"))
        for window in self.windows:
            if error is not None:
                print("# " + window.name + ":", *Path(window.log.name).read_text(errors="replace").splitlines()[-15:], sep="\n#   ")
            if window.process.poll() is None:
                window.process.kill() if error is not None else window.close()
                window.process.wait()
        if self.server.process is not None:
            self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def run(*tests):
    """Runs the functions as TAP points. With names on the command line, only those."""
    chosen = [test for test in tests if len(sys.argv) < 2 or test.__name__ in sys.argv[1:]]
    print(f"1..{len(chosen)}", flush=True)
    failed = False
    for number, test in enumerate(chosen, 1):
        title = test.__doc__.strip().splitlines()[0]
        try:
            test()
            print(f"ok {number} - {title}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failed = True
            text = str(error) if isinstance(error, Failure) else traceback.format_exc()
            print("\n".join("# " + line for line in text.splitlines()))
            print(f"not ok {number} - {title}", flush=True)
    sys.exit(failed)
