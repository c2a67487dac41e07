"""The list of visits: a few set-based queries, whatever the number of visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from desktop.models.claims import Claim
from desktop.models.coding import VisitReview
from desktop.models.ledger import OpenItem
from desktop.models.people import Patient, Person
from desktop.models.practice import Provider
from desktop.models.values.enums import ClaimState, VisitState
from desktop.models.values.identifiers import dotted
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, Visit, VisitCoverage, VisitDiagnosis
from desktop.services.core.work import Permission, Work, needs
from desktop.services.visits.values import VisitFilter, VisitRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_USUAL = (VisitState.DRAFT, VisitState.POSTED)


@needs(Permission.VIEW)
def list_visits(work: Work, wanted: VisitFilter = VisitFilter()) -> list[VisitRow]:  # noqa: B008
    """Visits by date of service, newest first."""
    ids = _ids(work, wanted)
    if not ids:
        return []
    lines = _lines(work, ids)
    codes = _diagnoses(work, ids)
    balances = _balances(work, ids)
    claims = _claims(work, ids)
    reviewed = _in_review(work, ids)
    return [
        VisitRow(
            id=v.id,
            service_on=v.service_on,
            state=v.state,
            patient_id=v.patient_id,
            patient=f"{v.last}, {v.first}",
            account=v.account_number,
            provider=v.provider or "",
            procedures=" ".join(lines.get(v.id, ([], 0))[0]),
            diagnoses=" ".join(codes.get(v.id, ())),
            charge=Money(lines.get(v.id, ([], 0))[1]),
            balance=balances.get(v.id) or ZERO,
            claims=claims.get(v.id, 0),
            in_review=v.id in reviewed,
        )
        for v in work.session.execute(_named(ids))
    ]


def _named(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The visits with their patient and provider, newest first."""
    provider = aliased(Provider)
    return (
        select(
            Visit.id,
            Visit.service_on,
            Visit.state,
            Visit.patient_id,
            Person.last,
            Person.first,
            Patient.account_number,
            provider.last.label("provider"),
        )
        .join(Patient, Patient.id == Visit.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .outerjoin(provider, provider.id == Visit.rendering_id)
        .where(Visit.id.in_(ids))
        .order_by(Visit.service_on.desc(), Visit.id.desc())
    )


def _diagnoses(work: Work, ids: Sequence[int]) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    for visit_id, code in work.session.execute(
        select(VisitDiagnosis.visit_id, VisitDiagnosis.code)
        .where(VisitDiagnosis.visit_id.in_(ids))
        .order_by(VisitDiagnosis.visit_id, VisitDiagnosis.position)
    ):
        codes.setdefault(visit_id, []).append(dotted(code))
    return codes


def _balances(work: Work, ids: Sequence[int]) -> dict[int, Money]:
    return dict(
        work.session.execute(
            select(ChargeLine.visit_id, func.sum(OpenItem.amount))
            .join(OpenItem, OpenItem.charge_line_id == ChargeLine.id)
            .where(ChargeLine.visit_id.in_(ids))
            .group_by(ChargeLine.visit_id)
        ).all()
    )


def _claims(work: Work, ids: Sequence[int]) -> dict[int, int]:
    """How many claims stand for each visit."""
    return dict(
        work.session.execute(
            select(Claim.visit_id, func.count())
            .where(Claim.visit_id.in_(ids), Claim.state != ClaimState.VOID)
            .group_by(Claim.visit_id)
        ).all()
    )


def _in_review(work: Work, ids: Sequence[int]) -> set[int]:
    return set(
        work.session.scalars(
            select(VisitReview.visit_id).where(
                VisitReview.visit_id.in_(ids), VisitReview.closed_at.is_(None)
            )
        )
    )


def _lines(work: Work, ids: Sequence[int]) -> dict[int, tuple[list[str], int]]:
    out: dict[int, tuple[list[str], int]] = {}
    for visit_id, procedure, charge, state, visit_state in work.session.execute(
        select(
            ChargeLine.visit_id,
            ChargeLine.procedure,
            ChargeLine.charge,
            ChargeLine.state,
            Visit.state,
        )
        .join(Visit, Visit.id == ChargeLine.visit_id)
        .where(ChargeLine.visit_id.in_(ids))
        .order_by(ChargeLine.visit_id, ChargeLine.position)
    ):
        if state == "void" and visit_state is not VisitState.VOID:
            continue
        codes, cents = out.get(visit_id, ([], 0))
        codes.append(procedure or "?")
        out[visit_id] = (codes, cents + charge.cents)
    return out


def _ids(work: Work, wanted: VisitFilter) -> list[int]:
    """The newest ids of each state, merged: each state is read along its own index."""
    states = wanted.states or _USUAL
    if wanted.unbilled:
        states = (VisitState.POSTED,)
    if wanted.patient_id is not None:
        # Few visits, along the patient's own index.
        query = _narrowed(wanted).where(
            Visit.patient_id == wanted.patient_id, Visit.state.in_(states)
        )
        return [visit_id for _, visit_id in work.session.execute(query)]
    found: list[tuple[object, int]] = []
    for state in states:
        query = _narrowed(wanted).where(Visit.state == state)
        found.extend((on, visit_id) for on, visit_id in work.session.execute(query))
    found.sort(reverse=True)
    return [visit_id for _, visit_id in found[: wanted.limit]]


def _narrowed(wanted: VisitFilter) -> Select[dt.date, int]:
    query = select(Visit.service_on, Visit.id)
    if wanted.first is not None:
        query = query.where(Visit.service_on >= wanted.first)
    if wanted.last is not None:
        query = query.where(Visit.service_on <= wanted.last)
    if wanted.rendering_id is not None:
        query = query.where(Visit.rendering_id == wanted.rendering_id)
    if wanted.unbilled:
        query = query.where(
            select(VisitCoverage.visit_id).where(VisitCoverage.visit_id == Visit.id).exists(),
            ~select(Claim.id)
            .where(Claim.visit_id == Visit.id, Claim.state != ClaimState.VOID)
            .exists(),
        )
    if wanted.in_review:
        query = query.where(
            select(VisitReview.id)
            .where(VisitReview.visit_id == Visit.id, VisitReview.closed_at.is_(None))
            .exists()
        )
    return query.order_by(Visit.service_on.desc(), Visit.id.desc()).limit(wanted.limit)
