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
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop.services.coding.builtin.synonyms import SYNONYMS
from desktop.services.coding.connection import Connection
from desktop.services.coding.index import INCLUDES, LENGTH_BITS, TITLE
from desktop.services.coding.query import Reading, readings
from desktop.services.coding.systems import dotted
from desktop.services.coding.values import CodeHit
from desktop.services.coding.words import grams, root_of, tokens

_CODE = re.compile(r"^[A-Za-z]\d[0-9A-Za-z]?\.?[0-9A-Za-z]{0,4}$|^[A-Za-z]?\d{2,5}$")
_LENGTH_MASK = (1 << LENGTH_BITS) - 1
_ENOUGH = 6_000
"""Terms gathered before a common word may only add to those, not bring further ones."""
_BEST = 48
_LONGER = {1: 10, 2: 20, 3: 30}
"""How many words a short beginning may stand for, the most usual first."""
_SYNONYM = 0.85
_ROOT = 0.8
_COUNT = 1000.0
"""Added to a term's sum for every word found, so that one number carries both."""

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

    def __init__(self, connection: Connection, system_id: int, dot_after: int) -> None:
        self._connection = connection
        self._system = system_id
        self._dot_after = dot_after
        self._terms = int(
            connection.execute("SELECT COALESCE(MAX(id), 1) FROM search_term").fetchone()[0]
        )

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
            self._postings(word, prefix=reading.prefix and i == last)
            for i, word in enumerate(reading.words)
        ]
        whole = sum(weight for _, weight in found) or 1.0
        sums = _summed([scores for scores, _ in found])
        if not sums:
            return []
        by_id = _best_terms(sums, whole)
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
            field = _FIELDS.get(code[0])
            if field is not None and not asked & field:
                score *= _FIELD_FACTOR
            if _OTHER.match(title) and not reading.other:
                score *= _OTHER_FACTOR
            why = "title" if kind == TITLE else term
            if reading.spelled:
                why = reading.spelled if kind == TITLE else f"{reading.spelled}: {term}"
            out.append(_Row(code, title, bool(billable), why, score, reading))
        return out

    def _postings(self, word: str, *, prefix: bool) -> tuple[dict[int, float], float]:
        """Terms with the word: packed id to weight, and what a whole match weighs."""
        words = self._exact(word)
        if prefix and (len(word) > 1 or not words):
            words += self._longer(word)
        if not words and len(word) > 3:
            words = self._longer(word) or self._similar(word)
        if not words:
            return {}, self._rarity(1) * 0.6
        if not (prefix and len(word) < 4):
            words += self._kin(word)
        common = max(hits for _, hits, _, _ in words)
        weight = self._rarity(common)
        if len(word) == 1:
            weight *= 0.5
        scores: dict[int, float] = {}
        for _, _, blob, factor in sorted(words, key=lambda w: w[3]):
            packed = array("Q")
            packed.frombytes(blob)
            scores.update(dict.fromkeys(packed, weight * factor))
        return scores, weight

    def _rarity(self, hits: int) -> float:
        return math.log(1 + self._terms / (hits + 0.5))

    def _exact(self, word: str) -> list[tuple[str, int, bytes, float]]:
        rows = self._connection.execute(
            "SELECT word, hits, terms FROM search_word WHERE system_id = ? AND word = ?",
            (self._system, word),
        )
        return [(*row, 1.0) for row in rows]

    def _longer(self, word: str) -> list[tuple[str, int, bytes, float]]:
        rows = self._connection.execute(
            "SELECT word, hits, terms FROM search_word WHERE system_id = ? AND word > ?"
            " AND word < ? ORDER BY hits DESC LIMIT ?",
            (self._system, word, word + "~", _LONGER.get(len(word), 60)),
        )
        found = rows.fetchall()
        most = math.log1p(max((hits for _, hits, _ in found), default=1))
        return [
            (longer, hits, blob, _prefix_factor(len(word) / len(longer), math.log1p(hits) / most))
            for longer, hits, blob in found
        ]

    def _kin(self, word: str) -> list[tuple[str, int, bytes, float]]:
        """Words of the same meaning, and those built on the same root (infected, infection)."""
        out = []
        for other in SYNONYMS.get(word, ()):
            out += [(*row[:3], _SYNONYM) for row in self._exact(other)]
        root = root_of(word)
        if root:
            rows = self._connection.execute(
                "SELECT word, hits, terms FROM search_word WHERE system_id = ? AND word >= ?"
                " AND word < ? AND word <> ? AND length(word) <= ? LIMIT 12",
                (self._system, root, root + "~", word, len(root) + 4),
            )
            out += [(*row, _ROOT) for row in rows]
        return out

    def _similar(self, word: str) -> list[tuple[str, int, bytes, float]]:
        """Words that a slip of the finger turns into the one typed."""
        pieces = grams(word)
        marks = ",".join("?" * len(pieces))
        counts: dict[str, int] = {}
        for (words,) in self._connection.execute(
            f"SELECT words FROM search_gram WHERE system_id = ? AND gram IN ({marks})",
            (self._system, *pieces),
        ):
            for other in words.split(" "):
                if abs(len(other) - len(word)) <= 2:
                    counts[other] = counts.get(other, 0) + 1
        near = heapq.nlargest(
            24, counts, key=lambda w: counts[w] / (len(pieces) + len(w) - counts[w])
        )
        allowed = 1 if len(word) < 6 else 2
        distances = {w: distance(word, w, allowed) for w in near}
        least = min(distances.values(), default=allowed + 1)
        out = []
        for other, steps in distances.items():
            if steps == least and steps <= allowed:
                out += [(*row[:3], 0.9 - 0.12 * steps) for row in self._exact(other)]
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
                children, key=lambda c: _plainness(c[1], above, asked, weights.get(c[0], 0))
            )
            if billable:
                more = set(tokens(_fine(title))) - heading - asked
                return code, title, 0.995 - 0.02 * min(len(more), 6)
        return None


