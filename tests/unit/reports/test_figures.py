"""Reports agree with the ledger to the cent, and with each other."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from desktop.errors import NotFound, RuleError
from desktop.models.claims import Claim
from desktop.models.ledger import AuditRow
from desktop.models.values.enums import ReceiptMethod, Role
from desktop.models.values.money import ZERO, Money, total
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.money import ages as age_boxes
from desktop.services.money import ledger, receipts
from desktop.services.money.receipts import ReceiptDraft
from desktop.services.payments import posting, staging
from desktop.services.reports import aging, daily, deposits, lists, period, registry
from desktop.services.reports.values import Period
from tests.factories import LineSpec, make_coverage, make_patient, make_payer, make_visit
from tests.unit.formats.documents import reading
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.services.core.database import Database
    from desktop.services.formats.documents.tables import ReportTable

TODAY = dt.date(2026, 9, 15)


def post(database: Database, data: bytes) -> posting.Posted:
    def run(work: Work) -> posting.Posted:
        (staged,) = staging.stage_file(work, data, "a.835").remittances
        return posting.post_remittance(work, staged.id)

    return database.write(run)


def pay(
    database: Database,
    patient: int,
    cents: int,
    method: ReceiptMethod = ReceiptMethod.CASH,
    *,
    reference: str = "",
    apply: tuple[tuple[int, Money], ...] | None = None,
) -> int:
    draft = ReceiptDraft(patient, Money(cents), method, reference, apply_to=apply)
    return database.write(lambda w: receipts.take_payment(w, draft))


def paid_scene(database: Database, clock: SampleClock) -> Scene:
    """100.00 on day 15: paid 64.00, discount 20.00, coinsurance 16.00, of which 10.00 is paid."""
    scene = make_scene(database)
    line = Svc(10000, 6400, [("CO", "45", 2000), ("PR", "2", 1600)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    clock.on = dt.date(2026, 9, 16)
    pay(database, scene.patient, 1000)
    return scene


def column(table: ReportTable, key: str) -> list[object]:
    at = [c.key for c in table.columns].index(key)
    return [r[at] for i, r in enumerate(table.rows) if i not in table.subtotal_rows]


def total_of(table: ReportTable, key: str) -> object:
    assert table.totals is not None
    return table.totals[[c.key for c in table.columns].index(key)]


def test_day_120_counted_in_two_buckets(database: Database) -> None:
    """FreeMED: each day of age lies in one box only, and the boxes sum to the A/R."""
    ages = (0, 30, 31, 60, 61, 90, 91, 120, 121, 400)

    def build(work: Work) -> None:
        payer = make_payer(work, name="Prairie Health")
        patient = make_patient(work)
        coverage = make_coverage(work, patient, payer)
        for n, age in enumerate(ages):
            spec = (LineSpec(charge=Money(1 << n)),)
            on = TODAY - dt.timedelta(days=age)
            make_visit(work, patient, (coverage,), spec, service_on=on)

    database.write(build)
    found = database.read(lambda w: aging.aging_by_payer(w, TODAY))
    assert [b.cents for b in found.boxes] == [0b11, 0b1100, 0b110000, 0b11000000, 0b1100000000]
    assert found.net == database.read(lambda w: ledger.receivables_by_side(w, TODAY))[0]
    assert [age_boxes.box_of(a) for a in (30, 31, 120, 121)] == [0, 1, 3, 4]


def test_patient_share_ages_from_the_day_it_became_the_patients(
    database: Database, clock: SampleClock
) -> None:
    scene = paid_scene(database, clock)
    on = dt.date(2026, 10, 20)
    clock.on = on
    found = database.read(lambda w: aging.aging_by_patient(w, on))
    (row,) = found.rows
    assert row.id == scene.patient
    # The service was 49 days ago, the share became the patient's 35 days ago.
    assert [b.cents for b in row.boxes] == [0, 600, 0, 0, 0]


def test_aging_of_a_past_day_is_what_it_said_on_that_day(
    database: Database, clock: SampleClock
) -> None:
    scene = make_scene(database)
    said = database.read(
        lambda w: (aging.aging_by_payer(w, TODAY), aging.aging_by_patient(w, TODAY))
    )
    clock.on = dt.date(2026, 9, 16)
    line = Svc(10000, 6400, [("CO", "45", 2000), ("PR", "2", 1600)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    pay(database, scene.patient, 5000)
    again = database.read(
        lambda w: (aging.aging_by_payer(w, TODAY), aging.aging_by_patient(w, TODAY))
    )
    assert again == said
    assert said[0].net == Money(10000)


def test_unapplied_money_is_shown_and_lowers_the_total(database: Database) -> None:
    scene = make_scene(database)
    pay(database, scene.patient, 2500)
    table = database.read(lambda w: registry.run(w, "aging-by-patient"))
    assert total_of(table, "unapplied") == Money(-2500)
    assert total_of(table, "total") == Money(-2500)
    (held,) = database.read(lambda w: lists.unapplied(w, TODAY))
    assert (held.kind, held.held) == ("patient", Money(2500))
    t = database.read(lambda w: ledger.period_totals(w, None, TODAY))
    assert (t.insurance_ar, t.patient_ar, t.closing_ar) == (
        Money(10000),
        Money(-2500),
        Money(7500),
    )


def test_unmatched_claim_money_stands_with_its_payer(database: Database) -> None:
    scene = make_scene(database)
    post(database, era([Clp("NOBODY", [Svc(4000, 4000)])]))
    (row,) = database.read(lambda w: aging.aging_by_payer(w, TODAY)).rows
    assert (row.id, row.owed, row.unapplied) == (scene.payer, Money(10000), Money(4000))


def test_two_equal_payments_on_one_day_are_both_shown(database: Database) -> None:
    """openemr#6548: different visits, one day, one amount: the report showed one."""
    scene = make_scene(database)
    for _ in range(2):
        pay(database, scene.patient, 2000, ReceiptMethod.CHECK, reference="77")
    sheet = database.read(lambda w: daily.day_sheet(w, TODAY))
    assert [e.payment.cents for e in sheet.entries if e.payment] == [2000, 2000]
    listed = database.read(lambda w: deposits.deposit_list(w, Period.day(TODAY)))
    assert [r.amount.cents for r in listed.rows] == [2000, 2000]
    assert listed.of_method(ReceiptMethod.CHECK) == Money(4000)


