"""Review of a visit's coding: sent by a coder, judged code by code by somebody else."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from desktop.clock import stamp
from desktop.errors import LostUpdate, NotFound, Problem, RuleError
from desktop.models.coding import ReviewVerdict, VisitReview
from desktop.models.ledger import AuditRow
from desktop.models.people import Patient, Person
from desktop.models.practice import User
from desktop.models.values.enums import VisitState
from desktop.models.values.identifiers import dotted, modifier_problem, procedure_problem, undotted
from desktop.models.visits import ChargeLine, Visit, VisitDiagnosis
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.visits import entry
from desktop.services.visits.review_values import (
    ADD,
    AGREE,
    CHANGE,
    DIAGNOSIS,
    LINE,
    REMOVE,
    Accuracy,
    ReviewItem,
    ReviewRow,
    ReviewView,
    VerdictDraft,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENTERING = ("created", "changed", "revised")


@needs(Permission.CODE)
def send_to_review(work: Work, visit_id: int, note: str = "", coder_id: int | None = None) -> int:
    """Ask for a review; until it is closed, the visit's claims wait.

    Args:
        work: the unit of work.
        visit_id: the visit.
        note: what the reviewer should look at.
        coder_id: who coded it; whoever entered the visit last when left out.

    Returns:
        the review's id.

    Raises:
        RuleError: it is under review already, void, or has no code yet.
    """
    visit = entry.find(work, visit_id)
    if visit.state is VisitState.VOID:
        raise RuleError("This visit is void; there is nothing to review.")
    if not visit.diagnoses and not _lines(work, visit_id):
        raise RuleError("This visit has no code yet; enter them before its review.")
    if _open(work, visit_id) is not None:
        raise RuleError("This visit is under review already.")
    coder = coder_id or _last_coder(work, visit_id)
    if work.session.get(User, coder) is None:
        raise NotFound("There is no such user; choose who coded the visit.")
    row = VisitReview(
        visit_id=visit_id,
        coder_id=coder,
        sent_by=int(work.actor.user_id),
        sent_at=stamp(work.clock.now()),
        note=note.strip(),
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "sent to review", "visit", visit_id, review=row.id, coder=coder)
    work.touch(Changes.VISITS)
    return row.id


@needs(Permission.CODE)
def withdraw(work: Work, review_id: int) -> None:
    """Take a visit back from review while no verdict was given.

    Raises:
        RuleError: the reviewer has begun, or the review is closed.
    """
    row = _find(work, review_id)
    if row.closed_at is not None or row.verdicts:
        raise RuleError("The reviewer has begun; the review must be closed.")
    visit_id = row.visit_id
    work.session.delete(row)
    work.session.flush()
    audit.record(work, "withdrawn from review", "visit", visit_id, review=review_id)
    work.touch(Changes.VISITS)


@needs(Permission.VIEW)
def open_reviews(work: Work) -> list[ReviewRow]:
    """The queue: visits under review, the one that waits longest first."""
    coder = aliased(User)
    rows = work.session.execute(
        select(VisitReview, Visit.service_on, Patient.id, Patient.account_number,
               Person.last, Person.first, coder.name, coder.full_name)
        .join(Visit, Visit.id == VisitReview.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .join(coder, coder.id == VisitReview.coder_id)
        .where(VisitReview.closed_at.is_(None), Visit.state != VisitState.VOID)
        .order_by(VisitReview.sent_at, VisitReview.id)
    )  # fmt: skip
    me = int(work.actor.user_id)
    return [
        ReviewRow(
            review.id,
            review.visit_id,
            on,
            patient_id,
            f"{last}, {first}",
            account,
            review.coder_id,
            full or name,
            review.sent_at,
            review.note,
            mine=review.coder_id == me,
        )
        for review, on, patient_id, account, last, first, name, full in rows
    ]


@needs(Permission.VIEW)
def get_review(work: Work, review_id: int) -> ReviewView:
    """A review with its visit's codes.

    Raises:
        NotFound: there is none.
    """
    row = _find(work, review_id)
    visit = entry.find(work, row.visit_id)
    work.viewed("patient", visit.patient_id)
    coder = work.session.get_one(User, row.coder_id)
    return ReviewView(
        row.id,
        row.visit_id,
        row.coder_id,
        coder.full_name or coder.name,
        row.sent_at,
        row.note,
        row.closed_at,
        row.reviewer_id,
        tuple(_items(work, row)),
        row.version,
    )


@needs(Permission.VIEW)
def review_of(work: Work, visit_id: int) -> int | None:
    """The open review of a visit, if it is under review."""
    row = _open(work, visit_id)
    return row.id if row else None


@needs(Permission.VIEW)
def last_review(work: Work, visit_id: int) -> int | None:
    """The visit's newest review, open or closed, if it ever had one."""
    return work.session.scalar(
        select(VisitReview.id)
        .where(VisitReview.visit_id == visit_id)
        .order_by(VisitReview.id.desc())
        .limit(1)
    )


