"""Claims for reading: the list with its counts, and one claim with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, func, select

from desktop.models.claims import Claim, Submission, SubmissionClaim
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, Frequency
from desktop.services.claims.life.checking import ClaimFinding, by_rules, of_record
from desktop.services.claims.life.events import UNSENT, get
from desktop.services.claims.life.lifecycle import ClaimEventView, history
from desktop.services.claims.record import codec
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.models.values.money import Money

# More than a biller works through in a day; the filter and the search narrow further.
LIMIT = 1000

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

_DECIDED = frozenset({ClaimState.PAID, ClaimState.CLOSED, ClaimState.VOID})


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
    query = _rows()
    urgent = states is not None and not states & _DECIDED
    if states is not None and states != frozenset(ClaimState):
        # Decided claims are nearly all there are: walking back from the newest finds them at
        # once, where the index of states would have them all sorted first.
        column = Claim.state if urgent else func.lower(Claim.state)
        query = query.where(column.in_([s.value for s in states]))
    if visit_id is not None:
        query = query.where(Claim.visit_id == visit_id)
    if patient_id is not None:
        query = query.where(Claim.patient_id == patient_id)
    order = (Claim.file_by.is_(None), Claim.file_by, Claim.id) if urgent else (Claim.id.desc(),)
    today = work.clock.today()
    return [_row(r, today) for r in work.session.execute(query.order_by(*order).limit(limit))]


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
    row = _row(work.session.execute(_rows().where(Claim.id == claim_id)).one(), work.clock.today())
    record = codec.load(claim.record)
    findings: list[ClaimFinding] = []
    if claim.state in UNSENT:
        if claim.frequency is not Frequency.VOID:
            findings = by_rules(work, [claim.visit_id], claim.rank)[claim.visit_id]
        findings = findings or of_record(record, on_paper=row.on_paper)
    work.viewed("patient", claim.patient_id)
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
    wanted = _rows().where(Claim.id.in_(sorted(ids)[:limit])).order_by(Claim.id)
    today = work.clock.today()
    return [_row(r, today) for r in work.session.execute(wanted)]


def _rows() -> Select[*tuple[Any, ...]]:
    """What the list shows, without the records, which are long."""
    return (
        select(
            Claim.id,
            Claim.control_number,
            Claim.state,
            Claim.patient_id,
            Person.last,
            Person.first,
            Payer.name,
            Payer.on_paper,
            Claim.rank,
            Claim.frequency,
            Claim.service_on,
            Claim.charge,
            Claim.file_by,
            Claim.errors,
            Claim.warnings,
            Claim.sent_on,
            Claim.visit_id,
        )
        .join(Patient, Patient.id == Claim.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .join(Payer, Payer.id == Claim.payer_id)
    )


def _row(r: Row[*tuple[Any, ...]], today: dt.date) -> ClaimRow:
    undecided = r.state in _UNDECIDED and r.file_by is not None
    return ClaimRow(
        id=r.id,
        control_number=r.control_number,
        state=r.state,
        patient_id=r.patient_id,
        patient=f"{r.last}, {r.first}",
        payer=r.name,
        on_paper=r.on_paper,
        rank=r.rank,
        frequency=r.frequency,
        service_on=r.service_on,
        charge=r.charge,
        file_by=r.file_by,
        days_left=(r.file_by - today).days if undecided else None,
        errors=r.errors,
        warnings=r.warnings,
        sent_on=r.sent_on,
        visit_id=r.visit_id,
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
