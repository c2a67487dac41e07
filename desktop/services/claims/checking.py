"""The checks as the claim's life uses them: the findings of each claim of one visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.models.values.claim_record import ClaimRecord
from desktop.models.values.enums import Severity
from desktop.services.edi.write837 import unwritable
from desktop.services.work import Work


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """What stands in a claim's way, where it is mended, and why it was passed if it was."""

    severity: Severity
    field: str
    text: str
    passed: str = ""


def check_visit(
    work: Work,  # noqa: ARG001
    visit_id: int,  # noqa: ARG001
    records: Sequence[ClaimRecord],
) -> list[list[ClaimFinding]]:
    """The findings of each record, in their order."""
    return [
        [ClaimFinding(Severity.ERROR, p.field, p.text) for p in unwritable(record)]
        for record in records
    ]
