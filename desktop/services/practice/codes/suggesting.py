"""Code sets as a practice uses them: searched in the order of its own habits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.people import Patient, Person
from desktop.models.practice import CodeUse, Procedure
from desktop.models.values.age import age_on
from desktop.models.values.enums import Sex
from desktop.services.coding.base.values import BUILT_IN, CPT, HCPCS, ICD10CM, CodeHit, PatientFacts
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.notes.values import NamedProcedure, Suggestion
from desktop.services.coding.releases.systems import SYSTEMS
from desktop.services.coding.search.search import warm
from desktop.services.coding.suggest.engine import suggest
from desktop.services.coding.suggest.lexicon import lexicon_of
from desktop.services.core.database import CODES_NAME, Database
from desktop.services.core.work import Permission, Work, needs
from desktop.services.practice.codes import procedures
from desktop.services.practice.codes.procedures import ProcedureDraft

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_FAVOURITE = 1000
_SHORTEST = 2
_OWN_WORDS = 100
"""Letters that an entry of the practice's own list has room for."""
_PROCEDURE = re.compile(r"[A-V][0-9]{4}|[0-9]{4}[0-9FTUMA]")


@needs(Permission.VIEW)
def search_codes(
    work: Work,
    text: str,
    on: dt.date | None,
    limit: int,
    *,
    every: bool = False,
    system: str = "",
    mode: str = BUILT_IN,
) -> list[CodeHit]:
    """Codes for a code or words, best first, in the order of this practice's use.

    Args:
        work: the reader's.
        text: a code, its beginning, or words.
        on: date of service; None asks the newest release loaded.
        limit: at most so many.
        every: headings too, else only billable codes.
        system: the code system; empty = diagnoses, and of the procedure sets the very code
            that was typed.
        mode: `BUILT_IN`, or `BEST`: by meaning as well; see `prepare_best`.

    Raises:
        RuleError: no release covers the date, or the system is not loaded.
    """
    wanted = system or ICD10CM
    day = _day(work, wanted, on)
    found = work.codes.search(
        text,
        day,
        limit,
        wanted,
        weights(work, wanted),
        billable_only=not every,
        mode=mode,
        progress=work.progress.report,
    )
    if system or not _PROCEDURE.fullmatch(text.strip().upper()):
        return found
    return [*_exact_procedures(work, text, on), *found][:limit]


@needs(Permission.VIEW)
def prepare_best(work: Work, system: str = ICD10CM) -> None:
    """Make what best search needs of a system and lacks; minutes the first time, then nothing.

    Raises:
        RuleError: its packages are not installed.
        Cancelled: from the progress of the work; what was made is kept.
    """
    work.codes.prepare_best(system, work.progress.report)


def _day(work: Work, system: str, on: dt.date | None) -> dt.date:
    """The date itself where a release covers it, the newest release's first day without one."""
    name = SYSTEMS[system].title if system in SYSTEMS else system
    if on is not None:
        if work.codes.coverage(system, on) is None:
            raise RuleError(f"No code set for this date: no release of {name} covers {on}.")
        return on
    releases = work.codes.releases(system)
    if not releases:
        raise RuleError(f"{name}: no release is loaded; import one with: codes import FILE")
    return max(r.valid_from for r in releases)


def _exact_procedures(work: Work, text: str, on: dt.date | None) -> list[CodeHit]:
    """The very code in the procedure sets; of one that has run out it is said."""
    out = []
    for system in (HCPCS, CPT):
        newest = [r.valid_from for r in work.codes.releases(system)]
        if not newest:
            continue
        day, note = _standing(work, system, on or max(newest))
        info = work.codes.lookup(system, text, day) if day else None
        if info is not None:
            why = note if "ran out" in note else f"code of {note}"
            out.append(CodeHit(info.code, info.dotted, info.title, info.billable, why, 2000.0))
    return out


@dataclass(frozen=True, slots=True)
class ProcedureChoice:
    """A procedure to choose: of the practice's own list, or of a loaded code set.

    Attributes:
        own: the practice's entry with its usual modifiers and place; for a code of a set, one
            made of the set's words.
        detail: the words, or where the code is from.
        note: why it stands here, or that its set has run out; may be empty.
    """

    own: ProcedureDraft
    detail: str
    note: str = ""


