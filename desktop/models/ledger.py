"""The append-only double-entry ledger and what is derived from it: `open_item`, `open_receipt`.

Legs are inserted first, then their entry: the entry's triggers refuse a sum that is not
zero and bring both derived tables up to date; later legs are refused. Rows never change. The
triggers are the engine's, see `desktop.services.store.triggers`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import CLUSTERED, Base, choice, only_where
from desktop.models.values.enums import Account, EntryKind, Party
from desktop.models.values.money import Money


class Entry(Base):
    """One ledger entry; `hash` chains it to the one before (see `desktop.services.money.ledger`)."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_accounting", "accounting_on"),
        Index("ix_entry_remittance", "remittance_id"),
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
        {"info": CLUSTERED},
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
            info=only_where("amount <> 0"),
        ),
        # Covering: statements and the patients' aging read it alone, patient after patient.
        Index(
            "ix_open_item_patient",
            "patient_id",
            "party",
            "since",
            "amount",
            info=only_where("amount <> 0"),
        ),
        {"info": CLUSTERED},
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
        # It has all there is, so that years of spent receipts are never read.
        Index("ix_open_receipt_amount", "amount", info=only_where("amount <> 0")),
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
    __table_args__ = (Index("ix_audit_record", "kind", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    user_id: Mapped[int]
    action: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[int | None]
    detail: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]
