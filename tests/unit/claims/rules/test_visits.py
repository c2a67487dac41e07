"""The checks over a stored visit: code sets, coverage, duplicates, limits, passed warnings."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from desktop.errors import NotFound, RuleError
from desktop.models.people import Patient
from desktop.models.practice import Payer, Practice, Procedure
from desktop.models.values.money import Money
from desktop.services.claims.record.build import build_records
from desktop.services.claims.rules import check
from desktop.services.visits import entry, posting
from desktop.services.visits.values import LineDraft, VisitDraft
from tests.unit.visits.scenes import ON, Scene, make_scene

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.services.claims.rules.check import CheckResult
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


def scene_ready(work: Work) -> Scene:
    """A practice whose claims pass: the location is the billing address."""
    scene = make_scene(work)
    work.session.get_one(Payer, scene.payers["first"]).days_original = 180
    assert work.session.get_one(Practice, 1).billing_provider_id
    return scene


def checked(database: Database, draft: VisitDraft, rank: int = 1) -> CheckResult:
    visit_id = database.write(lambda work: entry.save(work, draft))
    return database.read(lambda work: check.check_visit(work, visit_id, rank))


def pairs(result: CheckResult) -> set[tuple[str, str]]:
    return {(f.rule, f.field) for f in result.findings}


def test_a_good_visit_can_be_claimed(database: Database) -> None:
    scene = database.write(scene_ready)
    result = checked(database, scene.draft())
    assert (result.findings, result.can_claim) == ((), True)


def test_the_code_set_of_the_service_date_decides(database: Database) -> None:
    scene = database.write(scene_ready)
    result = checked(database, scene.draft(diagnoses=("I10", "E11", "I1O")))
    assert {("diagnosis.not_billable", "diagnoses.2"), ("diagnosis.unknown", "diagnoses.3")} <= (
        pairs(result)
    )
    assert not result.can_claim


def test_a_date_without_code_set_is_never_a_silent_pass(
    database: Database, clock: SampleClock
) -> None:
    scene = database.write(scene_ready)
    clock.on = dt.date(2026, 10, 20)
    result = checked(database, scene.draft(service_on=dt.date(2026, 10, 5)))
    assert ("diagnosis.no_code_set", "diagnoses.1") in pairs(result)
    text = next(f.text for f in result.findings if f.rule == "diagnosis.no_code_set")
    assert text.startswith("No code set for this date")


def test_an_uninsured_or_empty_visit_is_told_so(database: Database) -> None:
    # lh-ehr 1023: a claim without subscriber was exported.
    scene = database.write(lambda work: make_scene(work, insured=False))
    result = checked(database, VisitDraft(scene.patient_id, ON))
    assert {
        ("coverage.missing", "coverage"),
        ("line.none", "lines"),
        ("diagnosis.none", "diagnoses.1"),
    } <= pairs(result)


def test_the_same_service_on_an_earlier_visit_is_a_duplicate(database: Database) -> None:
    scene = database.write(scene_ready)
    first = database.write(lambda work: entry.save(work, scene.draft()))
    again = scene.draft(
        diagnoses=("E11.9",),
        lines=(
            LineDraft(procedure="99213", modifiers=("25",)),
            LineDraft(procedure="85025"),
        ),
    )
    assert checked(database, again).findings == (), "a draft is not a duplicate yet"
    database.write(lambda work: posting.post(work, first))
    result = checked(database, again)
    assert pairs(result) == {("line.duplicate", "lines.2.procedure")}
    assert f"visit {first}" in result.findings[0].text


def test_the_filing_limit_counts_from_the_service(database: Database, clock: SampleClock) -> None:
    scene = database.write(scene_ready)
    clock.on = ON + dt.timedelta(days=170)
    late = scene.draft(diagnoses=("E119",), lines=(LineDraft(procedure="99213"),))
    near = checked(database, late)
    assert ("filing.near", "service_on") in pairs(near)
    assert near.can_claim, "a claim is not held because its time runs out"
    clock.on = ON + dt.timedelta(days=181)
    assert ("filing.passed", "delay_reason") in pairs(checked(database, late))


def test_a_warning_is_passed_with_a_reason_that_is_kept(database: Database) -> None:
    scene = database.write(scene_ready)

    def unsigned(work: Work) -> None:
        work.session.get_one(Patient, scene.patient_id).signature_on = None

    database.write(unsigned)
    result = checked(database, scene.draft())
    (finding,) = result.findings
    assert (finding.rule, result.can_claim) == ("patient.signature", False)

    def pass_it(reason: str) -> None:
        database.write(
            lambda work: check.pass_warning(
                work, result.visit_id, finding.rule, finding.field, reason
            )
        )

    with pytest.raises(RuleError, match="why"):
        pass_it("  ")
    pass_it("signs at the next visit")
    after = database.read(lambda work: check.check_visit(work, result.visit_id))
    assert (after.can_claim, after.findings) == (True, ())
    assert [(p.finding.rule, p.reason, p.by) for p in after.passed] == [
        ("patient.signature", "signs at the next visit", 1)
    ]
    assert after.plain()["passed"] == [
        {
            "rule": "patient.signature",
            "field": "patient.signature_on",
            "reason": "signs at the next visit",
        }
    ]
    with pytest.raises(RuleError, match="any more"):
        pass_it("again")


def test_an_error_cannot_be_passed(database: Database) -> None:
    scene = database.write(scene_ready)
    result = checked(database, scene.draft(lines=(LineDraft(procedure="00000"),)))
    assert ("charge.zero", "lines.1.charge") in pairs(result)
    with pytest.raises(RuleError, match="mended"):
        database.write(
            lambda work: check.pass_warning(
                work, result.visit_id, "charge.zero", "lines.1.charge", "never mind"
            )
        )


def test_a_laboratory_test_needs_the_clia_number(database: Database) -> None:
    scene = database.write(scene_ready)

    def mark(work: Work) -> None:
        work.session.query(Procedure).filter_by(code="85025").one().needs_clia = True

    database.write(mark)
    assert ("clia.missing", "location.clia") in pairs(checked(database, scene.draft()))


def test_a_visit_of_eight_lines_on_paper_is_checked_as_two_claims(database: Database) -> None:
    scene = database.write(scene_ready)

    def on_paper(work: Work) -> None:
        work.session.get_one(Payer, scene.payers["first"]).on_paper = True

    database.write(on_paper)
    lines = tuple(
        LineDraft(procedure="99213", modifiers=(f"X{n}",), charge=Money(100 if n != 8 else 0))
        for n in range(1, 9)
    )
    result = checked(database, scene.draft(lines=lines, diagnoses=("E11.9",)))
    assert pairs(result) == {("charge.zero", "lines.8.charge")}


def test_records_that_no_longer_agree_with_the_visit_are_errors(database: Database) -> None:
    scene = database.write(scene_ready)
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    records = database.read(lambda work: build_records(work, visit_id, 1))
    view = database.read(lambda work: entry.get(work, visit_id))
    cheaper = dataclasses.replace(view.draft.lines[0], charge=Money(1))
    draft = dataclasses.replace(view.draft, lines=(cheaper, view.draft.lines[1]))
    database.write(lambda work: posting.revise(work, draft))
    (result,) = database.read(lambda work: check.check_records(work, visit_id, records))
    assert ("claim.total", "lines") in pairs(result)


def test_checking_many_visits_reads_what_they_share_once(database: Database) -> None:
    scene = database.write(scene_ready)
    drafts = [scene.draft(service_on=ON - dt.timedelta(days=n)) for n in range(3)]
    ids = database.write(lambda work: [entry.save(work, draft) for draft in drafts])
    found = database.read(lambda work: check.check_visits(work, ids))
    assert {i: r.can_claim for i, r in found.items()} == dict.fromkeys(ids, True)
    with pytest.raises(NotFound):
        database.read(lambda work: check.check_visit(work, 999))


def test_checking_takes_the_same_queries_whatever_the_number_of_visits(
    database: Database,
) -> None:
    # lh-ehr 1177: tens of thousands of per-row queries on a list of claims.
    scene = database.write(scene_ready)
    drafts = [scene.draft(service_on=ON - dt.timedelta(days=n)) for n in range(6)]

    def post_all(work: Work) -> list[int]:
        return [posting.post(work, entry.save(work, draft)) for draft in drafts]

    ids = database.write(post_all)

    def queries(some: list[int]) -> int:
        def run(work: Work) -> int:
            count = 0

            def seen(*_: object) -> None:
                nonlocal count
                count += 1

            connection = work.session.connection()
            event.listen(connection, "before_cursor_execute", seen)
            check.check_visits(work, some)
            event.remove(connection, "before_cursor_execute", seen)
            return count

        return database.read(run)

    assert queries(ids) == queries(ids[:1])


def test_only_the_later_of_two_equal_services_is_the_duplicate(database: Database) -> None:
    scene = database.write(scene_ready)

    def post_two(work: Work) -> list[int]:
        return [posting.post(work, entry.save(work, scene.draft())) for _ in range(2)]

    first, second = database.write(post_two)
    found = database.read(lambda work: check.check_visits(work, [first, second]))
    assert found[first].can_claim
    assert {f.rule for f in found[second].findings} == {"line.duplicate"}


def test_a_passed_warning_does_not_slip_onto_another_line(database: Database) -> None:
    scene = database.write(scene_ready)
    database.write(lambda work: posting.post(work, entry.save(work, scene.draft())))
    result = checked(database, scene.draft())
    assert pairs(result) == {
        ("line.duplicate", "lines.1.procedure"),
        ("line.duplicate", "lines.2.procedure"),
    }
    visit_id = result.visit_id
    database.write(
        lambda work: check.pass_warning(
            work, visit_id, "line.duplicate", "lines.1.procedure", "two visits that day"
        )
    )
    kept = database.read(lambda work: entry.get(work, visit_id)).draft
    database.write(lambda work: entry.save(work, dataclasses.replace(kept, claim_note="x")))
    assert len(database.read(lambda work: check.check_visit(work, visit_id)).passed) == 1
    kept = database.read(lambda work: entry.get(work, visit_id)).draft
    database.write(lambda work: entry.save(work, dataclasses.replace(kept, lines=kept.lines[1:])))
    after = database.read(lambda work: check.check_visit(work, visit_id))
    assert ("line.duplicate", "lines.1.procedure") in pairs(after)
    assert after.passed == ()
