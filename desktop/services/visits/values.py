"""What visit entry takes and gives: drafts, views, rows. Frozen and free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop.models.values.money import ZERO, Money

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.enums import ClaimState, Party, VisitState


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A charge line as it is entered.

    Attributes:
        id: of the line when it exists already.
        pointers: positions in the visit's diagnoses, from 1, primary first.
        charge: of the whole line; None means “fill in the fee times the units”.
        from_on, to_on: None means the date of service.
        place: empty means the visit's.
        unit_kind: UN (units) or MJ (minutes of anesthesia).
        ndc: with dashes or 11 digits; quantity and unit (F2, GR, ME, ML, UN) beside it.
        rendering_id: only where it differs from the visit's.
    """

    id: int | None = None
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = (1,)
    units: Decimal = Decimal(1)
    charge: Money | None = None
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    place: str = ""
    unit_kind: str = "UN"
    emergency: bool = False
    ndc: str = ""
    ndc_quantity: Decimal | None = None
    ndc_unit: str = ""
    note: str = ""
    rendering_id: int | None = None


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A visit as it is entered; it may be incomplete until it is posted.

    Attributes:
        id: None for a new one; `version` is what was read with it.
        place: place of service; empty means the location's.
        referring_qualifier: DN referring, DK ordering, DQ supervising.
        related_causes: of EM (employment), AA (auto accident), OA (other accident).
        onset_qualifier: 431 onset, 484 last menstrual period.
        diagnoses: codes with or without dot, primary first.
        delay_reason: CLM20.
        external_id: the id of the system that it came from, unique.
    """

    patient_id: int
    service_on: dt.date
    id: int | None = None
    version: int = 0
    location_id: int | None = None
    place: str = ""
    rendering_id: int | None = None
    referring_id: int | None = None
    referring_qualifier: str = "DN"
    prior_authorization: str = ""
    referral_number: str = ""
    related_causes: tuple[str, ...] = ()
    accident_state: str = ""
    accident_on: dt.date | None = None
    onset_on: dt.date | None = None
    onset_qualifier: str = "431"
    admitted_on: dt.date | None = None
    discharged_on: dt.date | None = None
    property_casualty_number: str = ""
    claim_note: str = ""
    delay_reason: str = ""
    diagnoses: tuple[str, ...] = ()
    lines: tuple[LineDraft, ...] = ()
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """A charge line as it stands.

    Attributes:
        owed: what each party still owes.
        locked: why it can be neither changed nor removed; empty when it can.
    """

    draft: LineDraft
    title: str
    charge: Money
    owed: tuple[tuple[Party, Money], ...] = ()
    locked: str = ""


@dataclass(frozen=True, slots=True)
class CoverageView:
    """A coverage that applies on the date of service, by its rank for this visit."""

    rank: int
    coverage_id: int
    payer_id: int
    payer: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ClaimRef:
    """A claim of the visit; `stale` when a line of it was changed after the claim was made."""

    id: int
    rank: int
    state: ClaimState
    stale: bool


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit with everything that its screen shows.

    Attributes:
        draft: what can be edited.
        titles: of the diagnoses, in order; empty where the code set does not know the code.
        coverages: fixed ones when posted, else those in force on the date of service.
        balance: what all parties owe on it.
    """

    draft: VisitDraft
    state: VisitState
    patient: str
    account: str
    birth_on: dt.date | None
    titles: tuple[str, ...]
    lines: tuple[LineView, ...]
    coverages: tuple[CoverageView, ...]
    claims: tuple[ClaimRef, ...]
    posted_on: dt.date | None
    charge: Money
    balance: Money

    @property
    def id(self) -> int:
        """The visit's id."""
        return self.draft.id or 0


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which visits to list, newest first.

    Attributes:
        states: none means all but void.
        unbilled: only posted visits with insurance and without a claim.
        in_review: only visits that were sent to review, which is not closed.
        limit: at most so many rows.
    """

    states: tuple[VisitState, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    rendering_id: int | None = None
    patient_id: int | None = None
    unbilled: bool = False
    in_review: bool = False
    limit: int = 500


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in a list; `in_review` while its review is not closed."""

    id: int
    service_on: dt.date
    state: VisitState
    patient_id: int
    patient: str
    account: str
    provider: str
    procedures: str
    diagnoses: str
    charge: Money
    balance: Money
    claims: int
    in_review: bool = False


@dataclass(frozen=True, slots=True)
class VisitChange:
    """What a change of a posted visit did.

    Attributes:
        stale_unsent: claims that were not sent yet and must be built anew.
        stale_sent: claims that the payer has: they must be replaced (7) or voided (8).
        moved: money that moved to another party or payer.
    """

    visit_id: int
    stale_unsent: tuple[int, ...] = ()
    stale_sent: tuple[int, ...] = ()
    moved: Money = ZERO
