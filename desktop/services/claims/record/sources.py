"""The rows that claims are built from, read set by set, never row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, func, select

from desktop.models.payments import Receipt
from desktop.models.people import Coverage, Patient, Person
from desktop.models.practice import Location, Payer, Practice, Procedure, Provider
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, Visit, VisitCoverage, VisitDiagnosis
from desktop.services.claims.record.prior import load_answers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from desktop.models.values.claim_record import PriorAnswer

T = TypeVar("T")

# Well below the number of parameters that one statement may have.
_AT_ONCE = 1000


@dataclass(slots=True)
class Sources:
    """Everything that the claims of some visits are made of.

    Attributes:
        coverages: per visit, in order of coordination, for its date of service.
        patient_paid: per visit, the receipts taken for it that were not voided.
        answers: per visit and rank, what an earlier payer answered.
    """

    practice: Practice
    visits: dict[int, Visit]
    patients: dict[int, Patient]
    persons: dict[int, Person]
    payers: dict[int, Payer]
    providers: dict[int, Provider]
    locations: dict[int, Location]
    diagnoses: dict[int, list[VisitDiagnosis]]
    lines: dict[int, list[ChargeLine]]
    coverages: dict[int, list[RankedCoverage]]
    clia_procedures: frozenset[str]
    patient_paid: dict[int, Money] = field(default_factory=dict)
    answers: dict[tuple[int, int], PriorAnswer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RankedCoverage:
    """A coverage with the rank and payer that hold for one visit."""

    rank: int
    coverage: Coverage
    payer_id: int


def load(session: Session, visit_ids: Iterable[int], *, rank: int = 1) -> Sources:
    """Read all that the claims of these visits need.

    Args:
        session: bound to the transaction.
        visit_ids: unknown ones are left out.
        rank: the payer that the claims go to; answers of those before it are read.
    """
    wanted = sorted(set(visit_ids))
    practice = session.get_one(Practice, 1)
    visits = _by_id(session, Visit, wanted)
    patients = _by_id(session, Patient, {v.patient_id for v in visits.values()})
    coverages = _coverages(session, visits)
    ranked = [r for group in coverages.values() for r in group]
    persons = _by_id(
        session,
        Person,
        {p.person_id for p in patients.values()} | {r.coverage.subscriber_id for r in ranked},
    )
    sources = Sources(
        practice=practice,
        visits=visits,
        patients=patients,
        persons=persons,
        payers=_by_id(session, Payer, {r.payer_id for r in ranked}),
        providers={p.id: p for p in session.scalars(select(Provider))},
        locations={x.id: x for x in session.scalars(select(Location))},
        diagnoses=_grouped(session, VisitDiagnosis, VisitDiagnosis.position, wanted),
        lines=_grouped(
            session, ChargeLine, ChargeLine.position, wanted, ChargeLine.state != "void"
        ),
        coverages=coverages,
        clia_procedures=frozenset(
            session.scalars(select(Procedure.code).where(Procedure.needs_clia))
        ),
    )
    if any(p.send_patient_paid for p in sources.payers.values()):
        sources.patient_paid = _patient_paid(session, wanted)
    if rank > 1:
        sources.answers = load_answers(session, wanted, rank)
    return sources


def in_pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids in runs that one statement can name."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _by_id(session: Session, kind: type[T], ids: Iterable[int]) -> dict[int, T]:
    found: dict[int, T] = {}
    for piece in in_pieces(sorted(set(ids))):
        column: ColumnElement[int] = kind.id  # type: ignore[attr-defined]
        for row in session.scalars(select(kind).where(column.in_(piece))):
            found[row.id] = row  # type: ignore[attr-defined]
    return found


def _grouped(
    session: Session,
    kind: type[T],
    order: InstrumentedAttribute[int],
    visit_ids: Sequence[int],
    *where: ColumnElement[bool],
) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = {}
    for piece in in_pieces(visit_ids):
        visit_id: ColumnElement[int] = kind.visit_id  # type: ignore[attr-defined]
        query = select(kind).where(visit_id.in_(piece), *where).order_by(visit_id, order)
        for row in session.scalars(query):
            groups.setdefault(row.visit_id, []).append(row)  # type: ignore[attr-defined]
    return groups


def _coverages(session: Session, visits: dict[int, Visit]) -> dict[int, list[RankedCoverage]]:
    """Those fixed when the visit was posted, else those in force on its date of service."""
    fixed = _grouped(session, VisitCoverage, VisitCoverage.rank, sorted(visits))
    rows = _by_id(session, Coverage, {v.coverage_id for group in fixed.values() for v in group})
    chosen = {
        visit_id: [RankedCoverage(v.rank, rows[v.coverage_id], v.payer_id) for v in group]
        for visit_id, group in fixed.items()
    }
    open_visits = [v for v in visits.values() if v.id not in fixed]
    in_force = _in_force(session, {v.patient_id for v in open_visits})
    for visit in open_visits:
        chosen[visit.id] = coverages_on(in_force.get(visit.patient_id, ()), visit.service_on)
    return chosen


def _in_force(session: Session, patient_ids: set[int]) -> dict[int, list[Coverage]]:
    groups: dict[int, list[Coverage]] = {}
    for piece in in_pieces(sorted(patient_ids)):
        query = select(Coverage).where(Coverage.patient_id.in_(piece))
        for row in session.scalars(query.order_by(Coverage.rank, Coverage.valid_from.desc())):
            groups.setdefault(row.patient_id, []).append(row)
    return groups


def coverages_on(coverages: Iterable[Coverage], on: dt.date) -> list[RankedCoverage]:
    """The coverages in force on a date, ranked from 1 without gaps.

    Where two of one rank are in force, the one that began last counts: it replaced the other.
    """
    by_rank: dict[int, Coverage] = {}
    for coverage in coverages:
        if coverage.valid_from > on or (coverage.valid_to is not None and coverage.valid_to < on):
            continue
        known = by_rank.get(coverage.rank)
        if known is None or coverage.valid_from > known.valid_from:
            by_rank[coverage.rank] = coverage
    ordered = [by_rank[rank] for rank in sorted(by_rank)]
    return [RankedCoverage(n, c, c.payer_id) for n, c in enumerate(ordered, 1)]


def _patient_paid(session: Session, visit_ids: Sequence[int]) -> dict[int, Money]:
    paid: dict[int, Money] = {}
    for piece in in_pieces(visit_ids):
        query = (
            select(Receipt.visit_id, func.sum(Receipt.amount))
            .where(
                Receipt.visit_id.in_(piece),
                Receipt.kind == "patient",
                Receipt.voided_on.is_(None),
            )
            .group_by(Receipt.visit_id)
        )
        for visit_id, amount in session.execute(query):
            if visit_id is not None:
                paid[visit_id] = amount or ZERO
    return paid
