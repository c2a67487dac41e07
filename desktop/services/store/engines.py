"""What services ask of the engine under a practice, in words that any engine has.

Engines that write and that only read, one file copied while it is open, whether a file is whole,
what another program committed, and the lock over a practice's folder.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

from desktop.errors import EnvironmentProblem
from desktop.services.store import sqlcipher
from desktop.services.store.refusals import plain_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine


_PLAIN_HEADER: Final = b"SQLite format 3"


def writing(path: Path, key: bytes | None, *, pooled: bool = True) -> Engine:
    """An engine whose transactions write, one at a time: the next waits from its beginning.

    Args:
        path: the store's file.
        key: 32 bytes; None for a file that is not encrypted.
        pooled: keep the one connection; else each transaction opens its own.
    """
    return sqlcipher.engine(path, key, begin="BEGIN IMMEDIATE", pooled=pooled)


def reading(path: Path, key: bytes | None, *, pooled: bool = True) -> Engine:
    """An engine whose transactions cannot write, and never wait for one that does."""
    return sqlcipher.engine(path, key, begin="BEGIN", query_only=True, pooled=pooled)


@contextmanager
def looking_into(path: Path, key: bytes | None) -> Iterator[Connection]:
    """One read of a file that nobody has open; afterwards no journal lies beside it."""
    engine = reading(path, key, pooled=False)
    try:
        with plain_errors(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
        _into_one_file(path, key)


def _into_one_file(path: Path, key: bytes | None) -> None:
    with plain_errors(), closing(sqlcipher.connect(path, key)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def copy(source: Path, target: Path, key: bytes | None) -> None:
    """Copy an open file as it stands now, under the same key, into one file.

    In one go: a copy in steps starts anew at every commit of another program.
    """
    with (
        plain_errors(),
        closing(sqlcipher.connect(source, key)) as old,
        closing(sqlcipher.connect(target, key)) as new,
    ):
        new.execute("PRAGMA journal_mode = DELETE")
        old.backup(new)
        # Again, for the copy brought the other journal along: a copy is one file.
        new.execute("PRAGMA journal_mode = DELETE")


def fault_of_copy(path: Path, key: bytes | None) -> str:
    """What is wrong with the pages of a copy, in the engine's words; empty when it is whole."""
    with plain_errors(), closing(sqlcipher.connect(path, key)) as connection:
        found = str(connection.execute("PRAGMA quick_check").fetchone()[0])
        connection.execute("PRAGMA journal_mode = DELETE")
    return "" if found == "ok" else found


def is_whole(path: Path, key: bytes | None) -> bool:
    """Whether every page of an open file is sound, and sealed by its key; reads all of it."""
    with plain_errors(), closing(sqlcipher.connect(path, key, query_only=True)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        pages = connection.execute("PRAGMA cipher_integrity_check").fetchall() if key else []
    return found == "ok" and not pages


def is_sealed(path: Path) -> bool:
    """Whether a file cannot be read without its key, as its first bytes show."""
    with path.open("rb") as file:
        return not file.read(len(_PLAIN_HEADER)).startswith(_PLAIN_HEADER)


def table_with_broken_reference(connection: Connection) -> str | None:
    """A table with a row that names a record which is not there; None when there is none."""
    row = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return None if row is None else str(row[0])


class ForeignCommits:
    """Notices what other programs committed to a file since it was last asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: int | None = None

    def any(self) -> bool:
        """Whether there were some; the first answer is no. Call it on the engine's own thread."""
        with plain_errors(), self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            version = raw.execute("PRAGMA data_version").fetchone()[0]
        seen, self._seen = self._seen, version
        return seen is not None and seen != version


@contextmanager
def raw(path: Path, key: bytes | None) -> Iterator[Any]:
    """A bare connection with the program's own settings: for the floors of the bench alone."""
    with closing(sqlcipher.connect(path, key)) as connection:
        yield connection


class FolderLock:
    """A lock over a practice's folder that many may share and one may hold alone.

    It is SQLite's own file lock on an empty file: the same on Windows, macOS and Linux, and
    gone with the process that held it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "practice.lock"
        self._connection: sqlite3.Connection | None = None

    def share(self) -> None:
        """Hold the lock beside others; refused while somebody migrates, restores or rekeys."""
        self._take("BEGIN; SELECT count(*) FROM sqlite_master")

    def alone(self) -> None:
        """Hold the lock alone; refused while the practice is open anywhere."""
        self._take("BEGIN EXCLUSIVE")

    def release(self) -> None:
        """Give the lock back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take(self, statements: str) -> None:
        self.release()
        connection = sqlite3.connect(
            self._path, isolation_level=None, timeout=0.2, check_same_thread=False
        )
        try:
            for statement in statements.split("; "):
                connection.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            connection.close()
            raise EnvironmentProblem(
                "This practice is in use by another window or script; close it, then try again."
            ) from error
        self._connection = connection
