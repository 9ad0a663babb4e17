#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kam is started twice for one profile: what works with it goes on, and whoever comes second says so."""

import fcntl
import re
import subprocess
import time

from kamdesk import BUILD, Desk, run, wait_for


class NoServer(Desk):
    """Windows alone."""

    def __enter__(self):
        return self


def says_so():
    """fault-41: a second one, that cannot reach the first, says that the profile is in use, and goes on once it is free"""
    with NoServer() as desk:
        profile = desk.folder / "kam"
        profile.mkdir(mode=0o700)
        with open(profile / "lock", "w", encoding="utf-8") as lock:  # as another one holds it, that has another session bus
            fcntl.flock(lock, fcntl.LOCK_EX)
            window = desk.open("kam")
            window.expect(None, "This Profile Is in Use")
            assert not (profile / "cache.db").exists() and not (profile / "token").exists()
        window.click("push button", re.compile("^_?T_?ry Again"))
        wait_for("the cache is there", (profile / "cache.db").exists)


def shows_the_first():
    """fault-41: a second one on the same desktop shows the window that is there, and ends"""
    with NoServer() as desk:
        window = desk.open("kam")
        wait_for("the cache is there", (desk.folder / "kam" / "cache.db").exists)
        second = subprocess.run([BUILD / "src/kam", "--profile", str(desk.folder / "kam")], timeout=60, check=False, capture_output=True)
        assert second.returncode == 0, second
        time.sleep(0.5)
        assert window.process.poll() is None
        assert window.find("frame", nth=1) is None, "a second window"


if __name__ == "__main__":
    run(says_so, shows_the_first)
