"""NCCI procedure-to-procedure edits for practitioners: about 1.7 million pairs a quarter.

Layout: notice lines, a header whose cells may hold line breaks, then with tabs (or in a
workbook) column 1, column 2, a mark for edits before 1996, effective and deletion date as
YYYYMMDD (`*` = none), modifier indicator, rationale. CMS publishes a quarter in four parts.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.connection import wide_cache
from desktop.services.coding.base.values import NCCI, ImportResult
from desktop.services.coding.files import quarters
from desktop.services.coding.files.pairs import Pair, PairWriter, day_of
from desktop.services.coding.files.streams import (
    Reading,
    Row,
    squeezed,
    workbook_head,
    workbook_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.services.coding.base.parts import Import, Part

_CODE = re.compile(r"[0-9A-Z]{5}")
_FIRST_LINE = re.compile(r'"?[0-9A-Z]{5}"?\t"?[0-9A-Z]{5}"?\t')
_VERSION = re.compile(r"v(\d\d)([0-4])r\d", re.IGNORECASE)
_FIRST_YEAR = 1994
"""Version 1.0 was of 1994, so that version 32 is of 2026."""

_BATCH = 20_000
_RULE_OUT = "9"
_KIND = "ncci"


def _is_ptp(text: str) -> bool:
    head = squeezed(text[:40_000])
    return "column 1" in head and "column 2" in head and "deletion" in head and "\t" in text


def _recognise(part: Part) -> bool:
    return _is_ptp(workbook_head(part) if part.is_workbook else part.head)


def start_by_name(name: str) -> dt.date | None:
    """First day of the quarter of ``ccipra-v323r0-f1``: version 32, fourth release of the year.

    The releases of a year count from 0; a 4 is read as the last one too.
    """
    found = _VERSION.search(name)
    if found is None:
        return quarters.day_by_name(name)
    quarter = min(int(found[2]), 3)
    return dt.date(_FIRST_YEAR + int(found[1]), quarter * 3 + 1, 1)


def _lines(reading: Reading) -> Iterator[Row]:
    """The lines from the first pair on, split at tabs.

    Raises:
        RuleError: the last one is cut off.
    """
    part = reading.part
    with reading.text(newline=None) as text:
        found = False
        line, number = "", 0
        for number, line in enumerate(text, 1):
            if found or _FIRST_LINE.match(line):
                found = True
                if '"' in line:
                    line = line.replace('"', "")  # noqa: PLW2901 - a workbook saved as text
                yield number, line.rstrip("\n").split("\t")
        if found and not line.endswith("\n") and line.count("\t") < 5:
            raise RuleError(f"{part.name} is cut off at line {number}; download it again.")


def _rows(reading: Reading) -> Iterator[Row]:
    found = False
    for number, cells in workbook_rows(reading.part):
        cells[:2] = [cell.zfill(5) if cell.isdigit() else cell for cell in cells[:2]]
        found = found or (len(cells) > 5 and all(map(_CODE.fullmatch, cells[:2])))
        if found:
            yield number, cells


class _Pairs:
    """The pairs of one part, in batches."""

    def __init__(self, reading: Reading, writer: PairWriter) -> None:
        self.latest = ""
        self._reading = reading
        self._writer = writer
        self._batch: list[Pair] = []
        self._retired: list[tuple[str, str, str]] = []

    def read(self, rows: Iterator[Row]) -> None:
        """Write what can be read, leave out what cannot."""
        system = self._writer.number
        known: set[str] = set()
        batch = self._batch
        for number, cells in rows:
            if len(cells) < 6:
                if any(cells):
                    self._reading.reject(number, f"{len(cells)} columns instead of 7")
                continue
            first, second, _, began, ends, indicator = cells[:6]
            if first not in known or second not in known:
                if not (_CODE.fullmatch(first) and _CODE.fullmatch(second)):
                    self._reading.reject(number, f"“{first[:12]}” and “{second[:12]}” are no codes")
                    continue
                known.update((first, second))
            start = day_of(began)
            end = None if ends in {"*", ""} else day_of(ends)
            problem = _problem(start, end, ends, indicator[:1])
            if start is None or problem:
                self._reading.reject(number, problem)
                continue
            self._reading.kept += 1
            if indicator[0] == _RULE_OUT:
                self._retired.append((first, second, start))
                continue
            note = cells[6].strip() if len(cells) > 6 else ""
            batch.append((system, first, second, start, end, indicator[0], note))
            if len(batch) + len(self._retired) >= _BATCH:
                self._flush()
        self._flush()

    def _flush(self) -> None:
        self._reading.report("pairs")
        self.latest = max([self.latest, *(pair[3] for pair in self._batch)])
        self._writer.write(self._batch)
        self._writer.retire(self._retired)
        self._batch.clear()
        self._retired.clear()


def _problem(start: str | None, end: str | None, ends: str, indicator: str) -> str:
    if start is None:
        return "its effective date is no date"
    if end is None and ends not in {"*", ""}:
        return f"its deletion date “{ends[:12]}” is no date"
    if indicator not in {"0", "1", "9"} or not indicator:
        return f"its modifier indicator “{indicator}” is not 0, 1 or 9"
    if end is not None and end < start and indicator != _RULE_OUT:
        return "it ends before it begins"
    return ""


def _import(job: Import, part: Part) -> ImportResult:
    if "ccioph" in part.name.lower():
        raise RuleError(
            f"{part.name} is the hospitals' list; a practice needs the practitioners' (ccipra)."
        )
    start = job.start or start_by_name(part.name)
    latest = quarters.latest_start(job, NCCI)
    reading = Reading(job, part)
    with wide_cache(job.connection):
        writer = PairWriter(job.connection, NCCI, start, part.name)
        pairs = _Pairs(reading, writer)
        pairs.read(_rows(reading) if part.is_workbook else _lines(reading))
        reading.refuse_damaged()
        if not reading.kept:
            raise RuleError(f"{part.name} holds no pairs of codes; download it again.")
        if start is None and latest is not None and pairs.latest < latest:
            raise quarters.ask_for_day(part)
        if start is None:
            # Each quarter brings new pairs, so the newest of them tells the quarter.
            start = quarters.quarter_of(dt.date.fromisoformat(pairs.latest or "1996-01-01"))
        draft = quarters.quarterly(job, part, NCCI, _KIND, start)
        quarters.refuse_if_part_shrunk(job, draft, reading.kept)
        job.progress(92, 100, f"Counting the pairs of {draft.name}")
        added = writer.added()
        ended = writer.ended(start - dt.timedelta(days=1))
        counts = (reading.kept, writer.in_force(start))
        release = quarters.record_part(job, draft, counts, len(reading.rejected))
    return ImportResult(
        release,
        part.name,
        _KIND,
        already_loaded=False,
        added=added,
        changed=max(writer.written - added, 0),
        ended=ended,
        rejected=tuple(reading.rejected),
    )


KINDS = quarters.text_and_workbook(
    _KIND, NCCI, "the NCCI procedure pairs (ccipra, text or workbook)", 30, _recognise, _import
)
