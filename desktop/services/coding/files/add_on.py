"""NCCI add-on codes: which procedures a code may only be billed beside.

Layout: a header, then edit type (1 = all primaries are listed, 2 = the contractor names them,
3 = some are listed), add-on code and its last day, primary code (`CCCCC` = the contractor
says) and its last day, first and last day of the pair; days as YYYYDDD.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import ADD_ON, ImportResult
from desktop.services.coding.files import quarters
from desktop.services.coding.files.pairs import Pair, PairWriter
from desktop.services.coding.files.streams import Reading, cell, has_header, header

if TYPE_CHECKING:
    from desktop.services.coding.base.parts import Import, Part

_CODE = re.compile(r"[0-9A-Z]{5}")
_FIELDS = {
    "type": (r"(aoc)?edittype", r".*type"),
    "add_on": (r"addoncode", r"aoc(code)?"),
    "primary": (r"primarycode",),
    "from": (r".*edit.*eff.*", r".*eff.*"),
    "to": (r".*edit.*del.*",),
    "add_on_to": (r"(aoc|addon(code)?)del.*",),
    "primary_to": (r"primary.*del.*",),
}
_Key = tuple[str, str, str]
"""Add-on code, primary, first day."""
_NEEDED = "type add_on primary from"
_LAST_DAYS = ("to", "add_on_to", "primary_to")


def day_of_year(text: str) -> dt.date | None:
    """``2026001`` as 1 January 2026; None when it is no day.

    Raises:
        ValueError: there is something, but no day.
    """
    if not text or not text.strip("0") or text.startswith("9999"):
        return None
    if not re.fullmatch(r"(19|20)[0-9]{5}", text):
        raise ValueError(text)
    first = dt.date(int(text[:4]), 1, 1)
    day = first + dt.timedelta(days=int(text[4:]) - 1)
    if day.year != first.year:
        raise ValueError(text)
    return day


def _recognise(part: Part) -> bool:
    return has_header(part, _FIELDS, _NEEDED)


def _problem(kind: str, add_on: str, primary: str) -> str:
    if not _CODE.fullmatch(add_on):
        return f"“{add_on[:12]}” is no code"
    if not _CODE.fullmatch(primary):
        return f"“{primary[:12]}” is no code"
    return "" if kind in {"1", "2", "3"} else f"“{kind[:12]}” is no type of add-on code"


def _read(reading: Reading, system: int) -> tuple[dict[_Key, Pair], list[_Key]]:
    """The pairs of the list, and those that it calls off before they began."""
    rows = reading.rows()
    columns = header(reading, rows, _FIELDS, _NEEDED)
    found: dict[_Key, Pair] = {}
    called_off: list[_Key] = []
    for number, cells in rows:
        kind, add_on, primary = (cell(cells, columns[n]) for n in ("type", "add_on", "primary"))
        problem = _problem(kind[:1], add_on, primary)
        try:
            start = day_of_year(cell(cells, columns["from"]))
            ends = [day_of_year(cell(cells, columns.get(name))) for name in _LAST_DAYS]
        except ValueError as e:
            problem = problem or f"“{str(e)[:12]}” is no day of a year"
            start, ends = None, []
        end = min((day for day in ends if day is not None), default=None)
        if not problem and start is None:
            problem = "it has no first day"
        if problem or start is None:
            reading.reject(number, problem)
            continue
        reading.kept += 1
        key = (add_on, primary, start.isoformat())
        if end is not None and end < start:
            called_off.append(key)
            continue
        found[key] = (system, *key, end.isoformat() if end else None, kind[0], "")
        if reading.kept % 2000 == 0:
            reading.report("pairs")
    reading.finish("add-on codes")
    return found, called_off


def _import(job: Import, part: Part) -> ImportResult:
    start = job.start or quarters.day_by_name(part.name)
    if start is None:
        raise quarters.ask_for_day(part)
    reading = Reading(job, part)
    writer = PairWriter(job.connection, ADD_ON, start, part.name)
    found, called_off = _read(reading, writer.number)
    draft = quarters.quarterly(job, part, ADD_ON, "add-on", start)
    quarters.refuse_if_part_shrunk(job, draft, reading.kept)
    writer.write(list(found.values()))
    writer.retire([key for key in called_off if key not in found])
    added = writer.added()
    counts = (reading.kept, writer.in_force(start))
    release = quarters.record_part(job, draft, counts, len(reading.rejected))
    return ImportResult(
        release,
        part.name,
        "add-on",
        already_loaded=False,
        added=added,
        changed=max(writer.written - added, 0),
        ended=writer.ended(start - dt.timedelta(days=1)),
        rejected=tuple(reading.rejected),
    )


KINDS = quarters.text_and_workbook(
    "add-on", ADD_ON, "the NCCI add-on codes", 34, _recognise, _import
)
