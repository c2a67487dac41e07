"""Claims for reading: the list with its counts, and one claim with all that is known of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from desktop.models.claims import Claim, Submission, SubmissionClaim
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.claim_record import ClaimRecord
from desktop.models.values.enums import ClaimState, Frequency
from desktop.models.values.money import Money
from desktop.services.claims import codec
from desktop.services.claims.checking import ClaimFinding, by_rules, of_record
from desktop.services.claims.events import UNSENT, get
from desktop.services.claims.lifecycle import ClaimEventView, history
from desktop.services.work import Permission, Work, needs

# More than a biller works through in a day; the filter and the search narrow further.
LIMIT = 2000

GROUPS: dict[str, frozenset[ClaimState]] = {
    "Open": frozenset(ClaimState) - {ClaimState.CLOSED, ClaimState.VOID, ClaimState.PAID},
    "To mend": frozenset({ClaimState.DRAFT, ClaimState.CHECKED}),
    "Ready": frozenset({ClaimState.READY}),
    "In the outbox": frozenset({ClaimState.QUEUED}),
    "Waiting for an answer": frozenset(
        {ClaimState.SENT, ClaimState.ACCEPTED, ClaimState.FORWARDED}
    ),
    "Rejected": frozenset({ClaimState.REJECTED}),
    "Denied": frozenset({ClaimState.DENIED}),
    "Paid": frozenset({ClaimState.PAID, ClaimState.PARTLY_PAID}),
    "All": frozenset(ClaimState),
}
"""What a biller asks for, in the order of the work."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of the list.

    Attributes:
        days_left: until the payer's filing limit, while the claim is not decided; negative
            when it has passed, None when there is none.
    """

    id: int
    control_number: str
    state: ClaimState
    patient_id: int
    patient: str
    payer: str
    on_paper: bool
    rank: int
    frequency: Frequency
    service_on: dt.date
    charge: Money
    file_by: dt.date | None
    days_left: int | None
    errors: int
    warnings: int
    sent_on: dt.date | None
    visit_id: int

    @property
    def findings(self) -> int:
        """Errors and open warnings together."""
        return self.errors + self.warnings


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One time that the claim went out."""

    submission_id: int
    kind: str
    state: str
    file_name: str
    control_number: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim with everything that is known of it."""

    row: ClaimRow
    record: ClaimRecord
    findings: tuple[ClaimFinding, ...]
    events: tuple[ClaimEventView, ...]
    submissions: tuple[SubmissionView, ...]
    payer_claim_number: str
    replaces_id: int | None


_UNDECIDED = UNSENT | {ClaimState.QUEUED, ClaimState.SENT, ClaimState.REJECTED}


@needs(Permission.VIEW)
def list_claims(
    work: Work,
    states: frozenset[ClaimState] | None = None,
    *,
    visit_id: int | None = None,
    patient_id: int | None = None,
    limit: int = LIMIT,
) -> list[ClaimRow]:
    """Claims in these states, those whose filing limit is nearest first."""
    payer = aliased(Payer)
    query = (
        select(Claim, Person.last, Person.first, payer.name, payer.on_paper)
        .join(Patient, Patient.id == Claim.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .join(payer, payer.id == Claim.payer_id)
    )
    if states is not None and states != frozenset(ClaimState):
        query = query.where(Claim.state.in_(states))
    if visit_id is not None:
        query = query.where(Claim.visit_id == visit_id)
    if patient_id is not None:
        query = query.where(Claim.patient_id == patient_id)
    urgent = states is not None and bool(states & _UNDECIDED)
    order = (Claim.file_by.is_(None), Claim.file_by, Claim.id) if urgent else (Claim.id.desc(),)
    rows = work.session.execute(query.order_by(*order).limit(limit))
    today = work.clock.today()
    return [
        _row(c, f"{last}, {first}", name, on_paper, today)
        for c, last, first, name, on_paper in rows
    ]


@needs(Permission.VIEW)
def count_claims(work: Work) -> dict[str, int]:
    """How many claims each group of the list holds."""
    found = work.session.execute(select(Claim.state, func.count()).group_by(Claim.state))
    by_state = {row[0]: row[1] for row in found}
    return {
        name: sum(by_state.get(state, 0) for state in states) for name, states in GROUPS.items()
    }


@needs(Permission.VIEW)
def view_claim(work: Work, claim_id: int) -> ClaimView:
    """One claim; what stands in its way is checked anew while it is unsent.

    Raises:
        NotFound: there is no such claim.
    """
    claim = get(work, claim_id)
    person = work.session.scalars(
        select(Person)
        .join(Patient, Patient.person_id == Person.id)
        .where(Patient.id == claim.patient_id)
    ).one()
    payer = work.session.get_one(Payer, claim.payer_id)
    record = codec.load(claim.record)
    findings: list[ClaimFinding] = []
    if claim.state in UNSENT:
        if claim.frequency is not Frequency.VOID:
            findings = by_rules(work, [claim.visit_id], claim.rank)[claim.visit_id]
        findings = findings or of_record(record, on_paper=payer.on_paper)
    work.viewed("patient", claim.patient_id)
    row = _row(
        claim, f"{person.last}, {person.first}", payer.name, payer.on_paper, work.clock.today()
    )
    return ClaimView(
        row=row,
        record=record,
        findings=tuple(findings),
        events=tuple(history(work, claim_id)),
        submissions=tuple(_submissions(work, claim_id)),
        payer_claim_number=claim.payer_claim_number,
        replaces_id=claim.replaces_id,
    )


@needs(Permission.VIEW)
def recent_submissions(work: Work, limit: int = 50) -> list[SubmissionView]:
    """The newest files and print runs."""
    rows = work.session.scalars(select(Submission).order_by(Submission.id.desc()).limit(limit))
    return [SubmissionView(s.id, s.kind, s.state, s.file_name, "", s.sent_at or "") for s in rows]


@needs(Permission.VIEW)
def search_claims(work: Work, text: str, limit: int = 10) -> list[ClaimRow]:
    """Claims by their own number, the payer's number or their id, for the search box."""
    bare = text.strip().upper()
    if len(bare) < 2:
        return []
    query = select(SubmissionClaim.claim_id).where(SubmissionClaim.control_number == bare)
    ids = set(work.session.scalars(query))
    ids |= set(work.session.scalars(select(Claim.id).where(Claim.control_number == bare)))
    if bare.isdecimal() and len(bare) < 12:
        ids |= set(work.session.scalars(select(Claim.id).where(Claim.id == int(bare))))
    return _rows_by_id(work, sorted(ids)[:limit])


