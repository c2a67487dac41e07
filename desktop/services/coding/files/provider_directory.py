"""The national provider file (NPPES): about 10 GB of CSV with 330 quoted columns, as a stream.

Columns are found by name, since names changed (`Gender` became `Sex` in 2025) and columns were
added. Only practices in the wanted states and the wanted NPIs are kept. A deactivated provider
has nothing but its NPI and the day.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.models.values.identifiers import STATES, digits, npi_problem
from desktop.models.values.text import fold, one_line
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import NPPES, ImportResult
from desktop.services.coding.files import quarters
from desktop.services.coding.files.streams import Reading, cell, header
from desktop.services.coding.releases import directory, systems
from desktop.services.coding.releases.directory import DirectoryProvider, as_row
from desktop.services.coding.releases.systems import Draft

_KIND = "npidata"
_NAMES = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "organization": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "middle": "Provider Middle Name",
    "suffix": "Provider Name Suffix Text",
    "credential": "Provider Credential Text",
    "line1": "Provider First Line Business Practice Location Address",
    "line2": "Provider Second Line Business Practice Location Address",
    "city": "Provider Business Practice Location Address City Name",
    "state": "Provider Business Practice Location Address State Name",
    "zip_code": "Provider Business Practice Location Address Postal Code",
    "phone": "Provider Business Practice Location Address Telephone Number",
    "updated": "Last Update Date",
    "ended": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
}
_TAXONOMIES = range(1, 16)
_TAXONOMY = "Healthcare Provider Taxonomy Code_{}"
_PRIMARY = "Healthcare Provider Primary Taxonomy Switch_{}"
_NEEDED = "npi entity last state"
_BATCH = 5_000
_DATES_BY_NAME = re.compile(r"(?<!\d)20\d{6}[-_](20\d\d)(\d\d)(\d\d)(?!\d)")


def _pattern(name: str) -> tuple[str]:
    return (re.sub(r"[^a-z0-9]", "", name.lower()),)


_FIELDS = {
    **{field: _pattern(name) for field, name in _NAMES.items()},
    **{f"taxonomy{n}": _pattern(_TAXONOMY.format(n)) for n in _TAXONOMIES},
    **{f"primary{n}": _pattern(_PRIMARY.format(n)) for n in _TAXONOMIES},
}


def _recognise(part: Part) -> bool:
    first, _, rest = part.head.partition("\n")
    return (
        not part.is_workbook
        and _NAMES["entity"] in first
        and _NAMES["last"] in first
        and bool(rest.strip())  # the zip holds a file of the header alone, too
    )


@functools.lru_cache(maxsize=20_000)
def _day(text: str) -> dt.date | None:
    """The day of ``01/31/2026``; None for none or a wrong one."""
    if len(text) != 10 or not re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
        return None
    try:
        return dt.date(int(text[6:]), int(text[:2]), int(text[3:5]))
    except ValueError:
        return None


class _File:
    """One file being read: the wanted providers in batches, the deactivated beside."""

    def __init__(self, job: Import, reading: Reading, *, newest: bool) -> None:
        self.latest: dt.date | None = None
        self.written = 0
        self._job = job
        self._reading = reading
        self._newest = newest
        self._states = frozenset(state.strip().upper() for state in job.options.states)
        self._npis = frozenset(npi.strip() for npi in job.options.npis)
        self._columns: dict[str, int] = {}
        self._taxonomies: list[tuple[int, int]] = []
        self._rows: list[tuple[object, ...]] = []
        self._ended: list[tuple[str, str]] = []

    def read(self) -> None:
        """Read all lines.

        Raises:
            RuleError: there is no header, or too many wrong lines.
        """
        reading = self._reading
        rows = reading.rows(strip=False)
        self._columns = header(reading, rows, _FIELDS, _NEEDED)
        npi_at, state_at = self._columns["npi"], self._columns["state"]
        places = [
            (self._columns.get(f"taxonomy{n}"), self._columns.get(f"primary{n}"))
            for n in _TAXONOMIES
        ]
        self._taxonomies = [(a, b) for a, b in places if a is not None and b is not None]
        updated_at, ended_at = self._columns.get("updated"), self._columns.get("ended")
        width = max(self._columns.values()) + 1
        newest, lines = "", 0
        # A typing error far ahead would let no later file say anything.
        until = (self._job.now.date() + dt.timedelta(days=366)).strftime("%Y%m%d")
        for lines, (number, cells) in enumerate(rows, 1):
            if len(cells) < width:
                reading.reject(number, f"{len(cells)} columns instead of {width} or more")
            elif cells[state_at].strip().upper() in self._states or cells[npi_at] in self._npis:
                self._take(number, cells)
            elif ended_at is not None and cells[ended_at]:
                self._end(cells)
            if lines % 100 == 0 and updated_at is not None:
                # Dates of a sample are enough to tell a file without a date in its name.
                found = _sortable(cell(cells, updated_at))
                newest = max(newest, found) if found <= until else newest
            if lines % _BATCH == 0:
                self._flush()
        self._flush()
        reading.finish()
        if not lines:
            raise RuleError(f"{reading.part.name} holds no providers; download it again.")
        self.latest = _day(f"{newest[4:6]}/{newest[6:]}/{newest[:4]}") if newest else None

    def _value(self, cells: list[str], name: str) -> str:
        value = cell(cells, self._columns.get(name))
        if value.isascii() and value.isprintable():
            return " ".join(value.split())
        return one_line(value)

    def _take(self, number: int, cells: list[str]) -> None:
        npi = self._value(cells, "npi")
        problem = npi_problem(npi)
        if problem is not None:
            self._reading.reject(number, problem.rstrip("."))
            return
        is_person = self._value(cells, "entity") != "2"
        last = self._value(cells, "last" if is_person else "organization")
        first = self._value(cells, "first") if is_person else ""
        if not last:
            self._end(cells)
            return
        provider = DirectoryProvider(
            npi,
            is_person,
            last,
            first,
            self._value(cells, "middle"),
            self._value(cells, "suffix"),
            self._value(cells, "credential"),
            self._taxonomy(cells),
            self._value(cells, "line1"),
            self._value(cells, "line2"),
            self._value(cells, "city"),
            self._value(cells, "state").upper(),
            digits(self._value(cells, "zip_code")),
            digits(self._value(cells, "phone")),
            self._ended_on(cells),
        )
        key = f"{fold(last)} {_folded(first)}".strip()
        self._rows.append(as_row(provider, key))
        self._reading.kept += 1

    def _taxonomy(self, cells: list[str]) -> str:
        """The one whose switch is Y, else the first."""
        first = ""
        for code_at, primary_at in self._taxonomies:
            if cells[code_at]:
                if cells[primary_at] == "Y":
                    return cells[code_at].strip()
                first = first or cells[code_at].strip()
        return first

    def _ended_on(self, cells: list[str]) -> dt.date | None:
        ended = _day(self._value(cells, "ended"))
        again = _day(self._value(cells, "reactivated"))
        return None if ended is None or (again is not None and again >= ended) else ended

    def _end(self, cells: list[str]) -> None:
        ended = self._ended_on(cells)
        if ended is not None:
            self._ended.append((ended.isoformat(), self._value(cells, "npi")))

    def _flush(self) -> None:
        self._reading.report("providers")
        connection = self._job.connection
        self.written += directory.write_providers(connection, self._rows, newest=self._newest)
        if self._newest:
            self.written += directory.end_providers(connection, self._ended)
        self._rows.clear()
        self._ended.clear()


_folded = functools.lru_cache(maxsize=20_000)(fold)
"""For given names, which repeat."""


def _sortable(text: str) -> str:
    return text[6:] + text[:2] + text[3:5] if _day(text) else ""


def _check_filter(job: Import, part: Part) -> None:
    if not job.options.states and not job.options.npis:
        raise RuleError(
            f"{part.name} holds every provider of the country; name the states whose providers "
            "you want, such as TX, or the NPIs."
        )
    unknown = sorted(s for s in job.options.states if s.strip().upper() not in STATES)
    if unknown:
        raise RuleError(f"“{unknown[0][:20]}” is no state; write its two letters, such as TX.")
    for npi in sorted(job.options.npis):
        problem = npi_problem(npi.strip())
        if problem is not None:
            raise RuleError(problem)


def _import(job: Import, part: Part) -> ImportResult:
    _check_filter(job, part)
    asked = "|".join([job.digest, *sorted(job.options.states), *sorted(job.options.npis)])
    digest = hashlib.sha256(asked.encode()).hexdigest()
    before = systems.imported_before(job.connection, NPPES, digest)
    if before is not None:
        return ImportResult.unchanged(before, part.name, _KIND)
    start = job.start or _day_by_name(part.name)
    newest = start is None or quarters.is_newest(job, NPPES, start)
    count = directory.count_providers(job.connection)
    reading = Reading(job, part)
    file = _File(job, reading, newest=newest)
    file.read()
    start = start or file.latest or job.now.date()
    total = directory.count_providers(job.connection)
    draft = Draft(NPPES, f"as of {start.isoformat()}", start, None, _KIND, part.name, digest)
    release = systems.record_release(
        job.connection, draft, (reading.kept, reading.kept), len(reading.rejected), stamp(job.now)
    )
    return ImportResult(
        release,
        part.name,
        _KIND,
        already_loaded=False,
        added=total - count,
        changed=file.written - (total - count),
        ended=0,
        rejected=tuple(reading.rejected),
    )


def _day_by_name(name: str) -> dt.date | None:
    """The last day of ``npidata_pfile_20050523-20261108.csv``."""
    found = _DATES_BY_NAME.search(name)
    if found is None:
        return None
    year, month, day = found.groups()
    return _day(f"{month}/{day}/{year}")


KINDS = (
    FileKind(
        _KIND,
        NPPES,
        "the national provider file (npidata_pfile, with a state or NPIs)",
        60,
        _recognise,
        _import,
    ),
)
