#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each house rule finds what breaks it: a good tree passes, and a tree with one sin fails by that rule alone."""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
HEAD = SPDX + '#include "config.h"\n\n'

GOOD = {
    "README.md": "# Kam\n",
    "po/POTFILES": "src/core/kam-good.c\n",
    "src/core/kam-good.h": SPDX + "#pragma once\n\n#include <glib.h>\n",
    "src/core/kam-good.c": HEAD + '#include "kam-good.h"\n\ngboolean\nread (GError **error)\n{\n  if (bad)\n    {\n      g_set_error (error, X, Y, _("No"));\n      return FALSE;\n    }\n\n  return TRUE;\n}\n',
}

SINS = [
    ("the top level is as its user asked", "docs/x.md", "x\n"),
    ("layers include only what they may", "src/core/kam-a.c", HEAD + "#include <sqlite3.h>\n"),
    ("layers include only what they may", "server/kam-a.c", HEAD + '#include "kam-store.h"\n'),
    ("layers include only what they may", "src/core/kam-a.c", HEAD + '#include "../store/kam-store.h"\n'),
    ("files and functions are short", "src/core/kam-a.c", HEAD + "int x;\n" * 501),
    ("files and functions are short", "src/core/kam-a.c", HEAD + "void\nlong_one (void)\n{\n" + "  x ();\n" * 61 + "}\n"),
    ("files begin as they should", "src/core/kam-a.c", '#include "config.h"\n'),
    ("files begin as they should", "src/core/kam-a.c", SPDX + "#include <glib.h>\n"),
    ("nothing forbidden is called", "src/core/kam-a.c", HEAD + "void\nf (void)\n{\n  goto out;\n}\n"),
    ("nothing forbidden is called", "src/core/kam-a.c", HEAD + "void\nf (void)\n{\n  g_print (x);\n}\n"),
    ("FALSE and NULL come with a GError", "src/core/kam-a.c", HEAD + "gboolean\nf (int x, GError **error)\n{\n  if (x)\n    return FALSE;\n\n  return TRUE;\n}\n"),
    ("SQL values are bound", "src/store/kam-a.c", HEAD + 'void\nf (void)\n{\n  x = g_strdup_printf ("SELECT * FROM lead WHERE id = %s", id);\n}\n'),
    ("SQL values are bound", "src/core/kam-a.c", HEAD + 'const char *sql = "DELETE FROM lead";\n'),
    ("POTFILES is complete", "src/core/kam-a.c", HEAD + 'const char *x = _("Yes");\n'),
    ("the project speaks of itself alone", "src/core/kam-a.c", HEAD + "/* TODO */\n"),
    ("white space is clean", "src/core/kam-a.c", HEAD + "int x; \n"),
]

STORE = {"src/store/kam-store.h": SPDX + "#pragma once\n"}


def broken_rules(tree):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tree.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        out = subprocess.run([sys.executable, HERE / "check-style.py", folder], capture_output=True, text=True, check=False)
    return [line.split(" - ", 1)[1] for line in out.stdout.splitlines() if line.startswith("not ok")], out


def main():
    print(f"1..{len(SINS) + 1}")
    rules, out = broken_rules(GOOD)
    print(f"{'not ok' if rules or out.returncode else 'ok'} 1 - a good tree passes")
    bad = bool(rules)
    for number, (rule, name, text) in enumerate(SINS, 2):
        rules, out = broken_rules({**GOOD, **STORE, name: text})
        good = rules == [rule] and out.returncode == 1
        bad |= not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {rule}" + ("" if good else f" (found: {rules})"))
        if not good:
            print("\n".join("# " + line for line in (out.stdout + out.stderr).splitlines()))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