def _rows_by_id(work: Work, ids: Sequence[int]) -> list[ClaimRow]:
    rows = work.session.execute(
        select(Claim, Person.last, Person.first, Payer.name, Payer.on_paper)
        .join(Patient, Patient.id == Claim.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .join(Payer, Payer.id == Claim.payer_id)
        .where(Claim.id.in_(ids))
        .order_by(Claim.id)
    )
    today = work.clock.today()
    return [
        _row(c, f"{last}, {first}", name, on_paper, today)
        for c, last, first, name, on_paper in rows
    ]


def _row(claim: Claim, patient: str, payer: str, on_paper: bool, today: dt.date) -> ClaimRow:
    undecided = claim.state in _UNDECIDED and claim.file_by is not None
    return ClaimRow(
        id=claim.id,
        control_number=claim.control_number,
        state=claim.state,
        patient_id=claim.patient_id,
        patient=patient,
        payer=payer,
        on_paper=on_paper,
        rank=claim.rank,
        frequency=claim.frequency,
        service_on=claim.service_on,
        charge=claim.charge,
        file_by=claim.file_by,
        days_left=(claim.file_by - today).days if undecided and claim.file_by else None,
        errors=claim.errors,
        warnings=claim.warnings,
        sent_on=claim.sent_on,
        visit_id=claim.visit_id,
    )


def _submissions(work: Work, claim_id: int) -> list[SubmissionView]:
    rows = work.session.execute(
        select(Submission, SubmissionClaim.control_number)
        .join(SubmissionClaim, SubmissionClaim.submission_id == Submission.id)
        .where(SubmissionClaim.claim_id == claim_id)
        .order_by(Submission.id)
    )
    return [
        SubmissionView(s.id, s.kind, s.state, s.file_name, number, s.sent_at or "")
        for s, number in rows
    ]