@needs(Permission.CLAIM)
def record_verdicts(
    work: Work, review_id: int, verdicts: Sequence[VerdictDraft], version: int
) -> None:
    """Keep the reviewer's verdicts in place of those given so far.

    Raises:
        RuleError: it is the reviewer's own coding, the review is closed, or a verdict lacks
            its better code or its reason.
        LostUpdate: somebody else changed the review since it was read.
    """
    row = _to_judge(work, review_id, version)
    visit = entry.find(work, row.visit_id)
    standing = {(i.kind, i.position): i.code for i in _codes(work, row.visit_id)}
    problems: list[Problem] = []
    kept: list[ReviewVerdict] = []
    for number, draft in enumerate(verdicts, 1):
        code = standing.get((draft.kind, draft.position), "")
        better = _code(draft.kind, draft.better_code)
        problem = _wrong(work, draft, code, better, visit.service_on)
        if problem:
            problems.append(Problem(f"verdicts.{number}", problem))
        kept.append(
            ReviewVerdict(
                kind=draft.kind,
                position=draft.position,
                code=code,
                verdict=draft.verdict,
                better_code=better,
                reason=draft.reason.strip(),
            )
        )
    if len({(k.kind, k.position) for k in kept}) < len(kept):
        problems.append(Problem("verdicts", "One code has two verdicts; keep one."))
    if problems:
        raise RuleError(problems)
    row.verdicts.clear()
    work.session.flush()
    row.verdicts.extend(kept)
    row.reviewer_id = int(work.actor.user_id)
    work.session.flush()
    audit.record(work, "reviewed", "visit", row.visit_id, review=row.id, verdicts=len(kept))
    work.touch(Changes.VISITS)


@needs(Permission.CLAIM)
def close(work: Work, review_id: int, version: int) -> None:
    """End a review; the visit's claims need not wait for it any more.

    Raises:
        RuleError: a code has no verdict yet, or it is the reviewer's own coding.
        LostUpdate: somebody else changed the review since it was read.
    """
    row = _to_judge(work, review_id, version)
    left = sum(not item.verdict for item in _items(work, row))
    if left:
        raise RuleError(f"{left} code(s) have no verdict yet; give them, then close the review.")
    row.reviewer_id = int(work.actor.user_id)
    row.closed_at = stamp(work.clock.now())
    work.session.flush()
    audit.record(work, "review closed", "visit", row.visit_id, review=row.id)
    work.touch(Changes.VISITS)


@needs(Permission.REPORT)
def coder_accuracy(work: Work, first: dt.date, last: dt.date) -> list[Accuracy]:
    """Per coder, the codes in reviews that were closed in a period, both days included."""
    until = (last + dt.timedelta(days=1)).isoformat()
    rows = work.session.execute(
        select(
            User.id,
            User.name,
            User.full_name,
            func.count(),
            func.count().filter(ReviewVerdict.verdict == AGREE),
        )
        .join(VisitReview, VisitReview.coder_id == User.id)
        .join(ReviewVerdict, ReviewVerdict.review_id == VisitReview.id)
        .where(VisitReview.closed_at >= first.isoformat(), VisitReview.closed_at < until)
        .group_by(User.id)
        .order_by(User.name)
    )
    return [Accuracy(i, full or name, count, agreed) for i, name, full, count, agreed in rows]


# --- parts ----------------------------------------------------------------------------------


def _find(work: Work, review_id: int) -> VisitReview:
    row = work.session.get(VisitReview, review_id)
    if row is None:
        raise NotFound(f"There is no review {review_id}.")
    return row


