"""The seam to SQLite: connections, pragmas, and what its errors mean to people.

Everything that only SQLite knows (PRAGMA, BEGIN IMMEDIATE, error codes) stays in here.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import sqlcipher3.dbapi2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import NullPool, QueuePool

from desktop.errors import AppError, EnvironmentProblem, LostUpdate, RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# 3.51.3 repaired a race that could corrupt a WAL database with two writers.
OLDEST_SQLITE: Final = (3, 51, 3)
BUSY_MS: Final = 5000
_CACHE_KIB: Final = 65536


def connect(path: Path, key: bytes | None, *, query_only: bool = False) -> Any:
    """Open one raw connection with the program's pragmas; `key` None opens a plain file."""
    if sqlcipher3.dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise EnvironmentProblem(
            f"This SQLite is {sqlcipher3.dbapi2.sqlite_version}; run the set-up again to get "
            f"{'.'.join(map(str, OLDEST_SQLITE))} or newer."
        )
    connection = sqlcipher3.dbapi2.connect(str(path), isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE would delete a posted row past its trigger.
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if query_only:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def engine(
    path: Path, key: bytes | None, *, begin: str, query_only: bool = False, pooled: bool = True
) -> Engine:
    """An engine over `connect`; `begin` is the statement that opens each transaction.

    Parameters never reach a log or an error text: they are patients' data.
    """
    made = create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=lambda: connect(path, key, query_only=query_only),
        hide_parameters=True,
        **({"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0} if pooled else {}),
        **({} if pooled else {"poolclass": NullPool}),
    )

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return made


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn driver errors into sentences; what is a bug of ours passes through as it is."""
    try:
        yield
    except StaleDataError:
        raise LostUpdate(
            "Somebody else changed this record meanwhile; look at it again, then repeat the change."
        ) from None
    except DBAPIError as error:
        found = _explain(error)
        if found is None:
            raise
        raise found from error
    except sqlcipher3.dbapi2.DatabaseError as error:
        found = _sentence(str(error))
        if found is None:
            raise
        raise found from error


def _explain(error: DBAPIError) -> AppError | None:
    text = str(error.orig)
    if isinstance(error, IntegrityError) and "the period of this accounting date" in text:
        return RuleError(
            "The books are closed through this date, so nothing was saved; money can be "
            "entered again from the day after the last closed one."
        )
    if isinstance(error, OperationalError | DatabaseError):
        return _sentence(text)
    return None


def _sentence(text: str) -> AppError | None:
    table: list[tuple[str, str]] = [
        ("locked", "Another program is busy with this practice; try again in a moment."),
        ("disk is full", "The disk is full; nothing was saved. Free some space and try again."),
        ("disk I/O error", "The disk reports a fault; nothing was saved. Check it and try again."),
        ("readonly", "The practice's folder cannot be written; check its permissions."),
        ("unable to open", "The practice's folder cannot be read; check its permissions."),
        ("not a database", "The key does not open this file, or the file is damaged."),
        ("malformed", "The file is damaged; restore your newest backup into an empty folder."),
    ]
    for sign, sentence in table:
        if sign in text:
            return EnvironmentProblem(sentence)
    return None


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


def in_transaction(engine_: Engine, action: Callable[[Any], None]) -> None:
    """Run one action on a connection in one transaction, with errors made plain."""
    with plain_errors(), engine_.begin() as connection:
        action(connection)
