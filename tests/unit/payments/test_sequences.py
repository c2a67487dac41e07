"""Payments that follow each other: take-backs within one payment, balances carried forward, QMB."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from desktop.errors import RuleError
from desktop.models.ledger import Leg
from desktop.models.values.enums import (
    Account,
    ClaimState,
    FilingCode,
    Party,
    ReceiptMethod,
    TaskKind,
)
from desktop.models.values.money import Money
from desktop.services.care import doctor
from desktop.services.core.database import Database
from desktop.services.money import receipts
from desktop.services.payments import posting
from tests.factories import LineSpec
from tests.unit.payments.scene import Clp, Svc, era, make_scene
from tests.unit.payments.test_posting import (
    claim_state,
    owed,
    post,
    stage,
    tasks,
    totals,
)


def payer_account(database: Database) -> int:
    """What stands on the payer's account, in cents."""

    return database.read(
        lambda w: (
            w.session.scalar(
                select(func.sum(Leg.amount)).where(Leg.account == Account.PAYER_ACCOUNT)
            )
            or Money(0)
        )
    ).cents


def sound(database: Database) -> bool:
    return not doctor.examine(database).findings


def test_claim_paid_taken_back_and_paid_again_in_one_payment(database: Database) -> None:
    """The same CLP01 and CLP07 three times: none of them is a duplicate."""
    scene = make_scene(database)
    paid = Svc(10000, 8000, [("CO", "45", 2000)], scene.lines[0])
    back = Svc(-10000, -8000, [("CO", "45", -2000)], scene.lines[0])
    right = Svc(10000, 7000, [("CO", "45", 2000), ("PR", "3", 1000)], scene.lines[0])
    staged = stage(
        database,
        era(
            [
                Clp(scene.control, [paid]),
                Clp(scene.control, [back], status="22"),
                Clp(scene.control, [right]),
            ]
        ),
    )
    done = database.write(lambda w: posting.post_remittance(w, staged.id))
    assert (done.claims_posted, done.claims_unapplied) == (3, 0)
    assert owed(scene) == {Party.PATIENT: 1000}
    assert (totals(database).payments, totals(database).adjustments) == (Money(7000), Money(2000))
    assert claim_state(scene) is ClaimState.PAID
    assert tasks(database) == []
    database.write(lambda w: posting.unpost_remittance(w, staged.id, "wrong"))
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert sound(database)


def test_corrected_twice_in_one_payment(database: Database) -> None:
    scene = make_scene(database)

    def svc(sign: int, cents: int) -> Svc:
        return Svc(
            sign * 10000, sign * cents, [("CO", "45", sign * (10000 - cents))], scene.lines[0]
        )

    post(database, era([Clp(scene.control, [svc(1, 8000)])], trace="A"))
    post(
        database,
        era(
            [
                Clp(scene.control, [svc(-1, 8000)], status="22"),
                Clp(scene.control, [svc(1, 7000)], number="PCN2"),
                Clp(scene.control, [svc(-1, 7000)], status="22", number="PCN2"),
                Clp(scene.control, [svc(1, 9000)], number="PCN3"),
            ],
            trace="B",
        ),
    )
    assert owed(scene) == {}
    assert (totals(database).payments, totals(database).adjustments) == (Money(9000), Money(1000))
    assert tasks(database) == []


def test_balance_carried_forward_comes_off_the_next_payment(database: Database) -> None:
    scene = make_scene(database, (LineSpec(charge=Money(10000)), LineSpec("85025", Money(3000))))
    first = Svc(10000, 10000, line=scene.lines[0])
    post(database, era([Clp(scene.control, [first])], trace="A"))
    back = Svc(-10000, -10000, line=scene.lines[0])
    taken = post(
        database,
        era([Clp(scene.control, [back], status="22")], trace="B", plb=[("FB", "PCN1", -10000)]),
    )
    assert taken.amount == Money(0)
    assert payer_account(database) == -10000
    second = Svc(3000, 3000, line=scene.lines[1], code="85025")
    again = Svc(10000, 9000, [("CO", "45", 1000)], scene.lines[0])
    last = post(
        database,
        era(
            [Clp(scene.control, [second, again], number="PCN2")],
            trace="C",
            plb=[("FB", "PCN1", 10000)],
        ),
    )
    assert last.amount == Money(2000)
    assert payer_account(database) == 0
    assert (owed(scene, 0), owed(scene, 1)) == ({}, {})
    assert totals(database).payments == Money(12000)
    assert sound(database)


