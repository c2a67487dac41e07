"""Sets the sample practice up: providers, payers, fees, procedures, patients with coverage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from desktop.models.values.enums import Relationship, Sex
from desktop.models.values.money import Money
from desktop.services.people import coverages, patients
from desktop.services.people.coverages import CoverageDraft
from desktop.services.people.patients import PatientDraft
from desktop.services.practice.codes import procedures
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.practice.fees import fees
from desktop.services.practice.office import locations, practice, providers
from desktop.services.practice.payers import payers
from desktop.services.sample.demo import drafts

if TYPE_CHECKING:
    from desktop.services.core.work import Work
    from desktop.services.people.people import PersonDraft
    from desktop.services.sample.demo.invented import Inventor

_SINCE: Final = dt.date(2026, 1, 1)


@dataclass(slots=True)
class Office:
    """Ids of what was set up."""

    group: int = 0
    physicians: list[int] = field(default_factory=list)
    referring: int = 0
    location: int = 0
    payer: dict[str, int] = field(default_factory=dict)
    patients: list[Registered] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Registered:
    """A patient and how they are insured, by the names of `drafts.PAYERS`."""

    id: int
    plan: tuple[str, ...]


def set_up(work: Work, inventor: Inventor) -> Office:
    """Enter the office as its owner would on the first day."""
    office = Office()
    office.group = providers.save(work, drafts.GROUP)
    office.physicians = [providers.save(work, draft) for draft in drafts.PHYSICIANS]
    office.referring = providers.save(work, drafts.REFERRING)
    office.location = locations.save(work, drafts.LOCATION)
    standard = _enter_fees(work)
    for key, draft in drafts.PAYERS.items():
        office.payer[key] = payers.save(work, payers.with_presets(replace(draft, is_training=True)))
    _settle(work, office, standard)
    _register_all(work, inventor, office)
    return office


def _enter_fees(work: Work) -> int:
    """The procedures with their prices; returns the standard schedule."""
    standard = fees.add_schedule(work, "Standard", standard=True)
    for code, title, cents, clia in drafts.PROCEDURES:
        procedures.save(work, ProcedureDraft(code=code, title=title, needs_clia=clia))
        fees.save_fee(work, fees.FeeDraft(standard, code, Money(cents)))
    return standard


def _settle(work: Work, office: Office, standard: int) -> None:
    """The practice's own settings, with what was just entered as its defaults."""
    settings = practice.get(work)
    practice.update(
        work,
        replace(
            settings,
            phone=drafts.PHONE,
            billing_provider_id=office.group,
            default_location_id=office.location,
            default_rendering_id=office.physicians[0],
            standard_schedule_id=standard,
            submitter_id="MILLBROOK",
            contact_name="Olive Tanner",
            receiver_id="TRAINING",
            receiver_name="Training payer",
            statement_message="Thank you for letting us care for you.",
            pay_instructions="By check to Millbrook Family Medicine, or by card at 217 555 0100.",
        ),
    )


def _register_all(work: Work, inventor: Inventor, office: Office) -> None:
    """Families of all the kinds that a small practice meets."""
    plans: tuple[tuple[tuple[str, ...], tuple[int, int]], ...] = (
        (("prairie",), (28, 62)),
        (("lakeshore",), (25, 60)),
        (("medicare", "harbor"), (67, 88)),
        (("medicare", "medicaid"), (68, 84)),
        (("medicaid",), (20, 45)),
        (("prairie",), (30, 55)),
        (("medicare",), (66, 80)),
        (("lakeshore",), (19, 50)),
        ((), (24, 58)),
        (("prairie", "lakeshore"), (35, 60)),
        (("medicare", "harbor"), (70, 90)),
        (("cobalt",), (22, 60)),
        (("prairie",), (40, 63)),
        (("lakeshore",), (33, 58)),
        (("medicare", "harbor"), (66, 79)),
        (("prairie",), (21, 34)),
    )
    for plan, age in plans:
        person = inventor.person(inventor.family_name(), age, work.clock.today())
        office.patients.append(_register(work, inventor, office, person, plan))
    _family(work, inventor, office)


def _register(
    work: Work, inventor: Inventor, office: Office, person: PersonDraft, plan: tuple[str, ...]
) -> Registered:
    patient_id = patients.register(
        work,
        PatientDraft(person, signature_on=_SINCE, alert="" if plan else "Pays by himself"),
        accept_duplicate=True,
    )
    for rank, key in enumerate(plan, 1):
        coverages.save(
            work,
            CoverageDraft(
                patient_id=patient_id,
                payer_id=office.payer[key],
                rank=rank,
                member_id=_member(inventor, key),
                valid_from=_SINCE,
                group_number="G4410" if key in {"prairie", "lakeshore"} else "",
                plan_name={"prairie": "Choice 500", "lakeshore": "Shore HMO"}.get(key, ""),
                copay=Money(2500) if key == "lakeshore" else None,
            ),
        )
    return Registered(patient_id, plan)


def _member(inventor: Inventor, key: str) -> str:
    if key == "medicare":
        return inventor.mbi()
    return inventor.member_id({"medicaid": "", "cobalt": "WC"}.get(key, key[:2].upper()))


def _family(work: Work, inventor: Inventor, office: Office) -> None:
    """A mother who is guarantor and subscriber, and her two children on her plan."""
    last = inventor.family_name()
    mother = inventor.person(last, (34, 44), work.clock.today(), Sex.FEMALE)
    registered = _register(work, inventor, office, mother, ("prairie",))
    office.patients.append(registered)
    record = patients.get(work, registered.id)
    (own,) = coverages.list_for(work, registered.id)
    for ages in ((4, 7), (9, 14)):
        child = replace(
            inventor.person(last, ages, work.clock.today()),
            line1=mother.line1,
            city=mother.city,
            zip_code=mother.zip_code,
            phone=mother.phone,
        )
        child_id = patients.register(
            work,
            PatientDraft(child, guarantor=record.person_id, signature_on=_SINCE),
            accept_duplicate=True,
        )
        coverages.save(
            work,
            CoverageDraft(
                patient_id=child_id,
                payer_id=office.payer["prairie"],
                rank=1,
                member_id=own.member_id,
                valid_from=_SINCE,
                relationship=Relationship.CHILD,
                subscriber=record.person_id,
                group_number="G4410",
                plan_name="Choice 500",
            ),
        )
        office.patients.append(Registered(child_id, ("prairie",)))
