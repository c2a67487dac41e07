"""Words of notes in the words of the titles: spellings, verb forms, short forms, sites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import STOP_WORDS, tokens
from desktop.services.coding.notes.sections import tokens_of
from desktop.services.coding.suggest.shortforms import CAPITAL_ONLY, SHORT_FORMS

if TYPE_CHECKING:
    from desktop.services.coding.notes.sections import Token

SIDES = {
    "right": "right",
    "left": "left",
    "bilateral": "bilateral",
    "bilaterally": "bilateral",
    "both": "bilateral",
    "b/l": "bilateral",
    "rt": "right",
    "lt": "left",
    "bl": "bilateral",
}
_CAPITAL_SIDES = {"r": "right", "l": "left"}
_ORGAN_SIDES = {"od": "right", "os": "left", "ou": "bilateral", "ad": "right", "au": "bilateral"}
"""Latin short forms of eyes and ears, in capitals."""
_SKIPPED = STOP_WORDS | frozenset(
    "a i he she they were be been being am has have had my your our some very quite rather over "
    "around about along also just that which pt patient's - ' ’ \" ( ) ongoing "
    "newly worsening occasional daily nightly diagnosed known area region mellitus".split()
)
_JOINTS = frozenset({"and", "with", "/", "&", "w", "w/"})
_FORMS = {
    word: canonical.split()
    for canonical, words in {
        "pain": "painful hurt hurting ache aching achy soreness painfull achey",
        "fracture": "fractured broken broke fx fxs",
        "sprain": "sprained spraining",
        "strain": "strained straining pulled",
        "laceration": "lacerated lac cut lacs",
        "burn": "burned burnt",
        "contusion": "bruise bruised bruising contused",
        "dislocation": "dislocated",
        "swelling": "swollen swelled",
        "malignant neoplasm": "cancer carcinoma ca malignancy adenocarcinoma cancerous",
        "infection": "infected",
        "diabetes": "diabetic diabete",
        "obesity": "obese",
        "anxiety": "anxious",
        "constipation": "constipated",
        "dehydration": "dehydrated",
        "vomit": "vomiting vomited emesis",
        "nausea": "nauseous nauseated",
        "dizziness": "dizzy lightheadedness lightheaded",
        "wheezing": "wheeze wheezy",
        "itching": "itchy itch pruritic",
        "snoring": "snore",
        "screening": "screen screened",
        "tear": "torn tearing",
        "rupture": "ruptured",
        "low": "lower",
        "abdominal": "abdomen belly tummy",
        "vaccination": "vaccine immunization",
        "bleeding": "bleed bled",
        "palpitation": "palpitations",
        "cough": "coughing coughed",
        "fatigue": "fatigued tired tiredness",
        "numbness": "numb",
        "weakness": "weak",
        "fainting": "fainted faint",
        "tobacco": "cigarette",
        "tenderness": "tender",
        "bite": "bitten bit",
        "sting": "stung",
        "fall": "fell fallen falling",
        "ulcer": "ulceration ulcerated",
        "obstruction": "obstructed obstructive",
        "stone": "calculus",
        "enlarged": "enlargement hypertrophy",
        "hemorrhage": "hemorrhagic",
        "kidney": "renal",
        "dependence": "dependent addiction addicted",
        "exacerbation": "exacerbated flare flareup",
        "allergy": "allergic",
        "migraine": "migrainous",
        "arthritis": "arthritic",
        "osteoarthritis": "djd",
        "ischemia": "ischemic",
        "elevated": "raised high",
        "fibula": "fibular",
        "radius": "radial",
        "humerus": "humeral",
        "tibia": "tibial",
        "rash": "rashes",
        "depression": "depressive depressed",
        "shoulder": "shoulders",
        "irregular": "irregularly",
        "sacral": "sacrum",
        "low end": "distal",
        "upper end": "proximal",
        "back": "dorsum dorsal",
        "herniation": "herniated",
        "disc": "disk",
        "torus": "buckle",
        "osteoporosis": "osteoporotic",
        "intertrochanteric": "intertroch",
        "deficiency": "def deficient",
        "lumbar": "l1 l2 l3 l4 l5",
        "cervical": "c3 c4 c5 c6 c7",
        "prostate": "prostatic",
        "perforation": "perforated",
        "stenosis": "stenotic",
    }.items()
    for word in words.split()
}


_NO_PLURALS = frozenset("does adds caps lads rues dibs".split())
_NOT_AFTER = {"ed": frozenset("to in from the at via by".split())}
"""Short forms that mean something else after these words (ED, the emergency department)."""


class Kind(Enum):
    """What an item is to a phrase."""

    WORD = "word"
    SKIPPED = "skipped"
    JOINT = "joint"
    COMMA = "comma"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Item:
    """One word or short form of a sentence, as the titles say it.

    Attributes:
        words: its canonical words; several for a short form, none for what is skipped.
        first, last: its tokens.
        side: right, left or bilateral, when it says a side.
        shouted: in capitals.
    """

    kind: Kind
    words: tuple[str, ...]
    first: int
    last: int
    side: str = ""
    shouted: bool = False


def canonical(words: list[str]) -> list[str]:
    """Stemmed words in their canonical forms."""
    return [form for word in words for form in _FORMS.get(word, (word,))]


def key_of(text: str) -> frozenset[str]:
    """The words of a phrase or title that tell it from others, whatever their order."""
    return frozenset(
        form for item in items_of_text(text) if item.kind is Kind.WORD for form in item.words
    )


def title_key(text: str) -> frozenset[str]:
    """The words of an official title in canonical forms."""
    return frozenset(canonical(tokens(text))) - {"mellitus", "region", "area"}


def items_of_text(text: str) -> list[Item]:
    """The items of a phrase that stands alone."""
    return items(tokens_of(text))


def items(given: tuple[Token, ...]) -> list[Item]:
    """The items of a sentence in order; short forms are spelled out."""
    out: list[Item] = []
    i = 0
    while i < len(given):
        length, words = _short_form(given, i)
        if length:
            out.append(_spelled(words, i, i + length - 1))
            i += length
            continue
        out.append(_single(given, i))
        i += 1
    return out


def _short_form(given: tuple[Token, ...], i: int) -> tuple[int, str]:
    for length in range(min(5, len(given) - i), 0, -1):
        phrase = " ".join(t.text for t in given[i : i + length])
        found = SHORT_FORMS.get(phrase)
        if found is None and phrase[-1:] == "s" and len(phrase) > 3 and phrase not in _NO_PLURALS:
            found = SHORT_FORMS.get(phrase[:-1])
        if found is None:
            continue
        if phrase in _NOT_AFTER and i and given[i - 1].text in _NOT_AFTER[phrase]:
            continue
        if phrase in CAPITAL_ONLY and not all(t.capital for t in given[i : i + length]):
            continue
        return length, found
    return 0, ""


def _spelled(words: str, first: int, last: int) -> Item:
    parts = tokens(words)
    side = next((SIDES[p] for p in parts if p in SIDES), "")
    kept = [p for p in parts if p not in SIDES]
    return Item(Kind.WORD, tuple(canonical(kept)), first, last, side)


def _single(given: tuple[Token, ...], i: int) -> Item:
    token = given[i]
    word = token.text
    side = SIDES.get(word, "")
    if not side and word in _CAPITAL_SIDES and token.end - token.start == 1:
        nearby = given[i + 1].stem if i + 1 < len(given) else ""
        side = _CAPITAL_SIDES[word] if len(nearby) > 2 else ""
    if not side and token.capital:
        side = _ORGAN_SIDES.get(word, "")
    if side:
        return Item(Kind.SKIPPED, (), i, i, side)
    if word in _JOINTS:
        return Item(Kind.JOINT, (), i, i)
    if word == ",":
        return Item(Kind.COMMA, (), i, i)
    if word in _SKIPPED:
        return Item(Kind.SKIPPED, (), i, i)
    if not token.stem:
        return Item(Kind.BREAK, (), i, i)
    return Item(Kind.WORD, tuple(canonical([token.stem])), i, i, shouted=token.capital)
