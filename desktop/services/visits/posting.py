"""Posting a visit's charges, and changing or voiding them later by reversal.

A posted line never changes: it is voided, its charge reversed, and written anew. A line on
which money has been posted keeps its place until that money is un-posted; nothing here ever
deletes a payment.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from desktop.errors import LostUpdate, Problem, RuleError, raise_if_any
from desktop.models.claims import Claim, ClaimLine
from desktop.models.values.enums import Account, ClaimState, EntryKind, Party, VisitState
from desktop.models.visits import ChargeLine, Visit
from desktop.services.coding.base.values import ICD10CM
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.money import ledger
from desktop.services.money.drafts import EntryDraft, LegDraft, receivable
from desktop.services.practice.codes import uses
from desktop.services.visits import moved, rows
from desktop.services.visits.coverage import coverages_on, fix_coverages
from desktop.services.visits.entry import (
    find,
    forget_passes,
    priced,
    procedure_titles,
    write_header,
)
from desktop.services.visits.values import LineDraft, VisitChange, VisitDraft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.models.values.money import Money

PROCEDURES = "procedure"
"""The system name under which uses of the practice's own procedures are counted."""

_UNSENT = (ClaimState.DRAFT, ClaimState.CHECKED, ClaimState.READY, ClaimState.REJECTED)


@needs(Permission.CODE)
def post(work: Work, visit_id: int, version: int | None = None) -> int:
    """Put the visit's charges into the ledger; returns the visit's id.

    The coverages in force on the date of service are fixed. Each charge stands with the first
    payer, or with the patient when there is no insurance; its accounting date is today.

    Raises:
        RuleError: posted or void already, no line, a line without procedure, a future date.
        LostUpdate: `version` is not the newest.
    """
    visit = find(work, visit_id, version)
    if visit.state is not VisitState.DRAFT:
        raise RuleError(f"This visit is {visit.state} already; its charges are not posted twice.")
    lines = list(visit.lines)
    raise_if_any(_post_problems(work, visit, lines))
    fix_coverages(work, visit, coverages_on(work, visit.patient_id, visit.service_on))
    for line in lines:
        line.state = "posted"
    visit.state = VisitState.POSTED
    visit.posted_on = work.clock.today()
    work.session.flush()
    ledger.post_many(work, _charges(work, visit, lines))
    _count_uses(work, visit, lines)
    audit.record(work, "posted", "visit", visit_id, lines=len(lines))
    work.touch(Changes.VISITS)
    return visit_id


def _post_problems(work: Work, visit: Visit, lines: Sequence[ChargeLine]) -> list[Problem]:
    problems = []
    if visit.service_on > work.clock.today():
        text = "The date of service lies ahead; post the charges on or after that day."
        problems.append(Problem("service_on", text))
    if not lines:
        problems.append(Problem("lines", "Enter at least one procedure before posting."))
    problems.extend(
        Problem(f"lines.{number}.procedure", f"Line {number} has no procedure code.")
        for number, line in enumerate(lines, 1)
        if not line.procedure
    )
    return problems


def _first_party(visit: Visit) -> tuple[Party, int | None]:
    first = min(visit.coverages, key=lambda c: c.rank, default=None)
    return (Party(first.rank), first.payer_id) if first else (Party.PATIENT, None)


def _charges(work: Work, visit: Visit, lines: Sequence[ChargeLine]) -> list[EntryDraft]:
    """One entry a line; a charge of zero moves nothing and has none."""
    party, payer_id = _first_party(visit)
    return [
        EntryDraft(
            EntryKind.CHARGE,
            work.clock.today(),
            (
                receivable(line.id, party, payer_id, line.charge),
                LegDraft(Account.REVENUE, -line.charge, charge_line_id=line.id),
            ),
        )
        for line in lines
        if line.charge
    ]


def _count_uses(work: Work, visit: Visit, lines: Sequence[ChargeLine]) -> None:
    used = {(ICD10CM, d.code) for d in visit.diagnoses}
    uses.count(work, used | {(PROCEDURES, line.procedure) for line in lines})


@needs(Permission.CODE)
def revise(work: Work, draft: VisitDraft) -> VisitChange:
    """Change a posted visit: changed lines are reversed and written anew, others stay.

    Lines that are left out of the draft are voided. Untouched lines keep id and money.

    Raises:
        RuleError: a line that carries payments or adjustments would change; nothing was done.
        LostUpdate: somebody else changed the visit since it was read.
    """
    draft = rows.tidy(draft)
    if draft.id is None:
        raise RuleError("Only a visit that was saved can be revised.")
    visit = find(work, draft.id, draft.version)
    if visit.state is not VisitState.POSTED:
        raise RuleError(f"This visit is {visit.state}; only posted charges are revised.")
    if draft.patient_id != visit.patient_id:
        text = "A posted visit stays with its patient; void it and enter it for the other one."
        raise RuleError(Problem("patient_id", text))
    standing = {line.id: line for line in visit.lines if line.state == "posted"}
    if {line.id for line in draft.lines if line.id} - standing.keys():
        raise LostUpdate("A line of this visit is gone; open the visit again.")
    new_day = draft.service_on != visit.service_on
    place = draft.place or visit.place
    changed = _changed(visit, draft, standing, place)
    kept = {line.id for line in draft.lines if line.id and line.id not in changed}
    gone = [line_id for line_id in standing if line_id not in kept]
    _refuse_locked(work, draft, gone)
    _refuse_nothing_left(draft)
    before = _header_state(visit)
    write_header(work, visit, draft)
    header_changed = before != _header_state(visit)
    void_lines(work, gone, "Line changed")
    if new_day:
        fix_coverages(work, visit, coverages_on(work, visit.patient_id, visit.service_on))
    _write_new(work, visit, draft, kept)
    touched = bool(gone) or header_changed or any(line.id is None for line in draft.lines)
    if touched:
        forget_passes(work, visit.id)
    unsent, sent = claims_to_renew(work, visit.id) if touched else ((), ())
    audit.record(work, "revised", "visit", visit.id, voided=gone)
    work.touch(Changes.VISITS | (Changes.CLAIMS if unsent or sent else Changes.NONE))
    return VisitChange(visit.id, unsent, sent)


