"""The code systems that the program knows by name, and the bookkeeping of their releases."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.values import (
    ADD_ON,
    CARC,
    CPT,
    GPCI,
    HCPCS,
    ICD10CM,
    LCD,
    MODIFIER,
    MPFS,
    MUE,
    NCCI,
    NPPES,
    NUCC,
    POS,
    RARC,
    Release,
    SourceFile,
)
from desktop.services.coding.releases.writer import Window

if TYPE_CHECKING:
    from desktop.services.coding.base.connection import Connection


@dataclass(frozen=True, slots=True)
class System:
    """A code system: `dot_after` says where print puts the dot (0 = nowhere)."""

    name: str
    title: str
    dot_after: int = 0


SYSTEMS = {
    s.name: s
    for s in (
        System(ICD10CM, "ICD-10-CM diagnoses", 3),
        System(HCPCS, "HCPCS Level II"),
        System(CPT, "CPT (the practice's own licence)"),
        System(MODIFIER, "Modifiers"),
        System(NCCI, "NCCI procedure pairs"),
        System(MUE, "Medically unlikely units (MUE)"),
        System(ADD_ON, "Add-on codes"),
        System(MPFS, "Medicare fee schedule"),
        System(GPCI, "Medicare cost indices (GPCI)"),
        System(LCD, "Medicare coverage articles"),
        System(NUCC, "Provider taxonomy"),
        System(NPPES, "National provider file"),
        System(POS, "Place of service"),
        System(CARC, "Claim adjustment reasons"),
        System(RARC, "Remittance remarks"),
    )
}


EXPLAINING = frozenset({"packaged", "tabular"})
"""Kinds of files whose notes hold until the next of them, whatever code lists come between."""

_COMPARABLE_DAYS = 2 * 366
"""Lists grow: one of ten years ago is no half of today's."""

BUILT_IN = "Built in"
"""Name of the release of a list in the program's own words; it is no measure of official ones."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A release about to be written, and the file that it comes from."""

    system: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None
    file_kind: str
    file_name: str
    sha256: str


def sha256(data: bytes) -> str:
    """Hash of a file's bytes, as kept with its release."""
    return hashlib.sha256(data).hexdigest()


def dotted(code: str, dot_after: int) -> str:
    """The code as printed: E119 becomes E11.9."""
    if dot_after and len(code) > dot_after:
        return f"{code[:dot_after]}.{code[dot_after:]}"
    return code


