"""Remittances: once, whole, to the cent, and undone in one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from desktop.errors import RuleError
from desktop.models.claims import Claim, Task
from desktop.models.ledger import Entry, Leg
from desktop.models.payments import Remittance, RemittanceClaim
from desktop.models.values.enums import Account, ClaimState, Party, ReceiptMethod, TaskKind
from desktop.models.values.money import Money
from desktop.services.money import ledger, receipts
from desktop.services.payments import posting, splits, staging, worklist
from tests.factories import LineSpec
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.services.money.ledger import PeriodTotals
    from desktop.services.payments.staging import Staged

TWO = (LineSpec(charge=Money(10000)), LineSpec("85025", Money(3000)))


def stage(database: Database, data: bytes, name: str = "a.835") -> Staged:
    file = database.write(lambda w: staging.stage_file(w, data, name))
    (only,) = file.remittances
    return only


def post(database: Database, data: bytes) -> posting.Posted:
    staged = stage(database, data)
    assert staged.outcome == "staged", staged.reason
    return database.write(lambda w: posting.post_remittance(w, staged.id))


def owed(scene: Scene, line: int = 0) -> dict[Party, int]:
    found = scene.database.read(lambda w: ledger.owed(w, scene.lines[line]))
    return {party: amount.cents for party, amount in found.items()}


def totals(database: Database) -> PeriodTotals:
    return database.read(lambda w: ledger.period_totals(w, None, w.clock.today()))


def entries(database: Database) -> int:
    return database.read(lambda w: w.session.scalar(select(func.count()).select_from(Entry)) or 0)


def tasks(database: Database) -> list[tuple[TaskKind, int | None]]:
    def read(work: Work) -> list[tuple[TaskKind, int | None]]:
        rows = work.session.scalars(select(Task).where(Task.state == "open").order_by(Task.id))
        return [(t.kind, t.amount.cents if t.amount else None) for t in rows]

    return database.read(read)


def claim_state(scene: Scene) -> ClaimState:
    return scene.database.read(lambda w: w.session.get_one(Claim, scene.claim).state)


def test_paid_contract_discount_and_coinsurance_go_where_they_belong(database: Database) -> None:
    """Charge 100.00: paid 64.00, CO 45 20.00, PR 2 16.00."""
    scene = make_scene(database)
    line = Svc(10000, 6400, [("CO", "45", 2000), ("PR", "2", 1600)], scene.lines[0])
    done = post(database, era([Clp(scene.control, [line])]))
    assert done.amount == Money(6400)
    assert owed(scene) == {Party.PATIENT: 1600}
    t = totals(database)
    assert (t.charges, t.payments, t.adjustments) == (Money(10000), Money(6400), Money(2000))
    assert (t.insurance_ar, t.patient_ar, t.closing_ar) == (Money(0), Money(1600), Money(1600))
    assert claim_state(scene) is ClaimState.PAID


def test_same_payment_in_two_files_posted_twice(database: Database) -> None:
    """openemr#10681: the key is the payment's own, not the file's."""
    scene = make_scene(database)
    line = Svc(10000, 10000, line=scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    before = (entries(database), totals(database))
    again = stage(database, era([Clp(scene.control, [line])], sender="OTHERNAME"), "renamed.txt")
    assert again.outcome == "duplicate"
    with pytest.raises(RuleError, match="posted already"):
        database.write(lambda w: posting.post_remittance(w, again.id))
    assert (entries(database), totals(database)) == before


def test_declined_claim_posted_as_a_write_off(database: Database) -> None:
    """openemr#7186: paid 0 with CO 50 is a task; the money stays owed by the payer."""
    scene = make_scene(database)
    line = Svc(10000, 0, [("CO", "50", 10000)], scene.lines[0])
    post(database, era([Clp(scene.control, [line], status="4")]))
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert totals(database).adjustments == Money(0)
    assert claim_state(scene) is ClaimState.DENIED
    assert tasks(database) == [(TaskKind.DENIAL, 10000)]


def test_whole_charge_as_contract_discount_is_held_not_written_off(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 0, [("CO", "45", 10000)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    assert owed(scene) == {Party.PRIMARY: 10000}


def test_all_deductible_is_no_denial(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 0, [("CO", "45", 2500), ("PR", "1", 7500)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    assert owed(scene) == {Party.PATIENT: 7500}
    assert claim_state(scene) is ClaimState.PAID
    assert tasks(database) == []


def test_modifier_missing_in_the_answer_left_it_unposted(database: Database) -> None:
    """openemr#7293: the line is found by its code where nothing else can be meant."""
    scene = make_scene(database, (LineSpec("99213", Money(10000), "25"),))
    post(database, era([Clp(scene.control, [Svc(10000, 10000)])]))
    assert owed(scene) == {}


def test_negative_incentive_came_in_as_a_negative_balance(database: Database) -> None:
    """openemr#35: CO 144 of -5.00 raises the payment; nothing is left over."""
    scene = make_scene(database)
    line = Svc(10000, 8500, [("CO", "45", 2000), ("CO", "144", -500)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    assert owed(scene) == {}
    assert totals(database).adjustments == Money(1500)


def test_two_equal_lines_merged_into_one(database: Database) -> None:
    """InvoiceSummary keyed by code and modifier: equal lines must stay two."""
    scene = make_scene(database, (LineSpec(charge=Money(5000)), LineSpec(charge=Money(5000))))
    lines = [Svc(5000, 4000, [("CO", "45", 1000)]), Svc(5000, 0, [("CO", "18", 5000)])]
    post(database, era([Clp(scene.control, lines)]))
    assert owed(scene, 0) == {}
    assert owed(scene, 1) == {Party.PRIMARY: 5000}
    assert claim_state(scene) is ClaimState.PARTLY_PAID


def test_unbalanced_payment_is_held_with_its_difference(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 10000, line=scene.lines[0])
    held = stage(database, era([Clp(scene.control, [line])], amount=9000))
    assert (held.outcome, held.difference) == ("held", Money(-1000))
    with pytest.raises(RuleError, match=r"10\.00"):
        database.write(lambda w: posting.post_remittance(w, held.id))
    assert owed(scene) == {Party.PRIMARY: 10000}


def test_line_whose_reasons_do_not_add_up_is_held(database: Database) -> None:
    scene = make_scene(database)
    held = stage(database, era([Clp(scene.control, [Svc(10000, 6000, [("CO", "45", 3000)])])]))
    assert held.outcome == "held"
    assert "10.00" in held.reason


def test_a_total_below_zero_is_held(database: Database) -> None:
    """BPR02 is never negative: what is taken back is carried forward by a PLB."""
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])], trace="A"))
    back = Svc(-10000, -10000, line=scene.lines[0])
    held = stage(database, era([Clp(scene.control, [back], status="22")], trace="B"))
    assert held.outcome == "held"
    assert "below zero" in held.reason
    assert owed(scene) == {}


def test_parts_of_one_payment_wait_for_each_other(database: Database) -> None:
    scene = make_scene(database, TWO)
    first = Svc(10000, 10000, line=scene.lines[0])
    second = Svc(3000, 3000, line=scene.lines[1], code="85025")
    one = stage(database, era([Clp(scene.control, [first])], amount=13000))
    assert one.outcome == "held"
    two = stage(database, era([Clp(scene.control, [second], number="B")], amount=13000))
    assert two.outcome == "staged"
    done = database.write(lambda w: posting.post_remittance(w, two.id))
    assert done.amount == Money(13000)
    assert totals(database).closing_ar == Money(0)


def test_unknown_claim_leaves_its_money_unapplied_and_the_rest_posts(database: Database) -> None:
    scene = make_scene(database)
    good = Clp(scene.control, [Svc(10000, 8000, [("CO", "45", 2000)], scene.lines[0])])
    stray = Clp("ZZ999", [Svc(5000, 5000, code="11111")], name="NOBODY")
    done = post(database, era([good, stray]))
    assert (done.claims_posted, done.claims_unapplied, done.unapplied) == (1, 1, Money(5000))
    t = totals(database)
    assert t.payments == Money(13000)
    assert t.closing_ar == t.insurance_ar + t.patient_ar == Money(-5000)
    assert tasks(database) == [(TaskKind.UNMATCHED, 5000)]


def test_name_and_member_of_somebody_else_are_not_trusted(database: Database) -> None:
    """OpenEMR trusts the number alone; ours must agree with the name or the member id."""
    scene = make_scene(database)
    line = Svc(10000, 10000, line=scene.lines[0])
    staged = stage(database, era([Clp(scene.control, [line], name="SOMEBODYELSE")]))
    assert staged.unmatched == 1


def test_unmatched_claim_is_matched_by_hand_after_posting(database: Database) -> None:
    scene = make_scene(database)
    done = post(database, era([Clp("LOST", [Svc(10000, 10000)])]))
    assert done.claims_unapplied == 1
    (row,) = database.read(
        lambda w: w.session.execute(
            select(Remittance.id, RemittanceClaim.id).join(
                RemittanceClaim, RemittanceClaim.remittance_id == Remittance.id
            )
        ).all()
    )
    database.write(lambda w: worklist.choose_claim(w, row[1], scene.claim))
    assert owed(scene) == {}
    assert tasks(database) == []
    assert totals(database).closing_ar == Money(0)


def test_take_back_and_correction_in_one_payment(database: Database) -> None:
    scene = make_scene(database)
    first = Svc(10000, 8000, [("CO", "45", 1000), ("PR", "3", 1000)], scene.lines[0])
    post(database, era([Clp(scene.control, [first])], trace="A"))
    back = Svc(-10000, -8000, [("CO", "45", -1000), ("PR", "3", -1000)], scene.lines[0])
    again = Svc(10000, 7000, [("CO", "45", 1000), ("PR", "3", 2000)], scene.lines[0])
    post(
        database,
        era(
            [
                Clp(scene.control, [back], status="22"),
                Clp(scene.control, [again], number="PCN2"),
            ],
            trace="B",
            plb=[("WO", "PCN1", -1000)],
        ),
    )
    assert owed(scene) == {Party.PATIENT: 2000}
    t = totals(database)
    assert (t.payments, t.adjustments) == (Money(7000), Money(1000))
    assert claim_state(scene) is ClaimState.PAID


def test_take_back_of_another_amount_is_held(database: Database) -> None:
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])], trace="A"))
    back = Svc(-10000, -9000, [("CO", "45", -1000)], scene.lines[0])
    carried = [("FB", "PCN1", -9000)]
    held = stage(database, era([Clp(scene.control, [back], status="22")], trace="B", plb=carried))
    assert held.outcome == "held"
    assert "90.00" in held.reason


