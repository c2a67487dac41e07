"""Intake: the whole file or nothing, the same file twice adds nothing."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import RuleError
from desktop.models.values.money import Money
from desktop.services.exchange.intake import IntakeResult, intake
from desktop.services.exchange.intake_file import read_intake
from desktop.services.people import account, coverages, patients, search
from tests import factories
from tests.unit.people import drafts

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

PLAIN: dict[str, Any] = {
    "format": "claimstead-intake",
    "version": 1,
    "patients": [
        {
            "external_id": "P1",
            "last": "Quill",
            "first": "Dora",
            "birth_date": "1980-04-05",
            "sex": "F",
            "line1": "4 Orchard Lane",
            "city": "Springfield",
            "state": "IL",
            "zip": "62701",
            "phone": "217-555-0123",
            "signature_date": "2026-01-02",
            "coverages": [
                {
                    "payer": "prairie health",
                    "member_id": "W1",
                    "valid_from": "2026-01-01",
                    "copay": "25.00",
                },
                {"payer": "SH2", "rank": 2, "member_id": "W2", "valid_from": "2026-01-01"},
            ],
        },
        {
            "external_id": "P2",
            "last": "Quill",
            "first": "Tom",
            "birth_date": "2015-02-03",
            "sex": "M",
            "guarantor": {"last": "Quill", "first": "Dora", "birth_date": "1980-04-05"},
            "coverages": [
                {
                    "payer": "Prairie Health",
                    "member_id": "W1",
                    "valid_from": "2026-01-01",
                    "relationship": "child",
                    "subscriber": {"last": "Quill", "first": "Dora", "birth_date": "1980-04-05"},
                }
            ],
        },
    ],
    "visits": [
        {
            "external_id": "V1",
            "patient": "P1",
            "date": "2026-09-01",
            "provider_npi": "1234567893",
            "diagnoses": ["E11.9", "I10"],
            "lines": [
                {"code": "99213", "modifiers": ["25"], "pointers": [1, 2]},
                {"code": "85025", "units": 2, "charge": "61.00"},
            ],
        }
    ],
}


@pytest.fixture
def ready(database: Database) -> Database:
    """A practice with a fee schedule, two payers and a provider of a known NPI."""

    def fill(work: Work) -> None:
        factories.set_up_practice(work)
        factories.make_payer(work, name="Prairie Health", electronic_id="PH1")
        factories.make_payer(work, name="Second Health", electronic_id="SH2")
        factories.make_provider(work, npi="1234567893")

    database.write(fill)
    return database


def take_in(database: Database, plain: object) -> IntakeResult:
    file = read_intake(json.dumps(plain).encode(), "intake.json")
    return database.write(lambda work: intake(work, file))


def problems(database: Database, plain: object) -> dict[str, str]:
    with pytest.raises(RuleError) as caught:
        take_in(database, plain)
    return {p.field: p.text for p in caught.value.problems if p.field}


def test_a_file_brings_patients_coverages_and_posted_visits(ready: Database) -> None:
    assert take_in(ready, PLAIN).plain == {
        "patients": 2,
        "coverages": 3,
        "visits": 1,
        "known": 0,
    }
    dora, tom = sorted(ready.read(lambda work: search.search(work, "quill")), key=lambda r: r.id)
    mother = ready.read(lambda work: patients.get(work, dora.id))
    child = ready.read(lambda work: patients.get(work, tom.id))
    assert child.guarantor_id == mother.person_id
    own = ready.read(lambda work: coverages.list_for(work, tom.id))[0]
    assert own.subscriber_id == mother.person_id
    visit = ready.read(lambda work: account.patient_account(work, dora.id)).visits[0]
    assert (visit.service_on, visit.codes) == (dt.date(2026, 9, 1), "99213 85025")
    assert (visit.charge, visit.insurance) == (Money(18100), Money(18100))


def test_the_same_file_twice_adds_nothing(ready: Database) -> None:
    take_in(ready, PLAIN)
    assert take_in(ready, PLAIN).plain == {"patients": 0, "coverages": 0, "visits": 0, "known": 6}
    assert len(ready.read(lambda work: search.search(work, "quill"))) == 2


def test_the_result_is_said_in_words() -> None:
    assert IntakeResult(1, 2, 0, 1).text == (
        "1 patient, 2 coverages and 0 visits added; 1 record was here already."
    )


def test_one_patient_without_birth_date_refuses_the_whole_file(ready: Database) -> None:
    plain = copy.deepcopy(PLAIN)
    del plain["patients"][1]["birth_date"]
    found = problems(ready, plain)
    assert list(found) == ["patients.2.birth_date"]
    assert "birth date" in found["patients.2.birth_date"]
    assert ready.read(lambda work: search.search(work, "")) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("patients", 0, "sex"), "X", "patients.1.sex"),
        (("patients", 0, "birth_date"), "1980-13-05", "patients.1.birth_date"),
        (("patients", 0, "birth_date"), "2036-01-05", "patients.1.birth_on"),
        (("patients", 0, "zip"), "1", "patients.1.zip_code"),
        (("patients", 0, "lasst"), "x", "patients.1.lasst"),
        (("patients", 0, "last"), ["x"], "patients.1.last"),
        (("patients", 0, "coverages"), {}, "patients.1.coverages"),
        (("patients", 0, "coverages", 0, "payer"), "Nobody", "patients.1.coverages.1.payer"),
        (("patients", 0, "coverages", 0, "copay"), 25.5, "patients.1.coverages.1.copay"),
        (("patients", 0, "coverages", 1, "rank"), 1, "patients.1.coverages.2.valid_from"),
        (("visits", 0, "patient"), "P9", "visits.1.patient"),
        (("visits", 0, "provider_npi"), "1999999999", "visits.1.provider_npi"),
        (("visits", 0, "date"), "", "visits.1.date"),
        (("visits", 0, "date"), "2027-01-01", "visits.1.service_on"),
        (("visits", 0, "lines"), [], "visits.1.lines"),
        (("visits", 0, "lines", 0, "units"), "0", "visits.1.lines.1.units"),
        (("visits", 0, "lines", 0, "pointers"), ["A"], "visits.1.lines.1.pointers"),
        (("visits", 0, "lines", 1, "charge"), "6x", "visits.1.lines.2.charge"),
    ],
)
def test_a_bad_record_is_named_and_nothing_is_kept(
    ready: Database, path: tuple[Any, ...], value: object, where: str
) -> None:
    plain = copy.deepcopy(PLAIN)
    inner: Any = plain
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert where in problems(ready, plain)
    assert ready.read(lambda work: search.search(work, "")) == []


def test_two_payers_of_one_name_need_the_id(ready: Database) -> None:
    ready.write(
        lambda work: factories.make_payer(work, name="PRAIRIE-HEALTH", electronic_id="PH2").id
    )
    found = problems(ready, PLAIN)
    assert "several payers" in found["patients.1.coverages.1.payer"]


def test_a_patient_who_is_here_under_no_id_is_not_doubled(ready: Database) -> None:
    ready.write(lambda work: drafts.register(work, last="QUILL", first="Dora"))
    found = problems(ready, PLAIN)
    assert "1001" in found["patients.1.duplicate"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "line 1"),
        (b'{"format": "other"}', "no intake file"),
        (b'{"format": "claimstead-intake", "version": 2}', "version 1"),
        (b'{"format": "claimstead-intake", "version": NaN}', "NaN"),
        (b"[" * 100_000, "nested"),
        (b'{"x": "\xff"}', "UTF-8"),
        (b"", "empty"),
        (b"last,first\nx,y\n", "birth_date"),
        (b"\x00\x01", "not a text file"),
    ],
)
def test_a_file_that_is_none_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        read_intake(data, "file.json")


CSV = (
    "external_id,last,first,birth_date,sex,payer,rank,member_id,valid_from,relationship,"
    "subscriber_last,subscriber_first,subscriber_birth_date,subscriber_sex,subscriber_line1,"
    "subscriber_city,subscriber_state,subscriber_zip\n"
    "P1,Quill,Dora,4/5/1980,F,PH1,1,W1,2026-01-01,,,,,,,,,\n"
    "P1,Quill,Dora,4/5/1980,F,SH2,2,W2,2026-01-01,spouse,Quill,Otto,1979-01-01,M,"
    "4 Orchard Lane,Springfield,IL,62701\n"
    "P2,Ames,Lee,1990-01-01,M,,,,,,,,,,,,,\n"
)


def test_a_csv_file_brings_patients_and_coverages(ready: Database) -> None:
    file = read_intake(CSV.encode(), "people.csv")
    assert file.problems == ()
    result = ready.write(lambda work: intake(work, file))
    assert (result.patients, result.coverages) == (2, 2)
    dora = ready.read(lambda work: search.search(work, "dora"))[0]
    names = [c.subscriber_name for c in ready.read(lambda work: coverages.list_for(work, dora.id))]
    assert names == ["Quill, Dora", "Quill, Otto"]
    assert ready.write(lambda work: intake(work, file)).known == 4


def test_a_csv_patient_told_two_ways_is_refused() -> None:
    file = read_intake(CSV.replace("P2,Ames", "P1,Ames").encode(), "people.csv")
    assert [p.field for p in file.problems] == ["rows.4.external_id"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "patients visits last first birth_date lines coverages code external_id units "
                "pointers guarantor subscriber payer rank".split()
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(JUNK, JUNK)
def test_any_json_is_read_or_refused(one: object, other: object) -> None:
    plain = {"format": "claimstead-intake", "version": 1, "patients": one, "visits": [other]}
    try:
        file = read_intake(json.dumps(plain).encode(), "junk.json")
    except RuleError:
        return
    # A visit without lines or a patient without birth date never passes as one.
    assert all(p.person.birth_on for p in file.patients)
    assert all(v.lines for v in file.visits)
