"""The sample practice's visits: who comes on which day, with what, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from desktop.services.visits.values import LineDraft, VisitDraft

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.sample.demo.invented import Inventor
    from desktop.services.sample.demo.office import Office, Registered

# diagnoses with the services that go with them: (codes, services)
_REASONS: Final = (
    (("E11.9", "I10"), ("99214", "83036", "82947")),
    (("I10",), ("99213",)),
    (("J06.9",), ("99213",)),
    (("J02.0",), ("99213", "87880")),
    (("N39.0",), ("99213", "81002")),
    (("M54.50",), ("99213", "96372", "J1885")),
    (("E78.5", "I10"), ("99214", "85025")),
    (("K21.9",), ("99212",)),
    (("J45.909",), ("99214", "94010")),
    (("R07.9",), ("99214", "93000")),
    (("Z23",), ("90471", "90686")),
    (("F41.1",), ("99213",)),
    (("D50.9",), ("99213", "85025")),
)
_CHILD_REASONS: Final = (
    (("J02.0",), ("99213", "87880")),
    (("J06.9",), ("99212",)),
    (("H66.91",), ("99213",)),
    (("Z23",), ("90471", "90686")),
)
# A work injury with eight services: more than one paper form holds.
_INJURY: Final = ("99203", "12001", "96372", "J1885", "90471", "90686", "85025", "93000")
# Which of its diagnoses a service of the injury is for; the wound where nothing is said.
_INJURY_FOR: Final = {"96372": 2, "J1885": 2, "90471": 3, "90686": 3}


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit of the story and the patient who comes."""

    who: Registered
    draft: VisitDraft


def plan(
    inventor: Inventor, office: Office, days: list[dt.date], *, injury: dt.date | None = None
) -> list[Planned]:
    """One visit for each day of the list, patients in turn; an injury on its own day."""
    people = [p for p in office.patients if p.plan != ("cobalt",)]
    start = inventor.chance.randrange(len(people))
    out = []
    for number, day in enumerate(days):
        who = people[(start + number) % len(people)]
        child = who in office.patients[-2:]
        codes, services = inventor.chance.choice(_CHILD_REASONS if child else _REASONS)
        out.append(Planned(who, _draft(office, who, day, codes, services, number)))
    if injury is not None:
        worker = next(p for p in office.patients if p.plan == ("cobalt",))
        out.append(Planned(worker, _injury(office, worker, injury)))
    return out


def _draft(
    office: Office,
    who: Registered,
    day: dt.date,
    codes: tuple[str, ...],
    services: tuple[str, ...],
    number: int,
) -> VisitDraft:
    pointers = tuple(range(1, len(codes) + 1))
    lines = tuple(_line(code, pointers, i, services) for i, code in enumerate(services))
    return VisitDraft(
        patient_id=who.id,
        service_on=day,
        location_id=office.location,
        rendering_id=office.physicians[number % len(office.physicians)],
        referring_id=office.referring if number % 5 == 0 else None,
        diagnoses=codes,
        lines=lines,
    )


def _line(
    code: str, pointers: tuple[int, ...], position: int, services: tuple[str, ...]
) -> LineDraft:
    modifiers: tuple[str, ...] = ()
    if position == 0 and code.startswith("99") and {"96372", "90471"} & set(services):
        modifiers = ("25",)
    if code in {"87880", "83036", "82947", "81002"} and code != "81002":
        modifiers = ("QW",)
    if code == "J1885":
        return LineDraft(
            procedure=code,
            pointers=pointers[:1],
            units=Decimal(2),
            ndc="00409379501",
            ndc_quantity=Decimal(1),
            ndc_unit="ML",
        )
    return LineDraft(procedure=code, modifiers=modifiers, pointers=pointers)


def _injury(office: Office, who: Registered, day: dt.date) -> VisitDraft:
    return VisitDraft(
        patient_id=who.id,
        service_on=day,
        location_id=office.location,
        rendering_id=office.physicians[0],
        related_causes=("EM",),
        accident_on=day,
        onset_on=day,
        property_casualty_number="WC2026117",
        diagnoses=("S61.411A", "M54.50", "Z23"),
        lines=tuple(
            _line(code, (_INJURY_FOR.get(code, 1),), i, _INJURY) for i, code in enumerate(_INJURY)
        ),
    )
