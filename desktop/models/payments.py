"""Receipts, remittances as they were read, and statements as they were issued."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, choice
from desktop.models.values.enums import ReceiptMethod
from desktop.models.values.money import Money


class Receipt(Base):
    """Money received from a patient, or for claims of one remittance.

    For a remittance `amount` is what was paid for claims (the sum of CLP04); its deposit is
    that less the provider adjustments. What is applied, unapplied and refunded is in the
    ledger: amount = applied + unapplied + refunded. A void is the reversal of its entries.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint("kind IN ('patient', 'insurance')", name="kind"),
        UniqueConstraint("number"),
        UniqueConstraint("entry_key"),
        Index("ix_receipt_received", "received_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    kind: Mapped[str]
    method: Mapped[ReceiptMethod] = choice("method", ReceiptMethod)
    reference: Mapped[str] = mapped_column(default="")
    amount: Mapped[Money]
    received_on: Mapped[dt.date]
    deposit_on: Mapped[dt.date | None]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    is_copay: Mapped[bool] = mapped_column(default=False)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    remittance_id: Mapped[int | None] = mapped_column(ForeignKey("remittance.id"), index=True)
    memo: Mapped[str] = mapped_column(default="")
    voided_on: Mapped[dt.date | None]
    void_reason: Mapped[str] = mapped_column(default="")
    # One entry form gives one receipt, however often its button is pressed.
    entry_key: Mapped[str | None]
    created_at: Mapped[str]


class Remittance(Base):
    """One payment of a payer (an 835 ST, or a paper EOB entered by hand).

    `trace_key` (payer id, trace, date, amount) is unique among those that are not un-posted
    or discarded: the same payment posts once, whatever its file is called.
    """

    __tablename__ = "remittance"
    __table_args__ = (
        CheckConstraint(
            "state IN ('held', 'staged', 'posted', 'unposted', 'discarded')", name="state"
        ),
        CheckConstraint("kind IN ('835', 'eob')", name="kind"),
        Index("ix_remittance_trace", "trace_key"),
        Index("ix_remittance_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    payer_name: Mapped[str]
    payer_identifier: Mapped[str]
    trace: Mapped[str]
    trace_key: Mapped[str]
    set_hash: Mapped[str] = mapped_column(index=True)
    method: Mapped[str]
    handling: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[dt.date | None]
    amount: Mapped[Money]
    claims_paid: Mapped[Money]
    # What this set brings in cash: claims paid less provider adjustments. It is `amount`
    # unless the payment came in parts.
    deposit: Mapped[Money]
    difference: Mapped[Money]
    held_reason: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    document_sha: Mapped[str | None]
    set_control: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    read_at: Mapped[str]
    posted_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class RemittanceClaim(Base):
    """One CLP of a remittance and what it was matched to."""

    __tablename__ = "remittance_claim"
    __table_args__ = (
        UniqueConstraint("remittance_id", "position"),
        CheckConstraint(
            "state IN ('matched', 'unmatched', 'held', 'posted', 'unapplied', 'information')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    remittance_id: Mapped[int] = mapped_column(ForeignKey("remittance.id"))
    position: Mapped[int]
    control_number: Mapped[str]
    status: Mapped[str]
    charge: Mapped[Money]
    paid: Mapped[Money]
    patient_responsibility: Mapped[Money | None]
    payer_claim_number: Mapped[str] = mapped_column(index=True)
    patient_name: Mapped[str]
    member_id: Mapped[str] = mapped_column(default="")
    service_on: Mapped[dt.date | None]
    state: Mapped[str]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), index=True)
    rank: Mapped[int | None]
    matched_by: Mapped[str] = mapped_column(default="")
    crossover_to: Mapped[str] = mapped_column(default="")
    other_claim_number: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    # The earlier claim payment that a reversal (CLP02 22) takes back.
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("remittance_claim.id"))
    # Claim-level reasons, or no lines at all: the proposed split waits for a person.
    needs_split: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")


class RemittanceLine(Base):
    """One SVC of a remittance claim (or the split of a claim without lines)."""

    __tablename__ = "remittance_line"
    __table_args__ = (UniqueConstraint("remittance_claim_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    remittance_claim_id: Mapped[int] = mapped_column(ForeignKey("remittance_claim.id"))
    position: Mapped[int]
    code: Mapped[str]
    modifiers: Mapped[str] = mapped_column(default="")
    charge: Mapped[Money]
    paid: Mapped[Money]
    allowed: Mapped[Money | None]
    units: Mapped[Decimal | None]
    service_on: Mapped[dt.date | None]
    line_number: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    charge_line_id: Mapped[int | None] = mapped_column(ForeignKey("charge_line.id"), index=True)
    matched_by: Mapped[str] = mapped_column(default="")


class RemittanceAdjustment(Base):
    """One reason of a claim (line none) or of a line, and what the posting did with it."""

    __tablename__ = "remittance_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    remittance_claim_id: Mapped[int] = mapped_column(ForeignKey("remittance_claim.id"), index=True)
    remittance_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("remittance_line.id"), index=True
    )
    group_code: Mapped[str]
    reason: Mapped[str]
    amount: Mapped[Money]
    quantity: Mapped[Decimal | None]
    action: Mapped[str]


class ProviderAdjustmentRow(Base):
    """One code and amount of a PLB: positive lowers the payment."""

    __tablename__ = "provider_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    remittance_id: Mapped[int] = mapped_column(ForeignKey("remittance.id"), index=True)
    code: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    amount: Mapped[Money]
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))


class StatementRun(Base):
    """One run of statements: who was in, who was out and why (JSON)."""

    __tablename__ = "statement_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_on: Mapped[dt.date]
    run_at: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    count: Mapped[int]
    amount: Mapped[Money]
    document_sha: Mapped[str | None]
    outcome: Mapped[str]


class Statement(Base):
    """A statement as it was issued to a guarantor; `content` is what it said (JSON)."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_statement_guarantor", "guarantor_id", "issued_on"),
        Index("ix_statement_issued", "issued_on", "voided_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("statement_run.id"))
    guarantor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_on: Mapped[dt.date]
    amount: Mapped[Money]
    document_sha: Mapped[str]
    content: Mapped[str]
    voided_on: Mapped[dt.date | None]
