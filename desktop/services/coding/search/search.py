"""Type-ahead over a code system: by code, by words in any order, by abbreviation, despite typos.

Each reading of the text scores the terms that hold its words: rarer words weigh more, a whole
word more than a prefix, a prefix more than a guess, and of two terms with the same words the
one with fewer others wins. Only the best few are then read from the database; a heading among
them stands for the billable code below it that says nothing more than was asked. A line of a
visit note is searched part by part, and what it rules out is put last.
"""

from __future__ import annotations

import heapq
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop.services.coding.base.patients import likelihood
from desktop.services.coding.base.values import ICD10CM, CodeHit, PatientFacts
from desktop.services.coding.base.words import fold, raw_words, tokens
from desktop.services.coding.builtin.phrases import alone, phrases
from desktop.services.coding.builtin.supplies import as_listed, supplies
from desktop.services.coding.notes.lines import Line, read_line
from desktop.services.coding.releases.systems import dotted
from desktop.services.coding.search import lexicon
from desktop.services.coding.search.aspects import Aspects, aspects, polarity, spell_out
from desktop.services.coding.search.candidates import Candidates, Row
from desktop.services.coding.search.query import Reading, readings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.vectors.index import Meaning

_CODE = re.compile(r"^[A-Za-z]\d[0-9A-Za-z]?\.?[0-9A-Za-z]{0,4}$|^[A-Za-z]?\d{2,5}$")
_ANY_CODE = re.compile(r"^[0-9A-Za-z]{2,10}$")
"""Of a system other than diagnoses: KX, 0999T, 207Q00000X."""
_LONGEST = 300
"""Letters of a text that are read."""
_CORRECTED = 0.95
_READINGS_OF_PART = 3
_MASS = 0.3
"""How much more a part with many telling words counts than one with few."""
_RULED_OUT = 0.15
_SURELY = 0.5
"""A code that fits what is ruled out this well, and better than what is asked, is put last."""
_HISTORY_BESIDE = 0.7
_FAMILY_CODES = ("Z80", "Z81", "Z82", "Z83", "Z84")
_USED = 0.035
_MOST_USED = 0.12
"""Use puts a code before its near-equals, never before one that fits clearly better."""


