"""A claim's life: which state follows which, and who brought it there from which document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, insert, select, update

from desktop.clock import stamp
from desktop.errors import NotFound
from desktop.models.claims import Claim, ClaimEvent
from desktop.models.values.enums import ClaimState
from desktop.services.core import audit
from desktop.services.core.work import Changes, Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNSENT: Final = frozenset({ClaimState.DRAFT, ClaimState.CHECKED, ClaimState.READY})
"""Nothing of such a claim has left the practice: it follows its visit and may be dropped."""

GONE: Final = frozenset({ClaimState.VOID, ClaimState.CLOSED})
"""Nothing more is expected of such a claim."""

ADJUDICATED: Final = frozenset(
    {ClaimState.PAID, ClaimState.PARTLY_PAID, ClaimState.DENIED, ClaimState.CLOSED}
)
"""The payer has decided; a late acknowledgment changes nothing."""

BY_ACKNOWLEDGMENT: Final = frozenset({ClaimState.SENT, ClaimState.ACCEPTED, ClaimState.REJECTED})
"""Sent and undecided: a 999 or 277CA may move it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event to be written: the claim goes to `to`, or stays where it is."""

    claim_id: int
    to: ClaimState
    text: str
    document_sha: str | None = None


def move(work: Work, claim: Claim, step: Step) -> None:
    """Bring one loaded claim to a state, with its event and audit row."""
    _write_events(work, [(step, claim.state)])
    claim.state = step.to
    work.session.flush()
    audit.record(work, "changed", "claim", claim.id, state=step.to.value)
    work.touch(Changes.CLAIMS)


def move_many(work: Work, steps: Sequence[Step]) -> None:
    """Bring many claims to their states in a few statements; steps are taken in order."""
    if not steps:
        return
    session = work.session
    session.flush()
    query = select(Claim.id, Claim.state)
    if len(steps) < 1000:
        query = query.where(Claim.id.in_({s.claim_id for s in steps}))
    states = {row.id: row.state for row in session.execute(query)}
    rows = []
    targets: dict[ClaimState, set[int]] = {}
    for step in steps:
        before = states[step.claim_id]
        rows.append((step, before))
        if before is not step.to:
            targets.get(before, set()).discard(step.claim_id)
            targets.setdefault(step.to, set()).add(step.claim_id)
            states[step.claim_id] = step.to
    _write_events(work, rows)
    for state, ids in targets.items():
        set_columns(work, ids, state=state)
    audit.record_many(
        work, [("changed", "claim", s.claim_id, {"state": s.to.value}) for s, _ in rows]
    )
    work.touch(Changes.CLAIMS)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a payer's remittance decided of a claim, to be written as an event.

    Attributes:
        before: the state that the claim has when the remittance is read.
        payer_number: the payer's claim number; empty where the remittance gives none.
    """

    claim_id: int
    before: ClaimState
    to: ClaimState
    text: str
    document_sha: str | None
    remittance_id: int
    payer_number: str = ""


def decide_many(work: Work, decisions: Sequence[Decision]) -> None:
    """Bring claims to what a payer decided; a claim named twice goes to the later state.

    The money is on the audit with its remittance, so these events write no row of their own.
    """
    if not decisions:
        return
    at, on = stamp(work.clock.now()), work.clock.today()
    events = [
        {
            "claim_id": d.claim_id,
            "at": at,
            "on": on,
            "user_id": int(work.actor.user_id),
            "from_state": d.before.value,
            "to_state": d.to.value,
            "text": d.text,
            "document_sha": d.document_sha,
            "remittance_id": d.remittance_id,
        }
        for d in decisions
    ]
    work.session.execute(insert(ClaimEvent), events)
    last = {
        d.claim_id: {
            "b_id": d.claim_id,
            "state": d.to,
            "answered_on": on,
            "number": d.payer_number,
        }
        for d in decisions
    }
    table = Claim.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("b_id"))
        .values(
            state=bindparam("state"),
            answered_on=bindparam("answered_on"),
            # An answer without the payer's number does not unsay the earlier one.
            payer_claim_number=func.coalesce(
                func.nullif(bindparam("number"), ""), table.c.payer_claim_number
            ),
            version=table.c.version + 1,
        )
    )
    work.session.connection().execute(statement, list(last.values()))
    work.session.expire_all()
    work.touch(Changes.CLAIMS)


def set_columns(work: Work, claim_ids: Iterable[int], **values: object) -> None:
    """Set the same values on many claims; their versions move on, and loaded rows follow."""
    ordered = sorted(claim_ids)
    for start in range(0, len(ordered), 1000):
        piece = ordered[start : start + 1000]
        work.session.execute(
            update(Claim)
            .where(Claim.id.in_(piece))
            .values(version=Claim.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
    work.session.expire_all()


def get(work: Work, claim_id: int) -> Claim:
    """The claim of that id.

    Raises:
        NotFound: there is none.
    """
    claim = work.session.get(Claim, claim_id)
    if claim is None:
        raise NotFound(f"There is no claim {claim_id} in this practice.")
    return claim


def _write_events(work: Work, rows: Sequence[tuple[Step, ClaimState]]) -> None:
    at, on = stamp(work.clock.now()), work.clock.today()
    work.session.execute(
        insert(ClaimEvent),
        [
            {
                "claim_id": step.claim_id,
                "at": at,
                "on": on,
                "user_id": int(work.actor.user_id),
                "from_state": before.value,
                "to_state": step.to.value,
                "text": step.text,
                "document_sha": step.document_sha,
            }
            for step, before in rows
        ],
    )
