"""The deposit list: what went to the bank, by method, receipt by receipt, with what it was for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, or_, select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry, Leg
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, EntryKind, ReceiptMethod
from desktop.models.values.money import Money, total
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.tables import Column, ReportTable, Value
from desktop.services.reports.daily import METHODS, MONEY_IN
from desktop.services.reports.values import Period, said

if TYPE_CHECKING:
    import datetime as dt

# PLB03-1, in our own words; the code stands behind.
_ADJUSTMENTS: Final = {
    "L6": "Interest",
    "WO": "Recoupment of an overpayment",
    "FB": "Forward balance",
    "LE": "Levy",
    "72": "Refund recorded by the payer",
    "CS": "Other adjustment",
    "AP": "Acceleration of benefits",
    "J1": "Not covered",
    "B2": "Rebate",
    "90": "Early payment allowance",
    "50": "Late charge",
    "51": "Interest penalty",
    "IR": "Tax withheld",
    "L3": "Penalty",
}


def adjustment_name(code: str | None) -> str:
    """A provider adjustment in words, with its code."""
    return f"{_ADJUSTMENTS.get(code or '', 'Other adjustment')} ({code})" if code else "Adjustment"


@dataclass(frozen=True, slots=True)
class DepositRow:
    """One named part of a deposit: claim payments, a patient's payment, or an adjustment.

    The amounts of a receipt's rows sum to what came into the bank for it.
    """

    on: dt.date
    receipt_id: int
    number: str
    kind: str
    method: ReceiptMethod
    reference: str
    payer: str
    what: str
    amount: Money
    is_first: bool


@dataclass(frozen=True, slots=True)
class DepositList:
    """The deposits of a period by day and method."""

    period: Period
    rows: tuple[DepositRow, ...]

    @property
    def amount(self) -> Money:
        """Everything that went to the bank."""
        return total(r.amount for r in self.rows)

    def of_method(self, method: ReceiptMethod) -> Money:
        """What came by one method."""
        return total(r.amount for r in self.rows if r.method is method)


@needs(Permission.VIEW)
def deposit_list(work: Work, period: Period) -> DepositList:
    """What was deposited, by deposit date; a void stands on its own day, below zero.

    Each receipt has its own row: two equal payments of one day are two.
    """
    period.check()
    rows: list[DepositRow] = []
    seen = 0
    for r in work.session.execute(_banked(period)):
        is_void = r.kind is EntryKind.REVERSAL
        what = _part(r.account, r.reason, r.side)
        rows.append(
            DepositRow(
                r.day,
                r.receipt_id,
                r.number,
                r.side,
                r.method,
                r.reference,
                r.payer or (f"{r.last}, {r.first}" if r.last else ""),
                f"Void: {what.lower()}" if is_void else what,
                -r.amount,
                r.id != seen,
            )
        )
        seen = r.id
    return DepositList(period, tuple(rows))


def _banked(period: Period) -> Select[*tuple[Any, ...]]:
    """The legs that say what the money of a period was for, by the day on which it counts."""
    banked = func.coalesce(Receipt.deposit_on, Receipt.received_on)
    day = case((Entry.kind == EntryKind.REVERSAL, Entry.accounting_on), else_=banked)
    # Two small sets instead of every receipt there ever was.
    deposited = select(Receipt.id).where(*_within(banked, period))
    reversed_ = select(Entry.receipt_id).where(
        Entry.kind == EntryKind.REVERSAL, *_within(Entry.accounting_on, period)
    )
    other = aliased(Leg)
    money = (
        select(other.entry_id)
        .where(other.entry_id == Entry.id, other.account.in_(MONEY_IN))
        .correlate(Entry)
        .exists()
    )
    return (
        select(
            day.label("day"),
            Entry.id,
            Entry.kind,
            Receipt.id.label("receipt_id"),
            Receipt.number,
            Receipt.kind.label("side"),
            Receipt.method,
            Receipt.reference,
            Payer.name.label("payer"),
            Person.last,
            Person.first,
            Leg.account,
            Leg.reason,
            Leg.amount,
        )
        .join(Leg, Leg.entry_id == Entry.id)
        .join(Receipt, Receipt.id == Entry.receipt_id)
        .outerjoin(Payer, Payer.id == Receipt.payer_id)
        .outerjoin(Patient, Patient.id == Receipt.patient_id)
        .outerjoin(Person, Person.id == Patient.person_id)
        .where(
            or_(Receipt.id.in_(deposited), Receipt.id.in_(reversed_)),
            money,
            Leg.account != Account.CASH,
            *_within(day, period),
        )
        .order_by(day, Receipt.id, Entry.id, Leg.number)
    )


def _within(column: SQLColumnExpression[Any], period: Period) -> list[ColumnElement[bool]]:
    after = [] if period.first is None else [column >= period.first]
    return [column <= period.last, *after]


def _part(account: Account, reason: str | None, side: str) -> str:
    if account is Account.UNAPPLIED:
        return "Claim payments" if side == "insurance" else "Payment"
    return adjustment_name(reason)


def deposit_table(work: Work, period: Period) -> ReportTable:
    """The deposit list as a table, with a subtotal for each method."""
    found = deposit_list(work, period)
    columns = (
        Column("on", "Deposited", "date"),
        Column("receipt", "Receipt", width=8),
        Column("method", "Method", width=10),
        Column("reference", "Reference", width=12),
        Column("payer", "From", width=18),
        Column("what", "What", width=18),
        Column("amount", "Amount", "money"),
    )
    rows: list[tuple[Value, ...]] = []
    sums: list[int] = []
    for method in METHODS:
        mine = [r for r in found.rows if r.method is method]
        rows += [_deposit_row(r) for r in mine]
        if mine:
            sums.append(len(rows))
            name = METHODS[method]
            rows.append((None, "", name, "", "", "Together", total(r.amount for r in mine)))
    return ReportTable(
        "Deposit list",
        f"{said(period)} · claim payments less provider adjustments",
        columns,
        tuple(rows),
        (None, "", "", "", "", "To the bank", found.amount),
        frozenset(sums),
    )


def _deposit_row(r: DepositRow) -> tuple[Value, ...]:
    return (r.on, r.number, METHODS[r.method], r.reference, r.payer, r.what, r.amount)
