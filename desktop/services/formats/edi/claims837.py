"""Records of an 837P as read from a file (005010X222A1, and older editions of it).

They hold what the file says, word for word; `ClaimRecord` is what the program itself sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from desktop.models.values.money import ZERO, Money

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from desktop.models.values.claim_record import Address, Name
    from desktop.services.formats.edi.problems import EdiProblem
    from desktop.services.formats.edi.remittance import Adjustment


@dataclass(frozen=True, slots=True)
class SentParty:
    """A person or organization of an NM1 loop.

    Attributes:
        role: NM101 (IL, QC, PR, 85, 82, DN, ...).
        id_kind: NM108 (MI, PI, XX, 46, ...); `id` is NM109.
        references: (REF01, REF02) pairs of the loop.
    """

    role: str
    name: Name
    is_person: bool = True
    id_kind: str = ""
    id: str = ""
    address: Address | None = None
    birth_on: dt.date | None = None
    sex: str = ""
    taxonomy: str = ""
    references: tuple[tuple[str, str], ...] = ()

    def reference(self, kind: str) -> str:
        """The first reference of that kind, or empty."""
        return next((value for k, value in self.references if k == kind), "")

    @property
    def npi(self) -> str:
        """NM109 where NM108 is XX."""
        return self.id if self.id_kind == "XX" else ""

    @property
    def tax_id(self) -> str:
        """REF*EI or REF*SY."""
        return self.reference("EI") or self.reference("SY")


@dataclass(frozen=True, slots=True)
class SentDrug:
    """Loop 2410."""

    ndc: str
    quantity: Decimal | None
    unit: str
    prescription_number: str = ""


@dataclass(frozen=True, slots=True)
class SentPriorLine:
    """Loop 2430: what the payer `payer_id` did with this line."""

    payer_id: str
    paid: Money
    code: str
    modifiers: tuple[str, ...]
    units: Decimal | None
    adjudicated_on: dt.date | None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class SentLine:
    """Loop 2400.

    Attributes:
        position: from 1 within the claim, in the file's order.
        pointers: diagnosis positions from 1.
        line_number: REF*6R.
    """

    position: int
    code: str
    charge: Money
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    description: str = ""
    units: Decimal | None = None
    unit_kind: str = "UN"
    place: str = ""
    pointers: tuple[int, ...] = ()
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    line_number: str = ""
    note: str = ""
    drug: SentDrug | None = None
    references: tuple[tuple[str, str], ...] = ()
    parties: tuple[SentParty, ...] = ()
    prior: tuple[SentPriorLine, ...] = ()

    def party(self, role: str) -> SentParty | None:
        """The line's own party of that role (82 rendering, DK ordering, ...)."""
        return next((p for p in self.parties if p.role == role), None)


@dataclass(frozen=True, slots=True)
class SentCoverage:
    """Loop 2320: another payer on the claim, with its answer if it gave one.

    Attributes:
        sequence: SBR01 (P, S, T, ...).
        paid: AMT*D; `remaining`: AMT*EAF.
        adjudicated_on: DTP*573 of 2330B.
    """

    sequence: str
    relationship: str
    filing_code: str
    group_number: str = ""
    plan_name: str = ""
    insurance_type: str = ""
    payer: SentParty | None = None
    subscriber: SentParty | None = None
    paid: Money | None = None
    remaining: Money | None = None
    adjustments: tuple[Adjustment, ...] = ()
    adjudicated_on: dt.date | None = None
    benefits_assigned: str = ""


@dataclass(frozen=True, slots=True)
class SentClaim:
    """Loop 2300 with the subscriber, patient, payer and providers above it.

    Attributes:
        sequence: SBR01 of 2000B (P, S, T): which payer this claim goes to.
        relationship: SBR02 (18 self) or PAT01 of 2000C.
        diagnoses: of HI, without dot, in order; `diagnosis_kinds` their qualifiers.
        original_number: REF*F8.
        related_causes: CLM11 (EM, AA, OA).
    """

    position: int
    control_number: str
    charge: Money
    place: str
    frequency: str
    subscriber: SentParty
    patient: SentParty
    payer: SentParty
    billing: SentParty
    lines: tuple[SentLine, ...] = ()
    sequence: str = "P"
    relationship: str = ""
    group_number: str = ""
    plan_name: str = ""
    insurance_type: str = ""
    filing_code: str = ""
    diagnoses: tuple[str, ...] = ()
    diagnosis_kinds: tuple[str, ...] = ()
    condition_codes: tuple[str, ...] = ()
    accept_assignment: str = ""
    benefits_assigned: str = ""
    release_of_information: str = ""
    related_causes: tuple[str, ...] = ()
    accident_state: str = ""
    delay_reason: str = ""
    dates: tuple[tuple[str, dt.date | None, dt.date | None], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    note: str = ""
    patient_paid: Money = ZERO
    pay_to: SentParty | None = None
    parties: tuple[SentParty, ...] = ()
    coverages: tuple[SentCoverage, ...] = ()

    def party(self, role: str) -> SentParty | None:
        """The claim's party of that role (82 rendering, DN referring, 77 facility, ...)."""
        return next((p for p in self.parties if p.role == role), None)

    def reference(self, kind: str) -> str:
        """The first claim reference of that kind (F8, G1, 9F, X4, ...), or empty."""
        return next((value for k, value in self.references if k == kind), "")

    @property
    def original_number(self) -> str:
        """REF*F8: the payer's number of the claim that this one replaces or voids."""
        return self.reference("F8")

    @property
    def lines_charge(self) -> Money:
        """Sum of SV102."""
        return Money(sum(line.charge.cents for line in self.lines))


@dataclass(frozen=True, slots=True)
class SentClaims:
    """One 837P set.

    Attributes:
        batch_reference: BHT03.
        problems: what is wrong in this set.
    """

    kind: ClassVar[str] = "837P"

    claims: tuple[SentClaim, ...]
    batch_reference: str = ""
    submitter: SentParty | None = None
    receiver: SentParty | None = None
    set_control: str = ""
    group_control: str = ""
    version: str = ""
    complete: bool = True
    problems: tuple[EdiProblem, ...] = ()

    @property
    def charge(self) -> Money:
        """Sum of CLM02."""
        return Money(sum(c.charge.cents for c in self.claims))
