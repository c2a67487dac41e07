"""What a patient's age and sex speak against; a code is only lowered, never left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values.enums import Sex

if TYPE_CHECKING:
    from desktop.services.coding.base.values import PatientFacts

_CANNOT = 0.3
_HARDLY = 0.6

_WOMEN = re.compile(
    r"O|C5[1-8]|D06|D0[57]1|D07[0-3]|D2[5-8]|D39|E28|F53|N7[0-7]|N8[0-9]|N9[0-8]|R87|Z0141|Z124|"
    r"Z127[23]|Z30(?!.*[25]2)|Z3[1-4]|Z3[679A]|Z390|Z391|Z392|Z875[19]|S37[3-6]|T19[23]"
)
_MEN = re.compile(
    r"C6[0-3]|D07[4-6]|D176|D29|D40|E29|I861|N4[0-9]|N5[0-3]|R86|R9720|Z125|Z9852|S373"
)
_WOMAN_ONLY = re.compile(
    r"\b(?:uter(?:us|ine|i)|ovar(?:y|ian)|vagin\w*|vulv\w*|cervi(?:x uteri|cal dysplasia)|female|"
    r"endometri\w*|menstrua\w*|menopaus\w*|pregnan\w*|lactation)\b",
    re.IGNORECASE,
)
_MAN_ONLY = re.compile(
    r"\b(?:prostat\w*|penis|penile|testi(?:s|cular|cle)|scrot\w*|epididym\w*|\bmale\b)\b",
    re.IGNORECASE,
)
_NEWBORN = re.compile(r"\b(?:newborn|neonatal|birth injury)\b", re.IGNORECASE)
_CHILD = re.compile(
    r"\b(?:child(?:hood)?|juvenile|infantile|pediatric|adolescent)\b", re.IGNORECASE
)
_ADULT = re.compile(r"\b(?:adults?|senile|age-related|elderly|menopaus\w*)\b", re.IGNORECASE)


def likelihood(code: str, title: str, patient: PatientFacts) -> float:
    """A factor for the score of a diagnosis: 1 unless age or sex speaks against it."""
    factor = _by_sex(code, title, patient.sex)
    return factor if patient.age is None else factor * _by_age(code, title, patient.age)


def _by_sex(code: str, title: str, sex: Sex | None) -> float:
    women = _WOMEN.match(code) is not None or _WOMAN_ONLY.search(title) is not None
    men = _MEN.match(code) is not None or _MAN_ONLY.search(title) is not None
    if sex is Sex.MALE and women and not men:
        return _CANNOT
    return _CANNOT if sex is Sex.FEMALE and men and not women else 1.0


def _by_age(code: str, title: str, age: int) -> float:
    if age >= 1 and _NEWBORN.search(title):
        return _CANNOT
    if code[0] == "P" and age >= 5:
        return _HARDLY
    if code[0] == "O" and not 10 <= age <= 60:
        return _CANNOT
    if age >= 18 and (code.startswith("Z001") or _CHILD.search(title)):
        return _HARDLY
    return _HARDLY if age < 18 and (code.startswith("Z000") or _ADULT.search(title)) else 1.0
