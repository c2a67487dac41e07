"""The day sheet: what moved, entry by entry, between the A/R of its morning and its evening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry, Leg
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, EntryKind, ReceiptMethod
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.tables import Column, ReportTable, Value
from desktop.services.money import ledger
from desktop.services.reports.values import Period, long_day

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.money.ledger import PeriodTotals

MONEY_IN: Final = (Account.CASH, Account.PAYER_ACCOUNT, Account.INTEREST)
METHODS: Final = {
    ReceiptMethod.CASH: "Cash",
    ReceiptMethod.CHECK: "Check",
    ReceiptMethod.CARD: "Card",
    ReceiptMethod.EFT: "Electronic transfer",
    ReceiptMethod.NONE: "No money moved",
}


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
            _of(*MONEY_IN).label("money_in"),
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
