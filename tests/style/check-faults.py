#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault that the sync must survive has a test that is named by its number: "fault-NN" in a test's path, in C or in Python.

check-faults.py TOP [--list]: one point for each fault; with --list also where its tests are."""

import re
import sys
from pathlib import Path

FAULTS = """commits out of order; lagging replica; response lost after commit; mid gap; poison mutation; client killed between writes; client killed while a page
is applied; server killed during a push; power loss after save; page cut off or replayed; upload fails and nobody edits again; two devices, different
fields; same field; same value; delete against edit; delete of a row never synced; created and deleted offline; child before parent; lead moves from A
to B; A to B to A while A is offline; A edits after losing the lead; manager gains or loses a person; row visible by a second grant; user disabled with
pending work; server restored from backup; client database restored or cloned; clock off by years; old client, new column; client too old; schema
upgrade while offline; cursor older than tombstones; writes during a paged first sync; first sync cut at 90 %; a million rows; local corruption; client
disk full; deadlock; same restaurant created twice; clock jump or suspend during a request; wrong or empty server; two instances of the program; ten
thousand clients reconnect"""
TITLES = [title.strip() for title in re.sub(r"\s+", " ", FAULTS).split(";")]

# A path in C begins with a slash; in Python the number stands in a string too.
NUMBER = re.compile(r'"[^"\n]*\bfault-(\d\d)\b[^"\n]*"' + r"|'[^'\n]*\bfault-(\d\d)\b[^'\n]*'")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def tests_by_number(top):
    """{number: [file:line]} of the names of tests."""
    found = {}
    for path in sorted(top.glob("tests/**/*")):
        if path.suffix not in (".c", ".h", ".py") or path.parent.name == "style":
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)
        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith("#") and path.suffix == ".py":
                continue
            for match in NUMBER.finditer(line):
                found.setdefault(int(match[1] or match[2]), []).append(f"{path.relative_to(top)}:{number}")
    return found


def main():
    top = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = tests_by_number(top)
    strange = sorted(set(found) - set(range(1, len(TITLES) + 1)))
    bad = 0
    print(f"1..{len(TITLES) + 1}")
    for number, title in enumerate(TITLES, 1):
        places = found.get(number, [])
        bad += not places
        print(f"{'ok' if places else 'not ok'} {number} - fault-{number:02d} {title}")
        if "--list" in sys.argv:
            for place in places:
                print(f"#   {place}")
    if strange:
        print(f"# there are no faults with these numbers: {strange}: {[found[number] for number in strange]}")
        bad += 1
    print(f"{'not ok' if strange else 'ok'} {len(TITLES) + 1} - no test has a number that no fault has")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
