"""One box finds a patient by any part of name, birth date, phone or account number."""

from __future__ import annotations

import datetime as dt
import random
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert

from desktop.models.people import Patient, Person
from desktop.models.values import text as plain_text
from desktop.models.values.enums import Sex
from desktop.services.people import patients, search
from tests.unit.people import drafts

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


@pytest.fixture
def people(database: Database) -> dict[str, int]:
    """Five invented patients by first name."""

    def fill(work: Work) -> dict[str, int]:
        return {
            "María José": drafts.register(work, last="Núñez-Ortega", first="María José"),
            "Sean": drafts.register(
                work, last="O'Brien", first="Sean", phone="3125557788", middle="Quincy"
            ),
            "Ann": drafts.register(work, last="Smith", first="Ann", birth_on=dt.date(1951, 12, 31)),
            "Anna": drafts.register(work, last="de la Cruz", first="Anna", phone=""),
            "Otto": drafts.register(work, last="Anders", first="Otto", phone="3125550000"),
        }

    return database.write(fill)


CASES: list[tuple[str, set[str]]] = [
    ("nunez", {"María José"}),
    ("NÚÑEZ", {"María José"}),
    ("ortega", {"María José"}),
    ("jose", {"María José"}),
    ("nunez-o", {"María José"}),
    ("obri", {"Sean"}),
    ("o'br", {"Sean"}),
    ("brien", {"Sean"}),
    ("quin", {"Sean"}),
    ("Smith, Ann", {"Ann"}),
    ("ann sm", {"Ann"}),
    ("an", {"Ann", "Anna", "Otto"}),
    ("cruz", {"Anna"}),
    ("de la cruz", {"Anna"}),
    ("12/31/1951", {"Ann"}),
    ("12/31/51", {"Ann"}),
    ("12-31-1951", {"Ann"}),
    ("12311951", {"Ann"}),
    ("123151", {"Ann"}),
    ("1951-12-31", {"Ann"}),
    ("4/5/1980 sean", {"Sean"}),
    ("7788", {"Sean"}),
    ("57788", {"Sean"}),
    ("(312) 555-7788", {"Sean"}),
    ("312-555-7788", {"Sean"}),
    ("3125557788", {"Sean"}),
    ("13125557788", {"Sean"}),
    ("312 555", {"Sean", "Otto"}),
    ("(312) 555-0", {"Otto"}),
    ("3125", {"Sean", "Otto"}),
    ("1003", {"Ann"}),
    ("sean 7788", {"Sean"}),
    ("sean 7789", set()),
    ("smith otto", set()),
    ("2/30/1980", set()),
    ("%", set()),
    ("_", set()),
    ('" OR 1=1', set()),
    ("AND NOT", set()),
    ("*", set()),
]


def test_every_way_of_asking_finds_exactly_those(
    database: Database, people: dict[str, int]
) -> None:
    for text, first_names in CASES:
        found = database.read(partial(search.search, text=text))
        assert {row.id for row in found} == {people[name] for name in first_names}, text


def test_the_last_name_that_was_typed_comes_first(
    database: Database, people: dict[str, int]
) -> None:
    names = [row.name for row in database.read(lambda work: search.search(work, "an"))]
    assert names == ["Anders, Otto", "Smith, Ann", "de la Cruz, Anna"]


def test_a_row_shows_what_tells_two_patients_apart(
    database: Database, people: dict[str, int]
) -> None:
    database.write(lambda work: drafts.coverage(work, people["Ann"], drafts.payer(work)))
    row = database.read(lambda work: search.search(work, "smith"))[0]
    assert (row.name, row.birth_on, row.account_number, row.phone_last4, row.payer) == (
        "Smith, Ann",
        dt.date(1951, 12, 31),
        "1003",
        "0123",
        "Prairie Health",
    )


def test_a_changed_name_is_found_at_once_and_the_old_one_no_longer(
    database: Database, people: dict[str, int]
) -> None:
    read = database.read(lambda work: patients.get(work, people["Ann"])).draft
    changed = replace(read, person=replace(read.person, last="Zimmer", phone="6185554321"))
    database.write(lambda work: patients.update(work, people["Ann"], changed))
    assert database.read(lambda work: search.search(work, "smith")) == []
    assert len(database.read(lambda work: search.search(work, "zim 4321"))) == 1


def test_nothing_typed_shows_the_newest(database: Database, people: dict[str, int]) -> None:
    found = database.read(lambda work: search.search(work, "  ", 2))
    assert [row.id for row in found] == [people["Otto"], people["Anna"]]


def test_reindexing_gives_the_same_keys(database: Database, people: dict[str, int]) -> None:
    assert database.write(search.reindex) == 5
    found = database.read(lambda work: search.search(work, "ortega"))
    assert [row.id for row in found] == [people["María José"]]


def test_openemr_7869_a_page_of_patients_costs_a_handful_of_queries(
    database: Database, people: dict[str, int]
) -> None:
    def count(work: Work) -> int:
        seen: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_: object) -> None:
            seen.append(statement)

        bind = work.session.get_bind()
        event.listen(bind, "before_cursor_execute", note)
        search.search(work, "an")
        event.remove(bind, "before_cursor_execute", note)
        return len(seen)

    assert database.read(count) <= 6


_SYLLABLES = (
    "ba be bi bo da de do fa fi ga ha ka ko la le li lo ma mi mo na no pa ra ri sa ta".split()
)


def fill_many(work: Work, count: int) -> None:
    """Many patients of made-up names, straight into the tables."""
    pick = random.Random(7)
    lasts = ["".join(pick.choices(_SYLLABLES, k=3)).title() for _ in range(4000)]
    firsts = ["".join(pick.choices(_SYLLABLES, k=2)).title() for _ in range(400)]
    persons, rows = [], []
    for number in range(1, count + 1):
        last = pick.choice(lasts)
        born = dt.date(1930, 1, 1) + dt.timedelta(days=pick.randrange(34_000))
        persons.append(
            {
                "id": number,
                "last": last,
                "first": pick.choice(firsts),
                "last_folded": plain_text.fold(last),
                "birth_on": born,
                "sex": Sex.FEMALE,
                "phone": f"217{pick.randrange(10**7):07d}",
            }
        )
        rows.append(
            {
                "id": number,
                "account_number": str(1000 + number),
                "person_id": number,
                "guarantor_id": number,
                "created_at": "2026-01-02T09:00:00.000000Z",
                "version": 1,
            }
        )
    work.session.execute(insert(Person), persons)
    work.session.execute(insert(Patient), rows)
    search.reindex(work)


QUERIES = (
    "b ba bab bo ka mo mami l fa,ma ba da|ba ka|mi bo|b b|l m k|1005|217|2171|0420|4/5/1980".split(
        "|"
    )
)


def test_search_among_ten_thousand_does_not_read_them_all(database: Database) -> None:
    """The full measure over 50,000 is the bench's; here a linear scan would be seen."""
    database.write(lambda work: fill_many(work, 10_000))
    texts = [t for group in QUERIES for t in (group, *group.split())]
    slowest = 0.0
    for text in texts:
        best = min(_seconds(database, text) for _ in range(3))
        slowest = max(slowest, best)
    assert slowest < 0.06


def _seconds(database: Database, text: str) -> float:
    def ask(work: Work) -> float:
        begin = time.perf_counter()
        search.search(work, text)
        return time.perf_counter() - begin

    return database.read(ask)
