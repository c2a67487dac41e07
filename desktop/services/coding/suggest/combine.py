# ruff: noqa: E501 (tables of patterns)
"""Diseases that one code says together: diabetes, hypertension, COPD, influenza, obesity.

After ICD-10-CM guidelines I.A.15 (“with”), I.C.4.a, I.C.9.a and I.C.10: the classification takes
diabetes and its usual complications, and hypertension with heart failure or kidney disease, as
related unless the note says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from desktop.services.coding.notes.sections import Section
from desktop.services.coding.notes.values import Status
from desktop.services.coding.suggest.diabetes import diabetes
from desktop.services.coding.suggest.drafts import Draft, present
from desktop.services.coding.suggest.facts import NoteFacts

Rule = Callable[[list[Draft], NoteFacts], None]

KIDNEY_LATE = ("N185", "N186", "N1850")


def combine(drafts: list[Draft], facts: NoteFacts) -> None:
    """Apply every rule in turn."""
    for rule in _RULES:
        rule(drafts, facts)


# --- heart and kidneys --------------------------------------------------------------------


def _hypertension(drafts: list[Draft], facts: NoteFacts) -> None:
    pressure = present(drafts, "I10")
    if not pressure or facts.pregnant:
        return
    failing = present(drafts, "I50")
    kidneys = present(drafts, "N18")
    late = any(d.first.startswith(KIDNEY_LATE) for d in kidneys)
    if failing and kidneys:
        code = "I132" if late else "I130"
    elif failing:
        code = "I110"
    elif kidneys:
        code = "I120" if late else "I129"
    else:
        return
    for draft in pressure:
        draft.settle(code)


# --- lungs --------------------------------------------------------------------------------


def _lungs(drafts: list[Draft], facts: NoteFacts) -> None:  # noqa: ARG001
    obstructed = present(drafts, "J449", "J441")
    if obstructed:
        infection = present(drafts, "J18", "J20", "J15", "J12", "J13", "J14", "J22")
        worse = any(d.first == "J441" for d in obstructed) or any(
            "exacerbation" in d.context for d in obstructed
        )
        for draft in obstructed:
            codes = (["J440"] if infection else []) + (["J441"] if worse else [])
            if codes:
                near = infection and any(i.sentence == draft.sentence for i in infection)
                if worse and "exacerbation" in (draft.key | draft.context) and not near:
                    codes.reverse()
                draft.settle(*codes)
    emphysema = present(drafts, "J439")
    if emphysema:
        for draft in present(drafts, "J449"):
            draft.settle("J439", "J449")
    flu = present(drafts, "J101", "J111")
    sick = present(drafts, "J18", "J12")
    if flu and sick:
        kind = "J10" if any(d.first == "J101" for d in flu) else "J11"
        for draft in flu:
            draft.settle(kind + "00")
    covid = present(drafts, "U071")
    if covid:
        for draft in present(drafts, "J189", "J129"):
            draft.settle("J1282")


def _influenza_identified(drafts: list[Draft], facts: NoteFacts) -> None:
    """“Influenza” alone is the identified one where the note tells of a positive test."""
    positive = re.search(
        r"\b(?:flu|influenza)(?: type)? ?[ab]?\b[^.;\n]{0,25}\b(?:positive|pos\b|detected|confirmed)|"
        r"\bpositive\b[^.;\n]{0,20}\b(?:flu|influenza)|\b(?:flu|influenza)(?: type)? [ab]\b[^.;\n]"
        r"{0,12}(?:\+|positive|pos\b)|(?:flu|influenza) ?\+",
        facts.text,
    )
    if positive is None:
        return
    for draft in present(drafts, "J111"):
        draft.codes = ("J101", *draft.codes)


# --- weight -------------------------------------------------------------------------------

_BMI = re.compile(r"\bbmi\b(?: of| is| was|:| today| at|=|,)*\s*(?:now )?(\d{2}(?:\.\d+)?)")


def body_mass(drafts: Sequence[Draft], facts: NoteFacts) -> list[tuple[int, int, str]]:
    """Place and code of a body mass index that a weight diagnosis makes codable (I.B.14)."""
    weight = present(drafts, "E66", "R635", "R634", "R636", "E4", "O9921", "Z713", "E88810")
    adult = facts.age is None or facts.age >= 20
    out = []
    for match in _BMI.finditer(facts.text):
        value = float(match[1])
        if weight and adult and 12 <= value < 90:
            out.append((match.start(), match.end(), _z68(value)))
    return out


def _z68(value: float) -> str:
    if value < 20:
        return "Z681"
    if value < 40:
        return f"Z68{int(value)}"
    for limit, code in ((45, "Z6841"), (50, "Z6842"), (60, "Z6843"), (70, "Z6844")):
        if value < limit:
            return code
    return "Z6845"


# --- mind ---------------------------------------------------------------------------------


def _mind(drafts: list[Draft], facts: NoteFacts) -> None:  # noqa: ARG001
    """Dementia of a named disease, and nicotine dependence once tobacco use is classified."""
    if present(drafts, "F17210"):
        for draft in present(drafts, "F17200"):
            draft.settle("F17210")
    if present(drafts, "G30"):
        for draft in present(drafts, "F0390", "F039"):
            draft.settle("F0280", "F0390")


# --- stroke and its effects ---------------------------------------------------------------

_AFTER_STROKE = re.compile(
    r"\b(?:after|from|due to|following|residual|s/p|post|secondary to|late effects? of|sequelae? of|old|"
    r"prior|previous|history of|h/o|hx of|since)\b[^.;\n]{0,40}\b(?:stroke|cva|cerebral infarct\w*)\b|"
    r"\bpost-?\s?stroke\b|\bstroke\b[^.;\n]{0,30}\b(?:with residual|residual|sequela)"
)
_NO_EFFECTS = re.compile(
    r"\b(?:no|without)(?: any)? (?:residual\w*|deficits?|sequela\w*)|\bfully recovered\b"
)
_SIDED_WEAKNESS = re.compile(
    r"\b(?:left|right)(?:[- ](?:sided?|arm|leg|hemibody))* weakness|\bresidual[^.;\n]{0,20}weakness"
)
_EFFECTS = (
    ("G819", "I6935"), ("R531", "I6935"), ("R4701", "I69320"), ("R1310", "I69391"), ("R4781", "I69322"),
    ("R29810", "I69392"), ("R270", "I69393"), ("R471", "I69322"), ("R413", "I69311"),
)  # fmt: skip


def _stroke(drafts: list[Draft], facts: NoteFacts) -> None:
    strokes = [d for d in drafts if d.first.startswith("I63") and d.status is not Status.NEGATED]
    if not strokes or not _AFTER_STROKE.search(facts.text) or _NO_EFFECTS.search(facts.text):
        return
    weak = _SIDED_WEAKNESS.search(facts.text) is not None
    effects = []
    for draft in drafts:
        for start, code in _EFFECTS:
            if draft.present and draft.first.startswith(start) and (start != "R531" or weak):
                full = code
                if code == "I6935":
                    full += {"right": "1", "left": "4"}.get(draft.side, "9")
                draft.settle(full)
                effects.append(full)
    for stroke in strokes:
        if effects and stroke.status is not Status.FAMILY:
            stroke.status = Status.PRESENT
            stroke.settle(*effects)


# --- what one mention says of the others ----------------------------------------------------


def _resolved(drafts: list[Draft], facts: NoteFacts) -> None:
    """A disease that the note calls resolved is past wherever it stands in the note."""
    over = {
        d.key
        for d in drafts
        if d.status is Status.HISTORY
        and re.match(r"\W*(?:has |is |now |have )*resolved", facts.text[d.end : d.end + 25])
    }
    for draft in drafts:
        if draft.present and draft.key in over:
            draft.status = Status.HISTORY
    if present(drafts, "U099"):
        for draft in present(drafts, "U071"):
            draft.dropped = True


_BLOOD_LOSS = re.compile(
    r"\b(?:due to|from|secondary to|caused by|2/2|d/t)\b[^.;\n]{0,30}\b(?:heavy (?:periods?|menses|menstr\w+)|"
    r"menorrhagia|blood loss|bleed\w*|fibroids?|hemorrhoids?)"
)


def _anemia(drafts: list[Draft], facts: NoteFacts) -> None:
    kidney = present(drafts, "N18")
    for draft in present(drafts, "D509", "D649"):
        after = facts.text[draft.end : draft.end + 70]
        match = _BLOOD_LOSS.search(after)
        if (
            match is not None
            and match.start() < 12
            and ("iron" in draft.context or draft.first == "D509")
        ):
            draft.settle("D500", "D62")
        elif (
            draft.first == "D649"
            and kidney
            and re.match(
                r"\W*(?:due to|of|from|in|secondary to)\W+(?:\w+ )?(?:ckd|chronic kidney|chronic renal|esrd)",
                after,
            )
        ):
            draft.settle("D631")
        elif draft.first == "D649" and {"iron", "deficiency"} <= draft.context:
            draft.settle("D509")


# --- vaccines, newborns, check-ups ----------------------------------------------------------

_NEWBORN = {"R17": "P599", "K21": "P7883", "R633": "P929", "H10": "P391", "B370": "P375",
            "R509": "P819", "R6251": "P926", "R111": "P921"}  # fmt: skip
_GIVEN = frozenset("given administered vaccination vaccine dose".split())
_TETANUS_GIVEN = _GIVEN | frozenset({"updated", "update", "booster"})
"""“Tetanus given” after a wound: nobody who has tetanus is described so."""
_INFECTIONS = ("A", "B", "J09", "J10", "J11", "J12", "J13", "G0")


def _vaccines(drafts: list[Draft], facts: NoteFacts) -> None:  # noqa: ARG001
    """“MMR and varicella given”, “tetanus given”: the disease's name stands for its vaccine."""
    sentences = {d.sentence for d in present(drafts, "Z23")}
    for draft in present(drafts, *_INFECTIONS):
        if draft.sentence in sentences and draft.context & _GIVEN:
            draft.settle("Z23")
    for draft in present(drafts, "A35"):
        if draft.context & _TETANUS_GIVEN:
            draft.settle("Z23")


