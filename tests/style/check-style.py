#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules, as a program. Prints TAP: one point a rule, with the places that break it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import functions

ROOT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]

TOP_LEVEL = {"src", "data", "po", "server", "tests", "meson.build", "meson_options.txt", "README.md", "org.udaan.Kam.desktop", "run", "LICENSE"}

# Folder → the folders and the libraries' headers that it may include. GLib, GIO and the C library go everywhere.
EVERYWHERE = ["glib", "gio/", "gobject", "gmodule", "config.h"]
LAYERS = {
    "src/core": (["src/core"], ["json-glib/", "gsl/"]),
    "src/formats": (["src/core", "src/formats"], ["libebook-contacts/"]),
    "src/chart": (["src/chart"], ["cairo", "pango/"]),
    "src/store": (["src/core", "src/store"], ["sqlite3.h"]),
    "src/sync/engine": (["src/core", "src/sync/engine"], []),
    "src/sync": (["src/core", "src/store", "src/sync/engine", "src/sync"], ["libsoup/", "libsecret/", "json-glib/"]),
    "src/model": (["src/core", "src/store", "src/formats", "src/model", "src/sync/kam-sync.h"], []),
    "src/ui": (["src/core", "src/formats", "src/chart", "src/model", "src/ui"], ["gtk/", "gdk/", "adwaita.h"]),
    "src": (["src/core", "src/store", "src/sync", "src/model", "src/ui"], ["adwaita.h", "gtk/"]),
    "server/db": (["src/core", "server/db"], ["mysql.h", "mysqld_error.h", "errmsg.h"]),
    "server/jobs": (["src/core", "server/db", "server/mail", "server/jobs"], []),
    "server/mail": (["src/core", "src/formats", "src/chart", "server/mail"], ["gmime/", "curl/"]),
    "server": (["src/core", "server/db", "server/jobs", "server/mail", "server"], ["libsoup/", "sodium.h", "json-glib/"]),
}
# What a model hands to a view belongs to the store and to sync; a view may name these types, and nothing that does work.
LENT_TO_VIEWS = {"kam-store.h", "kam-store-pending.h", "kam-store-query.h", "kam-sync.h"}

SYSTEM = re.compile(r"^(sys/|netinet/|arpa/|linux/|[a-z_]+\.h$)")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def tracked():
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True).stdout
        names = [name for name in out.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and ".git" not in path.parts]
    return sorted(name for name in names if (ROOT / name).is_file())


FILES = tracked()
TEXT = {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES if name.endswith((".c", ".h", ".def", ".py", ".sh", ".ui", ".build", ".sql"))}
C_FILES = [name for name in TEXT if name.endswith((".c", ".h"))]
PRODUCT = [name for name in C_FILES if name.startswith(("src/", "server/"))]


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments(text):
    return COMMENT.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def folder_of(name):
    folder = os.path.dirname(name)
    while folder and folder not in LAYERS:
        folder = os.path.dirname(folder)
    return folder


def check_top_level():
    for name in sorted({name.split("/")[0] for name in FILES}):
        if name not in TOP_LEVEL and not name.startswith("."):
            yield f"{name}: does not belong to the top level"


def check_layers():
    homes = {}
    for name in C_FILES:
        if name.endswith(".h"):
            homes.setdefault(os.path.basename(name), []).append(name)

    for name in PRODUCT:
        folder = folder_of(name)
        folders, libraries = LAYERS.get(folder, ([], []))
        for match in INCLUDE.finditer(TEXT[name]):
            quote, header = match.groups()
            where = f"{name}:{line_of(TEXT[name], match.start())}"
            if "../" in header:
                yield f"{where}: includes by a relative path"
            elif os.path.basename(header) in homes and quote == '"':
                base = os.path.basename(header)
                home = homes[base][0]
                near = os.path.dirname(home)
                allowed = any(near == each or near.startswith(each + "/") and not (each == "src/sync" and folder != "src/sync") or home == each for each in folders)
                if not allowed and not (folder == "src/ui" and base in LENT_TO_VIEWS):
                    yield f"{where}: {folder} may not include {home}"
            elif not any(header.startswith(prefix) for prefix in EVERYWHERE + libraries) and not (quote == "<" and SYSTEM.match(header) and header not in ("sqlite3.h", "mysql.h", "sodium.h", "adwaita.h")) and not header.endswith((".def", "-resources.h", "enums.h")):
                yield f"{where}: {folder} may not include {header}"


def check_lengths():
    for name in C_FILES:
        lines = TEXT[name].count("\n")
        if lines > 500:
            yield f"{name}: {lines} lines; a file over 500 is two things"
        for function in functions.find(TEXT[name]):
            most = 100 if function.name.endswith("class_init") else 60
            if function.length > most:
                yield f"{name}:{function.line}: {function.name} has {function.length} lines; over {most} it is two things"


def check_first_lines():
    for name in TEXT:
        if name.endswith((".c", ".h", ".def", ".py", ".sh", ".sql")) and "SPDX-License-Identifier: GPL-3.0-or-later" not in TEXT[name][:400]:
            yield f"{name}: no SPDX line"
        if name in PRODUCT and name.endswith(".c"):
            first = INCLUDE.search(TEXT[name])
            if first and first.group(2) != "config.h":
                yield f"{name}: config.h is not the first include"


