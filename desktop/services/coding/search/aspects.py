"""Side, encounter and trimester: what a text says of them, and whether a title agrees.

Also what titles deny: “without obstruction”, “not intractable” speak against a text that has
it, and a title that has it speaks against a text that denies it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import root_of, tokens

if TYPE_CHECKING:
    from collections.abc import Collection

_SPELLED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bO\.?D\.?(?=[\s,;.:)]|$)"), "right eye"),
    (re.compile(r"\bO\.?S\.?(?=[\s,;.:)]|$)"), "left eye"),
    (re.compile(r"\bO\.?U\.?(?=[\s,;.:)]|$)"), "bilateral eye"),
    (re.compile(r"\bA\.?D\.?(?= ear| canal)"), "right"),
    (re.compile(r"\bA\.?S\.?(?= ear| canal)"), "left"),
    (re.compile(r"(?<![\w/.-])R(?![\w/.'-])"), "right"),
    (re.compile(r"(?<![\w/.-])L(?![\w/.'-])"), "left"),
    (re.compile(r"\(r\)|(?<!\w)rt\.?(?!\w)", re.IGNORECASE), "right"),
    (re.compile(r"\(l\)|(?<!\w)lt\.?(?!\w)", re.IGNORECASE), "left"),
    (re.compile(r"\bb/l\b|\bbilat\b|\b(?:on |in )?both sides\b", re.IGNORECASE), "bilateral"),
    (re.compile(r"\bboth(?= (?:\w+ )?(?:eyes?|ears?|knees?|hips?|hands?|feet|legs?|arms?|lids?|"
                r"shoulders?|wrists?|ankles?|elbows?|breasts?|kidneys?|lungs?|thumbs?|heels?))",
                re.IGNORECASE), "bilateral"),
    (re.compile(r"(?<=[a-z]) both(?=[,;.]|$)", re.IGNORECASE), " bilateral"),
    (re.compile(r"\b(?:first|initial|1st) (?:visit|enc(?:ounter)?)\b", re.IGNORECASE),
     "initial encounter"),
    (re.compile(r"\b(?:subsequent|subseq|follow[- ]?up) (?:visit|enc(?:ounter)?)\b",
                re.IGNORECASE), "subsequent encounter"),
    (re.compile(r"\bw/o\b", re.IGNORECASE), "without"),
    (re.compile(r"\bw/(?=\s?\w)", re.IGNORECASE), "with "),
    (re.compile(r"\b1st (?=tri)", re.IGNORECASE), "first "),
    (re.compile(r"\b2nd (?=tri)", re.IGNORECASE), "second "),
    (re.compile(r"\b3rd (?=tri)", re.IGNORECASE), "third "),
)  # fmt: skip
_WEEKS = re.compile(
    r"\b(\d\d?) ?(?:wks?|weeks?)\b(?: (?:pregnant|gestation|ga|iup))?", re.IGNORECASE
)
_PREGNANT = re.compile(
    r"\b(?:pregnan\w+|gravida|gestation\w*|g\d|iup|labor|obstetric\w*|fetal|fetus|trimester|"
    r"eclampsia|preeclampsia|placenta\w*|gdm|water broke|prom|pprom)\b",
    re.IGNORECASE,
)
_ONLY_THAT = re.compile(r"\b(?:pregnan\w+|gestation\w*|iup|of|at)\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:without|not|no) (?:mention of |specified as |any |evidence of |having achieved )*"
    r"([\w-]+(?: to(?: the)? [\w-]+| (?!or\b|and\b|with\b|without\b|of\b|in\b)[\w-]+)?"
    r"(?:(?: or | and |, )(?!with)[\w-]+(?: (?!or\b|and\b|with\b)[\w-]+)?)*)"
)
_NOT_A_DENIAL = frozenset("specified elsewhere classified otherwise mention as identified".split())
SIDES = frozenset(("right", "left", "bilateral", "unilateral"))

_OTHER_SIDE = 0.8
_BOTH_SIDES = 0.88
_SAME_SIDE = 1.02
_DENIED = 0.86
_RULED_OUT = 0.25
_ROOT = 6
"""Letters by which the roots of two words are compared."""


def spell_out(text: str) -> str:
    """Marks of side, visit and trimester written as titles write them."""
    for pattern, words in _SPELLED:
        text = pattern.sub(words, text)
    weeks = _WEEKS.search(text)
    if weeks is not None and _PREGNANT.search(text) and "trimester" not in text:
        rest = _ONLY_THAT.sub(" ", text[: weeks.start()] + text[weeks.end() :])
        if re.search(r"[a-z]{3}", rest, re.IGNORECASE) is None:
            return text
        number = int(weeks[1])
        which = "first" if number < 14 else "second" if number < 28 else "third"
        text = f"{text[: weeks.start()]} {text[weeks.end() :]} {which} trimester"
    return text


@dataclass(frozen=True, slots=True)
class Aspects:
    """What a whole text says beside its subject.

    Attributes:
        sides: of right, left and bilateral.
        has: stems of all its words that it does not deny.
        denied: roots of the words that it denies.
    """

    sides: frozenset[str]
    has: frozenset[str]
    denied: frozenset[str]

    def factor(self, title: str) -> float:
        """How far a title agrees: 1 when it says nothing against the text."""
        lower = title.lower()
        factor = 1.0
        if self.sides:
            factor = self._side(SIDES.intersection(re.findall(r"\w+", lower)))
        if self.denied or "without" in lower or " not " in lower:
            has, denied = polarity(lower)
            if self.denied and self.denied & roots(has - denied):
                factor *= _RULED_OUT
            if self.has & (denied - has - SIDES):
                factor *= _DENIED
        return factor

    def _side(self, found: Collection[str]) -> float:
        if not found:
            return 1.0
        if "bilateral" in self.sides or {"right", "left"} <= self.sides:
            return _SAME_SIDE if "bilateral" in found else _BOTH_SIDES
        if "bilateral" in found:
            return _BOTH_SIDES
        if self.sides & set(found) or "unilateral" in found:
            return _SAME_SIDE
        return _OTHER_SIDE


def aspects(text: str, denied: Collection[str] = ()) -> Aspects:
    """The aspects of a text; `denied` are phrases that a note rules out."""
    has, said_not = polarity(text.lower())
    words = {t for phrase in denied for t in tokens(phrase)}
    sides = SIDES & has - {"unilateral"}
    return Aspects(sides, has, roots(said_not | words) - roots(has))


def roots(words: Collection[str]) -> frozenset[str]:
    """Words without their endings: obstructed and obstruction are one."""
    return frozenset((root_of(word) or word)[:_ROOT] for word in words)


@functools.lru_cache(maxsize=1 << 14)
def polarity(lower: str) -> tuple[frozenset[str], frozenset[str]]:
    """Stems of what a text has, and of what it says is not there."""
    if "without" not in lower and " no" not in lower and not lower.startswith("no"):
        return frozenset(tokens(lower)), frozenset()
    denied: set[str] = set()
    for match in _NEGATED.finditer(lower):
        found = set(tokens(match[1]))
        if not found & _NOT_A_DENIAL:
            denied |= found
    return frozenset(tokens(_NEGATED.sub(" ", lower))), frozenset(denied)
