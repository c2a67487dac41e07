"""What services build is not SQLite's alone: the gatherer that listens to all tests finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Executable, func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ClauseElement

from desktop.models.practice import Counter, Payer
from desktop.models.visits import Visit
from desktop.services.store import statements
from tests.helpers.statements import problems

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from tests.helpers.statements import Gatherer

PG = postgresql.dialect()  # type: ignore[no-untyped-call]


class Own(Executable, ClauseElement):
    inherit_cache = True


@compiles(Own, "sqlite")
def _own(*_: object, **__: object) -> str:
    return "SELECT 1"


def shown(element: Any, dialect: Any = PG) -> str:
    return " ".join(str(element.compile(dialect=dialect)).split())


def test_all_that_services_execute_is_heard(database: Database, gatherer: Gatherer) -> None:
    before = len(gatherer.seen)
    database.read(lambda w: w.session.scalars(select(Counter.last).where(Counter.name > "x")))
    assert len(gatherer.seen) == before + 1
    assert gatherer.take() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (select(func.group_concat(Visit.id)), "group_concat is no function of both engines"),
        (select(func.date(Visit.service_on, "+1 day")), "date is no function of both engines"),
        (
            select(Visit.id > 1, func.count()).group_by(Visit.id > 1),
            "a value in GROUP BY",
        ),
        (
            select(Visit.id, Visit.place, func.count()).group_by(Visit.place),
            "visit.id is neither grouped by nor of a table whose key is",
        ),
        (select(Payer.id).where(Payer.on_paper.is_(True)), "IS takes no value"),
        (text("PRAGMA user_version"), "SQLite's alone"),
        (Own(), "does not compile"),
    ],
)
def test_what_only_sqlite_knows_is_found(
    statement: ClauseElement, said: str, gatherer: Gatherer, database: Database
) -> None:
    assert said in problems(statement)[0]
    database.read(lambda w: w.session.execute(statement))  # type: ignore[call-overload]
    assert said in gatherer.take()[0]


def test_an_insert_gives_way_in_both_engines(database: Database) -> None:
    add = statements.upsert(Counter, ["name"], add=["last"]).values(name="a", last=2)
    for dialect in (PG, None):
        assert "ON CONFLICT (name) DO UPDATE SET last = counter.last + excluded.last" in shown(
            add, dialect
        )
    keep = statements.upsert(Counter, ["name"]).values(name="a", last=9)
    take = statements.upsert(Counter, ["name"], take=["last"]).values(name="b", last=4)
    for statement in (add, add, keep, take, take):
        database.write(lambda w, s=statement: w.session.execute(s))  # type: ignore[misc]
    rows = database.read(lambda w: w.session.execute(select(Counter.name, Counter.last)).all())
    assert {("a", 4), ("b", 4)} <= {tuple(row) for row in rows}


def test_a_day_is_moved_in_both_engines() -> None:
    assert "interval '-3 years'" in shown(select(statements.moved(Visit.service_on, years=-3)))
    assert "interval '+32 days'" in shown(select(statements.moved(Visit.service_on, days=32)))


def test_one_writer_at_a_time_extends_a_chain_of_an_engine_with_many() -> None:
    assert shown(statements._LockChains()).startswith("LOCK TABLE entry, audit IN SHARE ROW EXCL")
