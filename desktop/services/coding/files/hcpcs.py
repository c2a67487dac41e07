"""HCPCS Level II, codes and modifiers: the quarterly list of CMS as text and as workbook.

The text has 320-byte records (``HCPCS…_recordlayout.txt``; columns are 1-based there), several
a code where its description is long; the workbook has one row a code. Both say the same, and
give the same nodes here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import HCPCS, ImportResult, NeedsDay
from desktop.services.coding.files import modifiers
from desktop.services.coding.files.quarters import quarter_end, quarter_of
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
    from collections.abc import Iterable, Iterator, Mapping

_FEWEST_CODES = 5_000
"""Every list since 2010 has more than 6,000 codes."""

_RECORD = re.compile(r"(?:[A-Z]\d{4}|   [0-9A-Z]{2})\d{5}[3478]")
_CODE = re.compile(r"[A-Z]\d{4}|[0-9A-Z]{2}")
_FIRST = "37"
_SHORTEST = 284
"""A first line is at least so long: its dates stand at the end."""

_TEXT_COLUMNS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "pricing": ((120, 2), (122, 2), (124, 2), (126, 2)),
    "multiple": ((128, 1),),
    "cim": ((129, 6), (135, 6), (141, 6)),
    "mcm": ((147, 8), (155, 8), (163, 8)),
    "statute": ((171, 10),),
    "lab": tuple((181 + 3 * i, 3) for i in range(8)),
    "xref": tuple((205 + 5 * i, 5) for i in range(5)),
    "coverage": ((230, 1),),
    "asc": ((231, 2),),
    "asc_from": ((233, 8),),
    "processing_note": ((253, 4),),
    "betos": ((257, 3),),
    "tos": tuple((261 + i, 1) for i in range(5)),
    "anesthesia": ((266, 3),),
    "added": ((269, 8),),
    "action_date": ((277, 8),),
    "terminated": ((285, 8),),
    "action": ((293, 1),),
}
"""Attribute → (first column, length) of its pieces in the text."""

_SHEET_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "pricing": ("price1", "price2", "price3", "price4"),
    "multiple": ("mult_pi",),
    "cim": ("cim1", "cim2", "cim3"),
    "mcm": ("mcm1", "mcm2", "mcm3"),
    "statute": ("statute",),
    "lab": tuple(f"labcert{i}" for i in range(1, 9)),
    "xref": tuple(f"xref{i}" for i in range(1, 6)),
    "coverage": ("cov",),
    "asc": ("asc_grp",),
    "asc_from": ("asc_dt",),
    "processing_note": ("procnote",),
    "betos": ("betos",),
    "tos": tuple(f"tos{i}" for i in range(1, 6)),
    "anesthesia": ("anest_bu",),
    "added": ("add dt",),
    "action_date": ("act eff dt",),
    "terminated": ("term dt",),
    "action": ("action cd",),
}
"""Attribute → names of its columns in the workbook."""

_DATES = frozenset({"asc_from", "added", "action_date", "terminated"})
_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_YEAR = re.compile(r"(?<!\d)(20[1-9]\d)(?!\d)")


@dataclass(slots=True)
class _Entry:
    """A code or modifier as the file states it; lines of its description are still apart."""

    line: int
    code: str
    texts: list[str]
    short: str
    attributes: dict[str, str] = field(default_factory=dict)

    def day(self, name: str) -> dt.date | None:
        """A date of its attributes."""
        text = self.attributes.get(name)
        return None if text is None else dt.date.fromisoformat(text)


def _attributes(pieces: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    out = {}
    for name, found in pieces:
        texts = [text.strip() for text in found if text.strip()]
        if name in _DATES:
            texts = [iso for text in texts if (iso := _iso(text))]
        elif name == "anesthesia":
            texts = [units for text in texts if (units := text.lstrip("0"))]
        if texts:
            out[name] = " ".join(texts)
    return out


def _iso(text: str) -> str:
    """A date YYYYMMDD as ISO; empty for blanks, zeros and what is no date."""
    try:
        return dt.datetime.strptime(text, "%Y%m%d").date().isoformat()  # noqa: DTZ007 (no time)
    except ValueError:
        return ""


# --- the text -------------------------------------------------------------------------------


def _is_record(line: str) -> bool:
    return _RECORD.match(line) is not None and (
        line[10] not in _FIRST or len(line.rstrip()) >= _SHORTEST
    )


def _is_text(part: Part) -> bool:
    lines = part.head.split("\n")
    return any(line[10:11] in _FIRST and _is_record(line) for line in lines if line)


def _text_of(raw: str) -> str:
    """A field cut by bytes: they may be UTF-8."""
    with contextlib.suppress(UnicodeDecodeError):
        raw = raw.encode("latin-1").decode("utf-8")
    return " ".join(raw.split())


def _read_text(reading: Reading) -> Iterator[_Entry]:
    """The entries of the text; its columns count bytes, so it is cut before it is decoded."""
    data = reading.part.read()
    lines = data.decode("latin-1").replace("\r\n", "\n").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    if not _is_record(last):
        raise RuleError(f"{reading.part.name} ends in the middle of a line; download it again.")
    entry: _Entry | None = None
    began = False
    for number, line in enumerate(lines, 1):
        if not _is_record(line):
            if began and line.strip(" \t\x1a"):
                reading.reject(number, "not a line of the HCPCS list")
            continue
        began = True
        reading.kept += 1
        code = line[:5].strip()
        if line[10] in _FIRST:
            if entry is not None:
                yield entry
            entry = _Entry(number, code, [_text_of(line[11:91])], _text_of(line[91:119]))
            entry.attributes = _attributes(
                (name, [line[first - 1 : first - 1 + length] for first, length in pieces])
                for name, pieces in _TEXT_COLUMNS.items()
            )
        elif entry is not None and entry.code == code:
            entry.texts.append(_text_of(line[11:91]))
        else:
            reading.reject(number, f"more of {code}, whose first line is missing")
    if entry is not None:
        yield entry


# --- the workbook ---------------------------------------------------------------------------


def _is_header(cells: list[str]) -> bool:
    names = {squeezed(cell) for cell in cells}
    return {"hcpc", "long description", "add dt", "term dt"} <= names


def _is_workbook(part: Part) -> bool:
    return part.is_workbook and any(
        _is_header(line.split("\t")) for line in workbook_head(part).split("\n")
    )


def _read_workbook(reading: Reading) -> Iterator[_Entry]:
    """The entries of the workbook, one a row; a repeated code is more of its description."""
    entry: _Entry | None = None
    for number, row in named_rows(workbook_rows(reading.part), _is_header):
        code = row.get("hcpc", "")
        if _CODE.fullmatch(code) is None:
            reading.reject(number, "no HCPCS code in its first column")
            continue
        reading.kept += 1
        text = " ".join(row.get("long description", "").split())
        if entry is not None and entry.code == code and row.get("recid") in {"4", "8"}:
            entry.texts.append(text)
            continue
        if entry is not None:
            yield entry
        short = " ".join(row.get("short description", "").split())
        entry = _Entry(number, code, [text], short)
        entry.attributes = _attributes(
            (name, [row.get(column, "") for column in columns])
            for name, columns in _SHEET_COLUMNS.items()
        )
    if entry is not None:
        yield entry


# --- the release ----------------------------------------------------------------------------


def _read(reading: Reading) -> list[_Entry]:
    read = _read_workbook if reading.part.is_workbook else _read_text
    entries: dict[str, _Entry] = {}
    for count, entry in enumerate(read(reading)):
        if count % 1000 == 0:
            reading.report("lines")
        if entry.code[0] == "D" and len(entry.code) == 5:
            reading.reject(entry.line, f"{entry.code} is a dental code, which is not of HCPCS")
        elif entry.code in entries:
            reading.reject(entry.line, f"{entry.code} stands twice")
        elif not any(entry.texts):
            reading.reject(entry.line, f"{entry.code} has no description")
        else:
            entries[entry.code] = entry
    reading.refuse_damaged()
    return list(entries.values())


def start_by_name(name: str) -> dt.date | None:
    """First day by a file's name: ``HCPC2026_OCT_ANWEB``, ``HCPC2019_CONTR_ANWEB``."""
    year = _YEAR.search(name)
    if year is None:
        return None
    months = [m for word, m in _MONTHS.items() if re.search(f"{word}(?![a-z])", name.lower())]
    return dt.date(int(year[1]), months[0] if months else 1, 1)


