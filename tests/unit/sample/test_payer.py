"""The training payer answers our files as payers do: balanced, valid, always the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from desktop.errors import RuleError
from desktop.models.values.claim_record import (
    ClaimRecord,
    CoverageRecord,
    DiagnosisRecord,
    LineRecord,
)
from desktop.models.values.enums import Frequency, Relationship
from desktop.models.values.money import Money, total
from desktop.services.formats.edi.acknowledgments import Acknowledgment
from desktop.services.formats.edi.claim_status import ClaimStatusSet
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import Remittance, RemittanceClaim
from desktop.services.formats.edi.training_id import TRAINING_ID, TRAINING_OFFICE
from desktop.services.formats.edi.write837 import Batch837, write_837p
from desktop.services.sample.payer.adjudicate import Scenario
from desktop.services.sample.payer.payer import Answers, answer
from tests.helpers.pyx12_gate import assert_837p_clean, assert_x12_clean
from tests.unit.formats.documents import records

ON = dt.date(2026, 9, 16)
SECOND = CoverageRecord(
    2,
    replace(records.PAYER, name="Lakeside Life", electronic_id="77001"),
    "LL9001",
    Relationship.SELF,
    records.PATIENT,
)


def claim(number: int, *, lines: int = 2, secondary: bool = False, **values: object) -> ClaimRecord:
    first = replace(records.COVERAGE, relationship=Relationship.SELF, subscriber=records.PATIENT)
    record = records.claim(
        control_number=f"C{number:09d}",
        coverages=(first, SECOND) if secondary else (first,),
        diagnoses=(DiagnosisRecord("E119"), DiagnosisRecord("I10")),
        lines=tuple(_line(number * 100 + n) for n in range(lines)),
    )
    return replace(record, **values)  # type: ignore[arg-type]


def _line(number: int) -> LineRecord:
    code = ("99213", "85025", "36415", "93000")[number % 4]
    return records.line(number, procedure=code, charge=Money(5000 + 737 * (number % 7)))


def file_of(*claims: ClaimRecord, receiver: str = TRAINING_ID) -> bytes:
    batch = Batch837(
        sender_id=TRAINING_OFFICE,
        sender_qualifier="ZZ",
        receiver_id=receiver,
        receiver_qualifier="ZZ",
        receiver_name="TRAINING PAYER",
        submitter_name="Millbrook",
        submitter_id=TRAINING_OFFICE,
        contact_name="Olive",
        contact_phone="2175550100",
        interchange_control=12,
        group_control=12,
        first_set_control=1,
        batch_reference="B000000012",
        at=dt.datetime.combine(dt.date(2026, 9, 15), dt.time(9, 0)),
    )
    data = write_837p(batch, claims)
    assert_837p_clean(data)
    return data


def payments(answers: Answers) -> list[Remittance]:
    found = []
    for file in answers.remittances:
        assert_x12_clean(file.data)
        read = read_file(file.data)
        assert not [p for p in read.problems if p.severity == "error"]
        for payment in read.transactions:
            assert isinstance(payment, Remittance)
            assert payment.fully_balanced, payment
            found.append(payment)
    return found


def only(scenario: Scenario, **values: object) -> list[RemittanceClaim]:
    answers = answer(file_of(claim(1, **values)), scenario, ON)  # type: ignore[arg-type]
    return [c for p in payments(answers) for c in p.claims]


def reasons(paid: RemittanceClaim) -> set[tuple[str, str]]:
    return {(a.group, a.reason) for line in paid.lines for a in line.adjustments}


def test_a_mixture_of_forty_claims_balances_and_passes_the_judge() -> None:
    data = file_of(*(claim(n, lines=1 + n % 3, secondary=n % 4 == 0) for n in range(1, 41)))
    answers = answer(data, on=ON)
    assert_x12_clean(answers.ack999.data)
    assert answers.ack277ca is not None
    assert_x12_clean(answers.ack277ca.data)
    found = payments(answers)
    assert set(answers.decided.values()) >= {
        Scenario.PAID,
        Scenario.DEDUCTIBLE,
        Scenario.COINSURANCE,
        Scenario.COPAY,
        Scenario.DENIED_LINE,
        Scenario.DENIED_CLAIM,
        Scenario.CROSSOVER,
        Scenario.CROSSOVER_RESTATED,
        Scenario.TAKE_BACK,
        Scenario.INTEREST,
        Scenario.CLAIM_REJECTED,
    }
    codes = {a.code for p in found for a in p.provider_adjustments}
    assert codes == {"L6", "WO"}
    recovered = total(a.amount for p in found for a in p.provider_adjustments if a.code == "WO")
    assert recovered == Money(0)


def test_the_same_file_is_always_answered_in_the_same_bytes() -> None:
    data = file_of(*(claim(n) for n in range(1, 9)))
    assert answer(data, on=ON) == answer(data, on=ON)
    assert answer(data, on=ON) != answer(data, on=ON, seed=1)


def test_every_line_comes_back_with_our_own_number_and_charge() -> None:
    record = claim(1, lines=4)
    [paid] = [
        c for p in payments(answer(file_of(record), Scenario.COINSURANCE, ON)) for c in p.claims
    ]
    assert [(x.line_number, x.charge, x.code) for x in paid.lines] == [
        (str(x.number), x.charge, x.procedure) for x in record.lines
    ]
    assert paid.control_number == record.control_number
    assert paid.payer_claim_number


@pytest.mark.parametrize(
    ("scenario", "status", "wanted"),
    [
        (Scenario.PAID, "1", {("CO", "45")}),
        (Scenario.DEDUCTIBLE, "1", {("CO", "45"), ("PR", "1")}),
        (Scenario.COINSURANCE, "1", {("CO", "45"), ("PR", "2")}),
        (Scenario.COPAY, "1", {("CO", "45"), ("PR", "3")}),
        (Scenario.DENIED_LINE, "1", {("CO", "197"), ("CO", "45"), ("PR", "2")}),
        (Scenario.DENIED_CLAIM, "4", {("CO", "16")}),
    ],
)
def test_each_decision_says_its_reasons(
    scenario: Scenario, status: str, wanted: set[tuple[str, str]]
) -> None:
    [paid] = only(scenario)
    assert paid.status == status
    assert reasons(paid) == wanted


def test_a_crossover_names_the_next_payer_who_then_echoes_our_first_number() -> None:
    first, second = only(Scenario.CROSSOVER, secondary=True)
    assert (first.status, first.crossover_to) == ("19", "LAKESIDE LIFE")
    assert (second.status, second.control_number) == ("2", first.control_number)
    assert second.charge == first.charge
    assert ("OA", "23") in reasons(second)


def test_a_secondary_that_restates_takes_the_whole_difference_as_co_45() -> None:
    first, second = only(Scenario.CROSSOVER_RESTATED, secondary=True)
    assert reasons(second) == {("CO", "45")}
    written_off = total(a.amount for x in second.lines for a in x.adjustments)
    assert written_off == second.charge - second.paid
    assert second.paid < (first.patient_responsibility or Money(0))


def test_a_take_back_reverses_word_for_word_and_pays_the_correction() -> None:
    first, reversal, again = only(Scenario.TAKE_BACK)
    assert reversal.status == "22"
    assert (reversal.charge, reversal.paid) == (-first.charge, -first.paid)
    assert reversal.payer_claim_number == first.payer_claim_number
    assert again.paid < first.paid
    assert again.payer_claim_number != first.payer_claim_number


def test_what_is_taken_back_beyond_a_payment_is_withheld_later() -> None:
    data = file_of(claim(1), claim(2, lines=4))
    answers = answer(
        data, {"C000000001": Scenario.TAKE_BACK, "C000000002": Scenario.INTEREST}, ON,
        days=(0, 14, 21),
    )  # fmt: skip
    first, second, third = payments(answers)
    assert second.amount == Money(0)
    [withheld] = [a for a in second.provider_adjustments if a.code == "WO"]
    [taken] = [a for a in third.provider_adjustments if a.code == "WO"]
    assert withheld.amount == -taken.amount < Money(0)
    assert (first.on, third.on) == (ON, dt.date(2026, 10, 7))


def test_interest_stands_on_the_claim_and_is_paid_by_the_payment() -> None:
    [payment] = payments(answer(file_of(claim(1)), Scenario.INTEREST, ON))
    [paid] = payment.claims
    [plb] = payment.provider_adjustments
    assert plb.code == "L6"
    assert paid.interest == -plb.amount
    assert payment.amount == paid.paid + paid.interest


def test_a_rejected_set_is_answered_by_a_999_alone() -> None:
    answers = answer(file_of(claim(1), claim(2)), {"C000000002": Scenario.SET_REJECTED}, ON)
    assert_x12_clean(answers.ack999.data)
    assert answers.ack277ca is None
    assert answers.remittances == ()
    [ack] = read_file(answers.ack999.data).transactions
    assert isinstance(ack, Acknowledgment)
    assert ack.sets[0].result == "R"
    assert ack.sets[0].errors[0].claim_number == "C000000002"


def test_a_rejected_claim_is_never_paid() -> None:
    answers = answer(file_of(claim(1), claim(2)), {"C000000001": Scenario.CLAIM_REJECTED,
                                                    "C000000002": Scenario.PAID}, ON)  # fmt: skip
    assert answers.ack277ca is not None
    [ack] = read_file(answers.ack277ca.data).transactions
    assert isinstance(ack, ClaimStatusSet)
    assert [c.accepted for c in ack.claims] == [False, True]
    assert [c.control_number for p in payments(answers) for c in p.claims] == ["C000000002"]


def test_a_void_is_answered_by_taking_the_payment_back() -> None:
    [paid] = only(Scenario.COINSURANCE)
    number = paid.payer_claim_number
    void = claim(1, frequency=Frequency.VOID, original_number=number)
    [reversal] = [c for p in payments(answer(file_of(void), on=ON)) for c in p.claims]
    assert (reversal.status, reversal.paid) == ("22", -paid.paid)


def test_a_file_to_a_real_receiver_is_left_alone() -> None:
    with pytest.raises(RuleError, match="real receiver"):
        answer(file_of(claim(1), receiver="CLEARHOUSE"), on=ON)
    with pytest.raises(RuleError, match="claim files"):
        answer(b"ISA", on=ON)


def test_everything_it_writes_is_marked_as_training() -> None:
    answers = answer(file_of(claim(1)), Scenario.PAID, ON)
    assert answers.ack277ca is not None
    for file in (answers.ack999, answers.ack277ca, *answers.remittances):
        [envelope] = read_file(file.data).interchanges
        assert (envelope.sender, envelope.receiver, envelope.usage) == (
            TRAINING_ID,
            TRAINING_OFFICE,
            "T",
        )
        assert file.name.startswith("training-")
