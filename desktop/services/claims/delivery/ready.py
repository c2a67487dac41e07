"""Which claims may go out now, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Row, select

from desktop.models.claims import Claim
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, Severity
from desktop.services.claims.life.create import check_claims
from desktop.services.claims.life.events import UNSENT
from desktop.services.claims.record import codec
from desktop.services.formats.edi.collector import without_collector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.life.checking import Checker, Verdict
    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A claim that does not go, and why; `field` leads to what must be mended."""

    claim_id: int
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class ReadyClaim:
    """A claim as it is about to go out; `text` is its record as stored."""

    claim_id: int
    payer_id: int
    record: ClaimRecord
    text: str


def select_ready(
    work: Work,
    claim_ids: Sequence[int] | None,
    *,
    on_paper: bool,
    checker: Checker | None = None,
    recheck: bool = True,
) -> tuple[list[ReadyClaim], list[LeftOut]]:
    """The claims that may go, in order of their ids, and those that may not.

    With ids given, the payer's way (paper or file) is not asked for a claim on paper.
    """
    rows = _rows(work, claim_ids, on_paper=on_paper)
    verdicts: dict[int, Verdict] = {}
    if recheck:
        verdicts = check_claims(work, [r[0] for r in rows if r[1] in UNSENT], checker)
        rows = _rows(work, claim_ids, on_paper=on_paper)
    ready: list[tuple[int, int, str]] = []
    left_out: list[LeftOut] = []
    for claim_id, state, payer_id, text, paper, errors, warnings in rows:
        if state is not ClaimState.READY:
            verdict = verdicts.get(claim_id)
            if verdict is not None and verdict.findings:
                left_out.append(_held(claim_id, verdict))
            else:
                left_out.append(LeftOut(claim_id, _why_not(claim_id, state, errors, warnings)))
        elif paper and not on_paper:
            left_out.append(
                LeftOut(claim_id, f"Claim {claim_id} goes to a payer on paper; print it.")
            )
        else:
            ready.append((claim_id, payer_id, text))
    known = {r[0] for r in rows}
    left_out += [
        LeftOut(claim_id, f"There is no claim {claim_id}.")
        for claim_id in claim_ids or ()
        if claim_id not in known
    ]
    with without_collector():
        return [ReadyClaim(i, payer, codec.load(text), text) for i, payer, text in ready], left_out


def sift(
    ready: Sequence[ReadyClaim],
    left_out: list[LeftOut],
    why_not: Callable[[ReadyClaim], LeftOut | None],
) -> list[ReadyClaim]:
    """The claims that nothing keeps back; those that something does are added to `left_out`."""
    kept = []
    for claim in ready:
        why = why_not(claim)
        if why is None:
            kept.append(claim)
        else:
            left_out.append(why)
    return kept


_Row = Row[int, ClaimState, int, str, bool, int, int]


def _rows(work: Work, claim_ids: Sequence[int] | None, *, on_paper: bool) -> list[_Row]:
    query = (
        select(
            Claim.id,
            Claim.state,
            Claim.payer_id,
            Claim.record,
            Payer.on_paper,
            Claim.errors,
            Claim.warnings,
        )
        .join(Payer, Payer.id == Claim.payer_id)
        .order_by(Claim.id)
    )
    if claim_ids is None:
        query = query.where(Claim.state.in_(UNSENT), Payer.on_paper == on_paper)
        return list(work.session.execute(query))
    rows: list[_Row] = []
    wanted = sorted(set(claim_ids))
    for start in range(0, len(wanted), 1000):
        piece = query.where(Claim.id.in_(wanted[start : start + 1000]))
        rows.extend(work.session.execute(piece))
    return rows


def _held(claim_id: int, verdict: Verdict) -> LeftOut:
    """The first finding, and how many stand beside it."""
    first = next((f for f in verdict.findings if f.severity is Severity.ERROR), verdict.findings[0])
    others = len(verdict.findings) - 1
    more = f" ({others} more)" if others else ""
    return LeftOut(claim_id, f"Claim {claim_id}: {first.text}{more}", first.field)


def _why_not(claim_id: int, state: ClaimState, errors: int, warnings: int) -> str:
    if state is ClaimState.DRAFT:
        return f"Claim {claim_id} is held by {errors} error(s); open it and mend them."
    if state is ClaimState.CHECKED:
        return f"Claim {claim_id} has {warnings} warning(s) to mend or pass with a reason."
    return f"Claim {claim_id} is {state.value}; only a ready claim goes out."
