"""What may be done with a claim: drop, send anew, replace, void. A sent claim is never edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from desktop.errors import RuleError
from desktop.models.claims import Claim, ClaimEvent, ClaimLine, SubmissionClaim
from desktop.models.practice import Payer, User
from desktop.models.values.enums import ClaimState, Frequency, TaskKind
from desktop.services.claims.life.create import check_ids, drop, insert_claims, refresh
from desktop.services.claims.life.events import GONE, UNSENT, Step, get, move
from desktop.services.claims.record import codec
from desktop.services.claims.record.build import BuiltClaim, build_claims
from desktop.services.claims.record.deadline import file_by
from desktop.services.core import numbers, tasks
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.life.checking import Checker

_SENT_ONCE = frozenset(
    {
        ClaimState.SENT,
        ClaimState.ACCEPTED,
        ClaimState.PAID,
        ClaimState.PARTLY_PAID,
        ClaimState.DENIED,
    }
)


@dataclass(frozen=True, slots=True)
class ClaimEventView:
    """One event of a claim's life, for reading."""

    at: str
    on: dt.date
    user: str
    from_state: str
    to_state: str
    text: str
    document_sha: str | None


@needs(Permission.CLAIM)
def void_before_sending(work: Work, claim_id: int, reason: str) -> None:
    """Drop a claim that no payer holds: never sent, or rejected.

    Raises:
        RuleError: it was queued or sent; or no reason was given.
    """
    claim = get(work, claim_id)
    if claim.state is ClaimState.QUEUED:
        raise RuleError(f"Claim {claim_id} waits in the outbox; withdraw its batch first.")
    if claim.state not in UNSENT and claim.state is not ClaimState.REJECTED:
        raise RuleError(
            f"Claim {claim_id} is {claim.state.value}: it was sent. Void it with the payer instead."
        )
    text = _reason(reason)
    _close_rejections(work, claim_id, text)
    move(work, claim, Step(claim_id, ClaimState.VOID, text))


@needs(Permission.CLAIM)
def drop_unsent(work: Work, visit_id: int, reason: str) -> list[int]:
    """Drop all unsent claims of a visit that is opened again or voided; returns their ids.

    Raises:
        RuleError: a claim of the visit is on its way or was sent, so the visit must stay.
    """
    query = select(Claim).where(Claim.visit_id == visit_id, Claim.state.not_in(GONE))
    claims = list(work.session.scalars(query.order_by(Claim.id)))
    for claim in claims:
        if claim.state not in UNSENT:
            raise RuleError(
                f"Claim {claim.id} of visit {visit_id} is {claim.state.value}; "
                "replace or void it with the payer first."
            )
    ids = [c.id for c in claims]
    drop(work, ids, _reason(reason))
    # Their lines are free again: the next check makes claims of them.
    work.session.execute(delete(ClaimLine).where(ClaimLine.claim_id.in_(ids)))
    return ids


@needs(Permission.CLAIM)
def resend(
    work: Work,
    claim_id: int,
    reason: str,
    *,
    unprocessable: bool = False,
    checker: Checker | None = None,
) -> int:
    """Make a rejected claim ready again, from its visit as it stands now, under a new number.

    A claim that never entered the payer's system goes as an original (frequency 1); one that
    was meant to replace another still replaces it.

    Args:
        work: the unit of work.
        claim_id: rejected; or sent without any answer; or denied.
        reason: kept with the event.
        unprocessable: the denial said so (MA130): a new claim, no appeal.
        checker: stands in for the checks.

    Raises:
        RuleError: the payer has the claim, so it must be replaced instead.
    """
    claim = get(work, claim_id)
    denied = claim.state is ClaimState.DENIED and unprocessable
    if not denied and claim.state not in (ClaimState.REJECTED, ClaimState.SENT):
        how = (
            "Only a denial as unprocessable (MA130) is sent anew; correct or appeal this one."
            if claim.state is ClaimState.DENIED
            else "Only a rejected or unanswered claim is sent anew."
        )
        raise RuleError(f"Claim {claim_id} is {claim.state.value}. {how}")
    text = _reason(reason)
    renumber(work, [claim], frequency=Frequency.ORIGINAL if denied else None)
    _close_rejections(work, claim_id, text)
    move(work, claim, Step(claim_id, ClaimState.DRAFT, text))
    if not refresh(work, [claim]):
        check_ids(work, [claim_id], checker)
    return claim_id


