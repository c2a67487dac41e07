"""Records of an 835 (005010X221A1, and the older 004010X091): what a payer paid and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from desktop.models.values.claim_record import Address, Name
from desktop.models.values.money import Money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from desktop.services.formats.edi.problems import EdiProblem

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason of a CAS segment; a positive amount reduces the payment.

    Attributes:
        group: CO, OA, PI, PR (CR in 4010 files).
        reason: claim adjustment reason code, as sent.
    """

    group: str
    reason: str
    amount: Money
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB segment; a positive amount lowers the payment.

    Attributes:
        fiscal_on: PLB02, the end of the provider's fiscal year.
        provider_id: PLB01.
    """

    code: str
    reference: str
    amount: Money
    fiscal_on: dt.date | None = None
    provider_id: str = ""


def _cents(adjustments: Iterable[Adjustment]) -> int:
    cents = 0
    for adjustment in adjustments:
        cents += adjustment.amount.cents
    return cents


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """One service payment (loop 2110).

    Attributes:
        position: from 1, within the claim.
        code: SVC01-2, the code that was paid; `qualifier` is SVC01-1 (HC, N4, NU, ...).
        submitted_code: SVC06-2, present when the payer changed the code.
        units: SVC05, 1 when absent; `original_units` is SVC07.
        line_number: REF*6R, our own line number as echoed.
        allowed: AMT*B6.
        readable: False when an amount of this line could not be read.
    """

    position: int
    code: str
    charge: Money
    paid: Money
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    submitted_code: str = ""
    submitted_modifiers: tuple[str, ...] = ()
    units: Decimal = ONE
    original_units: Decimal | None = None
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    line_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    allowed: Money | None = None
    readable: bool = True

    @property
    def difference(self) -> Money:
        """Charge less adjustments less paid; zero when the line balances."""
        return Money(self.charge.cents - _cents(self.adjustments) - self.paid.cents)

    @property
    def balanced(self) -> bool:
        """Whether SVC02 less the line's CAS is SVC03."""
        return self.readable and not self.difference


@dataclass(frozen=True, slots=True)
class RemittanceClaim:
    """One claim payment (loop 2100).

    Attributes:
        position: from 1, within the payment.
        control_number: CLP01, our claim's number as echoed.
        status: CLP02: 1, 2, 3 processed; 19-21 and forwarded; 4 denied; 22 reversal; ...
        patient_responsibility: CLP05, None when not sent.
        remarks: MOA03-07 and MIA05, MIA20-23.
        crossover_to: NM1*TT, the payer to which the claim was forwarded.
        other_claim_number: REF*F8, the payer's number of the claim that this one corrects.
        allowed: AMT*AU; `interest`: AMT*I (moves no money; PLB L6 does).
        readable: False when an amount of this claim or its lines could not be read.
    """

    position: int
    control_number: str
    status: str
    charge: Money
    paid: Money
    patient_responsibility: Money | None = None
    filing_code: str = ""
    payer_claim_number: str = ""
    place: str = ""
    frequency: str = ""
    patient_name: Name = Name("")
    patient_id: str = ""
    subscriber_name: Name | None = None
    subscriber_id: str = ""
    corrected_name: Name | None = None
    corrected_id: str = ""
    rendering_id: str = ""
    crossover_to: str = ""
    crossover_id: str = ""
    other_claim_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    received_on: dt.date | None = None
    lines: tuple[RemittanceLine, ...] = ()
    allowed: Money | None = None
    interest: Money | None = None
    readable: bool = True

    @property
    def difference(self) -> Money:
        """Charge less claim and line adjustments less paid; zero when the claim balances."""
        cents = self.charge.cents - _cents(self.adjustments) - self.paid.cents
        for line in self.lines:
            cents -= _cents(line.adjustments)
        return Money(cents)

    @property
    def balanced(self) -> bool:
        """Whether CLP03 less all CAS is CLP04, for the claim; see also each line."""
        return self.readable and not self.difference

    @property
    def fully_balanced(self) -> bool:
        """Whether the claim and each of its lines balance."""
        return self.balanced and all(line.balanced for line in self.lines)

    @property
    def is_reversal(self) -> bool:
        """Whether this takes an earlier payment back (CLP02 22)."""
        return self.status == "22"


@dataclass(frozen=True, slots=True)
class Remittance:
    """One payment: an 835 set.

    Attributes:
        payer_id: TRN03, the originating company's id, as sent.
        payer_ids: further ids of the payer (N1*PR, REF*2U and others), as sent.
        handling: BPR01 (I, C, H, ...); `method`: BPR04 (ACH, CHK, NON, ...).
        trace: TRN02, check or EFT number.
        on: BPR16; None when absent or no date.
        amount: BPR02.
        set_hash: SHA-256 of the set without ST and SE, delimiters normalised.
        readable: False when BPR02, a PLB amount or a claim's paid amount could not be read.
        complete: False when the set has no SE trailer.
        problems: what is wrong in this set.
    """

    kind: ClassVar[str] = "835"

    payer_name: str
    payer_id: str
    trace: str
    on: dt.date | None
    amount: Money
    claims: tuple[RemittanceClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    payer_ids: tuple[str, ...] = ()
    payer_address: Address | None = None
    payee_name: str = ""
    payee_npi: str = ""
    payee_tax_id: str = ""
    payee_id: str = ""
    handling: str = "I"
    method: str = ""
    produced_on: dt.date | None = None
    set_control: str = ""
    set_hash: str = ""
    version: str = ""
    readable: bool = True
    complete: bool = True
    problems: tuple[EdiProblem, ...] = ()

    @property
    def claims_paid(self) -> Money:
        """Sum of CLP04."""
        return Money(sum(c.paid.cents for c in self.claims))

    @property
    def provider_total(self) -> Money:
        """Sum of PLB amounts; positive lowers the payment."""
        return Money(sum(a.amount.cents for a in self.provider_adjustments))

    @property
    def difference(self) -> Money:
        """Amount less (claims paid less provider adjustments); zero when the payment balances."""
        return self.amount - (self.claims_paid - self.provider_total)

    @property
    def balanced(self) -> bool:
        """Whether the payment level balances; claims and lines say so for themselves."""
        return self.readable and not self.difference

    @property
    def fully_balanced(self) -> bool:
        """Whether payment, claims and lines all balance and nothing was cut off."""
        return self.complete and self.balanced and all(c.fully_balanced for c in self.claims)
