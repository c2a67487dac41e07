"""What a statement says, as data: lines with their reasons, visits, patients, payments, aging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.money import ZERO, Money, total

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.formats.documents.sheet import Letterhead


@dataclass(frozen=True, slots=True)
class ShareReason:
    """A part of the patient's share and its reason in plain words: ``deductible``, 80.00."""

    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One charge line as the patient sees it; all amounts are zero or more, save corrections.

    Attributes:
        what: what was done, in the practice's own words.
        charge: the whole charge.
        adjusted: contract discounts and other write-offs.
        insurance_paid: what all payers paid.
        pending: what still waits on insurance; not part of the amount due.
        patient_paid: what was paid toward this line.
        due: what the patient owes for it now.
        reasons: why the patient's share is theirs; their amounts sum to paid plus due.
        note: one more plain sentence, such as a denial that the patient should know of.
    """

    what: str
    charge: Money
    adjusted: Money = ZERO
    insurance_paid: Money = ZERO
    pending: Money = ZERO
    patient_paid: Money = ZERO
    due: Money = ZERO
    reasons: tuple[ShareReason, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatementVisit:
    """A day's services by one provider."""

    on: dt.date
    provider: str
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class StatementPatient:
    """One patient of the guarantor with the visits to show."""

    name: str
    visits: tuple[StatementVisit, ...]


@dataclass(frozen=True, slots=True)
class StatementPayment:
    """Money that came since the last statement; shown, and already within the lines."""

    on: dt.date
    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Aging:
    """What the patients owe, by the days since it became theirs."""

    current: Money = ZERO
    days_31_60: Money = ZERO
    days_61_90: Money = ZERO
    days_91_120: Money = ZERO
    over_120: Money = ZERO

    @property
    def total(self) -> Money:
        """All five boxes together."""
        return total(amount for _, amount in self.boxes)

    @property
    def boxes(self) -> tuple[tuple[str, Money], ...]:
        """Each box with its label, youngest first."""
        return (
            ("Current", self.current),
            ("31–60 days", self.days_31_60),
            ("61–90 days", self.days_61_90),
            ("91–120 days", self.days_91_120),
            ("Over 120 days", self.over_120),
        )


@dataclass(frozen=True, slots=True)
class StatementData:
    """Everything on one statement.

    Attributes:
        account: the guarantor's account number.
        address: name and postal lines of the guarantor, at most five lines in all.
        aging: sums to what the lines owe, before unapplied money.
        unapplied: money received and not yet applied; lowers the amount due.
        oldest_days: age of the oldest open share, which picks the message.
        message: said instead of the message by age.
        how_to_pay: one way a line.
        remit_to: postal lines for the slip; the letterhead's unless given.
    """

    practice: Letterhead
    account: str
    on: dt.date
    address: tuple[str, ...]
    patients: tuple[StatementPatient, ...]
    aging: Aging
    unapplied: Money = ZERO
    payments: tuple[StatementPayment, ...] = ()
    oldest_days: int = 0
    message: str = ""
    how_to_pay: tuple[str, ...] = ()
    pay_by: dt.date | None = None
    remit_to: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[StatementLine, ...]:
        """All charge lines in order."""
        return tuple(
            line for patient in self.patients for visit in patient.visits for line in visit.lines
        )

    @property
    def amount_due(self) -> Money:
        """What to pay now; below zero it is a credit."""
        return total(line.due for line in self.lines) - self.unapplied


def message_for_age(days: int) -> str:
    """The message for a balance whose oldest part is so many days old; gentle while young."""
    if days <= 30:
        return (
            "Thank you for choosing us for your care. This is your share after insurance; "
            "please call us with any question."
        )
    if days <= 60:
        return "A reminder: part of this balance has been open for more than 30 days."
    if days <= 90:
        return (
            "Part of this balance is now more than 60 days old. If you cannot pay it at once, "
            "call us and we will agree on smaller payments."
        )
    if days <= 120:
        return (
            "Part of this balance is more than 90 days old. Please pay it or call us within "
            "10 days to agree on a payment plan."
        )
    return (
        "Part of this balance is more than 120 days old. Please call us now, so that we can "
        "settle it together before further steps."
    )
