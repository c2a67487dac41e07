"""Random payments: written, judged, read back, balanced exactly when they were made so."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.models.values.claim_record import Address, Name
from desktop.models.values.money import Money
from desktop.services.formats.edi.envelope import Envelope
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import (
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.services.formats.edi.write835 import write_835
from tests.helpers.pyx12_gate import assert_x12_clean

EXAMPLES = 300 if os.environ.get("CLAIMSTEAD_LONG") == "1" else 40
ENVELOPE = Envelope("PAYER", "CLINIC", 7, 8, dt.datetime(2026, 9, 15, 9, 0, tzinfo=dt.UTC))
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 9, 15))
REASONS = st.sampled_from(["45", "97", "253", "1", "2", "3", "A1"])
GROUPS = ["CO", "OA", "PI", "PR"]


@st.composite
def lines(draw: st.DrawFn, position: int, sign: int) -> RemittanceLine:
    charge = draw(st.integers(0, 90_000))
    left = charge
    adjustments = []
    for group in sorted(draw(st.lists(st.sampled_from(GROUPS), max_size=4))):
        cents = draw(st.integers(0, left))
        left -= cents
        quantity = draw(st.sampled_from([None, Decimal(1)]))
        adjustments.append(Adjustment(group, draw(REASONS), Money(sign * cents), quantity))
    on = draw(DAYS)
    return RemittanceLine(
        position=position,
        code=draw(st.sampled_from(["99213", "J1100", "G0439"])),
        charge=Money(sign * charge),
        paid=Money(sign * left),
        modifiers=tuple(draw(st.lists(st.sampled_from(["25", "LT"]), max_size=2, unique=True))),
        units=draw(st.sampled_from([Decimal(1), Decimal("2.5")])),
        from_on=on,
        to_on=on + dt.timedelta(days=draw(st.integers(0, 2))),
        line_number=draw(st.sampled_from(["", "17"])),
        adjustments=tuple(adjustments),
        remarks=tuple(draw(st.lists(st.sampled_from(["N115", "M15"]), max_size=2))),
    )


@st.composite
def claims(draw: st.DrawFn, position: int) -> RemittanceClaim:
    status = draw(st.sampled_from(["1", "2", "4", "19", "22"]))
    sign = -1 if status == "22" else 1
    own = tuple(draw(lines(n, sign)) for n in range(1, draw(st.integers(1, 4)) + 1))
    share = sum(a.amount.cents for n in own for a in n.adjustments if a.group == "PR")
    return RemittanceClaim(
        position=position,
        control_number=draw(st.from_regex(r"C[0-9]{1,8}", fullmatch=True)),
        status=status,
        charge=Money(sum(n.charge.cents for n in own)),
        paid=Money(sum(n.paid.cents for n in own)),
        patient_responsibility=Money(share),
        filing_code="12",
        payer_claim_number=draw(st.from_regex(r"P[0-9]{1,8}", fullmatch=True)),
        place="11",
        frequency="1",
        patient_name=Name("DOE", draw(st.sampled_from(["JANE", "JO ANN"]))),
        patient_id="M1",
        lines=own,
    )


@st.composite
def payments(draw: st.DrawFn) -> Remittance:
    own = tuple(draw(claims(n)) for n in range(1, draw(st.integers(0, 4)) + 1))
    paid = sum(c.paid.cents for c in own)
    provider = [
        ProviderAdjustment(code, "R1", Money(cents), dt.date(2026, 12, 31), "1234567893")
        for code, cents in draw(
            st.lists(
                st.tuples(st.sampled_from(["WO", "L6", "FB"]), st.integers(-9_000, 9_000)),
                max_size=4,
            )
        )
    ]
    paid -= sum(a.amount.cents for a in provider)
    if paid < 0:
        provider.append(
            ProviderAdjustment("FB", "R2", Money(paid), dt.date(2026, 12, 31), "1234567893")
        )
        paid = 0
    return Remittance(
        payer_name="TRAINING PAYER",
        payer_id="1999999999",
        trace=draw(st.from_regex(r"T[0-9]{1,9}", fullmatch=True)),
        on=draw(DAYS),
        amount=Money(paid),
        claims=own,
        provider_adjustments=tuple(provider),
        payee_name="CLINIC",
        payee_npi="1234567893",
        method="CHK",
        payer_address=None,
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(payments(), st.integers(-5_000, 5_000))
def test_a_payment_balances_exactly_when_it_was_made_to(made: Remittance, off: int) -> None:
    data = write_835(ENVELOPE, (made,))
    (found,) = read_file(data).transactions
    assert isinstance(found, Remittance)
    assert found.claims == made.claims
    assert found.provider_adjustments == made.provider_adjustments
    assert found.fully_balanced
    assert not found.problems
    wrong = f"BPR*I*{Decimal(made.amount.cents + off) / 100}*"
    right = data.decode().split("~")[3].split("*C*")[0] + "*"
    (shifted,) = read_file(data.decode().replace(right, wrong).encode()).transactions
    assert isinstance(shifted, Remittance)
    assert shifted.difference == Money(off)
    assert shifted.balanced is (off == 0)


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(payments())
def test_payments_with_an_address_pass_the_judge(made: Remittance) -> None:
    address = Address("1 PLAZA", "SPRINGFIELD", "IL", "62701")
    assert_x12_clean(write_835(ENVELOPE, (dataclasses.replace(made, payer_address=address),)))
