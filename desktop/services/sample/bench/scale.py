"""How much is measured on: enough to tell on any machine, or the ten years of the budgets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from desktop.errors import RuleError

VARIABLE: Final = "CLAIMSTEAD_BENCH_SCALE"


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of the invented practice and how often each side runs.

    Attributes:
        visits: settled and open ones of past years; each has two or three lines.
        claims: written as 837P, and as many answered by one 835; three lines each.
        keys: how many keystrokes a search is asked for.
        pairs: procedure pairs in the invented quarterly list.
        runs: of each side of a measure; the median counts.
    """

    patients: int
    visits: int
    claims: int
    forms: int
    keys: int
    runs: int
    windows: int
    pairs: int = 1_700_000


DEFAULT: Final = Scale(50_000, 80_000, 2_000, 1_000, 400, 3, 7)
SCALES: Final = {
    "default": DEFAULT,
    "full": Scale(50_000, 500_000, 10_000, 1_000, 2_000, 5, 15),
}


def chosen() -> Scale:
    """The scale that the environment names.

    Raises:
        RuleError: it names none that there is.
    """
    name = os.environ.get(VARIABLE, "default")
    if name not in SCALES:
        raise RuleError(f"{VARIABLE} is “{name}”; it may be {' or '.join(SCALES)}.")
    return SCALES[name]
