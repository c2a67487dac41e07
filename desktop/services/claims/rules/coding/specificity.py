"""A code says as much as it can: its 7th character, and the side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.facts import DiagnosisFacts, codes_of
from desktop.services.claims.rules.findings import CheckContext, Finding, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

_SHOWN = 7


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family; the 7th character is judged with the code's validity."""
    facts = context.coding
    for position, code in enumerate(codes_of(record, facts), 1):
        known = facts.diagnoses.get(code)
        if known is not None and known.sided:
            where = f"diagnoses.{context.diagnosis_positions.get(code, position)}"
            yield warning(
                "diagnosis.side",
                where,
                f"{known.dotted} leaves the side open; {_choices(known.sided)} say it. Ask the "
                "provider which side it was.",
                "ICD-10-CM guideline I.B.13",
            )


def seventh_text(known: DiagnosisFacts) -> str:
    """One sentence about a 7th character that is missing or wrong."""
    if known.padded:
        return (
            f"{known.dotted} lacks the placeholder X before its 7th character; "
            f"write {known.padded}."
        )
    named = [f"{mark} ({meaning})" for mark, meaning in known.sevenths]
    listed = ", ".join(named[:_SHOWN]) + (", …" if len(named) > _SHOWN else "")
    marks = " ".join(mark for mark, _ in known.sevenths)
    if len(known.code) == 7:
        text = f"{known.dotted} cannot end in {known.code[-1]}; its 7th character is one of {marks}"
    else:
        text = f"{known.dotted} needs a 7th character"
        text += ", with X in the empty places before it" if len(known.code) < 6 else ""
        text += f": one of {marks}"
    return f"{text}: {listed}."


def _choices(codes: tuple[str, ...]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}"
