"""What a rule gets and gives: a claim record with its context in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.models.values.claim_record import ClaimRecord, CoverageRecord, LineRecord
from desktop.models.values.enums import Severity
from desktop.services.claims.rules.coding.facts import CodingFacts

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.money import Money
    from desktop.services.coding.base.values import DiagnosisCheck


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or odd with a claim.

    Attributes:
        rule: stable name, ``family.what``; with `field` it names a passed warning.
        severity: an ERROR holds the claim, a WARNING passes with a reason.
        field: of the visit's screen or of a record it opens, such as ``lines.1.modifiers``,
            ``diagnoses.2``, ``coverage.1.member_id``, ``provider.billing.npi``. Lists count
            from 1.
        text: one plain sentence: what, and how to mend it.
        source: where the rule comes from: items of the form, places in the 837P.
    """

    rule: str
    severity: Severity
    field: str
    text: str
    source: str

    @property
    def is_error(self) -> bool:
        """Whether it holds the claim."""
        return self.severity is Severity.ERROR


def error(rule: str, where: str, text: str, source: str) -> Finding:
    """A finding that holds the claim."""
    return Finding(rule, Severity.ERROR, where, text, source)


def warning(rule: str, where: str, text: str, source: str) -> Finding:
    """A finding that somebody may pass with a reason."""
    return Finding(rule, Severity.WARNING, where, text, source)


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the rules need beside the claim. What is not known is not checked.

    Attributes:
        diagnoses: per code, the code set's answer for the date of service.
        own_procedures: the practice's list; None when it is not to be compared.
        clia_procedures: those that need the laboratory's CLIA number.
        coverage_dates: per rank, first and last day of the coverage (None: no end).
        duplicates: per line number, an earlier visit with the same service.
        file_by: last day on which the payer takes this claim.
        expected_charge: what all claims of the visit together must charge.
        on_paper: it goes out as CMS-1500.
        line_positions: per line number, its place on the visit's screen, from 1.
        diagnosis_positions: per code, its place on the visit's screen, from 1.
        coding: what the rules of the coding need.
    """

    today: dt.date
    diagnoses: Mapping[str, DiagnosisCheck] = field(default_factory=dict)
    own_procedures: frozenset[str] | None = None
    clia_procedures: frozenset[str] = frozenset()
    coverage_dates: Mapping[int, tuple[dt.date, dt.date | None]] = field(default_factory=dict)
    duplicates: Mapping[int, int] = field(default_factory=dict)
    file_by: dt.date | None = None
    expected_charge: Money | None = None
    on_paper: bool = False
    line_positions: Mapping[int, int] = field(default_factory=dict)
    diagnosis_positions: Mapping[str, int] = field(default_factory=dict)
    coding: CodingFacts = CodingFacts()


Rule = Callable[[ClaimRecord, CheckContext], Iterator[Finding]]


def numbered_lines(
    record: ClaimRecord, context: CheckContext
) -> Iterator[tuple[str, str, LineRecord]]:
    """Each line with its field (``lines.2``) and its name for people (``Line 2``)."""
    for position, line in enumerate(record.lines, 1):
        shown = context.line_positions.get(line.number, position)
        yield f"lines.{shown}", f"Line {shown}", line


def target(record: ClaimRecord) -> CoverageRecord | None:
    """The coverage that the claim goes to, None when there is none."""
    return next((c for c in record.coverages if c.rank == record.payer_rank), None)


def last_day(record: ClaimRecord) -> dt.date | None:
    """The latest day of service."""
    return max((line.to_on for line in record.lines), default=None)


def first_day(record: ClaimRecord) -> dt.date | None:
    """The earliest day of service."""
    return min((line.from_on for line in record.lines), default=None)


def shown(on: dt.date) -> str:
    """A date as people read it."""
    return f"{on:%m/%d/%Y}"
