"""Invented people and payers as rows: enough different names for a type-ahead to work on."""

from __future__ import annotations

import datetime as dt
import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from desktop.models.people import Coverage, Patient, PatientKey, Person
from desktop.models.practice import Payer
from desktop.services.people import search
from desktop.services.store.bulk import Connection, insert

if TYPE_CHECKING:
    import random

PAYERS: Final = 12
PERSON: Final = tuple(
    "id last first middle last_folded birth_on sex line1 city state zip_code phone".split()
)
PATIENT: Final = ("id", "account_number", "person_id", "guarantor_id", "created_at")
COVERAGE: Final = (
    "id",
    "patient_id",
    "payer_id",
    "rank",
    "subscriber_id",
    "relationship",
    "member_id",
    "valid_from",
)
CREATED: Final = "2020-01-02T09:00:00.000000Z"
_FIRST_HALF: Final = (
    "Ash Beck Birch Black Bram Bridge Brook Carr Clear Cold Cooper Crow Dale Elder Fair Fern "
    "Field Fox Green Hart Haw Hazel Heath Hollow Holt Iron Lake Lark Long Marsh Mill Moor Nettle "
    "Oak Quill Rose Rush Silver Stone Thorn Under Wald West White Wild Wind Winter Wood York"
).split()
_SECOND_HALF: Final = (
    "ard berry bourne bridge brook bury by cliff combe cote croft dale den feather field ford "
    "gate ham holm hurst land ley low man mere mond more row shaw son stead stone thwaite ton "
    "ward water way well wick with wood worth"
).split()


_FIRST_NAMES: Final = {
    "F": "Adeline Beatrix Cordelia Delphine Estelle Florence Harriet Imogen Josephine".split(),
    "M": "Ambrose Bertram Clement Desmond Edmund Franklin Gilbert Horace Jasper".split(),
}


def last_name(number: int) -> str:
    """One of about two thousand last names; neighbours differ."""
    first = _FIRST_HALF[number % len(_FIRST_HALF)]
    return first + _SECOND_HALF[number // len(_FIRST_HALF) % len(_SECOND_HALF)]


def person_row(number: int, chance: random.Random) -> tuple[Any, ...]:
    """Columns `PERSON` of one invented person."""
    sex = "FM"[number % 2]
    last = last_name(chance.randrange(2000))
    born = dt.date(1935, 1, 1) + dt.timedelta(days=chance.randrange(32_000))
    return (
        number,
        last,
        chance.choice(_FIRST_NAMES[sex]),
        chance.choice("ABCDEFGHJKLMNPRSTW"),
        last.upper(),
        born.isoformat(),
        sex,
        f"{chance.randrange(2, 980)} Orchard Lane",
        "Springfield",
        "IL",
        "62704",
        f"2175{chance.randrange(10**6):06d}",
    )


def fill_payers(connection: Connection) -> None:
    """A dozen payers, ids from 1."""
    insert(
        connection,
        Payer.__table__,
        ("id", "name", "electronic_id", "filing_code", "line1", "city", "state", "zip_code"),
        (
            (n, f"Prairie Health {n}", f"BENCH{n:03d}", "CI", "PO Box 77", "Peoria", "IL", "61601")
            for n in range(1, PAYERS + 1)
        ),
    )


def fill_patients(connection: Connection, count: int, chance: random.Random) -> None:
    """Patients, ids from 1, each with one coverage and the keys of the type-ahead."""
    numbers = iter(range(1, count + 1))
    while batch := list(itertools.islice(numbers, 5000)):
        persons = [person_row(n, chance) for n in batch]
        insert(connection, Person.__table__, PERSON, persons)
        insert(
            connection,
            Patient.__table__,
            PATIENT,
            ((n, f"{n:06d}", n, n, CREATED) for n in batch),
        )
        insert(
            connection,
            Coverage.__table__,
            COVERAGE,
            ((n, n, payer_of(n), 1, n, "self", f"BM{n:08d}", "2010-01-01") for n in batch),
        )
        insert(connection, PatientKey.__table__, ("key", "patient_id"), _keys(persons))


def payer_of(patient: int) -> int:
    """Who insures an invented patient."""
    return patient % PAYERS + 1


def _keys(persons: list[tuple[Any, ...]]) -> list[tuple[str, int]]:
    keys: list[tuple[str, int]] = []
    for row in persons:
        person: Any = SimpleNamespace(**dict(zip(PERSON, row, strict=True)))
        person.birth_on = dt.date.fromisoformat(person.birth_on)
        patient: Any = SimpleNamespace(account_number=f"{person.id:06d}")
        keys.extend((key, person.id) for key in search.keys_of(patient, person))
    return keys
