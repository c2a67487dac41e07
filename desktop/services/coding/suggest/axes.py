"""Sides, encounters and trimesters: codes that differ in one of them alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import tokens
from desktop.services.coding.suggest.lexicon import AXIS_WORDS

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.coding.base.values import CodeInfo
    from desktop.services.coding.library.store import CodeStore

_SIDE = re.compile(r"\b(right|left|bilateral)\b")
_ENCOUNTER = re.compile(r"\b(?:initial|subsequent) encounter\b|, sequela$")
_DIGITS = frozenset("index middle ring little thumb great lesser finger toe".split())
_NO_SIDES = ("I50", "I44", "I45", "I69", "G81", "G83")
"""Categories where right and left say something else than the side of the phrase."""
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
    coded = len(info.code) == 7 and _ENCOUNTER.search(title) is not None
    encounter = info.code[6] if coded else ""
    core = frozenset(tokens(_unended(title))) - _WORDS
    return Variant(
        info,
        core,
        "" if side is None else side[1],
        "" if trimester is None else trimester[1],
        encounter,
    )


def _unended(title: str) -> str:
    title = re.sub(r",? (?:initial|subsequent) encounter.*$|, sequela$", "", title)
    title = _TRIMESTER.sub(" ", title).replace(", unspecified quadrant", "")
    return re.sub(r", (?:right|left|unspecified) (?:eye|ear|side)\b", "", title)


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
        if code.code.startswith(_NO_SIDES):
            return [own]
        found: list[Variant] = []
        for start in self._starts(code):
            found = [v for v in self.below(start) if v.core == own.core]
            if any(v.side for v in found):
                return found
        return found or [own]

    @staticmethod
    def _starts(code: CodeInfo) -> tuple[str, ...]:
        """Beginnings under which the variants stand, the narrowest first."""
        if code.code[0] in "VWXY":
            return (code.code[:6],)
        if code.code[0] in "ST":
            return (code.code[:5], code.code[:4])
        return (code.code[:3],)

    def wider(self, code: CodeInfo) -> list[Variant]:
        """Sided codes that say only a finger or toe more than one does."""
        own = variant(code)
        return [
            v
            for v in self.below(code.code[:4])
            if v.side and v.core > own.core and v.core - own.core <= _DIGITS
        ]
