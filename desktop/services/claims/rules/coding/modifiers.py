"""One table of what a modifier asks of its line and of the day around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.cases import Case, binding, is_medicare, is_visit, listed
from desktop.services.claims.rules.coding.ncci import DISTINCT
from desktop.services.claims.rules.findings import CheckContext, Finding, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop.models.values.claim_record import ClaimRecord

_TELEHEALTH = frozenset({"02", "10"})
_ASSISTANTS = frozenset({"80", "81", "82", "AS"})
_NCCI = "NCCI policy manual ch. 1"
_BY_FEES = "Medicare physician fee schedule"
_PREVENTIVE = re.compile(r"Z[01]|Z2[0-9]|Z3[0-9]|Z8[0-7]|Z9[12]")


@dataclass(frozen=True, slots=True)
class ModifierRule:
    """A row of the table.

    Attributes:
        on: the rule speaks about a line that carries one of these.
        judge: what is wrong and how to mend it, to follow the line's name; None: nothing.
        ncci: an error where the payer follows the Correct Coding Initiative by law.
    """

    name: str
    on: frozenset[str]
    judge: Callable[[Case], str | None]
    source: str
    ncci: bool = False


def _only_on_visits(case: Case) -> str | None:
    if is_visit(case.code):
        return None
    return f"25 stands on a visit (evaluation and management), not on {case.code}; move it there."


def _nothing_else(case: Case) -> str | None:
    if not is_visit(case.code) or case.company:
        return None
    return "25 says that another service was done that day, and there is none; take it off."


def _on_visit(case: Case) -> str | None:
    marks = sorted(case.modifiers & DISTINCT)
    if not is_visit(case.code):
        return None
    return f"{listed(marks)} never stands on a visit; 25 tells a visit apart."


def _two_distinct(case: Case) -> str | None:
    marks = sorted(case.modifiers & DISTINCT)
    if len(marks) < 2:
        return None
    return f"{listed(marks)} say the same; keep the one that fits best."


def _fifty_units(case: Case) -> str | None:
    if case.line.units == Decimal(1):
        return None
    return "50 says both sides, so the line has 1 unit; correct the units."


def _fifty_side(case: Case) -> str | None:
    sides = sorted(case.modifiers & {"LT", "RT"})
    return f"50 says both sides already; take {listed(sides)} off." if sides else None


def _both_sides(case: Case) -> str | None:
    if not {"LT", "RT"} <= case.modifiers:
        return None
    return "LT and RT stand on one line; take 50, or two lines with one side each."


def _fifty_allowed(case: Case) -> str | None:
    kind = case.known.fees.get("bilateral", "") if case.known.fees else ""
    why = {
        "0": f"{case.code} has no two sides (bilateral indicator 0)",
        "2": f"{case.code} is for both sides already (bilateral indicator 2)",
        "9": f"sides do not apply to {case.code} (bilateral indicator 9)",
    }.get(kind)
    return f"{why}; take 50 off." if why else None


def _part(case: Case) -> str | None:
    both = {"26", "TC"} <= case.modifiers
    if both:
        return "26 and TC are the two halves of a service; bill the whole without either."
    kind = case.known.fees.get("pctc", "") if case.known.fees else ""
    mark = "26" if "26" in case.modifiers else "TC"
    parts = {"1": {"26", "TC"}, "6": {"26"}, "8": {"26"}}.get(kind, set())
    if not kind or mark in parts:
        return None
    return f"{case.code} has no part for {mark} (PC/TC indicator {kind}); take it off."


def _repeated(case: Case) -> str | None:
    same = [s for s in case.company if s.procedure == case.code]
    own = case.service.provider_id
    if "77" in case.modifiers:
        if any(s.provider_id != own or own is None for s in same):
            return None
        return (
            f"77 says that {case.code} was repeated by another physician, and no other did it "
            "that day; 76 is for the same physician."
        )
    if any(s.provider_id == own or own is None for s in same):
        return None
    if same:
        return f"{case.code} was done by another physician that day; a repeat by this one is 77."
    return (
        f"76 says that {case.code} was repeated, and it stands only once that day; add the first."
    )


def _telehealth(case: Case) -> str | None:
    if case.line.place in _TELEHEALTH:
        return None
    said = sorted(case.modifiers & {"95", "GT", "93", "GQ"})
    marks = f"{listed(said)} {'says' if len(said) == 1 else 'say'}"
    return f"{marks} telehealth and the place is {case.line.place}; use 02, or 10 at home."


def _assistant(case: Case) -> str | None:
    kind = case.known.fees.get("assistant", "") if case.known.fees else ""
    if kind not in {"1", "9"}:
        return None
    marks = listed(sorted(case.modifiers & _ASSISTANTS))
    return f"no assistant is paid for {case.code} (indicator {kind}), so {marks} does not fit."


def _two_surgeons(case: Case) -> str | None:
    kind = case.known.fees.get("co_surgeon", "") if case.known.fees else ""
    if kind not in {"0", "9"}:
        return None
    return f"two surgeons are not paid for {case.code} (indicator {kind}); take 62 off."


TABLE: tuple[ModifierRule, ...] = (
    ModifierRule("25_no_visit", frozenset({"25"}), _only_on_visits, f"{_NCCI}, D and E", ncci=True),
    ModifierRule("25_alone", frozenset({"25"}), _nothing_else, f"{_NCCI}, E"),
    ModifierRule("distinct_visit", DISTINCT, _on_visit, f"{_NCCI}, E", ncci=True),
    ModifierRule("distinct_twice", DISTINCT, _two_distinct, f"{_NCCI}, E", ncci=True),
    ModifierRule("50_units", frozenset({"50"}), _fifty_units, f"{_BY_FEES}, bilateral", ncci=True),
    ModifierRule("50_side", frozenset({"50"}), _fifty_side, f"{_BY_FEES}, bilateral"),
    ModifierRule("50_bilateral", frozenset({"50"}), _fifty_allowed, f"{_BY_FEES}, bilateral"),
    ModifierRule("both_sides", frozenset({"LT", "RT"}), _both_sides, f"{_BY_FEES}, bilateral"),
    ModifierRule("part", frozenset({"26", "TC"}), _part, f"{_BY_FEES}, PC/TC indicator"),
    ModifierRule("assistant", _ASSISTANTS, _assistant, f"{_BY_FEES}, assistant at surgery"),
    ModifierRule("two_surgeons", frozenset({"62"}), _two_surgeons, f"{_BY_FEES}, co-surgeons"),
    ModifierRule("repeat", frozenset({"76", "77"}), _repeated, "Medicare manual 100-04 ch. 12"),
    ModifierRule(
        "telehealth",
        frozenset({"95", "GT", "93", "GQ"}),
        _telehealth,
        "CMS place of service 02 and 10; Medicare manual 100-04 ch. 12 §190",
    ),
)


def check(record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """Every row of the table over every line, and what needs the diagnoses."""
    for case in found:
        field = f"{case.where}.modifiers"
        for row in TABLE:
            text = row.judge(case) if row.on & case.modifiers else None
            if text is not None:
                make = binding if row.ncci else _soft
                yield make(
                    record, f"modifier.{row.name}", field, f"{case.name}: {text}", row.source
                )
        yield from _preventive_reason(record, case)
        yield from _sides(record, case, context)


def _soft(_record: ClaimRecord, rule: str, where: str, text: str, source: str) -> Finding:
    return warning(rule, where, text, source)


def _pointed(record: ClaimRecord, case: Case) -> list[str]:
    count = len(record.diagnoses)
    return [record.diagnoses[p - 1].code for p in case.line.pointers if 1 <= p <= count]


def _preventive_reason(record: ClaimRecord, case: Case) -> Iterator[Finding]:
    """33: the diagnosis of a preventive service is a screening or examination."""
    if "33" not in case.modifiers:
        return
    if not any(_PREVENTIVE.match(code) for code in _pointed(record, case)):
        yield warning(
            "modifier.preventive",
            f"{case.where}.pointers",
            f"{case.name}: 33 says a preventive service, and no screening or examination code "
            "(Z00–Z39) is pointed to; point to it, or take 33 off.",
            "45 CFR 147.130",
        )
    if is_medicare(record) and "PT" in case.modifiers:
        yield warning(
            "modifier.preventive_medicare",
            f"{case.where}.modifiers",
            f"{case.name}: 33 and PT say the same; Medicare takes PT for a screening that became "
            "a treatment.",
            "Medicare manual 100-04 ch. 18 §60",
        )


# --- the side of the line and of its diagnoses ----------------------------------------------

_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.IGNORECASE)
# Right and left say there which half of heart or brain it is, not which side was operated on.
_INNER = re.compile(r"I[0-6]|G|F|R")
_OPPOSITE = {"LT": "right", "RT": "left"}
_BY_FINGER = {
    **dict.fromkeys(("FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4", "E1", "E2"), "LT"),
    **dict.fromkeys(("F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9", "E3", "E4"), "RT"),
}


def _sides(record: ClaimRecord, case: Case, context: CheckContext) -> Iterator[Finding]:
    """A line for one side whose sided diagnoses are all of the other."""
    said = {_BY_FINGER.get(m, m) for m in case.modifiers} & {"LT", "RT"}
    if len(said) != 1:
        return
    mark = said.pop()
    known = context.coding.diagnoses
    sides: set[str] = set()
    for code in _pointed(record, case):
        if code in known and not _INNER.match(code):
            sides |= {s.lower() for s in _SIDE.findall(known[code].title)}
    if sides == {_OPPOSITE[mark]}:
        yield warning(
            "modifier.side",
            f"{case.where}.modifiers",
            f"{case.name} is for the {'left' if mark == 'LT' else 'right'} side and its diagnosis "
            f"says {_OPPOSITE[mark]}; correct one of them.",
            "ICD-10-CM guideline I.B.13; HCPCS modifiers LT and RT",
        )