_LIKENESS = 1.4
"""What a full likeness of meaning counts beside a full match of words."""
_UNLIKE = 0.9
"""Of the least likeness found, for a code that was not among the nearest."""
_NEAR = 60
_NEAREST = 30
_TEXTS = 2
_SPELLED_OUT = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What a search is asked for beside the text; see `CodeStore.search`."""

    on: dt.date
    limit: int
    weights: Mapping[str, int]
    billable_only: bool
    patient: PatientFacts | None = None
    meaning: Meaning | None = None


class Searcher:
    """Searches one system on one connection; made anew for every query."""

    def __init__(self, connection: Connection, system: str, system_id: int, dot_after: int) -> None:
        self._system = system
        self._dot_after = dot_after
        self._found = Candidates(connection, system, system_id)

    def search(self, text: str, wish: Wish) -> list[CodeHit]:
        """See `CodeStore.search`."""
        text = text.strip("\n\r\t")[:_LONGEST]
        hits: dict[str, CodeHit] = {}
        if not text.strip():
            self._favourites(wish, hits)
        elif self._is_code(text.strip()):
            self._by_code(text.strip(), wish, hits)
        if len(hits) < wish.limit and len(text.strip()) > 1:
            for hit in self._by_words(text, wish):
                hits.setdefault(hit.code, hit)
        return heapq.nlargest(wish.limit, hits.values(), key=lambda h: h.score)

    # --- by code ------------------------------------------------------------------------

    def _is_code(self, text: str) -> bool:
        """Whether a text may be the beginning of a code."""
        shape = _CODE if self._system == ICD10CM else _ANY_CODE
        return len(text) == 1 or shape.match(text) is not None

    def _favourites(self, wish: Wish, hits: dict[str, CodeHit]) -> None:
        wanted = heapq.nlargest(wish.limit, wish.weights.items(), key=lambda pair: pair[1])
        for code, weight in wanted:
            for found, title, billable in self._found.codes("code = ?", [code], wish.on):
                if billable:
                    hits[found] = self._hit(found, title, "often used", float(weight), billable)

    def _by_code(self, text: str, wish: Wish, hits: dict[str, CodeHit]) -> None:
        start = text.replace(".", "").upper()
        only = "AND billable = 1" if wish.billable_only else ""
        rows = self._found.codes(
            f"code >= ? AND code < ? {only}",
            (start, start + "~"),
            wish.on,
            "ORDER BY order_key LIMIT 400",
        )
        used = {code: wish.weights[code] for code in wish.weights if code.startswith(start)}
        for code in used:
            if code not in {row[0] for row in rows}:
                rows += self._found.codes(f"code = ? {only}", [code], wish.on)
        for place, (code, title, billable) in enumerate(rows):
            exact = 50.0 if code == start else 0.0
            usual = 5.0 * math.log1p(used.get(code, 0))
            score = 1000.0 + exact + usual - place / 1000.0
            hits[code] = self._hit(code, title, "code", score, billable)
        best = heapq.nlargest(wish.limit, hits.values(), key=lambda h: h.score)
        hits.clear()
        hits.update({h.code: h for h in best})

    def _hit(self, code: str, title: str, why: str, score: float, billable: bool) -> CodeHit:
        return CodeHit(code, dotted(code, self._dot_after), title, billable, why, round(score, 4))

    # --- by words -----------------------------------------------------------------------

    def _by_words(self, text: str, wish: Wish) -> list[CodeHit]:
        clear = spell_out(text)
        line = read_line(clear, wish.on) if self._system == ICD10CM else Line(((clear, 1.0),))
        if line.cued and self._is_term(clear, wish.on):
            line = Line(((clear, 1.0),))
        said = aspects(" ".join(part for part, _ in line.asked[:1]) or clear, line.ruled_out)
        best = self._parts(line, wish, said)
        against = self._ruled_out(line, wish)

        def weighed(code: str, title: str, score: float) -> float:
            if against:
                denied = max(against.get(code[:n], 0.0) for n in range(3, len(code) + 1))
                if denied > max(_SURELY, score * 0.9):
                    score *= _RULED_OUT
            if wish.patient is not None and self._system == ICD10CM:
                score *= likelihood(code, title, wish.patient)
            used = wish.weights.get(code, 0) if wish.weights else 0
            return score * (1 + min(_MOST_USED, _USED * math.log1p(used)))

        ranked = sorted(best.values(), key=lambda p: -weighed(p[1].code, p[1].title, p[0]))
        first = [replace(row, score=score) for score, row in ranked[: 2 * wish.limit + 4]]
        found = self._billable(first, wish, said)
        if wish.meaning is not None:
            alike = self._alike(line, wish, said)
            found = fused(found, self._billable(alike, wish, said))
        scored = [(row, weighed(row.code, row.title, row.score)) for row in found.values()]
        best_of = heapq.nlargest(wish.limit, scored, key=lambda pair: pair[1])
        return [self._hit(r.code, r.title, r.why, score, r.billable) for r, score in best_of]

    def _billable(self, rows: list[Row], wish: Wish, said: Aspects) -> dict[str, Row]:
        """The best row for each code, headings turned into billable codes where asked."""
        out: dict[str, Row] = {}
        for row in rows:
            found: Row | None = row
            if not row.billable and wish.billable_only:
                found = self._found.default_below(row, wish.on, wish.weights, said)
            if found is not None and (found.code not in out or out[found.code].score < found.score):
                out[found.code] = found
        return out

    def _alike(self, line: Line, wish: Wish, said: Aspects) -> list[Row]:
        """Terms that mean nearly what is asked, by their vectors, nearest first."""
        if wish.meaning is None:
            return []
        asked = [part for part, _ in line.asked] or [
            *(f"family history of {part}" for part in line.family),
            *(f"personal history of {part}" for part in line.past),
        ]
        if not asked:
            return []
        right = self._found.lexicon.corrected(asked[0])
        spelled = [" ".join(reading.words) for reading in readings(right)[:_SPELLED_OUT]]
        others = [" ".join(r.words) for part in asked[1:] for r in readings(part)[:1]]
        texts = list(dict.fromkeys([asked[0], *spelled, *others]))[:_TEXTS]
        near = dict(wish.meaning.near(texts, _NEAR))
        words = frozenset(tokens(asked[0]))
        rows = []
        for number, code, _, term, title, billable in self._found.terms(near, wish.on):
            if not line.asked and code[0] != "Z":
                continue
            score = near[number] * self._found.fit(code, title, words, said, other=False)
            rows.append(Row(code, title, billable, f"means nearly the same: {term}", score, words))
        return heapq.nlargest(_NEAREST, rows, key=lambda r: r.score)

    def _is_term(self, text: str, on: dt.date) -> bool:
        """Whether a text is an official title or term; its “without” is then no denial."""
        words = frozenset(tokens(text))
        return any(
            words in (frozenset(tokens(term)), frozenset(tokens(title)))
            for _, _, _, term, title, _ in self._found.with_all(words, on)
        )

    def _parts(self, line: Line, wish: Wish, said: Aspects) -> dict[str, tuple[float, Row]]:
        """The best row for each code over all parts that a line asks for, with its score."""
        several = len(line.asked) > 1
        gathered: list[tuple[list[Row], float, float]] = []
        for part, weight in line.asked:
            typed = f"{part} " if several else part
            for reading in self._readings(typed, _READINGS_OF_PART if several else 9):
                rows, mass = self._found.rank(reading, wish.on, said)
                gathered.append((rows, weight, mass))
        beside = _HISTORY_BESIDE if line.asked else 1.0
        gathered += [(rows, beside, mass) for rows, mass in self._told(line, wish, said)]
        most = max((mass for _, _, mass in gathered), default=0.0) or 1.0
        best: dict[str, tuple[float, Row]] = {}
        for rows, weight, mass in gathered:
            factor = weight * (mass / most) ** _MASS if several else weight
            for row in rows:
                score = row.score * factor
                known = best.get(row.code)
                if known is None or score > known[0]:
                    best[row.code] = (score, row)
        return best

    def _told(self, line: Line, wish: Wish, said: Aspects) -> Iterator[tuple[list[Row], float]]:
        """Codes of history for what is past, of family history for what a relative has."""
        for kind, told, of_it in (
            ("personal history of", line.past, "Z"),
            ("family history of", line.family, _FAMILY_CODES),
        ):
            for part in told:
                given = self._readings(f"{kind} {part}", 2)
                ranked = [self._found.rank(reading, wish.on, said) for reading in given]
                kept = [([r for r in rows if r.code.startswith(of_it)], m) for rows, m in ranked]
                if not any(rows for rows, _ in kept):
                    other = readings(f"{kind} other specified conditions ")[0]
                    kept = [self._found.rank(other, wish.on, said)]
                yield from kept

    def _readings(self, text: str, most: int) -> Iterator[Reading]:
        """The readings of a text, and of the same set right where it is misspelled."""
        found = readings(text)[:most]
        if self._system != ICD10CM:
            listed = as_listed(text)
            if listed:
                yield from (_listed(meaning, rank) for rank, meaning in enumerate(listed))
                found = [reading for reading in found if not reading.spelled]
        yield from found
        right = self._found.lexicon.corrected(text)
        if not found or right == " ".join(raw_words(fold(text))):
            return
        known = {reading.words for reading in found}
        for reading in readings(right + (" " if not text[-1:].isalnum() else ""))[:most]:
            if reading.words not in known:
                spelled = reading.spelled or f"read as {right}"
                yield replace(reading, factor=reading.factor * _CORRECTED, spelled=spelled)

    def _ruled_out(self, line: Line, wish: Wish) -> dict[str, float]:
        """Codes of what a line denies, with how well they fit it; a heading is all below it."""
        out: dict[str, float] = {}
        nothing = aspects("")
        for phrase in line.ruled_out:
            for reading in readings(phrase.strip() + " ")[:2]:
                rows, _ = self._found.rank(reading, wish.on, nothing)
                for row in rows:
                    if not row.asked.isdisjoint(polarity(row.title.lower())[1]):
                        continue
                    out[row.code] = max(out.get(row.code, 0.0), row.score)
        return out


def warm() -> None:
    """Read the dictionaries, a fifth of a second once a process; for a thread that has time.

    Every search reads them when nobody did before.
    """
    phrases()
    alone()
    supplies()
    lexicon.warm()


def _listed(meaning: str, rank: int) -> Reading:
    words = tuple(dict.fromkeys(tokens(meaning)))
    return Reading(words, 1.0 - 0.04 * rank, spelled=meaning)


def fused(words: Mapping[str, Row], alike: Mapping[str, Row]) -> dict[str, Row]:
    """Both ways of searching weighed together, over the codes that either found."""
    if not alike:
        return dict(words)
    floor = _UNLIKE * min(row.score for row in alike.values())
    out = {}
    for code in {*words, *alike}:
        row = words.get(code) or replace(alike[code], score=0.0)
        likeness = alike[code].score if code in alike else floor
        out[code] = replace(row, score=(row.score + _LIKENESS * likeness) / (1 + _LIKENESS))
    return out
