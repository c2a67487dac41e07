"""What providers write, with the code that stands for it when nothing more is said.

Our own lists in the `data` folder: ``codes = phrases``, codes apart by blanks, phrases by “;”.
The first code is the default, the next is the second choice. Codes with a side, a trimester or
a 7th character stand there in their unspecified form. Word order, articles and sides do not
matter; “and” or “with” may stand in a note only where they stand there. Marks between words
are written apart (“pre - op”), as the tokens of a note are.
"""

from __future__ import annotations

import functools

from desktop.resources import data_of

Concept = tuple[tuple[str, ...], tuple[str, ...]]
"""Codes without dot, best first, and the phrases that mean them."""


@functools.cache
def concepts() -> tuple[Concept, ...]:
    """All lines of the data folder."""
    folder = data_of(__package__)
    out: list[Concept] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".txt"):
            continue
        for line in file.read_text("utf-8").splitlines():
            left, sign, right = line.partition(" = ")
            if sign and line[0] != "#":
                codes = tuple(code.replace(".", "") for code in left.split())
                out.append((codes, tuple(p.strip() for p in right.split(";") if p.strip())))
    return tuple(out)
