"""Between drafts and rows of a visit: what is stored, compared and read back."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from desktop.errors import Problem, raise_if_any
from desktop.models.values.identifiers import ndc11, undotted
from desktop.models.values.money import ZERO
from desktop.services.visits.values import LineDraft, VisitDraft

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.models.visits import ChargeLine, Visit

MOST_DIAGNOSES = 24

# Plain copies between draft and row, name by name.
_HEADER = (
    "service_on",
    "location_id",
    "rendering_id",
    "referring_id",
    "referring_qualifier",
    "prior_authorization",
    "referral_number",
    "accident_state",
    "accident_on",
    "onset_on",
    "onset_qualifier",
    "admitted_on",
    "discharged_on",
    "property_casualty_number",
    "claim_note",
    "delay_reason",
    "external_id",
)
_LINE = (
    "unit_kind",
    "emergency",
    "ndc_quantity",
    "ndc_unit",
    "note",
    "rendering_id",
)


def tidy(draft: VisitDraft) -> VisitDraft:
    """Codes in capitals without dots, and no empty diagnosis: pointers follow the ones that move.

    Raises:
        RuleError: something that cannot be stored at all, each with its field.
    """
    problems: list[Problem] = []
    kept: list[str] = []
    moved: dict[int, int] = {}
    for position, code in enumerate(draft.diagnoses, 1):
        bare = undotted(code)
        if bare:
            kept.append(bare)
            moved[position] = len(kept)
    if len(kept) > MOST_DIAGNOSES:
        problems.append(Problem("diagnoses", f"A visit holds {MOST_DIAGNOSES} diagnoses at most."))
    lines = []
    for number, line in enumerate(draft.lines, 1):
        problems.extend(_line_problems(line, f"lines.{number}"))
        lines.append(_tidy_line(line, moved, len(draft.diagnoses)))
    raise_if_any(problems)
    return dataclasses.replace(
        draft,
        diagnoses=tuple(kept),
        lines=tuple(lines),
        place=draft.place.strip().upper(),
        accident_state=draft.accident_state.strip().upper(),
        prior_authorization=draft.prior_authorization.strip(),
        referral_number=draft.referral_number.strip(),
        external_id=draft.external_id or None,
    )


def _tidy_line(line: LineDraft, moved: dict[int, int], given: int) -> LineDraft:
    # A pointer past the last diagnosis is kept: it is a finding, not something to guess at.
    past = len(moved) - given
    pointers = tuple(
        moved.get(p, p + past) for p in line.pointers if p in moved or not 1 <= p <= given
    )
    return dataclasses.replace(
        line,
        procedure="".join(line.procedure.split()).upper(),
        modifiers=tuple(m.strip().upper() for m in line.modifiers if m.strip()),
        pointers=pointers,
        place=line.place.strip().upper(),
        ndc=ndc11(line.ndc) or line.ndc.strip(),
        note=line.note.strip(),
    )


def _line_problems(line: LineDraft, where: str) -> list[Problem]:
    problems = []
    for name, quantity in (("units", line.units), ("ndc_quantity", line.ndc_quantity)):
        if quantity is None:
            continue
        if not quantity.is_finite() or quantity <= 0:
            problems.append(Problem(f"{where}.{name}", "A quantity must be more than zero."))
        elif quantity * 1000 != int(quantity * 1000):
            problems.append(Problem(f"{where}.{name}", "A quantity has at most three decimals."))
        elif quantity > Decimal(9_999_999):
            problems.append(Problem(f"{where}.{name}", "This quantity is too large."))
    if line.charge is not None and line.charge < ZERO:
        problems.append(Problem(f"{where}.charge", "A charge cannot be below zero."))
    if line.unit_kind not in {"UN", "MJ"}:
        problems.append(Problem(f"{where}.unit_kind", "Units are UN, or MJ for minutes."))
    return problems


def header_values(draft: VisitDraft, place: str) -> dict[str, Any]:
    """The columns of the visit itself."""
    values = {name: getattr(draft, name) for name in _HEADER}
    return {**values, "place": place, "related_causes": " ".join(draft.related_causes)}


def line_values(line: LineDraft, service_on: dt.date, place: str) -> dict[str, Any]:
    """The columns of a line, but for charge, title, position and state."""
    start = line.from_on or service_on
    values = {name: getattr(line, name) for name in _LINE}
    return {
        **values,
        "service_on": start,
        "to_on": line.to_on or start,
        "place": line.place or place,
        "procedure": line.procedure,
        "modifiers": " ".join(line.modifiers),
        "pointers": ",".join(str(p) for p in line.pointers),
        "units": line.units,
        "ndc": line.ndc,
    }


def line_draft(row: ChargeLine, visit: Visit) -> LineDraft:
    """A stored line as it would be entered again."""
    same_day = row.service_on == visit.service_on
    return LineDraft(
        id=row.id,
        procedure=row.procedure,
        modifiers=tuple(row.modifiers.split()),
        pointers=pointers_of(row.pointers),
        units=row.units,
        charge=row.charge,
        from_on=None if same_day else row.service_on,
        to_on=None if row.to_on == row.service_on else row.to_on,
        place="" if row.place == visit.place else row.place,
        unit_kind=row.unit_kind,
        emergency=row.emergency,
        ndc=row.ndc,
        ndc_quantity=row.ndc_quantity,
        ndc_unit=row.ndc_unit,
        note=row.note,
        rendering_id=row.rendering_id,
    )


def pointers_of(text: str) -> tuple[int, ...]:
    """Pointers as stored, ``1,3``."""
    return tuple(int(p) for p in text.split(",") if p)


def visit_draft(row: Visit, lines: Sequence[ChargeLine]) -> VisitDraft:
    """A stored visit as a draft."""
    return VisitDraft(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        place=row.place,
        related_causes=tuple(row.related_causes.split()),
        diagnoses=tuple(d.code for d in row.diagnoses),
        lines=tuple(line_draft(line, row) for line in lines),
        **{name: getattr(row, name) for name in _HEADER},
    )