def _fine(title: str) -> str:
    """The title without the words that only say that nothing more is known."""
    return _NOTHING.sub(" ", title.lower())


_NOTHING = re.compile(
    r"\bunspecified\b|\bnot specified\b|\bwithout (mention of )?(\w+ )?\w+|\buncomplicated\b|"
    r"\binitial encounter( for closed fracture)?\b"
)
_OTHER = re.compile(r"other |.*\bother specified\b", re.IGNORECASE)
_OTHER_FACTOR = 0.93
"""“Other …” is for what has no code of its own; it ranks behind unless it was asked for."""
_EXTRA_FINE = frozenset(
    (
        "unspecified initial encounter closed without complication uncomplicated routine healing"
    ).split()
)


def _plainness(title: str, above: set[str], asked: set[str], used: int) -> float:
    """How well a child says what was asked and nothing more; ties keep tabular order."""
    extra = [w for w in dict.fromkeys(tokens(title)) if w not in above]
    score = 3.0 * sum(w in asked for w in extra) + 0.5 * math.log1p(used)
    lower = title.lower()
    if "unspecified" in extra:
        score += 1.0
    if "without" in extra or "uncomplicated" in extra:
        score += 0.8
    if "initial encounter" in lower:
        score += 0.4 + (0.3 if "closed" in lower or "type i or ii" not in lower else 0.0)
    unasked = sum(w not in asked and w not in _EXTRA_FINE for w in extra)
    return score - 0.15 * min(unasked, 6) - (0.4 if "other" in lower.split()[:1] else 0.0)


def _prefix_factor(share: float, usual: float) -> float:
    """What a longer word counts: more, the more of it was typed and the more usual it is."""
    return 0.7 + 0.15 * share + 0.1 * usual


def _summed(found: list[dict[int, float]]) -> dict[int, float]:
    """Sums by term; once enough terms are in, common words only add to those."""
    sums: dict[int, float] = {}
    for scores in sorted(found, key=len):
        if len(sums) + len(scores) > _ENOUGH and sums:
            for packed in sums.keys() & scores.keys():
                sums[packed] += scores[packed] + _COUNT
            continue
        for packed, weight in scores.items():
            sums[packed] = sums.get(packed, 0.0) + weight + _COUNT
    return sums


def _best_terms(sums: dict[int, float], whole: float) -> dict[int, float]:
    """The terms with most words found and the highest score: id to score."""
    most = max(sums.values()) // _COUNT
    near: list[tuple[int, float]] = []
    while most > 0 and len(near) < _BEST:
        floor = most * _COUNT
        near = [pair for pair in sums.items() if pair[1] >= floor]
        most -= 1
    scores: dict[tuple[float, int], float] = {}
    ranked = []
    for packed, total in near:
        key = (total, packed & _LENGTH_MASK)
        score = scores.get(key)
        if score is None:
            score = scores[key] = _score(*key, whole)
        ranked.append((score, -packed))
    return {-packed >> LENGTH_BITS: score for score, packed in heapq.nlargest(_BEST, ranked)}


def _score(total: float, length: int, whole: float) -> float:
    count, mass = divmod(total, _COUNT)
    return float((mass / whole) ** 1.5 * (count / max(length, count, 1.0)) ** 0.4)


def distance(a: str, b: str, most: int) -> int:
    """Letters to insert, drop, change or swap to turn `a` into `b`; `most` + 1 when more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            steps = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
