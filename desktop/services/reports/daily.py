"""The day sheet and the deposit list: what moved, entry by entry, and what went to the bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, case, func, or_, select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry, Leg
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, EntryKind, ReceiptMethod
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.tables import Column, ReportTable, Value
from desktop.services.money import ledger
from desktop.services.reports.values import Period, long_day, said

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.money.ledger import PeriodTotals

_MONEY_IN: Final = (Account.CASH, Account.PAYER_ACCOUNT, Account.INTEREST)
METHODS: Final = {
    ReceiptMethod.CASH: "Cash",
    ReceiptMethod.CHECK: "Check",
    ReceiptMethod.CARD: "Card",
    ReceiptMethod.EFT: "Electronic transfer",
    ReceiptMethod.NONE: "No money moved",
}
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
class DayEntry:
    """One ledger entry that changed A/R on the day."""

    id: int
    what: str
    patient: str
    account: str
    detail: str
    method: ReceiptMethod | None
    charge: Money
    payment: Money
    adjustment: Money
    refund: Money

    @property
    def change(self) -> Money:
        """What it did to A/R."""
        return self.charge - self.payment - self.adjustment + self.refund


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A day's entries between its opening and closing A/R."""

    on: dt.date
    totals: PeriodTotals
    entries: tuple[DayEntry, ...]
    payments_by_method: tuple[tuple[ReceiptMethod, Money], ...]


@needs(Permission.VIEW)
def day_sheet(work: Work, on: dt.date) -> DaySheet:
    """The entries of one accounting day; those that only move money about are left out."""
    entries = _day_entries(work, on)
    by_method: dict[ReceiptMethod, Money] = {}
    for e in entries:
        if e.payment:
            method = e.method or ReceiptMethod.NONE
            by_method[method] = by_method.get(method, ZERO) + e.payment
    return DaySheet(
        on,
        ledger.period_totals(work, on, on),
        entries,
        tuple((m, by_method[m]) for m in ReceiptMethod if by_method.get(m)),
    )


def _of(*accounts: Account) -> ColumnElement[Any]:
    return func.sum(Leg.amount).filter(Leg.account.in_(accounts))


def _day_entries(work: Work, on: dt.date) -> tuple[DayEntry, ...]:
    sums = (
        select(
            Leg.entry_id,
            _of(Account.REVENUE).label("revenue"),
            _of(*_MONEY_IN).label("money_in"),
            _of(Account.ADJUSTMENT).label("adjusted"),
            _of(Account.REFUND).label("refunded"),
            func.max(Leg.charge_line_id).label("line_id"),
        )
        .join(Entry, Entry.id == Leg.entry_id)
        .where(Entry.accounting_on == on)
        .group_by(Leg.entry_id)
        .subquery()
    )
    undone = aliased(Entry)
    rows = work.session.execute(
        select(
            Entry.id,
            Entry.kind,
            Entry.memo,
            undone.kind.label("undone"),
            sums.c.revenue,
            sums.c.money_in,
            sums.c.adjusted,
            sums.c.refunded,
            ChargeLine.procedure,
            Receipt.number,
            Receipt.method,
            Receipt.reference,
            Payer.name.label("payer"),
            Patient.account_number,
            Person.last,
            Person.first,
        )
        .join(sums, sums.c.entry_id == Entry.id)
        .outerjoin(undone, undone.id == Entry.reverses_id)
        .outerjoin(ChargeLine, ChargeLine.id == sums.c.line_id)
        .outerjoin(Receipt, Receipt.id == Entry.receipt_id)
        .outerjoin(Payer, Payer.id == Receipt.payer_id)
        .outerjoin(Patient, Patient.id == func.coalesce(ChargeLine.patient_id, Receipt.patient_id))
        .outerjoin(Person, Person.id == Patient.person_id)
        .order_by(Entry.id)
    )
    found = (_day_entry(row) for row in rows)
    return tuple(e for e in found if e.charge or e.payment or e.adjustment or e.refund)


_WORDS: Final = {
    EntryKind.CHARGE: "Charge",
    EntryKind.RECEIPT: "Patient payment",
    EntryKind.REMITTANCE: "Payer payment",
    EntryKind.REMITTANCE_LINE: "Payer adjustment",
    EntryKind.ADJUSTMENT: "Write-off",
    EntryKind.REFUND: "Refund",
    EntryKind.APPLY: "Payment applied",
    EntryKind.TRANSFER: "Transfer",
    EntryKind.REVERSAL: "Reversal",
}


def _day_entry(row: Row[*tuple[Any, ...]]) -> DayEntry:
    what = _WORDS[row.kind]
    if row.kind is EntryKind.REVERSAL and row.undone is not None:
        what = f"Reversal: {_WORDS[row.undone].lower()}"
    detail = [row.procedure or "", row.number or "", row.reference or ""]
    # The memo of a payer's payment only repeats its name and trace.
    if row.memo and row.kind is not EntryKind.REMITTANCE:
        detail.append(row.memo)
    name = f"{row.last}, {row.first}" if row.last else (row.payer or "")
    return DayEntry(
        row.id,
        what,
        name,
        row.account_number or "",
        " · ".join(d for d in dict.fromkeys(detail) if d),
        row.method,
        -(row.revenue or ZERO),
        row.money_in or ZERO,
        row.adjusted or ZERO,
        -(row.refunded or ZERO),
    )


def day_table(work: Work, period: Period) -> ReportTable:
    """The day sheet as a table: opening A/R, each entry, payments by method, closing A/R."""
    sheet = day_sheet(work, period.last)
    columns = (
        Column("entry", "Entry", "count"),
        Column("what", "What", width=13),
        Column("patient", "Patient or payer", width=16),
        Column("account", "Account", width=8),
        Column("detail", "Detail", width=20),
        Column("charge", "Charges", "money"),
        Column("payment", "Payments", "money"),
        Column("adjustment", "Adjustments", "money"),
        Column("refund", "Refunds", "money"),
        Column("ar", "A/R", "money"),
    )
    blank: tuple[Value, ...] = ("", "", "")
    none: tuple[Value, ...] = (None, None, None)
    t = sheet.totals
    rows: list[tuple[Value, ...]] = [(None, "Opening A/R", *blank, *none, None, t.opening_ar)]
    rows += [
        (
            e.id,
            e.what,
            e.patient,
            e.account,
            e.detail,
            e.charge or None,
            e.payment or None,
            e.adjustment or None,
            e.refund or None,
            e.change,
        )
        for e in sheet.entries
    ]
    start = len(rows)
    rows += [
        (None, f"Payments: {METHODS[m].lower()}", *blank, None, amount, None, None, None)
        for m, amount in sheet.payments_by_method
    ]
    totals = (t.charges, t.payments, t.adjustments, t.refunds, t.closing_ar)
    return ReportTable(
        "Day sheet",
        f"{long_day(sheet.on)} · charges − payments − adjustments + refunds change A/R",
        columns,
        tuple(rows),
        (None, "Closing A/R", *blank, *totals),
        frozenset(range(start, len(rows))),
    )


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
        .where(other.entry_id == Entry.id, other.account.in_(_MONEY_IN))
        .correlate(Entry)
        .exists()
    )
    query = (
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
    rows: list[DepositRow] = []
    seen = 0
    for r in work.session.execute(query):
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


def net_of(rows: Sequence[DepositRow], receipt_id: int) -> Money:
    """What one receipt brought to the bank."""
    return total(r.amount for r in rows if r.receipt_id == receipt_id)
