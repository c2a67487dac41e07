"""The ledger's invariants hold after any sequence of what people and payers do.

Each step goes through the services; each check sums raw legs by its own arithmetic.
Set CLAIMSTEAD_LONG=1 for the long run.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from desktop.clock import SampleClock
from desktop.errors import RuleError
from desktop.models.claims import Claim
from desktop.models.ledger import Entry, OpenItem, OpenReceipt
from desktop.models.payments import Receipt, Remittance
from desktop.models.people import Patient
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, Party, ReceiptMethod, Role
from desktop.models.values.money import ZERO, Money
from desktop.services.claims.life import create
from desktop.services.claims.record import build
from desktop.services.core.database import Database
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.money import ledger, receipts
from desktop.services.payments import posting, staging
from desktop.services.store import engines
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
    from collections.abc import Iterator
    from pathlib import Path

LONG = os.environ.get("CLAIMSTEAD_LONG") == "1"
START = dt.date(2026, 1, 5)
cents = st.integers(1, 30_000)


@pytest.fixture(scope="module")
def opened(
    template: tuple[Path, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One practice for all sequences: the invariants are the whole ledger's."""
    folder = tmp_path_factory.mktemp("ledger") / "practice"
    shutil.copytree(template[0], folder)
    lock = engines.FolderLock(folder)
    actor = Actor(UserId(1), "owner", Role.OWNER)
    database = Database(folder, template[1], actor, SampleClock(START), lock=lock)

    def begin(work: Work) -> None:
        set_up_practice(work)
        make_payer(work, name="Prairie Health", electronic_id=PAYER_ID)
        make_payer(work, name="Valley Aid", electronic_id="1880000002")

    database.write(begin)
    yield database
    database.close()


class Practice(RuleBasedStateMachine):
    """What can happen to money."""

    database: Database
    serial = 0

    def __init__(self) -> None:
        super().__init__()
        self.claims: list[tuple[int, str, list[tuple[int, int]]]] = []
        self.posted: list[int] = []
        self.receipts: list[int] = []
        clock: Any = self.database.clock
        clock.on = START
        self.patient = self.database.write(self._family)

    def _family(self, work: Work) -> int:
        return make_patient(work, make_person(work, last="Quill")).id

    def _next(self) -> int:
        Practice.serial += 1
        return Practice.serial

    @rule(charges=st.lists(cents, min_size=1, max_size=3), insured=st.integers(0, 2))
    def visit(self, charges: list[int], insured: int) -> None:
        """A posted visit, with no, one or two payers."""

        def make(work: Work) -> None:
            patient = work.session.get_one(Patient, self.patient)
            payers = work.session.scalars(select(Payer).order_by(Payer.id)).all()
            coverages = tuple(
                make_coverage(work, patient, payers[n], rank=n + 1) for n in range(insured)
            )
            specs = tuple(LineSpec(charge=Money(c)) for c in charges)
            row = make_visit(work, patient, coverages, specs, service_on=work.clock.today())
            if insured:
                built = build.build_claims(work, [row.id], 1)[row.id]
                (claim_id,) = create.insert_claims(work, built, state=ClaimState.SENT)
                number = work.session.get_one(Claim, claim_id).control_number
                lines = [(x.id, x.charge.cents) for x in row.lines]
                self.claims.append((claim_id, number, lines))

        self.database.write(make)

    @rule(data=st.data())
    def remittance(self, data: st.DataObject) -> None:
        """A payer answers one claim, somehow."""
        if not self.claims:
            return
        _, number, lines = data.draw(st.sampled_from(self.claims))
        services = []
        for line_id, charge in lines:
            paid = data.draw(st.integers(0, charge))
            off = data.draw(st.integers(0, charge - paid))
            share = charge - paid - off
            kind = data.draw(st.sampled_from(["45", "50", "253"]))
            cas = [("CO", kind, off)] if off else []
            if share:
                cas.append(("PR", data.draw(st.sampled_from(["1", "2", "3", "96"])), share))
            services.append(Svc(charge, paid, cas, line_id))
        status = data.draw(st.sampled_from(["1", "1", "19"]))
        plb = data.draw(st.sampled_from([(), (("L6", "", -25),), (("WO", "X", 40),)]))
        amount = data.draw(st.sampled_from([None, None, None, 7]))
        raw = era(
            [Clp(number, services, status=status)],
            trace=f"P{self._next()}",
            plb=plb,
            amount=amount,
        )
        (staged,) = self.database.write(lambda w: staging.stage_file(w, raw, "x.835")).remittances
        if staged.outcome == "staged":
            self.database.write(lambda w: posting.post_remittance(w, staged.id))
            self.posted.append(staged.id)
        again = self.database.write(lambda w: staging.stage_file(w, raw, "again.835"))
        assert again.remittances[0].id == staged.id

    @rule(amount=cents, copay=st.booleans())
    def payment(self, amount: int, copay: bool) -> None:
        """The patient pays."""
        draft = receipts.ReceiptDraft(
            self.patient,
            Money(amount),
            ReceiptMethod.CASH,
            apply_to=() if copay else None,
        )
        self.receipts.append(self.database.write(lambda w: receipts.take_payment(w, draft)))

    @rule(data=st.data(), amount=cents)
    def refund_or_void(self, data: st.DataObject, amount: int) -> None:
        """A receipt is refunded, voided or applied."""
        if not self.receipts:
            return
        one = data.draw(st.sampled_from(self.receipts))
        act = data.draw(st.sampled_from(["refund", "void", "apply"]))
        try:
            if act == "refund":
                self.database.write(lambda w: receipts.refund(w, one, Money(amount), "check"))
            elif act == "void":
                self.database.write(lambda w: receipts.void_receipt(w, one, "returned"))
            else:
                self.database.write(lambda w: receipts.apply_oldest(w, one))
        except RuleError:
            pass

    @rule(data=st.data())
    def unpost(self, data: st.DataObject) -> None:
        """A remittance is undone."""
        if self.posted:
            one = data.draw(st.sampled_from(self.posted))
            self.posted.remove(one)
            self.database.write(lambda w: posting.unpost_remittance(w, one, "wrong"))

    @rule(data=st.data(), amount=cents)
    def write_off_or_transfer(self, data: st.DataObject, amount: int) -> None:
        """Somebody writes off or moves part of what is owed."""
        items = self.database.read(
            lambda w: [
                (i.charge_line_id, i.party)
                for i in w.session.scalars(
                    select(OpenItem)
                    .where(OpenItem.patient_id == self.patient, OpenItem.amount > ZERO)
                    .order_by(OpenItem.charge_line_id, OpenItem.party)
                )
            ]
        )
        if not items:
            return
        line, party = items[data.draw(st.integers(0, 99)) % len(items)]
        target = data.draw(st.sampled_from(list(Party)))
        try:
            if target is party:
                self.database.write(
                    lambda w: receipts.write_off(w, line, party, Money(amount), "small")
                )
            else:
                self.database.write(
                    lambda w: receipts.transfer(w, line, party, target, Money(amount), "moved")
                )
        except RuleError:
            pass

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        """The clock moves on."""
        clock: Any = self.database.clock
        clock.on += dt.timedelta(days=days)

    @invariant()
    def everything_adds_up(self) -> None:
        """Invariants 1 to 6 of the design, by raw sums."""
        self.database.read(check_all)


