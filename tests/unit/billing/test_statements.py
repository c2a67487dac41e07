"""Statements: to the right guarantor, once, for what is theirs, explained to the cent."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.ledger import OpenItem
from desktop.models.payments import Statement
from desktop.models.people import Coverage, Patient, Person
from desktop.models.practice import Payer, Practice
from desktop.models.values.enums import Party, ReceiptMethod
from desktop.models.values.money import ZERO, Money, total
from desktop.services.billing.statements import build, explain, moves, receipt, run
from desktop.services.billing.statements.run import RunRow, Why
from desktop.services.formats.documents.statement import check
from desktop.services.formats.documents.statement_data import StatementData, message_for_age
from desktop.services.money import ledger, receipts
from desktop.services.payments import posting, staging
from tests.factories import LineSpec, make_patient, make_person, make_visit, set_up_practice
from tests.unit.formats.documents import reading
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene
from tests.unit.reports.test_figures import pay, post

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

TODAY = dt.date(2026, 9, 15)
SHARE = [("CO", "45", 2000), ("PR", "1", 1000), ("PR", "2", 600)]


def answered(database: Database, *, paid: int = 6400) -> Scene:
    """100.00: paid 64.00, discount 20.00, deductible 10.00, coinsurance 6.00."""
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, paid, SHARE, scene.lines[0])])]))
    return scene


def guarantor(scene: Scene) -> int:
    return scene.database.read(lambda w: w.session.get_one(Patient, scene.patient).guarantor_id)


def built(scene: Scene) -> StatementData | None:
    who = guarantor(scene)
    return scene.database.read(lambda w: build.build(w, who, w.clock.today()))


def rows(database: Database) -> list[RunRow]:
    return database.read(lambda w: run.plan_run(w, w.clock.today()))


def uninsured(work: Work, cents: int = 12000, **person: object) -> Patient:
    patient = make_patient(work, make_person(work, **person))
    make_visit(work, patient, lines=(LineSpec(charge=Money(cents)),))
    return patient


def test_statement_says_what_was_paid_taken_off_and_why_the_rest_is_theirs(
    database: Database,
) -> None:
    scene = answered(database)
    pay(database, scene.patient, 300)
    data = built(scene)
    assert data is not None
    check(data)
    (line,) = data.lines
    assert (line.charge, line.adjusted, line.insurance_paid) == (
        Money(10000),
        Money(2000),
        Money(6400),
    )
    assert (line.patient_paid, line.due, line.pending) == (Money(300), Money(1300), ZERO)
    assert [(r.text, r.amount.cents) for r in line.reasons] == [
        ("your plan's yearly deductible", 1000),
        ("your share (coinsurance) of the allowed amount", 600),
    ]
    assert data.amount_due == Money(1300)
    assert data.aging.current == Money(1300)
    assert [p.amount.cents for p in data.payments] == [300]


def test_self_pay_says_that_no_insurance_was_on_file(database: Database) -> None:
    def make(work: Work) -> int:
        set_up_practice(work)
        return uninsured(work).guarantor_id

    who = database.write(make)
    data = database.read(lambda w: build.build(w, who, TODAY))
    assert data is not None
    assert [r.text for r in data.lines[0].reasons] == [moves.SELF_PAY]


def test_every_payment_shown_is_found_again_in_the_rows(database: Database) -> None:
    """A payment that settled another visit must not look as if it were lost."""

    def make(work: Work) -> Patient:
        set_up_practice(work)
        patient = uninsured(work, 3000)
        make_visit(work, patient, lines=(LineSpec(charge=Money(5000)),))
        return patient

    patient = database.write(make)
    pay(database, patient.id, 4000)
    data = database.read(lambda w: build.build(w, patient.guarantor_id, TODAY))
    assert data is not None
    assert [(x.patient_paid.cents, x.due.cents) for x in data.lines] == [(3000, 0), (1000, 4000)]
    assert total(p.amount for p in data.payments) == total(x.patient_paid for x in data.lines)


def test_insurance_found_later_leaves_only_the_payers_reasons(database: Database) -> None:
    scene = make_scene(database)

    def move(work: Work) -> None:
        line = scene.lines[0]
        whole = Money(10000)
        receipts.transfer(work, line, Party.PRIMARY, Party.PATIENT, whole, "no cover found")
        receipts.transfer(work, line, Party.PATIENT, Party.PRIMARY, whole, "cover found")

    database.write(move)
    post(database, era([Clp(scene.control, [Svc(10000, 6400, SHARE, scene.lines[0])])]))
    data = built(scene)
    assert data is not None
    assert [r.amount.cents for r in data.lines[0].reasons] == [1000, 600]


def test_insurance_pending_is_never_billed_even_after_a_statement(database: Database) -> None:
    """openemr#7958: having sent a statement made the balance count as patient due."""
    lines = (LineSpec(charge=Money(10000)), LineSpec("85025", Money(3000)))
    scene = make_scene(database, lines)
    assert built(scene) is None
    assert [(r.why, r.pending) for r in rows(database)] == [(Why.PENDING, Money(13000))]
    reasons = [("PR", "1", 10000)]
    denied = [("CO", "50", 3000)]
    answer = [
        Svc(10000, 0, reasons, scene.lines[0]),
        Svc(3000, 0, denied, scene.lines[1], "85025"),
    ]
    post(database, era([Clp(scene.control, answer)]))
    before = database.read(lambda w: ledger.owed(w, scene.lines[1]))
    issued = database.write(run.run)
    assert issued.amount == Money(10000)
    data = built(scene)
    assert data is not None
    assert [(x.due.cents, x.pending.cents) for x in data.lines] == [(10000, 0), (0, 3000)]
    after = database.read(lambda w: ledger.owed(w, scene.lines[1]))
    assert after == before == {Party.PRIMARY: Money(3000)}


