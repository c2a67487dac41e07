"""A paper EOB entered by hand: it takes the same way as an 835, through staging and balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.errors import Problem, RuleError, raise_if_any
from desktop.models.claims import Claim
from desktop.models.practice import Payer
from desktop.models.values.money import ZERO, Money
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.edi import remittance as edi
from desktop.services.payments import staging
from desktop.services.payments.our_claims import OurClaim, load_claims

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.payments.staging import Staged


@dataclass(frozen=True, slots=True)
class EobLine:
    """What the EOB says of one charge line."""

    charge_line_id: int
    paid: Money
    reasons: tuple[edi.Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class EobClaim:
    """What the EOB says of one claim. `status` is as CLP02: 1, 2, 3, 4, 19-21, 22."""

    claim_id: int
    lines: tuple[EobLine, ...]
    status: str = "1"
    payer_claim_number: str = ""


@dataclass(frozen=True, slots=True)
class EobDraft:
    """A paper EOB: one check of one payer."""

    payer_id: int
    check_number: str
    paid_on: dt.date
    amount: Money
    claims: tuple[EobClaim, ...]
    provider_adjustments: tuple[edi.ProviderAdjustment, ...] = ()


@needs(Permission.POST)
def stage_eob(work: Work, draft: EobDraft) -> Staged:
    """Stage a paper EOB; what does not add up is refused here, line by line.

    Raises:
        RuleError: a field is missing, or a line's reasons do not explain its charge.
    """
    payer = work.session.get(Payer, draft.payer_id)
    problems = _missing(work, draft, payer)
    claims = load_claims(work, [c.claim_id for c in draft.claims])
    built = []
    for n, claim in enumerate(draft.claims, 1):
        ours = claims.get(claim.claim_id)
        if ours is None:
            problems.append(Problem(f"claims.{n}", f"There is no claim {claim.claim_id}."))
            continue
        built.append(_claim(work, n, claim, ours, problems))
    raise_if_any(problems)
    payment = _payment(draft, payer, built)
    data = repr(draft).encode("utf-8")
    sha = work.documents.put(data, "eob", f"EOB {draft.check_number}")
    staged = staging.stage(work, payment, staging.Source("eob", sha), draft.payer_id)
    if staged.outcome == "staged":
        return staged
    if staged.difference:
        raise RuleError(
            Problem(
                "amount",
                f"The claims come to {(draft.amount - staged.difference).shown}, the check to "
                f"{draft.amount.shown}; {abs(staged.difference).shown} is unexplained.",
            )
        )
    return staged


def _missing(work: Work, draft: EobDraft, payer: Payer | None) -> list[Problem]:
    """What its head lacks."""
    problems = []
    if payer is None:
        problems.append(Problem("payer_id", "Choose the payer."))
    if not draft.check_number.strip() and draft.amount:
        problems.append(Problem("check_number", "Enter the check or EFT number."))
    if draft.paid_on > work.clock.today():
        problems.append(Problem("paid_on", "The payment date lies in the future."))
    if not draft.claims and not draft.provider_adjustments:
        problems.append(Problem("claims", "Enter at least one claim."))
    return problems


def _payment(
    draft: EobDraft, payer: Payer | None, claims: Sequence[edi.RemittanceClaim]
) -> edi.Remittance:
    """The EOB as an 835 would say it."""
    name = payer.name if payer is not None else ""
    return edi.Remittance(
        payer_name=name,
        payer_id=f"eob:{draft.payer_id}",
        payer_ids=(payer.electronic_id,) if payer is not None else (),
        trace=draft.check_number.strip(),
        on=draft.paid_on,
        amount=draft.amount,
        claims=tuple(claims),
        provider_adjustments=draft.provider_adjustments,
        method="CHK",
        set_hash=staging.eob_hash(
            str(draft.payer_id), draft.check_number, repr(draft.claims), str(draft.amount)
        ),
    )


def _claim(
    work: Work, number: int, claim: EobClaim, ours: OurClaim, problems: list[Problem]
) -> edi.RemittanceClaim:
    by_id = {line.id: line for line in ours.lines}
    sign = -1 if claim.status == "22" else 1
    lines = []
    for n, line in enumerate(claim.lines, 1):
        own = by_id.get(line.charge_line_id)
        if own is None:
            problems.append(Problem(f"claims.{number}.lines.{n}", "This line is not of the claim."))
            continue
        built = edi.RemittanceLine(
            n,
            own.procedure,
            Money(sign * own.charge.cents),
            line.paid,
            own.modifiers,
            from_on=own.service_on,
            line_number=str(own.id),
            adjustments=line.reasons,
        )
        if built.difference:
            problems.append(
                Problem(
                    f"claims.{number}.lines.{n}",
                    f"Charge {own.charge.shown}, paid {line.paid.shown}: "
                    f"{built.difference.shown} has no reason yet.",
                )
            )
        lines.append(built)
    control = work.session.scalar(select(Claim.control_number).where(Claim.id == ours.id)) or ""
    return edi.RemittanceClaim(
        number,
        control,
        claim.status,
        Money(sum(x.charge.cents for x in lines)),
        Money(sum((x.paid.cents for x in lines), ZERO.cents)),
        payer_claim_number=claim.payer_claim_number,
        from_on=ours.service_on,
        lines=tuple(lines),
    )
