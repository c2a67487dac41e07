"""Whatever the checks let pass, an independent judge passes too, and it reads back the same."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from desktop.models.claims import Claim
from desktop.models.people import Coverage, Patient, Person
from desktop.models.practice import Location, Payer, Practice, Provider
from desktop.models.values.enums import FilingCode, Relationship, Severity, Sex
from desktop.models.values.money import Money
from desktop.models.visits import ChargeLine
from desktop.services.claims.delivery import command
from desktop.services.claims.life.checking import ClaimFinding, by_rules
from desktop.services.claims.record import codec
from desktop.services.formats.edi.claims837 import SentClaim, SentClaims
from desktop.services.formats.edi.envelope import fold
from desktop.services.formats.edi.read import read_file
from tests import factories
from tests.factories import LineSpec
from tests.helpers.pyx12_gate import assert_837p_clean
from tests.unit.claims.shop import open_shop
from tests.unit.claims.shop import outbox as make_outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

_CODES = ("E119", "I10", "J449", "M5450", "Z0000", "K219", "N390", "R0602", "F329", "G4733",
          "E785", "J069", "M25561", "R5382", "Z23", "L309")  # fmt: skip
_NAMES = ("Nuñez", "O'Hara", "Smith-Jones", "Łukasz", "Quill", "d'Arcy", "Van der Berg", "Ng")
_SERVICES = ("99213", "99214", "85025", "36415", "93000", "J1100", "G0439", "96372")
_MODIFIERS = ("25", "59", "RT", "LT", "76", "GT")
_FILING = (FilingCode.COMMERCIAL, FilingCode.BLUES, FilingCode.PPO, FilingCode.HMO,
           FilingCode.MEDICAID, FilingCode.TRICARE, FilingCode.MEDICARE_ADVANTAGE)  # fmt: skip


def _payer(work: Work, dice: random.Random) -> Payer:
    return factories.make_payer(
        work,
        filing_code=dice.choice(_FILING),
        accept_assignment=dice.random() < 0.8,
        send_facility_always=dice.random() < 0.3,
        send_rendering_taxonomy=dice.random() < 0.7,
        send_patient_paid=dice.random() < 0.5,
    )


def _person(work: Work, dice: random.Random) -> Person:
    return factories.make_person(
        work,
        last=dice.choice(_NAMES),
        first=dice.choice(("Dora", "José", "Anne Marie", "Lee")),
        middle=dice.choice(("", "Q", "Anne")),
        suffix=dice.choice(("", "", "Jr.")),
        sex=dice.choice(list(Sex)),
        birth_on=dt.date(dice.randint(1930, 2020), dice.randint(1, 12), dice.randint(1, 28)),
        line1=dice.choice(("4 Orchard Lane", "12 N. Elm St., Apt #4", "77 Río Grande Rd")),
        zip_code=dice.choice(("62701", "627010042")),
    )


def _patient(work: Work, dice: random.Random, payers: list[Payer]) -> tuple[Patient, list[int]]:
    patient = factories.make_patient(work, _person(work, dice))
    ids = []
    for rank in range(1, dice.choice((1, 1, 1, 2, 3)) + 1):
        own = dice.random() < 0.6
        relation = dice.choice((Relationship.SPOUSE, Relationship.CHILD, Relationship.OTHER))
        coverage = factories.make_coverage(
            work,
            patient,
            dice.choice(payers),
            rank=rank,
            subscriber_id=patient.person_id if own else _person(work, dice).id,
            relationship_=Relationship.SELF if own else relation,
            group_number=dice.choice(("", "GRP-77")),
            plan_name=dice.choice(("", "Gold PPO")),
            benefits_assigned=dice.random() < 0.9,
        )
        ids.append(coverage.id)
    return patient, ids


def _visit(work: Work, dice: random.Random, payers: list[Payer], day: int) -> None:
    patient, coverage_ids = _patient(work, dice, payers)
    coverages = tuple(work.session.get_one(Coverage, i) for i in coverage_ids)
    codes = tuple(dice.sample(_CODES, dice.randint(1, len(_CODES))))
    specs = tuple(
        LineSpec(
            procedure=procedure,
            charge=Money(dice.randint(1, 99_999)),
            modifiers=" ".join(dice.sample(_MODIFIERS, dice.randint(0, 2))),
            pointers=",".join(
                map(str, dice.sample(range(1, len(codes) + 1), min(len(codes), dice.randint(1, 4))))
            ),
            units=Decimal(dice.choice(("1", "2", "0.5", "10"))),
        )
        for procedure in dice.sample(_SERVICES, dice.randint(1, len(_SERVICES)))
    )
    more: dict[str, Any] = {}
    if dice.random() < 0.2:
        more = {"related_causes": dice.choice(("AA", "OA", "EM")), "accident_state": "IL",
                "accident_on": dt.date(2026, 8, 1)}  # fmt: skip
    if dice.random() < 0.3:
        referring = factories.make_provider(work, is_referring=True, is_rendering=False)
        more |= {"referring_id": referring.id,
                 "referring_qualifier": dice.choice(("DN", "DK", "DQ"))}  # fmt: skip
    if dice.random() < 0.3:
        more |= {"onset_on": dt.date(2026, 7, 20), "claim_note": "Seen again; see the record ~*:^"}
    visit = factories.make_visit(
        work,
        patient,
        coverages,
        specs,
        diagnoses=codes,
        service_on=dt.date(2026, 8, 1) + dt.timedelta(days=day % 40),
        place=dice.choice(("11", "11", "12", "22", "02")),
        prior_authorization=dice.choice(("", "", "AUTH-5521")),
        **more,
    )
    if dice.random() < 0.3:
        line = work.session.query(ChargeLine).filter_by(visit_id=visit.id).first()
        assert line is not None
        line.ndc, line.ndc_quantity, line.ndc_unit = "00071015523", Decimal("2.5"), "ML"


def _settings(work: Work, dice: random.Random) -> None:
    practice = work.session.get_one(Practice, 1)
    assert practice.billing_provider_id is not None
    billing = work.session.get_one(Provider, practice.billing_provider_id)
    if dice.random() < 0.5:
        billing.pay_to_line1, billing.pay_to_city = "PO Box 5", "Peoria"
        billing.pay_to_state, billing.pay_to_zip = "IL", "616010005"
    if dice.random() < 0.5:
        assert practice.default_location_id is not None
        work.session.get_one(Location, practice.default_location_id).line1 = "99 Far Street"
    if dice.random() < 0.3:
        practice.billing_provider_id = practice.default_rendering_id


def _errors_only(work: Work, visit_ids: Sequence[int], rank: int) -> dict[int, list[ClaimFinding]]:
    """The rules, as if somebody had passed every warning."""
    return {
        visit: [f for f in found if f.severity is Severity.ERROR]
        for visit, found in by_rules(work, visit_ids, rank).items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_the_checks_pass_the_judge_passes_and_reads_back(
    database: Database, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    open_shop(database)

    def fill(work: Work) -> None:
        _settings(work, dice)
        payers = [_payer(work, dice) for _ in range(4)]
        for day in range(30):
            _visit(work, dice, payers, day)

    database.write(fill)
    report = command.send_all(database, make_outbox(tmp_path), _errors_only)
    assert report.path is not None, report.batch.left_out
    assert len(report.batch.claim_ids) >= 10, report.batch.left_out
    data = report.path.read_bytes()
    assert_837p_clean(data)
    file = read_file(data)
    assert [p for p in file.problems if p.severity == "error"] == []
    said = {
        claim.control_number: claim
        for t in file.transactions
        if isinstance(t, SentClaims)
        for claim in t.claims
    }

    def stored(work: Work) -> list[ClaimRecord]:
        return [codec.load(work.session.get_one(Claim, i).record) for i in report.batch.claim_ids]

    records = database.read(stored)
    assert len(said) == len(records)
    for record in records:
        _assert_same(said[record.control_number], record)


def _assert_same(said: SentClaim, record: ClaimRecord) -> None:
    assert said.charge == record.charge
    assert said.patient_paid == record.patient_paid
    assert list(said.diagnoses) == [d.code for d in record.diagnoses]
    assert said.subscriber.id == fold(record.coverage.member_id)
    assert said.payer.id == record.coverage.payer.electronic_id
    assert said.patient.name.last == fold(record.patient.name.last)
    assert said.patient.birth_on == record.patient.birth_on
    assert len(said.coverages) == len(record.coverages) - 1
    for mine, theirs in zip(record.lines, said.lines, strict=True):
        assert (theirs.code, theirs.modifiers, theirs.charge, theirs.units) == (
            mine.procedure,
            mine.modifiers,
            mine.charge,
            mine.units,
        )
        assert (theirs.pointers, theirs.from_on) == (mine.pointers, mine.from_on)
        assert (theirs.drug is None) == (mine.drug is None)
        assert theirs.line_number == str(mine.number)
