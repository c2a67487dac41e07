"""Diagnoses and the rest of the claim: lines that point to them, injuries and their accident."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values.identifiers import dotted
from desktop.services.claims.rules.findings import CheckContext, Finding, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

# Injuries under active treatment; later encounters and sequelae name no accident any more.
_INJURY = re.compile(r"(S[0-9]{2}|T0[7-9]|T1[4-9]|T2[0-9]|T3[0-4])[0-9A-Z]{3}[ABC]")
UNPOINTED = "diagnosis.unpointed"


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    yield from _unpointed(record, context)
    yield from _accident(record, context)


def _unpointed(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """Advice only: a condition that was considered may stand without a line."""
    places = {p for line in record.lines for p in line.pointers}
    if not places:
        return
    for position, diagnosis in enumerate(record.diagnoses, 1):
        if position in places or diagnosis.code in context.coding.pointed:
            continue
        # An external cause explains the injury; no service is for it.
        if diagnosis.code[:1] not in {"V", "W", "X", "Y"}:
            where = f"diagnoses.{context.diagnosis_positions.get(diagnosis.code, position)}"
            yield warning(
                UNPOINTED,
                where,
                f"No line points to {dotted(diagnosis.code)}; point a line to it, or leave it as "
                "a further condition.",
                "item 24E, ICD-10-CM guideline IV.J",
            )


def _accident(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    if record.related_causes or record.dates:
        return
    for position, diagnosis in enumerate(record.diagnoses, 1):
        if _INJURY.fullmatch(diagnosis.code):
            where = f"diagnoses.{context.diagnosis_positions.get(diagnosis.code, position)}"
            yield warning(
                "injury.accident",
                where,
                f"{dotted(diagnosis.code)} is an injury under treatment; say under accident "
                "whether it came from work, a car or another accident, and enter the date.",
                "items 10 and 14, CLM11 and DTP*439",
            )
            return