def _header_state(visit: Visit) -> tuple[object, ...]:
    draft = rows.visit_draft(visit, ())
    return (dataclasses.replace(draft, version=0), visit.place)


def _changed(
    visit: Visit, draft: VisitDraft, standing: dict[int, ChargeLine], place: str
) -> set[int]:
    """Ids of lines whose content differs from what is stored."""
    out = set()
    for line in draft.lines:
        if line.id is None:
            continue
        row = standing[line.id]
        values = rows.line_values(line, draft.service_on, place)
        same = all(getattr(row, name) == value for name, value in values.items())
        if not same or (line.charge is not None and line.charge != row.charge):
            out.add(line.id)
    _ = visit
    return out


def _refuse_locked(work: Work, draft: VisitDraft, gone: Sequence[int]) -> None:
    numbers = {line.id: number for number, line in enumerate(draft.lines, 1)}
    raise_if_any(
        [
            Problem(f"lines.{numbers[line_id]}" if line_id in numbers else "lines", text)
            for line_id, text in moved.locks(work, gone).items()
        ]
    )


def _refuse_nothing_left(draft: VisitDraft) -> None:
    problems = [
        Problem(f"lines.{number}.procedure", f"Line {number} has no procedure code.")
        for number, line in enumerate(draft.lines, 1)
        if not line.procedure
    ]
    if not draft.lines:
        problems.append(
            Problem("lines", "A posted visit keeps at least one line; void the visit instead.")
        )
    raise_if_any(problems)


def void_lines(work: Work, line_ids: Sequence[int], reason: str) -> None:
    """Reverse what stands on lines that carry no payments, and mark them void."""
    if not line_ids:
        return
    entries = {s.entry_id for s in moved.standing_entries(work, line_ids)}
    ledger.reverse_many(work, entries, reason)
    work.session.execute(update(ChargeLine).where(ChargeLine.id.in_(line_ids)).values(state="void"))


def _write_new(work: Work, visit: Visit, draft: VisitDraft, kept: set[int]) -> None:
    session = work.session
    charges = priced(work, draft)
    titles = procedure_titles(work, [line.procedure for line in draft.lines])
    new: list[ChargeLine] = []
    for position, (line, charge) in enumerate(zip(draft.lines, charges, strict=True), 1):
        if line.id in kept:
            # Only the order on the screen: the line itself stays as it was posted.
            session.execute(
                update(ChargeLine).where(ChargeLine.id == line.id).values(position=position)
            )
            continue
        new.append(_new_line(visit, line, position, charge, titles.get(line.procedure, "")))
    session.add_all(new)
    session.flush()
    session.expire(visit, ["lines"])
    ledger.post_many(work, _charges(work, visit, new))


def _new_line(
    visit: Visit, line: LineDraft, position: int, charge: Money, title: str
) -> ChargeLine:
    return ChargeLine(
        visit_id=visit.id,
        patient_id=visit.patient_id,
        position=position,
        state="posted",
        charge=charge,
        title=title,
        **rows.line_values(line, visit.service_on, visit.place),
    )


def claims_to_renew(work: Work, visit_id: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The visit's claims that no longer say what the visit says: (not yet sent, sent)."""
    found = work.session.execute(
        select(Claim.id, Claim.state)
        .where(Claim.visit_id == visit_id, Claim.state != ClaimState.VOID)
        .order_by(Claim.id)
    ).all()
    unsent = tuple(c.id for c in found if c.state in _UNSENT)
    return unsent, tuple(c.id for c in found if c.state not in _UNSENT)


@needs(Permission.POST)
def void(work: Work, visit_id: int, reason: str) -> VisitChange:
    """Void a visit; posted charges are reversed with the reason.

    Raises:
        RuleError: no reason, void already, or money is posted on a line.
    """
    visit = find(work, visit_id)
    if not reason.strip():
        raise RuleError(Problem("reason", "Say why the visit is void; the reason is kept."))
    if visit.state is VisitState.VOID:
        raise RuleError("This visit is void already.")
    lines = [line for line in visit.lines if line.state != "void"]
    ids = [line.id for line in lines]
    raise_if_any(
        [Problem(f"lines.{ids.index(i) + 1}", t) for i, t in moved.locks(work, ids).items()]
    )
    void_lines(work, ids, reason.strip())
    visit.state = VisitState.VOID
    work.session.flush()
    work.session.expire(visit, ["lines"])
    unsent, sent = claims_to_renew(work, visit_id)
    audit.record(work, "voided", "visit", visit_id, lines=ids)
    work.touch(Changes.VISITS | (Changes.CLAIMS if unsent or sent else Changes.NONE))
    return VisitChange(visit_id, unsent, sent)


def stale_lines(work: Work, claim_ids: Sequence[int]) -> dict[int, int]:
    """How many voided lines each of these claims still carries."""
    found = work.session.execute(
        select(ClaimLine.claim_id, func.count())
        .join(ChargeLine, ChargeLine.id == ClaimLine.charge_line_id)
        .where(ClaimLine.claim_id.in_(claim_ids), ChargeLine.state == "void")
        .group_by(ClaimLine.claim_id)
    )
    return dict(found.all())