def test_each_statement_names_only_its_own_guarantor(database: Database) -> None:
    """openemr#8321: all patients' statements went to every patient."""

    def make(work: Work) -> None:
        set_up_practice(work)
        for name, cents in (("Amber", 1100), ("Birch", 2200), ("Cedar", 3300)):
            uninsured(work, cents, last=name, first="Pat")

    database.write(make)
    done = database.write(run.run)
    assert done.count == 3
    kept = database.read(
        lambda w: w.session.execute(
            select(Statement.document_sha, Statement.content, Person.last).join(
                Person, Person.id == Statement.guarantor_id
            )
        ).all()
    )
    for sha, content, own in kept:
        text = reading.text(database.documents.get(sha).data)
        assert {n for n in ("Amber", "Birch", "Cedar") if n in text} == {own}
        assert json.loads(content)["address"][0] == f"Pat {own}"
    assert len(kept) == 3
    assert len(reading.pages(done.pdf)) == 3


def test_family_of_one_guarantor_gets_one_statement(database: Database) -> None:
    def make(work: Work) -> int:
        set_up_practice(work)
        parent = uninsured(work, 5000, last="Amber")
        child = make_patient(work, make_person(work, last="Amber", first="Kit"))
        child.guarantor_id = parent.guarantor_id
        make_visit(work, child, lines=(LineSpec(charge=Money(7000)),))
        return parent.guarantor_id

    who = database.write(make)
    (row,) = rows(database)
    assert (row.guarantor_id, row.amount) == (who, Money(12000))
    data = database.read(lambda w: build.build(w, who, TODAY))
    assert data is not None
    assert [p.name for p in data.patients] == ["Dora Amber", "Kit Amber"]


def test_same_run_twice_the_same_day_issues_nothing_twice(database: Database) -> None:
    answered(database)
    first = database.write(run.run)
    again = database.write(run.run)
    assert (first.count, again.count, again.pdf) == (1, 0, b"")
    assert [r.why for r in rows(database)] == [Why.RECENT]


def test_next_statement_waits_for_its_days(database: Database, clock: SampleClock) -> None:
    answered(database)
    database.write(run.run)
    clock.on = TODAY + dt.timedelta(days=27)
    (row,) = rows(database)
    assert (row.included, row.why) == (False, Why.RECENT)
    assert "27 days ago" in row.reason
    clock.on = TODAY + dt.timedelta(days=28)
    assert rows(database)[0].included


