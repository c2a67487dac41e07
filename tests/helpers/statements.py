"""Gathers every statement that the services build while tests run, and asks: is it SQLite's alone?

Each new statement is compiled for PostgreSQL too, and its functions must be ones that both
engines have. What was found is told by the test in which the statement was built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Column,
    Engine,
    Label,
    Select,
    TextClause,
    event,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import is_, is_not

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Dialect

FUNCTIONS: Final = frozenset({"avg", "coalesce", "count", "lower", "max", "min", "nullif", "sum"})
"""What both engines have under one name and meaning; add one only after looking it up."""
_WORDS: Final = ("pragma", "strftime", "julianday", "ifnull", "group_concat", "glob ", "rowid")
_DIALECT: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]


class Gatherer:
    """Hears what all engines of this process execute."""

    def __init__(self) -> None:
        self.seen: set[object] = set()
        self.problems: list[str] = []

    def listen(self) -> None:
        """Begin to hear."""
        event.listen(Engine, "before_execute", self._hear)

    def _hear(
        self,
        _connection: Connection,
        element: object,
        many: Sequence[Mapping[str, object]],
        one: Mapping[str, object],
        _options: Mapping[str, object],
    ) -> None:
        if not isinstance(element, ClauseElement) or isinstance(element, ExecutableDDLElement):
            return
        names = tuple(sorted(many[0] if many else one))
        key = element._generate_cache_key()
        known = (key.key if key else _shown(element), names)
        if known not in self.seen:
            self.seen.add(known)
            self.problems += problems(element, names)

    def take(self) -> list[str]:
        """What was found since this was last asked."""
        taken, self.problems = self.problems, []
        return taken


def problems(element: ClauseElement, names: Sequence[str] = ()) -> list[str]:
    """Why a statement would not do for PostgreSQL.

    Args:
        element: a statement of SQLAlchemy.
        names: columns that are given apart, for an INSERT or UPDATE.
    """
    found = [
        f"{inside.name} is no function of both engines"
        for inside in visitors.iterate(element)
        if isinstance(inside, FunctionElement) and inside.name.lower() not in FUNCTIONS
    ]
    if isinstance(element, Select):
        found += _grouping(element)
    found += [
        "IS takes no value in PostgreSQL; write the flag itself"
        for inside in visitors.iterate(element)
        if isinstance(inside, BinaryExpression)
        and inside.operator in {is_, is_not}
        and _has_bind(inside.right)
    ]
    text = element.text.lower() if isinstance(element, TextClause) else ""
    # Migration steps are written for one engine.
    if not text.lstrip().startswith(("create ", "alter ", "drop ")):
        found += [f"“{word.strip()}” is SQLite's alone" for word in _WORDS if word in text]
    try:
        element.compile(dialect=_DIALECT, column_keys=list(names) or None)
    except (CompileError, NotImplementedError) as error:
        found.append(f"it does not compile: {error}")
    return [f"{problem}: {_shown(element)}" for problem in found]


def _grouping(query: Select[Any]) -> list[str]:
    """What SQLite lets pass in a query that groups."""
    by = query._group_by_clauses
    if not by:
        return []
    found = []
    if any(map(_has_bind, by)):
        found.append("a value in GROUP BY is to PostgreSQL another one than in the columns")
    named = {_bare(clause) for clause in by}
    whole = {
        column.table
        for column in named
        if isinstance(column, Column) and {_bare(key) for key in column.table.primary_key} <= named
    }
    found += [
        f"{column} is neither grouped by nor of a table whose key is"
        for column in map(_bare, query.selected_columns)
        if isinstance(column, Column) and column not in named and column.table not in whole
    ]
    return found


def _bare(element: ClauseElement) -> ClauseElement:
    """A column without its label and without what the mapped class notes on it."""
    while isinstance(element, Label):
        element = element.element
    return element._deannotate()


def _has_bind(element: ClauseElement) -> bool:
    return any(isinstance(inside, BindParameter) for inside in visitors.iterate(element))


def _shown(element: ClauseElement) -> str:
    try:
        return " ".join(str(element).split())[:300]
    except CompileError:
        return type(element).__name__
