"""Suggestions for a note: its phrases in reading order, each with codes to choose from."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left
from types import MappingProxyType
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import tokens
from desktop.services.coding.notes.values import DIAGNOSIS, NamedProcedure, Status, Suggestion
from desktop.services.coding.suggest.causes import causes_in
from desktop.services.coding.suggest.combine import body_mass, combine
from desktop.services.coding.suggest.drafts import Draft
from desktop.services.coding.suggest.drugs import long_term
from desktop.services.coding.suggest.lexicon import AXIS_WORDS, Lexicon, lexicon_of
from desktop.services.coding.suggest.past import ALREADY, NEVER_ENDS, family, lasting, personal
from desktop.services.coding.suggest.pregnancy import complicate, weeks_code
from desktop.services.coding.suggest.procedures import OwnList
from desktop.services.coding.suggest.questions import diabetes_types, open_question
from desktop.services.coding.suggest.reading import Reading, read
from desktop.services.coding.suggest.resolve import Resolved, Resolver
from desktop.services.coding.suggest.symptoms import integral, is_symptom, leading_to

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from desktop.services.coding.base.values import PatientFacts
    from desktop.services.coding.library.store import CodeStore
    from desktop.services.coding.suggest.facts import NoteFacts

_NO_WEIGHTS: Mapping[str, int] = MappingProxyType({})
LONGEST_NOTE = 60_000
_MOST_SYMPTOMS = 4
_MANY = 200
"""Symptoms of a note beyond which only those nearby explain a suspicion."""
_OF_THE_PATIENT = ("Z20", "Z5", "Z6", "Z77")
"""Circumstances of the patient, though a relative is named."""
_PRESENT_BY_NATURE = ("Z79", "Z88", "Z910", "Z99", "Z23", "Z68", "Z0", "Z1", "Z3", "Z4", "Z5", "Z6")
_KIN = ("Z80", "Z81", "Z82", "Z83", "Z84")
_PAST_BY_NATURE = ("I252", "Z87", "Z90", "Z98", "Z85", "Z86", "Z92")


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
        text: what the provider wrote, plain text; offsets count its characters. Of a text
            longer than `LONGEST_NOTE` only the beginning is read.
        on: date of service; a date that no release covers gives an empty list.
        procedures: the practice's own list, matched by its words.
        weights: how often this practice uses a code; it orders equals.
        patient: age and sex of the record; without it the note's own words are used.
    """
    lexicon = lexicon_of(store, on)
    if lexicon is None or not text.strip():
        return []
    text = text[:LONGEST_NOTE]
    reading = read(lexicon, text, on, patient)
    if _search_all(store, lexicon, reading, on):
        reading = read(lexicon, text, on, patient)
        _search_all(store, lexicon, reading, on)
    return _Note(store, lexicon, on, reading).suggestions(OwnList(procedures, weights))


def _search_all(store: CodeStore, lexicon: Lexicon, reading: Reading, on: dt.date) -> bool:
    """Look the phrases up that lead to a title only by a search; True if some lead nowhere.

    Only a hit counts whose term holds all words asked; it is remembered with the lexicon.
    """
    known = lexicon.searched
    lost = False
    for draft in reading.drafts:
        query = draft.query
        if not query:
            continue
        if query not in known:
            wanted = set(tokens(query)) - AXIS_WORDS
            hits = store.search(query + " ", on, 3)
            fitting = [h for h in hits if wanted <= {*tokens(h.title), *tokens(h.why)}]
            kept = [h.code for h in fitting if h.code[0] not in "VWXY"]
            known[query] = tuple(kept[:2])
        draft.codes = known[query]
        lost = lost or not draft.codes
    reading.drafts[:] = [d for d in reading.drafts if d.codes or not d.query]
    return lost


