"""A visit that was sent to review waits for the reviewer, and then for what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.identifiers import dotted
from desktop.services.claims.rules.coding.facts import Asked, CodingFacts, codes_of
from desktop.services.claims.rules.findings import CheckContext, Finding, numbered_lines, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

_SOURCE = "the practice's own review of coding"


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    facts = context.coding
    if facts.in_review:
        yield warning(
            "visit.in_review",
            "review",
            "This visit was sent to review, which is not closed; close the review before the "
            "claim goes out, or say why it need not wait.",
            _SOURCE,
        )
    diagnoses = codes_of(record, facts)
    lines = {
        " ".join([line.procedure, *line.modifiers]): where
        for where, _, line in numbered_lines(record, context)
    }
    for asked in facts.asked:
        if asked.kind == "diagnosis":
            where = f"diagnoses.{context.diagnosis_positions.get(asked.code, asked.position)}"
            stands, added = asked.code in diagnoses, asked.better_code in diagnoses
        else:
            where = f"{lines.get(asked.code, f'lines.{asked.position}')}.procedure"
            stands, added = asked.code in lines, _stands(asked.better_code, facts)
        if (asked.verdict == "add" and not added) or (asked.verdict != "add" and stands):
            text = f"The reviewer asked to {_wish(asked)}, or say why not."
            yield warning("visit.review_unheeded", where, text, _SOURCE)


def _stands(written: str, facts: CodingFacts) -> bool:
    """Whether a line of the visit has this procedure with at least these modifiers."""
    procedure, *marks = written.split() or [""]
    return any(
        s.procedure == procedure and s.modifiers.issuperset(marks) for s in facts.services.values()
    )


def _wish(asked: Asked) -> str:
    show = dotted if asked.kind == "diagnosis" else str
    if asked.verdict == "add":
        return f"add {show(asked.better_code)}; add it"
    if asked.verdict == "change":
        return f"change {show(asked.code)} to {show(asked.better_code)}; change it"
    return f"leave {show(asked.code)} out; remove it"