def _open(work: Work, visit_id: int) -> VisitReview | None:
    return work.session.scalar(
        select(VisitReview).where(VisitReview.visit_id == visit_id, VisitReview.closed_at.is_(None))
    )


def _to_judge(work: Work, review_id: int, version: int) -> VisitReview:
    row = _find(work, review_id)
    if row.closed_at is not None:
        raise RuleError("This review is closed; send the visit to review again.")
    if row.coder_id == int(work.actor.user_id):
        raise RuleError("You coded this visit; somebody else must review it.")
    if row.version != version:
        raise LostUpdate("Somebody else changed this review since you opened it; open it again.")
    return row


def _last_coder(work: Work, visit_id: int) -> int:
    """Who entered or changed the visit last."""
    found = work.session.scalar(
        select(AuditRow.user_id)
        .where(
            AuditRow.kind == "visit",
            AuditRow.record_id == visit_id,
            AuditRow.action.in_(_ENTERING),
        )
        .order_by(AuditRow.id.desc())
        .limit(1)
    )
    return found if found is not None else int(work.actor.user_id)


def _lines(work: Work, visit_id: int) -> list[ChargeLine]:
    rows = work.session.scalars(
        select(ChargeLine)
        .where(ChargeLine.visit_id == visit_id, ChargeLine.state != "void")
        .order_by(ChargeLine.position)
    )
    return list(rows)


def _codes(work: Work, visit_id: int) -> list[ReviewItem]:
    """The visit's codes as they stand, without verdicts."""
    rows = work.session.scalars(
        select(VisitDiagnosis)
        .where(VisitDiagnosis.visit_id == visit_id)
        .order_by(VisitDiagnosis.position)
    )
    found = [ReviewItem(DIAGNOSIS, r.position, r.code, dotted(r.code), r.title) for r in rows]
    for position, line in enumerate(_lines(work, visit_id), 1):
        shown = " ".join([line.procedure, *line.modifiers.split()])
        found.append(ReviewItem(LINE, position, shown, shown, line.title))
    return found


def _items(work: Work, row: VisitReview) -> list[ReviewItem]:
    given = {(v.kind, v.position): v for v in row.verdicts}
    found = []
    for item in _codes(work, row.visit_id):
        verdict = given.pop((item.kind, item.position), None)
        # What was said of another code says nothing of this one.
        if verdict is None or verdict.code != item.code:
            found.append(item)
        else:
            found.append(_with(item, verdict))
    added = [v for v in given.values() if v.verdict == ADD]
    return found + [_with(ReviewItem(v.kind, v.position, "", "", ""), v) for v in added]


def _with(item: ReviewItem, verdict: ReviewVerdict) -> ReviewItem:
    return dataclasses.replace(
        item,
        verdict=verdict.verdict,
        better_code=verdict.better_code,
        reason=verdict.reason,
    )


def _code(kind: str, text: str) -> str:
    return undotted(text) if kind == DIAGNOSIS else " ".join(text.upper().split())


def _wrong(work: Work, draft: VerdictDraft, code: str, better: str, on: dt.date) -> str | None:
    """What is wrong with a verdict, in one sentence."""
    if draft.kind not in {DIAGNOSIS, LINE} or draft.verdict not in {AGREE, CHANGE, REMOVE, ADD}:
        return "A verdict is agree, change, remove or add, on a diagnosis or a line."
    if draft.verdict == ADD and code:
        return f"At {draft.kind} {draft.position} stands {code}; an added code has its own place."
    if draft.verdict != ADD and not code:
        return f"The visit has no {draft.kind} {draft.position}."
    if draft.verdict == AGREE:
        return None
    if not draft.reason.strip():
        return f"Say why, so that the coder learns from it ({draft.kind} {draft.position})."
    if draft.verdict == REMOVE:
        return None
    if not better or better == code:
        return f"Name the better code ({draft.kind} {draft.position})."
    if draft.kind == LINE:
        procedure, *marks = better.split()
        problems = [procedure_problem(procedure), *map(modifier_problem, marks)]
        return next((p for p in problems if p), None)
    verdict = work.codes.check_diagnosis(better, on)
    return None if verdict.ok else verdict.text
