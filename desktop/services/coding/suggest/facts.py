# ruff: noqa: E501 (tables of patterns)
"""What the whole note says: pregnancy and its weeks, kind of encounter, sides, age and sex."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.models.values.enums import Sex
from desktop.services.coding.suggest.wording import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.coding.notes.sections import Sentence

_WEEKS = (
    re.compile(
        r"\b(\d{1,2})\s*(?:\+\s*\d|\d/7|w\s*\d?d?\b|w\d|wks?\b|weeks?\b)[^.;]{0,40}?"
        r"(?:gestation|pregnan|gest\b|ga\b|iup|along|ega|by (?:lmp|us|dates)|prenatal|ob\b)"
    ),
    re.compile(r"\bg\d+\s*p\d+[\w ]{0,12}?(?:at|@|,)?\s*(\d{1,2})\s*(?:w|wks?|weeks?|\+|\d/7)"),
    re.compile(
        r"(?:pregnan\w*|gestation\w*|iup|prenatal|ob visit|\bega|\bga)\D{0,30}?(\d{1,2})"
        r"\s*(?:\d/7|w|wk|wks|weeks?|\+)\b"
    ),
    re.compile(r"\b(\d{1,2})w\d?d?\b"),
    re.compile(r"\b(\d{1,2})[- ]weeks? pregnan"),
    re.compile(
        r"\b(\d{1,2})\s?(?:weeks?|wks?)\b(?! (?:ago|old|out|post|after|duration|history|in|of (?!gest|preg)))"
    ),
    re.compile(r"\bat (\d{1,2})(?:\s*[0-6]/7)? (?:weeks|wks)\b"),
)
_TRIMESTER = re.compile(r"\b(first|second|third|1st|2nd|3rd) (?:trimester|tri)\b")
_PREGNANT = re.compile(
    r"\bpregnan(?:t|cy)\b|\bg\d+\s?p\d+|\biup\b|\bgestation\b|\bprenatal\b|\btrimester\b|\bob visit\b"
    r"|\bgestational (?:diabetes|hypertension)\b|\bgravid\b|\bfetal movement|\bbreech\b|\brhogam\b|\bpreeclampsia\b|\bfundal\b|\bfetal heart\b|\bfht\b|\banatomy scan\b|\bplacenta previa\b|\bpreterm labor\b(?! in)|\bcontractions\b|\bweeks gestation\b"
)
_NOT_PREGNANT = re.compile(
    r"\bnot pregnan\w+|\bdenies pregnan\w+|\bnegative pregnancy\b|\bpregnancy test\W+(?:was |is )?neg"
    r"|\bpregnancy(?: test)? negative\b|\b(?:hcg|upt|preg)\W+neg\w*|\bno (?:chance of )?pregnan\w+"
    r"|\bpostpartum\b|\bmenopaus|\bprevent pregnan|\bcontracept|\bpregnancy prevention"
    r"|\bin (?:her )?(?:last|prior|previous|first) pregnancy\b|\bpreconception\b"
    r"|\bweeks? (?:post ?partum|after delivery)"
)
_LATER = re.compile(
    r"\bfollow[- ]?up\b|\bf/u\b|\brecheck\w*|\bre-check\w*|\bhealing\b|\bheal(?:ed|s)\b(?! by)"
    r"|\bcast (?:removal|check|change|off|removed)\b|\bsuture removal\b|\bsubsequent\b|\bpost[- ]?op\b"
    r"|\bphysical therapy\b|\bphysical therapist\b|\baftercare\b|\bweeks? (?:ago and is|s/p|post)\b"
    r"|\breturns? (?:for|to|today|after)\b|\broutine healing\b|\bhere for (?:a )?(?:repeat|wound "
    r"check|cast)\b|\bwound check\b|\bin (?:a )?cast for\b|\b(?:two|three|four|six|\d+) weeks? "
    r"(?:after|out from|into|status post)\b|\bimproving since\b|\bdressing change\b|\bstill (?:in|"
    r"wearing)\b|\bcallus(?: formation)?\b(?= (?:on|at|seen))|\bsplint removal\b|\brehab\b"
)
_SEQUELA = re.compile(
    r"\bsequela\w*|\blate effects?\b|\b(?:residual|scar|contracture|stiffness|pain) (?:\w+ ){0,4}"
    r"(?:from|due to|after|following) (?:an? |the |his |her )?(?:old|previous|prior|healed|remote) "
    r"|\bdue to (?:an? )?(?:old|prior|healed|remote) "
)
_HEALING = (
    ("K", re.compile(r"\bnon-?union\b")),
    ("P", re.compile(r"\bmal-?union\b")),
    ("G", re.compile(r"\bdelayed healing\b")),
    ("B", re.compile(r"\bopen (?:\w+ ){0,2}(?:fracture|fx)\b")),
)
"""Letters that only fractures have; other injuries take the usual one instead."""
_FRESH = re.compile(
    r"\btoday\b|\byesterday\b|\blast night\b|\bthis (?:morning|afternoon|evening|am)\b|\bhours? ago"
    r"|\bdays? ago\b|\bjust\b|\binjured\b|\bfell\b|\bfall\b|\bx-?rays?\b|\bsutured?s?\b|\bsplint(?:ed)?"
    r"\b|\btwisted\b|\brolled\b|\bhit\b|\bstruck\b|\bcut\b|\bbit(?:ten)?\b|\bacute\b|\binitial\b"
    r"|\bx ?\d+ days?\b|\bwhile\b|\bwhen\b|\bafter\b|\bcleaned\b|\birrigated\b|\bnew\b|\bstepped\b"
    r"|\bslipped\b|\btripped\b|\bcrush\w*|\bmva\b|\bmvc\b|\bcollision\b"
)
_AGE = re.compile(
    r"\b(\d{1,3})[- ]?(?:y/?o\b|yr[- ]?old|years?[- ]old|year[- ]old|yo[mf]\b|y\.o\.)"
    r"|\b(\d{1,2})[- ]?(?:m/?o\b|months?[- ]old|mo[- ]old|weeks?[- ]old|wk[- ]old|days?[- ]old)"
)
_DAYS = re.compile(
    r"\b(\d{1,2})[- ]?(days?|d/o|wks?|weeks?|w/o)[- ]?(?:old)?\b(?! ago)(?= ?(?:old|newborn|neonat|baby|infant|check|[,.]|m\b|f\b))"
)
_BABY = re.compile(r"\b(?:newborn|neonat\w*|bab(?:y|ies)|infant)\b")
_SEX = re.compile(
    r"\b(?:\d{1,3}\s?(?:y/?o|yo)?\s?)(m|f)\b|\b(?:yo)(m|f)\b|\b(man|male|boy|gentleman|woman|female|"
    r"girl|lady|he|his|she|her)\b"
)
_FEMALE = frozenset({"f", "woman", "female", "girl", "lady", "she", "her"})
_TRIMESTERS = {"1st": "first", "2nd": "second", "3rd": "third"}


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """Facts of the note as a whole.

    Attributes:
        weeks: completed weeks of gestation, None when not said; `weeks_span` is its place.
        trimester: "first", "second", "third" or "".
        newborn: in the first 28 days of life.
        encounter: 7th character that the words speak for: A, D or S.
        encounter_said: the words do speak for it; else A is an assumption.
        sides: for each word that stands near a side, the sides that stand near it.
        words: all canonical words.
        text: the note in small letters.
    """

    pregnant: bool
    weeks: int | None
    weeks_span: tuple[int, int]
    trimester: str
    encounter: str
    encounter_said: bool
    age: int | None
    newborn: bool
    sex: Sex | None
    sides: Mapping[str, frozenset[str]]
    words: frozenset[str]
    text: str = field(repr=False)


def facts_of(
    text: str,
    items: Sequence[tuple[Sentence, Sequence[Item]]],
    age: int | None,
    sex: Sex | None,
) -> NoteFacts:
    """Read the facts; age and sex of the patient's record go before those of the note."""
    lower = text.lower()
    weeks, span = _weeks(lower)
    said = _TRIMESTER.search(lower)
    trimester = _TRIMESTERS.get(said[1], said[1]) if said is not None else _trimester(weeks)
    pregnant = _PREGNANT.search(lower) is not None or weeks is not None
    pregnant = pregnant and (weeks is not None or _NOT_PREGNANT.search(lower) is None)
    found_sex = sex if sex is not None else _sex(lower)
    if found_sex is Sex.MALE:
        pregnant = False
    encounter, encounter_said = _encounter(lower)
    words = frozenset(w for _, given in items for i in given for w in i.words)
    return NoteFacts(
        pregnant, weeks if pregnant else None, span, trimester if pregnant else "",
        encounter, encounter_said, _age(lower) if age is None else age, _is_newborn(lower, age), found_sex,
        _sides(items), words, lower,
    )  # fmt: skip


