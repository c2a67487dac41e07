"""Reads a note: sentences, phrases of the lexicon, and the status of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.coding.notes.context import Finding, Reader
from desktop.services.coding.notes.sections import Section, Sentence, sentences
from desktop.services.coding.notes.values import Status
from desktop.services.coding.suggest.allergens import allergens
from desktop.services.coding.suggest.drafts import Draft
from desktop.services.coding.suggest.facts import NoteFacts, facts_of
from desktop.services.coding.suggest.lexicon import Lexicon, Match
from desktop.services.coding.suggest.wording import Item, Kind, items

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.coding.base.values import PatientFacts

_SAYS_NOTHING = frozenset(
    "change issue problem symptom complaint question concern other need further evidence sign "
    "acute distress known drug medication time today side effect improvement known any new "
    "significant respiratory apparent cannot able hx history after family personal rapid rule out "
    "use past seen normal positive negative all present denied question both".split()
)
_LONGEST_DENIED = 5
_REGIONS = {
    "toe": ("ankle", "foot"),
    "heel": ("ankle", "foot"),
    "foot": ("ankle",),
    "ankle": ("foot",),
    "finger": ("hand",),
    "thumb": ("hand",),
}
"""Parts of the body that a title names by their region."""


_PACK = r"(?:packs?\b|ppd\b|cig(?:arette)?s?\b|p/d\b|pk\b)"
_TOBACCO = (
    (
        re.compile(
            r"\bno longer smok\w+"
            r"|\b(?:quit|stopped) (?:smoking|tobacco|cigarettes)\b(?! (?:counsel|cessation))"
            r"|\b(?:former|ex|past|previous)[- ](?:cigarette |tobacco )?smoker\b"
            rf"|\bsmoked [^.;\n]{{0,25}}{_PACK}"
        ),
        "Z87891",
    ),
    (
        re.compile(
            rf"\bsmok(?:es|ing|er)\b[^.;\n]{{0,25}}?{_PACK}"
            r"|\b(?:current|active|heavy|daily) smoker\b"
            r"|\b(?:\d+(?:\.\d+)?|half|one|two|1/2)[- ]?(?:ppd|pack(?:s)?(?: a| per|/)? ?day)\b"
        ),
        "F17210",
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A note as read."""

    text: str
    parts: list[tuple[Sentence, list[Item]]]
    facts: NoteFacts
    drafts: list[Draft]


def read(lexicon: Lexicon, text: str, on: dt.date, patient: PatientFacts | None) -> Reading:
    """Find the phrases of a note and what is said of them."""
    parts = [(s, items(s.tokens)) for s in sentences(text)]
    age = None if patient is None else patient.age
    sex = None if patient is None else patient.sex
    facts = facts_of(text, parts, age, sex)
    drafts: list[Draft] = []
    for number, (sentence, given) in enumerate(parts):
        if sentence.section is Section.ALLERGIES:
            drafts.extend(_allergies(sentence, number))
            continue
        drafts.extend(_of_sentence(lexicon, sentence, given, Reader(sentence, on), facts, number))
    return Reading(text, parts, facts, drafts)


def _allergies(sentence: Sentence, number: int) -> list[Draft]:
    """The substances; the reactions beside them are no findings of this visit."""
    out = []
    for start, end, code in allergens(sentence.text.lower()):
        a, b = sentence.start + start, sentence.start + end
        found = Draft(a, b, frozenset({code}), (code,), Status.PRESENT, sentence=number)
        found.settled = True
        out.append(found)
    return out


