"""Coverages: order, dates, subscriber; which payer holds on which day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop.errors import LostUpdate, RuleError
from desktop.models.people import Coverage, Patient
from desktop.models.values.enums import Relationship, Sex
from desktop.services.people import coverages, patients
from desktop.services.people.coverages import CoverageDraft
from desktop.services.practice.payers import payers
from tests import factories
from tests.unit.people import drafts

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

START = dt.date(2026, 1, 1)


@pytest.fixture
def ids(database: Database) -> tuple[int, int, int]:
    """A patient, a commercial payer and Medicare."""
    return database.write(
        lambda work: (drafts.register(work), drafts.payer(work), drafts.medicare(work))
    )


def draft(ids: tuple[int, int, int], **values: object) -> CoverageDraft:
    base = CoverageDraft(
        patient_id=ids[0], payer_id=ids[1], rank=1, member_id="W1", valid_from=START
    )
    return replace(base, **values)  # type: ignore[arg-type]


def problems(database: Database, wrong: CoverageDraft) -> dict[str, str]:
    with pytest.raises(RuleError) as caught:
        database.write(lambda work: coverages.save(work, wrong))
    return {p.field: p.text for p in caught.value.problems}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("payer_id", {"payer_id": 999}),
        ("rank", {"rank": 4}),
        ("member_id", {"member_id": ""}),
        ("member_id", {"member_id": "W1*2~"}),
        ("valid_to", {"valid_to": dt.date(2025, 12, 31)}),
        ("insurance_type", {"insurance_type": "12"}),
        ("subscriber", {"relationship": Relationship.SPOUSE}),
        (
            "subscriber.birth_on",
            {"relationship": Relationship.CHILD, "subscriber": drafts.person(birth_on=None)},
        ),
        (
            "subscriber.line1",
            {"relationship": Relationship.CHILD, "subscriber": drafts.person(line1="")},
        ),
        ("group_number", {"group_number": "4111 1111 1111 1111"}),
    ],
)
def test_a_coverage_is_refused_at_the_field(
    database: Database, ids: tuple[int, int, int], field: str, values: dict[str, object]
) -> None:
    assert field in problems(database, draft(ids, **values))
    assert database.read(lambda work: coverages.list_for(work, ids[0])) == []


def test_a_medicare_number_is_checked_by_its_shape(
    database: Database, ids: tuple[int, int, int]
) -> None:
    assert "member_id" in problems(database, draft(ids, payer_id=ids[2], member_id="1EG4TE5MS73"))
    good = draft(ids, payer_id=ids[2], member_id="1eg4-te5-mk73")
    coverage_id = database.write(lambda work: coverages.save(work, good))
    assert database.read(lambda work: coverages.get(work, coverage_id)).member_id == "1EG4TE5MK73"


def test_medicare_takes_no_family_member(database: Database, ids: tuple[int, int, int]) -> None:
    wrong = draft(
        ids,
        payer_id=ids[2],
        member_id="1EG4TE5MK73",
        relationship=Relationship.SPOUSE,
        subscriber=drafts.person(first="Otto"),
    )
    assert "relationship" in problems(database, wrong)


def test_openemr_11869_secondary_medicare_names_its_insurance_type(
    database: Database, ids: tuple[int, int, int]
) -> None:
    second = draft(ids, payer_id=ids[2], member_id="1EG4TE5MK73", rank=2)
    assert "insurance_type" in problems(database, second)
    database.write(lambda work: coverages.save(work, replace(second, insurance_type="12")))


def test_two_coverages_of_one_rank_never_overlap(
    database: Database, ids: tuple[int, int, int]
) -> None:
    june = dt.date(2026, 6, 30)
    database.write(lambda work: coverages.save(work, draft(ids, valid_to=june)))
    assert "valid_from" in problems(database, draft(ids, valid_from=june))
    assert "valid_from" in problems(database, draft(ids, valid_from=dt.date(2025, 1, 1)))
    july = draft(ids, valid_from=dt.date(2026, 7, 1))
    database.write(lambda work: coverages.save(work, july))
    database.write(lambda work: coverages.save(work, draft(ids, rank=2)))


def test_the_subscriber_is_a_new_or_a_known_person(
    database: Database, ids: tuple[int, int, int]
) -> None:
    husband = drafts.person(first="Otto", sex=Sex.MALE)
    first = draft(ids, relationship=Relationship.SPOUSE, subscriber=husband)
    coverage_id = database.write(lambda work: coverages.save(work, first))
    read = database.read(lambda work: coverages.get(work, coverage_id))
    assert read.subscriber_name == "Quillfeather, Otto"
    known = draft(ids, rank=2, relationship=Relationship.SPOUSE, subscriber=read.subscriber_id)
    second = database.write(lambda work: coverages.save(work, known))
    again = database.read(lambda work: coverages.get(work, second))
    assert again.subscriber_id == read.subscriber_id
    own = database.read(lambda work: patients.get(work, ids[0])).person_id
    assert "relationship" in problems(
        database, draft(ids, rank=3, relationship=Relationship.SPOUSE, subscriber=own)
    )


def test_openemr_7263_an_ended_coverage_pays_to_its_last_day_and_no_longer(
    database: Database, ids: tuple[int, int, int]
) -> None:
    def fill(work: Work) -> None:
        coverages.save(work, draft(ids, valid_to=dt.date(2026, 6, 30)))
        coverages.save(work, draft(ids, rank=2, member_id="S2"))

    database.write(fill)

    def ranks(on: dt.date) -> list[int]:
        found = database.read(lambda work: coverages.coverages_on(work, ids[0], on))
        return [c.rank for c in found]

    assert ranks(dt.date(2025, 12, 31)) == []
    assert ranks(START) == [1, 2]
    assert ranks(dt.date(2026, 6, 30)) == [1, 2]
    assert ranks(dt.date(2026, 7, 1)) == [2]


def test_openemr_7489_a_replaced_coverage_keeps_its_earlier_visits(
    database: Database, ids: tuple[int, int, int]
) -> None:
    old = database.write(lambda work: coverages.save(work, draft(ids)))
    other = database.write(lambda work: drafts.payer(work, name="Second", electronic_id="S1"))
    new = draft(ids, payer_id=other, valid_from=dt.date(2026, 8, 1))
    database.write(lambda work: coverages.replace_with(work, old, 1, new))

    def payer(on: dt.date) -> str:
        return database.read(lambda work: coverages.coverages_on(work, ids[0], on))[0].payer_name

    assert payer(dt.date(2026, 7, 31)) == "Prairie Health"
    assert payer(dt.date(2026, 8, 1)) == "Second"


def test_a_refused_replacement_leaves_the_old_coverage_as_it_was(
    database: Database, ids: tuple[int, int, int]
) -> None:
    old = database.write(lambda work: coverages.save(work, draft(ids)))
    wrong = draft(ids, member_id="", valid_from=dt.date(2026, 8, 1))
    with pytest.raises(RuleError):
        database.write(lambda work: coverages.replace_with(work, old, 1, wrong))
    assert database.read(lambda work: coverages.get(work, old)).valid_to is None


def test_the_payer_of_a_billed_coverage_stays(
    database: Database, ids: tuple[int, int, int]
) -> None:
    def fill(work: Work) -> int:
        factories.set_up_practice(work)
        coverage_id = coverages.save(work, draft(ids))
        row = work.session.get_one(Coverage, coverage_id)
        factories.make_visit(work, work.session.get_one(Patient, ids[0]), (row,))
        return coverage_id

    coverage_id = database.write(fill)
    read = database.read(lambda work: coverages.get(work, coverage_id)).draft
    assert "payer_id" in problems(database, replace(read, payer_id=ids[2], member_id="1EG4TE5MK73"))
    with pytest.raises(RuleError, match="last day"):
        database.write(lambda work: coverages.remove(work, coverage_id, 1))
    database.write(lambda work: coverages.save(work, replace(read, member_id="W2")))


def test_a_coverage_entered_by_mistake_is_removed(
    database: Database, ids: tuple[int, int, int]
) -> None:
    coverage_id = database.write(lambda work: coverages.save(work, draft(ids)))
    with pytest.raises(LostUpdate):
        database.write(lambda work: coverages.remove(work, coverage_id, 7))
    database.write(lambda work: coverages.remove(work, coverage_id, 1))
    assert database.read(lambda work: coverages.list_for(work, ids[0])) == []


def test_ending_and_lengthening_respect_the_next_coverage(
    database: Database, ids: tuple[int, int, int]
) -> None:
    june = dt.date(2026, 6, 30)
    first = database.write(lambda work: coverages.save(work, draft(ids)))
    database.write(lambda work: coverages.end(work, first, 1, june))
    next_one = draft(ids, valid_from=dt.date(2026, 7, 1))
    database.write(lambda work: coverages.save(work, next_one))
    with pytest.raises(RuleError, match="Another primary"):
        database.write(lambda work: coverages.end(work, first, 2, dt.date(2026, 7, 5)))
    with pytest.raises(RuleError, match="began on"):
        database.write(lambda work: coverages.end(work, first, 2, dt.date(2025, 7, 5)))
    assert database.read(lambda work: coverages.get(work, first)).valid_to == june


def test_a_payer_no_longer_used_takes_no_new_coverage(
    database: Database, ids: tuple[int, int, int]
) -> None:
    read = database.read(lambda work: payers.get(work, ids[1]))
    database.write(lambda work: payers.save(work, replace(read, is_active=False)))
    assert "payer_id" in problems(database, draft(ids))
