"""The append-only double-entry ledger and what is derived from it: `open_item`, `open_receipt`.

Legs are inserted first, then their entry: the entry's triggers refuse a sum that is not
zero and bring both derived tables up to date; later legs are refused. Rows never change.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, Table, event, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, choice
from desktop.models.values.enums import Account, EntryKind, Party
from desktop.models.values.money import Money


class Entry(Base):
    """One ledger entry; `hash` chains it to the one before (see `desktop.services.money.ledger`)."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_accounting", "accounting_on"),
        Index("ix_entry_remittance", "remittance_id"),
        {"sqlite_strict": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[EntryKind] = choice("kind", EntryKind)
    accounting_on: Mapped[dt.date]
    recorded_at: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    memo: Mapped[str] = mapped_column(default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), index=True)
    remittance_id: Mapped[int | None] = mapped_column(ForeignKey("remittance.id"))
    remittance_claim_id: Mapped[int | None] = mapped_column(
        ForeignKey("remittance_claim.id"), index=True
    )
    remittance_line_id: Mapped[int | None] = mapped_column(ForeignKey("remittance_line.id"))
    previous_hash: Mapped[str]
    hash: Mapped[str]


class Leg(Base):
    """One leg: positive debits the account, negative credits it (cents).

    A RECEIVABLE leg names the charge line, the party and, for a payer's party, the payer.
    An UNAPPLIED leg names its receipt. An ADJUSTMENT leg names group and reason.
    """

    __tablename__ = "leg"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint(
            "account <> 'receivable' OR (charge_line_id IS NOT NULL AND party IS NOT NULL)",
            name="receivable",
        ),
        CheckConstraint("account <> 'unapplied' OR receipt_id IS NOT NULL", name="unapplied"),
        CheckConstraint("party IS NULL OR party = 0 OR payer_id IS NOT NULL", name="payer"),
        Index("ix_leg_charge_line", "charge_line_id"),
        Index("ix_leg_receipt", "receipt_id", "account", "amount"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("entry.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[Account] = choice("account", Account)
    amount: Mapped[Money]
    charge_line_id: Mapped[int | None] = mapped_column(ForeignKey("charge_line.id"))
    party: Mapped[Party | None] = choice("party", Party, nullable=True)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    group_code: Mapped[str | None]
    reason: Mapped[str | None]


class OpenItem(Base):
    """What a party owes on a charge line now; kept by trigger, rebuilt and compared by doctor.

    `since` is the accounting date on which the amount last left zero: the day the balance
    became this party's, from which a patient's balance ages.
    """

    __tablename__ = "open_item"
    __table_args__ = (
        Index(
            "ix_open_item_aging",
            "party",
            "payer_id",
            "service_on",
            "amount",
            sqlite_where=text("amount <> 0"),
        ),
        # Covering: statements and the patients' aging read it alone, patient after patient.
        Index(
            "ix_open_item_patient",
            "patient_id",
            "party",
            "since",
            "amount",
            sqlite_where=text("amount <> 0"),
        ),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )

    charge_line_id: Mapped[int] = mapped_column(ForeignKey("charge_line.id"), primary_key=True)
    party: Mapped[Party] = choice("party", Party, primary_key=True)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    service_on: Mapped[dt.date]
    since: Mapped[dt.date]
    amount: Mapped[Money]


class OpenReceipt(Base):
    """What a receipt still holds, neither applied nor refunded; kept by trigger like `open_item`.

    `amount` is positive for money held: the receipt's UNAPPLIED legs with their sign turned.
    """

    __tablename__ = "open_receipt"
    __table_args__ = (
        # With the rowid it has all there is, so that years of spent receipts are never read.
        Index("ix_open_receipt_amount", "amount", sqlite_where=text("amount <> 0")),
        {"sqlite_strict": True},
    )

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    amount: Mapped[Money]


class Closing(Base):
    """A closed day or month: entries dated on or before `through` are refused. Append-only."""

    __tablename__ = "closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    through: Mapped[dt.date] = mapped_column(index=True)
    kind: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[str]
    head_entry_id: Mapped[int]
    head_hash: Mapped[str]


class AuditRow(Base):
    """Who did what to which record, chained by hash. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_record", "kind", "record_id"), {"sqlite_strict": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    user_id: Mapped[int]
    action: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[int | None]
    detail: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


def _after_create(table: object, statement: str) -> None:
    assert isinstance(table, Table)  # noqa: S101 - narrows the type
    event.listen(table, "after_create", DDL(statement))  # type: ignore[no-untyped-call]


def append_only(table: object, what: str) -> None:
    """Attach triggers that refuse UPDATE and DELETE on a table."""
    assert isinstance(table, Table)  # noqa: S101 - narrows the type
    for verb in ("UPDATE", "DELETE"):
        _after_create(
            table,
            f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} BEGIN "
            f"SELECT RAISE(ABORT, '{what} is never changed or deleted'); END",
        )


append_only(Entry.__table__, "a ledger entry")
append_only(Leg.__table__, "a ledger entry")
append_only(Closing.__table__, "a closing")
append_only(AuditRow.__table__, "the audit")

_after_create(
    Leg.__table__,
    "CREATE TRIGGER leg_before_entry BEFORE INSERT ON leg "
    "WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.entry_id) BEGIN "
    "SELECT RAISE(ABORT, 'a posted entry takes no further legs'); END",
)
_after_create(
    Entry.__table__,
    "CREATE TRIGGER entry_balanced BEFORE INSERT ON entry BEGIN "
    "SELECT RAISE(ABORT, 'an entry needs at least two legs that sum to zero') "
    "WHERE (SELECT count(*) < 2 OR sum(amount) <> 0 FROM leg WHERE entry_id = NEW.id); "
    "SELECT RAISE(ABORT, 'the period of this accounting date is closed') "
    "WHERE NEW.accounting_on <= (SELECT max(through) FROM closing); END",
)
_after_create(
    Entry.__table__,
    "CREATE TRIGGER entry_open_items AFTER INSERT ON entry BEGIN "
    "INSERT INTO open_item (charge_line_id, party, payer_id, patient_id, service_on, since, amount) "
    "SELECT leg.charge_line_id, leg.party, max(leg.payer_id), charge_line.patient_id, "
    "charge_line.service_on, NEW.accounting_on, sum(leg.amount) "
    "FROM leg JOIN charge_line ON charge_line.id = leg.charge_line_id "
    "WHERE leg.entry_id = NEW.id AND leg.account = 'receivable' "
    "GROUP BY leg.charge_line_id, leg.party HAVING sum(leg.amount) <> 0 "
    "ON CONFLICT (charge_line_id, party) DO UPDATE SET amount = amount + excluded.amount, "
    "payer_id = excluded.payer_id, "
    "since = CASE WHEN amount = 0 THEN excluded.since ELSE since END; END",
)
_after_create(
    Entry.__table__,
    "CREATE TRIGGER entry_open_receipts AFTER INSERT ON entry BEGIN "
    "INSERT INTO open_receipt (receipt_id, amount) "
    "SELECT receipt_id, -sum(amount) FROM leg "
    "WHERE entry_id = NEW.id AND account = 'unapplied' "
    "GROUP BY receipt_id HAVING sum(amount) <> 0 "
    "ON CONFLICT (receipt_id) DO UPDATE SET amount = amount + excluded.amount; END",
)