def _of_sentence(
    lexicon: Lexicon,
    sentence: Sentence,
    given: list[Item],
    reader: Reader,
    facts: NoteFacts,
    number: int,
) -> list[Draft]:
    tokens = sentence.tokens
    findings = [reader.finding(tokens[i.first].start, tokens[i.last].end) for i in given]
    matches = lexicon.matches(given)
    taken = {t for m in matches for t in range(m.first, m.last + 1)}
    free = frozenset(
        w
        for item, f in zip(given, findings, strict=True)
        if item.first not in taken and f.status in {Status.PRESENT, Status.HISTORY} and not f.advice
        for w in item.words
    )
    free |= {w for word in free for w in _REGIONS.get(word, ())}
    out = []
    for found in matches:
        denying = tokens[found.first].text == "absence"
        match = _of_what(lexicon, given, found) if denying else found
        first = _start(given, match)
        start, end = tokens[first].start, tokens[match.last].end
        finding = reader.finding(tokens[match.first].start, end)
        if finding.advice:
            continue
        side = match.side or _side(given, match, facts)
        key, entry = lexicon.at_site(match.key, match.entry, free)
        codes = entry.codes_for(side)
        draft = Draft(start, end, key, codes, finding.status, side, free | match.key)
        draft.sentence, draft.section, draft.said = number, sentence.section, finding.said
        draft.ended = finding.ended
        draft.query = entry.query
        out.append(draft)
    out.extend(_denied(lexicon, sentence, given, findings, matches, number))
    out.extend(_habits(sentence, reader, number))
    return out


def _of_what(lexicon: Lexicon, given: Sequence[Item], match: Match) -> Match:
    """The phrase after “absence of”, where those two words only deny it."""
    key = match.key - {"absence"}
    entry = lexicon.entry(key)
    after = [i.first for i in given if i.kind is Kind.WORD and i.first > match.first]
    if entry is None or not after:
        return match
    return Match(after[0], match.last, key, entry, match.side)


def _habits(sentence: Sentence, reader: Reader, number: int) -> list[Draft]:
    """Tobacco use, which notes say in amounts and not in the words of a title."""
    lower = sentence.text.lower()
    out: list[Draft] = []
    for pattern, code in _TOBACCO:
        for match in pattern.finditer(lower):
            start, end = sentence.start + match.start(), sentence.start + match.end()
            finding = reader.finding(start, end)
            if not finding.advice and all(d.end <= start or d.start >= end for d in out):
                out.append(
                    Draft(start, end, frozenset({code}), (code,), finding.status, sentence=number)
                )
    return out


def _start(given: Sequence[Item], match: Match) -> int:
    """The first token, with a side that stands right before the phrase."""
    first = match.first
    sides = {i.first for i in given if i.side and i.kind is Kind.SKIPPED}
    while first - 1 in sides:
        first -= 1
    return first


def _denied(
    lexicon: Lexicon,
    sentence: Sentence,
    given: Sequence[Item],
    findings: Sequence[Finding],
    matches: Sequence[Match],
    number: int,
) -> list[Draft]:
    """What is denied in words that lead to no code by themselves: “no foreign body”."""
    taken = {t for m in matches for t in range(m.first, m.last + 1)}
    out: list[Draft] = []
    run: list[Item] = []

    def close() -> None:
        words = frozenset(w for i in run for w in i.words)
        if (
            any(len(w) > 2 and w.isalpha() for w in words)
            and len(words) <= _LONGEST_DENIED
            and words & lexicon.words - _SAYS_NOTHING
        ):
            start = sentence.tokens[run[0].first].start
            end = sentence.tokens[run[-1].last].end
            out.append(Draft(start, end, words, (), Status.NEGATED, sentence=number))
        run.clear()

    for item, finding in zip(given, findings, strict=True):
        denied = finding.status is Status.NEGATED and item.first not in taken
        if item.kind is Kind.WORD and denied and not set(item.words) <= _SAYS_NOTHING:
            run.append(item)
        elif item.kind is not Kind.SKIPPED or not denied:
            close()
    close()
    return out


def _side(given: Sequence[Item], match: Match, facts: NoteFacts) -> str:
    """The side that stands nearest to a phrase, else the only one said of its words."""
    for item in reversed([i for i in given if i.last < match.first][-4:]):
        if item.kind in {Kind.BREAK, Kind.COMMA}:
            break
        if item.side:
            return item.side
    for item in [i for i in given if i.first > match.last][:5]:
        if item.kind is Kind.BREAK:
            break
        if item.side:
            return item.side
    here = {i.side for i in given if i.side}
    if len(here) == 1:
        return here.pop()
    said = {s for w in match.key for s in facts.sides.get(w, ())}
    return said.pop() if len(said) == 1 else ""