def _newborn(drafts: list[Draft], facts: NoteFacts) -> None:
    if not facts.newborn:
        return
    for start, code in _NEWBORN.items():
        for draft in present(drafts, start):
            draft.settle(code)


_ALL_WELL = re.compile(
    r"\b(?:no|without|w/o)(?: any)?(?: new)? (?:abnormal(?:ity|ities)?(?: findings?)?|concerns)\b"
)
_CHECK_UPS = {"Z0000": "Z0001", "Z00129": "Z00121", "Z01419": "Z01411"}
_ACUTE = (
    "R",
    "J0",
    "J1",
    "J2",
    "H6",
    "H1",
    "L",
    "A",
    "B",
    "N3",
    "N7",
    "K2",
    "K5",
    "M2",
    "M54",
    "E66",
    "D5",
    "D6",
    "R03",
)


def _check_ups(drafts: list[Draft], facts: NoteFacts) -> None:
    """A check-up of a child or an adult, and whether something abnormal was found in it."""
    for draft in present(drafts, *_CHECK_UPS):
        code = draft.first
        if facts.age is not None and code in {"Z0000", "Z00129"}:
            code = "Z0000" if facts.age >= 18 else "Z00129"
        if draft.first == "Z00129" and facts.newborn:
            code = "Z00110"
        if code not in _CHECK_UPS:
            draft.codes = (code,)
            continue
        found = [d for d in present(drafts, *_ACUTE) if d.section is not Section.REVIEW]
        abnormal = bool(found) or "abnormal" in draft.context
        abnormal = abnormal and not _ALL_WELL.search(facts.text)
        codes = (_CHECK_UPS[code], code) if abnormal else (code, _CHECK_UPS[code])
        draft.codes = codes


def _category(draft: Draft) -> str:
    return draft.first[: 2 if draft.first[0] == "F" else 3]


def _most_specific(drafts: list[Draft], facts: NoteFacts) -> None:  # noqa: ARG001
    """What one mention of a disease says more exactly holds for its other mentions."""
    mentions = [d for d in drafts if d.present and d.codes and d.key]
    kin: dict[str, dict[object, Draft]] = {}
    for draft in mentions:
        same = kin.setdefault(_category(draft), {})
        same.setdefault((draft.key, draft.codes, draft.side), draft)
    for draft in mentions:
        for other in kin[_category(draft)].values():
            if (
                draft.key < other.key
                and draft.first != other.first
                and (not draft.side or draft.side == other.side)
            ):
                draft.codes = other.codes
                draft.context |= other.context
                draft.side = draft.side or other.side


_RULES: tuple[Rule, ...] = (
    _vaccines, _newborn, _check_ups, _most_specific,
    _resolved, _influenza_identified, diabetes, _hypertension, _lungs, _mind, _stroke, _anemia,
)  # fmt: skip
