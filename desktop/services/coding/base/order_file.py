"""The order file and its addenda of ICD-10-CM, as CMS publishes them (bytes in, records out).

Layouts: ``icd10OrderFiles.pdf`` of the yearly package; columns are 1-based there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.services.coding.base.values import RejectedLine

_ORDER = re.compile(r"^\d{5} ([A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}) {1,5}([01]) ")
_ADDENDA = re.compile(
    r"^(Add|Delete|Revise from|Revise to): +([01]) ([A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}) "
)
_TRAILER = re.compile(r"^ *(\d{1,7}) (headers|codes) in icd10cm_order_(20[1-9]\d)\.txt")
_COUNT = re.compile(r"^ *(\d+) (additions|deletions|revisions)$")


_MOST_WRONG = 1000


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One line of the order file; `short` is empty when it equals the title."""

    code: str
    billable: bool
    short: str
    title: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The records in tabular order, and the lines that could not be read."""

    records: tuple[OrderRecord, ...]
    rejected: tuple[RejectedLine, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Headings and billable codes of one year, by the addenda's own trailer."""

    year: int
    headers: int
    codes: int


@dataclass(frozen=True, slots=True)
class Addenda:
    """The difference between two years.

    Attributes:
        deleted: (line number, code, billable).
        added: (line number, record).
        revised: (line number, record as it reads now).
        old, new: counts of the trailer; None when the file has none.
        tallies: the trailer's additions, deletions and revisions, headers first.
    """

    deleted: tuple[tuple[int, str, bool], ...]
    added: tuple[tuple[int, OrderRecord], ...]
    revised: tuple[tuple[int, OrderRecord], ...]
    rejected: tuple[RejectedLine, ...]
    old: Counts | None
    new: Counts | None


def decode(data: bytes) -> str:
    """The text of a published file: UTF-8, else Latin-1; any line ends."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def looks_like_order(text: str) -> bool:
    """Whether the first written line is one of an order file."""
    return bool(_ORDER.match(_first_line(text)))


def looks_like_addenda(text: str) -> bool:
    """Whether the first written line is one of the order addenda."""
    return bool(_ADDENDA.match(_first_line(text)))


def _first_line(text: str) -> str:
    return next((line for line in text[:4000].split("\n") if line.strip()), "")


def read_order(text: str) -> OrderFile:
    """All records of an order file; a line that is none is reported by its number.

    It is given up where most lines are none.
    """
    records: list[OrderRecord] = []
    rejected: list[RejectedLine] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if len(rejected) > _MOST_WRONG + len(records):
            break  # no order file at all
        found = _ORDER.match(line)
        title = line[77:].strip()
        short = line[16:76].strip()
        if found is None or len(found[0]) != 16 or not (title or short):
            rejected.append(RejectedLine(number, "not a line of the order file"))
        elif found[1] in seen:
            rejected.append(RejectedLine(number, f"{found[1]} stands twice"))
        else:
            seen.add(found[1])
            records.append(_record(found[1], found[2], short, title))
    return OrderFile(tuple(records), tuple(rejected))


def _record(code: str, flag: str, short: str, title: str) -> OrderRecord:
    title = " ".join((title or short).split())
    short = " ".join(short.split())
    return OrderRecord(code, flag == "1", "" if short == title else short, title)


def read_addenda(text: str) -> Addenda:
    """The actions of an addenda file and the counts that close it."""
    deleted: list[tuple[int, str, bool]] = []
    added: list[tuple[int, OrderRecord]] = []
    revised: list[tuple[int, OrderRecord]] = []
    rejected: list[RejectedLine] = []
    counts: dict[int, dict[str, int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if len(rejected) > _MOST_WRONG + len(added) + len(deleted) + len(revised):
            break  # no addenda at all; the counts that close them are missing then
        trailer = _TRAILER.match(line)
        if trailer is not None:
            counts.setdefault(int(trailer[3]), {})[trailer[2]] = int(trailer[1])
            continue
        found = _ADDENDA.match(line)
        if found is None:
            if line.strip() and not _is_trailer_text(line):
                rejected.append(RejectedLine(number, "not a line of the addenda"))
            continue
        record = _record(found[3], found[2], line[23:83].strip(), line[84:].strip())
        if not record.title:
            rejected.append(RejectedLine(number, f"{record.code} has no title"))
        elif found[1] == "Add":
            added.append((number, record))
        elif found[1] == "Delete":
            deleted.append((number, record.code, record.billable))
        elif found[1] == "Revise to":
            revised.append((number, record))
    old, new = _years(counts)
    return Addenda(tuple(deleted), tuple(added), tuple(revised), tuple(rejected), old, new)


def _is_trailer_text(line: str) -> bool:
    return (
        line.strip() in {"Headers", "Codes", "of which"}
        or _COUNT.match(line) is not None
        or re.match(r"^ *\d+ revisions to ", line) is not None
    )


def _years(counts: dict[int, dict[str, int]]) -> tuple[Counts | None, Counts | None]:
    whole = [
        Counts(year, by["headers"], by["codes"])
        for year, by in sorted(counts.items())
        if {"headers", "codes"} <= by.keys()
    ]
    return (whole[0], whole[1]) if len(whole) == 2 else (None, None)
