"""Type-ahead over a code system: by code, by words in any order, by abbreviation, despite typos.

Each reading of the text scores the terms that hold its words: rarer words weigh more, a whole
word more than a prefix, a prefix more than a guess, and of two terms with the same words the
one with fewer others wins. Only the best few are then read from the database; a heading among
them stands for the billable code below it that says nothing more than was asked. A line of a
visit note is searched part by part, and what it rules out is put last.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from desktop.services.coding.aspects import Aspects, aspects, polarity, spell_out
from desktop.services.coding.candidates import Candidates, Row
from desktop.services.coding.connection import Connection
from desktop.services.coding.notes import Line, read_line
from desktop.services.coding.patients import likelihood
from desktop.services.coding.query import Reading, readings
from desktop.services.coding.systems import dotted
from desktop.services.coding.values import ICD10CM, CodeHit, PatientFacts
from desktop.services.coding.words import fold, raw_words

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
_USED = 0.035
_MOST_USED = 0.12
"""Use puts a code before its near-equals, never before one that fits clearly better."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a search is asked for beside the text; see `CodeStore.search`."""

    on: dt.date
    limit: int
    weights: Mapping[str, int]
    billable_only: bool
    patient: PatientFacts | None = None


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
        line = read_line(clear) if self._system == ICD10CM else Line(((clear, 1.0),))
        said = aspects(" ".join(part for part, _ in line.asked[:1]) or clear, line.ruled_out)
        best = self._parts(line, wish, said)
        against = self._ruled_out(line, wish)

        def weighed(code: str, title: str, score: float) -> float:
            if against.get(code, 0.0) > max(_SURELY, score * 0.9):
                score *= _RULED_OUT
            if wish.patient is not None and self._system == ICD10CM:
                score *= likelihood(code, title, wish.patient)
            used = wish.weights.get(code, 0) if wish.weights else 0
            return score * (1 + min(_MOST_USED, _USED * math.log1p(used)))

        ranked = sorted(best.values(), key=lambda r: -weighed(r.code, r.title, r.score))
        out: dict[str, CodeHit] = {}
        for row in ranked[: 2 * wish.limit + 4]:
            code, title, billable, score = row.code, row.title, row.billable, row.score
            if not billable and wish.billable_only:
                found = self._found.default_below(row, wish.on, wish.weights, said)
                if found is None:
                    continue
                code, title, share = found
                billable, score = True, score * share
                if code in best:
                    score = max(score, best[code].score)
            score = weighed(code, title, score)
            if code not in out or out[code].score < score:
                out[code] = self._hit(code, title, row.why, score, billable)
        return heapq.nlargest(wish.limit, out.values(), key=lambda h: h.score)

    def _parts(self, line: Line, wish: Wish, said: Aspects) -> dict[str, Row]:
        """The best row for each code over all parts that a line asks for."""
        several = len(line.asked) > 1
        gathered: list[tuple[list[Row], float, float]] = []
        for part, weight in line.asked:
            typed = f"{part} " if several else part
            for reading in self._readings(typed, _READINGS_OF_PART if several else 9):
                rows, mass = self._found.rank(reading, wish.on, said)
                gathered.append((rows, weight, mass))
        beside = _HISTORY_BESIDE if line.asked else 1.0
        for words, told in (("personal history of", line.past), ("family history of", line.family)):
            for part in told:
                for reading in self._readings(f"{words} {part}", 2):
                    rows, mass = self._found.rank(reading, wish.on, said)
                    gathered.append((rows, beside, mass))
        most = max((mass for _, _, mass in gathered), default=0.0) or 1.0
        best: dict[str, Row] = {}
        for rows, weight, mass in gathered:
            factor = weight * (mass / most) ** _MASS if several else weight
            for row in rows:
                score = row.score * factor
                known = best.get(row.code)
                if known is None or score > known.score:
                    best[row.code] = replace(row, score=score)
        return best

    def _readings(self, text: str, most: int) -> Iterator[Reading]:
        """The readings of a text, and of the same set right where it is misspelled."""
        found = readings(text)[:most]
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
        """Codes of what a line denies, with how well they fit it."""
        out: dict[str, float] = {}
        nothing = aspects("")
        for phrase in line.ruled_out:
            for reading in readings(phrase.strip() + " ")[:2]:
                rows, _ = self._found.rank(reading, wish.on, nothing)
                for row in rows:
                    if not row.asked.isdisjoint(polarity(row.title.lower())[1]):
                        continue
                    out[row.code] = max(out.get(row.code, 0.0), row.score)
                    if not row.billable and row.score > _SURELY:
                        found = self._found.default_below(row, wish.on, {}, nothing)
                        if found is not None:
                            out[found[0]] = max(out.get(found[0], 0.0), row.score)
        return out
