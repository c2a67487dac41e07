"""Sides, encounters and trimesters: codes that differ in one of them alone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from desktop.services.coding.store import CodeStore
from desktop.services.coding.suggest.lexicon import AXIS_WORDS
from desktop.services.coding.values import CodeInfo
from desktop.services.coding.words import tokens

_SIDE = re.compile(r"\b(right|left|bilateral)\b")
_SIDELESS = re.compile(
    r"\bunspecified (?:side|eye|ear|hand|foot|limb|arm|leg|breast|upper|lower|\w+(?: \w+)?)\b|"
    r", unspecified\b"
)
_TRIMESTER = re.compile(r"\b(first|second|third|unspecified) trimester")
_WORDS = AXIS_WORDS | {"unspecified"}


@dataclass(frozen=True, slots=True)
class Variant:
    """A code with what its title says on each axis; empty where it says nothing."""

    info: CodeInfo
    core: frozenset[str]
    side: str
    trimester: str
    encounter: str


def variant(info: CodeInfo) -> Variant:
    """What a code's title says on each axis."""
    title = info.title.lower()
    side = _SIDE.search(title)
    trimester = _TRIMESTER.search(title)
    encounter = info.code[6] if len(info.code) == 7 else ""
    core = frozenset(tokens(_unended(title))) - _WORDS
    return Variant(
        info,
        core,
        "" if side is None else side[1],
        "" if trimester is None else trimester[1],
        encounter,
    )


def _unended(title: str) -> str:
    return re.sub(r",? (?:initial|subsequent) encounter.*$|, sequela$", "", title)


class Families:
    """Finds the variants of a code; keeps what it read for one note."""

    def __init__(self, store: CodeStore, on: dt.date) -> None:
        self._store = store
        self._on = on
        self._known: dict[str, list[Variant]] = {}

    def below(self, start: str) -> list[Variant]:
        """The variants of all billable codes that begin so."""
        if start not in self._known:
            found = self._store.billable_below(start, self._on, 1200)
            self._known[start] = [variant(i) for i in found]
        return self._known[start]

    def kin(self, code: CodeInfo) -> list[Variant]:
        """The codes that differ from one on an axis alone, itself among them."""
        own = variant(code)
        start = code.code[:5] if code.code[0] in "ST" else code.code[:3]
        return [v for v in self.below(start) if v.core == own.core or v.info.code == code.code] or [
            own
        ]
