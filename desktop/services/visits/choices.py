"""What the visit's screen offers to choose from: codes by use, places, providers, the patient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import NotFound
from desktop.models.people import Patient, Person
from desktop.models.practice import CodeUse
from desktop.models.values.enums import VisitState
from desktop.models.visits import Visit
from desktop.services.coding.base.values import BUILT_IN, ICD10CM, CodeHit
from desktop.services.coding.library.store import normal
from desktop.services.core.work import Permission, Work, needs
from desktop.services.practice.codes import code_pages
from desktop.services.practice.codes import suggesting as codes
from desktop.services.practice.codes.procedures import SYSTEM as PROCEDURES
from desktop.services.practice.office import locations, providers
from desktop.services.visits.coverage import coverages_on

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from desktop.services.visits.values import CoverageView


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What the screen says about the patient on a date of service."""

    id: int
    name: str
    account: str
    birth_on: dt.date | None
    alert: str
    coverages: tuple[CoverageView, ...]
    last_visit_on: dt.date | None
    has_code_set: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Places and providers: (id, shown name); `places` gives a location's place of service.

    Attributes:
        favourites: codes by system, the practice's own procedures under `PROCEDURES`.
    """

    locations: tuple[tuple[int, str], ...]
    places: dict[int, str]
    rendering: tuple[tuple[int, str], ...]
    referring: tuple[tuple[int, str], ...]
    favourites: Mapping[str, frozenset[str]] = field(default_factory=dict)


@needs(Permission.VIEW)
def patient_facts(work: Work, patient_id: int, on: dt.date) -> PatientFacts:
    """The patient, and which coverages are in force on a date.

    Raises:
        NotFound: there is no such patient.
    """
    row = work.session.execute(
        select(Patient, Person)
        .join(Person, Person.id == Patient.person_id)
        .where(Patient.id == patient_id)
    ).first()
    if row is None:
        raise NotFound("There is no such patient; search again.")
    patient, person = row
    last = work.session.scalar(
        select(func.max(Visit.service_on)).where(
            Visit.patient_id == patient_id,
            Visit.service_on <= on,
            Visit.state != VisitState.VOID,
        )
    )
    work.viewed("patient", patient_id)
    return PatientFacts(
        id=patient_id,
        name=f"{person.last}, {person.first}",
        account=patient.account_number,
        birth_on=person.birth_on,
        alert=patient.alert,
        coverages=tuple(coverages_on(work, patient_id, on)),
        last_visit_on=last,
        has_code_set=work.codes.coverage(ICD10CM, on) is not None,
    )


@needs(Permission.VIEW)
def choices(work: Work) -> Choices:
    """Active locations and providers, and the favourites among the codes."""
    places = locations.all_locations(work, active_only=True)
    rendering = providers.all_providers(work, rendering=True, active_only=True)
    referring = providers.all_providers(work, referring=True, active_only=True)
    return Choices(
        tuple((p.id or 0, p.name) for p in places),
        {p.id or 0: p.place for p in places},
        tuple((p.id or 0, p.shown_name) for p in rendering),
        tuple((p.id or 0, p.shown_name) for p in referring),
        {system: _favourites(work, system) for system in (ICD10CM, PROCEDURES)},
    )


@dataclass(frozen=True, slots=True)
class DiagnosisChoice:
    """A diagnosis to choose, and whether it is one of the practice's favourites."""

    hit: CodeHit
    is_favourite: bool = False


@needs(Permission.VIEW)
def find_diagnoses(
    work: Work,
    text: str,
    on: dt.date,
    limit: int = 12,
    patient_id: int | None = None,
    mode: str = BUILT_IN,
) -> list[DiagnosisChoice]:
    """Billable diagnoses of a date for what was typed so far; the practice's own come first.

    Age and sex of the patient on the date put what hardly fits them further down. The mode
    `BEST` needs what `code_pages.prepare_best` makes.
    """
    hits = work.codes.search(
        text, on, limit,
        weights=codes.weights(work), patient=codes.patient_facts(work, patient_id, on), mode=mode,
    )  # fmt: skip
    favourites = _favourites(work, ICD10CM)
    return [DiagnosisChoice(hit, hit.code in favourites) for hit in hits]


@needs(Permission.CODE)
def toggle_favourite(work: Work, system: str, code: str) -> bool:
    """Put a diagnosis or procedure among the favourites or take it out; whether it is one now."""
    wanted = normal(code)
    favourite = wanted not in _favourites(work, system)
    code_pages.set_favourite_code(work, system, wanted, favourite=favourite)
    return favourite


def _favourites(work: Work, system: str) -> frozenset[str]:
    wanted = select(CodeUse.code).where(CodeUse.system == system, CodeUse.is_favourite)
    return frozenset(work.session.scalars(wanted))
