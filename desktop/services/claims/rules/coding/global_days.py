"""The global surgical package: visits and procedures within the days that a surgery includes.

The days are those of the Medicare fee schedule: 000 the day itself, 010 ten days after, 090
the day before and ninety days after. Without that file nothing is said. Only services that
this practice knows of can be compared.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.cases import Case, is_visit, listed
from desktop.services.claims.rules.findings import CheckContext, Finding, shown, warning
from desktop.services.coding.base.values import MPFS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.coding.facts import CodingFacts, Service

DAYS = {"000": 0, "010": 10, "090": 90}
_SOURCE = "Medicare manual 100-04 ch. 12 §40"
_AFTER = frozenset({"58", "78", "79"})


def check(_record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    facts = context.coding
    if MPFS not in facts.loaded:
        return
    for case in found:
        earlier = _in_global(case, facts)
        if is_visit(case.code):
            yield from _visit(case, earlier, facts)
        else:
            yield from _procedure(case, earlier)


def days_of(service: Service, facts: CodingFacts) -> int | None:
    """Days after a service that belong to it; None when it is no surgery."""
    fees = facts.procedure(service.procedure, service.on).fees
    return DAYS.get(fees.get("global", "")) if fees else None


def _in_global(case: Case, facts: CodingFacts) -> list[Service]:
    """Earlier surgeries of the group's same specialty whose days this line falls into."""
    on = case.service.on
    return [
        s
        for s in facts.others
        if s.same_group
        and s.posted
        and s.on < on
        and s.same_specialty(case.service)
        and (days := days_of(s, facts))
        and on <= s.on + dt.timedelta(days=days)
    ]


def _visit(case: Case, earlier: list[Service], facts: CodingFacts) -> Iterator[Finding]:
    field, marks = f"{case.where}.modifiers", case.modifiers
    wrong = sorted(marks & _AFTER)
    if wrong:
        text = (
            f"{case.name}: {listed(wrong)} stands on a procedure; on a visit after surgery 24 does."
        )
        yield warning("global.visit_modifier", field, text, _SOURCE)
    if earlier and not marks & {"24", "55"}:
        first = earlier[0]
        yield warning(
            "global.visit",
            field,
            f"{case.name}: the visit falls into the {days_of(first, facts)} days after "
            f"{first.procedure} on {shown(first.on)} ({first.name}), which include it; add 24 if "
            "it was for something else, or do not charge it.",
            _SOURCE,
        )
    if "24" in marks and not earlier:
        text = f"{case.name}: 24 says a visit within the days after surgery, and none is known; "
        yield warning("global.24", field, text + "take it off, or say which it was.", _SOURCE)
    yield from _same_day(case, facts)


def _same_day(case: Case, facts: CodingFacts) -> Iterator[Finding]:
    """25 beside a minor procedure; 57 for the decision on a major one, that day or the next."""
    field = f"{case.where}.modifiers"
    next_day = case.service.on + dt.timedelta(days=1)
    beside = [s for s in case.company if s.same_specialty(case.service)]
    near = [*beside, *(s for s in facts.others if s.same_group and s.on == next_day)]
    near = [s for s in near if s.same_specialty(case.service)]
    major = [s for s in near if days_of(s, facts) == DAYS["090"]]
    minor = [s for s in beside if days_of(s, facts) in {DAYS["000"], DAYS["010"]}]
    if "57" in case.modifiers and not major:
        text = (
            f"{case.name}: 57 goes with a surgery of 90 global days on this day or the next, and "
            "there is none; beside a minor procedure 25 is right."
        )
        yield warning("global.57", field, text, _SOURCE)
    if major and "57" not in case.modifiers:
        text = (
            f"{case.name}: {major[0].procedure} includes the visit of its day and the day before; "
            "add 57 if surgery was decided on then."
        )
        yield warning("global.decision", field, text, _SOURCE)
    elif minor and not major and not case.modifiers & {"25", "57"}:
        text = (
            f"{case.name}: {minor[0].procedure} includes the visit of its day; add 25 if the note "
            "shows a separate one, else leave the visit out."
        )
        yield warning("global.same_day", field, text, f"{_SOURCE}; NCCI policy manual ch. 1, D")


def _procedure(case: Case, earlier: list[Service]) -> Iterator[Finding]:
    field = f"{case.where}.modifiers"
    wrong = sorted(case.modifiers & {"24", "57"})
    if wrong:
        text = f"{case.name}: {listed(wrong)} stands on a visit, not on {case.code}; take it off."
        yield warning("global.visit_only", field, text, _SOURCE)
    marks = sorted(case.modifiers & _AFTER)
    if marks and not earlier:
        text = (
            f"{case.name}: {listed(marks)} says within the days after surgery, and none is known; "
            "take it off, or say which it was."
        )
        yield warning("global.after", field, text, _SOURCE)
