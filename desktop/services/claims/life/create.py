"""From posted visits to claims, and claims that were not sent kept true to their visits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.models.claims import Claim, ClaimLine
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, Frequency, Severity, VisitState
from desktop.models.visits import Visit
from desktop.services.claims.life.checking import Checker, Verdict, by_rules, of_record
from desktop.services.claims.life.events import GONE, UNSENT, Step, move_many
from desktop.services.claims.record import codec
from desktop.services.claims.record.build import BuiltClaim, build_claims, first_service
from desktop.services.claims.record.deadline import file_by
from desktop.services.core import numbers
from desktop.services.core.work import Changes, Permission, Work, needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@needs(Permission.CLAIM)
def create_claims(
    work: Work, visit_id: int, rank: int = 1, checker: Checker | None = None
) -> list[int]:
    """The claims of one visit; see `create_for_visits`."""
    return create_for_visits(work, [visit_id], rank, checker)


@needs(Permission.CLAIM)
def create_for_visits(
    work: Work, visit_ids: Iterable[int], rank: int = 1, checker: Checker | None = None
) -> list[int]:
    """Make and check the claims of posted visits for their payer of that rank.

    Claims of the visit that were not sent yet are brought up to date instead of doubled.
    A visit without a payer of that rank gives none.

    Raises:
        NotFound: there is no such visit.
        RuleError: a visit is not posted, or its claim was sent already.
    """
    wanted = list(dict.fromkeys(visit_ids))
    built = build_claims(work, wanted, rank)
    _refuse_unposted(work, wanted)
    standing = _standing(work, wanted, rank)
    for claim in standing:
        if claim.state not in UNSENT:
            raise RuleError(
                f"Visit {claim.visit_id} has claim {claim.id} already, which is "
                f"{claim.state.value}; replace, void or resend that one."
            )
    drop(work, [c.id for c in standing], "Made anew from the visit.")
    fresh = [b for v in wanted for b in built[v] if b.payer_id is not None]
    ids = insert_claims(work, fresh)
    check_ids(work, ids, checker)
    return ids


def insert_claims(
    work: Work,
    built: Sequence[BuiltClaim],
    *,
    state: ClaimState = ClaimState.DRAFT,
    text: str = "Made from the visit.",
    document_sha: str | None = None,
    replaces_id: int | None = None,
) -> list[int]:
    """Write claims with new control numbers and their first event; returns their ids."""
    session = work.session
    payers = {p.id: p for p in session.scalars(select(Payer))}
    at, fallback = stamp(work.clock.now()), work.clock.today()
    rows = []
    for claim, number in zip(built, numbers.claim_numbers(work, len(built)), strict=True):
        assert claim.payer_id is not None  # noqa: S101 - claims without payer are never made
        assert claim.coverage_id is not None  # noqa: S101
        record = replace(claim.record, control_number=number)
        rows.append(
            Claim(
                visit_id=claim.visit_id,
                patient_id=claim.patient_id,
                coverage_id=claim.coverage_id,
                payer_id=claim.payer_id,
                rank=claim.rank,
                part=claim.part,
                state=state,
                frequency=record.frequency,
                control_number=number,
                replaces_id=replaces_id,
                charge=record.charge,
                service_on=first_service(record) or fallback,
                file_by=file_by(payers[claim.payer_id], record),
                record=codec.dump(record),
                created_at=at,
            )
        )
    session.add_all(rows)
    session.flush()
    _insert_lines(work, [(row.id, b.line_ids) for row, b in zip(rows, built, strict=True)])
    ids = [row.id for row in rows]
    move_many(work, [Step(i, state, text, document_sha) for i in ids])
    return ids


def _insert_lines(work: Work, lines: Sequence[tuple[int, tuple[int, ...]]]) -> None:
    rows = [
        {"claim_id": claim_id, "position": n, "charge_line_id": line_id}
        for claim_id, line_ids in lines
        for n, line_id in enumerate(line_ids, 1)
    ]
    if rows:
        work.session.execute(insert(ClaimLine), rows)


def drop(work: Work, claim_ids: Sequence[int], reason: str) -> None:
    """Void claims that were never sent."""
    move_many(work, [Step(i, ClaimState.VOID, reason) for i in claim_ids])


@needs(Permission.CLAIM)
def check_claims(
    work: Work, claim_ids: Sequence[int] | None = None, checker: Checker | None = None
) -> dict[int, Verdict]:
    """Bring unsent claims up to date with their visits and check them (all when None).

    Raises:
        RuleError: one was sent already.
    """
    query = select(Claim).order_by(Claim.id)
    if claim_ids is None:
        query = query.where(Claim.state.in_(UNSENT))
    else:
        query = query.where(Claim.id.in_(claim_ids))
    claims = list(work.session.scalars(query))
    for claim in claims:
        if claim.state not in UNSENT:
            raise RuleError(f"Claim {claim.id} is {claim.state.value}; it was sent as it is.")
    gone = set(refresh(work, claims))
    return check_ids(work, [c.id for c in claims if c.id not in gone], checker)


def refresh(work: Work, claims: Sequence[Claim]) -> list[int]:
    """Read the visits of unsent claims again; a void of a sent claim stays word for word.

    Returns:
        the claims that were dropped, because their visit no longer gives them.
    """
    gone: list[int] = []
    by_rank: dict[int, list[Claim]] = {}
    for claim in claims:
        if claim.frequency is not Frequency.VOID:
            by_rank.setdefault(claim.rank, []).append(claim)
    payers = {p.id: p for p in work.session.scalars(select(Payer))}
    for rank, group in by_rank.items():
        built = build_claims(work, dict.fromkeys(c.visit_id for c in group), rank)
        for claim in group:
            found = next((b for b in built[claim.visit_id] if b.part == claim.part), None)
            if found is None or found.coverage_id is None or not found.line_ids:
                gone.append(claim.id)
                continue
            assert found.payer_id is not None  # noqa: S101 - it comes with the coverage
            old = codec.load(claim.record)
            record = replace(
                found.record,
                control_number=claim.control_number,
                frequency=old.frequency,
                original_number=old.original_number,
            )
            text = codec.dump(record)
            if text == claim.record:
                continue
            claim.record = text
            claim.payer_id, claim.coverage_id = found.payer_id, found.coverage_id
            claim.charge = record.charge
            claim.service_on = first_service(record) or claim.service_on
            claim.file_by = file_by(payers[found.payer_id], record)
            work.session.execute(delete(ClaimLine).where(ClaimLine.claim_id == claim.id))
            _insert_lines(work, [(claim.id, found.line_ids)])
    work.session.flush()
    drop(work, gone, "Its visit no longer gives this claim.")
    return gone


def check_ids(
    work: Work, claim_ids: Sequence[int], checker: Checker | None = None
) -> dict[int, Verdict]:
    """Check stored records and bring each claim to the state that the findings allow."""
    checker = checker or by_rules
    claims = {c.id: c for c in _claims(work, claim_ids)}
    paper = set(work.session.scalars(select(Payer.id).where(Payer.on_paper)))
    visits: dict[int, dict[int, None]] = {}
    for claim in claims.values():
        if claim.frequency is not Frequency.VOID:
            visits.setdefault(claim.rank, {})[claim.visit_id] = None
    found = {rank: checker(work, list(ids), rank) for rank, ids in visits.items()}
    verdicts: dict[int, Verdict] = {}
    steps = []
    for claim_id in claim_ids:
        claim = claims[claim_id]
        findings = list(found.get(claim.rank, {}).get(claim.visit_id, ()))
        # A void repeats what was sent: nothing of it can be mended.
        if claim.frequency is Frequency.VOID:
            findings = []
        if not any(f.severity is Severity.ERROR for f in findings):
            record = codec.load(claim.record)
            findings += of_record(record, on_paper=claim.payer_id in paper)
        verdict = verdicts[claim_id] = Verdict(tuple(findings))
        if (claim.errors, claim.warnings) != (verdict.errors, verdict.warnings):
            claim.errors, claim.warnings = verdict.errors, verdict.warnings
        if verdict.state is not claim.state:
            if verdict.state is ClaimState.READY and claim.state is ClaimState.DRAFT:
                steps.append(Step(claim_id, ClaimState.CHECKED, "Checked: nothing to mend."))
            steps.append(Step(claim_id, verdict.state, verdict.text))
    move_many(work, steps)
    work.touch(Changes.CLAIMS)
    return verdicts


def _claims(work: Work, claim_ids: Sequence[int]) -> list[Claim]:
    rows: list[Claim] = []
    for start in range(0, len(claim_ids), 1000):
        piece = claim_ids[start : start + 1000]
        rows.extend(work.session.scalars(select(Claim).where(Claim.id.in_(piece))))
    return rows


def _refuse_unposted(work: Work, visit_ids: Sequence[int]) -> None:
    for start in range(0, len(visit_ids), 1000):
        piece = visit_ids[start : start + 1000]
        query = select(Visit.id, Visit.state).where(
            Visit.id.in_(piece), Visit.state != VisitState.POSTED
        )
        row = work.session.execute(query).first()
        if row is not None:
            raise RuleError(f"Visit {row.id} is {row.state.value}; post it before its claim.")


def _standing(work: Work, visit_ids: Sequence[int], rank: int) -> list[Claim]:
    found: list[Claim] = []
    for start in range(0, len(visit_ids), 1000):
        piece = visit_ids[start : start + 1000]
        query = select(Claim).where(
            Claim.visit_id.in_(piece), Claim.rank == rank, Claim.state.not_in(GONE)
        )
        found.extend(work.session.scalars(query.order_by(Claim.id)))
    return found
