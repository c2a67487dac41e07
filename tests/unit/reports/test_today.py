"""Today counts what waits, and links each count to its list."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.models.claims import Claim
from desktop.models.practice import Payer, Practice
from desktop.models.values.enums import ClaimState, TaskKind
from desktop.models.values.money import Money
from desktop.services.billing.statements import run
from desktop.services.core import audit
from desktop.services.payments import staging
from desktop.services.reports import today
from desktop.services.reports.today import TodayCount, Weight
from tests.factories import make_coverage, make_patient, make_payer, make_visit
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene
from tests.unit.reports.test_figures import pay, post

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

TODAY = dt.date(2026, 9, 15)


def counts(database: Database) -> dict[str, TodayCount]:
    return {c.key: c for c in database.read(today.today)}


def set_claim(scene: Scene, **values: object) -> None:
    def change(work: Work) -> None:
        claim = work.session.get_one(Claim, scene.claim)
        for name, value in values.items():
            setattr(claim, name, value)

    scene.database.write(change)


def test_new_practice_has_nothing_to_do_but_codes_that_run_out(
    database: Database, clock: SampleClock
) -> None:
    assert database.read(today.is_new)
    assert counts(database) == {}
    clock.on = dt.date(2026, 9, 18)
    found = counts(database)
    assert list(found) == ["codes"]
    assert found["codes"].text == "ICD-10-CM runs out in 12 days (09/30/2026)"
    assert found["codes"].weight is Weight.WARN


def test_codes_that_ran_out_are_pressing_and_lead_to_the_code_sets(
    database: Database, clock: SampleClock
) -> None:
    clock.on = dt.date(2026, 8, 31)
    assert "codes" not in counts(database)
    clock.on = dt.date(2026, 10, 1)
    found = counts(database)["codes"]
    assert (found.text, found.detail) == (
        "ICD-10-CM ran out on 09/30/2026",
        "load the files of fiscal year 2027",
    )
    assert found.weight is Weight.BAD
    assert (found.page, found.argument) == ("codes", "codes")


def test_rejected_and_denied_stand_first_and_link_to_their_lists(database: Database) -> None:
    scene = make_scene(database)
    set_claim(scene, state=ClaimState.REJECTED)
    found = counts(database)["rejected"]
    assert (found.count, found.amount) == (1, Money(10000))
    assert (found.page, found.argument) == ("claims", "Rejected")
    set_claim(scene, state=ClaimState.SENT)
    post(database, era([Clp(scene.control, [Svc(10000, 0, [("CO", "50", 10000)])])]))
    found = counts(database)["denial"]
    assert (found.count, found.amount, found.argument) == (
        1,
        Money(10000),
        ("tasks", TaskKind.DENIAL),
    )
    assert next(iter(counts(database))) == "denial"


def test_no_answer_is_told_after_21_days_and_on_paper_after_30(database: Database) -> None:
    scene = make_scene(database)
    set_claim(scene, sent_on=TODAY - dt.timedelta(days=20))
    assert "unanswered" not in counts(database)
    set_claim(scene, sent_on=TODAY - dt.timedelta(days=21))
    assert counts(database)["unanswered"].count == 1

    def paper(work: Work) -> None:
        work.session.get_one(Payer, scene.payer).on_paper = True

    database.write(paper)
    assert "unanswered" not in counts(database)
    set_claim(scene, sent_on=TODAY - dt.timedelta(days=30))
    assert counts(database)["unanswered"].count == 1


def test_filing_limit_is_told_at_14_7_and_0_days(database: Database) -> None:
    scene = make_scene(database)
    told = {}
    for days in (15, 14, 8, 7, 0, -1):
        set_claim(scene, state=ClaimState.READY, file_by=TODAY + dt.timedelta(days=days))
        found = counts(database).get("filing_limit")
        told[days] = found and (found.weight, found.detail)
    assert told == {
        15: None,
        14: (Weight.WARN, "within 14 days"),
        8: (Weight.WARN, "within 14 days"),
        7: (Weight.BAD, "1 within 7 days"),
        0: (Weight.BAD, "1 today"),
        -1: (Weight.BAD, "1 past it"),
    }


def test_held_remittance_and_unapplied_money_are_told(database: Database) -> None:
    scene = make_scene(database)
    data = era([Clp(scene.control, [Svc(10000, 10000)])], amount=9000)
    database.write(lambda w: staging.stage_file(w, data, "a.835"))
    pay(database, scene.patient, 2500)
    found = counts(database)
    assert (found["held"].count, found["held"].argument) == (1, ("remittance", 1))
    assert (found["unapplied"].count, found["unapplied"].amount) == (1, Money(2500))


def test_visits_without_claims_and_drafts_are_told(database: Database) -> None:
    def make(work: Work) -> None:
        payer = make_payer(work)
        patient = make_patient(work)
        coverage = make_coverage(work, patient, payer)
        make_visit(work, patient, (coverage,))
        make_visit(work, patient, posted=False)

    database.write(make)
    found = counts(database)
    assert (found["unbilled"].count, found["unbilled"].amount) == (1, Money(12000))
    assert found["drafts"].count == 1


def test_statements_due_are_told_until_they_are_issued(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 9000, [("PR", "3", 1000)])
    post(database, era([Clp(scene.control, [line])]))
    assert (counts(database)["statements"].count, counts(database)["statements"].amount) == (
        1,
        Money(1000),
    )
    database.write(run.run)
    assert "statements" not in counts(database)


def test_missing_backup_is_told_after_three_days(database: Database, clock: SampleClock) -> None:
    def made(work: Work) -> None:
        work.session.get_one(Practice, 1).created_at = "2026-09-15T09:00:00.000000Z"

    database.write(made)
    assert "backup" not in counts(database)
    clock.on = TODAY + dt.timedelta(days=3)
    assert counts(database)["backup"].text == "No backup was made yet"
    database.write(lambda w: audit.record(w, "backed up", "practice", 1))
    assert "backup" not in counts(database)
    clock.on = TODAY + dt.timedelta(days=7)
    assert counts(database)["backup"].text == "Last backup 4 days ago"
