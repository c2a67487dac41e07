"""Run all checks: over one claim record, and over a visit with the warnings passed so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import Problem, RuleError
from desktop.models.values.enums import Severity
from desktop.services.claims.record.build import build_claims
from desktop.services.claims.rules import (
    characters,
    claim,
    cob,
    context,
    coverage,
    dates,
    diagnoses,
    identifiers,
    lines,
    people,
)
from desktop.services.claims.rules.coding import families
from desktop.services.core.work import Permission, Work, needs
from desktop.services.visits import entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.models.visits import FindingPass
    from desktop.services.claims.rules.findings import CheckContext, Finding, Rule

FAMILIES: tuple[Rule, ...] = (
    coverage.check,
    people.check,
    identifiers.check,
    dates.check,
    diagnoses.check,
    lines.check,
    claim.check,
    cob.check,
    characters.check,
    *families.FAMILIES,
)


# To hold a claim back because its time runs out would be the wrong answer.
_ADVICE = frozenset({"filing.near"}) | families.ADVICE


def is_advice(finding: Finding) -> bool:
    """Whether it is only said and holds no claim."""
    return finding.rule in _ADVICE


@dataclass(frozen=True, slots=True)
class Passed:
    """A warning that somebody passed, and why."""

    finding: Finding
    reason: str
    by: int
    at: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checks say about a visit's claims to one payer.

    Attributes:
        findings: what still stands, errors first.
        passed: warnings that were passed, with reasons.
    """

    visit_id: int
    rank: int
    findings: tuple[Finding, ...]
    passed: tuple[Passed, ...]

    @property
    def can_claim(self) -> bool:
        """Whether nothing stands in the way of the claim: no error, each warning passed."""
        return all(is_advice(f) for f in self.findings)

    @property
    def errors(self) -> int:
        """How many findings hold the claim and cannot be passed."""
        return sum(f.is_error for f in self.findings)

    def plain(self) -> dict[str, object]:
        """For JSON."""
        return {
            "visit": self.visit_id,
            "rank": self.rank,
            "can_claim": self.can_claim,
            "findings": [
                {
                    "rule": f.rule,
                    "severity": f.severity.value,
                    "field": f.field,
                    "text": f.text,
                    "source": f.source,
                }
                for f in self.findings
            ],
            "passed": [
                {"rule": p.finding.rule, "field": p.finding.field, "reason": p.reason}
                for p in self.passed
            ],
        }


def check_record(record: ClaimRecord, known: CheckContext) -> tuple[Finding, ...]:
    """All findings of one claim, errors first, each once."""
    found = dict.fromkeys(f for family in FAMILIES for f in family(record, known))
    return tuple(sorted(found, key=lambda f: f.severity is not Severity.ERROR))


@needs(Permission.VIEW)
def check_visit(work: Work, visit_id: int, rank: int = 1) -> CheckResult:
    """Check the claims that a visit gives for its payer of that rank.

    Raises:
        NotFound: there is no such visit.
    """
    return check_visits(work, [visit_id], rank)[visit_id]


@needs(Permission.VIEW)
def check_visits(work: Work, visit_ids: Iterable[int], rank: int = 1) -> dict[int, CheckResult]:
    """Check many visits; what they share is read once."""
    ids = list(dict.fromkeys(visit_ids))
    built = build_claims(work, ids, rank)
    found = context.gather(work, ids)
    return {
        visit_id: _merged(
            visit_id, rank, _results(work, found, visit_id, [b.record for b in built[visit_id]])
        )
        for visit_id in ids
    }


@needs(Permission.VIEW)
def check_records(work: Work, visit_id: int, records: Sequence[ClaimRecord]) -> list[CheckResult]:
    """Check claims as they were made of a visit, replacements and voids included, in order."""
    return _results(work, context.gather(work, [visit_id]), visit_id, records)


def _results(
    work: Work, found: context.Gathered, visit_id: int, records: Sequence[ClaimRecord]
) -> list[CheckResult]:
    passes = found.passes.get(visit_id, {})
    made = context.contexts(work, found, visit_id, records)
    return [
        _settled(visit_id, record.payer_rank, check_record(record, each), passes)
        for record, each in zip(records, made, strict=True)
    ]


def _merged(visit_id: int, rank: int, results: Sequence[CheckResult]) -> CheckResult:
    """One answer for a visit that gives several claims."""
    findings = dict.fromkeys(f for r in results for f in r.findings)
    passed = dict.fromkeys(p for r in results for p in r.passed)
    ordered = sorted(findings, key=lambda f: f.severity is not Severity.ERROR)
    return CheckResult(visit_id, rank, tuple(ordered), tuple(passed))


def _settled(
    visit_id: int,
    rank: int,
    found: Sequence[Finding],
    passes: Mapping[tuple[str, str], FindingPass],
) -> CheckResult:
    """Part what still stands from what was passed."""
    standing, passed = [], []
    for finding in found:
        row = passes.get((finding.rule, finding.field))
        if row is not None and not finding.is_error:
            passed.append(Passed(finding, row.reason, row.user_id, row.passed_at))
        else:
            standing.append(finding)
    return CheckResult(visit_id, rank, tuple(standing), tuple(passed))


@needs(Permission.CODE)
def pass_warning(work: Work, visit_id: int, rule: str, field: str, reason: str) -> None:
    """Let a warning pass for this visit; the reason, who and when are kept.

    Raises:
        RuleError: no reason was given, or an error stands there, which cannot be passed.
    """
    if not reason.strip():
        raise RuleError(Problem("reason", "Say why this warning may pass; the reason is kept."))
    ranks = {c.rank for c in context.gather(work, [visit_id]).coverages[visit_id]} or {1}
    found = [f for r in sorted(ranks) for f in check_visit(work, visit_id, r).findings]
    standing = [f for f in found if (f.rule, f.field) == (rule, field)]
    if any(f.is_error for f in standing):
        raise RuleError(
            "This is an error, which holds the claim; it cannot be passed, only mended."
        )
    if not standing:
        raise RuleError("This warning does not stand any more; check the visit again.")
    entry.keep_pass(work, visit_id, rule, field, reason.strip())