FORBIDDEN = [
    (re.compile(r"\bgoto\b"), "goto"),
    (re.compile(r"\bg_main_context_iteration\b|\bgtk_main_iteration\b"), "iterates the main context to fake a synchronous call"),
    (re.compile(r"\b(sprintf|strcpy|strcat|gets|strtok|system|popen)\s*\("), "an unsafe call of the C library"),
    (re.compile(r"\bg_usleep\b|[^_]\bsleep\s*\("), "sleeps"),
    (re.compile(r"\b(printf|g_print)\s*\("), "prints to standard output"),
]
MAY_PRINT = ("server/kam-command", "server/main.c", "server/kam-serve", "src/main.c", "src/ui/kam-application")


def check_forbidden():
    for name in PRODUCT:
        code = STRING.sub(blank, without_comments(TEXT[name]))
        for pattern, what in FORBIDDEN:
            if what.startswith("prints") and name.startswith(MAY_PRINT):
                continue
            for match in pattern.finditer(code):
                yield f"{name}:{line_of(code, match.start())}: {what}"


FAILURE = re.compile(r"\breturn\s+(FALSE|NULL)\s*;")


def check_errors():
    """A function that takes a GError must set it where it returns FALSE or NULL: the error has to be named nearby, or a comment say `not an error`."""
    for name in PRODUCT:
        if not name.endswith(".c"):
            continue
        for function in functions.find(TEXT[name]):
            if "GError **error" not in re.sub(r"\s+", " ", function.head).replace("GError  **", "GError **") and not re.search(r"GError\s+\*\*error", function.head):
                continue
            lines = function.body.split("\n")
            for number, line in enumerate(lines):
                if not FAILURE.search(line):
                    continue
                near = "\n".join(lines[max(0, number - 9):number + 1])
                if not re.search(r"\berror\b|g_return_val|not an error|\breport\w*\b", near):
                    yield f"{name}:{function.line + number}: {function.name} fails without naming its GError"


SQL_WORD = re.compile(r'"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b', re.IGNORECASE)
FORMATTED = re.compile(r"\b(g_strdup_printf|g_string_append_printf|g_string_printf|sqlite3_mprintf|g_strconcat|sqlite3_snprintf)\s*\(([^;]*);", re.DOTALL)


def check_sql():
    """SQL text never has a value printed into it: % in a formatted statement is for names of the field table, said by a comment `names only`."""
    for name in PRODUCT:
        for match in FORMATTED.finditer(TEXT[name]):
            if SQL_WORD.search(match.group(2)) and ("'%" in match.group(2) or re.search(r"=\s*%", match.group(2)) or "names only" not in TEXT[name][max(0, match.start() - 300):match.end()]):
                yield f"{name}:{line_of(TEXT[name], match.start())}: SQL by formatting"
        if not name.startswith(("src/store/", "server/db/")):
            code = without_comments(TEXT[name])
            for match in re.finditer(r'"(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+[^"]*', code):
                yield f"{name}:{line_of(code, match.start())}: SQL outside src/store and server/db"


TRANSLATED = re.compile(r"\b(?:_|N_|C_|Q_|NC_|ngettext|dngettext|g_dngettext)\s*\(\s*\"")


def check_potfiles():
    potfiles = ROOT / "po/POTFILES"
    if not potfiles.exists():
        yield "po/POTFILES: missing"
        return
    listed = {line.strip() for line in potfiles.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")}
    needed = set()
    for name in TEXT:
        if name.startswith(("src/", "server/", "data/")) and (name.endswith(".ui") and 'translatable="yes"' in TEXT[name] or name.endswith((".c", ".h", ".def")) and TRANSLATED.search(without_comments(TEXT[name]))):
            needed.add(name)
    for name in sorted(needed - listed):
        yield f"po/POTFILES: {name} is missing"
    for name in sorted(listed):
        if not (ROOT / name).is_file():
            yield f"po/POTFILES: {name} does not exist"


def check_alone():
    """The project speaks of itself alone."""
    words = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|" + re.escape(f"{ROOT.resolve()}/"), re.MULTILINE)
    for name in FILES:
        if name == "LICENSE" or name.startswith(("tests/style/", "tests/fuzz/corpus/", "tests/fixtures/")) or name.endswith((".png", ".svg", ".ico", ".sqlite", ".db", ".gz")):
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for match in words.finditer(text):
            yield f"{name}:{line_of(text, match.start())}: {match.group(0)}"


def check_white_space():
    for name in TEXT:
        for number, line in enumerate(TEXT[name].split("\n"), 1):
            if line != line.rstrip():
                yield f"{name}:{number}: white space at the end of the line"
            elif "\t" in line and name.endswith((".c", ".h", ".ui")):
                yield f"{name}:{number}: a tab"
            elif len(line) > 160 and name.endswith((".c", ".h")):
                yield f"{name}:{number}: {len(line)} columns"


RULES = [
    ("the top level is as its user asked", check_top_level),
    ("layers include only what they may", check_layers),
    ("files and functions are short", check_lengths),
    ("files begin as they should", check_first_lines),
    ("nothing forbidden is called", check_forbidden),
    ("FALSE and NULL come with a GError", check_errors),
    ("SQL values are bound", check_sql),
    ("POTFILES is complete", check_potfiles),
    ("the project speaks of itself alone", check_alone),
    ("white space is clean", check_white_space),
]


def main():
    print(f"1..{len(RULES)}")
    bad = 0
    for number, (title, rule) in enumerate(RULES, 1):
        findings = list(rule())
        bad += bool(findings)
        print(f"{'not ok' if findings else 'ok'} {number} - {title}")
        for finding in findings:
            print(f"# {finding}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