def test_voided_statement_may_be_sent_again_at_once(database: Database) -> None:
    """After a paper jam a sent item can be unsent."""
    answered(database)
    database.write(run.run)
    (issued,) = database.read(run.list_statements)
    database.write(lambda w: run.void_statement(w, issued.id))
    assert database.write(run.run).count == 1
    with pytest.raises(RuleError, match="void already"):
        database.write(lambda w: run.void_statement(w, issued.id))


def test_unticked_account_gets_none(database: Database) -> None:
    answered(database)
    done = database.write(lambda w: run.run(w, TODAY, []))
    assert (done.count, done.id) == (0, None)
    assert rows(database)[0].included


@pytest.mark.parametrize("by", ["patient", "coverage", "payer"])
def test_what_may_not_be_billed_never_reaches_a_statement(database: Database, by: str) -> None:
    scene = answered(database)

    def bar(work: Work) -> None:
        session = work.session
        if by == "patient":
            session.get_one(Patient, scene.patient).may_not_bill = True
        elif by == "coverage":
            for row in session.scalars(select(Coverage)):
                row.may_not_bill_patient = True
        else:
            session.get_one(Payer, scene.payer).may_not_bill_patient = True

    database.write(bar)
    assert built(scene) is None
    (row,) = rows(database)
    assert (row.included, row.why, row.amount) == (False, Why.BARRED, ZERO)
    assert database.write(run.run).count == 0


def test_small_credit_and_homeless_accounts_are_out_with_their_reason(database: Database) -> None:
    def make(work: Work) -> None:
        set_up_practice(work)
        uninsured(work, 499, last="Small")
        uninsured(work, 500, last="Enough")
        uninsured(work, 9000, last="Nowhere", line1="")
        ahead = make_patient(work, make_person(work, last="Ahead"))
        receipts.take_payment(
            work, receipts.ReceiptDraft(ahead.id, Money(2000), ReceiptMethod.CASH)
        )

    database.write(make)
    assert {r.name.split(",")[0]: r.why for r in rows(database)} == {
        "Small": Why.SMALL,
        "Enough": Why.DUE,
        "Nowhere": Why.NO_ADDRESS,
        "Ahead": Why.CREDIT,
    }


def test_new_balance_gets_the_gentlest_words() -> None:
    """OpenEMR statement: age 0 picked the fifth, harshest text."""
    assert message_for_age(0) == message_for_age(30) != message_for_age(121)


def test_age_zero_balance_stands_in_the_current_box(database: Database) -> None:
    data = built(answered(database))
    assert data is not None
    assert (data.oldest_days, data.aging.current) == (0, Money(1600))


def test_write_off_and_refund_leave_a_statement_that_adds_up(database: Database) -> None:
    scene = answered(database)
    off = Money(250)
    database.write(
        lambda w: receipts.write_off(w, scene.lines[0], Party.PATIENT, off, "small balance")
    )
    receipt_id = pay(database, scene.patient, 5000)
    database.write(lambda w: receipts.refund(w, receipt_id, Money(1000), "check 12"))
    data = built(scene)
    assert data is None
    assert [(r.why, r.amount) for r in rows(database)] == [(Why.CREDIT, Money(-2650))]


def test_partly_written_off_share_says_so(database: Database) -> None:
    scene = answered(database)
    off = Money(250)
    database.write(lambda w: receipts.write_off(w, scene.lines[0], Party.PATIENT, off, "courtesy"))
    data = built(scene)
    assert data is not None
    check(data)
    assert ("less what we took off", -250) in [
        (r.text, r.amount.cents) for r in data.lines[0].reasons
    ]
    assert data.amount_due == Money(1350)