@needs(Permission.VIEW)
def find_procedures(work: Work, text: str, on: dt.date, limit: int = 12) -> list[ProcedureChoice]:
    """Procedures for what was typed so far: the practice's own first, then HCPCS and CPT.

    A set that has run out on the date still answers, and says so: a code that may be gone is
    better than none, and the checks judge it.
    """
    found = [ProcedureChoice(p, p.title) for p in procedures.find(work, text, limit)]
    known = {choice.own.code for choice in found}
    if len(text.strip()) < _SHORTEST:
        return found
    for system in (HCPCS, CPT):
        day, note = _standing(work, system, on)
        if day is None:
            continue
        room = limit - len(found)
        used = weights(work, procedures.SYSTEM)
        for hit in work.codes.search(text, day, limit, system, used) if room > 0 else ():
            if hit.code not in known and room > 0:
                known.add(hit.code)
                room -= 1
                title = hit.title[:_OWN_WORDS]
                found.append(ProcedureChoice(ProcedureDraft(hit.code, title), hit.title, note))
    return found


def _standing(work: Work, system: str, on: dt.date) -> tuple[dt.date | None, str]:
    """The day to ask a set for, and what to say of it: itself, or its newest release."""
    name = SYSTEMS[system].title.split(" (")[0]
    if work.codes.coverage(system, on) is not None:
        return on, name
    newest = max(work.codes.releases(system), key=lambda r: r.valid_from, default=None)
    if newest is None:
        return None, ""
    if newest.valid_to is not None and newest.valid_to < on:
        return newest.valid_from, f"{name} ran out on {newest.valid_to:%m/%d/%Y}"
    return newest.valid_from, f"{name} of {newest.valid_from:%m/%d/%Y}"


def weights(work: Work, system: str = ICD10CM) -> dict[str, int]:
    """How often this practice uses each code; favourites stand before all."""
    rows = work.session.execute(
        select(CodeUse.code, CodeUse.uses, CodeUse.is_favourite).where(CodeUse.system == system)
    )
    return {code: uses + (_FAVOURITE if favourite else 0) for code, uses, favourite in rows}


def plain_hits(hits: Sequence[CodeHit]) -> list[dict[str, Any]]:
    """Hits as `codes search --json` gives them."""
    return [
        {
            "code": hit.dotted,
            "title": hit.title,
            "billable": hit.billable,
            "why": hit.why,
            "score": round(hit.score, 4),
        }
        for hit in hits
    ]


@needs(Permission.VIEW)
def suggest_codes(
    work: Work, text: str, on: dt.date | None, patient_id: int | None = None
) -> list[Suggestion]:
    """The phrases of a note that matter, in reading order, with codes to choose from.

    Without a date the newest release loaded answers; without a patient the note's own words
    say age and sex. Nothing is coded or kept by it.

    Raises:
        RuleError: no release covers the date.
    """
    day = _day(work, ICD10CM, on)
    own = work.session.execute(
        select(Procedure.code, Procedure.title).where(Procedure.is_active).order_by(Procedure.code)
    ).all()
    return suggest(
        work.codes, text, day,
        procedures=[NamedProcedure(code, title) for code, title in own],
        weights=weights(work), patient=patient_facts(work, patient_id, day),
    )  # fmt: skip


def read_ahead(database: Database, on: dt.date | None) -> None:
    """Make what the first search needs, and on a date the first note, beside other work.

    Both make it themselves when nobody did; it takes a moment once a process.
    """
    warm()
    if on is not None:
        with CodeStore(database.folder / CODES_NAME) as store:
            lexicon_of(store, on)


def patient_facts(work: Work, patient_id: int | None, on: dt.date) -> PatientFacts | None:
    """Age on a date and sex, which matter to the choice of a code; None without a patient."""
    row = None
    if patient_id is not None:
        row = work.session.execute(
            select(Person.birth_on, Person.sex)
            .join(Patient, Patient.person_id == Person.id)
            .where(Patient.id == patient_id)
        ).first()
    if row is None:
        return None
    birth, sex = row
    age = None if birth is None else age_on(birth, on)
    return PatientFacts(age, None if sex is Sex.UNKNOWN else sex)
