"""A patient's account: each visit with what was charged, paid, adjusted and is still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.models.ledger import Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.values.enums import Account, Party, ReceiptMethod, VisitState
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, Visit
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class AccountVisit:
    """One visit on the account: charge = paid + adjusted + insurance + patient.

    Attributes:
        codes: the procedures, joined by blanks.
        insurance, patient: what payers and the patient still owe.
    """

    id: int
    service_on: dt.date
    state: VisitState
    codes: str
    charge: Money
    paid: Money
    adjusted: Money
    insurance: Money
    patient: Money


@dataclass(frozen=True, slots=True)
class AccountReceipt:
    """Money the patient paid: amount = applied + unapplied + refunded."""

    id: int
    number: str
    received_on: dt.date
    method: ReceiptMethod
    reference: str
    amount: Money
    unapplied: Money
    is_void: bool


@dataclass(frozen=True, slots=True)
class PatientAccount:
    """The account of one patient, newest first."""

    visits: tuple[AccountVisit, ...]
    receipts: tuple[AccountReceipt, ...]


@needs(Permission.VIEW)
def patient_account(work: Work, patient_id: int) -> PatientAccount:
    """Visits and receipts of a patient: five queries, however many visits there are."""
    work.viewed("account", patient_id)
    return PatientAccount(_visits(work, patient_id), _receipts(work, patient_id))


def _visits(work: Work, patient_id: int) -> tuple[AccountVisit, ...]:
    charged = _charged(work, patient_id)
    adjusted = _adjusted(work, patient_id)
    owed = _owed(work, patient_id)
    rows = work.session.execute(
        select(Visit.id, Visit.service_on, Visit.state)
        .where(Visit.patient_id == patient_id, Visit.state != VisitState.VOID)
        .order_by(Visit.service_on.desc(), Visit.id.desc())
    )
    found = []
    for visit_id, service_on, state in rows:
        codes, charge = charged.get(visit_id, ((), ZERO))
        less = adjusted.get(visit_id, ZERO)
        insurance, own = owed.get((visit_id, False), ZERO), owed.get((visit_id, True), ZERO)
        posted = state is VisitState.POSTED
        found.append(
            AccountVisit(
                id=visit_id,
                service_on=service_on,
                state=state,
                codes=" ".join(codes),
                charge=charge,
                paid=charge - less - insurance - own if posted else ZERO,
                adjusted=less,
                insurance=insurance,
                patient=own,
            )
        )
    return tuple(found)


def _charged(work: Work, patient_id: int) -> dict[int, tuple[tuple[str, ...], Money]]:
    """By visit: its procedures in order, and what they cost together."""
    charged: dict[int, tuple[tuple[str, ...], Money]] = {}
    lines = select(ChargeLine.visit_id, ChargeLine.procedure, ChargeLine.charge).where(
        ChargeLine.patient_id == patient_id, ChargeLine.state != "void"
    )
    for visit_id, procedure, charge in work.session.execute(lines.order_by(ChargeLine.position)):
        codes, so_far = charged.get(visit_id, ((), ZERO))
        charged[visit_id] = ((*codes, procedure), so_far + charge)
    return charged


def _adjusted(work: Work, patient_id: int) -> dict[int, Money]:
    """By visit: what was written off."""
    adjustments = (
        select(ChargeLine.visit_id, func.sum(Leg.amount))
        .join(Leg, Leg.charge_line_id == ChargeLine.id)
        .where(
            ChargeLine.patient_id == patient_id,
            ChargeLine.state != "void",
            Leg.account == Account.ADJUSTMENT,
        )
        .group_by(ChargeLine.visit_id)
    )
    return dict(work.session.execute(adjustments).all())


def _owed(work: Work, patient_id: int) -> dict[tuple[int, bool], Money]:
    """By visit: what the patient owes (True), and what payers do."""
    owed: dict[tuple[int, bool], Money] = {}
    open_amounts = (
        select(ChargeLine.visit_id, OpenItem.party, func.sum(OpenItem.amount))
        .join(OpenItem, OpenItem.charge_line_id == ChargeLine.id)
        .where(OpenItem.patient_id == patient_id, OpenItem.amount != ZERO)
        .group_by(ChargeLine.visit_id, OpenItem.party)
    )
    for visit_id, party, amount in work.session.execute(open_amounts):
        key = (visit_id, party is Party.PATIENT)
        owed[key] = owed.get(key, ZERO) + amount
    return owed


def _receipts(work: Work, patient_id: int) -> tuple[AccountReceipt, ...]:
    held = (
        select(Leg.receipt_id, func.sum(Leg.amount).label("amount"))
        .join(Receipt, Receipt.id == Leg.receipt_id)
        .where(Receipt.patient_id == patient_id, Leg.account == Account.UNAPPLIED)
        .group_by(Leg.receipt_id)
        .subquery()
    )
    query = (
        select(Receipt, held.c.amount)
        .outerjoin(held, held.c.receipt_id == Receipt.id)
        .where(Receipt.patient_id == patient_id, Receipt.kind == "patient")
        .order_by(Receipt.received_on.desc(), Receipt.id.desc())
    )
    return tuple(
        AccountReceipt(
            id=row.id,
            number=row.number,
            received_on=row.received_on,
            method=row.method,
            reference=row.reference,
            amount=row.amount,
            unapplied=-amount if amount else ZERO,
            is_void=row.voided_on is not None,
        )
        for row, amount in work.session.execute(query)
    )
