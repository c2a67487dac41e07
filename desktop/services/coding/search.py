"""Type-ahead over a code system: by code, by words in any order, by abbreviation, despite typos.

Each reading of the text scores the terms that hold its words: rarer words weigh more, a whole
word more than a prefix, a prefix more than a guess, and of two terms with the same words the
one with fewer others wins. Only the best few are then read from the database; a heading among
them stands for the billable code below it that says nothing more than was asked.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop.services.coding.connection import Connection
from desktop.services.coding.index import INCLUDES, TITLE
from desktop.services.coding.lexicon import Lexicon
from desktop.services.coding.query import Reading, readings
from desktop.services.coding.ranking import (
    OTHER,
    OTHER_FACTOR,
    best_terms,
    fine,
    plainness,
    summed,
)
from desktop.services.coding.systems import dotted
from desktop.services.coding.values import ICD10CM, CodeHit
from desktop.services.coding.words import tokens

_CODE = re.compile(r"^[A-Za-z]\d[0-9A-Za-z]?\.?[0-9A-Za-z]{0,4}$|^[A-Za-z]?\d{2,5}$")

_KIND_FACTOR = {TITLE: 1.0, INCLUDES: 0.94}
_OTHER_KIND = 0.97
_FIELDS = {
    "O": frozenset(
        "pregnancy pregnant childbirth delivery labor puerperium trimester fetal "
        "postpartum maternal gestational obstetric puerperal abortion".split()
    ),
    "P": frozenset("newborn neonatal infant birth perinatal fetal baby".split()),
    "Q": frozenset("congenital syndrome malformation anomaly cleft".split()),
    "V": frozenset("accident injured collision driver passenger pedestrian vehicle car".split()),
    "W": frozenset("fall struck bitten contact accident exposure bite slipping".split()),
    "X": frozenset("exposure self harm assault fire burn overexertion".split()),
    "Y": frozenset("assault abuse place activity occurrence event misadventure".split()),
    "Z": frozenset(
        "encounter history screening examination status family vaccination "
        "immunization checkup counseling exposure contact long term use "
        "presence acquired absence follow aftercare".split()
    ),
    "T": frozenset(
        "poisoning adverse toxic underdosing burn complication foreign body effect overdose".split()
    ),
}
_WITHOUT_FACTOR = 0.99
"""Of two titles that say nothing more, the one that rules something out comes second."""
_FIELD_FACTOR = 0.86
"""Codes of a special field rank behind when nothing of that field was asked."""


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    title: str
    billable: bool
    why: str
    score: float
    reading: Reading


class Searcher:
    """Searches one system on one connection; keeps nothing but counts."""

    def __init__(self, connection: Connection, system: str, system_id: int, dot_after: int) -> None:
        self._connection = connection
        self._system = system_id
        self._dot_after = dot_after
        self._fields = _FIELDS if system == ICD10CM else {}
        self._lexicon = Lexicon(connection, system_id)

    def search(
        self,
        text: str,
        on: dt.date,
        limit: int,
        weights: Mapping[str, int],
        *,
        billable_only: bool,
    ) -> list[CodeHit]:
        """See `CodeStore.search`."""
        text = text.strip("\n\r\t")[:200]
        hits: dict[str, CodeHit] = {}
        if not text.strip():
            self._favourites(on, weights, limit, hits)
        elif _CODE.match(text.strip()) or len(text.strip()) == 1:
            self._by_code(text.strip(), on, limit, weights, hits, billable_only=billable_only)
        if len(hits) < limit and len(text.strip()) > 1:
            for hit in self._by_words(text, on, limit, weights, billable_only=billable_only):
                hits.setdefault(hit.code, hit)
        return heapq.nlargest(limit, hits.values(), key=lambda h: h.score)

    # --- by code ------------------------------------------------------------------------

    def _favourites(
        self, on: dt.date, weights: Mapping[str, int], limit: int, hits: dict[str, CodeHit]
    ) -> None:
        wanted = heapq.nlargest(limit, weights.items(), key=lambda pair: pair[1])
        for code, weight in wanted:
            for found, title, billable in self._codes("code = ?", [code], on):
                if billable:
                    hits[found] = self._hit(found, title, True, "often used", float(weight))  # noqa: FBT003

    def _codes(
        self, where: str, given: Iterable[object], on: dt.date, tail: str = ""
    ) -> list[tuple[str, str, int]]:
        day = on.isoformat()
        rows = self._connection.execute(
            f"SELECT code, title, billable FROM code WHERE system_id = ? AND kind = 'code' AND "
            f"{where} AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) {tail}",
            (self._system, *given, day, day),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def _by_code(
        self,
        text: str,
        on: dt.date,
        limit: int,
        weights: Mapping[str, int],
        hits: dict[str, CodeHit],
        *,
        billable_only: bool,
    ) -> None:
        start = text.replace(".", "").upper()
        only = "AND billable = 1" if billable_only else ""
        rows = self._codes(
            f"code >= ? AND code < ? {only}",
            (start, start + "~"),
            on,
            "ORDER BY order_key LIMIT 400",
        )
        used = {code: weights[code] for code in weights if code.startswith(start)}
        for code in used:
            if code not in {row[0] for row in rows}:
                rows += self._codes(f"code = ? {only}", [code], on)
        for place, (code, title, billable) in enumerate(rows):
            exact = 50.0 if code == start else 0.0
            usual = 5.0 * math.log1p(used.get(code, 0))
            score = 1000.0 + exact + usual - place / 1000.0
            hits[code] = self._hit(code, title, bool(billable), "code", score)
        best = heapq.nlargest(limit, hits.values(), key=lambda h: h.score)
        hits.clear()
        hits.update({h.code: h for h in best})

    def _hit(self, code: str, title: str, billable: bool, why: str, score: float) -> CodeHit:
        return CodeHit(code, dotted(code, self._dot_after), title, billable, why, round(score, 4))

    # --- by words -----------------------------------------------------------------------

    def _by_words(
        self,
        text: str,
        on: dt.date,
        limit: int,
        weights: Mapping[str, int],
        *,
        billable_only: bool,
    ) -> list[CodeHit]:
        best: dict[str, _Row] = {}
        for reading in readings(text):
            for row in self._rank(reading, on):
                known = best.get(row.code)
                if known is None or row.score > known.score:
                    best[row.code] = row
        ranked = sorted(best.values(), key=lambda r: -self._weighted(r.code, r.score, weights))
        out: dict[str, CodeHit] = {}
        for row in ranked[: 2 * limit + 4]:
            code, title, billable, score = row.code, row.title, row.billable, row.score
            if not billable and billable_only:
                found = self._default_below(row, on, weights)
                if found is None:
                    continue
                code, title, share = found
                billable, score = True, score * share
            score = self._weighted(code, score, weights)
            if code not in out or out[code].score < score:
                out[code] = self._hit(code, title, billable, row.why, score)
        return heapq.nlargest(limit, out.values(), key=lambda h: h.score)

    @staticmethod
    def _weighted(code: str, score: float, weights: Mapping[str, int]) -> float:
        return score * (1 + 0.12 * math.log1p(weights.get(code, 0))) if weights else score

    def _rank(self, reading: Reading, on: dt.date) -> list[_Row]:
        """The best terms of one reading, as codes valid on the day."""
        last = len(reading.words) - 1
        found = [
            self._lexicon.postings(word, prefix=reading.prefix and i == last)
            for i, word in enumerate(reading.words)
        ]
        whole = sum(weight for _, weight in found) or 1.0
        sums = summed([scores for scores, _ in found])
        if not sums:
            return []
        by_id = best_terms(sums, whole)
        rows = self._connection.execute(
            "SELECT t.id, t.code, t.kind, t.text, c.title, c.billable FROM search_term t"
            " JOIN code c ON c.system_id = t.system_id AND c.kind = 'code' AND c.code = t.code"
            " AND c.valid_from <= :day AND (c.valid_to IS NULL OR c.valid_to >= :day)"
            f" WHERE t.id IN ({','.join(map(str, by_id))}) AND t.valid_from <= :day"
            " AND (t.valid_to IS NULL OR t.valid_to >= :day)",
            {"day": on.isoformat()},
        )
        asked = set(reading.words)
        out = []
        for number, code, kind, term, title, billable in rows:
            score = by_id[number] * reading.factor * _KIND_FACTOR.get(kind, _OTHER_KIND)
            field = self._fields.get(code[0])
            if field is not None and not asked & field:
                score *= _FIELD_FACTOR
            if OTHER.match(title) and not reading.other:
                score *= OTHER_FACTOR
            if " without " in title:
                score *= _WITHOUT_FACTOR
            why = "title" if kind == TITLE else term
            if reading.spelled:
                why = reading.spelled if kind == TITLE else f"{reading.spelled}: {term}"
            out.append(_Row(code, title, bool(billable), why, score, reading))
        return out

    # --- from a heading to a code that can be billed ------------------------------------

    def _default_below(
        self, row: _Row, on: dt.date, weights: Mapping[str, int]
    ) -> tuple[str, str, float] | None:
        """The billable code below a heading that says least beyond what was asked.

        Returns:
            code, title and the share of the heading's score that it deserves.
        """
        asked = set(row.reading.words)
        code, title = row.code, row.title
        heading = set(tokens(title))
        for _ in range(5):
            children = self._codes("parent = ?", [code], on, "ORDER BY order_key")
            if not children:
                return None
            above = set(tokens(title))
            code, title, billable = max(
                children, key=lambda c: plainness(c[1], above, asked, weights.get(c[0], 0))
            )
            if billable:
                more = set(tokens(fine(title))) - heading - asked
                return code, title, 0.995 - 0.02 * min(len(more), 6)
        return None