def test_taken_back_share_that_was_paid_becomes_credit(database: Database) -> None:
    scene = make_scene(database)
    first = Svc(10000, 8000, [("PR", "3", 2000)], scene.lines[0])
    post(database, era([Clp(scene.control, [first])], trace="A"))
    database.write(
        lambda w: receipts.take_payment(
            w, receipts.ReceiptDraft(scene.patient, Money(2000), ReceiptMethod.CASH)
        )
    )
    back = Svc(-10000, -8000, [("PR", "3", -2000)], scene.lines[0])
    carried = [("FB", "PCN1", -8000)]
    post(database, era([Clp(scene.control, [back], status="22")], trace="B", plb=carried))
    assert owed(scene) == {Party.PRIMARY: 10000, Party.PATIENT: -2000}
    assert (TaskKind.CREDIT, 2000) in tasks(database)


def test_interest_is_income_and_not_paid_on_the_claim(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 10000, line=scene.lines[0])
    done = post(database, era([Clp(scene.control, [line])], plb=[("L6", "", -150)]))
    assert done.amount == Money(10150)
    assert totals(database).payments == Money(10000)
    legs = database.read(
        lambda w: w.session.scalars(select(Leg.amount).where(Leg.account == Account.INTEREST)).all()
    )
    assert legs == [Money(-150)]


