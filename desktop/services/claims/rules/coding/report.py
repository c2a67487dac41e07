"""The coding of one visit, checked: what `claimstead codes check` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.claims.record.build import build_claims
from desktop.services.claims.rules import context, diagnoses, lines
from desktop.services.claims.rules.coding import families
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.findings import CheckContext, Finding

_OF_LINES = ("procedure.", "modifier.", "pointer.", "units.", "ndc.")


@dataclass(frozen=True, slots=True)
class CodingFinding:
    """A finding of the coding.

    Attributes:
        override: somebody may pass it with a reason.
        passed: the reason with which it was passed; empty while it stands.
    """

    finding: Finding
    override: bool
    passed: str = ""

    @property
    def advice(self) -> bool:
        """Whether it is said without holding the claim."""
        return self.finding.rule in families.ADVICE


@needs(Permission.VIEW)
def check_coding(work: Work, visit_id: int, on: dt.date | None = None) -> list[CodingFinding]:
    """The findings of a visit's coding for all its payers, errors first, each once.

    Args:
        work: the unit of work.
        visit_id: the visit.
        on: judge the codes as of this day instead of the dates of service.

    Raises:
        NotFound: there is no such visit.
    """
    found = context.gather(work, [visit_id], on)
    passes = found.passes.get(visit_id, {})
    gathered: dict[Finding, None] = {}
    for rank in sorted({c.rank for c in found.coverages[visit_id]} or {1}):
        records = [b.record for b in build_claims(work, [visit_id], rank)[visit_id]]
        made = context.contexts(work, found, visit_id, records)
        for record, known in zip(records, made, strict=True):
            gathered.update(dict.fromkeys(_of(record, known)))
    ordered = sorted(gathered, key=lambda f: not f.is_error)
    out = []
    for finding in ordered:
        row = passes.get((finding.rule, finding.field)) if not finding.is_error else None
        out.append(CodingFinding(finding, not finding.is_error, row.reason if row else ""))
    return out


def _of(record: ClaimRecord, known: CheckContext) -> Iterator[Finding]:
    yield from diagnoses.check(record, known)
    for finding in lines.check(record, known):
        if finding.rule.startswith(_OF_LINES):
            yield finding
    for family in families.FAMILIES:
        yield from family(record, known)


def plain_coding(found: Sequence[CodingFinding]) -> list[dict[str, object]]:
    """For JSON."""
    return [
        {
            "rule": f.finding.rule,
            "severity": "advice" if f.advice else f.finding.severity.value,
            "field": f.finding.field,
            "text": f.finding.text,
            "source": f.finding.source,
            "override": f.override,
            "passed": f.passed,
        }
        for f in found
    ]
