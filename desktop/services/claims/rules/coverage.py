"""The coverage billed and its order: in force, member id, payer id, why Medicare is second."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values import identifiers as ids
from desktop.models.values.enums import FilingCode
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    first_day,
    last_day,
    shown,
    target,
    warning,
)
from desktop.services.formats.documents.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord, CoverageRecord

INSURANCE_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
_RANKS = {1: "primary", 2: "secondary", 3: "tertiary"}
_CASUALTY = frozenset({FilingCode.WORKERS_COMPENSATION, FilingCode.AUTO})


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    chosen = target(record)
    if chosen is None:
        yield error(
            "coverage.missing",
            "coverage",
            f"The patient has no {_RANKS[record.payer_rank]} coverage in force on the date of "
            "service; enter one, or bill the patient.",
            "item 1, 2000B SBR",
        )
    ranks = [c.rank for c in record.coverages]
    if len(set(ranks)) != len(ranks):
        text = "Two coverages stand in the same place of the order; correct their order."
        yield error("coverage.order", "coverage", text, "SBR01")
    for coverage in record.coverages:
        yield from _one(record, coverage, context)
    if chosen is not None:
        yield from _payer(record, chosen, context)


def _one(record: ClaimRecord, coverage: CoverageRecord, context: CheckContext) -> Iterator[Finding]:
    where = f"coverage.{coverage.rank}"
    yield from _in_force(record, coverage, context)
    member = re.sub(r"[\s-]", "", coverage.member_id).upper()
    source = "item 1a, 2010BA NM109"
    if not member:
        text = f"Coverage {coverage.rank} has no member id; copy it from the card."
        yield error("member.missing", f"{where}.member_id", text, source)
    elif not re.fullmatch(r"[0-9A-Z]{2,80}", member):
        text = f"The member id of coverage {coverage.rank} may hold letters and digits only."
        yield error("member.invalid", f"{where}.member_id", text, source)
    elif coverage.payer.filing_code is FilingCode.MEDICARE_B and (
        problem := ids.mbi_problem(member)
    ):
        yield error("member.mbi", f"{where}.member_id", problem, source)
    yield from _medicare_second(coverage, where)
    if not context.on_paper and not plain(coverage.payer.electronic_id):
        yield error(
            "payer.electronic_id",
            f"{where}.payer",
            "The payer has no electronic id; take it from the clearinghouse's list, or send its "
            "claims on paper.",
            "2010BB and 2330B NM109",
        )


def _in_force(
    record: ClaimRecord, coverage: CoverageRecord, context: CheckContext
) -> Iterator[Finding]:
    dates = context.coverage_dates.get(coverage.rank)
    first, last = first_day(record), last_day(record)
    if dates is None or first is None or last is None:
        return
    start, end = dates
    make = error if coverage.rank == record.payer_rank else warning
    where, source = f"coverage.{coverage.rank}", "2000B SBR, item 24A"
    if first < start:
        text = f"Coverage {coverage.rank} began on {shown(start)}, after the date of service."
        yield make("coverage.not_in_force", f"{where}.valid_from", text, source)
    if end is not None and last > end:
        text = f"Coverage {coverage.rank} ended on {shown(end)}, before the date of service."
        yield make("coverage.not_in_force", f"{where}.valid_to", text, source)


def _medicare_second(coverage: CoverageRecord, where: str) -> Iterator[Finding]:
    if coverage.payer.filing_code is not FilingCode.MEDICARE_B:
        return
    field, source = f"{where}.insurance_type", "2000B and 2320 SBR05"
    if coverage.rank > 1 and not coverage.insurance_type:
        text = "Medicare is not primary here: say why (working aged 12, ESRD 13, no-fault 14 …)."
        yield error("coverage.medicare_second", field, text, source)
    elif coverage.rank > 1 and coverage.insurance_type not in INSURANCE_TYPES:
        text = f"“{coverage.insurance_type}” is no reason why Medicare is second."
        yield error("coverage.medicare_second", field, text, source)
    elif coverage.rank == 1 and coverage.insurance_type:
        text = "Medicare is primary here, so no reason for being second belongs on the claim."
        yield error("coverage.medicare_second", field, text, source)


def _payer(record: ClaimRecord, chosen: CoverageRecord, context: CheckContext) -> Iterator[Finding]:
    where, payer = f"coverage.{chosen.rank}.payer", chosen.payer
    if not plain(payer.name):
        yield error("payer.name", where, "The payer has no name.", "2010BB NM103")
    if context.on_paper and payer.address is None:
        text = "The payer has no address for the top of the form."
        yield warning("payer.address", where, text, "carrier block")
    if payer.filing_code in _CASUALTY and not record.property_casualty_number:
        yield warning(
            "payer.casualty_number",
            "property_casualty_number",
            "Workers' compensation and auto insurers want their own claim number.",
            "item 11b, REF*Y4",
        )
