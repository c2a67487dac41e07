"""A payment's claims as they are shown: each line and reason beside ours, with what is owed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from desktop.models.claims import Claim
from desktop.models.ledger import OpenItem
from desktop.models.payments import RemittanceAdjustment, RemittanceClaim, RemittanceLine
from desktop.models.people import Patient, Person
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.enums import Party
    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason and what the posting does with it."""

    group: str
    reason: str
    amount: Money
    action: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A payer's line beside ours.

    Attributes:
        our_procedure, our_charge: of the matched charge line; None where none is matched.
        owed: what each party owes on our line now.
    """

    id: int
    position: int
    code: str
    modifiers: str
    service_on: dt.date | None
    charge: Money
    paid: Money
    allowed: Money | None
    remarks: str
    reasons: tuple[ReasonView, ...]
    charge_line_id: int | None
    matched_by: str
    our_procedure: str | None
    our_charge: Money | None
    owed: tuple[tuple[Party, Money], ...]

    @property
    def balanced(self) -> bool:
        """Charge less reasons is what was paid."""
        return self.charge.cents - sum(r.amount.cents for r in self.reasons) == self.paid.cents


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim payment with its lines."""

    id: int
    position: int
    control_number: str
    payer_claim_number: str
    status: str
    patient_name: str
    member_id: str
    service_on: dt.date | None
    charge: Money
    paid: Money
    patient_responsibility: Money | None
    state: str
    note: str
    needs_split: bool
    matched_by: str
    claim_id: int | None
    our_patient_id: int | None
    our_patient: str
    rank: int | None
    crossover_to: str
    remarks: str
    reasons: tuple[ReasonView, ...]
    lines: tuple[LineView, ...]


Reasons = dict[tuple[int, int | None], list[ReasonView]]
"""By claim payment and line; None for what is said of the claim as a whole."""


def claim_views(work: Work, remittance_id: int) -> tuple[ClaimView, ...]:
    """The claims of one payment in its order."""
    of_this = select(RemittanceClaim.id).where(RemittanceClaim.remittance_id == remittance_id)
    reasons = _reasons(work, of_this)
    lines = _lines(work, of_this, reasons)
    rows = work.session.execute(
        select(RemittanceClaim, Claim.patient_id, Person.last, Person.first)
        .outerjoin(Claim, Claim.id == RemittanceClaim.claim_id)
        .outerjoin(Patient, Patient.id == Claim.patient_id)
        .outerjoin(Person, Person.id == Patient.person_id)
        .where(RemittanceClaim.remittance_id == remittance_id)
        .order_by(RemittanceClaim.position)
    )
    return tuple(
        ClaimView(
            c.id,
            c.position,
            c.control_number,
            c.payer_claim_number,
            c.status,
            c.patient_name,
            c.member_id,
            c.service_on,
            c.charge,
            c.paid,
            c.patient_responsibility,
            c.state,
            c.note,
            c.needs_split,
            c.matched_by,
            c.claim_id,
            patient_id,
            f"{last}, {first}" if last else "",
            c.rank,
            c.crossover_to,
            c.remarks,
            tuple(reasons[c.id, None]),
            tuple(lines[c.id]),
        )
        for c, patient_id, last, first in rows
    )


def _reasons(work: Work, of_this: Select[int]) -> Reasons:
    reasons: Reasons = defaultdict(list)
    for a in work.session.scalars(
        select(RemittanceAdjustment)
        .where(RemittanceAdjustment.remittance_claim_id.in_(of_this))
        .order_by(RemittanceAdjustment.id)
    ):
        reasons[a.remittance_claim_id, a.remittance_line_id].append(
            ReasonView(a.group_code, a.reason, a.amount, a.action)
        )
    return reasons


def _owed(work: Work, of_this: Select[int]) -> dict[int, list[tuple[Party, Money]]]:
    """By charge line: what each party owes on it now."""
    owed: dict[int, list[tuple[Party, Money]]] = defaultdict(list)
    our_lines = select(RemittanceLine.charge_line_id).where(
        RemittanceLine.remittance_claim_id.in_(of_this)
    )
    for item in work.session.scalars(
        select(OpenItem)
        .where(OpenItem.charge_line_id.in_(our_lines), OpenItem.amount != ZERO)
        .order_by(OpenItem.charge_line_id, OpenItem.party)
    ):
        owed[item.charge_line_id].append((item.party, item.amount))
    return owed


def _lines(work: Work, of_this: Select[int], reasons: Reasons) -> dict[int, list[LineView]]:
    """By claim payment: its lines beside the charge lines that they are matched to."""
    owed = _owed(work, of_this)
    lines: dict[int, list[LineView]] = defaultdict(list)
    found = work.session.execute(
        select(RemittanceLine, ChargeLine.procedure, ChargeLine.charge)
        .outerjoin(ChargeLine, ChargeLine.id == RemittanceLine.charge_line_id)
        .where(RemittanceLine.remittance_claim_id.in_(of_this))
        .order_by(RemittanceLine.remittance_claim_id, RemittanceLine.position)
    )
    for x, procedure, charge in found:
        lines[x.remittance_claim_id].append(
            LineView(
                x.id,
                x.position,
                x.code,
                x.modifiers,
                x.service_on,
                x.charge,
                x.paid,
                x.allowed,
                x.remarks,
                tuple(reasons[x.remittance_claim_id, x.id]),
                x.charge_line_id,
                x.matched_by,
                procedure,
                charge,
                tuple(owed[x.charge_line_id or 0]),
            )
        )
    return lines