def renumber(work: Work, claims: Sequence[Claim], *, frequency: Frequency | None = None) -> None:
    """Give open claims new CLM01s; what was sent stays with its submission."""
    fresh = numbers.claim_numbers(work, len(claims))
    for claim, number in zip(claims, fresh, strict=True):
        record = codec.load(claim.record)
        kind = frequency or record.frequency
        original = record.original_number if kind is not Frequency.ORIGINAL else ""
        record = replace(record, control_number=number, frequency=kind, original_number=original)
        claim.control_number = number
        claim.frequency = kind
        claim.record = codec.dump(record)
    work.session.flush()


def _close_rejections(work: Work, claim_id: int, reason: str) -> None:
    """A claim on its way again has nothing left to be looked at for its rejection."""
    tasks.close_where(work, reason, claim_id=claim_id, kind=TaskKind.REJECTION)


@needs(Permission.CLAIM)
def replace_claim(work: Work, claim_id: int, reason: str, checker: Checker | None = None) -> int:
    """Make the claim that replaces a sent one (frequency 7), from its visit as it stands now.

    Returns:
        id of the new claim; the old one is closed when the new one is sent.

    Raises:
        RuleError: not sent, no payer's number yet, or a payer that takes no replacements.
    """
    claim = get(work, claim_id)
    number = _payer_number(work, claim, Frequency.REPLACEMENT)
    built = build_claims(work, [claim.visit_id], claim.rank)[claim.visit_id]
    found = next((b for b in built if b.part == claim.part and b.payer_id == claim.payer_id), None)
    if found is None:
        raise RuleError(
            f"Visit {claim.visit_id} no longer gives a claim like claim {claim_id} to this payer; "
            "void that claim and make a new one."
        )
    return _correct(work, claim, found, Frequency.REPLACEMENT, number, reason, checker)


@needs(Permission.CLAIM)
def void_sent(work: Work, claim_id: int, reason: str, checker: Checker | None = None) -> int:
    """Make the claim that voids a sent one (frequency 8), word for word as it was sent.

    Raises:
        RuleError: see `replace_claim`.
    """
    claim = get(work, claim_id)
    number = _payer_number(work, claim, Frequency.VOID)
    record = sent_record(work, claim)
    lines = work.session.scalars(
        select(ClaimLine.charge_line_id)
        .where(ClaimLine.claim_id == claim_id)
        .order_by(ClaimLine.position)
    )
    found = BuiltClaim(
        visit_id=claim.visit_id,
        patient_id=claim.patient_id,
        rank=claim.rank,
        part=claim.part,
        payer_id=claim.payer_id,
        coverage_id=claim.coverage_id,
        line_ids=tuple(lines),
        record=record,
    )
    return _correct(work, claim, found, Frequency.VOID, number, reason, checker)


def sent_record(work: Work, claim: Claim) -> ClaimRecord:
    """The record of the claim's newest submission.

    Raises:
        RuleError: it was never sent.
    """
    text = work.session.scalar(
        select(SubmissionClaim.record)
        .where(SubmissionClaim.claim_id == claim.id)
        .order_by(SubmissionClaim.submission_id.desc())
        .limit(1)
    )
    if text is None:
        raise RuleError(f"Claim {claim.id} was never sent.")
    return codec.load(text)


