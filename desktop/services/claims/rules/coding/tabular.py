"""Instructions of the tabular list: Excludes1, what is coded first, what never comes first.

Excludes2 means “not included here”, so both codes may stand: it is silent. Notes without codes
in brackets are shown by the code browser and not enforced.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values.identifiers import dotted
from desktop.services.claims.rules.coding.facts import (
    CodingFacts,
    DiagnosisFacts,
    Instruction,
    codes_of,
)
from desktop.services.claims.rules.findings import CheckContext, Finding, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from desktop.models.values.claim_record import ClaimRecord

_MANIFESTATION = re.compile(r"\bclassified elsewhere\b.*|\bclassified elsewhere$")
_NOT_ELSEWHERE = re.compile(r"\bnot elsewhere classified\b")
_SEQUELA = re.compile(r"[ST][0-9A-Z]{5}S")
# Z codes that may only be first-listed.
_FIRST_ONLY = re.compile(
    r"Z00(?!6)|Z0[124]|Z332|Z318[134]|Z34|Z38|Z39|Z4[02]|Z510|Z511|Z52(?!9)|Z76[12]|Z9912"
)
_ONLY_ADDS = re.compile(r"Z16|Z3A|Z68|Z79|Z9[79]")
_WITHOUT = re.compile(r"\bwithout (?:\w+ )?complications?\b")
_LOOSE = re.compile(r"\b(such as|if applicable|if known|any associated|if any)\b")
_UNDERLYING = re.compile(r"^(the )?underlying\b")


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    facts = context.coding
    codes = codes_of(record, facts)
    known = [facts.diagnoses[c] for c in codes if c in facts.diagnoses]
    places = {c: context.diagnosis_positions.get(c, n) for n, c in enumerate(codes, 1)}
    yield from _excludes1(known, places, facts)
    yield from _without(known, places)
    yield from _only_first(codes, places)
    for position, diagnosis in enumerate(known):
        found = list(_first(diagnosis, codes, places))
        found = found or list(_underlying(diagnosis, codes, places, facts))
        if not found and not position:
            found = list(_additional_first(diagnosis, known[1:], places, facts))
        yield from found


def _named(instruction: Instruction, codes: Iterable[str], facts: CodingFacts) -> list[str]:
    """Those of some codes that an instruction names."""
    return [c for c in codes if any(r.covers(c, facts.order) for r in instruction.ranges)]


def _excludes1(
    known: list[DiagnosisFacts], places: dict[str, int], facts: CodingFacts
) -> Iterator[Finding]:
    """Not together; one finding for the later code, so that one reason passes one code."""
    for at, later in enumerate(known):
        against = []
        for earlier in known[:at]:
            note = _excluding(later, earlier.code, facts) or _excluding(earlier, later.code, facts)
            if note is not None:
                against.append((earlier, note))
        if against:
            names = " and ".join(d.dotted for d, _ in against)
            note = against[0][1]
            yield warning(
                "excludes1.pair",
                f"diagnoses.{places[later.code]}",
                f"{later.dotted} is not coded together with {names} (Excludes1 at {note.at}: "
                f"“{note.text}”); keep the one that applies, or say why they are unrelated.",
                f"ICD-10-CM guideline I.A.12.a; tabular note at {note.at}",
            )


def _excluding(diagnosis: DiagnosisFacts, other: str, facts: CodingFacts) -> Instruction | None:
    for note in diagnosis.excludes1:
        # What a note names below its own node is sorted there, not excluded from it.
        if not other.startswith(note.at.replace(".", "")) and _named(note, [other], facts):
            return note
    return None


def _first(
    diagnosis: DiagnosisFacts, codes: tuple[str, ...], places: dict[str, int]
) -> Iterator[Finding]:
    """A manifestation, the organism behind a disease, an old injury never come first."""
    where = f"diagnoses.{places[diagnosis.code]}"
    if diagnosis.code != codes[0]:
        return
    if is_manifestation(diagnosis.title):
        yield error(
            "manifestation.first",
            where,
            f"{diagnosis.dotted} ({diagnosis.title}) is never listed first; put the underlying "
            "disease before it.",
            "ICD-10-CM guideline I.A.13",
        )
    elif _SEQUELA.fullmatch(diagnosis.code):
        yield warning(
            "sequela.first",
            where,
            f"{diagnosis.dotted} is the injury behind a sequela; put what is treated now, such as "
            "a scar or pain, before it.",
            "ICD-10-CM guidelines I.B.10 and I.C.19.a",
        )


def _without(known: list[DiagnosisFacts], places: dict[str, int]) -> Iterator[Finding]:
    """“Without complications” beside a complication of the same disease."""
    for diagnosis in known:
        if not _WITHOUT.search(diagnosis.title):
            continue
        others = [
            d.dotted
            for d in known
            if d.code[:3] == diagnosis.code[:3] and not _WITHOUT.search(d.title)
        ]
        if others:
            yield warning(
                "diagnosis.without",
                f"diagnoses.{places[diagnosis.code]}",
                f"{diagnosis.dotted} says “without complications” and {', '.join(others)} names "
                f"one; leave {diagnosis.dotted} out.",
                "the codes' own titles",
            )


def _only_first(codes: tuple[str, ...], places: dict[str, int]) -> Iterator[Finding]:
    """Encounters that are the reason of the visit, so that nothing stands before them."""
    if not codes or _FIRST_ONLY.match(codes[0]):
        return
    for code in codes[1:]:
        if _FIRST_ONLY.match(code):
            yield warning(
                "diagnosis.first_only",
                f"diagnoses.{places[code]}",
                f"{dotted(code)} is only ever listed first; put it before {dotted(codes[0])}, or "
                "leave it out.",
                "ICD-10-CM guideline I.C.21.c.16",
            )


def is_manifestation(title: str) -> bool:
    """Whether a title says that the disease itself is classified elsewhere."""
    return bool(_MANIFESTATION.search(title)) and not _NOT_ELSEWHERE.search(title)


def _underlying(
    diagnosis: DiagnosisFacts,
    codes: tuple[str, ...],
    places: dict[str, int],
    facts: CodingFacts,
) -> Iterator[Finding]:
    """Code-first notes: what they name stands before; what they demand stands at all."""
    at = codes.index(diagnosis.code)
    where = f"diagnoses.{places[diagnosis.code]}"
    for note in diagnosis.code_first:
        late = _named(note, codes[at + 1 :], facts)
        if late:
            names = " and ".join(dotted(c) for c in late)
            yield warning(
                "code_first.order",
                where,
                f"{diagnosis.dotted}: code first “{note.text}”; put {names} before it.",
                f"ICD-10-CM guideline I.A.13; tabular note at {note.at}",
            )
            return
    if any(_named(note, codes[:at], facts) for note in diagnosis.code_first):
        return
    demanded = [n for n in diagnosis.code_first if _demands(n)]
    if demanded and len(demanded) == len(diagnosis.code_first):
        yield warning(
            "code_first.missing",
            where,
            f"{diagnosis.dotted} asks to code first “{demanded[0].text}”; add that code before it.",
            f"ICD-10-CM guideline I.A.13; tabular note at {demanded[0].at}",
        )


def _demands(note: Instruction) -> bool:
    """Whether one of the named codes must stand: no “such as”, no “if applicable”."""
    loose = _LOOSE.search(note.text) or _LOOSE.search(note.heading)
    return not loose and not note.heading and bool(_UNDERLYING.search(note.text))


def _additional_first(
    first: DiagnosisFacts,
    rest: list[DiagnosisFacts],
    places: dict[str, int],
    facts: CodingFacts,
) -> Iterator[Finding]:
    """A status that only adds to a disease (its drugs, weight, resistance) does not lead it.

    Other additional codes, such as tobacco dependence, may be the reason of a visit themselves.
    """
    if not _ONLY_ADDS.match(first.code):
        return
    for diagnosis in rest:
        note = next((n for n in diagnosis.use_additional if _named(n, [first.code], facts)), None)
        if note is not None:
            yield warning(
                "use_additional.order",
                f"diagnoses.{places[first.code]}",
                f"{first.dotted} is an additional code of {diagnosis.dotted} (“{note.text}”); "
                f"put {diagnosis.dotted} before it.",
                f"ICD-10-CM guideline I.A.17; tabular note at {note.at}",
            )
            return
