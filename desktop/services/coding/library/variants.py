"""The codes beside a diagnosis that differ in one thing: the 7th character, or the side."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import ICD10CM, CodeInfo, NoteKind
from desktop.services.coding.library.store import CodeStore, normal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

_PADDED = 6
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_FAMILY = 400
_WORD = re.compile(r"[a-z0-9]+")
_SMALL = frozenset("a an and by in of on or the to unilateral with".split())


class Side(StrEnum):
    """The side that a title says, in the order in which sides stand in a row."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Seventh:
    """One 7th character that a code may take.

    Attributes:
        mark: the character.
        meaning: in the tabular list's words.
        code: the full code without dot, empty places filled with X.
        is_padded: whether X was put in.
        is_current: the code that was asked about has this character.
    """

    mark: str
    meaning: str
    code: str
    dotted: str
    title: str
    is_padded: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class SideChoice:
    """The code of the same condition on one side."""

    side: Side
    code: str
    dotted: str
    title: str
    is_current: bool


def sevenths(store: CodeStore, code: str, on: dt.date) -> tuple[Seventh, ...]:
    """The 7th characters that a code, or a code with one, may take on a date.

    Only characters whose full code is in the code set: a category, whose codes need a 4th
    character first, has none.
    """
    wanted = normal(code)
    described = store.describe(wanted, on)
    if described is None:
        return ()
    stem = wanted[:_PADDED]
    filled = stem.ljust(_PADDED, "X")
    notes = described.of(NoteKind.SEVENTH)
    found = store.lookups(described.info.system, [filled + n.mark for n in notes], on)
    out = []
    for note in notes:
        info = found.get(filled + note.mark)
        if info is not None:
            names = (info.code, info.dotted, info.title)
            padded = filled.endswith("X")
            out.append(Seventh(note.mark, note.text, *names, padded, info.code == wanted))
    return tuple(out)


def sides(store: CodeStore, code: str, on: dt.date) -> tuple[SideChoice, ...]:
    """The same condition right, left, on both sides and on an unspecified one.

    Found by titles that differ in the word of the side alone. Empty when the code has no side.
    """
    wanted = normal(code)
    own = store.lookups(ICD10CM, [wanted], on).get(wanted)
    if own is None:
        return ()
    near = store.lookups(own.system, _one_off(wanted), on)
    if len(wanted) > 4:
        family = wanted[: len(wanted) - 2]
        near |= {i.code: i for i in store.billable_below(family, on, _FAMILY)}
    elif len(wanted) == 4:
        near |= {i.code: i for i in store.billable_below(wanted[:3], on, _FAMILY)}
    near[wanted] = own
    rows = _matching(own, [i for i in near.values() if i.billable == own.billable])
    if len(rows) < 2 or not rows.keys() & {Side.RIGHT, Side.LEFT}:
        return ()
    found = [(side, rows[side]) for side in Side if side in rows]
    return tuple(SideChoice(s, i.code, i.dotted, i.title, i.code == wanted) for s, i in found)


def _one_off(code: str) -> Iterable[str]:
    """The codes that differ from a code in one character behind the category."""
    for at in range(3, min(len(code), _PADDED)):
        for letter in _ALPHABET:
            yield code[:at] + letter + code[at + 1 :]


def _matching(own: CodeInfo, others: list[CodeInfo]) -> dict[Side, CodeInfo]:
    """For each reading of the title's side, those that agree in all other words; the most."""
    best: dict[Side, CodeInfo] = {}
    for side, rest in _readings(own.title):
        found = {side: own}
        for other in sorted(others, key=lambda i: i.code):
            for its, words in _readings(other.title):
                if its not in found and _agree(side, rest, its, words):
                    found[its] = other
        if len(found) > len(best):
            best = found
    return best


def _readings(title: str) -> list[tuple[Side, Counter[str]]]:
    """What side a title may say, with the words that remain; a certain side wins."""
    words = [w for w in _WORD.findall(title.lower()) if w not in _SMALL]
    counted = Counter(words)
    out = []
    for side in Side:
        if counted[side.value]:
            rest = counted.copy()
            rest[side.value] -= 1
            out.append((side, +rest))
    certain = [r for r in out if r[0] is not Side.UNSPECIFIED]
    return certain or out


def _agree(one: Side, first: Counter[str], two: Side, second: Counter[str]) -> bool:
    """Whether the other words are the same; “bilateral” often stands without the organ."""
    if one is two:
        return False
    if first == second:
        return True
    missing, more = first - second, second - first
    if one is Side.BILATERAL:
        missing, more = more, missing
    elif two is not Side.BILATERAL:
        return False
    # The words of the sided title that the bilateral one leaves out, or has in the plural.
    if not more:
        return missing.total() == 1
    (plural,) = more if more.total() == 1 else ("",)
    (single,) = missing if missing.total() == 1 else ("",)
    return bool(plural) and plural in (single + "s", single + "es")