def check_all(work: Work) -> None:
    """Sum every leg anew and compare with what the services say."""
    raw = work.session.connection().exec_driver_sql(
        "SELECT entry_id, account, amount, charge_line_id, party, receipt_id FROM leg"
    )
    entry_sum: dict[int, int] = defaultdict(int)
    open_sum: dict[tuple[int, int], int] = defaultdict(int)
    line_sum: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    unapplied: dict[int, int] = defaultdict(int)
    refunded: dict[int, int] = defaultdict(int)
    for entry, account, amount, line, party, receipt in raw:
        entry_sum[entry] += amount
        if account == "receivable":
            open_sum[line, party] += amount
        if account == "unapplied":
            unapplied[receipt] -= amount
        if account == "refund":
            refunded[receipt] -= amount
        if line is not None:
            line_sum[line][account] += amount
    assert not any(entry_sum.values())
    kept = {
        (i.charge_line_id, i.party.value): i.amount.cents
        for i in work.session.scalars(select(OpenItem))
        if i.amount
    }
    assert kept == {k: v for k, v in open_sum.items() if v}
    waiting = {r.receipt_id: r.amount.cents for r in work.session.scalars(select(OpenReceipt))}
    assert {k: v for k, v in waiting.items() if v} == {k: v for k, v in unapplied.items() if v}
    applied = work.session.connection().exec_driver_sql(
        "SELECT u.receipt_id, sum(u.amount) FROM leg u JOIN entry e ON e.id = u.entry_id "
        "LEFT JOIN entry o ON o.id = e.reverses_id WHERE u.account = 'unapplied' "
        "AND coalesce(o.kind, e.kind) IN ('apply', 'remittance line') GROUP BY u.receipt_id"
    )
    used: dict[int, int] = {r: a for r, a in applied}  # noqa: C416
    for receipt in work.session.scalars(select(Receipt)):
        amount = 0 if receipt.voided_on else receipt.amount.cents
        spent = used.get(receipt.id, 0) + unapplied[receipt.id] + refunded[receipt.id]
        assert amount == spent, receipt.number
    for row in work.session.scalars(select(Remittance).where(Remittance.state == "posted")):
        assert row.difference == ZERO
    today = work.clock.today()
    middle = START + (today - START) / 2
    for first in (None, START, middle):
        t = ledger.period_totals(work, first, today)
        assert t.closing_ar == (t.opening_ar + t.charges - t.payments - t.adjustments + t.refunds)
        assert t.insurance_ar + t.patient_ar == t.closing_ar
    total = sum(open_sum.values()) - sum(unapplied.values())
    # Each sequence starts at the same date again: the whole ledger ends after all of them.
    assert ledger.period_totals(work, None, dt.date(2099, 1, 1)).closing_ar.cents == total


def test_money_adds_up_after_anything(opened: Database) -> None:
    Practice.database = opened
    run_state_machine_as_test(
        Practice,
        settings=settings(
            max_examples=200 if LONG else 12,
            stateful_step_count=60 if LONG else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    count, bad = opened.read(ledger.verify)
    assert (count > 0, bad) == (True, None)


def test_a_broken_entry_is_seen(opened: Database) -> None:
    """The test of the test: a leg that no entry balances is refused, or found by the check."""

    def break_it(work: Work) -> None:
        raw = work.session.connection()
        raw.exec_driver_sql("DROP TRIGGER leg_no_update")
        raw.exec_driver_sql("UPDATE leg SET amount = amount + 1 WHERE number = 1 AND entry_id = 1")

    def check(work: Work) -> None:
        break_it(work)
        with pytest.raises(AssertionError):
            check_all(work)
        assert ledger.verify(work)[1] == work.session.scalar(select(Entry.id).limit(1))
        raise _Undo

    with pytest.raises(_Undo):
        opened.write(check)


class _Undo(Exception):
    """Leaves the transaction without committing."""
