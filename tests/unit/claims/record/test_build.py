"""Claim records say what the visit, the coverage of its day and the payer's settings say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from desktop.errors import NotFound, RuleError
from desktop.models.claims import Claim
from desktop.models.payments import (
    Receipt,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.models.people import Coverage, Patient
from desktop.models.practice import Location, Payer, Practice, Procedure, Provider
from desktop.models.values.claim_record import ClaimRecord, from_plain, to_plain
from desktop.models.values.enums import ClaimState, FilingCode, ReceiptMethod
from desktop.models.values.money import Money, total
from desktop.models.visits import ChargeLine, Visit
from desktop.services.claims.delivery import command
from desktop.services.claims.life.create import create_claims
from desktop.services.claims.life.lifecycle import forward_claims
from desktop.services.claims.record import codec
from desktop.services.claims.record.build import build_records
from desktop.services.formats.documents.cms1500 import fields
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.write837 import Batch837, write_837p
from tests import factories
from tests.factories import LineSpec
from tests.helpers.pyx12_gate import assert_837p_clean
from tests.unit.claims.shop import Shop, add_visit, lines, open_shop
from tests.unit.claims.shop import outbox as make_outbox

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

BATCH = Batch837(
    sender_id="MILLBROOK",
    sender_qualifier="ZZ",
    receiver_id="CLEARHOUSE",
    receiver_qualifier="ZZ",
    receiver_name="Clear House",
    submitter_name="Millbrook",
    submitter_id="MILLBROOK",
    contact_name="Olive Owner",
    contact_phone="2175550100",
    interchange_control=1,
    group_control=1,
    first_set_control=1,
    batch_reference="B1",
    at=dt.datetime(2026, 9, 15, 9, 0, tzinfo=dt.UTC),
)


def records(database: Database, visit_id: int, rank: int = 1) -> tuple[ClaimRecord, ...]:
    return database.read(lambda work: build_records(work, visit_id, rank))


def change(database: Database, kind: type[Any], record_id: int, **values: object) -> None:
    def apply(work: Work) -> None:
        row = work.session.get_one(kind, record_id)
        for name, value in values.items():
            setattr(row, name, value)

    database.write(apply)


def test_a_visit_gives_one_record_with_everything_that_was_entered(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(
        database,
        shop,
        (LineSpec(modifiers="25 GT", pointers="2,1", units=Decimal(2)), LineSpec("85025")),
        diagnoses=("E119", "I10"),
        prior_authorization="A77",
        accident_on=dt.date(2026, 8, 30),
        related_causes="AA",
        accident_state="IL",
    )
    [record] = records(database, visit)
    assert [d.code for d in record.diagnoses] == ["E119", "I10"]
    assert record.lines[0].modifiers == ("25", "GT")
    assert record.lines[0].pointers == (2, 1)
    assert record.charge == Money(24000)
    assert record.related_causes == ("AA",)
    assert [(d.qualifier, d.on) for d in record.dates] == [("439", dt.date(2026, 8, 30))]
    assert record.prior_authorization == "A77"
    assert record.coverage.member_id.startswith("M")
    assert record.billing.tax_id == "371234567"
    assert record.rendering is not None
    assert record.rendering.tax_id == ""


def test_an_unknown_visit_is_named(database: Database) -> None:
    with pytest.raises(NotFound, match="visit 99"):
        records(database, 99)


def test_a_visit_with_nothing_but_a_patient_still_gives_a_record(database: Database) -> None:
    def make(work: Work) -> int:
        person = factories.make_person(work, birth_on=None, line1="", city="", zip_code="")
        patient = factories.make_patient(work, person, signature_on=None)
        return factories.make_visit(work, patient, (), (), posted=False, diagnoses=()).id

    [record] = records(database, database.write(make))
    assert record.coverages == ()
    assert record.patient.birth_on is None
    assert record.patient.address is None
    assert not record.signature_on_file
    assert record.billing.npi == ""


def test_ottehr_3222_dates_of_service_come_from_the_lines_not_from_any_stamp(
    database: Database,
) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, service_on=dt.date(2026, 8, 31))
    change(database, Visit, visit, created_at="2026-09-14T23:59:59.000000Z")
    [record] = records(database, visit)
    assert record.lines[0].from_on == record.lines[0].to_on == dt.date(2026, 8, 31)


def test_openemr_7263_a_coverage_that_ended_is_not_billed(database: Database) -> None:
    shop = open_shop(database)

    def make(work: Work) -> tuple[int, int]:
        patient = work.session.get_one(Patient, shop.patient_id)
        old = work.session.get_one(Coverage, shop.coverage_id)
        old.valid_to = dt.date(2026, 8, 31)
        newer = factories.make_payer(work, name="Newer Health")
        factories.make_coverage(work, patient, newer, valid_from=dt.date(2026, 9, 1))
        before = factories.make_visit(work, patient, posted=False, service_on=dt.date(2026, 8, 31))
        after = factories.make_visit(work, patient, posted=False, service_on=dt.date(2026, 9, 1))
        return before.id, after.id

    before, after = database.write(make)
    assert records(database, before)[0].coverage.payer.name != "Newer Health"
    assert records(database, after)[0].coverage.payer.name == "Newer Health"


def test_openemr_8038_a_posted_visit_keeps_its_payer_when_the_insurance_is_replaced(
    database: Database,
) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)

    def replace_insurance(work: Work) -> None:
        patient = work.session.get_one(Patient, shop.patient_id)
        work.session.get_one(Coverage, shop.coverage_id).valid_to = dt.date(2026, 8, 1)
        payer = factories.make_payer(work, name="Newer Health")
        factories.make_coverage(work, patient, payer, valid_from=dt.date(2026, 8, 2))

    database.write(replace_insurance)
    assert records(database, visit)[0].coverage.payer.name != "Newer Health"


def test_when_the_first_coverage_has_ended_the_second_is_billed_first(database: Database) -> None:
    shop = open_shop(database)

    def make(work: Work) -> int:
        patient = work.session.get_one(Patient, shop.patient_id)
        work.session.get_one(Coverage, shop.coverage_id).valid_to = dt.date(2026, 1, 1)
        second = factories.make_payer(work, name="Second Health")
        factories.make_coverage(work, patient, second, rank=2)
        return factories.make_visit(work, patient, posted=False).id

    [record] = records(database, database.write(make))
    assert record.coverage.payer.name == "Second Health"
    assert record.coverage.rank == 1


def test_openemr_13724_an_ordering_provider_is_not_also_referring(database: Database) -> None:
    shop = open_shop(database)
    other = database.write(lambda work: factories.make_provider(work, last="Sender").id)
    for qualifier in ("DN", "DK", "DQ"):
        visit = add_visit(database, shop, referring_id=other, referring_qualifier=qualifier)
        [record] = records(database, visit)
        assert record.referring is not None
        assert record.referring_qualifier == qualifier
        assert all(line.ordering is None for line in record.lines)


def test_ottehr_9560_a_drug_stays_on_its_own_line(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, lines(3))

    def add_drug(work: Work) -> None:
        row = work.session.query(ChargeLine).filter_by(visit_id=visit, position=2).one()
        row.ndc, row.ndc_quantity, row.ndc_unit = "00071015523", Decimal("2.5"), "ML"

    database.write(add_drug)
    [record] = records(database, visit)
    assert [bool(line.drug) for line in record.lines] == [False, True, False]


def test_a_paper_claim_holds_six_lines_and_the_rest_are_further_claims(
    database: Database,
) -> None:
    shop = open_shop(database, on_paper=True)
    visit = add_visit(database, shop, lines(14))
    ids = database.write(lambda work: create_claims(work, visit))
    parts = records(database, visit)
    assert [len(r.lines) for r in parts] == [6, 6, 2]
    assert sum(r.charge.cents for r in parts) == 14 * 12000
    assert len(ids) == 3


def test_a_file_claim_holds_fifty_lines(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, lines(51))
    assert [len(r.lines) for r in records(database, visit)] == [50, 1]


def test_more_than_twelve_diagnoses_part_so_that_each_line_keeps_its_own(
    database: Database,
) -> None:
    codes = tuple(f"M{n:02d}" for n in range(10, 28))
    shop = open_shop(database)
    wanted = [(1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 1), (18,)]
    specs = tuple(LineSpec(pointers=",".join(map(str, w))) for w in wanted)
    visit = add_visit(database, shop, specs, diagnoses=codes)
    said = []
    for record in records(database, visit):
        assert len(record.diagnoses) <= 12
        said += [[record.diagnoses[p - 1].code for p in line.pointers] for line in record.lines]
    assert said == [[codes[p - 1] for p in w] for w in wanted]
    # What no line points to is told as well, as far as there is room.
    told = {d.code for r in records(database, visit) for d in r.diagnoses}
    assert told == set(codes)


def test_a_pointer_past_the_last_diagnosis_is_kept_for_the_checks(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, (LineSpec(pointers="3"),), diagnoses=("E119",))
    assert records(database, visit)[0].lines[0].pointers == (3,)


def test_what_the_patient_paid_is_told_only_to_payers_that_want_it(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)

    def pay(work: Work) -> None:
        for number, voided in (("R1", None), ("R2", dt.date(2026, 9, 2))):
            work.session.add(
                Receipt(
                    number=number,
                    kind="patient",
                    method=ReceiptMethod.CASH,
                    amount=Money(2500),
                    received_on=dt.date(2026, 9, 1),
                    visit_id=visit,
                    voided_on=voided,
                    created_at="2026-09-01T09:00:00.000000Z",
                )
            )

    database.write(pay)
    assert records(database, visit)[0].patient_paid == Money(0)
    change(database, Payer, shop.payer_id, send_patient_paid=True)
    assert records(database, visit)[0].patient_paid == Money(2500)


def test_the_service_location_is_left_out_where_it_is_the_billing_address(
    database: Database,
) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)
    assert records(database, visit)[0].facility is None
    change(database, Payer, shop.payer_id, send_facility_always=True)
    assert records(database, visit)[0].facility is not None
    change(database, Payer, shop.payer_id, send_facility_always=False)
    place = database.read(lambda w: w.session.get_one(Practice, 1).default_location_id)
    assert place is not None
    change(database, Location, place, line1="99 Far Street")
    facility = records(database, visit)[0].facility
    assert facility is not None
    assert facility.name.last == "Main Office"


def test_a_home_visit_names_the_home_without_an_npi(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, place="12")
    facility = records(database, visit)[0].facility
    assert facility is not None
    assert facility.npi == ""
    assert facility.address is not None
    assert facility.address.line1 == "4 Orchard Lane"


def test_openemr_5699_assignment_comes_from_the_payer_and_benefits_from_the_coverage(
    database: Database,
) -> None:
    shop = open_shop(database, accept_assignment=False)
    visit = add_visit(database, shop)
    change(database, Coverage, shop.coverage_id, benefits_assigned=False)
    [record] = records(database, visit)
    assert not record.accept_assignment
    assert not record.coverage.benefits_assigned


def test_a_person_who_bills_for_himself_is_not_named_twice(database: Database) -> None:
    shop = open_shop(database)

    def solo(work: Work) -> int:
        practice = work.session.get_one(Practice, 1)
        practice.billing_provider_id = practice.default_rendering_id
        assert practice.default_rendering_id is not None
        return practice.default_rendering_id

    own = database.write(solo)
    visit = add_visit(database, shop, billing_id=own, rendering_id=own)
    assert records(database, visit)[0].rendering is None


def test_rendering_taxonomy_is_left_out_where_the_payer_refuses_it(database: Database) -> None:
    shop = open_shop(database, send_rendering_taxonomy=False)
    [record] = records(database, add_visit(database, shop))
    assert record.rendering is not None
    assert record.rendering.taxonomy == ""
    assert record.billing.taxonomy == "207Q00000X"


def test_clia_stands_on_claims_with_a_test_that_needs_it(database: Database) -> None:
    shop = open_shop(database)

    def certify(work: Work) -> None:
        work.session.query(Procedure).filter_by(code="85025").one().needs_clia = True
        work.session.query(Location).one().clia = "14D0123456"

    database.write(certify)
    with_test = add_visit(database, shop, (LineSpec(), LineSpec("85025")))
    without = add_visit(database, shop)
    assert records(database, with_test)[0].clia == "14D0123456"
    assert records(database, without)[0].clia == ""


def test_openemr_11869_medicare_behind_another_payer_says_why_and_a_supplement_says_nothing(
    database: Database,
) -> None:
    shop = open_shop(database, filing_code=FilingCode.MEDICARE_B)
    change(database, Coverage, shop.coverage_id, insurance_type="12")

    def add(work: Work) -> int:
        patient = work.session.get_one(Patient, shop.patient_id)
        payer = factories.make_payer(work, name="Supplement")
        return factories.make_coverage(work, patient, payer, rank=2, insurance_type="12").id

    visit = add_visit(database, shop, further=(database.write(add),))
    [record] = records(database, visit)
    assert [c.insurance_type for c in record.coverages] == ["", ""]


def test_a_pay_to_address_is_named_only_where_there_is_one(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)
    assert records(database, visit)[0].pay_to is None
    billing = database.read(lambda w: w.session.get_one(Practice, 1).billing_provider_id)
    assert billing is not None
    change(database, Provider, billing, pay_to_line1="PO Box 5", pay_to_city="Peoria",
           pay_to_state="IL", pay_to_zip="616010005")  # fmt: skip
    pay_to = records(database, visit)[0].pay_to
    assert pay_to is not None
    assert pay_to.address is not None
    assert pay_to.address.line1 == "PO Box 5"


@dataclass(frozen=True)
class Said:
    """One answer of the first payer for a line of 120.00; `sign` -1 takes an earlier one back."""

    number: int
    status: str
    sign: int
    paid: int
    reasons: tuple[tuple[str, str, int], ...]

    @property
    def day(self) -> dt.date:
        return dt.date(2026, 9, 2 + self.number)


PRIMARY_ANSWERS = (
    Said(1, "1", 1, 6000, (("CO", "45", 4000), ("PR", "2", 2000))),
    Said(2, "22", -1, 6000, (("CO", "45", 4000), ("PR", "2", 2000))),
    Said(3, "1", 1, 8000, (("CO", "45", 2000), ("PR", "2", 1500), ("PR", "3", 500))),
)


def post_primary_answer(database: Database, shop: Shop, visit: int) -> None:
    """As posting leaves it: paid 60.00, then taken back, then 80.00, on one line of 120.00."""
    [claim] = database.write(lambda work: create_claims(work, visit))

    def answer(work: Work) -> None:
        line = work.session.query(ChargeLine).filter_by(visit_id=visit).first()
        assert line is not None
        for said in PRIMARY_ANSWERS:
            remittance = posted_remittance(shop.payer_id, said)
            work.session.add(remittance)
            work.session.flush()
            add_answer(work, remittance.id, claim, line.id, said)

    database.write(answer)


def posted_remittance(payer_id: int, said: Said) -> Remittance:
    paid = Money(said.sign * said.paid)
    return Remittance(
        kind="835",
        state="posted",
        payer_id=payer_id,
        payer_name="P",
        payer_identifier="1",
        trace=f"T{said.number}",
        trace_key=f"T{said.number}",
        set_hash=f"h{said.number}",
        method="ACH",
        paid_on=said.day,
        amount=paid,
        claims_paid=paid,
        difference=Money(0),
        deposit=paid,
        read_at="2026-09-03T09:00:00.000000Z",
    )


def add_answer(work: Work, remittance_id: int, claim_id: int, line_id: int, said: Said) -> None:
    charge, paid = Money(said.sign * 12000), Money(said.sign * said.paid)
    row = RemittanceClaim(
        remittance_id=remittance_id,
        position=1,
        control_number="C1",
        status=said.status,
        charge=charge,
        paid=paid,
        payer_claim_number="" if said.sign < 0 else f"ICN{said.number}",
        patient_name="X",
        state="posted",
        claim_id=claim_id,
        rank=1,
    )
    work.session.add(row)
    work.session.flush()
    line = RemittanceLine(
        remittance_claim_id=row.id,
        position=1,
        code="99213",
        charge=charge,
        paid=paid,
        units=Decimal(1),
        charge_line_id=line_id,
    )
    work.session.add(line)
    work.session.flush()
    for group, reason, cents in said.reasons:
        work.session.add(
            RemittanceAdjustment(
                remittance_claim_id=row.id,
                remittance_line_id=line.id,
                group_code=group,
                reason=reason,
                amount=Money(said.sign * cents),
                action="information",
            )
        )


def test_openemr_6268_the_next_payer_sees_every_reason_of_the_first_as_it_was_sent(
    database: Database,
) -> None:
    shop = open_shop(database)

    def add(work: Work) -> int:
        patient = work.session.get_one(Patient, shop.patient_id)
        return factories.make_coverage(work, patient, factories.make_payer(work), rank=2).id

    visit = add_visit(database, shop, further=(database.write(add),))
    post_primary_answer(database, shop, visit)
    [record] = records(database, visit, rank=2)
    answer = record.coverages[0].answer
    assert answer is not None
    # A reversal and its original cancel; what stands is the last answer.
    assert answer.paid == Money(8000)
    assert answer.payer_claim_number == "ICN3"
    assert answer.adjudicated_on == dt.date(2026, 9, 5)
    assert answer.remaining == Money(2000)
    assert [(a.group, a.reason, a.amount.cents) for a in answer.lines[0].adjustments] == [
        ("CO", "45", 2000),
        ("PR", "2", 1500),
        ("PR", "3", 500),
    ]
    assert record.payer_rank == 2
    # To the first payer nothing of this is told.
    assert records(database, visit, rank=1)[0].coverages[0].answer is None


def test_stored_records_read_back_as_they_were(database: Database) -> None:
    shop = open_shop(database)
    [record] = records(database, add_visit(database, shop, lines(2, pointers="1,2")))
    text = codec.dump(record)
    assert codec.load(text) == record
    assert codec.dump(codec.load(text)) == text
    assert from_plain(ClaimRecord, to_plain(record)) == record


def test_openemr_11099_the_next_payers_file_names_the_first_payers_own_number(
    database: Database,
) -> None:
    shop = open_shop(database)

    def add(work: Work) -> int:
        patient = work.session.get_one(Patient, shop.patient_id)
        return factories.make_coverage(work, patient, factories.make_payer(work), rank=2).id

    visit = add_visit(database, shop, further=(database.write(add),))
    post_primary_answer(database, shop, visit)
    [secondary] = database.write(lambda work: create_claims(work, visit, rank=2))
    text = database.read(lambda w: w.session.get_one(Claim, secondary).record)
    data = write_837p(BATCH, [codec.load(text)])
    assert_837p_clean(data)
    [transaction] = read_file(data).transactions
    assert isinstance(transaction, SentClaims)
    [said] = transaction.claims
    assert said.sequence == "S"
    [first] = said.coverages
    assert first.paid == Money(8000)
    assert first.payer is not None
    assert first.payer.reference("F8") == "ICN3"
    [line] = said.lines
    [prior] = line.prior
    assert prior.paid + total(a.amount for a in prior.adjustments) == line.charge


def test_ottehr_9176_a_claim_that_the_first_payer_forwarded_is_not_sent_by_us(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)

    def add(work: Work) -> int:
        patient = work.session.get_one(Patient, shop.patient_id)
        return factories.make_coverage(work, patient, factories.make_payer(work), rank=2).id

    visit = add_visit(database, shop, further=(database.write(add),))
    [forwarded] = database.write(lambda w: forward_claims(w, visit, 2, "Forwarded by the first."))
    assert database.write(lambda w: forward_claims(w, visit, 2, "Again.")) == [forwarded]
    report = command.send_all(database, make_outbox(tmp_path))
    assert forwarded not in report.batch.claim_ids
    state = database.read(lambda w: w.session.get_one(Claim, forwarded).state)
    assert state is ClaimState.FORWARDED
    with pytest.raises(RuleError, match="forwarded"):
        database.write(lambda w: create_claims(w, visit, rank=2))


@pytest.mark.parametrize("accepts", [True, False])
def test_openemr_5699_paper_and_file_agree_on_assignment(
    database: Database, tmp_path: Path, *, accepts: bool
) -> None:
    shop = open_shop(database, accept_assignment=accepts)
    visit = add_visit(database, shop)
    [claim] = database.write(lambda work: create_claims(work, visit))
    record = codec.load(database.read(lambda w: w.session.get_one(Claim, claim).record))
    [transaction] = read_file(write_837p(BATCH, [record])).transactions
    assert isinstance(transaction, SentClaims)
    assert transaction.claims[0].accept_assignment == ("A" if accepts else "C")
    marks = {f.item for f in fields(record) if f.item.startswith("27.")}
    assert marks == {"27.yes" if accepts else "27.no"}
