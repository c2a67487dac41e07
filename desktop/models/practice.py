"""The practice itself: its settings, users, places, providers, payers and fees."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, choice
from desktop.models.values.enums import FilingCode, Role, TaxIdKind
from desktop.models.values.money import Money


class Practice(Base):
    """The one practice of the file (id 1) and its settings."""

    __tablename__ = "practice"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    sample_today: Mapped[dt.date | None]
    billing_provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    default_location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    default_rendering_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    standard_schedule_id: Mapped[int | None] = mapped_column(ForeignKey("fee_schedule.id"))
    outbox_folder: Mapped[str] = mapped_column(default="")
    submitter_id: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    receiver_id: Mapped[str] = mapped_column(default="")
    receiver_name: Mapped[str] = mapped_column(default="")
    usage: Mapped[str] = mapped_column(default="P")
    idle_minutes: Mapped[int] = mapped_column(default=10)
    statement_days: Mapped[int] = mapped_column(default=28)
    statement_minimum: Mapped[Money] = mapped_column(default=Money(500))
    statement_message: Mapped[str] = mapped_column(default="")
    pay_instructions: Mapped[str] = mapped_column(default="")
    created_at: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class User(Base):
    """Somebody who may open the practice; the password lives in the key slots only."""

    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    full_name: Mapped[str] = mapped_column(default="")
    role: Mapped[Role] = choice("role", Role)
    is_active: Mapped[bool] = mapped_column(default=True)


class Location(Base):
    """A place of service (2310C; item 32)."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    place: Mapped[str] = mapped_column(default="11")
    npi: Mapped[str] = mapped_column(default="")
    clia: Mapped[str] = mapped_column(default="")
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zip_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Provider(Base):
    """Who bills (2010AA), renders (2310B) or refers (2310A); one row may do several."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_person: Mapped[bool] = mapped_column(default=True)
    last: Mapped[str]
    first: Mapped[str] = mapped_column(default="")
    middle: Mapped[str] = mapped_column(default="")
    suffix: Mapped[str] = mapped_column(default="")
    credential: Mapped[str] = mapped_column(default="")
    npi: Mapped[str] = mapped_column(default="")
    taxonomy: Mapped[str] = mapped_column(default="")
    tax_id: Mapped[str] = mapped_column(default="")
    tax_id_kind: Mapped[TaxIdKind] = choice("tax_id_kind", TaxIdKind, default=TaxIdKind.EIN)
    is_billing: Mapped[bool] = mapped_column(default=False)
    is_rendering: Mapped[bool] = mapped_column(default=False)
    is_referring: Mapped[bool] = mapped_column(default=False)
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zip_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    pay_to_line1: Mapped[str] = mapped_column(default="")
    pay_to_line2: Mapped[str] = mapped_column(default="")
    pay_to_city: Mapped[str] = mapped_column(default="")
    pay_to_state: Mapped[str] = mapped_column(default="")
    pay_to_zip: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Payer(Base):
    """An insurance payer with its claim settings and filing limits (days; 0 = none known).

    A filing limit starts at the service date; the secondary one at the primary's answer
    when `secondary_starts_at_answer` (Medicare: always the service date).
    """

    __tablename__ = "payer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    electronic_id: Mapped[str] = mapped_column(default="")
    filing_code: Mapped[FilingCode] = choice("filing_code", FilingCode)
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zip_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    fee_schedule_id: Mapped[int | None] = mapped_column(ForeignKey("fee_schedule.id"))
    on_paper: Mapped[bool] = mapped_column(default=False)
    accept_assignment: Mapped[bool] = mapped_column(default=True)
    send_patient_paid: Mapped[bool] = mapped_column(default=False)
    send_facility_always: Mapped[bool] = mapped_column(default=False)
    send_rendering_taxonomy: Mapped[bool] = mapped_column(default=True)
    corrects_as_original: Mapped[bool] = mapped_column(default=False)
    may_not_bill_patient: Mapped[bool] = mapped_column(default=False)
    days_original: Mapped[int] = mapped_column(default=0)
    days_corrected: Mapped[int] = mapped_column(default=0)
    days_secondary: Mapped[int] = mapped_column(default=0)
    days_appeal: Mapped[int] = mapped_column(default=0)
    secondary_starts_at_answer: Mapped[bool] = mapped_column(default=True)
    is_training: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class PayerIdentifier(Base):
    """A further id by which a payer names itself in an 835 (TRN03, REF*2U, N104)."""

    __tablename__ = "payer_identifier"
    __table_args__ = (UniqueConstraint("identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    identifier: Mapped[str]


class FeeSchedule(Base):
    """A named list of the practice's own charges."""

    __tablename__ = "fee_schedule"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Fee(Base):
    """The charge for a procedure, with or without a modifier, from a date on."""

    __tablename__ = "fee"
    __table_args__ = (
        UniqueConstraint("schedule_id", "code", "modifier", "valid_from"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("fee_schedule.id"))
    code: Mapped[str]
    modifier: Mapped[str] = mapped_column(default="")
    amount: Mapped[Money]
    valid_from: Mapped[dt.date]


class Procedure(Base):
    """A service of the practice's own list, described in its own words."""

    __tablename__ = "procedure"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    modifiers: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    needs_clia: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class CodeUse(Base):
    """How often this practice used a code, and whether it is a favourite (type-ahead order)."""

    __tablename__ = "code_use"

    system: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    uses: Mapped[int] = mapped_column(default=0)
    is_favourite: Mapped[bool] = mapped_column(default=False)


class CodeLicence(Base):
    """That the practice holds a licence for a code set whose owner asks for one (CPT)."""

    __tablename__ = "code_licence"

    system: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[str]


class Counter(Base):
    """A number that is never given twice: ISA13, GS06, CLM01, receipts, accounts."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class AdjustmentRule(Base):
    """What an adjustment does, per payer (none = all payers): see the adjustments table."""

    __tablename__ = "adjustment_rule"
    __table_args__ = (
        Index(
            "uq_adjustment_rule_key",
            "payer_key",
            "group_code",
            "reason",
            unique=True,
        ),
        CheckConstraint("action IN ('write off', 'patient', 'hold', 'information')", name="action"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payer_key: Mapped[int] = mapped_column(default=0)
    group_code: Mapped[str]
    reason: Mapped[str]
    action: Mapped[str]