def test_day_sheet_opens_and_closes_with_the_ar(database: Database, clock: SampleClock) -> None:
    paid_scene(database, clock)
    first = database.read(lambda w: daily.day_sheet(w, TODAY))
    second = database.read(lambda w: daily.day_sheet(w, clock.on))
    assert first.totals.closing_ar == second.totals.opening_ar == Money(1600)
    assert [(e.what, e.change.cents) for e in first.entries] == [
        ("Charge", 10000),
        ("Payer payment", -6400),
        ("Payer adjustment", -2000),
    ]
    assert second.payments_by_method == ((ReceiptMethod.CASH, Money(1000)),)
    table = database.read(lambda w: daily.day_table(w, Period.day(clock.on)))
    assert total_of(table, "ar") == Money(600)
    assert column(table, "payment") == [None, Money(1000)]
    assert column(table, "ar") == [Money(1600), Money(-1000)]


def test_voided_receipt_stands_in_the_day_sheet_and_the_deposits_of_its_own_day(
    database: Database, clock: SampleClock
) -> None:
    scene = make_scene(database)
    receipt = pay(database, scene.patient, 2000, ReceiptMethod.CHECK, reference="9")
    clock.on = dt.date(2026, 9, 18)
    database.write(lambda w: receipts.void_receipt(w, receipt, "returned check"))
    before = database.read(lambda w: deposits.deposit_list(w, Period.day(TODAY)))
    after = database.read(lambda w: deposits.deposit_list(w, Period.day(clock.on)))
    assert (before.amount, after.amount) == (Money(2000), Money(-2000))
    assert after.rows[0].what == "Void: payment"
    sheet = database.read(lambda w: daily.day_sheet(w, clock.on))
    assert sheet.totals.payments == Money(-2000)


def test_insurance_deposit_reconciles_by_named_rows(database: Database) -> None:
    """Claim payments less provider adjustments are what the bank says."""
    scene = make_scene(database)
    line = Svc(10000, 8000, [("CO", "45", 2000)], scene.lines[0])
    plb = [("L6", "INT", -150), ("WO", "OLD", 3000), ("FB", "NEXT", -500)]
    post(database, era([Clp(scene.control, [line])], plb=plb))
    found = database.read(lambda w: deposits.deposit_list(w, Period.day(dt.date(2026, 9, 14))))
    assert [(r.what, r.amount.cents) for r in found.rows] == [
        ("Interest (L6)", 150),
        ("Recoupment of an overpayment (WO)", -3000),
        ("Forward balance (FB)", 500),
        ("Claim payments", 8000),
    ]
    assert found.amount == Money(5650)
    assert found.of_method(ReceiptMethod.CHECK) == Money(5650)


