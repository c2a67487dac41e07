"""Procedures of the practice's own list that a note tells of, found by the list's own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.services.coding.notes.sections import Section, Sentence
from desktop.services.coding.notes.values import (
    PROCEDURE,
    NamedProcedure,
    Status,
    SuggestedCode,
    Suggestion,
)
from desktop.services.coding.suggest.wording import Item, Kind, items_of_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SAME = {
    word: group.split()[0]
    for group in (
        "electrocardiogram ekg ecg",
        "injection injected inject shot injections",
        "vaccination vaccine immunization",
        "xray radiograph radiography film",
        "urinalysis ua",
        "test testing",
        "removal remove removed extraction",
        "repair repaired sutured suture suturing",
        "drainage drain drained incision",
        "destruction destroyed cryotherapy cryo freezing",
        "biopsy biopsied",
        "aspiration aspirate aspirated",
        "cerumen earwax wax",
        "venipuncture phlebotomy blooddraw",
        "ultrasound sonogram us",
        "nebulizer neb nebulized",
        "spirometry pft",
        "strep streptococcus streptococcal",
        "influenza flu",
    )
    for word in group.split()
}
_FILLERS = frozenset(
    "procedure service each simple initial first one single level complete limited only any per "
    "additional up less minute min view without rapid routine office visit established patient "
    "new in".split()
)
_NOT_DONE = re.compile(
    r"\b(?:order\w*|schedul\w+|refer\w*|consider\w*|declin\w+|refus\w+|defer\w*|plan(?:ned)? for|"
    r"will (?:get|need|do|order|obtain)|recommend\w*|if |next visit|not (?:done|performed)|"
    r"outside|last (?:year|month|week)|previous\w*|prior|in (?:19|20)\d\d|return for|discuss\w*)\b"
)
_LONGEST = 12


class OwnList:
    """The practice's procedures by their telling words."""

    def __init__(self, procedures: Sequence[NamedProcedure], weights: Mapping[str, int]) -> None:
        self._weights = weights
        self._by_key: dict[frozenset[str], list[NamedProcedure]] = {}
        for procedure in procedures:
            keys = {_key(procedure.title), _key(re.split(r"[,;(–:]", procedure.title)[0])}
            for key in keys:
                if key and not (len(key) == 1 and len(next(iter(key))) < 3):
                    self._by_key.setdefault(key, []).append(procedure)

    def found(self, sentence: Sentence, given: Sequence[Item], text: str) -> list[Suggestion]:
        """The procedures that a sentence says were done."""
        if not self._by_key or sentence.section in {Section.PAST, Section.SURGICAL}:
            return []
        if _NOT_DONE.search(sentence.text.lower()):
            return []
        hits: list[tuple[int, int, int, frozenset[str]]] = []
        for i, item in enumerate(given):
            if item.kind is not Kind.WORD:
                continue
            words: set[str] = set()
            for other in given[i : i + _LONGEST]:
                if other.kind is Kind.BREAK:
                    break
                if other.kind is not Kind.WORD:
                    continue
                words.update(_canonical(other.words))
                if frozenset(words) in self._by_key:
                    hits.append((-len(words), item.first, other.last, frozenset(words)))
        out: list[Suggestion] = []
        taken: set[int] = set()
        for _, first, last, key in sorted(hits, key=lambda h: h[:3]):
            span = range(first, last + 1)
            if not taken.isdisjoint(span):
                continue
            taken.update(span)
            start, end = sentence.tokens[first].start, sentence.tokens[last].end
            codes = self._codes(key)
            out.append(Suggestion(text[start:end], start, end, Status.PRESENT, PROCEDURE, codes))
        return out

    def _codes(self, key: frozenset[str]) -> tuple[SuggestedCode, ...]:
        ranked = sorted(self._by_key[key], key=lambda p: (-self._weights.get(p.code, 0), p.code))
        return tuple(
            SuggestedCode(p.code, p.code, p.title, round(1.0 / (1 + 0.25 * rank), 4))
            for rank, p in enumerate(ranked[:5])
        )


def _canonical(words: Sequence[str]) -> list[str]:
    return [_SAME.get(w, w) for w in words if w not in _FILLERS and not w.isdigit()]


def _key(title: str) -> frozenset[str]:
    words = [w for i in items_of_text(title) if i.kind is Kind.WORD for w in i.words]
    return frozenset(_canonical(words))
