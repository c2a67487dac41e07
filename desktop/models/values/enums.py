"""Closed lists of the field, one word one meaning. Values are what the database stores."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Sex(StrEnum):
    """Administrative sex as claims carry it (DMG03; items 3 and 11a)."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class Relationship(StrEnum):
    """Of the patient to the subscriber (item 6; SBR02 and PAT01)."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class Party(IntEnum):
    """Who owes an open amount: the patient, or the payer of that coordination rank."""

    PATIENT = 0
    PRIMARY = 1
    SECONDARY = 2
    TERTIARY = 3


class TaxIdKind(StrEnum):
    """REF01 of 2010AA; the two boxes of item 25."""

    EIN = "EI"
    SSN = "SY"


class FilingCode(StrEnum):
    """Claim filing indicator, SBR09, of the payers a small practice meets."""

    MEDICARE_B = "MB"
    MEDICAID = "MC"
    COMMERCIAL = "CI"
    BLUES = "BL"
    HMO = "HM"
    PPO = "12"
    POS_PLAN = "13"
    EPO = "14"
    INDEMNITY = "15"
    MEDICARE_ADVANTAGE = "16"
    TRICARE = "CH"
    CHAMPVA = "VA"
    FECA = "FI"
    WORKERS_COMPENSATION = "WC"
    AUTO = "AM"
    OTHER = "ZZ"


class Frequency(StrEnum):
    """Claim frequency, CLM05-3 and item 22."""

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


class VisitState(StrEnum):
    """A visit's charges are in the ledger from POSTED on."""

    DRAFT = "draft"
    POSTED = "posted"
    VOID = "void"


class ClaimState(StrEnum):
    """The life of a claim; see ARCHITECTURE, “Claim life”."""

    DRAFT = "draft"
    CHECKED = "checked"
    READY = "ready"
    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    PAID = "paid"
    PARTLY_PAID = "partly paid"
    DENIED = "denied"
    CLOSED = "closed"
    VOID = "void"


class Account(StrEnum):
    """Accounts of the ledger. A leg's amount is positive for a debit, negative for a credit.

    Only RECEIVABLE and UNAPPLIED are accounts receivable; see `desktop.services.money.ledger`.
    """

    RECEIVABLE = "receivable"
    UNAPPLIED = "unapplied"
    REVENUE = "revenue"
    ADJUSTMENT = "adjustment"
    CASH = "cash"
    PAYER_ACCOUNT = "payer account"
    INTEREST = "interest"
    REFUND = "refund"


class EntryKind(StrEnum):
    """What a ledger entry records."""

    CHARGE = "charge"
    RECEIPT = "receipt"
    APPLY = "apply"
    REMITTANCE = "remittance"
    REMITTANCE_LINE = "remittance line"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    REFUND = "refund"
    REVERSAL = "reversal"


class ReceiptMethod(StrEnum):
    """How money came. No card number is ever kept: only the terminal's reference."""

    CASH = "cash"
    CHECK = "check"
    CARD = "card"
    EFT = "eft"
    NONE = "none"


class Severity(StrEnum):
    """An ERROR holds the claim; a WARNING passes with a reason that is kept."""

    ERROR = "error"
    WARNING = "warning"


class Role(StrEnum):
    """What a user may do is decided from the role, in services."""

    OWNER = "owner"
    BILLER = "biller"
    FRONT_DESK = "front desk"
    SCHEDULED = "scheduled"


class TaskKind(StrEnum):
    """Why somebody must look."""

    DENIAL = "denial"
    UNMATCHED = "unmatched payment"
    PAYER_ACCOUNT = "payer account"
    REJECTION = "rejection"
    CREDIT = "credit"
    SECONDARY = "secondary claim"
    HELD = "held remittance"
    PATIENT_SHARE = "patient share to review"
