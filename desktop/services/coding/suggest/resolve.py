"""From a phrase to codes: the variant that the note supports, and what it leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import ICD10CM, CodeInfo
from desktop.services.coding.base.words import tokens
from desktop.services.coding.notes.values import Answer, SuggestedCode
from desktop.services.coding.releases.ranking import fine
from desktop.services.coding.suggest.axes import Families, Variant, variant
from desktop.services.coding.suggest.wording import canonical

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from desktop.services.coding.library.store import CodeStore
    from desktop.services.coding.suggest.facts import NoteFacts

_NEUTRAL = frozenset(
    "mellitus due other type essential primary uncomplicated without complication not with mention "
    "closed routine healing delayed nonunion malunion open displaced nondisplaced i ii iii iiia "
    "iiib iiic or status site part disease disorder quadrant region".split()
)
MOST_CODES = 5


@dataclass(frozen=True, slots=True)
class Resolved:
    """Codes best first, with what is asked."""

    codes: tuple[SuggestedCode, ...]
    question: str = ""
    answers: tuple[Answer, ...] = ()


class Resolver:
    """Resolves phrases of one note."""

    def __init__(self, store: CodeStore, on: dt.date, facts: NoteFacts) -> None:
        self._store = store
        self._on = on
        self.facts = facts
        self._families = Families(store, on)
        self._infos: dict[str, CodeInfo | None] = {}
        self._resolved: dict[tuple[tuple[str, ...], str, frozenset[str], bool], Resolved] = {}

    def info(self, code: str) -> CodeInfo | None:
        """A code in force on the date of service."""
        if code not in self._infos:
            self._infos[code] = self._store.lookup(ICD10CM, code, self._on)
        return self._infos[code]

    def resolve(
        self, codes: Sequence[str], side: str, context: frozenset[str], *, plain: bool = False
    ) -> Resolved:
        """The codes of a phrase, refined by side, encounter, trimester and the words nearby.

        Args:
            codes: best first; of a heading the fitting code below it is taken.
            side: right, left, bilateral or "".
            context: words that may make a code more specific.
            plain: ask nothing.
        """
        asked = (tuple(codes), side, context, plain)
        if asked not in self._resolved:
            self._resolved[asked] = self._resolve(codes, side, context, plain=plain)
        return self._resolved[asked]

    def _resolve(
        self, codes: Sequence[str], side: str, context: frozenset[str], *, plain: bool
    ) -> Resolved:
        chosen: list[CodeInfo] = []
        question = ""
        answers: tuple[Answer, ...] = ()
        for place, code in enumerate(codes[:4]):
            info = self.info(code)
            if info is not None and not info.billable:
                info = self._best_below(info, side, context)
            if info is None:
                continue
            if place == 0:
                info = self._more_specific(info, context)
            refined = self._on_axes(info, side)
            if place == 0:
                question, answers = refined.question, refined.answers
            chosen.extend(refined.infos)
        if plain:
            question, answers = "", ()
        return Resolved(suggested(chosen), question, answers)

    def of_symptoms(self, given: Iterable[tuple[str, str]]) -> Resolved:
        """Codes of symptoms, each with its side; nothing is asked."""
        found: dict[str, SuggestedCode] = {}
        for code, side in given:
            for one in self.resolve([code], side, frozenset(), plain=True).codes[:1]:
                found.setdefault(one.code, one)
        infos = (self.info(code) for code in found)
        return Resolved(suggested(i for i in infos if i is not None))

    def asking(self, found: Resolved, question: str, pairs: Sequence[tuple[str, str]]) -> Resolved:
        """The same with a question whose answers lead to codes in force; else unchanged."""
        answers = []
        for text, code in pairs:
            info = self.info(code)
            if info is not None and info.billable:
                answers.append(Answer(text, info.code, info.dotted, info.title))
        return replace(found, question=question, answers=tuple(answers)) if answers else found

    # --- headings and more specific codes -------------------------------------------------

    def _best_below(self, head: CodeInfo, side: str, context: frozenset[str]) -> CodeInfo | None:
        known = set(tokens(head.title))
        best: tuple[float, int] | None = None
        chosen = None
        for place, found in enumerate(self._families.below(head.code)):
            said = frozenset(tokens(fine(found.info.title))) & found.core
            extra = frozenset(canonical(sorted(said - known))) - _NEUTRAL
            score = 2.0 * len(extra & context) - 1.0 * len(extra - context)
            title = found.info.title.lower()
            score += 0.6 if "unspecified" in title else 0.0
            score += 0.4 if "without" in title or "uncomplicated" in title else 0.0
            score -= 0.7 if title.startswith("other") or "other specified" in title else 0.0
            score += self._axis_score(found, side)
            if best is None or (score, -place) > best:
                best, chosen = (score, -place), found.info
        return chosen

    def _axis_score(self, found: Variant, side: str) -> float:
        score = 0.0
        if found.side:
            score += 1.0 if found.side == side else -1.5
        if found.encounter:
            wanted = self.facts.encounter
            score += 0.3 if found.encounter == wanted else -0.5
        if found.trimester:
            score += 0.8 if found.trimester == (self.facts.trimester or "unspecified") else -1.0
        return score

    def _more_specific(self, info: CodeInfo, context: frozenset[str]) -> CodeInfo:
        """The code of the same category whose further words all stand in the sentence."""
        if not context or info.code[0] in "STZ":
            return info
        own = frozenset(canonical(sorted(variant(info).core))) - _NEUTRAL
        best, most = info, 0
        for found in self._families.below(info.code[:3]):
            core = frozenset(canonical(sorted(found.core))) - _NEUTRAL
            extra = core - own
            if len(extra) > most and own <= core and extra <= context:
                best, most = found.info, len(extra)
        return best

    # --- axes -----------------------------------------------------------------------------

    def _on_axes(self, info: CodeInfo, side: str) -> _Refined:
        kin = self._families.kin(info)
        own = variant(info)
        pool = kin
        question = ""
        answers: tuple[Answer, ...] = ()
        wanted = ""
        if own.encounter:
            letters = {v.encounter for v in kin if v.info.code[:6] == info.code[:6]}
            said = self.facts.encounter
            usual = {"K": "D", "P": "D", "G": "D", "B": "A"}.get(said, own.encounter)
            wanted = said if said in letters else usual if usual in letters else own.encounter
            pool = [v for v in pool if v.encounter == wanted] or pool
        if own.trimester or any(v.trimester for v in pool):
            stage = self.facts.trimester or "unspecified"
            trimesters = [v for v in pool if v.trimester in {"first", "second", "third"}]
            trimesters = _in_order(trimesters, info)
            if not self.facts.trimester and len(trimesters) > 1:
                question = "Which trimester?"
                answers = _answers((f"{v.trimester.capitalize()} trimester", v) for v in trimesters)
            pool = [v for v in pool if v.trimester == stage] or pool
        sided = [v for v in pool if v.side]
        if sided and not (own.side and not any(v.side != own.side for v in sided)):
            if side and (hit := [v for v in sided if v.side == side]):
                pool = hit
            elif side == "bilateral" and {"right", "left"} <= {v.side for v in sided}:
                pool = [v for v in sided if v.side in {"right", "left"}]
                return _Refined([v.info for v in _in_order(pool, info)], "", ())
            else:
                question = "Which side?"
                answers = _answers((v.side.capitalize(), v) for v in sided)
                pool = [v for v in pool if not v.side] or pool[:0]
        elif re.search(r"\bunspecified (?:finger|toe)", info.title.lower()):
            wider = [v for v in self._families.wider(info) if v.encounter == wanted]
            question = "Which side?" if wider else ""
            answers = _answers((_digit(v), v) for v in wider)
        best = _in_order(pool, info)[:1]
        if own.encounter and not question and not self.facts.encounter_said and best:
            question, answers = self._which_visit(kin, best[0])
        return _Refined([v.info for v in best], question, answers)

    @staticmethod
    def _which_visit(kin: list[Variant], best: Variant) -> tuple[str, tuple[Answer, ...]]:
        texts = {"A": "Active treatment", "D": "Subsequent visit", "S": "Sequela"}
        same = [v for v in kin if v.info.code[:6] == best.info.code[:6] and v.encounter in texts]
        return "Initial or subsequent visit?", _answers((texts[v.encounter], v) for v in same)


@dataclass(frozen=True, slots=True)
class _Refined:
    infos: list[CodeInfo]
    question: str
    answers: tuple[Answer, ...]


def _digit(v: Variant) -> str:
    words = re.search(
        r"\b(?:right|left) (?:(?:index|middle|ring|little|great|lesser) )?\w+", v.info.title
    )
    return v.side.capitalize() if words is None else words[0].capitalize()


def _in_order(pool: list[Variant], info: CodeInfo) -> list[Variant]:
    """The nearest to the default code first."""

    def common(v: Variant) -> int:
        pairs = zip(v.info.code, info.code, strict=False)
        return next((n for n, (a, b) in enumerate(pairs) if a != b), len(info.code))

    return sorted(pool, key=lambda v: -common(v))


def _answers(pairs: Iterable[tuple[str, Variant]]) -> tuple[Answer, ...]:
    out: dict[str, Answer] = {}
    for text, v in pairs:
        out.setdefault(text, Answer(text, v.info.code, v.info.dotted, v.info.title))
    return tuple(out.values())


def suggested(infos: Iterable[CodeInfo]) -> tuple[SuggestedCode, ...]:
    """Codes to offer in order; the score falls with the rank."""
    unique = list({i.code: i for i in infos}.values())[:MOST_CODES]
    return tuple(
        SuggestedCode(i.code, i.dotted, i.title, round(1.0 / (1 + 0.25 * rank), 4))
        for rank, i in enumerate(unique)
    )