def _weeks(lower: str) -> tuple[int | None, tuple[int, int]]:
    if _PREGNANT.search(lower) or re.search(r"\b\d{1,2}w\d?d?\b|\biup\b", lower):
        for pattern in _WEEKS:
            for match in pattern.finditer(lower):
                if 4 <= int(match[1]) <= 42:
                    after = re.match(
                        r"\s*(?:weeks?|wks?|w\d?d?|\+\s?\d|\d/7)", lower[match.end(1) :]
                    )
                    end = match.end(1) + (after.end() if after else 0)
                    return int(match[1]), (match.start(1), end)
    return None, (0, 0)


def _trimester(weeks: int | None) -> str:
    if weeks is None:
        return ""
    return "first" if weeks < 14 else "second" if weeks < 28 else "third"


def _encounter(lower: str) -> tuple[str, bool]:
    for letter, pattern in _HEALING:
        if pattern.search(lower):
            return letter, True
    if _SEQUELA.search(lower):
        return "S", True
    advice = re.sub(
        r"(?:plan|return|rtc|will|to|should|schedule|scheduled|needs?)[^.;\n]{0,40}"
        r"(?:follow[- ]?up|f/u|recheck|physical therapy)|(?:follow[- ]?up|f/u|recheck) "
        r"(?:in|with|if|as needed|prn|\d)|follow up:|f/u:",
        " ",
        lower,
    )
    if _LATER.search(advice):
        return "D", True
    return "A", _FRESH.search(lower) is not None


