"""Statements that each engine writes in its own way: what services build stays one for all.

An insert that gives way, a date moved by days or years, rows in bulk, the newest row of a chain.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Executable, Table, insert, literal_column, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import SyntaxExtension
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import NullType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Dialect, Insert
    from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

T = TypeVar("T")

_SQLITE: Final = "sqlite"
_POSTGRES: Final = "postgresql"


NOTHING: Final[ColumnElement[Any]] = literal_column("0")
"""No money, written into the statement: with a bound value the engine would not see that the
partial indexes over what is open fit."""


# -- an insert that changes the row that is there -------------------------------------------------


class _OnConflict(SyntaxExtension, ClauseElement):
    """``ON CONFLICT (keys) DO UPDATE SET …``, which SQLite and PostgreSQL write alike."""

    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy wants it
        # By name: a list of names would be the same key under “take” and under “add”.
        ("keys", InternalTraversal.dp_string),
        ("take", InternalTraversal.dp_string),
        ("add", InternalTraversal.dp_string),
        ("table", InternalTraversal.dp_string),
    ]

    def __init__(
        self, table: str, keys: Sequence[str], take: Sequence[str], add: Sequence[str]
    ) -> None:
        self.table = table
        self.keys, self.take, self.add = " ".join(keys), " ".join(take), " ".join(add)

    def apply_to_insert(self, insert_stmt: Insert) -> None:
        """Stand behind the values."""
        insert_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_values")


@compiles(_OnConflict)
def _on_conflict(element: _OnConflict, compiler: SQLCompiler, **_: object) -> str:
    quote = compiler.preparer.quote
    keys = ", ".join(quote(name) for name in element.keys.split())
    sets = [f"{quote(name)} = excluded.{quote(name)}" for name in element.take.split()]
    old = quote(element.table)
    sets += [f"{quote(n)} = {old}.{quote(n)} + excluded.{quote(n)}" for n in element.add.split()]
    return f"ON CONFLICT ({keys}) DO " + (f"UPDATE SET {', '.join(sets)}" if sets else "NOTHING")


def upsert(
    into: type[DeclarativeBase] | Table,
    keys: Sequence[str],
    take: Sequence[str] = (),
    add: Sequence[str] = (),
) -> Insert:
    """An INSERT that changes the row which has the same keys, if there is one.

    Args:
        into: the mapped class, or table.
        keys: columns of a primary key or unique constraint, by name.
        take: columns that get the new row's value.
        add: columns to which the new row's value is added.

    With neither `take` nor `add` a row that is there stays as it is.
    """
    name = into.name if isinstance(into, Table) else into.__tablename__
    return insert(into).ext(_OnConflict(name, keys, take, add))


# -- dates ----------------------------------------------------------------------------------------


class _Moved(ColumnElement[Any]):
    """An ISO date column moved by whole days or years."""

    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy wants it
        ("column", InternalTraversal.dp_clauseelement),
        ("count", InternalTraversal.dp_string),
        ("unit", InternalTraversal.dp_string),
    ]

    def __init__(self, column: ColumnElement[Any], count: int, unit: str) -> None:
        self.column, self.count, self.unit = column, f"{count:+d}", unit
        self.type = column.type


@compiles(_Moved, _SQLITE)
def _moved_sqlite(element: _Moved, compiler: SQLCompiler, **kw: Any) -> str:
    inside = compiler.process(element.column, **kw)
    return f"date({inside}, '{element.count} {element.unit}')"


@compiles(_Moved, _POSTGRES)
def _moved_postgres(element: _Moved, compiler: SQLCompiler, **kw: Any) -> str:
    inside = compiler.process(element.column, **kw)
    step = f"interval '{element.count} {element.unit}'"
    return f"to_char(CAST({inside} AS date) + {step}, 'YYYY-MM-DD')"


def moved(column: InstrumentedAttribute[T], *, days: int = 0, years: int = 0) -> ColumnElement[T]:
    """A date column, moved by days or by years (one of them; negative is back)."""
    of_column: Any = column
    element = of_column.__clause_element__()
    return _Moved(element, years or days, "years" if years else "days")


# -- rows as the database keeps them --------------------------------------------------------------


def as_kept(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """A column's value as the database keeps it: cents, ISO text, the value of a choice."""
    return type_coerce(column, NullType())


def insert_rows(
    session: Session,
    into: type[DeclarativeBase],
    columns: Sequence[str],
    rows: Sequence[Sequence[str | int | None]],
) -> None:
    """Insert many rows of values as the database keeps them, in one call of the driver.

    Through the mapped class thousands of rows would be converted and sent one by one.
    """
    connection = session.connection()
    statement, order = _insert_text(into, tuple(columns), connection.dialect)
    if order is None:
        connection.exec_driver_sql(statement, [dict(zip(columns, r, strict=True)) for r in rows])
    elif order == tuple(range(len(columns))):
        connection.exec_driver_sql(statement, [tuple(row) for row in rows])
    else:
        connection.exec_driver_sql(statement, [tuple(row[i] for i in order) for row in rows])


@lru_cache(maxsize=64)
def _insert_text(
    into: type[DeclarativeBase], columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[int, ...] | None]:
    """The driver's text, and which column stands at which sign; None where signs have names."""
    compiled = insert(into).compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - narrows the type
    by_place = compiled.positiontup
    order = None if by_place is None else tuple(columns.index(name) for name in by_place)
    return str(compiled), order


# -- chains ---------------------------------------------------------------------------------------


class _LockChains(Executable, ClauseElement):
    """Lets one writer at a time extend the chains of ledger and audit."""

    inherit_cache = True


@compiles(_LockChains, _POSTGRES)
def _lock_chains(_: _LockChains, __: SQLCompiler, **___: object) -> str:
    # One lock for both chains: two would be taken in either order, and wait for each other. It
    # is held to the end of the transaction, and what is read after it is what was committed.
    return "LOCK TABLE entry, audit IN SHARE ROW EXCLUSIVE MODE"


def head_of_chain(
    session: Session, number: InstrumentedAttribute[int], hash_: InstrumentedAttribute[str]
) -> tuple[int, str] | None:
    """Number and hash of a chain's newest row, held until the transaction ends; None if empty.

    Two writers at once can neither break the chain nor fail: the second waits here. In SQLite it
    has waited already, for a transaction that writes begins alone.
    """
    if session.get_bind().dialect.name != _SQLITE:
        session.execute(_LockChains())
    last = session.execute(select(number, hash_).order_by(number.desc()).limit(1)).first()
    return None if last is None else (last[0], last[1])
