"""Lists behind the figures: money that waits, and claims that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.models.claims import Claim, ClaimLine
from desktop.models.ledger import OpenItem
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, ReceiptMethod
from desktop.models.values.money import ZERO, Money, total
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.tables import Column, ReportTable
from desktop.services.money.held import held
from desktop.services.reports.daily import METHODS
from desktop.services.reports.values import Period, is_current, long_day

if TYPE_CHECKING:
    import datetime as dt

WAITING = (ClaimState.SENT, ClaimState.ACCEPTED, ClaimState.FORWARDED)
UNSENT = (ClaimState.DRAFT, ClaimState.CHECKED, ClaimState.READY, ClaimState.QUEUED)
# What a claim may be while somebody still expects something of it.
OPEN = (*UNSENT, *WAITING, ClaimState.REJECTED, ClaimState.DENIED, ClaimState.PARTLY_PAID)


@dataclass(frozen=True, slots=True)
class HeldReceipt:
    """A receipt that still holds money."""

    id: int
    number: str
    received_on: dt.date
    kind: str
    method: ReceiptMethod
    payer: str
    amount: Money
    held: Money


@needs(Permission.VIEW)
def unapplied(work: Work, as_of: dt.date) -> tuple[HeldReceipt, ...]:
    """Receipts with money neither applied nor refunded, oldest first."""
    sums = held(None if is_current(work, as_of) else as_of)
    rows = work.session.execute(
        select(Receipt, sums.c.amount, Payer.name, Person.last, Person.first)
        .join(sums, sums.c.receipt_id == Receipt.id)
        .outerjoin(Payer, Payer.id == Receipt.payer_id)
        .outerjoin(Patient, Patient.id == Receipt.patient_id)
        .outerjoin(Person, Person.id == Patient.person_id)
        .order_by(Receipt.received_on, Receipt.id)
    )
    return tuple(
        HeldReceipt(
            r.id,
            r.number,
            r.received_on,
            r.kind,
            r.method,
            payer or (f"{last}, {first}" if last else ""),
            r.amount,
            amount,
        )
        for r, amount, payer, last, first in rows
    )


def unapplied_table(work: Work, period: Period) -> ReportTable:
    """Money held, receipt by receipt."""
    rows = unapplied(work, period.last)
    return ReportTable(
        "Unapplied money",
        f"Received and neither applied nor refunded · as of {long_day(period.last)}",
        (
            Column("receipt", "Receipt", width=8),
            Column("on", "Received", "date"),
            Column("kind", "Of", width=10),
            Column("payer", "From", width=24),
            Column("method", "Method", width=10),
            Column("amount", "Received", "money"),
            Column("held", "Unapplied", "money"),
        ),
        tuple(
            (r.number, r.received_on, r.kind, r.payer, METHODS[r.method], r.amount, r.held)
            for r in rows
        ),
        ("", None, "", "Total", "", total(r.amount for r in rows), total(r.held for r in rows)),
    )


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim on which something is still expected; `owed` is what its payer owes now."""

    id: int
    control_number: str
    payer: str
    patient: str
    state: ClaimState
    service_on: dt.date
    sent_on: dt.date | None
    file_by: dt.date | None
    charge: Money
    owed: Money


@needs(Permission.VIEW)
def open_claims(work: Work) -> tuple[OpenClaim, ...]:
    """Claims that are not settled, by payer and date of service."""
    owed = (
        select(ClaimLine.claim_id, func.sum(OpenItem.amount).label("amount"))
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(
            OpenItem,
            (OpenItem.charge_line_id == ClaimLine.charge_line_id) & (OpenItem.party == Claim.rank),
        )
        .where(Claim.state.in_(OPEN))
        .group_by(ClaimLine.claim_id)
        .subquery()
    )
    rows = work.session.execute(
        select(Claim, owed.c.amount, Payer.name, Person.last, Person.first)
        .join(Payer, Payer.id == Claim.payer_id)
        .join(Patient, Patient.id == Claim.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .outerjoin(owed, owed.c.claim_id == Claim.id)
        .where(Claim.state.in_(OPEN))
        .order_by(Payer.name, Claim.service_on, Claim.id)
    )
    return tuple(
        OpenClaim(
            c.id,
            c.control_number,
            payer,
            f"{last}, {first}",
            c.state,
            c.service_on,
            c.sent_on,
            c.file_by,
            c.charge,
            amount or ZERO,
        )
        for c, amount, payer, last, first in rows
    )


def open_claims_table(work: Work, _period: Period) -> ReportTable:
    """Open claims as a table, with the days since each was sent (as claims stand now)."""
    today = work.clock.today()
    rows = open_claims(work)
    return ReportTable(
        "Open claims",
        f"As they stand on {long_day(today)}",
        (
            Column("claim", "Claim", width=9),
            Column("payer", "Payer", width=18),
            Column("patient", "Patient", width=18),
            Column("state", "State", width=9),
            Column("service_on", "Service", "date"),
            Column("sent_on", "Sent", "date"),
            Column("days", "Days", "count"),
            Column("file_by", "File by", "date"),
            Column("charge", "Charge", "money"),
            Column("owed", "Open", "money"),
        ),
        tuple(
            (
                c.control_number,
                c.payer,
                c.patient,
                c.state.value,
                c.service_on,
                c.sent_on,
                None if c.sent_on is None else (today - c.sent_on).days,
                c.file_by,
                c.charge,
                c.owed,
            )
            for c in rows
        ),
        (
            "",
            "Total",
            "",
            "",
            None,
            None,
            None,
            None,
            total(c.charge for c in rows),
            total(c.owed for c in rows),
        ),
    )