def _payer_number(work: Work, claim: Claim, frequency: Frequency) -> str:
    """The payer's own number of the claim (REF*F8), or why it cannot be replaced or voided."""
    word = "replaced" if frequency is Frequency.REPLACEMENT else "voided"
    if claim.state not in _SENT_ONCE:
        raise RuleError(f"Claim {claim.id} is {claim.state.value}; only a sent claim is {word}.")
    payer = work.session.get_one(Payer, claim.payer_id)
    if payer.corrects_as_original:
        raise RuleError(
            f"{payer.name} takes no replacement or void (7, 8). Ask for a reopening or appeal the "
            "decision; after a rejection or a denial as unprocessable, send the claim anew."
        )
    if not claim.payer_claim_number:
        raise RuleError(
            f"Claim {claim.id} cannot be {word} yet: the payer's own number for it is not known. "
            "Read the 277CA or the remittance first."
        )
    standing = work.session.scalar(
        select(Claim.id).where(Claim.replaces_id == claim.id, Claim.state.not_in(GONE))
    )
    if standing is not None:
        raise RuleError(f"Claim {standing} already replaces or voids claim {claim.id}.")
    return claim.payer_claim_number


def _correct(
    work: Work,
    claim: Claim,
    found: BuiltClaim,
    frequency: Frequency,
    number: str,
    reason: str,
    checker: Checker | None,
) -> int:
    text = _reason(reason)
    record = replace(found.record, frequency=frequency, original_number=number)
    [new_id] = insert_claims(work, [replace(found, record=record)], text=text, replaces_id=claim.id)
    work.session.refresh(claim)
    verb = "replace" if frequency is Frequency.REPLACEMENT else "void"
    move(work, claim, Step(claim.id, claim.state, f"Claim {new_id} was made to {verb} this one."))
    check_ids(work, [new_id], checker)
    return new_id


@needs(Permission.CLAIM)
def forward_claims(
    work: Work, visit_id: int, rank: int, text: str, document_sha: str | None = None
) -> list[int]:
    """Open the claims that an earlier payer passed on by itself (CLP02 19 to 21).

    They are never sent by us; claims of that rank that stand already are returned as they are.
    """
    query = select(Claim.id).where(
        Claim.visit_id == visit_id, Claim.rank == rank, Claim.state.not_in(GONE)
    )
    standing = list(work.session.scalars(query.order_by(Claim.id)))
    if standing:
        return standing
    built = [b for b in build_claims(work, [visit_id], rank)[visit_id] if b.payer_id is not None]
    return insert_claims(
        work, built, state=ClaimState.FORWARDED, text=text, document_sha=document_sha
    )


@needs(Permission.VIEW)
def history(work: Work, claim_id: int) -> list[ClaimEventView]:
    """Everything that happened to a claim, oldest first."""
    rows = work.session.execute(
        select(ClaimEvent, User.name)
        .join(User, User.id == ClaimEvent.user_id)
        .where(ClaimEvent.claim_id == claim_id)
        .order_by(ClaimEvent.id)
    )
    return [
        ClaimEventView(e.at, e.on, user, e.from_state, e.to_state, e.text, e.document_sha)
        for e, user in rows
    ]


def closing_steps(work: Work, claim_ids: Sequence[int]) -> list[Step]:
    """The steps that close what sent replacements and voids stand for."""
    steps = []
    for start in range(0, len(claim_ids), 1000):
        query = select(Claim.id, Claim.replaces_id, Claim.frequency).where(
            Claim.id.in_(claim_ids[start : start + 1000]), Claim.replaces_id.is_not(None)
        )
        for row in work.session.execute(query):
            assert row.replaces_id is not None  # noqa: S101 - the query says so
            verb = "Voided" if row.frequency is Frequency.VOID else "Replaced"
            steps.append(Step(row.replaces_id, ClaimState.CLOSED, f"{verb} by claim {row.id}."))
    return steps


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise RuleError("Say why; the reason stays with the claim.")
    return text


__all__ = [
    "ClaimEventView",
    "closing_steps",
    "drop_unsent",
    "file_by",
    "forward_claims",
    "history",
    "renumber",
    "replace_claim",
    "resend",
    "sent_record",
    "void_before_sending",
    "void_sent",
]
