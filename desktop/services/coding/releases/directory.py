"""The providers taken over from the national provider file, found by NPI or name."""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.coding.base.connection import Connection


@dataclass(frozen=True, slots=True)
class DirectoryProvider:
    """A provider as the national file states it, in capitals as it writes them.

    Attributes:
        is_person: False for an organization, whose name stands in `last`.
        taxonomy: the primary one.
        line1: of the practice location, as are the other fields of the address.
        ended_on: deactivated on this day and not reactivated.
    """

    npi: str
    is_person: bool
    last: str
    first: str
    middle: str
    suffix: str
    credential: str
    taxonomy: str
    line1: str
    line2: str
    city: str
    state: str
    zip_code: str
    phone: str
    ended_on: dt.date | None


COLUMNS = (*(f.name for f in fields(DirectoryProvider)), "key")
_VALUES = ", ".join(COLUMNS[1:])
_INSERT = (
    f"INSERT INTO directory_provider ({', '.join(COLUMNS)})"
    f" VALUES ({','.join('?' * len(COLUMNS))}) ON CONFLICT (npi) DO "
)
_UPDATE = (
    f"UPDATE SET ({_VALUES}) = ({', '.join('excluded.' + c for c in COLUMNS[1:])})"
    f" WHERE ({', '.join('directory_provider.' + c for c in COLUMNS[1:])})"
    f" IS NOT ({', '.join('excluded.' + c for c in COLUMNS[1:])})"
)


def write_providers(
    connection: Connection, rows: Sequence[tuple[object, ...]], *, newest: bool
) -> int:
    """Add or update providers by NPI; returns how many were.

    Args:
        connection: of ``codes.db``.
        rows: values in the order of `COLUMNS`.
        newest: the file is as new as any that was read; an older one changes nobody.
    """
    cursor = connection.executemany(_INSERT + (_UPDATE if newest else "NOTHING"), rows)
    return max(int(cursor.rowcount), 0)


def end_providers(connection: Connection, ended: Sequence[tuple[str, str]]) -> int:
    """Keep the last day of known providers (day, NPI); the file then says nothing else of them."""
    sql = "UPDATE directory_provider SET ended_on = ? WHERE npi = ? AND ended_on IS NOT ?"
    cursor = connection.executemany(sql, [(day, npi, day) for day, npi in ended])
    return max(int(cursor.rowcount), 0)


def count_providers(connection: Connection) -> int:
    """How many providers there are."""
    return int(connection.execute("SELECT count(*) FROM directory_provider").fetchone()[0])


def find_providers(
    connection: Connection, npi: str, names: Sequence[str], limit: int
) -> list[DirectoryProvider]:
    """Providers whose NPI begins with `npi`, or whose folded name with one of `names`."""
    column, starts = ("npi", [npi]) if npi else ("key", list(names))
    found: dict[str, DirectoryProvider] = {}
    for start in starts:
        rows = connection.execute(
            f"SELECT {', '.join(COLUMNS[:-1])} FROM directory_provider"
            f" WHERE {column} >= ? AND {column} < ? ORDER BY {column} LIMIT ?",
            (start, start + "\uffff", limit),
        )
        for row in rows:
            found[row[0]] = _read(row)
    # Who no longer practises comes last.
    return sorted(found.values(), key=lambda p: p.ended_on is not None)[:limit]


def _read(row: Sequence[Any]) -> DirectoryProvider:
    values = list(row)
    values[1] = bool(values[1])
    values[-1] = None if values[-1] is None else dt.date.fromisoformat(values[-1])
    return DirectoryProvider(*values)


def as_row(provider: DirectoryProvider, key: str) -> tuple[object, ...]:
    """A provider as `write_providers` takes it."""
    *values, ended = astuple(provider)
    return (*values, ended and ended.isoformat(), key)
