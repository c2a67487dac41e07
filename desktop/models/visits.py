"""Visits with their diagnoses and charge lines; codes and titles are copied, never referred to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desktop.models.base import Base, choice
from desktop.models.values.enums import VisitState
from desktop.models.values.money import Money


class Visit(Base):
    """An encounter. Its charges enter the ledger when it is posted."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_patient_service", "patient_id", "service_on"),
        Index("ix_visit_state_service", "state", "service_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    service_on: Mapped[dt.date]
    state: Mapped[VisitState] = choice("state", VisitState, default=VisitState.DRAFT)
    place: Mapped[str] = mapped_column(default="11")
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    billing_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    rendering_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    referring_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    referring_qualifier: Mapped[str] = mapped_column(default="DN")
    prior_authorization: Mapped[str] = mapped_column(default="")
    referral_number: Mapped[str] = mapped_column(default="")
    related_causes: Mapped[str] = mapped_column(default="")
    accident_state: Mapped[str] = mapped_column(default="")
    accident_on: Mapped[dt.date | None]
    onset_on: Mapped[dt.date | None]
    onset_qualifier: Mapped[str] = mapped_column(default="431")
    admitted_on: Mapped[dt.date | None]
    discharged_on: Mapped[dt.date | None]
    property_casualty_number: Mapped[str] = mapped_column(default="")
    claim_note: Mapped[str] = mapped_column(default="")
    delay_reason: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[str]
    posted_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column()

    diagnoses: Mapped[list[VisitDiagnosis]] = relationship(
        order_by="VisitDiagnosis.position", cascade="all, delete-orphan"
    )
    lines: Mapped[list[ChargeLine]] = relationship(order_by="ChargeLine.position")
    coverages: Mapped[list[VisitCoverage]] = relationship(
        order_by="VisitCoverage.rank", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class VisitDiagnosis(Base):
    """A diagnosis in its order on the visit; code without dot, title as of the visit."""

    __tablename__ = "visit_diagnosis"
    __table_args__ = (CheckConstraint("position BETWEEN 1 AND 24", name="position"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]


class VisitCoverage(Base):
    """The coverages that apply on the date of service, fixed when the visit is posted."""

    __tablename__ = "visit_coverage"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))


class ChargeLine(Base):
    """One service with its charge. A posted line never changes: it is voided and written anew.

    `modifiers` are joined by one space; `pointers` are 1-based diagnosis positions joined by
    commas, primary first.
    """

    __tablename__ = "charge_line"
    __table_args__ = (
        CheckConstraint("charge >= 0", name="charge"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("state IN ('draft', 'posted', 'void')", name="state"),
        Index("ix_charge_line_patient_service", "patient_id", "service_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    service_on: Mapped[dt.date]
    to_on: Mapped[dt.date]
    place: Mapped[str]
    procedure: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    modifiers: Mapped[str] = mapped_column(default="")
    pointers: Mapped[str] = mapped_column(default="1")
    units: Mapped[Decimal] = mapped_column(default=Decimal(1))
    unit_kind: Mapped[str] = mapped_column(default="UN")
    charge: Mapped[Money]
    emergency: Mapped[bool] = mapped_column(default=False)
    ndc: Mapped[str] = mapped_column(default="")
    ndc_quantity: Mapped[Decimal | None]
    ndc_unit: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    rendering_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))


class FindingPass(Base):
    """A warning that somebody passed, with the reason that was given."""

    __tablename__ = "finding_pass"
    __table_args__ = (UniqueConstraint("visit_id", "rule", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    rule: Mapped[str]
    field: Mapped[str]
    reason: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    passed_at: Mapped[str]