def test_recovery_without_a_reversal_goes_to_the_payers_account(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 10000, line=scene.lines[0])
    done = post(database, era([Clp(scene.control, [line])], plb=[("WO", "OLDCLAIM", 3000)]))
    assert done.amount == Money(7000)
    assert owed(scene) == {}
    assert tasks(database) == [(TaskKind.PAYER_ACCOUNT, 3000)]
    assert totals(database).closing_ar == Money(0)


def test_secondary_restating_the_whole_charge_writes_off_ten(database: Database) -> None:
    """Charge 500; Medicare 300, CO 45 125, PR 75; Medicaid pays 65 and says CO 45 435."""
    scene = make_scene(database, (LineSpec(charge=Money(50000)),), secondary=True)
    first = Svc(50000, 30000, [("CO", "45", 12500), ("PR", "2", 7500)], scene.lines[0])
    post(database, era([Clp(scene.control, [first], status="19", crossover="VALLEY AID")]))
    assert owed(scene) == {Party.SECONDARY: 7500}
    forwarded = database.read(
        lambda w: w.session.scalars(select(Claim.state).where(Claim.rank == 2)).all()
    )
    assert forwarded == [ClaimState.FORWARDED]
    second = Svc(50000, 6500, [("CO", "45", 43500)], scene.lines[0])
    post(
        database,
        era(
            [Clp(scene.control, [second], status="2", number="MCD1")],
            trace="M",
            payer_id="1880000002",
            payer="VALLEY AID",
        ),
    )
    assert owed(scene) == {}
    assert totals(database).adjustments == Money(13500)


