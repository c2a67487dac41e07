"""How the training payer decides one claim: from the claim alone, always the same way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop.models.values.money import ZERO, Money, total
from desktop.services.formats.edi.remittance import Adjustment, RemittanceClaim, RemittanceLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.formats.edi.claims837 import SentClaim, SentLine

_DEDUCTIBLE = Money(15000)
_COPAY = Money(2500)
_SHARE = Decimal("0.20")
_INTEREST = Decimal("0.015")
# CLP06 has no code of its own for Blues, commercial and federal employees' plans.
_PLAN_TYPES = {"BL": "12", "CI": "15", "FI": "OF"}


class Scenario(StrEnum):
    """What the payer does with a claim; MIXED deals the others out over a file."""

    MIXED = "a mixture"
    PAID = "paid less the contract discount"
    DEDUCTIBLE = "deductible"
    COINSURANCE = "coinsurance"
    COPAY = "copay"
    DENIED_LINE = "one line denied"
    DENIED_CLAIM = "whole claim denied"
    CROSSOVER = "forwarded to the secondary payer"
    CROSSOVER_RESTATED = "forwarded, the secondary restates the charge"
    TAKE_BACK = "paid, taken back and corrected"
    INTEREST = "paid late with interest"
    CLAIM_REJECTED = "rejected by the 277CA"
    SET_REJECTED = "rejected by the 999"


_LETTERS = {scenario: chr(ord("A") + n) for n, scenario in enumerate(Scenario)}
_BY_LETTER = {letter: scenario for scenario, letter in _LETTERS.items()}


def payer_number(claim: SentClaim, scenario: Scenario) -> str:
    """The payer's own number (CLP07, REF*1K); its second letter remembers the decision."""
    digest = hashlib.sha256(f"{claim.payer.id}|{claim.control_number}".encode()).hexdigest()
    return f"T{_LETTERS[scenario]}{digest[:10].upper()}"


def scenario_of(number: str) -> Scenario | None:
    """The decision that a payer's number remembers; None for a number of somebody else."""
    return _BY_LETTER.get(number[1:2]) if number[:1] == "T" and len(number) >= 12 else None


@dataclass(frozen=True, slots=True)
class Share:
    """How one line's charge is parted: paid + discount + patient + denied = charge."""

    line: SentLine
    paid: Money
    adjustments: tuple[Adjustment, ...]
    allowed: Money
    remarks: tuple[str, ...] = ()

    @property
    def patient(self) -> Money:
        """What is left to the patient or the next payer."""
        return total(a.amount for a in self.adjustments if a.group == "PR")


def allowed(line: SentLine) -> Money:
    """The contract's price: 60 to 84 percent of the charge, the same for a code always."""
    digest = hashlib.sha256(line.code.encode()).digest()[0]
    return line.charge.times(Decimal(60 + digest % 25) / 100)


def shares(claim: SentClaim, scenario: Scenario) -> list[Share]:
    """Each line's decision as first payer."""
    found = []
    left = _DEDUCTIBLE if scenario is Scenario.DEDUCTIBLE else ZERO
    for index, line in enumerate(claim.lines):
        if scenario is Scenario.DENIED_CLAIM:
            found.append(_denied(line, "16", ("N29",)))
        elif scenario is Scenario.DENIED_LINE and index == 0:
            found.append(_denied(line, "197", ()))
        else:
            price = allowed(line)
            reason, share = _patient_share(scenario, price, left, first=index == 0)
            left -= share if reason == "1" else ZERO
            found.append(_paid(line, price, reason, share))
    return found


def _patient_share(
    scenario: Scenario, price: Money, deductible_left: Money, *, first: bool
) -> tuple[str, Money]:
    if scenario is Scenario.DEDUCTIBLE:
        return "1", min(price, deductible_left)
    if scenario is Scenario.COPAY:
        return "3", min(price, _COPAY) if first else ZERO
    if scenario in (Scenario.PAID, Scenario.TAKE_BACK):
        return "2", ZERO
    return "2", price.times(_SHARE)


def _paid(line: SentLine, price: Money, reason: str, share: Money) -> Share:
    adjustments = []
    if line.charge != price:
        adjustments.append(Adjustment("CO", "45", line.charge - price))
    if share:
        adjustments.append(Adjustment("PR", reason, share))
    return Share(line, price - share, tuple(adjustments), price)


