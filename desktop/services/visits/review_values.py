"""What the review of a visit's coding is given and gives."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

DIAGNOSIS, LINE = "diagnosis", "line"
AGREE, CHANGE, REMOVE, ADD = "agree", "change", "remove", "add"
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A visit that waits for its review.

    Attributes:
        mine: the one who asks coded it, and cannot review it.
    """

    id: int
    visit_id: int
    service_on: dt.date
    patient_id: int
    patient: str
    account: str
    coder_id: int
    coder: str
    sent_at: str
    note: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A code of the visit with the reviewer's verdict; an added code has the verdict “add”.

    Attributes:
        kind: “diagnosis” or “line”.
        position: on the visit's screen, from 1.
        code: as it stands on the visit, a procedure with its modifiers; empty for an added one.
        shown: the code as people read it.
        verdict: empty while there is none for the code that stands there now.
    """

    kind: str
    position: int
    code: str
    shown: str
    title: str
    verdict: str = ""
    better_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with all codes of its visit, diagnoses first."""

    id: int
    visit_id: int
    coder_id: int
    coder: str
    sent_at: str
    note: str
    closed_at: str | None
    reviewer_id: int | None
    items: tuple[ReviewItem, ...]
    version: int

    @property
    def unjudged(self) -> int:
        """How many codes have no verdict yet."""
        return sum(not item.verdict for item in self.items)


@dataclass(frozen=True, slots=True)
class VerdictDraft:
    """What the reviewer says of one code; `better_code` for “change” and “add”.

    A procedure is written with its modifiers: “99213 25”.
    """

    kind: str
    position: int
    verdict: str
    better_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of a coder's codes the reviewers agreed with; a code to add counts as missed."""

    coder_id: int
    coder: str
    reviewed: int
    agreed: int

    @property
    def percent(self) -> Decimal:
        """With one decimal."""
        return (Decimal(100) * self.agreed / self.reviewed).quantize(_TENTH)

    def plain(self) -> dict[str, object]:
        """For JSON."""
        return {
            "coder": self.coder,
            "codes": self.reviewed,
            "agreed": self.agreed,
            "percent": str(self.percent),
        }