def test_secondary_with_prior_payers_impact_never_posts_it(database: Database) -> None:
    scene = make_scene(database, (LineSpec(charge=Money(50000)),), secondary=True)
    first = Svc(50000, 30000, [("CO", "45", 12500), ("PR", "2", 7500)], scene.lines[0])
    post(database, era([Clp(scene.control, [first], status="19", crossover="VALLEY AID")]))
    second = Svc(50000, 6000, [("OA", "23", 42500), ("PR", "3", 1500)], scene.lines[0])
    post(
        database,
        era(
            [Clp(scene.control, [second], status="2", number="MCD1")],
            trace="M",
            payer_id="1880000002",
            payer="VALLEY AID",
        ),
    )
    assert owed(scene) == {Party.PATIENT: 1500}
    assert totals(database).adjustments == Money(12500)


def test_claim_taken_for_settled_though_a_secondary_existed(database: Database) -> None:
    """ottehr#9176: without crossover, the next payer is to be billed."""
    scene = make_scene(database, secondary=True)
    line = Svc(10000, 8000, [("PR", "2", 2000)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    assert owed(scene) == {Party.SECONDARY: 2000}
    assert tasks(database) == [(TaskKind.SECONDARY, 2000)]


def test_nobody_may_bill_a_qmb(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 8000, [("PR", "2", 2000)], scene.lines[0], remark="N782")
    post(database, era([Clp(scene.control, [line])]))
    assert owed(scene) == {}
    assert totals(database).adjustments == Money(2000)


def test_answer_without_lines_waits_for_its_split(database: Database) -> None:
    scene = make_scene(database, TWO)
    whole = Clp(scene.control, [], charge=13000, paid=9999, cas=[("CO", "45", 3001)])
    held = stage(database, era([whole]))
    assert held.outcome == "held"
    row = database.read(lambda w: w.session.scalar(select(RemittanceClaim.id))) or 0
    parts = database.read(lambda w: splits.propose_split(w, row))
    assert sum(p.paid.cents for p in parts) == 9999
    assert all(
        p.charge.cents == p.paid.cents + sum(r.amount.cents for r in p.reductions) for p in parts
    )
    database.write(lambda w: splits.confirm_split(w, row))
    database.write(lambda w: posting.post_remittance(w, held.id))
    assert (owed(scene, 0), owed(scene, 1)) == ({}, {})


def test_unposting_restores_everything_and_frees_the_payment(database: Database) -> None:
    scene = make_scene(database)
    database.write(
        lambda w: receipts.take_payment(
            w,
            receipts.ReceiptDraft(
                scene.patient, Money(1500), ReceiptMethod.CASH, visit_id=scene.visit, is_copay=True
            ),
        )
    )
    before = totals(database)
    data = era(
        [Clp(scene.control, [Svc(10000, 8000, [("PR", "3", 2000)], scene.lines[0])])],
    )
    post(database, data)
    assert owed(scene) == {Party.PATIENT: 500}
    ids = database.read(lambda w: w.session.scalars(select(Remittance.id)).all())
    database.write(lambda w: posting.unpost_remittance(w, ids[0], "wrong month"))
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert totals(database) == before
    assert claim_state(scene) is ClaimState.SENT
    post(database, data)
    assert owed(scene) == {Party.PATIENT: 500}
    assert database.read(ledger.verify)[1] is None


def test_training_money_never_enters_a_real_practice(database: Database) -> None:
    make_scene(database)
    with pytest.raises(RuleError, match="training"):
        stage(database, era([Clp("C1", [Svc(100, 100)])], sender="TRAINING"))


def test_button_pressed_twice_took_the_money_twice(database: Database) -> None:
    """ottehr#8828, #4156."""
    scene = make_scene(database)
    draft = receipts.ReceiptDraft(
        scene.patient, Money(2500), ReceiptMethod.CASH, entry_key="form-1"
    )
    first = database.write(lambda w: receipts.take_payment(w, draft))
    assert database.write(lambda w: receipts.take_payment(w, draft)) == first
    assert totals(database).payments == Money(2500)


def test_refund_and_void_keep_the_identity(database: Database) -> None:
    scene = make_scene(database)
    one = database.write(
        lambda w: receipts.take_payment(
            w, receipts.ReceiptDraft(scene.patient, Money(2500), ReceiptMethod.CASH)
        )
    )
    database.write(lambda w: receipts.refund(w, one, Money(1000), "check 12"))
    t = totals(database)
    assert (t.payments, t.refunds, t.closing_ar) == (Money(2500), Money(1000), Money(8500))
    with pytest.raises(RuleError, match="refunded in part"):
        database.write(lambda w: receipts.void_receipt(w, one, "bounced"))
    two = database.write(
        lambda w: receipts.take_payment(
            w, receipts.ReceiptDraft(scene.patient, Money(700), ReceiptMethod.CASH)
        )
    )
    database.write(lambda w: receipts.void_receipt(w, two, "check returned"))
    assert totals(database) == t


def test_card_numbers_are_never_kept(database: Database) -> None:
    scene = make_scene(database)
    draft = receipts.ReceiptDraft(
        scene.patient, Money(100), ReceiptMethod.CARD, reference="4111 1111 1111 1111"
    )
    with pytest.raises(RuleError, match="card number"):
        database.write(lambda w: receipts.take_payment(w, draft))


def test_a_crossover_answer_settles_the_forwarded_claim(database: Database) -> None:
    scene = make_scene(database, (LineSpec(charge=Money(50000)),), secondary=True)
    first = Svc(50000, 30000, [("CO", "45", 12500), ("PR", "2", 7500)], scene.lines[0])
    post(database, era([Clp(scene.control, [first], status="19", crossover="VALLEY AID")]))
    second = Svc(50000, 7500, [("OA", "23", 42500)], scene.lines[0])
    post(
        database,
        era(
            [Clp(scene.control, [second], status="2", number="MCD1")],
            trace="M",
            payer_id="1880000002",
            payer="VALLEY AID",
        ),
    )
    states = database.read(
        lambda w: w.session.execute(select(Claim.rank, Claim.state).order_by(Claim.rank)).all()
    )
    assert [tuple(s) for s in states] == [(1, ClaimState.PAID), (2, ClaimState.PAID)]


def test_money_made_out_to_somebody_else_is_said(database: Database) -> None:
    scene = make_scene(database)
    data = era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])])
    other = data.replace(b"MILLBROOK FAMILY CARE*FI*371234567", b"NEIGHBOR CLINIC*XX*1234567893")
    staged = stage(database, other)
    assert "NEIGHBOR CLINIC" in staged.note
    database.write(lambda w: posting.post_remittance(w, staged.id))
    assert tasks(database) == [(TaskKind.UNMATCHED, 10000)]
    assert stage(database, data.replace(b"T100", b"T101")).note == ""