def _denied(line: SentLine, reason: str, remarks: tuple[str, ...]) -> Share:
    adjustments = (Adjustment("CO", reason, line.charge),) if line.charge else ()
    return Share(line, ZERO, adjustments, ZERO, remarks)


def corrected(first: Sequence[Share]) -> list[Share]:
    """The second decision of a take-back: the patient should have borne a fifth."""
    return [_paid(s.line, s.allowed, "2", s.allowed.times(_SHARE)) for s in first]


def secondary(first: Sequence[Share], *, restated: bool) -> list[Share]:
    """A later payer's decision on what the first left over; each explains the full charge.

    Args:
        first: the first payer's decision.
        restated: the whole difference as CO 45, else the first payer's impact as OA 23.
    """
    return [_secondary(s.line, s.patient, restated=restated) for s in first]


def secondary_direct(claim: SentClaim) -> list[Share]:
    """The decision on a claim that we sent to a later payer, from the answers on it."""
    found = []
    for line in claim.lines:
        last = line.prior[-1] if line.prior else None
        left = total(a.amount for a in last.adjustments if a.group == "PR") if last else ZERO
        found.append(_secondary(line, left, restated=False))
    return found


def _secondary(line: SentLine, left: Money, *, restated: bool) -> Share:
    paid = left - left.times(Decimal("0.10"))
    if restated:
        return Share(line, paid, _some(("CO", "45", line.charge - paid)), paid)
    adjustments = _some(("OA", "23", line.charge - left), ("PR", "2", left - paid))
    return Share(line, paid, adjustments, left)


def _some(*found: tuple[str, str, Money]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(g, r, amount) for g, r, amount in found if amount)


def interest_on(paid: Money) -> Money:
    """Interest for a late payment."""
    return paid.times(_INTEREST)


def remittance_claim(
    claim: SentClaim,
    decided: Sequence[Share],
    *,
    status: str,
    number: str,
    remarks: tuple[str, ...] = (),
    crossover: tuple[str, str] = ("", ""),
    interest: Money | None = None,
    replaces: str = "",
) -> RemittanceClaim:
    """The CLP of a decision; `crossover` names the next payer and its id."""
    rendering = claim.party("82")
    own = claim.subscriber
    lines = tuple(_line(s, n) for n, s in enumerate(decided, 1))
    return RemittanceClaim(
        position=0,
        control_number=claim.control_number,
        status=status,
        charge=total(line.charge for line in lines),
        paid=total(line.paid for line in lines),
        patient_responsibility=total(s.patient for s in decided),
        filing_code=_PLAN_TYPES.get(claim.filing_code, claim.filing_code),
        payer_claim_number=number,
        place=claim.place,
        frequency=claim.frequency,
        patient_name=claim.patient.name,
        patient_id=claim.patient.id or own.id,
        subscriber_name=own.name if own.name != claim.patient.name else None,
        subscriber_id=own.id if own.name != claim.patient.name else "",
        rendering_id=rendering.npi if rendering is not None else "",
        crossover_to=crossover[0],
        crossover_id=crossover[1],
        other_claim_number=replaces,
        remarks=remarks,
        from_on=min((x.from_on for x in claim.lines if x.from_on), default=None),
        to_on=max((x.to_on or x.from_on for x in claim.lines if x.from_on), default=None),
        lines=lines,
        interest=interest,
    )


def _line(share: Share, position: int) -> RemittanceLine:
    line = share.line
    return RemittanceLine(
        position=position,
        code=line.code,
        charge=line.charge,
        paid=share.paid,
        modifiers=line.modifiers,
        units=line.units or Decimal(1),
        from_on=line.from_on,
        to_on=line.to_on,
        line_number=line.line_number,
        adjustments=share.adjustments,
        remarks=share.remarks,
        allowed=share.allowed or None,
    )


def reversed_claim(claim: RemittanceClaim) -> RemittanceClaim:
    """A payment taken back: status 22, every amount negated, nothing else changed."""
    lines = tuple(
        replace(
            line,
            charge=-line.charge,
            paid=-line.paid,
            allowed=None,
            adjustments=_negated(line.adjustments),
        )
        for line in claim.lines
    )
    share = claim.patient_responsibility
    return replace(
        claim,
        status="22",
        charge=-claim.charge,
        paid=-claim.paid,
        patient_responsibility=None if share is None else -share,
        interest=None,
        crossover_to="",
        crossover_id="",
        adjustments=_negated(claim.adjustments),
        lines=lines,
    )


def _negated(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(a.group, a.reason, -a.amount, a.quantity) for a in adjustments)
