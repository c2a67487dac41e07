"""Where the type-ahead lines of the visit's screen get their proposals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values.identifiers import dotted, undotted
from desktop.services.coding.base.values import BUILT_IN, CodeHit
from desktop.services.people import search
from desktop.services.practice.codes import suggesting as codes
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.visits import choices
from desktop.ui.lib.dates import shown
from desktop.ui.lib.type_ahead import Deliver, Source, Suggestion

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from desktop.services.people.search import PatientRow
    from desktop.services.practice.codes.suggesting import ProcedureChoice
    from desktop.services.visits.choices import DiagnosisChoice
    from desktop.ui.lib.runner import Runner

_LIMIT = 12
_MEANS_SOMETHING = 4
_DIAGNOSIS = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}")
_PLAIN = frozenset({"code", "title", ""})
_PROCEDURE = re.compile(r"[0-9]{4}[0-9FTUMA]|[A-V][0-9]{4}")


def patients(runner: Runner, owner: QWidget) -> Source:
    """Patients by any part of name, birth date, phone or account."""
    latest = runner.latest(owner)

    def ask(text: str, deliver: Deliver) -> None:
        latest.read(
            lambda work: search.search(work, text, _LIMIT),
            lambda rows: deliver([patient_suggestion(row) for row in rows]),
        )

    return ask


def patient_suggestion(row: PatientRow) -> Suggestion:
    """Name, with the birth date beside it so that the wrong one is not taken."""
    born = f"born {shown(row.birth_on)}" if row.birth_on else "no birth date"
    return Suggestion(row.id, row.name, born, row.account_number)


def diagnoses(
    runner: Runner,
    owner: QWidget,
    on: Callable[[], dt.date | None],
    patient: Callable[[], int | None] = lambda: None,
    mode: Callable[[], str] = lambda: BUILT_IN,
) -> Source:
    """Diagnoses of the date of service by code or words, as they fit the patient.

    A text that looks like a code and is found nowhere is offered as it stands: the checks say
    what is wrong with it, and why.
    """
    latest = runner.latest(owner)

    def ask(text: str, deliver: Deliver) -> None:
        day = on()
        if day is None:
            deliver([])
            return
        # A fragment of a word means nothing yet, and nearly everything is near to it.
        patient_id, how = patient(), mode() if len(text) >= _MEANS_SOMETHING else BUILT_IN
        latest.read(
            lambda work: choices.find_diagnoses(work, text, day, _LIMIT, patient_id, how),
            lambda found: deliver(diagnosis_suggestions(text, found)),
        )

    return ask


def diagnosis_suggestions(text: str, choices: Sequence[DiagnosisChoice]) -> list[Suggestion]:
    """What the line proposes for what was typed, what Enter takes first."""
    hits = [c.hit for c in choices]
    found = [
        Suggestion((c.hit.code, c.hit.title), c.hit.dotted, c.hit.title, _why(c)) for c in choices
    ]
    code = undotted(text)
    if not found and _DIAGNOSIS.fullmatch(code) and any(c.isdigit() for c in code):
        found = [Suggestion((code, ""), dotted(code), "not in the code set of this date")]
    elif _is_heading(code, hits):
        found.insert(0, Suggestion((code, ""), dotted(code), "not complete: choose one below"))
    return found


def _why(choice: DiagnosisChoice) -> str:
    """Why a code stands here, where neither its code nor its title says it."""
    why = choice.hit.why
    if choice.is_favourite:
        return "★"
    return "" if why in _PLAIN or why.casefold() == choice.hit.title.casefold() else why


def _is_heading(code: str, hits: Sequence[CodeHit]) -> bool:
    """Whether only part of a code was typed, so that Enter must not take the first below it.

    E11 is no statement that the diabetes came with hyperosmolarity (E11.00).
    """
    below = [h.code for h in hits if h.code.startswith(code)]
    return bool(_DIAGNOSIS.fullmatch(code)) and len(below) > 1 and code not in below


def procedure_lines(
    runner: Runner, owner: QWidget, on: Callable[[], dt.date | None], today: Callable[[], dt.date]
) -> Source:
    """Procedures by code or words: the practice's own, then those of the loaded code sets.

    Another code is taken as it stands.
    """
    latest = runner.latest(owner)

    def ask(text: str, deliver: Deliver) -> None:
        day = on() or today()
        latest.read(
            lambda work: codes.find_procedures(work, text, day, _LIMIT),
            lambda found: deliver(procedure_suggestions(text, found)),
        )

    return ask


def procedure_suggestions(text: str, found: Sequence[ProcedureChoice]) -> list[Suggestion]:
    """What the line proposes for what was typed."""
    proposals = [
        Suggestion(p.own, p.own.code, p.detail, p.note or ("★" if p.own.is_favourite else ""))
        for p in found
    ]
    code = text.strip().upper()
    if _PROCEDURE.fullmatch(code) and all(p.own.code != code for p in found):
        own = ProcedureDraft(code, "")
        proposals.append(Suggestion(own, code, "not on the practice's list"))
    return proposals
