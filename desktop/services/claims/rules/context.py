"""What the rules need beside the claims, read for many visits in a few queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from desktop.errors import NotFound
from desktop.models.people import Coverage
from desktop.models.practice import Payer, Procedure
from desktop.models.values.enums import Frequency, VisitState
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine, FindingPass, Visit, VisitCoverage, VisitDiagnosis
from desktop.services.claims.record.deadline import file_by
from desktop.services.claims.rules.coding.reading import CodingReader
from desktop.services.claims.rules.findings import CheckContext
from desktop.services.visits.coverage import coverages_on
from desktop.services.visits.values import CoverageView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.coding.facts import CodingFacts
    from desktop.services.core.work import Work

_AT_ONCE = 1000
Passes = dict[tuple[str, str], FindingPass]


@dataclass(slots=True)
class Gathered:
    """Everything about some visits that their claims do not say themselves."""

    visits: dict[int, Visit]
    lines: dict[int, list[ChargeLine]]
    diagnoses: dict[int, list[VisitDiagnosis]]
    coverages: dict[int, list[CoverageView]]
    payers: dict[int, Payer]
    passes: dict[int, Passes]
    duplicates: dict[int, int]
    procedures: frozenset[str]
    clia: frozenset[str]
    reader: CodingReader
    coding: dict[int, CodingFacts]


def gather(work: Work, visit_ids: Sequence[int], on: dt.date | None = None) -> Gathered:
    """Read what the rules need for these visits.

    The codes are judged as of `on`, else as of the dates of service.

    Raises:
        NotFound: one of them does not exist.
    """
    session = work.session
    procedures = session.execute(select(Procedure.code, Procedure.needs_clia)).all()
    found = Gathered(
        visits={},
        lines={},
        diagnoses={},
        coverages={},
        payers={p.id: p for p in session.scalars(select(Payer))},
        passes={},
        duplicates={},
        procedures=frozenset(p.code for p in procedures),
        clia=frozenset(p.code for p in procedures if p.needs_clia),
        reader=CodingReader(work, on),
        coding={},
    )
    for ids in _pieces(visit_ids):
        _read(work, found, ids)
    missing = [v for v in visit_ids if v not in found.visits]
    if missing:
        raise NotFound(f"There is no visit {missing[0]}.")
    for visit in found.visits.values():
        if visit.id not in found.coverages:
            found.coverages[visit.id] = coverages_on(work, visit.patient_id, visit.service_on)
    found.coding = found.reader.read(found.visits, found.lines, found.diagnoses)
    return found


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _read(work: Work, found: Gathered, ids: Sequence[int]) -> None:
    session = work.session
    for visit in session.scalars(select(Visit).where(Visit.id.in_(ids))):
        found.visits[visit.id] = visit
    lines = select(ChargeLine).where(ChargeLine.visit_id.in_(ids), ChargeLine.state != "void")
    for line in session.scalars(lines.order_by(ChargeLine.visit_id, ChargeLine.position)):
        found.lines.setdefault(line.visit_id, []).append(line)
    codes = select(VisitDiagnosis).where(VisitDiagnosis.visit_id.in_(ids))
    for row in session.scalars(codes.order_by(VisitDiagnosis.visit_id, VisitDiagnosis.position)):
        found.diagnoses.setdefault(row.visit_id, []).append(row)
    fixed = session.execute(
        select(VisitCoverage, Coverage)
        .join(Coverage, Coverage.id == VisitCoverage.coverage_id)
        .where(VisitCoverage.visit_id.in_(ids))
        .order_by(VisitCoverage.visit_id, VisitCoverage.rank)
    )
    for v, c in fixed:
        name = found.payers[v.payer_id].name
        found.coverages.setdefault(v.visit_id, []).append(
            CoverageView(v.rank, c.id, v.payer_id, name, c.valid_from, c.valid_to)
        )
    for p in session.scalars(select(FindingPass).where(FindingPass.visit_id.in_(ids))):
        found.passes.setdefault(p.visit_id, {})[p.rule, p.field] = p
    found.duplicates.update(_duplicates(work, ids))


def _duplicates(work: Work, ids: Sequence[int]) -> dict[int, int]:
    """Lines that an earlier visit has too: patient, date, procedure, modifiers, who did it."""
    mine, other = aliased(ChargeLine), aliased(ChargeLine)
    here, there = aliased(Visit), aliased(Visit)
    rows = work.session.execute(
        select(
            mine.id,
            mine.modifiers,
            mine.rendering_id,
            here.rendering_id.label("usual"),
            other.modifiers.label("modifiers_there"),
            other.rendering_id.label("rendering_there"),
            there.rendering_id.label("usual_there"),
            there.id.label("visit_id"),
        )
        .join(here, here.id == mine.visit_id)
        .join(
            other,
            (other.patient_id == mine.patient_id)
            & (other.service_on == mine.service_on)
            & (other.procedure == mine.procedure)
            & (other.visit_id < mine.visit_id),
        )
        .join(there, there.id == other.visit_id)
        .where(
            mine.visit_id.in_(ids),
            mine.state != "void",
            mine.procedure != "",
            other.state == "posted",
            there.state == VisitState.POSTED,
        )
        .order_by(mine.id, there.id)
    )
    found: dict[int, int] = {}
    for r in rows:
        same_modifiers = set(r.modifiers.split()) == set(r.modifiers_there.split())
        by, by_there = r.rendering_id or r.usual, r.rendering_there or r.usual_there
        if same_modifiers and by == by_there:
            found.setdefault(r.id, r.visit_id)
    return found


def contexts(
    work: Work, found: Gathered, visit_id: int, records: Sequence[ClaimRecord]
) -> list[CheckContext]:
    """The context of each claim of a visit."""
    visit = found.visits[visit_id]
    lines = found.lines.get(visit_id, [])
    covers = {c.rank: c for c in found.coverages[visit_id]}
    whole = CheckContext(
        today=work.clock.today(),
        diagnoses=found.reader.verdicts(
            visit, [row.code for row in found.diagnoses.get(visit_id, [])]
        ),
        own_procedures=found.procedures or None,
        clia_procedures=found.clia,
        coverage_dates={c.rank: (c.valid_from, c.valid_to) for c in covers.values()},
        duplicates=found.duplicates,
        line_positions={line.id: number for number, line in enumerate(lines, 1)},
        diagnosis_positions=_first_positions(found.diagnoses.get(visit_id, [])),
        coding=found.coding[visit_id],
    )
    charges = {line.id: line.charge for line in lines}
    made = []
    for record in records:
        cover = covers.get(record.payer_rank)
        payer = found.payers.get(cover.payer_id) if cover else None
        made.append(
            replace(
                whole,
                file_by=file_by(payer, record) if payer is not None else None,
                on_paper=payer is not None and payer.on_paper,
                expected_charge=_expected(record, charges),
            )
        )
    return made


def _expected(record: ClaimRecord, charges: Mapping[int, Money]) -> Money | None:
    """What the claim's lines charge on the visit now; a void takes back what once was."""
    if record.frequency is Frequency.VOID:
        return None
    return total(charges.get(line.number, ZERO) for line in record.lines)


def _first_positions(diagnoses: Sequence[VisitDiagnosis]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in diagnoses:
        found.setdefault(row.code, row.position)
    return found
