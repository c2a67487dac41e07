# ruff: noqa: E501 (patterns and headings)
"""The parts of a note: its sections by their headings, its sentences, its words with places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from desktop.services.coding.base.words import fold, stem


class Section(Enum):
    """What a heading says of the lines below it."""

    NONE = ""
    PAST = "past"
    SURGICAL = "surgical"
    FAMILY = "family"
    SOCIAL = "social"
    REVIEW = "review"
    EXAM = "exam"
    ASSESSMENT = "assessment"
    MEDICINES = "medicines"
    ALLERGIES = "allergies"
    ADVICE = "advice"


_HEADINGS: dict[str, Section] = {
    name: section
    for section, names in {
        Section.NONE: "hpi|history of present illness|chief complaint|cc|subjective|s|reason for "
        "visit|complaint|present illness|interval history|objective|o|course|vitals|vs|labs|lab|"
        "results|imaging|data|x-ray|xray|ekg|ecg|note|visit|screening|immunizations|vaccines",
        Section.PAST: "pmh|pmhx|past medical history|medical history|past history|pmx|"
        "past med hx|medical hx|hx|problem list|problems|active problems|chronic conditions",
        Section.SURGICAL: "psh|pshx|surgical|past surgical history|surgical history|surgical hx|surgeries|"
        "procedures done",
        Section.FAMILY: "fh|fhx|fmh|family|family hx|fam hx|family hx|family history|family medical history",
        Section.SOCIAL: "sh|shx|soc hx|social hx|social history|social|habits",
        Section.REVIEW: "ros|review of systems",
        Section.EXAM: "pe|px|physical exam|physical examination|exam|examination|physical|heent|"
        "general|gen|neck|heart|cv|lungs|chest|resp|abd|abdomen|ext|extremities|skin|neuro|msk|"
        "back|psych|gu|gi",
        Section.ASSESSMENT: "a|a/p|ap|a&p|a and p|assessment|assessment and plan|assessment & plan|"
        "assessment/plan|impression|imp|diagnosis|diagnoses|dx|final diagnosis|plan|p|"
        "discharge diagnosis|clinical impression",
        Section.MEDICINES: "meds|medications|medicines|current medications|current meds|rx|"
        "home medications|home meds",
        Section.ALLERGIES: "allergies|allergy|all|nkda",
        Section.ADVICE: "instructions|patient instructions|return precautions|precautions|"
        "education|follow up|follow-up|f/u|advice|counseling|disposition",
    }.items()
    for name in names.split("|")
}
_HEADING = re.compile(
    r"[\s\-*•#>]*(?:\d{1,2}[.)]\s+)?(?P<name>[A-Za-z][A-Za-z&/ -]{0,40}?)\s*(?::|(?:\s[-–—]\s))\s*"
)
_BARE_HEADING = re.compile(r"[\s\-*•#>]*(?P<name>[A-Za-z][A-Za-z&/ -]{1,40}?)\s*$")
_SPLIT = re.compile(
    r"(?<![A-Z])(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)(?<!\bapprox)(?<!\bno)\.(?=\s|$)"
    r"|(?<=[A-Za-z]{2})(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)\.(?=\s|$)"
    r"|(?<=[^\s:])[ \t]+(?=\(?\d{1,2}\)[ \t]+[A-Za-z])|(?<![Ss]tage)(?<![Tt]ype)(?<![Gg]rade)"
    r"(?<![Cc]lass)(?<![Aa]ge)(?<![Dd]ay)(?<! [xX])(?<! to)(?<! of)(?<! in)(?<! at)(?<! is)"
    r"(?<=[^\s:])[ \t]+(?=\d{1,2}\.[ \t]+[A-Z])|[!;](?=\s|$)|\?(?=\s+[A-Z]|\s*$)|\n"
)
_LONGEST_SENTENCE = 500
_LIST_MARK = re.compile(r"[\s]*(?:[-*•>#]+|\(?\d{1,2}[.)](?=\s)|[a-z][.)](?=\s))?\s*")
_SELF_AGAIN = re.compile(
    r"\b(patient|pt|presents?|here (for|today|with)|today|she has|he has|complains|c/o)\b",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[A-Za-z]/[A-Za-z](?:/[A-Za-z])?(?![A-Za-z])|[A-Za-z0-9À-ÿ]+(?:['’][A-Za-z]+)?|[^\sA-Za-z0-9]"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark with its place in the whole text.

    Attributes:
        text: folded to lower case, without possessive.
        stem: the singular in one spelling; empty for a mark.
    """

    text: str
    start: int
    end: int
    stem: str
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, a line or a list item, in its section; `asked` when a question mark ends it."""

    start: int
    end: int
    text: str
    section: Section
    tokens: tuple[Token, ...]
    asked: bool = False


def sentences(text: str) -> list[Sentence]:
    """The sentences of a note in order; headings set the section and are no words of it."""
    out: list[Sentence] = []
    section = Section.NONE
    inline = False
    for start, end, new_line in _spans(text):
        piece = text[start:end]
        if not piece.strip():
            section, inline = (Section.NONE, False) if inline else (section, inline)
            continue
        begin = start
        bare = _BARE_HEADING.match(piece)
        head = _HEADING.match(piece)
        if new_line and bare is not None and _section(bare["name"], bare=True) is not None:
            section, inline = _section(bare["name"], bare=True) or Section.NONE, False
            continue
        if head is not None and (found := _section(head["name"])) is not None:
            section = found
            begin = start + head.end()
            inline = begin < end
        elif new_line and inline and not piece[:1].isspace() and not _marked(piece):
            section, inline = Section.NONE, False
        elif section is Section.FAMILY and _SELF_AGAIN.search(piece):
            section = Section.NONE
        mark = _LIST_MARK.match(text, begin, end)
        begin = mark.end() if mark is not None else begin
        if begin < end:
            tokens, asked = _tokens(text, begin, end), text[end : end + 1] == "?"
            out.append(Sentence(begin, end, text[begin:end], section, tokens, asked))
    return out


def _marked(piece: str) -> bool:
    mark = _LIST_MARK.match(piece)
    return mark is not None and bool(mark.group().strip())


def _section(name: str, *, bare: bool = False) -> Section | None:
    known = " ".join(name.lower().split())
    if bare and len(known) < 2:
        return None
    return _HEADINGS.get(known)


def _spans(text: str) -> list[tuple[int, int, bool]]:
    """Start and end of each piece, and whether it begins a line; wrapped lines are joined."""
    out: list[tuple[int, int, bool]] = []
    start = 0
    fresh = True
    for mark in _SPLIT.finditer(text):
        if mark.group() == "\n" and _wrapped(text, mark.start()):
            continue
        if mark.group() == "." and re.match(r"\d{1,2}$", text[start : mark.start()].strip()):
            continue  # the number of a list item
        out.append((start, mark.start(), fresh))
        start = mark.end()
        fresh = mark.group() == "\n"
    out.append((start, len(text), fresh))
    return [short for span in out for short in _cut(text, *span)]


def _cut(text: str, start: int, end: int, fresh: bool) -> list[tuple[int, int, bool]]:
    """A piece that is longer than any sentence, cut at a comma or blank."""
    out = []
    while end - start > _LONGEST_SENTENCE:
        near = start + _LONGEST_SENTENCE
        at = max(text.rfind(",", start + 1, near), text.rfind(" ", start + 1, near))
        at = near if at <= start else at
        out.append((start, at, fresh))
        start, fresh = at, False
    return [*out, (start, end, fresh)]


def _wrapped(text: str, at: int) -> bool:
    """Whether the line break at `at` only wraps a sentence."""
    before = text[:at].rstrip(" ")[-1:]
    after = text[at + 1 : at + 2]
    return bool(after) and after.islower() and before not in {".", ":", ";", "\n", ""}


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a phrase that stands alone."""
    return _tokens(text, 0, len(text))


def _tokens(text: str, start: int, end: int) -> tuple[Token, ...]:
    out = []
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        folded = fold(word)
        stemmed = stem(folded) if word[:1].isalnum() else ""
        out.append(
            Token(folded, match.start(), match.end(), stemmed, word.isupper() and len(word) > 1)
        )
    return tuple(out)
