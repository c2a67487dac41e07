"""Characters that an 837 cannot carry: the file folds or drops them, so somebody should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.claims.rules.findings import CheckContext, Finding, numbered_lines, warning
from desktop.services.formats.documents.text import ascii_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import Address, ClaimRecord, Name

_DELIMITERS = frozenset("*~:^")


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """One finding a field whose text does not survive."""
    if context.on_paper:
        return
    for where, text in _texts(record, context):
        lost = _lost(text)
        if lost:
            shown = " ".join(f"“{c}”" for c in lost)
            yield warning(
                "characters.lost",
                where,
                f"A claim file cannot carry {shown}; it is left out there. Write it otherwise.",
                "ASC X12 basic character set",
            )


def _lost(text: str) -> list[str]:
    """Characters without an equivalent, each once; accents fold and are not lost."""
    return sorted(
        {
            c
            for c in text
            if c in _DELIMITERS or (not c.isascii() and not c.isspace() and not ascii_text(c))
        }
    )


def _texts(record: ClaimRecord, context: CheckContext) -> Iterator[tuple[str, str]]:
    yield from _name("patient", record.patient.name)
    yield from _address("patient", record.patient.address)
    for coverage in record.coverages:
        where = f"coverage.{coverage.rank}"
        yield f"{where}.member_id", coverage.member_id
        yield f"{where}.group_number", coverage.group_number
        if coverage.subscriber is not record.patient:
            yield (
                f"{where}.subscriber",
                f"{coverage.subscriber.name.last} {coverage.subscriber.name.first}",
            )
    yield "prior_authorization", record.prior_authorization
    yield "referral_number", record.referral_number
    yield "claim_note", record.note
    yield "original_number", record.original_number
    yield "provider.billing.last", record.billing.name.last
    yield from _address("provider.billing", record.billing.address)
    for where, _, line in numbered_lines(record, context):
        yield f"{where}.note", line.note + line.description


def _name(where: str, name: Name) -> Iterator[tuple[str, str]]:
    yield f"{where}.last", name.last
    yield f"{where}.first", name.first
    yield f"{where}.middle", name.middle


def _address(where: str, address: Address | None) -> Iterator[tuple[str, str]]:
    if address is not None:
        yield f"{where}.line1", f"{address.line1} {address.line2}"
        yield f"{where}.city", address.city
