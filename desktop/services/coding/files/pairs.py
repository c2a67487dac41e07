"""Writes pairs of codes that carry their own first and last day."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

from desktop.services.coding.files.quarters import part_of
from desktop.services.coding.releases import systems

if TYPE_CHECKING:
    from desktop.services.coding.base.connection import Connection

Pair = tuple[int, str, str, str, str | None, str, str]
"""As `code_pair` has it: system, first, second, first and last day, indicator, note."""

_INSERT = (
    "INSERT INTO code_pair (system_id, first, second, valid_from, valid_to, indicator, note)"
    " VALUES (?,?,?,?,?,?,?) ON CONFLICT (system_id, first, second, valid_from) DO "
)
_UPDATE = (
    "UPDATE SET valid_to = excluded.valid_to, indicator = excluded.indicator, note = excluded.note"
    " WHERE valid_to IS NOT excluded.valid_to OR indicator <> excluded.indicator"
    " OR note <> excluded.note"
)
_RETIRE = (
    "UPDATE code_pair SET valid_to = ?, indicator = '9' WHERE system_id = ? AND first = ?"
    " AND second = ? AND valid_from = ?"
)


class PairWriter:
    """Adds pairs, and takes over what a newer release says of known ones; deletes nothing.

    Attributes:
        number: row of the system.
        written: pairs added or changed.
    """

    def __init__(
        self, connection: Connection, system: str, start: dt.date | None, file_name: str
    ) -> None:
        """Begin to write.

        Args:
            connection: an open ``codes.db`` with a transaction.
            system: name of the code system.
            start: first day of the release; None = it is newer than all that are loaded.
            file_name: tells which part of the release it is.
        """
        self.number = systems.system_id(connection, system)
        self._connection = connection
        self._before = self._count()
        later = [] if start is None else self._later(start)
        part = part_of(file_name)
        same = [day for day, name in later if part_of(name) == part]
        self._is_older = bool(later)
        self._eve = min(same) - dt.timedelta(days=1) if same else None
        self.written = 0

    def _later(self, start: dt.date) -> list[tuple[dt.date, str]]:
        """First day and name of each file of a later release."""
        rows = self._connection.execute(
            "SELECT r.valid_from, f.file_name FROM release r"
            " JOIN release_file f ON f.release_id = r.id"
            " WHERE r.system_id = ? AND r.valid_from > ?",
            (self.number, start.isoformat()),
        )
        return [(dt.date.fromisoformat(day), name) for day, name in rows]

    def write(self, pairs: list[Pair]) -> None:
        """Save a batch.

        An older release changes no pair that a newer one has stated; what it alone states
        holds until the newer one begins, if that is loaded with the same part.

        Args:
            pairs: in any order; sorted here, since the table is.
        """
        action = "NOTHING" if self._is_older else _UPDATE
        if self._eve is not None:
            eve = self._eve.isoformat()
            pairs = [
                (*p[:4], eve if p[4] is None else min(p[4], eve), *p[5:])
                for p in pairs
                if p[3] <= eve
            ]
        pairs.sort()
        cursor = self._connection.executemany(_INSERT + action, pairs)
        self.written += max(cursor.rowcount, 0)

    def retire(self, pairs: list[tuple[str, str, str]]) -> None:
        """End known pairs that were called off from the day they began: first, second, that day."""
        if self._before and not self._is_older:
            self._connection.executemany(
                _RETIRE, [(start, self.number, a, b, start) for a, b, start in pairs]
            )

    def added(self) -> int:
        """How many pairs there are more than at the start."""
        return self._count() - self._before

    def in_force(self, on: dt.date) -> int:
        """How many pairs hold on a day."""
        row = self._connection.execute(
            "SELECT count(*) FROM code_pair WHERE system_id = ? AND valid_from <= ?"
            " AND (valid_to IS NULL OR valid_to >= ?)",
            (self.number, on.isoformat(), on.isoformat()),
        ).fetchone()
        return int(row[0])

    def ended(self, eve: dt.date) -> int:
        """How many pairs hold for the last time on a day."""
        row = self._connection.execute(
            "SELECT count(*) FROM code_pair WHERE system_id = ? AND valid_to = ?",
            (self.number, eve.isoformat()),
        ).fetchone()
        return int(row[0])

    def _count(self) -> int:
        row = self._connection.execute(
            "SELECT count(*) FROM code_pair WHERE system_id = ?", (self.number,)
        ).fetchone()
        return int(row[0])


@functools.lru_cache(maxsize=4096)
def day_of(text: str) -> str | None:
    """``20261001`` as 2026-10-01; None when it is no day."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None
