"""Units against time and dose: minutes in the line's note, hours of a day, milligrams."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from desktop.services.claims.rules.findings import CheckContext, Finding, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.coding.cases import Case

# Services counted in fifteen minutes of contact, by number.
BY_QUARTER_HOUR = frozenset(
    "97032 97033 97034 97035 97036 97110 97112 97113 97116 97124 97140 97530 97533 97535 97537 "
    "97542 97750 97755 97760 97761 97763 G0151 G0152 G0153".split()
)
_DAY_MINUTES = 24 * 60
_MINUTES = re.compile(r"\b([0-9]{1,3}) ?min", re.IGNORECASE)
_DOSE = re.compile(
    r"(?:per|,) ([0-9][0-9,.]*) ?"
    r"(mcg|micrograms?|mg|milligrams?|gm?|grams?|ml|cc|(?:international )?units?|i\.?u\.?)(?![a-z])"
)
_UP_TO = re.compile(r"\bup to [0-9]")
# What a HCPCS description counts in, and what a drug's line counts in, in one measure each.
_HCPCS_UNITS = {
    "mcg": ("mg", Decimal("0.001")), "microgram": ("mg", Decimal("0.001")),
    "mg": ("mg", Decimal(1)), "milligram": ("mg", Decimal(1)),
    "g": ("mg", Decimal(1000)), "gm": ("mg", Decimal(1000)), "gram": ("mg", Decimal(1000)),
    "ml": ("ml", Decimal(1)), "cc": ("ml", Decimal(1)),
    "unit": ("iu", Decimal(1)), "iu": ("iu", Decimal(1)), "international unit": ("iu", Decimal(1)),
}  # fmt: skip
_LINE_UNITS = {
    "ME": ("mg", Decimal(1)), "GR": ("mg", Decimal(1000)),
    "ML": ("ml", Decimal(1)), "F2": ("iu", Decimal(1)),
}  # fmt: skip


def check(_record: ClaimRecord, found: list[Case], _context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    for case in found:
        yield from _anesthesia(case)
        yield from _dose(case)
    yield from _minutes(found)


def _anesthesia(case: Case) -> Iterator[Finding]:
    days = (case.line.to_on - case.line.from_on).days + 1
    if case.line.unit_kind == "MJ" and case.line.units > _DAY_MINUTES * days:
        text = f"{case.name}: {case.line.units:f} minutes are more than the day has; correct them."
        yield error("units.day", f"{case.where}.units", text, "2400 SV104, minutes")


def _minutes(found: list[Case]) -> Iterator[Finding]:
    """The eight-minute rule over a day's timed services, where the notes say the minutes."""
    by_day: dict[object, list[Case]] = {}
    for case in found:
        if case.code in BY_QUARTER_HOUR and case.line.unit_kind == "UN":
            by_day.setdefault(case.line.from_on, []).append(case)
    for timed in by_day.values():
        units = sum((c.line.units for c in timed), Decimal(0))
        last = timed[-1]
        field, source = f"{last.where}.units", "Medicare manual 100-04 ch. 5 §20.2"
        if units * 15 > _DAY_MINUTES:
            text = f"{last.name}: {units:f} quarter hours are more than the day has; correct them."
            yield error("units.day", field, text, source)
            continue
        written = [_MINUTES.search(c.line.note) for c in timed]
        if not all(written):
            continue
        minutes = sum(int(m[1]) for m in written if m)
        most = (minutes + 7) // 15
        if units > most:
            text = (
                f"{last.name}: {minutes} minutes of timed services that day make {most} units and "
                f"{units:f} are charged; correct the units or the minutes in the note."
            )
            yield warning("units.time", field, text, source)


def _dose(case: Case) -> Iterator[Finding]:
    """The drug's quantity against the units, where both count the same thing."""
    info, drug = case.known.info, case.line.drug
    if info is None or drug is None or drug.unit not in _LINE_UNITS:
        return
    title = info.title.lower()
    doses = _DOSE.findall(title)
    # “Up to” and two strengths in one description leave open what one unit is.
    if len(doses) != 1 or _UP_TO.search(title):
        return
    amount, measure = doses[0]
    kind, factor = _HCPCS_UNITS[measure.replace(".", "").removesuffix("s")]
    line_kind, line_factor = _LINE_UNITS[drug.unit]
    if kind != line_kind:
        return
    per_unit = Decimal(amount.replace(",", "").rstrip(".")) * factor
    given = drug.quantity * line_factor
    # A part of a unit is billed as a whole one.
    wanted = (given / per_unit).to_integral_value(ROUND_CEILING)
    if case.line.units != wanted:
        yield warning(
            "units.dose",
            f"{case.where}.units",
            f"{case.name}: {drug.quantity:f} {drug.unit} of the drug make {wanted} unit(s) of "
            f"{amount} {measure} and {case.line.units:f} are charged; correct one of them.",
            "HCPCS Level II description; 2410 CTP",
        )
