"""References in the notes of the tabular list: “(E10.-)”, “(N18.1-N18.6)”, “(S00-T88)”.

A reference names a code with all below it, or a range in tabular order, which is not the order
of the alphabet (M1A follows M09). Some narrow it by characters: “(E08-E13 with .41)”, “(T36-T50
with fifth or sixth character 5)”. What cannot be read so is left out: it is shown, not enforced.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CODE = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![0-9A-Z])"
_BRACKET = re.compile(rf"\((\s*{_CODE}[^()]*)\)")
_REFERENCE = re.compile(rf"({_CODE})(?:\.?-?\s*(?:-|to)\s*({_CODE}))?")
_PLACES = {
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "six": 6, "seventh": 7,
    "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7,
}  # fmt: skip
_PLACE = "|".join(_PLACES)
_CHARACTER = re.compile(
    rf"({_PLACE})(?: (or|to) ({_PLACE}))?[ -]characters? \.?([0-9A-Z]+)(?:-([0-9A-Z]+))?"
)
_AFTER_DOT = re.compile(r"\.([0-9A-Z]+)(?:-\.([0-9A-Z]+)|-)?")
_FINAL = re.compile(r"final characters -([0-9A-Z]+)")


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes of the tabular list, from `first` to the last below `last`.

    Attributes:
        first, last: without dot; equal for one code with all below it.
        shape: regular expression that the whole code must match besides; empty for any.
    """

    first: str
    last: str
    shape: str = ""

    def covers(self, code: str, order: Mapping[str, int]) -> bool:
        """Whether a code lies in it.

        Args:
            code: without dot.
            order: place in tabular order, of the code itself and of both ends; what is not in
                it stands nowhere and is not covered, a code below an end excepted.
        """
        if self.shape and not _compiled(self.shape).fullmatch(code):
            return False
        if code.startswith((self.first, self.last)):
            return True
        if self.first == self.last:
            return False
        places = [order.get(c) for c in (self.first, code, self.last)]
        first, at, last = places
        return first is not None and at is not None and last is not None and first <= at <= last


@functools.cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


@functools.lru_cache(maxsize=20_000)
def references(text: str) -> tuple[CodeRange, ...]:
    """The codes that a note names in its brackets, in its order."""
    found: dict[CodeRange, None] = {}
    for inner in _BRACKET.findall(text):
        named, _, narrowed = inner.partition("with")
        shape = _shape(narrowed.strip()) if narrowed else ""
        if shape is None:
            continue
        for first, last in _REFERENCE.findall(named):
            start = first.replace(".", "")
            found[CodeRange(start, last.replace(".", "") or start, shape)] = None
    return tuple(found)


def ends(ranges: Iterable[CodeRange]) -> set[str]:
    """The codes whose place in tabular order must be known to judge these ranges."""
    return {c for r in ranges for c in (r.first, r.last) if r.first != r.last}


def _shape(text: str) -> str | None:
    """“with …” as a regular expression, None when it says what characters cannot show."""
    if found := _FINAL.fullmatch(text):
        return f".*{found[1]}"
    if found := _AFTER_DOT.fullmatch(text):
        return f".{{3}}{_between(found[1], found[2] or found[1])}.*"
    found = _CHARACTER.match(text)
    if found is None:
        return None
    place, joined, other, low, high = found.groups()
    marks = _between(low, high or low)
    shape = f".{{{_PLACES[place] - 1}}}{marks}.*"
    return f"{shape}|.{{{_PLACES[other] - 1}}}{marks}.*" if joined == "or" else shape


def _between(low: str, high: str) -> str:
    if low == high:
        return low
    if low.isdigit() and high.isdigit() and len(low) == len(high) and int(low) < int(high):
        return f"(?:{'|'.join(f'{n:0{len(low)}d}' for n in range(int(low), int(high) + 1))})"
    return f"(?:{low}|{high})"
