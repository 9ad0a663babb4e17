#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of README.md and the metainfo from the running program:

KAM_BUILD_DIR=build tests/support/headless /usr/bin/python3 tests/e2e/take-pictures.py"""

import subprocess
import sys
import time
from pathlib import Path

from kamdesk import ROOT, Desk, wait_for

FOLDER = ROOT / "data/screenshots"
FRAME = 4  # px that GTK draws around a window where nothing composes; not for the picture
LARGEST = 200 * 1024
LEAD = "Fernandes's Tamarind Tiffin Centre"


def take(window, name, width, height):
    search = ["xdotool", "search", "--onlyvisible", "--pid", str(window.process.pid)]
    shown = max(subprocess.run(search, capture_output=True, text=True, check=True).stdout.split(), key=int)
    path = FOLDER / f"{name}.png"
    size = [str(width + 2 * FRAME), str(height + 2 * FRAME)]
    subprocess.run(["xdotool", "windowmove", shown, "0", "0", "windowsize", "--sync", shown, *size], check=True)
    time.sleep(1.5)
    window.picture(path)
    subprocess.run(["convert", path, "-shave", f"{FRAME}x{FRAME}", "+repage", "-strip", "-define", "png:compression-level=9", path], check=True)
    size = path.stat().st_size
    if size > LARGEST:
        sys.exit(f"{path} has {size} bytes, more than {LARGEST}")
    print(f"{path.relative_to(ROOT)}: {size} bytes")


def open_lead(desk, name, **environment):
    window = desk.open(name, "kam1@kam.test", environment={"LC_ALL": "C.UTF-8", **environment})
    window.expect("label", "Synced")
    window.open_view(2)
    wait_for("the leads", window.rows)
    window.choose(LEAD)
    window.expect("heading", LEAD)
    return window


def main():
    FOLDER.mkdir(exist_ok=True)
    with Desk(leads=200, kams=3, seed=7) as desk:
        window = open_lead(desk, "light")
        take(window, "leads", 1200, 760)
        window.press("Return")
        take(window, "narrow", 360, 720)
        window.close()
        window = open_lead(desk, "dark", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        take(window, "lead-dark", 1200, 760)


if __name__ == "__main__":
    main()
