"""What the training payer writes: it passes the judge and reads back as it was meant."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from desktop.models.values.claim_record import Address, Name
from desktop.models.values.money import Money
from desktop.services.formats.edi.acknowledgments import (
    Acknowledgment,
    ElementError,
    SegmentError,
    SetAcknowledgment,
)
from desktop.services.formats.edi.claim_status import (
    ClaimStatus,
    ClaimStatusSet,
    LevelStatus,
    LineStatus,
    Status,
)
from desktop.services.formats.edi.envelope import Envelope
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import (
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.services.formats.edi.write277ca import write_277ca
from desktop.services.formats.edi.write835 import write_835
from desktop.services.formats.edi.write999 import write_999
from tests.helpers.pyx12_gate import assert_x12_clean
from tests.helpers.shared import shared_dir

ENVELOPE = Envelope("PAYER", "CLINIC", 7, 8, dt.datetime(2026, 9, 15, 9, 0, tzinfo=dt.UTC))
DAY = dt.date(2026, 9, 1)

PAYMENT = Remittance(
    payer_name="TRAINING PAYER",
    payer_id="1999999999",
    trace="T0001",
    on=dt.date(2026, 9, 15),
    amount=Money(7_125),
    claims=(
        RemittanceClaim(
            position=1,
            control_number="C1",
            status="19",
            charge=Money(12_550),
            paid=Money(8_000),
            patient_responsibility=Money(2_550),
            filing_code="MB",
            payer_claim_number="P1",
            place="11",
            frequency="1",
            patient_name=Name("DOE", "JANE", "Q", "JR"),
            patient_id="M1",
            rendering_id="1000000004",
            crossover_to="MEDIGAP PLAN",
            crossover_id="M77",
            remarks=("MA01", "MA18"),
            from_on=DAY,
            to_on=DAY,
            received_on=dt.date(2026, 9, 3),
            allowed=Money(10_550),
            lines=(
                RemittanceLine(
                    position=1,
                    code="99213",
                    charge=Money(12_550),
                    paid=Money(8_000),
                    modifiers=("25",),
                    submitted_code="99214",
                    submitted_modifiers=("25",),
                    original_units=Decimal(2),
                    from_on=DAY,
                    to_on=DAY,
                    line_number="17",
                    adjustments=(
                        Adjustment("CO", "45", Money(1_500)),
                        Adjustment("CO", "253", Money(500)),
                        Adjustment("PR", "1", Money(1_050)),
                        Adjustment("PR", "2", Money(1_500), Decimal(1)),
                    ),
                    remarks=("N115",),
                    allowed=Money(10_550),
                ),
            ),
        ),
    ),
    provider_adjustments=(
        ProviderAdjustment("WO", "P0", Money(1_000), dt.date(2026, 12, 31), "1234567893"),
        ProviderAdjustment("L6", "", Money(-125), dt.date(2026, 12, 31), "1234567893"),
    ),
    payer_ids=("60054",),
    payer_address=Address("1 Plaza", "SPRINGFIELD", "IL", "62701"),
    payee_name="PRAIRIE CLINIC",
    payee_npi="1234567893",
    payee_tax_id="371234567",
    payee_id="1234567893",
    method="CHK",
    produced_on=dt.date(2026, 9, 14),
)


ANSWERED = dt.date(2026, 9, 15)
ACCEPTED = Status("A2", "20", "PR", "WQ", ANSWERED, Money(12_550))
REFUSED = Status("A7", "562", "85", "U", ANSWERED, Money(5_000))
CLAIM_STATUS = ClaimStatusSet(
    kind="277CA",
    payer_name="TRAINING PAYER",
    payer_id="60054",
    receiver_name="PRAIRIE CLINIC",
    receiver_id="SUB001",
    reference="R0001",
    batch_reference="B0001",
    on=ANSWERED,
    levels=(LevelStatus("provider", "PRAIRIE CLINIC", "1234567893", "0"),),
    claims=(
        ClaimStatus(
            position=1,
            control_number="C1",
            patient_name=Name("DOE", "JANE"),
            patient_id="M1",
            payer_claim_number="P1",
            clearinghouse_number="D1",
            accepted=True,
            amount=Money(12_550),
            statuses=(ACCEPTED,),
            from_on=DAY,
            to_on=DAY,
            provider_id="1234567893",
        ),
        ClaimStatus(
            position=2,
            control_number="C2",
            patient_name=Name("DOE", "JOHN"),
            patient_id="M2",
            accepted=False,
            amount=Money(5_000),
            statuses=(
                REFUSED,
                dataclasses.replace(REFUSED, status="153"),
                dataclasses.replace(REFUSED, status="500"),
                dataclasses.replace(REFUSED, status="88"),
            ),
            from_on=DAY,
            to_on=dt.date(2026, 9, 3),
            provider_id="1234567893",
            lines=(
                LineStatus(
                    "99213",
                    ("25",),
                    Money(5_000),
                    "17",
                    (Status("A7", "507", "", "U", ANSWERED),),
                ),
            ),
        ),
    ),
)


def test_a_payment_passes_the_judge_and_reads_back() -> None:
    data = write_835(ENVELOPE, (PAYMENT, dataclasses.replace(PAYMENT, method="ACH", trace="T2")))
    assert_x12_clean(data)
    file = read_file(data)
    assert not file.problems
    first, second = file.transactions
    assert isinstance(first, Remittance)
    assert isinstance(second, Remittance)
    assert first.fully_balanced
    expected = dataclasses.replace(
        PAYMENT,
        set_control="0001",
        set_hash=first.set_hash,
        version="005010X221A1",
        payer_address=Address("1 PLAZA", "SPRINGFIELD", "IL", "62701"),
    )
    assert first == expected
    assert (second.trace, second.method) == ("T2", "ACH")
    assert first.set_hash != second.set_hash


@pytest.mark.parametrize(
    "name",
    [
        "tr3-dollars-separate.835",
        "tr3-dollars-together.835",
        "tr3-era-sample.835",
        "tr3-secondary-higher-fee.835",
        "tr3-secondary-payments.835",
        "tr3-tertiary.835",
        "generated-two-payees.835",
        "generated-one-reversed.835",
        "nysdoh-profee-multiline.835",
        "pseudonymous-lq-2.835",
        "denied-lq.835",
    ],
)
def test_real_payments_survive_being_read_written_and_read(name: str) -> None:
    data = (shared_dir("edi-samples") / "835" / name).read_bytes()
    before = [t for t in read_file(data).transactions if isinstance(t, Remittance)]
    written = write_835(ENVELOPE, before)
    assert_x12_clean(written)
    after = [t for t in read_file(written).transactions if isinstance(t, Remittance)]
    assert [t.claims for t in after] == [t.claims for t in before]
    assert [t.provider_adjustments for t in after] == [t.provider_adjustments for t in before]
    assert [t.amount for t in after] == [t.amount for t in before]


def test_a_999_passes_the_judge_and_reads_back() -> None:
    answer = Acknowledgment(
        group_kind="HC",
        group_control="8",
        group_version="005010X222A1",
        result="P",
        included=2,
        received=2,
        passed=1,
        sets=(
            SetAcknowledgment("837", "0001", "A", "005010X222A1"),
            SetAcknowledgment(
                "837",
                "0002",
                "R",
                "005010X222A1",
                ("5",),
                (
                    SegmentError(
                        "CLM",
                        22,
                        "8",
                        "2300",
                        ("CLM01:C1",),
                        (ElementError("5:1", "7", "1331", "98"),),
                    ),
                ),
            ),
        ),
    )
    data = write_999(ENVELOPE, (answer,), first_set_control=3)
    assert_x12_clean(data)
    (found,) = read_file(data).transactions
    assert isinstance(found, Acknowledgment)
    assert found == dataclasses.replace(answer, set_control="0003", version="005010X231A1")


def test_a_277ca_passes_the_judge_and_reads_back() -> None:
    data = write_277ca(ENVELOPE, (CLAIM_STATUS,))
    assert_x12_clean(data)
    (found,) = read_file(data).transactions
    assert isinstance(found, ClaimStatusSet)
    assert found.claims == CLAIM_STATUS.claims
    assert (found.batch_reference, found.reference, found.on) == ("B0001", "R0001", ANSWERED)
    assert (found.payer_id, found.receiver_id) == ("60054", "SUB001")
    assert not found.problems


def test_a_277ca_that_rejects_a_whole_batch_needs_no_claims() -> None:
    answer = ClaimStatusSet(
        kind="277CA",
        payer_name="TRAINING PAYER",
        payer_id="60054",
        receiver_name="PRAIRIE CLINIC",
        receiver_id="SUB001",
        reference="R0001",
        batch_reference="B0001",
        levels=(LevelStatus("receiver", "", "", "", (Status("A3", "24", "41", "U"),)),),
    )
    (found,) = read_file(write_277ca(ENVELOPE, (answer,))).transactions
    assert isinstance(found, ClaimStatusSet)
    assert found.rejected_whole
    assert found.batch_reference == "B0001"
