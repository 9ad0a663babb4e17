#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which tests of meson build folders failed in their last run, and closes with the line `N passed, N failed`.

A TAP program counts as many tests as it has points; one that crashed, hung, leaked or broke off without a failed point counts as one failure more."""

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def points(logs):
    """{test: [passed, failed, skipped]} of the TAP programs."""
    counts = {}
    for suite in ElementTree.parse(logs / "testlog.junit.xml").getroot():
        count = [0, 0, 0]
        for case in suite.iter("testcase"):
            if case.find("skipped") is not None:
                count[2] += 1
            elif case.find("failure") is not None or case.find("error") is not None:
                count[1] += 1
            else:
                count[0] += 1
        counts[suite.get("name").partition(".")[2]] = count
    return counts


def count(build):
    """[passed, failed, skipped] of one folder."""
    logs = Path(build, "meson-logs")
    counts = points(logs)
    totals = [0, 0, 0]
    for line in (logs / "testlog.json").read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        passed, failed, skipped = counts.get(test["name"], [0, 0, 0])
        good = test["result"] in ("OK", "EXPECTEDFAIL")
        if test["result"] == "SKIP":
            skipped = max(skipped, 1)
        elif not good and not failed:
            failed = 1
        elif good and not passed + failed + skipped:
            passed = 1
        totals = [total + number for total, number in zip(totals, (passed, failed, skipped))]
        if failed:
            print(f"failed: {test['name']} in {build} ({test['result']}, {test['duration']:.1f} s)")
    return totals


def main(builds):
    passed, failed, skipped = (sum(numbers) for numbers in zip(*(count(build) for build in builds)))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
