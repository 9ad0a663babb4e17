# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the functions of a C file in GNU style: the name at the start of a line, the body between braces in the first column."""

import re
from collections import namedtuple

Function = namedtuple("Function", "name line head body length")
NAME = re.compile(r"^([A-Za-z_]\w*) \(")


def find(text):
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            head_start = start
            while head_start > 0 and lines[head_start - 1].strip() and not lines[head_start - 1].startswith(("}", "#", " */")):
                head_start -= 1
            name = next((match.group(1) for match in map(NAME.match, lines[head_start:start]) if match), None)
            if name:
                yield Function(name, start + 1, "\n".join(lines[head_start:start]), "\n".join(lines[start:number + 1]), number - start - 1)
            start = None