def fiscal_year(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a federal fiscal year: 1 October before to 30 September."""
    return dt.date(year - 1, 10, 1), dt.date(year, 9, 30)


def fiscal_year_of(on: dt.date) -> int:
    """The federal fiscal year that a day lies in."""
    return on.year + (on.month >= 10)


def system_id(connection: Connection, name: str) -> int:
    """The row of a system, made when it is new."""
    row = connection.execute("SELECT id FROM code_system WHERE name = ?", (name,)).fetchone()
    if row is not None:
        return int(row[0])
    system = SYSTEMS.get(name) or System(name, name)
    cursor = connection.execute(
        "INSERT INTO code_system (name, title, dot_after) VALUES (?, ?, ?)",
        (system.name, system.title, system.dot_after),
    )
    return int(cursor.lastrowid)


_RELEASE = (
    "SELECT s.name, r.name, r.valid_from, r.valid_to, r.records, r.billable"
    " FROM release r JOIN code_system s ON s.id = r.system_id"
)


def _release(row: tuple[str, str, str, str | None, int, int]) -> Release:
    system, name, v0, v1, records, billable = row
    end = None if v1 is None else dt.date.fromisoformat(v1)
    return Release(system, name, dt.date.fromisoformat(v0), end, records, billable)


def all_releases(connection: Connection, system: str | None = None) -> list[Release]:
    """All loaded releases by system and first day."""
    where, given = ("", ()) if system is None else (" WHERE s.name = ?", (system,))
    rows = connection.execute(f"{_RELEASE}{where} ORDER BY s.name, r.valid_from", given)
    return [_release(row) for row in rows]


def covering(connection: Connection, system: str, on: dt.date) -> Release | None:
    """The release in force on a day: the latest that began, if it has not run out."""
    row = connection.execute(
        f"{_RELEASE} WHERE s.name = ? AND r.valid_from <= ? ORDER BY r.valid_from DESC LIMIT 1",
        (system, on.isoformat()),
    ).fetchone()
    if row is None:
        return None
    found = _release(row)
    return found if found.valid_to is None or on <= found.valid_to else None


def imported_before(connection: Connection, system: str, digest: str) -> Release | None:
    """The release that this very file was imported into, if it was.

    One that a later edition of the same name has replaced since may be imported again.
    """
    row = connection.execute(
        f"{_RELEASE} JOIN release_file f ON f.release_id = r.id WHERE s.name = ? AND f.sha256 = ?"
        " AND NOT EXISTS (SELECT 1 FROM release_file n WHERE n.release_id = f.release_id"
        " AND n.kind = f.kind AND n.file_name = f.file_name AND n.id > f.id)",
        (system, digest),
    ).fetchone()
    return None if row is None else _release(row)


def source_files(connection: Connection, system: str) -> list[SourceFile]:
    """Every file that was imported for a system, oldest first."""
    rows = connection.execute(
        "SELECT r.name, f.kind, f.file_name, f.sha256, f.records, f.rejected, f.imported_at"
        " FROM release_file f JOIN release r ON r.id = f.release_id"
        " JOIN code_system s ON s.id = r.system_id WHERE s.name = ? ORDER BY f.id",
        (system,),
    )
    return [SourceFile(*row) for row in rows]


def explaining(connection: Connection, system: str, on: dt.date) -> str:
    """Name of the release whose tabular list explains the codes of a day; empty when none."""
    row = connection.execute(
        "SELECT r.name FROM release r JOIN code_system s ON s.id = r.system_id"
        " JOIN release_file f ON f.release_id = r.id WHERE s.name = ? AND r.valid_from <= ?"
        f" AND f.kind IN ({','.join('?' * len(EXPLAINING))}) ORDER BY r.valid_from DESC LIMIT 1",
        (system, on.isoformat(), *sorted(EXPLAINING)),
    ).fetchone()
    return "" if row is None else str(row[0])


def window(
    connection: Connection, number: int, start: dt.date, kinds: frozenset[str] = frozenset()
) -> Window:
    """Where a release beginning on `start` stands among those loaded.

    Args:
        connection: an open ``codes.db``.
        number: row of the system.
        start: first day of the release.
        kinds: only a release that a file of these kinds was imported into takes over; empty =
            any. The index of a year holds until the next index, whatever else is imported.
    """
    only = ""
    if kinds:
        marks = ",".join("?" * len(kinds))
        only = f" AND id IN (SELECT release_id FROM release_file WHERE kind IN ({marks}))"
    row = connection.execute(
        f"SELECT MIN(valid_from) FROM release WHERE system_id = ? AND valid_from > ?{only}",
        (number, start.isoformat(), *sorted(kinds)),
    ).fetchone()
    following = None if row[0] is None else dt.date.fromisoformat(row[0])
    return Window(number, start, following)


def refuse_if_shrunk(
    connection: Connection, draft: Draft, records: int, *, within: int = _COMPARABLE_DAYS
) -> None:
    """Refuse a list that is far smaller than the loaded one nearest in time.

    Args:
        connection: an open ``codes.db``.
        draft: the release about to be written.
        records: how many it has.
        within: days between the first days of releases that can be compared at most.

    Raises:
        RuleError: it has less than nine tenths of the records; half a file, most likely.
    """
    loaded = [r for r in all_releases(connection, draft.system) if r.name != BUILT_IN]
    near = min(loaded, key=lambda r: abs(r.valid_from - draft.valid_from), default=None)
    if near is None or abs(near.valid_from - draft.valid_from).days > within:
        return
    if records * 10 < near.records * 9:
        raise RuleError(
            f"{draft.file_name} holds {records:,} records, far fewer than the {near.records:,} of "
            f"{near.name}; it seems to be incomplete. Download it again."
        )


def record_release(
    connection: Connection,
    draft: Draft,
    counts: tuple[int, int],
    rejected: int,
    now: str,
) -> Release:
    """Keep a release (or the new counts of a loaded one) with the file it came from."""
    number = system_id(connection, draft.system)
    start = draft.valid_from.isoformat()
    end = None if draft.valid_to is None else draft.valid_to.isoformat()
    connection.execute(
        "INSERT INTO release (system_id, name, valid_from, valid_to, records, billable)"
        " VALUES (?,?,?,?,?,?) ON CONFLICT (system_id, valid_from) DO UPDATE"
        " SET records = excluded.records, billable = excluded.billable",
        (number, draft.name, start, end, *counts),
    )
    record_file(connection, draft, counts[0], rejected, now)
    found = covering(connection, draft.system, draft.valid_from)
    if found is None:
        raise AssertionError("a release covers its own first day")
    return found


def record_file(
    connection: Connection, draft: Draft, records: int, rejected: int, now: str
) -> None:
    """Keep a file with the loaded release that begins with it; counts stay as they were."""
    number = system_id(connection, draft.system)
    row = connection.execute(
        "SELECT id FROM release WHERE system_id = ? AND valid_from = ?",
        (number, draft.valid_from.isoformat()),
    ).fetchone()
    connection.execute(
        "DELETE FROM release_file WHERE release_id = ? AND sha256 = ?", (row[0], draft.sha256)
    )
    connection.execute(
        "INSERT INTO release_file (release_id, kind, file_name, sha256, records, rejected,"
        " imported_at) VALUES (?,?,?,?,?,?,?)",
        (row[0], draft.file_kind, draft.file_name, draft.sha256, records, rejected, now),
    )