def test_explained_from_the_balance_back_to_the_bytes_of_the_file(database: Database) -> None:
    scene = answered(database)
    pay(database, scene.patient, 300)
    found = database.read(lambda w: explain.explanation(w, scene.lines[0]))
    told = [(r.amount.cents, r.moved.cents, r.balance.cents, r.yours.cents) for r in found.rows]
    assert told == [
        (10000, 0, 10000, 0),
        (-6400, 0, 3600, 0),
        (0, 1000, 3600, 1000),
        (0, 600, 3600, 1600),
        (-2000, 0, 1600, 1600),
        (-300, 0, 1300, 1300),
    ]
    moved = found.rows[2]
    assert moved.text == "Moved to you because of your plan's yearly deductible"
    assert moved.reason == "PR 1"
    data = database.documents.get(moved.document_sha or "").data.decode()
    assert all(s in data for s in moved.segments)
    assert moved.segments[0].startswith(f"CLP*{scene.control}*1*100*64*16")
    assert "SVC*HC:99213*100*64**1" in moved.segments
    assert "CAS*PR*1*10" in moved.segments
    assert found.rows[-1].text == "Your payment (cash, receipt R000002)"
    assert found.yours == Money(1300)


def test_second_claim_of_a_file_is_explained_by_its_own_segments(database: Database) -> None:
    lines = (LineSpec(charge=Money(10000)), LineSpec("85025", Money(3000)))
    scene = make_scene(database, lines)
    other = Clp("ELSEWHERE", [Svc(5000, 5000)])
    mine = [
        Svc(10000, 10000, (), scene.lines[0]),
        Svc(3000, 0, [("PR", "1", 3000)], scene.lines[1], "85025"),
    ]
    post(database, era([other, Clp(scene.control, mine)]))
    found = database.read(lambda w: explain.explain(w, scene.lines[1]))
    (row,) = [r for r in found if r.reason]
    assert row.segments[0].startswith(f"CLP*{scene.control}*")
    assert [s for s in row.segments if s.startswith("SVC")] == ["SVC*HC:85025*30*0**1"]
    assert not any("99213" in s for s in row.segments)


def test_taken_back_answer_is_told_as_such(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 6400, SHARE, scene.lines[0])

    def run_it(work: Work) -> int:
        data = era([Clp(scene.control, [line])])
        (staged,) = staging.stage_file(work, data, "a.835").remittances
        posting.post_remittance(work, staged.id)
        return staged.id

    posted = database.write(run_it)
    database.write(lambda w: posting.unpost_remittance(w, posted, "wrong file"))
    found = database.read(lambda w: explain.explanation(w, scene.lines[0]))
    assert (found.yours, found.pending) == (ZERO, Money(10000))
    assert any(r.text == "Prairie Health took its payment back" for r in found.rows)
    assert total(r.amount for r in found.rows) == Money(10000)
    assert [r.is_reversed for r in found.rows if r.text.endswith("paid")] == [True]


def test_receipt_says_what_it_paid_toward_and_what_is_left(database: Database) -> None:
    scene = answered(database)
    receipt_id = pay(database, scene.patient, 300, ReceiptMethod.CHECK, reference="1042")
    text = reading.text(database.read(lambda w: receipt.receipt_pdf(w, receipt_id)))
    assert "R000002" in text
    assert "Check 1042" in text
    assert "Office visit" in text
    assert "$13.00" in text
    with pytest.raises(RuleError, match="payer's"):
        database.read(lambda w: receipt.receipt_pdf(w, 1))


def test_statement_run_asks_for_what_is_open_to_the_cent(database: Database) -> None:
    """openemr#7260: a figure of thousands is not a text with a comma."""

    def make(work: Work) -> None:
        set_up_practice(work)
        uninsured(work, 123456)

    database.write(make)
    done = database.write(run.run)
    owed = database.read(lambda w: total(w.session.scalars(select(OpenItem.amount)).all()))
    assert done.amount == owed == Money(123456)
    assert "1,234.56" in reading.text(done.pdf)


def test_statement_days_of_zero_do_not_send_twice_a_day(database: Database) -> None:
    answered(database)

    def often(work: Work) -> None:
        work.session.get_one(Practice, 1).statement_days = 0

    database.write(often)
    assert database.write(run.run).count == 1
    assert database.write(run.run).count == 0
