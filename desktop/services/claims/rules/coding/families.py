"""The families of the coding checks, and which of their findings only advise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding import (
    amounts,
    demographics,
    global_days,
    lcd,
    linkage,
    medicare,
    modifiers,
    ncci,
    new_patient,
    procedures,
    reviewing,
    specificity,
    tabular,
)
from desktop.services.claims.rules.coding.cases import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.findings import CheckContext, Finding, Rule

# These look at the lines with the day around them, which is put together once.
_OF_LINES = (
    procedures.check,
    ncci.check,
    modifiers.check,
    global_days.check,
    medicare.check,
    new_patient.check,
    amounts.check,
    lcd.check,
)


def check_lines(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All families that judge the procedures."""
    found = cases(record, context)
    for family in _OF_LINES:
        yield from family(record, found, context)


FAMILIES: tuple[Rule, ...] = (
    tabular.check,
    specificity.check,
    demographics.check,
    linkage.check,
    check_lines,
    reviewing.check,
)

# Said, but no reason to hold a claim.
ADVICE = frozenset({linkage.UNPOINTED, lcd.UNCONFIRMED, procedures.RAN_OUT})
