"""The Medicare physician fee schedule: relative values of procedures, and cost indices of places.

`PPRRVU`: title and notice lines, a header stacked over several rows, then 31 columns in fixed
order. The descriptors of CPT codes belong to the AMA and are dropped unless the practice is
licensed. Since 2026 a quarter has two files, which differ in the conversion factor: one for
qualifying participants of advanced payment models (APM), one for everybody else.

`GPCI`: title lines, a header, one row a locality, footnotes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import CPT, GPCI, MPFS, ImportResult
from desktop.services.coding.files import quarters
from desktop.services.coding.files.listing import node, save_list
from desktop.services.coding.files.streams import (
    Reading,
    cell,
    has_header,
    head_of,
    header,
    workbook_head,
)
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node, NodeWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop.services.coding.base.parts import Import, Part

_CODE = re.compile(r"[0-9A-Z]{5}")
_CPT = re.compile(r"[0-9]{4}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_NUMBER = re.compile(r"-?[0-9]{0,5}(\.[0-9]{1,6})?")
_COLUMNS = {
    "status": 3,
    "work": 5,
    "pe": 6,
    "pe_facility": 8,
    "mp": 10,
    "pctc": 13,
    "global": 14,
    "multiple": 18,
    "bilateral": 19,
    "assistant": 20,
    "co_surgeon": 21,
    "team": 22,
    "base": 23,
    "factor": 24,
    "supervision": 25,
}
_NUMBERS = ("work", "pe", "pe_facility", "mp", "factor")
_FEWEST_COLUMNS = 26
_TWO_FACTORS_SINCE = 2026
_PLAIN, _APM = "mpfs", "mpfs-apm"
_NOT_APM = re.compile(r"non[-_ ]?(qpp?|qualifying|apm)(?![a-z])|not qualifying", re.IGNORECASE)
_IS_APM = re.compile(r"(?<![a-z])(qpp?|qualifying|apm)(?![a-z])", re.IGNORECASE)
_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_MONTH = re.compile(r"(?<![a-z])(jan|apr|jul|oct)(uary|il|y|ober)?(?![a-z])", re.IGNORECASE)
_RELEASE = re.compile(r"\w+ +release", re.IGNORECASE)
_LETTER = re.compile(r"rvu(20)?\d\d([a-d])(?![a-z])", re.IGNORECASE)
_HEADER = re.compile(r"^\"?HCPCS\"?[,;\t]\"?MOD", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(r"(20[0-9]{2}) national physician fee schedule", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20[0-9]{2})(?!\d)")
_SHORT_YEAR = re.compile(r"rvu(\d\d)(?!\d)", re.IGNORECASE)


def _is_rvu(part: Part) -> bool:
    head = workbook_head(part) if part.is_workbook else part.head
    return bool(_HEADER.search(head)) and "CONV" in head.upper() and "RVU" in head.upper()


def _release_of(job: Import, part: Part, notice: str) -> dt.date:
    """First day of force: as told, by the notice, or by the file's name.

    Raises:
        RuleError: none of them says it.
    """
    if job.start is not None:
        return job.start
    title = _TITLE.search(notice)
    short = _SHORT_YEAR.search(part.name)
    for year, text in (
        (title and title[1], "".join(_RELEASE.findall(notice)[:1])),
        (title and title[1], part.name),
        ((found := _YEAR.search(part.name)) and found[1], part.name),
        (short and f"20{short[1]}", part.name),
    ):
        month, letter = _MONTH.search(text), _LETTER.search(text)
        if year and month:
            return dt.date(int(year), _MONTHS[month[1].lower()], 1)
        if year and letter:
            return dt.date(int(year), "abcd".index(letter[2].lower()) * 3 + 1, 1)
    raise quarters.ask_for_day(part)


class _Values:
    """What one PPRRVU file says."""

    def __init__(self, reading: Reading, *, with_cpt: bool) -> None:
        self.notice = ""
        self.nodes: dict[str, tuple[str, dict[str, str]]] = {}
        self.factors: set[str] = set()
        self._reading = reading
        self._with_cpt = with_cpt

    def read(self) -> None:
        """Read the rows behind the header.

        Raises:
            RuleError: there is no header, or too many wrong rows.
        """
        lines: list[str] = []
        found = False
        for number, cells in self._reading.rows():
            if not found:
                found = cells[0].upper() == "HCPCS"
                lines.append(" ".join(cells))
            elif _CODE.fullmatch(cells[0]):
                self._take(number, cells)
            else:
                self._reading.reject(number, f"“{cells[0][:12]}” is no code")
        self.notice = "\n".join(lines)
        self._reading.finish("codes with relative values")

    def _take(self, number: int, cells: list[str]) -> None:
        reading = self._reading
        code, modifier = cells[0], cell(cells, 1)
        key = f"{code}-{modifier}" if modifier else code
        values = {name: cell(cells, at) for name, at in _COLUMNS.items()}
        wrong = next((n for n in _NUMBERS if not _NUMBER.fullmatch(values[n])), None)
        if len(cells) < _FEWEST_COLUMNS:
            reading.reject(number, f"{len(cells)} columns instead of 31")
        elif modifier and not _MODIFIER.fullmatch(modifier):
            reading.reject(number, f"“{modifier[:12]}” is no modifier")
        elif wrong is not None:
            reading.reject(number, f"{wrong} of {key} is no number: “{values[wrong][:12]}”")
        elif key in self.nodes:
            reading.reject(number, f"{key} stands twice")
        else:
            open_text = self._with_cpt or not _CPT.fullmatch(code)
            self.nodes[key] = (cells[2] if open_text else "", values)
            self.factors.add(values["factor"])
            reading.kept += 1
            if reading.kept % 2000 == 0:
                reading.report("codes")


def _import_rvu(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    values = _Values(reading, with_cpt=CPT in job.options.licensed)
    values.read()
    start = _release_of(job, part, values.notice)
    writer = NodeWriter(job.connection, systems.system_id(job.connection, MPFS))
    loaded = _loaded(job, writer, start)
    kind = _kind(job, part, values, loaded, start)
    name = f"{start:%Y, %B}" if start.day == 1 else start.isoformat()
    draft = Draft(MPFS, name, start, dt.date(start.year, 12, 31), kind, part.name, job.digest)
    nodes = _beside(loaded, values, kind, whole=kind in _kinds(job, start))
    return save_list(job, draft, nodes.values(), reading, writer)


def _kinds(job: Import, start: dt.date) -> set[str]:
    """Which of the two files are loaded for a first day."""
    rows = job.connection.execute(
        "SELECT f.kind FROM release_file f JOIN release r ON r.id = f.release_id"
        " JOIN code_system s ON s.id = r.system_id WHERE s.name = ? AND r.valid_from = ?",
        (MPFS, start.isoformat()),
    )
    return {kind for (kind,) in rows}


def _loaded(job: Import, writer: NodeWriter, start: dt.date) -> dict[str, Node]:
    """The codes of the other file of this very release."""
    if not _kinds(job, start):
        return {}
    return {n.code: n for n in writer.standing(start).values()}


def _factors(loaded: Mapping[str, Node], name: str) -> set[str]:
    found = {json.loads(n.attributes or "{}").get(name, "") for n in loaded.values()}
    return found - {"", "0", "0.0000"}


def _kind(job: Import, part: Part, values: _Values, loaded: dict[str, Node], start: dt.date) -> str:
    """Whether a file is the one for qualifying APM participants.

    Its name or notice says so. Where neither does, the second file of a release with another
    factor is told by the factor: the one for APM participants is higher by law.
    """
    for text in (part.name, values.notice):
        if _NOT_APM.search(text):
            return _PLAIN
        if _IS_APM.search(text):
            return _APM
    before = _factors(loaded, "factor")
    now = values.factors - {"", "0", "0.0000"}
    if start.year < _TWO_FACTORS_SINCE or not before or not now or before & now:
        return _PLAIN
    if max(map(float, now)) > max(map(float, before)):
        return _APM
    for code, old in loaded.items():
        attributes = json.loads(old.attributes or "{}")
        attributes["factor_apm"] = attributes.pop("factor", "")
        loaded[code] = replace(old, attributes=json.dumps(attributes))
    job.connection.execute(
        "UPDATE release_file SET kind = ? WHERE kind = ? AND release_id IN (SELECT r.id FROM"
        " release r JOIN code_system s ON s.id = r.system_id WHERE s.name = ? AND valid_from = ?)",
        (_APM, _PLAIN, MPFS, start.isoformat()),
    )
    return _PLAIN


def _beside(
    loaded: Mapping[str, Node], values: _Values, kind: str, *, whole: bool
) -> dict[str, Node]:
    """The codes of both files of a release, each with the factors that are known.

    Args:
        loaded: the codes as they stand.
        values: of the new file.
        kind: which of the two it is.
        whole: it replaces an edition of itself, so that codes it lacks are gone.
    """
    nodes = {} if whole else dict(loaded)
    for code, (title, own) in values.nodes.items():
        attributes = dict(own)
        before = loaded.get(code)
        known = json.loads((before and before.attributes) or "{}")
        if kind == _APM:
            attributes["factor_apm"] = attributes.pop("factor")
            attributes["factor"] = known.get("factor", "")
        else:
            attributes["factor_apm"] = known.get("factor_apm", "")
        nodes[code] = node(code, title, attributes)
    return nodes


# --- cost indices ---------------------------------------------------------------------------

_GPCI_FIELDS = {
    "mac": (r".*mac", r"carrier.*", r"contractor.*"),
    "state": (r"state",),
    "locality": (r"localitynumber", r"locality(no|code)?"),
    "name": (r"localityname",),
    "work": (r".*(pw|work)gpci.*with10floor.*", r".*(pw|work)gpci.*"),
    "pe": (r".*pegpci.*",),
    "mp": (r".*(mp|pli)gpci.*",),
}
_INDICES = ("work", "pe", "mp")
_GPCI_NEEDED = "state locality work pe mp"


def _is_gpci(part: Part) -> bool:
    return has_header(part, _GPCI_FIELDS, _GPCI_NEEDED)


def _import_gpci(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    rows = reading.rows()
    columns = header(reading, rows, _GPCI_FIELDS, _GPCI_NEEDED)
    found: dict[str, Node] = {}
    for number, cells in rows:
        values = {name: cell(cells, at) for name, at in columns.items()}
        if len([c for c in cells if c]) < 4:
            continue  # a footnote
        state, locality = values["state"].upper(), values["locality"].zfill(2)
        key = f"{state}-{locality}"
        wrong = next((n for n in _INDICES if not re.fullmatch(_NUMBER, values[n] or "x")), None)
        if not (re.fullmatch(r"[A-Z]{2}", state) and re.fullmatch(r"[0-9]{2}", locality)):
            reading.reject(number, f"“{key[:12]}” is no locality")
        elif wrong is not None:
            reading.reject(number, f"{wrong} of {key} is no number: “{values[wrong][:12]}”")
        elif key in found:
            reading.reject(number, f"{key} stands twice")
        else:
            name = values.pop("name", "").rstrip("* ")
            found[key] = node(key, name, values | {"state": state, "locality": locality})
            reading.kept += 1
    reading.finish("localities")
    start = job.start or _year_of(part)
    end = dt.date(start.year, 12, 31)
    draft = Draft(GPCI, str(start.year), start, end, "gpci", part.name, job.digest)
    return save_list(job, draft, found.values(), reading)


def _year_of(part: Part) -> dt.date:
    for text in (head_of(part)[:4000], part.name):
        years = _YEAR.findall(text)
        if years:
            # A final rule's title may name the year of its publication beside that of force.
            return dt.date(max(map(int, years)), 1, 1)
    raise quarters.ask_for_day(part)


KINDS = (
    *quarters.text_and_workbook(
        _PLAIN, MPFS, "the Medicare fee schedule (PPRRVU)", 40, _is_rvu, _import_rvu
    ),
    *quarters.text_and_workbook(
        "gpci", GPCI, "its cost indices (GPCI)", 42, _is_gpci, _import_gpci
    ),
)
