"""Claims, their submissions and everything that happened to them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, choice
from desktop.models.values.enums import ClaimState, Frequency, TaskKind
from desktop.models.values.money import Money


class Claim(Base):
    """A claim to one payer. `record` is the frozen `ClaimRecord` as canonical JSON.

    `control_number` is CLM01 of the newest submission (of the draft until then); all former
    ones stay in `submission_claim`, by which answers are matched.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("rank BETWEEN 1 AND 3", name="rank"),
        Index("ix_claim_visit", "visit_id", "rank"),
        # What counts need, without the long records.
        Index("ix_claim_state", "state", "payer_id", "sent_on", "errors", "charge"),
        Index("ix_claim_sent", "sent_on"),
        Index("ix_claim_answered", "answered_on", "state", "sent_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    rank: Mapped[int]
    part: Mapped[int] = mapped_column(default=1)
    state: Mapped[ClaimState] = choice("state", ClaimState)
    frequency: Mapped[Frequency] = choice("frequency", Frequency, default=Frequency.ORIGINAL)
    control_number: Mapped[str] = mapped_column(unique=True)
    payer_claim_number: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    charge: Mapped[Money]
    service_on: Mapped[dt.date]
    file_by: Mapped[dt.date | None] = mapped_column(index=True)
    sent_on: Mapped[dt.date | None]
    answered_on: Mapped[dt.date | None]
    # What the last check found, so that a list need not check again.
    errors: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    record: Mapped[str]
    created_at: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ClaimLine(Base):
    """Which charge lines a claim carries, in order."""

    __tablename__ = "claim_line"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    charge_line_id: Mapped[int] = mapped_column(ForeignKey("charge_line.id"), index=True)


class ClaimEvent(Base):
    """One event of a claim's life: who, when, what, and from which document. Append-only."""

    __tablename__ = "claim_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    at: Mapped[str]
    on: Mapped[dt.date]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_state: Mapped[str]
    to_state: Mapped[str]
    text: Mapped[str]
    document_sha: Mapped[str | None]
    remittance_id: Mapped[int | None] = mapped_column(ForeignKey("remittance.id"), index=True)


class Submission(Base):
    """One file or print run: its control numbers, its bytes (by hash) and how far it came.

    `queued` is committed together with the control numbers and the bytes; only then the file
    is written to the outbox and the row becomes `sent`.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("kind IN ('837P', 'CMS-1500')", name="kind"),
        CheckConstraint("state IN ('queued', 'sent', 'void')", name="state"),
        UniqueConstraint("file_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    interchange_control: Mapped[int | None] = mapped_column(unique=True)
    group_control: Mapped[int | None] = mapped_column(unique=True)
    file_name: Mapped[str]
    folder: Mapped[str] = mapped_column(default="")
    document_sha: Mapped[str]
    claims: Mapped[int]
    charge: Mapped[Money]
    queued_at: Mapped[str]
    queued_on: Mapped[dt.date]
    sent_at: Mapped[str | None]


class SubmissionClaim(Base):
    """A claim as it went out: its CLM01 of that time, unique for ever, and its ST02."""

    __tablename__ = "submission_claim"

    control_number: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    set_control: Mapped[str] = mapped_column(default="")
    record: Mapped[str]


class Acknowledgment(Base):
    """A 999, TA1 or 277CA that was read; the same bytes are taken once."""

    __tablename__ = "acknowledgment"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    document_sha: Mapped[str]
    set_hash: Mapped[str] = mapped_column(unique=True)
    read_at: Mapped[str]
    accepted: Mapped[int]
    rejected: Mapped[int]
    summary: Mapped[str]


class Task(Base):
    """Something a person must look at, with a deadline."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done')", name="state"),
        Index("ix_task_state_due", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = choice("kind", TaskKind)
    state: Mapped[str] = mapped_column(default="open")
    title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    due_on: Mapped[dt.date | None]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), index=True)
    remittance_id: Mapped[int | None] = mapped_column(ForeignKey("remittance.id"), index=True)
    amount: Mapped[Money | None]
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date | None]
    closed_reason: Mapped[str] = mapped_column(default="")
