"""Whatever happens in whatever order, reports, statements and ledger agree to the cent."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from desktop.errors import RuleError
from desktop.models.claims import Claim
from desktop.models.ledger import Leg, OpenItem
from desktop.models.payments import Receipt, Remittance
from desktop.models.values.enums import Account, ClaimState, Party, ReceiptMethod
from desktop.models.values.money import ZERO, Money, total
from desktop.services.billing.statements import build, run
from desktop.services.claims.life import create
from desktop.services.claims.record import build as claim_build
from desktop.services.formats.documents.statement import check
from desktop.services.money import ledger, receipts
from desktop.services.payments import posting, staging
from desktop.services.reports import aging, daily, deposits
from desktop.services.reports.values import Period
from tests.factories import (
    LineSpec,
    make_coverage,
    make_patient,
    make_payer,
    make_person,
    make_visit,
    set_up_practice,
)
from tests.unit.payments.scene import PAYER_ID, Clp, Svc, era

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.models.people import Coverage, Patient
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

START = dt.date(2026, 9, 15)


class Undone(Exception):
    """Ends an example: nothing of it is kept."""


@dataclass
class World:
    """A practice of three patients and two guarantors, driven at random."""

    work: Work
    clock: SampleClock
    patients: list[Patient] = field(default_factory=list)
    coverages: list[Coverage] = field(default_factory=list)
    traces: int = 0
    seen: list[tuple[aging.Aging, aging.Aging]] = field(default_factory=list)

    @classmethod
    def make(cls, work: Work, clock: SampleClock) -> World:
        world = cls(work, clock)
        set_up_practice(work)
        payers = [
            make_payer(work, name="Prairie Health", electronic_id=PAYER_ID),
            make_payer(work, name="Valley Aid", electronic_id="1880000002"),
        ]
        for n in range(3):
            patient = make_patient(work, make_person(work, last="Quill", first="Dora"))
            if n == 1:
                patient.guarantor_id = world.patients[0].guarantor_id
            world.patients.append(patient)
            world.coverages.append(make_coverage(work, patient, payers[n % 2]))
        work.session.flush()
        return world

    def visit(self, who: int, cents: int, age: int) -> None:
        patient = self.patients[who]
        insured = cents % 3 != 0
        on = self.clock.on - dt.timedelta(days=age)
        covers = (self.coverages[who],) if insured else ()
        row = make_visit(
            self.work, patient, covers, (LineSpec(charge=Money(cents)),), service_on=on
        )
        if insured:
            built = claim_build.build_claims(self.work, [row.id], 1)[row.id]
            create.insert_claims(self.work, built, state=ClaimState.SENT)

    def pay(self, who: int, cents: int, _: int) -> None:
        draft = receipts.ReceiptDraft(self.patients[who].id, Money(cents), ReceiptMethod.CASH)
        receipts.take_payment(self.work, draft)

    def refund(self, who: int, cents: int, _: int) -> None:
        for held in receipts.list_receipts(self.work, patient_id=self.patients[who].id):
            if held.unapplied > ZERO:
                part = min(held.unapplied, Money(cents))
                receipts.refund(self.work, held.id, part, "check")
                return

    def void(self, who: int, cents: int, _: int) -> None:
        rows = receipts.list_receipts(self.work, patient_id=self.patients[who].id)
        standing = [r for r in rows if r.voided_on is None and r.kind == "patient"]
        if standing:
            with contextlib.suppress(RuleError):
                receipts.void_receipt(self.work, standing[cents % len(standing)].id, "returned")

    def answer(self, _: int, cents: int, plb: int) -> None:
        claims = self.work.session.scalars(
            select(Claim).where(Claim.state == ClaimState.SENT).order_by(Claim.id)
        ).all()
        if not claims:
            return
        claim = claims[cents % len(claims)]
        charge = claim.charge.cents
        paid = min(cents, charge)
        rest = charge - paid
        parts = Money(rest).split([cents % 5, cents % 7, cents % 3, cents % 2])
        codes = (("CO", "45"), ("PR", "1"), ("PR", "2"), ("CO", "50"))
        cas = [(g, r, p.cents) for (g, r), p in zip(codes, parts, strict=True) if p]
        self.traces += 1
        deducted = [("WO", "OLD", plb), ("L6", "INT", -plb // 2)] if plb % 3 == 0 and plb else []
        name = "PRAIRIE HEALTH" if claim.payer_id == self.coverages[0].payer_id else "VALLEY AID"
        control = claim.control_number if cents % 11 else "NOBODY"
        data = era(
            [Clp(control, [Svc(charge, paid, cas)], number=f"P{self.traces}")],
            trace=f"T{self.traces}",
            plb=deducted,
            payer=name,
            payer_id=PAYER_ID if name == "PRAIRIE HEALTH" else "1880000002",
        )
        data = data.replace(b"20260901", f"{claim.service_on:%Y%m%d}".encode())
        (staged,) = staging.stage_file(self.work, data, "a.835").remittances
        with contextlib.suppress(RuleError):
            posting.post_remittance(self.work, staged.id)

    def unpost(self, _: int, cents: int, __: int) -> None:
        ids = self.work.session.scalars(
            select(Remittance.id).where(Remittance.state == "posted").order_by(Remittance.id)
        ).all()
        if ids:
            posting.unpost_remittance(self.work, ids[cents % len(ids)], "wrong")

    def write_off(self, _: int, cents: int, __: int) -> None:
        for line, party, amount in self.work.session.execute(
            select(OpenItem.charge_line_id, OpenItem.party, OpenItem.amount)
            .where(OpenItem.amount > ZERO)
            .limit(1)
        ).all():
            part = min(amount, Money(cents))
            if cents % 2:
                receipts.write_off(self.work, line, party, part, "small")
            elif party is not Party.PATIENT:
                receipts.transfer(self.work, line, party, Party.PATIENT, part, "asked")

    def later(self, _: int, cents: int, age: int) -> None:
        self.remember()
        self.clock.on += dt.timedelta(days=1 + (cents + age) % 50)

    def state(self, *_: int) -> None:
        run.run(self.work)

    def remember(self) -> None:
        on = self.clock.on
        found = (aging.aging_by_payer(self.work, on), aging.aging_by_patient(self.work, on))
        self.seen.append(found)

    def check(self) -> None:
        self.work.session.flush()
        self.remember()
        for by_payer, by_patient in self.seen:
            on = by_payer.as_of
            insurance, patient = ledger.receivables_by_side(self.work, on)
            assert (by_payer.net, by_patient.net) == (insurance, patient)
            with mock.patch.object(aging, "is_current", return_value=False):
                assert aging.aging_by_payer(self.work, on) == by_payer
                assert aging.aging_by_patient(self.work, on) == by_patient
            self._check_day(on)
        self._check_deposits()
        self._check_statements()

    def _check_day(self, on: dt.date) -> None:
        sheet = daily.day_sheet(self.work, on)
        t = sheet.totals
        assert total(e.change for e in sheet.entries) == t.closing_ar - t.opening_ar
        assert total(e.charge for e in sheet.entries) == t.charges
        assert total(e.payment for e in sheet.entries) == t.payments
        assert total(e.adjustment for e in sheet.entries) == t.adjustments
        assert total(e.refund for e in sheet.entries) == t.refunds
        assert total(amount for _, amount in sheet.payments_by_method) == t.payments
        assert t.closing_ar == t.insurance_ar + t.patient_ar

    def _check_deposits(self) -> None:
        found = deposits.deposit_list(self.work, Period(None, self.clock.on))
        cash = self.work.session.scalar(
            select(func.sum(Leg.amount)).where(Leg.account == Account.CASH)
        )
        assert found.amount == (cash or ZERO)

    def _check_statements(self) -> None:
        asked = ZERO
        for who in {p.guarantor_id for p in self.patients}:
            data = build.build(self.work, who, self.clock.on)
            if data is not None:
                check(data)
                asked += data.amount_due + data.unapplied
        owed = self.work.session.scalar(
            select(func.sum(OpenItem.amount)).where(OpenItem.party == Party.PATIENT)
        )
        assert asked == (owed or ZERO)
        _, patient = ledger.receivables_by_side(self.work, self.clock.on)
        planned = run.plan_run(self.work, self.clock.on)
        assert total(r.amount for r in planned) == patient
        assert self.work.session.scalar(select(func.count()).select_from(Receipt)) is not None


steps = st.lists(
    st.tuples(
        st.sampled_from(
            "visit visit answer answer pay refund void unpost write_off later state".split()
        ),
        st.integers(0, 2),
        st.integers(1, 30000),
        st.integers(0, 150),
    ),
    min_size=8,
    max_size=24,
)


@settings(
    max_examples=30,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_aging_day_sheet_deposits_and_statements_agree_with_the_ledger(
    database: Database, clock: SampleClock, steps: list[tuple[str, int, int, int]]
) -> None:
    clock.on = START

    def drive(work: Work) -> None:
        world = World.make(work, clock)
        for n, cents in enumerate((10001, 9000, 5005, 20000)):
            world.visit(n % 3, cents, 30 * n)
        for name, who, cents, age in steps:
            getattr(world, name)(who, cents, age)
        world.check()
        raise Undone

    with contextlib.suppress(Undone):
        database.write(drive)
