"""People: patients, guarantors and subscribers are persons; coverage ties them to payers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desktop.models.base import CLUSTERED, Base, choice
from desktop.models.values.enums import Relationship, Sex
from desktop.models.values.money import Money


class Person(Base):
    """Anybody with a name: a patient, a guarantor, a subscriber, or all three."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_duplicate", "last_folded", "birth_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[str]
    first: Mapped[str]
    middle: Mapped[str] = mapped_column(default="")
    suffix: Mapped[str] = mapped_column(default="")
    last_folded: Mapped[str] = mapped_column(default="")
    birth_on: Mapped[dt.date | None]
    sex: Mapped[Sex] = choice("sex", Sex, default=Sex.UNKNOWN)
    ssn: Mapped[str] = mapped_column(default="")
    line1: Mapped[str] = mapped_column(default="")
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zip_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")


class Patient(Base):
    """Somebody who is treated; `guarantor` is the person who receives the statements."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("account_number"),
        UniqueConstraint("person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_number: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    guarantor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    may_not_bill: Mapped[bool] = mapped_column(default=False)
    may_not_bill_reason: Mapped[str] = mapped_column(default="")
    signature_on: Mapped[dt.date | None]
    alert: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[str]
    version: Mapped[int] = mapped_column()

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    guarantor: Mapped[Person] = relationship(foreign_keys=[guarantor_id])

    __mapper_args__ = {"version_id_col": version}


class PatientKey(Base):
    """One folded word by which a patient is found: name part, birth date, phone, account."""

    __tablename__ = "patient_key"
    # Clustered, so the index by patient carries the key too, so that several words intersect
    # without touching the table.
    __table_args__ = (
        Index("ix_patient_key_patient_id", "patient_id"),
        {"info": CLUSTERED},
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)


class Coverage(Base):
    """A patient's insurance: payer, subscriber, coordination rank, and its dates (inclusive)."""

    __tablename__ = "coverage"
    __table_args__ = (
        CheckConstraint("rank BETWEEN 1 AND 3", name="rank"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"), index=True)
    rank: Mapped[int]
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relationship_: Mapped[Relationship] = choice(
        "relationship", Relationship, default=Relationship.SELF
    )
    member_id: Mapped[str]
    group_number: Mapped[str] = mapped_column(default="")
    plan_name: Mapped[str] = mapped_column(default="")
    insurance_type: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    copay: Mapped[Money | None]
    may_not_bill_patient: Mapped[bool] = mapped_column(default=False)
    benefits_assigned: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    subscriber: Mapped[Person] = relationship(foreign_keys=[subscriber_id])

    __mapper_args__ = {"version_id_col": version}
