#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what failed in a meson test log, and closes with the line `N passed, N failed`.

A TAP program counts as many tests as it has points; one that crashed, hung or broke off counts as one failure more."""

import json
import re
import sys

POINT = re.compile(r"^(ok|not ok)\b[^#]*(#\s*(SKIP))?", re.IGNORECASE | re.MULTILINE)


def count(test):
    passed = failed = skipped = 0
    for point in POINT.finditer(test.get("stdout", "")):
        if point.group(3):
            skipped += 1
        elif point.group(1).lower() == "ok":
            passed += 1
        else:
            failed += 1
    good = test["result"] in ("OK", "EXPECTEDFAIL")
    if test["result"] == "SKIP" and passed + failed + skipped == 0:
        skipped = 1
    elif good and passed + failed + skipped == 0:
        passed = 1
    elif not good and test["result"] != "SKIP" and failed == 0:
        failed = 1
    return passed, failed, skipped


def main(path):
    totals = [0, 0, 0]
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            counts = count(test)
            totals = [total + number for total, number in zip(totals, counts)]
            if counts[1]:
                print(f"failed: {test['name']} ({test['result']}, {test['duration']:.1f} s)")
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
