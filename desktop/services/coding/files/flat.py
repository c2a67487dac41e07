"""Flat lists, a code a row: provider taxonomy, places of service, reason and remark codes.

The reasons and remarks are X12's and have no published file, so any table with the usual
headers is taken. A list replaces what is built in from its own first day; the program's own
words beside each code stay.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from desktop.errors import RuleError
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import CARC, NUCC, POS, RARC, ImportResult
from desktop.services.coding.builtin.places import PLACES
from desktop.services.coding.files.quarters import ask_for_day
from desktop.services.coding.files.streams import Reading
from desktop.services.coding.files.tables import head_rows, records
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d\d?)/(\d\d?)/(20\d\d)(?!\d)")

Columns = Mapping[str, Sequence[str]]
"""Field → names that its column may have; the first two fields must be there."""


def day_of(text: str) -> dt.date | None:
    """A date as people write it; None for what is none."""
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d", "%m/%d/%y", "%d-%b-%Y"):
        try:
            return dt.datetime.strptime(text.split(" ", maxsplit=1)[0], form).date()  # noqa: DTZ007 (no time)
        except ValueError:
            continue
    return None


def _rows(
    reading: Reading, columns: Columns, code: re.Pattern[str], what: str
) -> Iterator[tuple[int, str, dict[str, str]]]:
    """The rows whose code has the right shape, each code once; the others are reported."""
    seen: set[str] = set()
    for number, row in records(reading, columns):
        found = row["code"].upper()
        if found.isdigit():
            found = found.lstrip("0")
        if code.fullmatch(found) is None:
            reading.reject(number, f"“{row['code'][:20]}” is no {what}")
        elif found in seen:
            reading.reject(number, f"{found} stands twice")
        else:
            seen.add(found)
            reading.kept += 1
            if reading.kept % 200 == 0:
                reading.report("codes")
            yield number, found, row


def _save(job: Import, reading: Reading, nodes: list[Node], draft: Draft) -> ImportResult:
    reading.finish("codes")
    systems.refuse_if_shrunk(job.connection, draft, len(nodes))
    return save_release(
        job.connection, draft, nodes, job.now, job.progress, rejected=tuple(reading.rejected)
    )


def _attributes(row: Mapping[str, str], names: Sequence[str]) -> str | None:
    found = {name: " ".join(row[name].split()) for name in names if row.get(name)}
    return json.dumps(found, ensure_ascii=False) if found else None


# --- provider taxonomy ----------------------------------------------------------------------

_TAXONOMY = re.compile(r"\d{3}[0-9A-Z]{6}X")
_VERSION = re.compile(r"taxonomy_?(\d\d)\.?(\d)(?!\d)", re.IGNORECASE)
_NUCC_COLUMNS: Columns = {
    "code": ("code",),
    "grouping": ("grouping", "type"),
    "classification": ("classification",),
    "specialization": ("specialization",),
    "definition": ("definition",),
    "notes": ("notes",),
    "display": ("display name",),
    "section": ("section",),
}


def _is_nucc(part: Part) -> bool:
    return any("classification" in row for row in head_rows(part, _NUCC_COLUMNS)[:1])


def _nucc_start(job: Import, part: Part, days: Sequence[dt.date]) -> tuple[dt.date, str]:
    """First day of use and name: published in January and July, used three months later."""
    named = _VERSION.search(part.name)
    published = max(days, default=None)
    if named is not None:
        by_name = dt.date(2000 + int(named[1]), 7 if named[2] != "0" else 1, 1)
        published = by_name if published is None else max(by_name, published)
    if published is None and job.start is None:
        raise ask_for_day(part)
    if published is None:
        published = job.start or job.now.date()
    july = published.month >= 7
    used = job.start or dt.date(published.year, 10 if july else 4, 1)
    return used, f"{published:%y}.{int(july)}"


def _import_nucc(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    nodes: list[Node] = []
    days: list[dt.date] = []
    for number, code, row in _rows(reading, _NUCC_COLUMNS, _TAXONOMY, "taxonomy code"):
        names = [row[n] for n in ("classification", "specialization") if row.get(n)]
        title = " ".join((row.get("display") or ", ".join(names)).split())
        if not title:
            reading.reject(number, f"{code} has no name")
            continue
        attributes = _attributes(row, list(_NUCC_COLUMNS)[1:])
        nodes.append(Node("code", code, "", title, billable=True, short="", attributes=attributes))
        for month, day, year in _DAY.findall(row.get("notes", "")):
            days += filter(None, [day_of(f"{month}/{day}/{year}")])
    start, version = _nucc_start(job, part, [d for d in days if d <= job.now.date()])
    draft = Draft(NUCC, f"NUCC {version}", start, None, "nucc", part.name, job.digest)
    return _save(job, reading, nodes, draft)


# --- places of service ----------------------------------------------------------------------

_PLACE = re.compile(r"\d\d")
_FEWEST_PLACES = 45
_RANGE = re.compile(r"\d\d ?[-–] ?\d\d")
_POS_COLUMNS: Columns = {
    "code": ("code", "place of service code(s)", "place of service code", "pos code", "pos"),
    "name": ("name", "place of service name", "pos name"),
    "setting": ("mpfs_setting", "setting", "facility", "rate", "payment rate"),
    "description": ("place of service description", "description"),
}


def _is_pos(part: Part) -> bool:
    rows = head_rows(part, _POS_COLUMNS)
    places = [row for row in rows if _PLACE.fullmatch(row["code"])]
    told = [row for row in places if row["code"] in PLACES]
    return len(told) >= 5 and len(told) * 2 > len(rows)


def _import_pos(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    named = _YEAR.search(part.name)
    if job.start is None and named is None:
        raise ask_for_day(part)
    nodes: list[Node] = []
    for number, row in records(reading, _POS_COLUMNS):
        code, name = row["code"], " ".join(row["name"].split())
        if _RANGE.fullmatch(code) or name.lower().startswith("unassigned"):
            continue
        if _PLACE.fullmatch(code) is None or not name:
            reading.reject(number, "no place of service with its name")
        elif any(node.code == code for node in nodes):
            reading.reject(number, f"{code} stands twice")
        else:
            reading.kept += 1
            nodes.append(_place(code, name, row.get("setting", "")))
    if len(nodes) < _FEWEST_PLACES:
        raise RuleError(
            f"{part.name} holds only {len(nodes)} places, but the official list has more than 50; "
            "it seems to be incomplete. Download it again."
        )
    start = job.start or dt.date(int(named[1]) if named else 0, 1, 1)
    draft = Draft(POS, f"CMS {start.year}", start, None, "pos", part.name, job.digest)
    return _save(job, reading, nodes, draft)


def _place(code: str, name: str, setting: str) -> Node:
    said = setting.strip().lower()
    if said:
        facility = not said.startswith(("non", "n", "office"))
    else:
        facility = code in PLACES and PLACES[code].facility
    attributes = json.dumps({"facility": "yes" if facility else "no"})
    return Node("code", code, "", name, billable=True, short="", attributes=attributes)


# --- reasons and remarks --------------------------------------------------------------------

_SHAPES = {
    CARC: re.compile(r"\d{1,3}|[ABDPWY]\d{1,3}"),
    RARC: re.compile(r"(?:MA?|N)\d{1,4}"),
}
_NAMES = {CARC: "reason code", RARC: "remark code"}
_REASON_COLUMNS: Columns = {
    "code": (
        *("code", "carc", "rarc", "carc code", "rarc code", "reason code", "remark code"),
        *("claim adjustment reason code", "adjustment reason code"),
        "remittance advice remark code",
    ),
    "description": (
        *("description", "text", "message", "meaning", "code description", "definition"),
        *("reason", "remark", "long description"),
    ),
    "start": ("start", "start date", "effective date", "effective", "begin date", "from"),
    "stop": (
        *("stop", "stop date", "end date", "end", "deactivation date", "deactivated"),
        *("termination date", "to"),
    ),
    "modified": ("last modified", "modified", "last modified date", "modified date", "updated"),
    "notes": ("notes", "note"),
}


def _is_reasons(system: str, part: Part) -> bool:
    """By the header, and nearly all codes of the first rows."""
    rows = head_rows(part, _REASON_COLUMNS)[:-1] or head_rows(part, _REASON_COLUMNS)
    fit = sum(_SHAPES[system].fullmatch(row["code"].upper()) is not None for row in rows)
    return bool(rows) and fit * 10 >= len(rows) * 8 and not _is_pos(part)


def _import_reasons(job: Import, part: Part, system: str) -> ImportResult:
    reading = Reading(job, part)
    found = list(_rows(reading, _REASON_COLUMNS, _SHAPES[system], _NAMES[system]))
    today = job.now.date()
    days = [
        day
        for _, _, row in found
        for name in ("start", "modified", "stop")
        if (day := day_of(row.get(name, ""))) is not None and day <= today
    ]
    if job.start is None and not days:
        raise ask_for_day(part)
    start = job.start or max(days)
    nodes = []
    for number, code, row in found:
        title = " ".join(row["description"].split())
        if title:
            nodes.append(_reason(code, title, row, start))
        else:
            reading.reject(number, f"{code} has no description")
    name = f"{system.upper()} {start.isoformat()}"
    return _save(
        job, reading, nodes, Draft(system, name, start, None, system, part.name, job.digest)
    )


def _reason(code: str, title: str, row: Mapping[str, str], start: dt.date) -> Node:
    said = dict(row)
    days = {name: day_of(row.get(name, "")) for name in ("start", "stop", "modified")}
    said.update({name: day.isoformat() for name, day in days.items() if day is not None})
    begins, ends = days["start"], days["stop"]
    past = ends is not None and ends < start
    return Node(
        "code",
        code,
        "",
        title,
        billable=True,
        short="",
        attributes=_attributes(said, ("start", "stop", "modified", "notes")),
        starts=begins if past or (begins is not None and begins > start) else None,
        ends=ends,
    )


KINDS = (
    FileKind("nucc", NUCC, "the NUCC taxonomy", 40, _is_nucc, _import_nucc),
    FileKind("pos", POS, "places of service", 40, _is_pos, _import_pos),
    FileKind(
        "carc",
        CARC,
        "reason and remark codes (CSV)",
        40,
        lambda part: _is_reasons(CARC, part),
        lambda job, part: _import_reasons(job, part, CARC),
    ),
    FileKind(
        "rarc",
        RARC,
        "",
        40,
        lambda part: _is_reasons(RARC, part),
        lambda job, part: _import_reasons(job, part, RARC),
    ),
)
