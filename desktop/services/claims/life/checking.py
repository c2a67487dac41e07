"""The checks as a claim's life uses them: what still stands in the way of each visit's claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.enums import ClaimState, Severity
from desktop.services.core.work import Work
from desktop.services.formats.edi.write837 import unwritable

if TYPE_CHECKING:
    from desktop.models.values.claim_record import ClaimRecord


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """What stands in a claim's way and where it is mended.

    Attributes:
        rule: with `field` it names a warning that may be passed; empty for what no rule passes.
    """

    severity: Severity
    field: str
    text: str
    rule: str = ""


Checker = Callable[[Work, Sequence[int], int], Mapping[int, Sequence[ClaimFinding]]]
"""For visits and a rank, the findings that stand and hold their claims."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of one claim."""

    findings: tuple[ClaimFinding, ...] = ()

    @property
    def errors(self) -> int:
        """Findings that must be mended."""
        return sum(1 for f in self.findings if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """Findings to mend or to pass with a reason."""
        return len(self.findings) - self.errors

    @property
    def state(self) -> ClaimState:
        """Errors hold it as a draft; open warnings leave it checked; else it is ready."""
        if self.errors:
            return ClaimState.DRAFT
        return ClaimState.CHECKED if self.warnings else ClaimState.READY

    @property
    def text(self) -> str:
        """The event's sentence."""
        if self.errors:
            return f"Held: {_count(self.errors, 'error')} to mend."
        if self.warnings:
            return f"Checked: {_count(self.warnings, 'warning')} to mend or pass with a reason."
        return "Checked: ready to send."


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def by_rules(work: Work, visit_ids: Sequence[int], rank: int) -> dict[int, list[ClaimFinding]]:
    """What the rules find and nobody passed, without mere advice."""
    # The rules measure a form's boxes with ReportLab; the page Payments opens without it.
    from desktop.services.claims.rules.check import (  # noqa: PLC0415 - loads ReportLab
        CheckResult,
        check_visits,
    )

    return {
        visit_id: [
            ClaimFinding(f.severity, f.field, f.text, f.rule)
            for f in result.findings
            if not CheckResult(visit_id, rank, (f,), ()).can_claim
        ]
        for visit_id, result in check_visits(work, visit_ids, rank).items()
    }


def of_record(record: ClaimRecord, *, on_paper: bool) -> list[ClaimFinding]:
    """What makes it impossible to say this claim at all, on paper or in a file."""
    number = record.control_number
    found = [
        ClaimFinding(Severity.ERROR, p.field.removeprefix(f"{number}."), p.text)
        for p in unwritable(record)
    ]
    # Paper names its payer by the carrier block; only a file needs the electronic id.
    return [f for f in found if not (on_paper and f.field == "payer.electronic_id")]