def _start(job: Import, part: Part, entries: list[_Entry]) -> dt.date:
    """The quarter of the latest change, or of the name where that is a little later or earlier.

    Raises:
        RuleError: neither says it, or they contradict each other.
    """
    if job.start is not None:
        return job.start
    days = [day for e in entries for name in ("added", "action_date") if (day := e.day(name))]
    content = quarter_of(max(days)) if days else None
    name = start_by_name(part.name)
    if name is None or content is None:
        found = name or content
        if found is None:
            raise NeedsDay(f"{part.name} does not say for which quarter it is")
        return found
    if not -366 < (content - name).days < 183:
        raise NeedsDay(
            f"{part.name} is of {name:%m/%d/%Y} by its name, but its latest change is of "
            f"{max(days):%m/%d/%Y}"
        )
    return name


def _release(start: dt.date) -> tuple[str, dt.date]:
    """Name and last day: quarterly since 2020, yearly before."""
    if start.year < 2020:
        return f"HCPCS {start.year}", dt.date(start.year, 12, 31)
    return f"HCPCS {start.year} Q{(start.month + 2) // 3}", quarter_end(start)


def _node(entry: _Entry, start: dt.date, source: Mapping[str, str]) -> Node:
    title = " ".join(text for text in entry.texts if text)
    begins, ends = entry.day("added"), entry.day("terminated")
    if entry.attributes.get("action") in {"A", "R"}:
        begins = entry.day("action_date") or begins
    past = ends is not None and ends < start
    return Node(
        "code",
        entry.code,
        "",
        title,
        billable=True,
        short="" if entry.short == title else entry.short,
        attributes=json.dumps({**source, **entry.attributes}, ensure_ascii=False),
        starts=begins if past or (begins is not None and begins > start) else None,
        ends=ends,
    )