@pytest.mark.parametrize("remark", ["", "N781"])
@pytest.mark.parametrize("next_payer", [False, True])
def test_share_of_whom_nobody_may_bill(database: Database, remark: str, next_payer: bool) -> None:
    """QMB: the next payer is asked; without one the share is written off, never billed."""
    scene = make_scene(database, secondary=next_payer, secondary_code=FilingCode.MEDICAID)
    share = ("PR", "2", 1600) if remark else ("OA", "209", 1600)
    svc = Svc(10000, 6400, [("CO", "45", 2000), share], scene.lines[0], remark=remark)
    post(database, era([Clp(scene.control, [svc])]))
    assert owed(scene) == ({Party.SECONDARY: 1600} if next_payer else {})
    assert totals(database).patient_ar == Money(0)


@pytest.mark.parametrize(
    ("group", "reason", "kind"),
    [
        ("CO", "24", TaskKind.DENIAL),
        ("CO", "97", TaskKind.DENIAL),
        ("CO", "29", TaskKind.DENIAL),
        ("OA", "18", TaskKind.DENIAL),
        ("PI", "16", TaskKind.DENIAL),
        ("PR", "96", TaskKind.PATIENT_SHARE),
        ("PR", "204", TaskKind.PATIENT_SHARE),
    ],
)
def test_denial_stays_with_the_payer_and_opens_one_task(
    database: Database, group: str, reason: str, kind: TaskKind
) -> None:
    scene = make_scene(database)
    svc = Svc(10000, 0, [(group, reason, 10000)], scene.lines[0])
    post(database, era([Clp(scene.control, [svc])], amount=0))
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert tasks(database) == [(kind, 10000)]
    assert totals(database).adjustments == Money(0)


@pytest.mark.parametrize("status", ["23", "25"])
def test_claims_of_others_and_estimates_are_never_posted(database: Database, status: str) -> None:
    scene = make_scene(database)
    svc = Svc(10000, 0, [("CO", "45", 10000)], scene.lines[0])
    done = post(database, era([Clp(scene.control, [svc], status=status)]))
    assert (done.claims_posted, done.claims_unapplied) == (0, 0)
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert tasks(database) == []


def test_money_on_a_claim_that_is_not_ours_to_post_is_told(database: Database) -> None:
    """Status 23 with money: it came, so it stands unapplied with a task."""
    scene = make_scene(database)
    svc = Svc(10000, 4000, [("CO", "45", 6000)], scene.lines[0])
    done = post(database, era([Clp(scene.control, [svc], status="23")]))
    assert done.unapplied == Money(4000)
    assert tasks(database) == [(TaskKind.UNMATCHED, 4000)]
    assert owed(scene) == {Party.PRIMARY: 10000}


def test_two_windows_post_the_same_payment_at_once(database: Database) -> None:
    """Whoever comes second is refused; the money is in once."""
    scene = make_scene(database)
    staged = stage(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])]))
    other = Database(database.folder, database.key, database.actor, database.clock)
    start = threading.Barrier(2)
    done: list[str] = []

    def run(where: Database) -> None:
        start.wait()
        try:
            where.write(lambda w: posting.post_remittance(w, staged.id))
            done.append("posted")
        except RuleError as error:
            done.append(str(error))

    threads = [threading.Thread(target=run, args=(d,)) for d in (database, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert done.count("posted") == 1
    assert sum("posted already" in text for text in done) == 1
    assert totals(database).payments == Money(10000)
    assert sound(database)


def test_money_that_became_credit_goes_back_onto_its_receipt_and_to_the_patient(
    database: Database,
) -> None:
    """A take-back turns the patient's payment into credit: without this nobody could return it."""
    scene = make_scene(database)
    first = Svc(10000, 8000, [("PR", "3", 2000)], scene.lines[0])
    post(database, era([Clp(scene.control, [first])], trace="A"))
    receipt = database.write(
        lambda w: receipts.take_payment(
            w, receipts.ReceiptDraft(scene.patient, Money(2000), ReceiptMethod.CASH)
        )
    )
    back = Svc(-10000, -8000, [("PR", "3", -2000)], scene.lines[0])
    carried = [("FB", "PCN1", -8000)]
    post(database, era([Clp(scene.control, [back], status="22")], trace="B", plb=carried))
    line = scene.lines[0]

    def take_off(amount: Money) -> None:
        database.write(lambda w: receipts.take_off(w, receipt, line, amount, "taken back"))

    for wrong in (Money(0), Money(2001)):
        with pytest.raises(RuleError):
            take_off(wrong)
    take_off(Money(2000))
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert database.read(lambda w: receipts.get_receipt(w, receipt)).unapplied == Money(2000)
    database.write(lambda w: receipts.refund(w, receipt, Money(2000), "check 9"))
    assert totals(database).closing_ar == Money(10000)
    assert sound(database)
