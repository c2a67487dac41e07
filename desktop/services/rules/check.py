"""Run all checks: over one claim record, and over a visit with the warnings passed so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.errors import NotFound, Problem, RuleError
from desktop.models.practice import Payer, Procedure
from desktop.models.values.claim_record import ClaimRecord
from desktop.models.values.enums import Frequency, Severity, VisitState
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine, FindingPass, Visit
from desktop.services import audit
from desktop.services.claims.build import build_claims
from desktop.services.claims.create import file_by
from desktop.services.clock import stamp
from desktop.services.coding.values import DiagnosisCheck
from desktop.services.rules import (
    characters,
    claim,
    cob,
    coverage,
    dates,
    diagnoses,
    identifiers,
    lines,
    people,
)
from desktop.services.rules.findings import CheckContext, Finding, Rule
from desktop.services.visits.coverage import coverages_on, fixed_coverages
from desktop.services.visits.values import CoverageView
from desktop.services.work import Changes, Permission, Work, needs

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
)


# To hold a claim back because its time runs out would be the wrong answer.
_ADVICE = frozenset({"filing.near"})


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
        return all(f.rule in _ADVICE for f in self.findings)

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


def check_record(record: ClaimRecord, context: CheckContext) -> tuple[Finding, ...]:
    """All findings of one claim, errors first, each once."""
    found = dict.fromkeys(f for family in FAMILIES for f in family(record, context))
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
    shared = _shared(work)
    return {
        visit_id: _merged(
            visit_id, rank, _results(work, visit_id, [b.record for b in built[visit_id]], shared)
        )
        for visit_id in ids
    }


@needs(Permission.VIEW)
def check_records(work: Work, visit_id: int, records: Sequence[ClaimRecord]) -> list[CheckResult]:
    """Check claims as they were made of a visit, replacements and voids included, in order."""
    return _results(work, visit_id, records, _shared(work))


def _results(
    work: Work, visit_id: int, records: Sequence[ClaimRecord], shared: _Shared
) -> list[CheckResult]:
    passes = {
        (p.rule, p.field): p
        for p in work.session.scalars(select(FindingPass).where(FindingPass.visit_id == visit_id))
    }
    return [
        _settled(visit_id, record.payer_rank, check_record(record, context), passes)
        for record, context in zip(records, _contexts(work, visit_id, records, shared), strict=True)
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


@dataclass(frozen=True, slots=True)
class _Shared:
    procedures: frozenset[str]
    clia: frozenset[str]


def _shared(work: Work) -> _Shared:
    rows = work.session.execute(select(Procedure.code, Procedure.needs_clia)).all()
    return _Shared(frozenset(r.code for r in rows), frozenset(r.code for r in rows if r.needs_clia))


def _contexts(
    work: Work, visit_id: int, records: Sequence[ClaimRecord], shared: _Shared
) -> list[CheckContext]:
    visit = work.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound(f"There is no visit {visit_id}.")
    covers = {c.rank: c for c in _coverages(work, visit)}
    rows = [line for line in visit.lines if line.state != "void"]
    whole = CheckContext(
        today=work.clock.today(),
        diagnoses=_verdicts(work, visit),
        own_procedures=shared.procedures or None,
        clia_procedures=shared.clia,
        coverage_dates={c.rank: (c.valid_from, c.valid_to) for c in covers.values()},
        duplicates=_duplicates(work, visit, rows),
        line_positions={line.id: number for number, line in enumerate(rows, 1)},
        diagnosis_positions=_first_positions(visit),
    )
    charges = {line.id: line.charge for line in rows}
    contexts = []
    for record in records:
        cover = covers.get(record.payer_rank)
        payer = work.session.get(Payer, cover.payer_id) if cover else None
        contexts.append(
            replace(
                whole,
                file_by=file_by(payer, record) if payer is not None else None,
                on_paper=payer is not None and payer.on_paper,
                expected_charge=_expected(record, charges),
            )
        )
    return contexts


def _expected(record: ClaimRecord, charges: Mapping[int, Money]) -> Money | None:
    """What the claim's lines charge on the visit now; a void takes back what once was."""
    if record.frequency is Frequency.VOID:
        return None
    return total(charges.get(line.number, ZERO) for line in record.lines)


def _first_positions(visit: Visit) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in visit.diagnoses:
        found.setdefault(row.code, row.position)
    return found


def _verdicts(work: Work, visit: Visit) -> Mapping[str, DiagnosisCheck]:
    """Each code at the visit's date of service."""
    codes = dict.fromkeys(row.code for row in visit.diagnoses)
    return {code: work.codes.check_diagnosis(code, visit.service_on) for code in codes}


def _duplicates(work: Work, visit: Visit, rows: list[ChargeLine]) -> dict[int, int]:
    """Lines that another visit of the patient has too: date, procedure, modifiers, who did it."""
    if not rows:
        return {}
    others = work.session.execute(
        select(
            ChargeLine.service_on,
            ChargeLine.procedure,
            ChargeLine.modifiers,
            ChargeLine.rendering_id,
            Visit.rendering_id.label("usual"),
            Visit.id,
        )
        .join(Visit, Visit.id == ChargeLine.visit_id)
        .where(
            ChargeLine.patient_id == visit.patient_id,
            ChargeLine.service_on.in_({line.service_on for line in rows}),
            ChargeLine.visit_id != visit.id,
            ChargeLine.state == "posted",
            Visit.state == VisitState.POSTED,
        )
        .order_by(Visit.id)
    )
    known: dict[tuple[object, ...], int] = {}
    for o in others:
        by = o.rendering_id or o.usual
        known.setdefault((o.service_on, o.procedure, frozenset(o.modifiers.split()), by), o.id)
    found = {}
    for line in rows:
        by = line.rendering_id or visit.rendering_id
        key = (line.service_on, line.procedure, frozenset(line.modifiers.split()), by)
        if line.procedure and key in known:
            found[line.id] = known[key]
    return found


@needs(Permission.CODE)
def pass_warning(work: Work, visit_id: int, rule: str, field: str, reason: str) -> None:
    """Let a warning pass for this visit; the reason, who and when are kept.

    Raises:
        RuleError: no reason was given, or an error stands there, which cannot be passed.
    """
    if not reason.strip():
        raise RuleError(Problem("reason", "Say why this warning may pass; the reason is kept."))
    visit = work.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound(f"There is no visit {visit_id}.")
    ranks = {c.rank for c in _coverages(work, visit)} or {1}
    found = [f for r in sorted(ranks) for f in check_visit(work, visit_id, r).findings]
    standing = [f for f in found if (f.rule, f.field) == (rule, field)]
    if any(f.is_error for f in standing):
        raise RuleError(
            "This is an error, which holds the claim; it cannot be passed, only mended."
        )
    if not standing:
        raise RuleError("This warning does not stand any more; check the visit again.")
    row = {
        "visit_id": visit_id,
        "rule": rule,
        "field": field,
        "reason": reason.strip(),
        "user_id": int(work.actor.user_id),
        "passed_at": stamp(work.clock.now()),
    }
    work.session.execute(
        upsert(FindingPass)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["visit_id", "rule", "field"],
            set_={k: row[k] for k in ("reason", "user_id", "passed_at")},
        )
    )
    audit.record(work, "passed", "visit", visit_id, rule=rule, field=field)
    work.touch(Changes.VISITS)


def _coverages(work: Work, visit: Visit) -> list[CoverageView]:
    return fixed_coverages(work, visit.id) or coverages_on(work, visit.patient_id, visit.service_on)
