"""The Correct Coding Initiative: pairs of one day, limits of units, add-on codes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.cases import Case, binding, is_visit, listed
from desktop.services.claims.rules.findings import CheckContext, Finding, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.coding.facts import CodingFacts, Service
    from desktop.services.coding.base.values import CodePair

# NCCI policy manual, chapter 1, section E: modifiers that tell two services apart.
ANATOMIC = frozenset(
    "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI"
    .split()
)  # fmt: skip
GLOBAL = frozenset("24 25 57 58 78 79".split())
DISTINCT = frozenset("59 XE XS XP XU".split())
OTHER = frozenset("27 91".split()) | DISTINCT
_PAIRS = "NCCI procedure-to-procedure edits; NCCI policy manual ch. 1, E"
_UNITS = "CMS MUE, practitioner"
_CONTRACTOR = "CCCCC"


def check(record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    for case in found:
        yield from _pairs(record, case, context.coding)
        yield from _line_units(case)
        yield from _alone(record, case)
    yield from _day_units(record, found)


def _pairs(record: ClaimRecord, case: Case, facts: CodingFacts) -> Iterator[Finding]:
    """One finding for all services that one line is part of, so that one reason passes it."""
    here = {line.number for line in record.lines}
    part_of: list[tuple[CodePair, Service]] = []
    holds: list[tuple[CodePair, Service]] = []
    for other in (s for s in case.company if s.same_specialty(case.service)):
        pair = facts.pairs.get((other.procedure, case.code, case.service.on))
        if pair is not None:
            part_of.append((pair, other))
        elif other.number not in here:
            # The denied one is on another claim, which may have gone out: say it here.
            pair = facts.pairs.get((case.code, other.procedure, case.service.on))
            if pair is not None:
                holds.append((pair, other))
    never = [o for p, o in part_of if p.indicator == "0"]
    apart = [o for p, o in part_of if p.indicator == "1" and not lifted(o, case.service)]
    field = f"{case.where}.modifiers"
    yield from _said(record, case, field, f"{case.code} is part of", never, apart)
    never = [o for p, o in holds if p.indicator == "0"]
    apart = [o for p, o in holds if p.indicator == "1" and not lifted(case.service, o)]
    field = f"{case.where}.procedure"
    yield from _said(record, case, field, f"{case.code} includes", never, apart)


def _said(
    record: ClaimRecord,
    case: Case,
    field: str,
    relation: str,
    never: list[Service],
    apart: list[Service],
) -> Iterator[Finding]:
    if never:
        text = (
            f"{case.name}: {relation} {_names(never)} on one day, whatever the modifier; leave "
            "the part out."
        )
        yield binding(record, "ncci.never", field, text, _PAIRS)
    if apart:
        visit = is_visit(case.code) or any(is_visit(s.procedure) for s in apart)
        which = (
            "25 on the visit (24 or 57 where they apply)"
            if visit
            else "59 or XE, XS, XP, XU, or modifiers of two sites (LT and RT, F1, T1, …)"
        )
        text = (
            f"{case.name}: {relation} {_names(apart)} on one day; if the note shows a separate "
            f"service, add {which}, else leave the part out."
        )
        yield warning("ncci.pair", field, text, _PAIRS)


def _names(services: list[Service]) -> str:
    places = ((s.procedure, s.name[:1].lower() + s.name[1:]) for s in services)
    return listed([f"{procedure} ({place})" for procedure, place in places])


def lifted(first: Service, second: Service) -> bool:
    """Whether the modifiers of a pair say that the services are separate.

    Sites do so only between two procedures, where the denied one names another site.
    """
    if second.modifiers & (GLOBAL | OTHER) or first.modifiers & DISTINCT:
        return True
    if is_visit(first.procedure) or is_visit(second.procedure):
        return is_visit(first.procedure) and bool(first.modifiers & GLOBAL)
    sites = second.modifiers & ANATOMIC
    return bool(sites) and sites != first.modifiers & ANATOMIC


# --- medically unlikely units --------------------------------------------------------------


def _line_units(case: Case) -> Iterator[Finding]:
    limit = case.known.mue
    if limit is None or limit.get("indicator", "")[:1] != "1":
        return
    most, units = Decimal(limit["value"]), _a_day(case.service)
    if units > most:
        text = (
            f"{case.name}: {case.code} takes {most} unit(s) a line and this has {units:f}; check "
            "the units, or part them on lines with 76, 91, 59 or a site where the note shows it."
        )
        yield warning("mue.line", f"{case.where}.units", text, f"{_UNITS}, indicator 1")


def _day_units(record: ClaimRecord, found: list[Case]) -> Iterator[Finding]:
    """Indicators 2 and 3: all units of a code on one day, on whatever line or visit."""
    seen: set[tuple[object, str]] = set()
    for case in found:
        limit = case.known.mue
        kind = limit.get("indicator", "")[:1] if limit else ""
        key = (case.service.on, case.code)
        if limit is None or kind not in {"2", "3"} or key in seen:
            continue
        seen.add(key)
        same = [
            s
            for s in (case.service, *case.company)
            if s.procedure == case.code and s.same_specialty(case.service)
        ]
        most, units = Decimal(limit["value"]), sum((_a_day(s) for s in same), Decimal(0))
        if units <= most:
            continue
        what = f"{case.code} takes {most} unit(s) a day and this day has {units:f}"
        last = case if len(same) == 1 else [c for c in found if c.service in same][-1]
        field, source = f"{last.where}.units", f"{_UNITS}, indicator {kind}"
        if kind == "2":
            text = f"{last.name}: {what}, which policy never allows; correct the units."
            yield binding(record, "mue.day_never", field, text, source)
        else:
            text = f"{last.name}: {what}; correct the units, or keep the note for the appeal."
            yield warning("mue.day", field, text, source)


def _a_day(service: Service) -> Decimal:
    """Units of one day: those of a span are parted over its days and rounded."""
    days = (service.to_on - service.on).days + 1
    if days <= 1:
        return service.units
    return (service.units / days).quantize(Decimal(1), ROUND_HALF_UP)


# --- add-on codes --------------------------------------------------------------------------


def _alone(record: ClaimRecord, case: Case) -> Iterator[Finding]:
    pairs = case.known.add_on
    if not pairs:
        return
    primaries = {p.second for p in pairs}
    beside = {s.procedure for s in case.company} - {case.code}
    if beside & primaries or (_CONTRACTOR in primaries and beside):
        return
    named = sorted(primaries - {_CONTRACTOR})
    some = [*named[:5], *(["others"] if len(named) > 5 else [])]
    wanted = f"such as {listed(some, 'or')}" if some else "as the contractor defines it"
    text = (
        f"{case.name}: {case.code} is an add-on code and its primary service is not on this day; "
        f"add it, {wanted}, or correct the code."
    )
    source = f"NCCI add-on code edits, type {pairs[0].indicator}"
    if {p.indicator for p in pairs} == {"1"}:
        yield binding(record, "add_on.alone", f"{case.where}.procedure", text, source)
    else:
        yield warning("add_on.alone", f"{case.where}.procedure", text, source)
