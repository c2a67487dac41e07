"""Coordination of benefits: earlier payers' answers are there, balance, and use known codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values.money import Money
from desktop.services.claims.rules.findings import CheckContext, Finding, error, shown, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord, CoverageRecord, PriorAdjustment

GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})
_SHAPE = re.compile(r"[1-9][0-9]{0,2}|[ABDPWY][0-9]{1,2}")
# Numbers of reasons that have been published: 1 to this one, and a few lettered families.
_NEWEST = 310
_LETTERED = {"A": 8, "B": 23, "D": 23, "P": 34, "W": 9, "Y": 3}


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    for coverage in sorted(record.coverages, key=lambda c: c.rank):
        if coverage.rank >= record.payer_rank:
            continue
        where = f"coverage.{coverage.rank}.answer"
        if coverage.answer is None:
            yield error(
                "cob.missing",
                where,
                f"{coverage.payer.name or 'The earlier payer'} has not answered; post its "
                "remittance before billing the next payer.",
                "2320 and 2430",
            )
            continue
        yield from _balances(record, coverage, where)
        yield from _codes(coverage, where)
        if coverage.answer.adjudicated_on > context.today:
            on = shown(coverage.answer.adjudicated_on)
            text = f"The earlier payer's answer is dated {on}, in the future."
            yield error("cob.date", where, text, "2330B and 2430 DTP*573")


def _sum(adjustments: tuple[PriorAdjustment, ...]) -> int:
    return sum(a.amount.cents for a in adjustments)


def _balances(record: ClaimRecord, coverage: CoverageRecord, where: str) -> Iterator[Finding]:
    """CLM02 = AMT*D + all CAS; SV102 = SVD02 + the line's CAS."""
    answer = coverage.answer
    if answer is None:
        return
    charges: dict[int, int] = {line.number: line.charge.cents for line in record.lines}
    adjusted: dict[int, int] = {}
    for line in answer.lines:
        if line.line_number not in charges:
            text = f"The earlier payer answered line {line.line_number}, which is not here."
            yield error("cob.line", where, text, "2430 SVD")
        # Several SVD may answer one line: they balance together.
        taken = line.paid.cents + _sum(line.adjustments)
        adjusted[line.line_number] = adjusted.get(line.line_number, 0) + taken
    for number, taken in adjusted.items():
        off = Money(charges.get(number, taken) - taken)
        if off:
            position = list(charges).index(number) + 1
            text = (
                f"The earlier payer's amounts for line {position} are off by {off.shown} against "
                "its charge; correct the posting."
            )
            yield error("cob.unbalanced", where, text, "2430 SVD02 and CAS")
    lines = sum(_sum(line.adjustments) for line in answer.lines)
    off = Money(record.charge.cents - answer.paid.cents - _sum(answer.adjustments) - lines)
    if off:
        text = f"The earlier payer's amounts are off by {off.shown} against the claim's charge."
        yield error("cob.unbalanced", where, text, "2320 AMT*D and CAS")


def _codes(coverage: CoverageRecord, where: str) -> Iterator[Finding]:
    answer = coverage.answer
    if answer is None:
        return
    used = {(a.group, a.reason) for a in answer.adjustments}
    used |= {(a.group, a.reason) for line in answer.lines for a in line.adjustments}
    source = "2320 and 2430 CAS"
    for group, reason in sorted(used):
        if group not in GROUPS:
            text = f"“{group}” is no adjustment group; CO, CR, OA, PI and PR are."
            yield error("cob.group", where, text, source)
        if not _SHAPE.fullmatch(reason):
            text = f"“{reason}” is no adjustment reason code."
            yield error("cob.reason", where, text, source)
        elif not _published(reason):
            text = f"The adjustment reason {reason} is not known; compare it with the remittance."
            yield warning("cob.reason_unknown", where, text, source)


def _published(reason: str) -> bool:
    if reason.isdigit():
        return int(reason) <= _NEWEST
    return 1 <= int(reason[1:]) <= _LETTERED[reason[0]] or reason == "A0"
