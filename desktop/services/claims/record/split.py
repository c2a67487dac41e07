"""How a visit is parted into claims: so many lines and twelve diagnoses each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAPER_LINES = 6
FILE_LINES = 50
DIAGNOSES = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One claim's share of a visit.

    Attributes:
        lines: indexes of the visit's lines, in order.
        diagnoses: indexes of the visit's diagnoses, in the visit's order.
        pointers: per line of this part, positions from 1 within `diagnoses`.
    """

    lines: tuple[int, ...]
    diagnoses: tuple[int, ...]
    pointers: tuple[tuple[int, ...], ...]


def split(pointers: Sequence[Sequence[int]], diagnoses: int, most_lines: int) -> list[Part]:
    """Part a visit so that every line keeps all the diagnoses it points to.

    A visit of at most twelve diagnoses repeats them all on each claim, so that every form has
    the same header. Pointers that name no diagnosis stay as they are, for the checks to find.

    Args:
        pointers: per line, positions from 1 within the visit's diagnoses.
        diagnoses: how many the visit has.
        most_lines: lines that one claim holds.

    Returns:
        at least one part, even of a visit without lines.
    """
    groups: list[list[int]] = [[]]
    used: list[set[int]] = [set()]
    for index, wanted in enumerate(pointers):
        mine = {p for p in wanted if 1 <= p <= diagnoses}
        full = len(groups[-1]) >= most_lines
        crowded = diagnoses > DIAGNOSES and len(used[-1] | mine) > DIAGNOSES
        if groups[-1] and (full or crowded):
            groups.append([])
            used.append(set())
        groups[-1].append(index)
        used[-1] |= mine
    if diagnoses <= DIAGNOSES:
        every = tuple(range(diagnoses))
        return [Part(tuple(g), every, tuple(tuple(pointers[i]) for i in g)) for g in groups]
    _place_unused(used, diagnoses)
    return [_renumbered(g, sorted(u), pointers) for g, u in zip(groups, used, strict=True)]


def _place_unused(used: list[set[int]], diagnoses: int) -> None:
    """Give diagnoses that no line points to a place on the first claim that has room."""
    pointed = set().union(*used)
    for position in range(1, diagnoses + 1):
        if position in pointed:
            continue
        room = next((u for u in used if len(u) < DIAGNOSES), None)
        if room is None:
            return
        room.add(position)


def _renumbered(lines: list[int], kept: list[int], pointers: Sequence[Sequence[int]]) -> Part:
    place = {old: new for new, old in enumerate(kept, 1)}
    # A pointer beyond the visit's diagnoses stays beyond this claim's: it must not slip onto one.
    return Part(
        tuple(lines),
        tuple(p - 1 for p in kept),
        tuple(tuple(place.get(p, max(p, DIAGNOSES + 1)) for p in pointers[i]) for i in lines),
    )
