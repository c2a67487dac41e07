"""Suggestions for a note: its phrases in reading order, each with codes to choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from desktop.services.coding.store import CodeStore
from desktop.services.coding.suggest.context import Finding, Reader
from desktop.services.coding.suggest.facts import NoteFacts, facts_of
from desktop.services.coding.suggest.lexicon import Lexicon, Match, lexicon_of
from desktop.services.coding.suggest.procedures import OwnList
from desktop.services.coding.suggest.resolve import Resolved, Resolver
from desktop.services.coding.suggest.sections import Sentence, sentences
from desktop.services.coding.suggest.values import DIAGNOSIS, NamedProcedure, Status, Suggestion
from desktop.services.coding.suggest.wording import Item, Kind, items
from desktop.services.coding.values import PatientFacts

_NO_WEIGHTS: Mapping[str, int] = MappingProxyType({})
LONGEST_NOTE = 60_000


def suggest(
    store: CodeStore,
    text: str,
    on: dt.date,
    *,
    procedures: Sequence[NamedProcedure] = (),
    weights: Mapping[str, int] = _NO_WEIGHTS,
    patient: PatientFacts | None = None,
) -> list[Suggestion]:
    """The phrases of a note that matter, in reading order, with codes for each.

    Args:
        store: the code sets; nothing is written.
        text: what the provider wrote, plain text; offsets count its characters.
        on: date of service; a date that no release covers gives an empty list.
        procedures: the practice's own list, matched by its words.
        weights: how often this practice uses a code; unused codes come later among equals.
        patient: age and sex of the record; without it the note's own words are used.
    """
    lexicon = lexicon_of(store, on)
    if lexicon is None or not text.strip():
        return []
    own = OwnList(procedures, weights)
    return _Note(store, lexicon, text[:LONGEST_NOTE], on, patient).suggestions(own)


class _Note:
    def __init__(
        self,
        store: CodeStore,
        lexicon: Lexicon,
        text: str,
        on: dt.date,
        patient: PatientFacts | None,
    ) -> None:
        self._text = text
        self._on = on
        self._lexicon = lexicon
        self._parts = [(s, items(s.tokens)) for s in sentences(text)]
        age = None if patient is None else patient.age
        sex = None if patient is None else patient.sex
        self.facts: NoteFacts = facts_of(text, self._parts, age, sex)
        self._resolver = Resolver(store, on, self.facts)

    def suggestions(self, own: OwnList) -> list[Suggestion]:
        out: list[Suggestion] = []
        for sentence, given in self._parts:
            reader = Reader(sentence, self._on)
            for match in self._lexicon.matches(given):
                start, end = self._span(sentence, given, match)
                finding = reader.finding(start, end)
                if not finding.advice:
                    found = self._resolved(given, match, finding)
                    out.append(self._suggestion(start, end, finding.status, found))
            out.extend(own.found(sentence, given, self._text))
        return sorted(out, key=lambda s: (s.start, s.kind))

    def _suggestion(self, start: int, end: int, status: Status, found: Resolved) -> Suggestion:
        phrase = self._text[start:end]
        codes, question, answers = found.codes, found.question, found.answers
        return Suggestion(phrase, start, end, status, DIAGNOSIS, codes, question, answers)

    def _span(self, sentence: Sentence, given: Sequence[Item], match: Match) -> tuple[int, int]:
        tokens = sentence.tokens
        first = match.first
        sides = {i.first for i in given if i.side and i.kind is Kind.SKIPPED}
        while first - 1 in sides:
            first -= 1
        return tokens[first].start, tokens[match.last].end

    def _resolved(self, given: Sequence[Item], match: Match, finding: Finding) -> Resolved:
        if finding.status is not Status.PRESENT:
            return Resolved(())
        side = match.side or self._side(given, match)
        context = frozenset(w for i in given for w in i.words)
        return self._resolver.resolve(match.entry.codes, side, context)

    def _side(self, given: Sequence[Item], match: Match) -> str:
        """The side that stands nearest to a phrase, else the only one said of its words."""
        before = [i for i in given if i.last < match.first][-4:]
        for item in reversed(before):
            if item.kind in {Kind.BREAK, Kind.COMMA}:
                break
            if item.side:
                return item.side
        after = [i for i in given if i.first > match.last][:5]
        for item in after:
            if item.kind is Kind.BREAK:
                break
            if item.side:
                return item.side
        here = {i.side for i in given if i.side}
        if len(here) == 1:
            return here.pop()
        said = {s for w in match.key for s in self.facts.sides.get(w, ())}
        return said.pop() if len(said) == 1 else ""
