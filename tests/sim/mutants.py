#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the simulator find bugs? Each entry of mutants.toml is one, put into one file on purpose. That file alone is compiled, the simulator is linked
anew with it in a temporary folder, and runs until it finds the bug. Prints TAP: a bug that is not found, or whose place is not there any more, fails.

    mutants.py BUILD [--all] [--keep-going] [NAME…]

Without --all (or KAM_LONG=1) only those marked quick run."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "tests/sim/test-sim"
LIMIT_SECONDS = 240
ENV = {**os.environ, "G_DEBUG": "fatal-criticals", "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1", "LC_ALL": "C.UTF-8"}


def link_command(build):
    lines = subprocess.run(["ninja", "-C", build, "-t", "commands", PROGRAM], capture_output=True, text=True, check=True).stdout.splitlines()
    return shlex.split(next(line for line in reversed(lines) if f"-o {PROGRAM} " in line))


def compile_command(build, source):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = (build / entry["directory"] / entry["file"]).resolve()
        if path == source:
            words = shlex.split(entry["command"])
            return words, words[words.index("-o") + 1], words[words.index("-c") + 1]
    raise LookupError(f"{source} is not compiled in {build}")


def mutate(mutant):
    source = ROOT / mutant["file"]
    text = source.read_text()
    old, new = mutant["old"].strip("\n"), mutant["new"].strip("\n")
    times = text.count(old)
    if times != 1:
        raise LookupError(f"its place occurs {times} times in {mutant['file']}")
    return source, text.replace(old, new)


def make(build, link, mutant, folder):
    source, text = mutate(mutant)
    words, old_object, _ = compile_command(build, source.resolve())
    changed = folder / source.name
    changed.write_text(f'#line 1 "{source}"\n' + text)
    new_object = str(folder / "changed.o")
    words = [word for word in words if word not in ("-Werror", "ccache")]
    words[words.index("-o") + 1] = new_object
    words[words.index("-c") + 1] = str(changed)
    for flag in ("-MF", "-MQ"):
        words[words.index(flag) + 1] = str(folder / "changed.d")
    words += [f"-I{source.parent}", "-w"]
    subprocess.run(words, cwd=build, check=True, capture_output=True, text=True)

    # What the object itself defines is not taken from the archive that has the unchanged one.
    program = str(folder / "test-sim")
    words = [new_object if word == old_object else word for word in link if word != "ccache"]
    words[words.index("-o") + 1] = program
    if old_object not in link:
        words.insert(words.index("-o") + 2, new_object)
    subprocess.run(words, cwd=build, check=True, capture_output=True, text=True)
    return program


def run(program, mutant):
    words = [program, "--quiet", "--seeds", f"0-{mutant.get('seeds', 200)}", "--faults", mutant.get("faults", "usual")]
    if mutant.get("store") == "real":
        words.append("--real")
    try:
        done = subprocess.run(words, capture_output=True, text=True, env=ENV, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return False, f"not within {LIMIT_SECONDS} s"
    if done.returncode == 0:
        return False, "not in " + done.stdout.strip()
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return True, lines[0][:200] if lines else f"status {done.returncode}"


def test(build, link, mutant):
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kam-mutant-") as name:
        try:
            program = make(build, link, mutant, Path(name))
            middle = time.monotonic()
            found, how = run(program, mutant)
        except LookupError as error:
            return mutant, False, str(error), 0, 0
        except subprocess.CalledProcessError as error:
            return mutant, False, "does not build: " + error.stderr.strip()[:600], 0, 0
    return mutant, found, how, middle - begin, time.monotonic() - middle


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    every = "--all" in sys.argv or os.environ.get("KAM_LONG") == "1" or len(words) > 1
    build = Path(words[0]).resolve()
    mutants = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text())["mutant"]
    mutants = [mutant for mutant in mutants if (mutant["name"] in words[1:] if len(words) > 1 else every or mutant.get("quick"))]
    link = link_command(build)
    missed = 0

    print(f"1..{len(mutants)}", flush=True)
    with ThreadPoolExecutor(2 if every else 1) as pool:
        for number, (mutant, found, how, building, running) in enumerate(pool.map(lambda each: test(build, link, each), mutants), 1):
            missed += not found
            print(f"{'ok' if found else 'not ok'} {number} - {mutant['name']}")
            print(f"# {mutant['file']}: built in {building:.1f} s, {'found' if found else 'NOT FOUND'} in {running:.1f} s: {how}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