def test_unposted_remittance_leaves_every_figure_as_it_was(database: Database) -> None:
    scene = make_scene(database)
    before = database.read(lambda w: aging.aging_by_payer(w, TODAY))
    line = Svc(10000, 8000, [("CO", "45", 2000)], scene.lines[0])
    done = post(database, era([Clp(scene.control, [line])]))
    database.write(lambda w: posting.unpost_remittance(w, done.remittance_ids[0], "wrong file"))
    assert database.read(lambda w: aging.aging_by_payer(w, TODAY)) == before
    sheet = database.read(lambda w: daily.day_sheet(w, TODAY))
    assert total(e.change for e in sheet.entries) == sheet.totals.closing_ar == Money(10000)


def test_summary_has_the_keys_of_the_contract_and_adds_up(
    database: Database, clock: SampleClock
) -> None:
    scene = paid_scene(database, clock)

    def sent(work: Work) -> None:
        work.session.get_one(Claim, scene.claim).sent_on = TODAY

    database.write(sent)
    found = database.read(lambda w: period.summary(w, None, clock.on))
    assert list(found.plain()) == [
        "opening_ar", "charges", "payments", "adjustments", "refunds", "closing_ar",
        "insurance_ar", "patient_ar", "patients", "visits", "claims_sent", "claims_paid",
        "claims_denied", "statements",
    ]  # fmt: skip
    assert found.plain()["charges"] == "100.00"
    assert found.closing_ar == Money(600)
    assert (found.patients, found.visits, found.claims_sent, found.claims_paid) == (1, 1, 1, 1)
    assert found.opening_ar + found.charges - found.payments - found.adjustments == Money(600)


def test_csv_pdf_json_and_screen_say_the_same_total(database: Database, clock: SampleClock) -> None:
    paid_scene(database, clock)

    def export(form: registry.Form) -> bytes:
        return database.write(lambda w: registry.export(w, "aging-by-patient", None, form))

    shown = database.read(lambda w: registry.run(w, "aging-by-patient"))
    assert total_of(shown, "total") == Money(600)
    lines = list(csv.reader(io.StringIO(export(registry.Form.CSV).decode("utf-8-sig"))))
    assert lines[-1][-1] == "6.00"
    assert "6.00" in reading.text(export(registry.Form.PDF))
    assert registry.plain(shown)["totals"]["total"] == "6.00"
    told = database.read(
        lambda w: w.session.scalars(
            select(AuditRow.detail).where(AuditRow.kind == "report").order_by(AuditRow.id)
        ).all()
    )
    assert [json.loads(d)["form"] for d in told] == ["csv", "pdf"]


@pytest.mark.parametrize("name", list(registry.REPORTS))
def test_every_report_of_an_empty_practice_is_an_empty_table(database: Database, name: str) -> None:
    table = database.read(lambda w: registry.run(w, name))
    assert (
        database.write(lambda w: registry.export(w, name, None, registry.Form.PDF))[:4] == b"%PDF"
    )
    assert all(len(r) == len(table.columns) for r in table.rows)


def test_unknown_report_and_swapped_dates_get_one_sentence(database: Database) -> None:
    with pytest.raises(NotFound, match="choose one of: aging-by-payer"):
        database.read(lambda w: registry.run(w, "ageing"))
    swapped = Period(TODAY, dt.date(2026, 9, 1))
    with pytest.raises(RuleError, match="swap the dates"):
        database.read(lambda w: registry.run(w, "period", swapped))


def test_front_desk_may_look_but_not_export(database: Database) -> None:
    database.actor = Actor(UserId(1), "desk", Role.FRONT_DESK)
    database.read(lambda w: registry.run(w, "deposits"))
    with pytest.raises(RuleError, match="may not print and export"):
        database.write(lambda w: registry.export(w, "deposits", None, registry.Form.CSV))


def test_open_claims_show_what_their_payer_still_owes(database: Database) -> None:
    scene = make_scene(database)
    (claim,) = database.read(lists.open_claims)
    assert (claim.id, claim.charge, claim.owed) == (scene.claim, Money(10000), Money(10000))
    line = Svc(10000, 8000, [("CO", "45", 2000)], scene.lines[0])
    post(database, era([Clp(scene.control, [line])]))
    assert database.read(lists.open_claims) == ()
    assert database.read(lambda w: ledger.owed(w, scene.lines[0])) == {}
    assert database.read(lambda w: aging.aging_by_payer(w, TODAY)).net == ZERO
