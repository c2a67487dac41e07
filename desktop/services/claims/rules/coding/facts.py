"""What the coding rules know beside the claim; read for many visits at once, then pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.coding.base.references import CodeRange
    from desktop.services.coding.base.values import CodeInfo, CodePair

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Instruction:
    """A note of the tabular list with the codes that it names.

    Attributes:
        at: the node that carries it, as printed: “E11”, “J09-J18”, or a chapter's number.
        ranges: never empty.
        heading: the line above it that it belongs to (“underlying condition, such as:”).
    """

    text: str
    at: str
    ranges: tuple[CodeRange, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisFacts:
    """A diagnosis as the tabular list knows it on the date of service.

    Attributes:
        sided: codes for the right and left side, where this code leaves the side open.
        sevenths: for a code that lacks its 7th character or has a wrong one: those allowed.
        padded: the code that was meant, where only the placeholder X is missing.
    """

    code: str
    dotted: str
    title: str
    excludes1: tuple[Instruction, ...] = ()
    code_first: tuple[Instruction, ...] = ()
    use_additional: tuple[Instruction, ...] = ()
    sided: tuple[str, ...] = ()
    sevenths: tuple[tuple[str, str], ...] = ()
    padded: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """A procedure code as the loaded sets know it on one date; None and empty: not loaded.

    Attributes:
        system: “hcpcs” or “cpt” where that set is loaded for the date, else empty.
        info: the code in that set; None where the set does not have it.
        past: the code as it stood before it ended, where it did.
        is_partial: the loaded list is far too short to say that a code does not exist.
        mue: attributes of its unit limit.
        add_on: (add-on, primary) pairs; empty for a code that stands alone.
        fees: attributes in the Medicare fee schedule.
        articles: Medicare coverage articles that list it.
    """

    code: str
    system: str = ""
    info: CodeInfo | None = None
    past: CodeInfo | None = None
    is_partial: bool = False
    mue: Attributes | None = None
    add_on: tuple[CodePair, ...] = ()
    fees: Attributes | None = None
    articles: tuple[str, ...] = ()


NO_PROCEDURE = ProcedureFacts("")


@dataclass(frozen=True, slots=True)
class Service:
    """A charge line of this patient, on this claim or elsewhere, reduced to what rules compare.

    Attributes:
        number: id of the charge line.
        taxonomy: of who rendered it; empty when unknown.
        same_group: the same provider bills for it.
        name: “Line 2” on this visit, “visit 7” elsewhere.
    """

    number: int
    visit_id: int
    on: dt.date
    to_on: dt.date
    procedure: str
    modifiers: frozenset[str]
    units: Decimal
    provider_id: int | None = None
    taxonomy: str = ""
    place: str = ""
    same_group: bool = True
    name: str = ""
    posted: bool = False

    def same_specialty(self, other: Service) -> bool:
        """Whether a payer takes both as one physician: the same, or of one specialty."""
        if self.provider_id == other.provider_id or not (self.taxonomy and other.taxonomy):
            return True
        return self.taxonomy == other.taxonomy


@dataclass(frozen=True, slots=True)
class Article:
    """A Medicare coverage article as it concerns one procedure of the visit.

    Attributes:
        groups: its covered diagnosis groups: number and paragraph.
        confirmed: groups that the user said serve this procedure; None: not asked yet;
            empty: the article does not apply here.
        covered: diagnoses of the visit that a confirmed group covers.
    """

    article: str
    title: str
    procedure: str
    groups: tuple[tuple[str, str], ...] = ()
    confirmed: tuple[str, ...] | None = None
    covered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the last reviewer asked for: “change”, “remove” or “add”, by place on the visit."""

    kind: str
    position: int
    code: str
    verdict: str
    better_code: str


@dataclass(frozen=True, slots=True)
class CodingFacts:
    """What the coding rules need of one visit. What is not known is not checked.

    Attributes:
        on: the day by which diagnoses are judged; None when nothing was read.
        codes: the visit's diagnoses in order, those on its other claims included.
        pointed: those of them that a line of the visit points to.
        order: place in tabular order of codes and of the ends of ranges.
        procedures: by code and date.
        pairs: NCCI pairs in force, by (column 1, column 2, date).
        services: all lines of the visit by id.
        others: the patient's lines on other visits: same day, within global days, and for a
            new-patient code within three years.
        articles: Medicare coverage articles by procedure.
        loaded: names of the systems that cover the visit's date.
        ran_out: systems whose newest release ended before the visit, with that day.
        in_review: the visit was sent to review, which is not closed.
        asked: what the reviewer asked for when the last review was closed.
    """

    on: dt.date | None = None
    codes: tuple[str, ...] = ()
    pointed: frozenset[str] = frozenset()
    diagnoses: Mapping[str, DiagnosisFacts] = field(default_factory=dict)
    order: Mapping[str, int] = field(default_factory=dict)
    procedures: Mapping[tuple[str, dt.date], ProcedureFacts] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str, dt.date], CodePair] = field(default_factory=dict)
    services: Mapping[int, Service] = field(default_factory=dict)
    others: tuple[Service, ...] = ()
    articles: Mapping[str, tuple[Article, ...]] = field(default_factory=dict)
    loaded: frozenset[str] = frozenset()
    ran_out: Mapping[str, dt.date] = field(default_factory=dict)
    in_review: bool = False
    asked: tuple[Asked, ...] = ()

    def procedure(self, code: str, on: dt.date) -> ProcedureFacts:
        """What is known of a procedure; nothing where it was not read."""
        return self.procedures.get((code, on), NO_PROCEDURE)


def codes_of(record: ClaimRecord, facts: CodingFacts) -> tuple[str, ...]:
    """The diagnoses to judge together: the visit's, where this claim is a part of it."""
    own = tuple(dict.fromkeys(d.code for d in record.diagnoses))
    return facts.codes if set(own) <= set(facts.codes) else own