def _import(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    entries = _read(reading)
    codes = [e for e in entries if len(e.code) == 5]
    if len(codes) < _FEWEST_CODES:
        raise RuleError(
            f"{part.name} holds only {len(codes):,} codes, but every official HCPCS list has far "
            "more; it seems to be incomplete. Download it again."
        )
    start = _start(job, part, entries)
    name, end = _release(start)
    kind = "hcpcs_xlsx" if part.is_workbook else "hcpcs"
    draft = Draft(HCPCS, name, start, end, kind, part.name, job.digest)
    systems.refuse_if_shrunk(job.connection, draft, len(codes))
    nodes = [_node(entry, start, {}) for entry in sorted(codes, key=lambda e: e.code)]
    result = save_release(
        job.connection, draft, nodes, job.now, job.progress, rejected=tuple(reading.rejected)
    )
    _name_successors(job, entries, start)
    others = [_node(e, start, {"source": HCPCS}) for e in entries if len(e.code) == 2]
    modifiers.save(job, draft, others)
    return result


def _name_successors(job: Import, entries: list[_Entry], start: dt.date) -> None:
    """Name the code that took over where an ended one refers to a single one that stands."""
    number = systems.system_id(job.connection, HCPCS)
    stands = {e.code for e in entries if (ends := e.day("terminated")) is None or ends >= start}
    found = [
        (e.attributes["xref"], number, e.code)
        for e in entries
        if "terminated" in e.attributes and e.attributes.get("xref") in stands - {e.code}
    ]
    job.connection.executemany(
        "UPDATE code SET replaced_by = ? WHERE system_id = ? AND kind = 'code' AND code = ?"
        " AND valid_to IS NOT NULL",
        found,
    )


# --- what only resembles the list -----------------------------------------------------------

_EXTRACTS = (
    (re.compile(r"^\s*\d{4} alpha-numeric hcpcs corrections", re.IGNORECASE), "corrections"),
    (re.compile(r"^\s*noc codes - hcpcs", re.IGNORECASE), "unlisted codes"),
    (re.compile(r"^\s*hcpcs/mod\s+type of change", re.IGNORECASE), "changes"),
    (re.compile(r"\A\s*cms rif report", re.IGNORECASE), "record layout"),
    (
        re.compile(r"^\W*hcpcscode\W+shortdescriptor\W+statusindicator", re.IGNORECASE),
        "hospital payment",
    ),
)


def _extract(part: Part) -> str:
    head = (workbook_head(part) if part.is_workbook else part.head)[:4000].lstrip("\ufeff")
    return next((what for pattern, what in _EXTRACTS if pattern.search(head)), "")


def _refuse_extract(_job: Import, part: Part) -> ImportResult:
    raise RuleError(
        f"{part.name} is not the HCPCS list itself but an extract of it ({_extract(part)}); "
        "import the whole quarterly file (HCPC…ANWEB) instead."
    )


KINDS = (
    FileKind(
        "hcpcs",
        HCPCS,
        "the HCPCS list (HCPC…ANWEB, text or workbook)",
        10,
        lambda part: not part.is_workbook and _is_text(part),
        _import,
        replaces=frozenset({"hcpcs_xlsx", "hcpcs_extract"}),
    ),
    FileKind(
        "hcpcs_xlsx",
        HCPCS,
        "",
        10,
        _is_workbook,
        _import,
        replaces=frozenset({"hcpcs_extract"}),
    ),
    FileKind("hcpcs_extract", HCPCS, "", 11, lambda part: bool(_extract(part)), _refuse_extract),
)
