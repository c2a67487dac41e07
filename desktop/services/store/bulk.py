"""Writing many rows at once, past the mapped classes: for invented practices alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, Table, TypeDecorator
from sqlalchemy.dialects.sqlite.pysqlcipher import SQLiteDialect_pysqlcipher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Connection = Any
"""A DB-API connection of sqlcipher3, which carries no types."""

_DIALECT: Final = SQLiteDialect_pysqlcipher()


def insert(
    connection: Connection, table: Any, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert rows; columns that are not named get the default of the mapped class."""
    assert isinstance(table, Table)  # noqa: S101 - narrows the type
    fixed = {c.name: _default(c) for c in table.columns if c.name not in columns and _fills(c)}
    names = ", ".join(f'"{name}"' for name in (*columns, *fixed))
    values = ", ".join([*["?"] * len(columns), *(_literal(v) for v in fixed.values())])
    connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({values})", rows)


def _fills(column: Column[Any]) -> bool:
    return not column.nullable and not (column.primary_key and column.default is None)


def _default(column: Column[Any]) -> object:
    value = getattr(column.default, "arg", 1 if column.name == "version" else None)
    if value is None:
        raise ValueError(f"{column} has no default; name it")
    kind: Any = column.type
    return kind.process_bind_param(value, _DIALECT) if isinstance(kind, TypeDecorator) else value


def _literal(value: object) -> str:
    return str(int(value)) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


@contextmanager
def loading(connection: Connection) -> Iterator[None]:
    """One transaction without triggers and foreign keys; both stand again afterwards.

    What the triggers keep (open items) is then written with the rest.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
