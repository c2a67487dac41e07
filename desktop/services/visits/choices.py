"""What the visit's screen offers to choose from: codes by use, places, providers, the patient."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.errors import NotFound
from desktop.models.people import Patient, Person
from desktop.models.practice import CodeUse
from desktop.models.values.enums import VisitState
from desktop.models.visits import Visit
from desktop.services.coding.values import ICD10CM, CodeHit
from desktop.services.registration import locations, providers
from desktop.services.visits.coverage import coverages_on
from desktop.services.visits.values import CoverageView
from desktop.services.work import Permission, Work, needs

# A favourite stands before whatever is merely used often.
_FAVOURITE = 1_000_000


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
    """Places and providers: (id, shown name); `places` gives a location's place of service."""

    locations: tuple[tuple[int, str], ...]
    places: dict[int, str]
    rendering: tuple[tuple[int, str], ...]
    referring: tuple[tuple[int, str], ...]


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
    """Active locations and providers."""
    places = locations.all_locations(work, active_only=True)
    rendering = providers.all_providers(work, rendering=True, active_only=True)
    referring = providers.all_providers(work, referring=True, active_only=True)
    return Choices(
        tuple((p.id or 0, p.name) for p in places),
        {p.id or 0: p.place for p in places},
        tuple((p.id or 0, p.shown_name) for p in rendering),
        tuple((p.id or 0, p.shown_name) for p in referring),
    )


@needs(Permission.VIEW)
def find_diagnoses(work: Work, text: str, on: dt.date, limit: int = 12) -> list[CodeHit]:
    """Billable diagnoses of a date for what was typed so far; the practice's own come first."""
    used = work.session.execute(
        select(CodeUse.code, CodeUse.uses, CodeUse.is_favourite).where(CodeUse.system == ICD10CM)
    )
    weights = {u.code: u.uses + (_FAVOURITE if u.is_favourite else 0) for u in used}
    return work.codes.search(text, on, limit, weights=weights)