class _Note:
    def __init__(self, store: CodeStore, lexicon: Lexicon, on: dt.date, reading: Reading) -> None:
        self._lexicon = lexicon
        self._reading = reading
        self._text = reading.text
        self._facts: NoteFacts = reading.facts
        self._drafts = reading.drafts
        self._resolver = Resolver(store, on, reading.facts)
        self._stated: list[Draft] | None = None

    def suggestions(self, own: OwnList) -> list[Suggestion]:
        for draft in self._drafts:
            _settle_past(draft)
            if draft.first.startswith("C"):
                _settle_cancer(draft, self._reading.parts[draft.sentence][0].text.lower())
        combine(self._drafts, self._facts)
        complicate(self._drafts, self._facts)
        self._add_beside()
        _drop_integral(self._drafts)
        out = [self._suggestion(d) for d in self._drafts if not d.dropped]
        for sentence, given in self._reading.parts:
            out.extend(own.found(sentence, given, self._text))
        return _once(sorted(out, key=lambda s: (s.start, -s.end, s.kind)))

    # --- beside the phrases ---------------------------------------------------------------

    def _add_beside(self) -> None:
        facts = self._facts
        present = [d for d in self._drafts if d.present]
        if facts.pregnant and facts.weeks is not None:
            self._beside(facts.weeks_span, weeks_code(facts.weeks))
        for start, end, code in body_mass(present, facts):
            self._beside((start, end), code)
        diabetes = [
            d for d in present if d.first.startswith(("E08", "E09", "E10", "E11", "E13", "O24"))
        ]
        type_1 = bool(diabetes) and all(d.first.startswith(("E10", "O240")) for d in diabetes)
        for start, end, code in long_term(
            facts.text, diabetic=bool(diabetes), insulin_coded=not type_1
        ):
            if all(d.first != code for d in present):
                self._beside((start, end), code)
        hurt = any(d.first.startswith(_INJURIES) for d in present)
        if hurt or _HURT.search(facts.text):
            for start, end, code in causes_in(facts.text):
                if code.startswith("Y9") and facts.encounter != "A":
                    continue
                self._beside((start, end), code)

    def _beside(self, span: tuple[int, int], code: str) -> None:
        start, end = span
        self._drafts.append(Draft(start, end, frozenset(), (code,), Status.PRESENT, settled=True))

    # --- codes ----------------------------------------------------------------------------

    def _suggestion(self, draft: Draft) -> Suggestion:
        phrase = self._text[draft.start : draft.end]
        found = self._resolved(draft)
        return Suggestion(
            phrase, draft.start, draft.end, draft.status, DIAGNOSIS,
            found.codes, found.question, found.answers,
        )  # fmt: skip

    def _resolved(self, draft: Draft) -> Resolved:
        if draft.status is Status.NEGATED or not draft.codes:
            return Resolved(())
        if draft.status is Status.FAMILY:
            codes = draft.codes if draft.first.startswith(_KIN) else family(draft.first)
            return self._resolver.resolve(codes, "", _NOTHING)
        if draft.status is Status.HISTORY:
            return self._resolver.resolve(personal(draft.first), draft.side, _NOTHING, plain=True)
        if draft.status is Status.UNCERTAIN:
            symptoms, is_stated = self._symptoms(draft)
            offered = self._resolver.of_symptoms(symptoms)
            if is_stated:
                return offered
            # The note does not say what led to the suspicion: it is asked, not guessed.
            named = [(code.title.partition(",")[0], code.code) for code in offered.codes]
            return self._resolver.asking(offered, _WHICH_SYMPTOM, named)
        context = _NOTHING if draft.settled else draft.context
        found = self._resolver.resolve(draft.codes, draft.side, context)
        return self._with_open_question(draft, found)

    def _with_open_question(self, draft: Draft, found: Resolved) -> Resolved:
        if not found.codes or found.question:
            return found
        code = found.codes[0].code
        if draft.question:
            pairs = diabetes_types(code)
            return self._resolver.asking(found, draft.question, pairs)
        question, pairs = open_question(code)
        if not question or (code == "E119"):
            return found
        return self._resolver.asking(found, question, pairs)

    def _symptoms(self, draft: Draft) -> tuple[list[tuple[str, str]], bool]:
        """The symptoms that led to a suspicion, and whether the note states any of them.

        Where it states none, they are those that usually do.
        """
        usual = leading_to(draft.first)
        belonging = integral(draft.first)
        if self._stated is None:
            found = [d for d in self._drafts if d.present and is_symptom(d.first)]
            self._stated = list({(d.first, d.side, d.sentence): d for d in found}.values())
        stated = self._stated
        if len(stated) > _MANY:
            low = bisect_left(stated, draft.sentence - _NEAR, key=_sentence_of)
            stated = stated[low : bisect_left(stated, draft.sentence + _NEAR, key=_sentence_of)]
        expected = (*belonging, *(u[:3] for u in usual))
        linked = [d for d in stated if d.first.startswith(expected)]
        others = [d for d in stated if not d.first.startswith(expected)]
        near = [d for d in others if d.sentence == draft.sentence]
        near += [d for d in others if d.sentence == draft.sentence - 1]
        before = [d for d in others if d.sentence not in {draft.sentence, draft.sentence - 1}]
        chosen = [(d.first, d.side) for d in (*linked, *near)]
        if not chosen:
            # What the note says comes before what one only expects with the disease.
            chosen = [(d.first, d.side) for d in before]
            chosen += [(code, draft.side) for code in usual[:2]]
        same = draft.first[:3]
        other = [(c, side) for c, side in dict.fromkeys(chosen) if c[:3] != same]
        return other[:_MOST_SYMPTOMS], bool(linked or others)


