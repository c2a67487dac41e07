"""A visit that was sent to review waits for the reviewer."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.models.values.claim_record import ClaimRecord
from desktop.services.rules.findings import CheckContext, Finding, warning


def check(_record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """The one rule of this family."""
    if context.coding.in_review:
        yield warning(
            "visit.in_review",
            "review",
            "This visit was sent to review, which is not closed; close the review before the "
            "claim goes out, or say why it need not wait.",
            "the practice's own review of coding",
        )
