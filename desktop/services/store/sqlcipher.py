"""SQLCipher: raw connections with the program's pragmas, and engines over them.

Inside the store alone; services go through `engines`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlcipher3.dbapi2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from desktop.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pathlib import Path

# 3.51.3 repaired a race that could corrupt a WAL database with two writers.
OLDEST_SQLITE: Final = (3, 51, 3)
BUSY_MS: Final = 30_000
"""How long a writer waits for another, which may be posting a large payment."""
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
