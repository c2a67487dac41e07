"""Pregnancy: its own codes for diseases that complicate it, and the weeks of gestation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.services.coding.suggest.drafts import Draft
    from desktop.services.coding.suggest.facts import NoteFacts

_COMPLICATING = """
I10 I11 = O10.019 O10.919
E11 E13 = O24.119
E10 = O24.019
R73.0 R73.9 = O99.810
E0 E2 = O99.280
E66 = O99.210
D50 D51 D52 D53 D64 D57 D62 D63 = O99.019
D69 D68 = O99.119
J10 J11 J45 J1 J2 J0 J3 J4 = O99.519
F17 Z72.0 = O99.330
F10 = O99.310
F11 F12 F13 F14 F15 F16 F19 = O99.320
F = O99.340
G = O99.350
K21 K5 K8 K2 K3 K9 = O99.619
L = O99.719
I3 I4 I5 = O99.419
N39.0 R82.71 = O23.40
N30 = O23.10
N10 = O23.00
N76 B37.3 A59 = O23.599
N73 N70 = O23.529
R60 = O12.00
R80 = O12.10
K64 = O22.40
B20 = O98.719
B18 B19 = O98.419
A53 = O98.119
A54 = O98.219
A56 A63 A60 A74 = O98.319
U07.1 B3 B0 = O98.519
R10 = O26.899
Z22.330 = O99.820
M54 = O26.899
"""
_SECOND_HALF = ("E", "F", "J", "G", "K", "D5", "D6", "L", "N", "B", "A", "U", "R10", "M54", "I3",
                "I4", "I5")  # fmt: skip
_GRAVIDA = re.compile(r"\bg\s?(\d{1,2})\s?,?\s?p\s?(\d{1,4})")
_NURSING = re.compile(r"\b(?:postpartum|pp day|breast-?\s?feed\w*|lactating|nursing mother)\b")
HALFWAY = 20
_CONTROL = {"insulin": "O24414", "metformin": "O24415", "glyburide": "O24415", "diet": "O24410"}
"""What controls a gestational diabetes, said apart from it."""


def complicate(drafts: list[Draft], facts: NoteFacts) -> None:
    """Put the chapter 15 code before the disease's own where the patient is pregnant."""
    if _NURSING.search(facts.text):
        for draft in drafts:
            if draft.present and draft.first == "N610":
                draft.codes = ("O9122", "N610")
    if not facts.pregnant:
        return
    table = _table()
    for draft in drafts:
        if draft.present and draft.codes:
            codes = _particular(draft, facts) or _with_own(table, draft.first)
            if codes:
                draft.codes = codes
                draft.context = frozenset()


def _particular(draft: Draft, facts: NoteFacts) -> tuple[str, ...]:
    """The codes of what depends on parity or on the weeks; empty for all else."""
    own = draft.first
    early = facts.weeks is None or facts.weeks < HALFWAY
    if own == "O24419":
        return next(((code,) for word, code in _CONTROL.items() if word in draft.context), ())
    if own.startswith("Z349"):
        return (_supervision(facts),)
    if own == "O09519" and _para(facts):
        return ("O09529",)
    if "spotting" in draft.key:
        return ("O26859",)
    if own.startswith("N93"):
        return ("O209",) if early else ("O4690",)
    if own.startswith("R11"):
        return ("O210", "O219") if early else ("O212", "O219")
    return ()


def _with_own(table: dict[str, tuple[str, ...]], own: str) -> tuple[str, ...]:
    found = _longest(table, own)
    return (*found, own) if found and own.startswith(_SECOND_HALF) else found


def _para(facts: NoteFacts) -> bool:
    match = _GRAVIDA.search(facts.text)
    return match is not None and (match[2][0] != "0" or int(match[1]) > 1)


def _supervision(facts: NoteFacts) -> str:
    match = _GRAVIDA.search(facts.text)
    if match is None:
        return "Z3490"
    return "Z3400" if int(match[1]) == 1 else "Z3480"


def weeks_code(weeks: int) -> str:
    """Z3A for completed weeks of gestation."""
    if weeks < 8:
        return "Z3A01"
    return f"Z3A{weeks:02d}" if weeks <= 42 else "Z3A49"


def _table() -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for line in _COMPLICATING.strip().splitlines():
        starts, codes = line.split("=")
        for start in starts.replace(".", "").split():
            out[start] = tuple(codes.replace(".", "").split())
    return out


def _longest(table: dict[str, tuple[str, ...]], code: str) -> tuple[str, ...]:
    for length in range(len(code), 0, -1):
        if code[:length] in table:
            return table[code[:length]]
    return ()
