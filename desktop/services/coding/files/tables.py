"""Small lists as tables: CSV with any usual delimiter, or a workbook, read by header names."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.files.streams import Reading, squeezed, workbook_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from desktop.services.coding.base.parts import Part

_DELIMITERS = "\t;,"
_HEAD_ROWS = 40


def _rows_of_head(part: Part) -> list[list[str]]:
    if part.is_workbook:
        return [line.split("\t") for line in workbook_head(part).split("\n")]
    lines = part.head[:20_000].split("\n")
    delimiter = _delimiter(part)
    try:
        rows = list(csv.reader(lines[:400], delimiter=delimiter))
    except csv.Error:
        return []
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _delimiter(part: Part) -> str:
    """The delimiter that the first line with any has most of."""
    for line in part.head[:20_000].split("\n"):
        found = max(_DELIMITERS, key=line.count)
        if found in line:
            return found
    return ","


def head_rows(part: Part, wanted: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """The first rows below the header, by field; empty when there is no such header.

    Args:
        part: the file.
        wanted: field → names that its column may have, in small letters.
    """
    places: dict[str, int] = {}
    out = []
    for cells in _rows_of_head(part)[: _HEAD_ROWS + 20]:
        if places:
            out.append(_record(cells, places))
        else:
            places = _places(cells, wanted)
    return out


def _places(cells: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Field → column, if the row is the header: it has the first two fields."""
    names = {squeezed(cell): place for place, cell in reversed(list(enumerate(cells)))}
    found = {
        field: names[name]
        for field, known in wanted.items()
        for name in reversed(known)
        if name in names
    }
    return found if set(list(wanted)[:2]) <= found.keys() else {}


def _record(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {field: cells[place] if place < len(cells) else "" for field, place in places.items()}


def records(
    reading: Reading, wanted: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header with their line numbers.

    Raises:
        RuleError: it has no such header, or cannot be read.
    """
    part = reading.part
    part.refuse_huge()
    places: dict[str, int] = {}
    for number, cells in reading.rows(_delimiter(part)):
        if places:
            yield number, _record(cells, places)
        else:
            places = _places(cells, wanted)
    if not places:
        raise RuleError(f"{part.name} lacks the header of its columns; download it again.")
