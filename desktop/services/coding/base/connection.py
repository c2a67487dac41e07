"""The seam to ``codes.db``: the one place that opens it, or knows what its engine calls an error.

It goes through the same SQLite library as the practice's files: two copies of SQLite in one
process would drop each other's file locks.
"""

from __future__ import annotations

import gc
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from desktop.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop.services.coding.base.values import Progress

_HEARD_EVERY = 0.1
"""Seconds between two looks at a cancel while one statement runs."""
_PATIENCE = 5
"""Seconds to wait for another program that writes."""
_STEPS = 10_000
"""Steps of the database's machine between two looks at the clock."""

_WIDE_CACHE = -262_144  # KiB: the pages of two million pairs, so that no order of lines is slow
Connection = Any
"""A DB-API connection of sqlcipher3, which carries no types."""


def connect(path: Path) -> Connection:
    """Open the file; the caller's thread is the only one that may use the connection.

    Raises:
        EnvironmentProblem: it cannot be opened, or is no code-set file.
    """
    if not path.is_file():
        raise EnvironmentProblem(
            f"The code-set file {path.name} is missing; it can be loaded anew."
        )
    try:
        connection = dbapi2.connect(str(path), isolation_level=None, timeout=_PATIENCE)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("SELECT 1 FROM code_system LIMIT 1")
        connection.execute("PRAGMA journal_mode = WAL")  # a look-up never waits for an import
    except dbapi2.Error as e:
        raise EnvironmentProblem(
            f"{path.name} is not a readable code-set file ({e}); delete it and load it anew."
        ) from e
    return connection


def create(path: Path) -> None:
    """Make an empty code-set file with the newest schema; a practice migrates its own instead.

    Raises:
        EnvironmentProblem: a file of that name is there already.
    """
    # Look-up needs neither; a file is made once, by tests and benches.
    from sqlalchemy import NullPool, create_engine  # noqa: PLC0415 - loads SQLAlchemy

    from desktop.services.coding.base.tables import create_schema  # noqa: PLC0415 - loads SQLAlchemy

    if path.exists():
        raise EnvironmentProblem(f"{path.name} exists already.")
    engine = create_engine(
        "sqlite://",
        creator=lambda: dbapi2.connect(str(path)),
        module=dbapi2,
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        create_schema(connection)
    engine.dispose()


def edition(connection: Connection) -> int:
    """With which edition of the word index the file was written; 0 where there is none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def edition_of(path: Path) -> int:
    """See `edition`; of a file that nobody has open."""
    with said(), closing(dbapi2.connect(str(path), timeout=_PATIENCE)) as connection:
        return edition(connection)


def keep_edition(connection: Connection, number: int) -> None:
    """Write down the edition of the word index."""
    connection.execute(f"PRAGMA user_version = {number:d}")


def beside(path: Path) -> Connection:
    """An empty database in memory with the file attached as ``codes``, for the bench's floors."""
    connection = dbapi2.connect(":memory:")
    connection.execute("ATTACH ? AS codes", (str(path),))
    return connection


@contextmanager
def said() -> Iterator[None]:
    """Turn the database's own errors into one sentence; nothing was changed by them.

    Raises:
        EnvironmentProblem: a full disk, a damaged file, another program in the way.
    """
    try:
        yield
    except dbapi2.OperationalError as e:
        raise EnvironmentProblem(
            f"The code sets could not be read or saved ({e}); nothing was changed. Try again."
        ) from e
    except dbapi2.DatabaseError as e:
        if type(e) is not dbapi2.DatabaseError:  # a rule of the tables was broken, no page
            raise EnvironmentProblem(
                f"The code sets could not be saved ({e}); nothing was changed."
            ) from e
        raise EnvironmentProblem(
            f"The code-set file is damaged ({e}); delete codes.db and load it anew."
        ) from e


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All or nothing: commit at the end, roll back on any error, cancelling included.

    Raises:
        EnvironmentProblem: see `said`.
    """
    with said():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def hearing(connection: Connection, progress: Progress) -> Iterator[Progress]:
    """Let the database repeat what was reported last, so that long work is cancelled at once.

    Gives the progress to report to; what it raises while a statement runs comes out here.
    """
    said_last = (0, 100, "")
    told = time.monotonic()
    stopped: list[BaseException] = []

    def report(done: int, total: int, text: str) -> None:
        nonlocal said_last, told
        said_last, told = (done, total, text), time.monotonic()
        progress(done, total, text)

    def while_it_runs() -> int:
        if said_last[2] and time.monotonic() - told > _HEARD_EVERY:
            try:
                report(*said_last)
            except BaseException as e:  # noqa: BLE001 - the database cannot carry it; see below
                stopped.append(e)
                return 1
        return 0

    connection.set_progress_handler(while_it_runs, _STEPS)
    try:
        yield report
    except BaseException as e:
        if stopped:
            raise stopped[0] from e
        raise
    finally:
        connection.set_progress_handler(None, _STEPS)


@contextmanager
def wide_cache(connection: Connection) -> Iterator[None]:
    """Hold the table's pages in memory while a large list is written."""
    (before,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute(f"PRAGMA cache_size = {_WIDE_CACHE}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {before}")


@contextmanager
def without_collector() -> Iterator[None]:
    """Hold Python's cycle collector off while a list of 100,000 codes is built: twice as fast."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
