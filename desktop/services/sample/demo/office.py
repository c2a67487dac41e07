"""Sets the sample practice up: providers, payers, fees, procedures, patients with coverage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from desktop.models.values.enums import FilingCode, Relationship, Sex
from desktop.models.values.money import Money
from desktop.services.people import coverages, patients
from desktop.services.people.coverages import CoverageDraft
from desktop.services.people.patients import PatientDraft
from desktop.services.practice.codes import procedures
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.practice.fees import fees
from desktop.services.practice.office import locations, practice, providers
from desktop.services.practice.office.locations import LocationDraft
from desktop.services.practice.office.providers import ProviderDraft
from desktop.services.practice.payers import payers
from desktop.services.practice.payers.payers import PayerDraft
from desktop.services.sample.demo.invented import Inventor, npi

if TYPE_CHECKING:
    from desktop.services.core.work import Work
    from desktop.services.people.people import PersonDraft

_SINCE: Final = dt.date(2026, 1, 1)

# code, our own words, cents, needs CLIA
PROCEDURES: Final = (
    ("99202", "New patient visit, short", 11500, False),
    ("99203", "New patient visit, medium", 16500, False),
    ("99212", "Office visit, brief", 7800, False),
    ("99213", "Office visit, medium", 12500, False),
    ("99214", "Office visit, long", 18200, False),
    ("99396", "Yearly check-up, age 40 to 64", 21000, False),
    ("81002", "Urine dip test", 1400, True),
    ("82947", "Blood sugar test", 1900, True),
    ("83036", "Three-month blood sugar test", 3600, True),
    ("85025", "Blood count", 3200, True),
    ("87880", "Strep throat quick test", 3400, True),
    ("93000", "Heart tracing with reading", 5600, False),
    ("94010", "Lung function test", 7400, False),
    ("96372", "Injection into skin or muscle", 4200, False),
    ("J1885", "Pain medicine for injection, per 15 mg", 1800, False),
    ("90471", "Giving a vaccine", 3900, False),
    ("90686", "Flu vaccine", 4400, False),
    ("12001", "Simple wound repair, small", 28500, False),
)


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
    """A patient and how they are insured, by the names of `_PAYERS`."""

    id: int
    plan: tuple[str, ...]


_PAYERS: Final = {
    "prairie": PayerDraft(
        name="Prairie Mutual (training)",
        filing_code=FilingCode.PPO,
        electronic_id="TRN01",
        line1="100 Practice Plaza",
        city="Peoria",
        state="IL",
        zip_code="616020100",
        days_original=180,
        days_corrected=365,
        days_secondary=180,
        days_appeal=180,
    ),
    "lakeshore": PayerDraft(
        name="Lakeshore Health Plan (training)",
        filing_code=FilingCode.HMO,
        electronic_id="TRN02",
        line1="7 Pier Street",
        city="Evanston",
        state="IL",
        zip_code="602010007",
        days_original=90,
        days_corrected=180,
        days_secondary=90,
        days_appeal=60,
    ),
    "medicare": PayerDraft(
        name="Medicare Part B (training)",
        filing_code=FilingCode.MEDICARE_B,
        electronic_id="TRN03",
        line1="PO Box 1000",
        city="Springfield",
        state="IL",
        zip_code="627081000",
    ),
    "medicaid": PayerDraft(
        name="State Medical Aid (training)",
        filing_code=FilingCode.MEDICAID,
        electronic_id="TRN04",
        line1="PO Box 2000",
        city="Springfield",
        state="IL",
        zip_code="627082000",
        days_original=180,
        days_corrected=365,
        days_secondary=180,
        days_appeal=90,
        may_not_bill_patient=True,
    ),
    "harbor": PayerDraft(
        name="Harbor Supplement (training)",
        filing_code=FilingCode.COMMERCIAL,
        electronic_id="TRN05",
        line1="22 Breakwater Road",
        city="Rockford",
        state="IL",
        zip_code="611010022",
        days_original=365,
        days_corrected=365,
        days_secondary=365,
        days_appeal=180,
    ),
    "cobalt": PayerDraft(
        name="Cobalt Workers Fund (training)",
        filing_code=FilingCode.WORKERS_COMPENSATION,
        line1="5 Smelter Way",
        city="Decatur",
        state="IL",
        zip_code="625210005",
        on_paper=True,
        days_original=365,
        may_not_bill_patient=True,
    ),
}


def set_up(work: Work, inventor: Inventor) -> Office:
    """Enter the office as its owner would on the first day."""
    office = Office()
    office.group = providers.save(
        work,
        ProviderDraft(
            last="Millbrook Family Medicine",
            is_person=False,
            is_billing=True,
            npi=npi(10),
            taxonomy="207Q00000X",
            tax_id="370000001",
            line1="12 Mill Road",
            city="Springfield",
            state="IL",
            zip_code="627040012",
            phone="2175550100",
            pay_to_line1="PO Box 12",
            pay_to_city="Springfield",
            pay_to_state="IL",
            pay_to_zip="627050012",
        ),
    )
    for number, (last, first) in enumerate((("Hartwell", "Nora"), ("Osgood", "Elias")), 11):
        office.physicians.append(
            providers.save(
                work,
                ProviderDraft(
                    last=last,
                    first=first,
                    credential="MD",
                    npi=npi(number),
                    taxonomy="207Q00000X",
                    is_rendering=True,
                ),
            )
        )
    office.referring = providers.save(
        work,
        ProviderDraft(
            last="Winterbourne", first="Clara", credential="DO", npi=npi(20), is_referring=True
        ),
    )
    office.location = locations.save(
        work,
        LocationDraft(
            name="Millbrook office",
            npi=npi(30),
            clia="14D0000001",
            line1="12 Mill Road",
            city="Springfield",
            state="IL",
            zip_code="627040012",
            phone="2175550100",
        ),
    )
    standard = fees.add_schedule(work, "Standard", standard=True)
    for code, title, cents, clia in PROCEDURES:
        procedures.save(work, ProcedureDraft(code=code, title=title, needs_clia=clia))
        fees.save_fee(work, fees.FeeDraft(standard, code, Money(cents)))
    for key, draft in _PAYERS.items():
        office.payer[key] = payers.save(work, payers.with_presets(replace(draft, is_training=True)))
    settings = practice.get(work)
    practice.update(
        work,
        replace(
            settings,
            phone="2175550100",
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
    _register_all(work, inventor, office)
    return office


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
