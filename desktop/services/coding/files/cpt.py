"""CPT as the AMA gives it to its licensees: the current layout and the older one.

Current: ``ConsolidatedCodeList`` (tabs or workbook, read by its header's names). Older: the
long texts with a tab (``LONGULT``, capitals ``LONGUT``) or in 80 columns (``LONGULF``,
``LONGUF``), and beside them the medium and short ones (``MEDU``, ``SHORTU``). Every file begins
with notice lines. The texts belong to the AMA; the practice brings its own licence.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.parts import HEAD, FileKind, Import, Part
from desktop.services.coding.base.tabular import TabularNote
from desktop.services.coding.base.values import CPT, ImportResult, NeedsDay, NoteKind
from desktop.services.coding.files.streams import (
    Reading,
    named_rows,
    squeezed,
    workbook_head,
    workbook_rows,
)
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CODE = re.compile(r"\d{4}[0-9AFMTU]")
_TAB = re.compile(r"(\d{4}[0-9AFMTU])\t([^\t]+)")
_COLUMNS = re.compile(r"(\d{4}[0-9AFMTU])(\d\d) (\S.{0,71})")
_NARROW = re.compile(r"(\d{4}[0-9AFMTU]) (\S.{0,60})")
_SHORTEST = 28
"""Characters of a short text at most; a list with longer ones has the medium texts."""

# Not “CPT © 2025”: the copyright of a list is of the year before.
_NOTICE_YEAR = re.compile(r"\bCPT(?:®|\(R\))? ?(20[1-9]\d)\b|\bJanuary 1, (20[1-9]\d)\b")
_NAME_YEAR = re.compile(r"(?<!\d)(20[1-9]\d)(?!\d)")
_DATE = re.compile(r"(?<!\d)(20[1-9]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")

_EXTRA = {
    "medium": "medium",
    "consumer": "consumer",
    "test name": "test",
    "lab name": "laboratory",
    "manufacturer name": "maker",
}
"""Columns of the consolidated list that are kept as attributes."""


@dataclass(slots=True)
class _Entry:
    code: str
    texts: list[str]
    short: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    effective: dt.date | None = None


# --- what year it is of ---------------------------------------------------------------------


def head_of(part: Part) -> str:
    """The first rows of a part, a workbook's with tabs."""
    return workbook_head(part) if part.is_workbook else part.head


def start_of(
    job: Import, part: Part, days: Sequence[dt.date] = (), perhaps: Sequence[dt.date] = ()
) -> dt.date:
    """First day of force: as said, else by notice, the codes' latest date, or a name.

    Args:
        job: the import.
        part: the file.
        days: dates of its codes; every year some change on its first day.
        perhaps: dates of what does not change every year; asked last.

    Raises:
        RuleError: nothing says it.
    """
    if job.start is not None:
        return job.start
    beside = [o for o in job.parts if o.archive == part.archive and o is not part and _is_any(o)]
    year = (
        _year_noticed(part)
        or max((day.year for day in days), default=None)
        or _year_named(part)
        or next((y for other in beside if (y := _year_noticed(other))), None)
        or max((int(y) for o in beside for y in _DATE.findall(head_of(o))), default=None)
        or next((y for other in beside if (y := _year_named(other))), None)
        or max((day.year for day in perhaps), default=None)
    )
    if year is None:
        raise NeedsDay(f"{part.name} does not say for which year it is", "2026-01-01")
    return dt.date(year, 1, 1)


def _year_noticed(part: Part) -> int | None:
    found = _NOTICE_YEAR.search(head_of(part)[:8000])
    return None if found is None else int(found[1] or found[2])


def _year_named(part: Part) -> int | None:
    found = _NAME_YEAR.search(part.name) or _NAME_YEAR.search(part.archive)
    return None if found is None else int(found[1])


def release_of(part: Part, kind: str, start: dt.date, digest: str) -> Draft:
    """The release of a calendar year, or of what is left of it."""
    name = f"CPT {start.year}"
    if (start.month, start.day) != (1, 1):
        name += f", from {start.isoformat()}"
    return Draft(CPT, name, start, dt.date(start.year, 12, 31), kind, part.name, digest)


# --- recognising ----------------------------------------------------------------------------


