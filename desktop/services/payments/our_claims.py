"""Our own claims as an answer is held against them: lines, patient's name, coverages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import select

from desktop.models.claims import Claim, ClaimLine
from desktop.models.people import Coverage, Patient, Person
from desktop.models.visits import ChargeLine, VisitCoverage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from desktop.models.values.money import Money
    from desktop.services.core.work import Work

_CHUNK: Final = 400
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class OurLine:
    """A charge line of one of our claims."""

    id: int
    procedure: str
    modifiers: tuple[str, ...]
    service_on: dt.date
    charge: Money


@dataclass(frozen=True, slots=True)
class OurClaim:
    """What matching must know of a claim."""

    id: int
    visit_id: int
    patient_id: int
    payer_id: int
    rank: int
    service_on: dt.date
    charge: Money
    last_name: str
    lines: tuple[OurLine, ...]
    # rank -> (payer id, member id) of the visit's coverages
    coverages: Mapping[int, tuple[int, str]] = field(default_factory=dict)


def load_claims(work: Work, ids: Iterable[int]) -> dict[int, OurClaim]:
    """Claims with their lines, patient's name and coverages, in three queries a chunk."""
    out: dict[int, OurClaim] = {}
    for part in chunks(sorted(ids)):
        lines = _lines_of(work, part)
        coverages = _coverages_of(work, part)
        claims = work.session.execute(
            select(
                Claim.id,
                Claim.visit_id,
                Claim.patient_id,
                Claim.payer_id,
                Claim.rank,
                Claim.service_on,
                Claim.charge,
                Person.last,
            )
            .join(Patient, Patient.id == Claim.patient_id)
            .join(Person, Person.id == Patient.person_id)
            .where(Claim.id.in_(part))
        )
        for c in claims:
            out[c.id] = OurClaim(
                c.id,
                c.visit_id,
                c.patient_id,
                c.payer_id,
                c.rank,
                c.service_on,
                c.charge,
                c.last,
                tuple(lines[c.id]),
                coverages[c.id],
            )
    return out


def _lines_of(work: Work, claim_ids: Sequence[int]) -> dict[int, list[OurLine]]:
    rows = work.session.execute(
        select(
            ClaimLine.claim_id,
            ChargeLine.id,
            ChargeLine.procedure,
            ChargeLine.modifiers,
            ChargeLine.service_on,
            ChargeLine.charge,
        )
        .join(ChargeLine, ChargeLine.id == ClaimLine.charge_line_id)
        .where(ClaimLine.claim_id.in_(claim_ids))
        .order_by(ClaimLine.claim_id, ClaimLine.position)
    )
    lines: dict[int, list[OurLine]] = defaultdict(list)
    for r in rows:
        lines[r.claim_id].append(
            OurLine(r.id, r.procedure, tuple(r.modifiers.split()), r.service_on, r.charge)
        )
    return lines


def _coverages_of(work: Work, claim_ids: Sequence[int]) -> dict[int, dict[int, tuple[int, str]]]:
    rows = work.session.execute(
        select(Claim.id, VisitCoverage.rank, VisitCoverage.payer_id, Coverage.member_id)
        .join(VisitCoverage, VisitCoverage.visit_id == Claim.visit_id)
        .join(Coverage, Coverage.id == VisitCoverage.coverage_id)
        .where(Claim.id.in_(claim_ids))
    )
    coverages: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    for claim_id, rank, payer_id, member in rows:
        coverages[claim_id][rank] = (payer_id, member)
    return coverages


def chunks(values: Sequence[_Value]) -> Iterable[Sequence[_Value]]:
    """Values in as many pieces as a statement takes at once."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
