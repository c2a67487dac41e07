"""A claim as it was made: everything that its paper form and its 837P say, and nothing else.

One record serves both the CMS-1500 (02/12) and the 837P (005010X222A1), so paper and file
cannot disagree. It is frozen, and it is stored with the claim as canonical JSON: what was
sent last year can be shown again whatever became of the patient since.

Text is kept as entered (mixed case, punctuation); each format folds it by its own rules.
Codes are kept without dots or dashes. Dates are `datetime.date`; money is `Money`.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from desktop.models.values.enums import FilingCode, Frequency, Relationship, Sex, TaxIdKind
from desktop.models.values.money import ZERO, Money

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, or an organization's in `last` with the rest empty."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A US address. `zip_code` has 5 or 9 digits, no dash."""

    line1: str
    city: str
    state: str
    zip_code: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """A provider on a claim (2010AA, 2010AB, 2310A-D, 2420x; items 17, 24J, 31-33).

    Attributes:
        is_person: NM102 is 1 for a person, 2 for an organization.
        taxonomy: PRV03; empty when not to be sent.
        tax_id: 9 digits; only the billing provider's is sent (REF*EI or SY; item 25).
        phone: 10 digits or empty.
        other_ids: (qualifier, value) pairs such as ("0B", licence), ("G2", payer's own number).
    """

    name: Name
    npi: str = ""
    is_person: bool = True
    credential: str = ""
    taxonomy: str = ""
    address: Address | None = None
    tax_id: str = ""
    tax_id_kind: TaxIdKind = TaxIdKind.EIN
    phone: str = ""
    other_ids: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """The patient or a subscriber (2010BA, 2010CA, 2330A; items 2-7, 11a)."""

    name: Name
    birth_on: dt.date | None
    sex: Sex
    address: Address | None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PayerRecord:
    """The payer (2010BB, 2330B; carrier block).

    Attributes:
        electronic_id: NM109 with qualifier PI, from the clearinghouse's list.
        filing_code: SBR09; decides the X of item 1.
    """

    name: str
    electronic_id: str
    filing_code: FilingCode
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class PriorAdjustment:
    """One reason of an earlier payer's 835, repeated unchanged (2320 or 2430 CAS)."""

    group: str
    reason: str
    amount: Money
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriorLine:
    """What an earlier payer did with one line (2430 SVD, CAS, DTP*573)."""

    line_number: int
    paid: Money
    units: Decimal
    adjudicated_on: dt.date
    adjustments: tuple[PriorAdjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class PriorAnswer:
    """An earlier payer's answer for coordination of benefits (2320, 2330B, 2430)."""

    paid: Money
    adjudicated_on: dt.date
    payer_claim_number: str = ""
    remaining: Money | None = None
    adjustments: tuple[PriorAdjustment, ...] = ()
    lines: tuple[PriorLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageRecord:
    """One coverage on the claim: the destination payer's, or another (2000B, 2320; items 9, 11).

    Attributes:
        rank: 1 primary, 2 secondary, 3 tertiary (SBR01 P, S, T).
        insurance_type: SBR05, only when Medicare is not primary (12, 13, 14, 15, 41, 42, 43, 47).
        benefits_assigned: the payer pays the provider (CLM08, OI03; item 13).
        answer: present when this payer has already answered.
    """

    rank: int
    payer: PayerRecord
    member_id: str
    relationship: Relationship
    subscriber: PersonRecord
    group_number: str = ""
    plan_name: str = ""
    insurance_type: str = ""
    benefits_assigned: bool = True
    claim_office_number: str = ""
    answer: PriorAnswer | None = None


@dataclass(frozen=True, slots=True)
class DiagnosisRecord:
    """A diagnosis in order of the claim; `code` without dot."""

    code: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class DrugRecord:
    """A drug on a line (2410 LIN, CTP; shaded half of item 24)."""

    ndc: str
    quantity: Decimal
    unit: str
    prescription_number: str = ""


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A charge line (2400; item 24).

    Attributes:
        number: line item control number, REF*6R: the charge line's own id, echoed in the 835.
        pointers: positions in the claim's diagnoses, from 1, primary first, up to four.
        units: quantity in `unit_kind`: UN (units) or MJ (minutes of anesthesia).
        rendering: only where it differs from the claim's.
    """

    number: int
    from_on: dt.date
    to_on: dt.date
    place: str
    procedure: str
    charge: Money
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = (1,)
    units: Decimal = Decimal(1)
    unit_kind: str = "UN"
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    description: str = ""
    note: str = ""
    drug: DrugRecord | None = None
    clia: str = ""
    rendering: ProviderRecord | None = None
    ordering: ProviderRecord | None = None


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A qualified date (2300 DTP; items 14 and 15): 431 onset, 484 LMP, 439 accident, ..."""

    qualifier: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One claim to one payer: at most 12 diagnoses; at most 6 lines where it goes on paper.

    Attributes:
        control_number: CLM01 and item 26, at most 14 characters, new for every submission.
        coverages: all of the patient's coverages for the date of service, by rank.
        payer_rank: rank of the coverage that this claim is sent to.
        frequency: 7 and 8 need `original_number` (REF*F8, item 22).
        related_causes: of CLM11 and items 10a-c: "EM", "AA", "OA".
        patient_paid: AMT*F5 and item 29, zero where the payer's settings leave it out.
        signature_on_file: patient's signature source (item 12; CLM09 Y).
    """

    control_number: str
    payer_rank: int
    coverages: tuple[CoverageRecord, ...]
    patient: PersonRecord
    billing: ProviderRecord
    diagnoses: tuple[DiagnosisRecord, ...]
    lines: tuple[LineRecord, ...]
    place: str
    frequency: Frequency = Frequency.ORIGINAL
    original_number: str = ""
    rendering: ProviderRecord | None = None
    referring: ProviderRecord | None = None
    referring_qualifier: str = "DN"
    facility: ProviderRecord | None = None
    pay_to: ProviderRecord | None = None
    accept_assignment: bool = True
    signature_on_file: bool = True
    signature_date: dt.date | None = None
    release_of_information: bool = True
    prior_authorization: str = ""
    referral_number: str = ""
    clia: str = ""
    related_causes: tuple[str, ...] = ()
    accident_state: str = ""
    dates: tuple[DatedFact, ...] = ()
    hospital_from: dt.date | None = None
    hospital_to: dt.date | None = None
    unable_to_work_from: dt.date | None = None
    unable_to_work_to: dt.date | None = None
    condition_codes: tuple[str, ...] = ()
    property_casualty_number: str = ""
    delay_reason: str = ""
    outside_lab_charge: Money | None = None
    note: str = ""
    patient_paid: Money = ZERO

    @property
    def coverage(self) -> CoverageRecord:
        """The coverage of the payer that this claim goes to."""
        return next(c for c in self.coverages if c.rank == self.payer_rank)

    @property
    def charge(self) -> Money:
        """CLM02 and item 28: the sum of the lines."""
        return Money(sum(line.charge.cents for line in self.lines))


def to_plain(value: Any) -> Any:
    """A record as JSON types: dates ISO, money as its decimal text, defaults kept."""
    if isinstance(value, Money | Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(v) for v in value]
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The inverse of `to_plain` for a record type; fields that are absent take their default.

    Raises:
        ValueError, KeyError, TypeError: the stored text is not such a record.
    """
    return typing.cast("T", _read(kind, plain))


def _read(kind: Any, plain: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if plain is None:
            return None
        return _read(next(a for a in typing.get_args(kind) if a is not type(None)), plain)
    if origin is tuple:
        args = typing.get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_read(args[0], p) for p in plain)
        return tuple(_read(a, p) for a, p in zip(args, plain, strict=True))
    if kind is Money:
        return Money.parse(plain)
    if kind is Decimal:
        return Decimal(plain)
    if kind is dt.date:
        return dt.date.fromisoformat(plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(
            **{f.name: _read(hints[f.name], plain[f.name]) for f in fields(kind) if f.name in plain}
        )
    return plain