_sentence_of = operator.attrgetter("sentence")
_WHICH_SYMPTOM = "Which sign or symptom?"
_NOTHING: frozenset[str] = frozenset()
_NEAR = 20
"""Suggestions before one that can still reach into it."""
_INJURIES = ("S", "T0", "T1", "T2", "T3", "T63", "T07", "T14")


def _once(found: list[Suggestion]) -> list[Suggestion]:
    """Without those whose words lie in another one that leads to the same code."""
    out: list[Suggestion] = []
    for one in found:
        first = one.codes[:1]
        held = any(
            first and first == o.codes[:1] and o.start < one.end and one.start < o.end
            for o in out[-_NEAR:]
        )
        if not held:
            out.append(one)
    return out


_HURT = re.compile(r"\b(?:traumatic|partial|fingertip|finger) amputation\b|\bamputation of\b")


def _settle_past(draft: Draft) -> None:
    """What never ends is still present though listed as past; some codes are past by nature."""
    if draft.first.startswith(_KIN) and draft.status is not Status.NEGATED:
        draft.status = Status.FAMILY
    if draft.status is Status.FAMILY and draft.first.startswith(_OF_THE_PATIENT):
        draft.status = Status.PRESENT
    if draft.status is Status.HISTORY and draft.first.startswith(_PRESENT_BY_NATURE):
        draft.status = Status.PRESENT
    if draft.status is Status.HISTORY and draft.first:
        over = draft.ended and not draft.first.startswith(NEVER_ENDS)
        if (
            not over
            and not draft.first.startswith(ALREADY)
            and lasting(draft.first, said=draft.said)
        ):
            draft.status = Status.PRESENT
    elif draft.status is Status.PRESENT and draft.first.startswith(_PAST_BY_NATURE):
        draft.status = Status.HISTORY


_TREATED = re.compile(
    r"\b(?:(?:currently|still|now|actively) (?:on|undergoing|receiving|getting|in)|undergoing|"
    r"receiving) (?:\w+ ){0,2}?(?:chemo|radiation|treatment|therapy|immunotherapy)"
    r"|\bactive treatment\b|\bmetastatic\b"
)
_FREE = re.compile(
    r"\bno evidence of (?:disease|recurrence)\b|\bned\b|\b(?:cancer|disease)[- ]free\b"
    r"|\b(?:completed|finished) (?:\w+ ){0,2}(?:chemo|radiation|treatment)|\bno recurrence\b"
)


def _settle_cancer(draft: Draft, sentence: str) -> None:
    """A cancer is active while it is treated, and past once it is gone and no treatment goes on.

    ICD-10-CM guidelines I.C.2.m and I.C.21.c.4.
    """
    treated = _TREATED.search(sentence) is not None
    if draft.status is Status.HISTORY and treated and not draft.ended:
        draft.status = Status.PRESENT
    elif draft.status is Status.PRESENT and not treated and _FREE.search(sentence):
        draft.status = Status.HISTORY


def _drop_integral(drafts: list[Draft]) -> None:
    """Leave out symptoms that belong to a confirmed disease of the same note."""
    diseases = [d for d in drafts if d.present and d.codes and not is_symptom(d.first)]
    parts = {p for d in diseases for p in integral(d.first)}
    if not parts:
        return
    starts = tuple(parts)
    for draft in drafts:
        if draft.present and is_symptom(draft.first) and draft.first.startswith(starts):
            draft.dropped = True