def _age(lower: str) -> int | None:
    match = _AGE.search(lower)
    if match is None:
        return None
    return int(match[1]) if match[1] else 0 if "mo" not in match.group() else int(match[2]) // 12


def _is_newborn(lower: str, age: int | None) -> bool:
    """Within the first 28 days of life."""
    if age or _age(lower):
        return False
    # “Fever x 2 days.” counts the days of the fever: a bare number is an age only of a baby.
    for match in _DAYS.finditer(lower):
        if (
            "old" in match.group()
            or lower.startswith("old", match.end() + 1)
            or _BABY.search(lower)
        ):
            return int(match[1]) * (7 if "w" in match[2] else 1) <= 28
    return age == 0 and re.search(r"\bnewborn\b|\bneonat", lower) is not None


def _sex(lower: str) -> Sex | None:
    match = _SEX.search(lower)
    if match is None:
        return None
    word = match[1] or match[2] or match[3]
    return Sex.FEMALE if word in _FEMALE else Sex.MALE


def _sides(items: Sequence[tuple[Sentence, Sequence[Item]]]) -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {}
    for _, given in items:
        for place, item in enumerate(given):
            if not item.side:
                continue
            for other in given[place : place + 4]:
                if other.kind in {Kind.BREAK, Kind.COMMA}:
                    break
                for word in other.words:
                    near.setdefault(word, set()).add(item.side)
    return {word: frozenset(sides) for word, sides in near.items()}