def _share(part: Part, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """The lines that fit a layout, if those behind the notice nearly all do; else none.

    The last line of the head may be cut, and is not judged.
    """
    if part.is_workbook:
        return []
    lines = [line.rstrip() for line in part.head.split("\n") if line.strip()]
    if part.size > HEAD:
        lines = lines[:-1]
    first = next((i for i, line in enumerate(lines) if pattern.fullmatch(line)), len(lines))
    found = [m for line in lines[first:] if (m := pattern.fullmatch(line))]
    enough = len(found) * 10 >= (len(lines) - first) * 9 and first <= 60
    return found if enough else []


def _has_capitals_only(found: Sequence[re.Match[str]]) -> bool:
    return not any(m[m.re.groups] != m[m.re.groups].upper() for m in found)


def _is_long_tab(part: Part) -> bool:
    found = _share(part, _TAB)
    return bool(found) and not _has_capitals_only(found)


def _is_capital_tab(part: Part) -> bool:
    found = _share(part, _TAB)
    return bool(found) and _has_capitals_only(found)


def _is_long_columns(part: Part) -> bool:
    found = _share(part, _COLUMNS)
    return bool(found) and not _has_capitals_only(found)


def _is_capital_columns(part: Part) -> bool:
    found = _share(part, _COLUMNS)
    return bool(found) and _has_capitals_only(found)


def _is_medium(part: Part) -> bool:
    return any(len(m[2]) > _SHORTEST for m in _share(part, _NARROW))


def _is_short(part: Part) -> bool:
    found = _share(part, _NARROW)
    return bool(found) and all(len(m[2]) <= _SHORTEST for m in found)


def _is_header(cells: Sequence[str]) -> bool:
    return {"concept id", "cpt code", "long"} <= {squeezed(cell) for cell in cells}


def _is_consolidated(part: Part) -> bool:
    return any(_is_header(line.split("\t")) for line in head_of(part).split("\n")[:200])


def _is_any(part: Part) -> bool:
    return any(kind.recognise(part) for kind in KINDS)


# --- reading --------------------------------------------------------------------------------


def rows_of(reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows of cells, of a text with tabs or of a workbook."""
    if reading.part.is_workbook:
        yield from workbook_rows(reading.part)
        return
    with reading.text(newline=None) as text:
        for number, line in enumerate(text, 1):
            yield number, [cell.strip() for cell in line.rstrip("\n").split("\t")]


def day_of(text: str) -> dt.date | None:
    """A date as these lists write it: 20260101, 2026-01-01 or 1/1/2026; None for what is none."""
    for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"):
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 (no time of day)
        except ValueError:
            continue
    return None


def _read_consolidated(reading: Reading) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for number, row in named_rows(rows_of(reading), _is_header):
        code, title = row.get("cpt code", ""), row.get("long", "")
        if _CODE.fullmatch(code) is None or not title:
            reading.reject(number, "no CPT code with its text")
        elif code in entries:
            reading.reject(number, f"{code} stands twice")
        else:
            reading.kept += 1
            entry = entries[code] = _Entry(code, [title], row.get("short", ""))
            entry.attributes = {to: row[name] for name, to in _EXTRA.items() if row.get(name)}
            entry.effective = day_of(row.get("current descriptor effective date", ""))
            if reading.kept % 1000 == 0:
                reading.report("codes")
    return entries


def _read_lines(reading: Reading, pattern: re.Pattern[str]) -> dict[str, _Entry]:
    """One of the older lists: a line a code, or several numbered ones."""
    entries: dict[str, _Entry] = {}
    began = False
    with reading.text(newline=None) as text:
        for number, line in enumerate(text, 1):
            found = pattern.fullmatch(line.rstrip())
            if found is None:
                if began and line.strip():
                    reading.reject(number, "no CPT code with its text")
                continue
            began = True
            code, words = found[1], " ".join(found[found.re.groups].split())
            if code not in entries:
                entries[code] = _Entry(code, [words])
            elif pattern is _COLUMNS and int(found[2]) == len(entries[code].texts) + 1:
                entries[code].texts.append(words)
            else:
                reading.reject(number, f"{code} stands twice")
                continue
            reading.kept += 1
            if reading.kept % 1000 == 0:
                reading.report("lines")
    return entries


def _short_texts(job: Import, part: Part) -> dict[str, str]:
    """Short texts by code from the lists beside this one; medium ones where there are no short."""
    out: dict[str, str] = {}
    for recognise in (_is_medium, _is_short):
        for other in job.parts:
            if other is not part and recognise(other):
                read = _read_lines(Reading(job, other), _NARROW)
                out.update((code, entry.texts[0]) for code, entry in read.items())
    return out


# --- the release ----------------------------------------------------------------------------


def _import_consolidated(job: Import, part: Part) -> ImportResult:
    part.refuse_huge()
    reading = Reading(job, part)
    kind = "cpt_xlsx" if part.is_workbook else "cpt"
    return _save(job, reading, _read_consolidated(reading), kind)


def _import_lines(job: Import, part: Part, pattern: re.Pattern[str], kind: str) -> ImportResult:
    part.refuse_huge()
    reading = Reading(job, part)
    entries = _read_lines(reading, pattern)
    shorts = _short_texts(job, part)
    for entry in entries.values():
        entry.short = shorts.get(entry.code, "")
    return _save(job, reading, entries, kind)


def _save(job: Import, reading: Reading, entries: dict[str, _Entry], kind: str) -> ImportResult:
    reading.refuse_damaged()
    if not entries:
        raise RuleError(f"{reading.part.name} holds no CPT codes; choose the whole list.")
    days = [e.effective for e in entries.values() if e.effective is not None]
    start = start_of(job, reading.part, days)
    draft = release_of(reading.part, kind, start, job.digest)
    systems.refuse_if_shrunk(job.connection, draft, len(entries))
    known = _known_codes(job, start)
    order = sorted(entries.values(), key=lambda e: (not e.code.isdigit(), e.code[-1], e.code))
    nodes = [_node(entry, start, is_known=entry.code in known) for entry in order]
    notes = [
        TabularNote("code", e.code, NoteKind.INCLUSION_TERM, 0, "", e.attributes["consumer"])
        for e in order
        if "consumer" in e.attributes
    ]
    return save_release(
        job.connection,
        draft,
        nodes,
        job.now,
        job.progress,
        notes=notes,
        rejected=tuple(reading.rejected),
    )


def _known_codes(job: Import, start: dt.date) -> set[str]:
    """Codes that stood on the first day of the list or before."""
    number = systems.system_id(job.connection, CPT)
    rows = job.connection.execute(
        "SELECT DISTINCT code FROM code WHERE system_id = ? AND valid_from <= ?",
        (number, start.isoformat()),
    )
    return {code for (code,) in rows}


def _node(entry: _Entry, start: dt.date, *, is_known: bool) -> Node:
    """A code; new ones of category III and the laboratories' start within the year.

    The date is that of the text: of a code that was there before, it says nothing of the code.
    """
    title = " ".join(entry.texts)
    later = entry.effective is not None and entry.effective > start
    mid_year = later and not is_known and not entry.code.isdigit()
    return Node(
        "code",
        entry.code,
        "",
        title,
        billable=True,
        short="" if entry.short == title else entry.short,
        attributes=json.dumps(entry.attributes, ensure_ascii=False) if entry.attributes else None,
        starts=entry.effective if mid_year else None,
    )


_NARROW_KINDS = frozenset({"cpt_medium", "cpt_short"})
_CAPITALS = frozenset({"cpt_tab_capitals", "cpt_columns_capitals"})
_OLDER = frozenset({"cpt_tab", "cpt_columns"}) | _CAPITALS | _NARROW_KINDS
_TITLE = "CPT lists of the practice's own licence"

KINDS = (
    FileKind(
        "cpt",
        CPT,
        _TITLE,
        20,
        lambda part: not part.is_workbook and _is_consolidated(part),
        _import_consolidated,
        replaces=_OLDER | {"cpt_xlsx"},
        licence=CPT,
    ),
    FileKind(
        "cpt_xlsx",
        CPT,
        "",
        20,
        lambda part: part.is_workbook and _is_consolidated(part),
        _import_consolidated,
        replaces=_OLDER,
        licence=CPT,
    ),
    FileKind(
        "cpt_tab",
        CPT,
        "",
        20,
        _is_long_tab,
        lambda job, part: _import_lines(job, part, _TAB, "cpt_tab"),
        replaces=_CAPITALS | {"cpt_columns"},
        takes=_NARROW_KINDS,
        licence=CPT,
    ),
    FileKind(
        "cpt_columns",
        CPT,
        "",
        20,
        _is_long_columns,
        lambda job, part: _import_lines(job, part, _COLUMNS, "cpt_columns"),
        replaces=_CAPITALS,
        takes=_NARROW_KINDS,
        licence=CPT,
    ),
    FileKind(
        "cpt_tab_capitals",
        CPT,
        "",
        20,
        _is_capital_tab,
        lambda job, part: _import_lines(job, part, _TAB, "cpt_tab_capitals"),
        replaces=frozenset({"cpt_columns_capitals"}),
        takes=_NARROW_KINDS,
        licence=CPT,
    ),
    FileKind(
        "cpt_columns_capitals",
        CPT,
        "",
        20,
        _is_capital_columns,
        lambda job, part: _import_lines(job, part, _COLUMNS, "cpt_columns_capitals"),
        takes=_NARROW_KINDS,
        licence=CPT,
    ),
    FileKind(
        "cpt_medium",
        CPT,
        "",
        20,
        _is_medium,
        lambda job, part: _import_lines(job, part, _NARROW, "cpt_medium"),
        takes=frozenset({"cpt_short"}),
        licence=CPT,
    ),
    FileKind(
        "cpt_short",
        CPT,
        "",
        20,
        _is_short,
        lambda job, part: _import_lines(job, part, _NARROW, "cpt_short"),
        licence=CPT,
    ),
)
