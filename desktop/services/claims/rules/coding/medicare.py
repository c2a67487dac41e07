"""What Medicare part B alone asks for: drug waste, notices to the patient, therapy plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.cases import Case, is_medicare, listed
from desktop.services.claims.rules.findings import CheckContext, Finding, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

_NOTICES = "Medicare manual 100-04 ch. 30 §50; HCPCS modifiers"
# Pairs that deny each other on one line.
_CONTRARY: tuple[tuple[str, str, str], ...] = (
    ("GA", "GZ", "GA says a notice was signed and GZ that none was"),
    ("GA", "GX", "GA is for a required notice and GX for a voluntary one"),
    ("GA", "GY", "GA is for a service that may be covered and GY for one that never is"),
    ("GX", "GZ", "GX says a notice was signed and GZ that none was"),
    ("GY", "GZ", "GY is for a service that is never covered and GZ for one that may be"),
    ("KX", "GY", "KX says that the requirements are met and GY that there is no coverage"),
    ("KX", "GZ", "KX says that the requirements are met and GZ that they are not"),
    ("KX", "GA", "KX says that the requirements are met and GA expects a denial"),
)
# Services that are always therapy, by number (CMS therapy code list, “always therapy”).
ALWAYS_THERAPY = frozenset(
    "92507 92508 92526 92597 92605 92606 92607 92608 92609 92618 97012 97016 97018 97022 97024 "
    "97026 97028 97032 97033 97034 97035 97036 97039 97110 97112 97113 97116 97124 "
    "97139 97140 97150 97161 97162 97163 97164 97165 97166 97167 97168 97530 97533 97535 97537 "
    "97542 97750 97755 97760 97761 97763 97799 G0281 G0283 G0329".split()
)
_PLANS = frozenset({"GN", "GO", "GP"})
_DRUG = re.compile(r"[JQ][0-9]{4}")


def check(record: ClaimRecord, found: list[Case], _context: CheckContext) -> Iterator[Finding]:
    """All rules of this family; only for claims to Medicare part B."""
    if not is_medicare(record):
        return
    for case in found:
        yield from _waste(case)
        yield from _notices(case)
        yield from _therapy(case)


def _waste(case: Case) -> Iterator[Finding]:
    """JW and JZ: every single-dose container says what was thrown away, or that nothing was."""
    marks = case.modifiers & {"JW", "JZ"}
    field, source = f"{case.where}.modifiers", "42 CFR 414.940; Medicare manual 100-04 ch. 17 §40"
    same = [s for s in case.company if s.procedure == case.code]
    if len(marks) == 2:
        text = f"{case.name}: JW says that drug was thrown away and JZ that none was; keep one."
        yield error("drug.waste_both", field, text, source)
    elif "JW" in marks and not any("JW" not in s.modifiers for s in same):
        text = (
            f"{case.name}: JW is the line of what was thrown away; add the line of what was given, "
            "without JW."
        )
        yield error("drug.waste_alone", field, text, source)
    elif "JZ" in marks and any("JW" in s.modifiers for s in same):
        text = f"{case.name}: another line says that drug was thrown away (JW); take JZ off."
        yield error("drug.waste_both", field, text, source)
    elif not marks and _is_injected(case) and not any("JW" in s.modifiers for s in same):
        text = (
            f"{case.name}: if {case.code} came from a single-dose container, add JZ (nothing "
            "thrown away), or a second line with JW and the units thrown away."
        )
        yield warning("drug.waste", field, text, source)


def _is_injected(case: Case) -> bool:
    """Whether HCPCS calls it an injection; without that set nothing is said."""
    info = case.known.info
    if info is None or not _DRUG.fullmatch(case.code):
        return False
    return "injection" in info.title.lower()


def _notices(case: Case) -> Iterator[Finding]:
    field = f"{case.where}.modifiers"
    for one, other, why in _CONTRARY:
        if {one, other} <= case.modifiers:
            text = f"{case.name}: {why}; keep the one that is true."
            yield error("notice.contrary", field, text, _NOTICES)
    if "GZ" in case.modifiers:
        text = (
            f"{case.name}: GZ is always denied, and the patient may not be billed for it; make "
            "sure that no notice (ABN) was signed."
        )
        yield warning("notice.denied", field, text, _NOTICES)


def _therapy(case: Case) -> Iterator[Finding]:
    plans = sorted(case.modifiers & _PLANS)
    field, source = f"{case.where}.modifiers", "Medicare manual 100-04 ch. 5 §20.1"
    if len(plans) > 1:
        text = f"{case.name}: {listed(plans)} name different plans of care; keep one."
        yield error("therapy.plans", field, text, source)
    if case.code in ALWAYS_THERAPY and not plans:
        text = (
            f"{case.name}: Medicare returns {case.code} without its plan of care; add GP "
            "(physical), GO (occupational) or GN (speech)."
        )
        yield error("therapy.plan", field, text, source)
