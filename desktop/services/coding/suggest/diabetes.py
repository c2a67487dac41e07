# ruff: noqa: E501 (tables of patterns)
"""Diabetes with what it causes: one code for both (ICD-10-CM guidelines I.A.15, I.C.4.a)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.services.coding.suggest.drafts import Draft
    from desktop.services.coding.suggest.facts import NoteFacts

_POOR_CONTROL = re.compile(
    r"\b(?:poor(?:ly)?[- ](?:control\w*|managed)|uncontrolled|un-controlled|out of control|not (?:well |"
    r"adequately |at all )?controlled|inadequately controlled|suboptimal\w*|not at goal|above goal|"
    r"hyperglyc[ae]mi\w*|high sugars?|sugars? (?:running |are |have been )?high)\b"
)
_GLUCOSE_COMPLICATIONS: tuple[tuple[str, str, bool], ...] = (
    # start of the complication's code, end of the diabetes code, complication coded as well
    ("N184", "22", True),
    ("N18", "22", True),
    ("G629", "42", False),
    ("E1142", "42", False),
    ("E1140", "40", False),
    ("G59", "41", False),
    ("G99", "43", False),
    ("K3184", "43", False),
    ("H3600", "319", False),
    ("H3500", "319", False),
    ("I739", "51", False),
    ("I7020", "51", False),
    ("L9741", "621", True),
    ("L9740", "621", True),
    ("L9742", "621", True),
    ("L975", "621", True),
    ("L97", "622", True),
    ("L984", "622", True),
    ("E162", "649", False),
    ("R739", "65", False),
    ("R80", "29", False),
    ("N08", "21", False),
    ("H26", "36", False),
    ("H259", "36", False),
    ("M146", "610", False),
    ("N52", "69", True),
    ("E785", "69", True),
)
_NEVER_ASSUMED = ("E785", "N52", "H259", "H26", "G59")
"""Complications only where the note itself links them."""
_LINK = re.compile(
    r"\b(?:due to|from|secondary to|caused by|because of|associated with|diabetic|with|2/2|d/t)\b"
)
_RETINA: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\bnon-?\s?proliferative[^.;]{0,20}\bmild|\bmild (?:npdr|non-?\s?proliferative)"
        ),
        "2",
    ),
    (re.compile(r"\bmoderate (?:npdr|non-?\s?proliferative)"), "3"),
    (re.compile(r"\bsevere (?:npdr|non-?\s?proliferative)"), "4"),
    (
        re.compile(
            r"(?<!non)(?<!non-)(?<!non )\bproliferative (?:diabetic )?retinopathy\b|\bpdr\b"
        ),
        "5",
    ),
)
_TYPE = re.compile(r"^E(?:08|09|10|11|13)")


def diabetes(drafts: list[Draft], facts: NoteFacts) -> None:
    """Give each mention of diabetes, and each complication, the code that says both."""
    mentions = [d for d in drafts if d.present and _TYPE.match(d.first)]
    if not mentions:
        return
    known = [d for d in mentions if d.first[:3] != "E11" or d.key & {"2", "ii"}]
    kind = known[0].first[:3] if known else "E11"
    kind = _secondary(facts.text) or kind
    found = _complications(drafts, mentions, facts, kind)
    for mention in mentions:
        own = mention.first
        eye = _retinopathy(mention, facts, kind)
        if eye:
            mention.settle(
                eye, *(code for code, _ in found), question="" if known else "Which type?"
            )
            continue
        if len(own) > 4 and own[3:] not in {"9", "8"} and own[:3] == "E11" and not found:
            mention.codes = (kind + own[3:], *mention.codes[1:])
            continue
        near = [code for code, at in found if at == mention.sentence]
        codes = list(dict.fromkeys([*near, *(code for code, _ in found)]))
        question = "" if known or kind != "E11" else "Which type?"
        mention.settle(*(codes or [kind + "9"]), question=question)
        if own[3:] not in {"9", "8"} and _TYPE.match(own):
            mention.settle(kind + own[3:], *codes, question=question)


def _secondary(text: str) -> str:
    if re.search(r"\b(?:steroid|drug|medication)[- ]induced diabetes", text):
        return "E09"
    if re.search(
        r"\bdiabetes (?:mellitus )?(?:due to|secondary to|from) (?:chronic )?(?:pancreatitis|cystic|"
        r"cushing|hemochromatosis|pancreatectomy)|\btype 3c\b",
        text,
    ):
        return "E08"
    return ""


def _complications(
    drafts: list[Draft], mentions: list[Draft], facts: NoteFacts, kind: str
) -> list[tuple[str, int]]:
    """Combination codes in reading order, with the sentence of each; marks the other halves."""
    out: list[tuple[str, int]] = []
    for draft in drafts:
        if not draft.present or draft in mentions:
            continue
        eye = _retinopathy(draft, facts, kind)
        if eye:
            draft.settle(eye)
            out.append((eye, draft.sentence))
            continue
        for start, end, both in _GLUCOSE_COMPLICATIONS:
            if not draft.first.startswith(start):
                continue
            if start in _NEVER_ASSUMED and not _linked(draft, mentions, facts):
                break
            code = kind + end
            if draft.first == "G629":
                code = kind + ("42" if draft.key & {"polyneuropathy", "peripheral"} else "40")
            if draft.first.startswith("E162") and re.search(r"\bwith coma\b", facts.text):
                code = kind + "641"
            out.append((code, draft.sentence))
            if both:
                draft.codes = (draft.first, code, *draft.codes[1:])
            else:
                draft.settle(code)
            break
    if _poor(mentions, facts) and kind + "65" not in {c for c, _ in out}:
        out.append((kind + "65", mentions[0].sentence))
    return out


def _retinopathy(draft: Draft, facts: NoteFacts, kind: str) -> str:
    if "retinopathy" not in draft.key and not draft.key & {"npdr", "pdr"}:
        return ""
    if "hypertensive" in draft.key:
        return ""
    edema = re.search(r"\bmacular edema\b", facts.text) and not re.search(
        r"\b(?:no|without)(?: \w+)? macular edema\b", facts.text
    )
    sides = {"right": "1", "left": "2", "bilateral": "3", "": "9"}
    for pattern, stage in _RETINA:
        if pattern.search(facts.text):
            return f"{kind}3{stage}{'1' if edema else '9'}{sides[draft.side]}"
    return kind + ("311" if edema else "319")


def _linked(draft: Draft, mentions: list[Draft], facts: NoteFacts) -> bool:
    for mention in mentions:
        a, b = sorted([(draft.start, draft.end), (mention.start, mention.end)])
        between = facts.text[a[1] : b[0]]
        if mention.sentence == draft.sentence and len(between) < 30 and _LINK.search(between):
            return True
        if abs(mention.start - draft.start) < 2:
            return True
    return False


def _poor(mentions: list[Draft], facts: NoteFacts) -> bool:
    for match in _POOR_CONTROL.finditer(facts.text):
        if any(abs(match.start() - m.start) < 160 for m in mentions):
            before = facts.text[max(0, match.start() - 40) : match.start()]
            if re.search(
                r"(?:\bno\b|\bden\w+\b|hypertension|htn|bp|blood pressure|pain|asthma)"
                r"[^.;]{0,25}$",
                before,
            ):
                continue
            return True
    return False
