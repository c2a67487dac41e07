"""The words of a code system: as typed, longer, alike in meaning or root, or misspelled."""

from __future__ import annotations

import heapq
import math
from array import array

from desktop.services.coding.builtin.synonyms import SYNONYMS
from desktop.services.coding.connection import Connection
from desktop.services.coding.ranking import distance, prefix_factor
from desktop.services.coding.words import grams, root_of

_SYNONYM = 0.85
_ROOT = 0.8
_LONGER = {1: 10, 2: 20, 3: 30}
"""How many words a short beginning may stand for, the most usual first."""


class Lexicon:
    """Looks words up in the search index of one system."""

    def __init__(self, connection: Connection, system_id: int) -> None:
        self._connection = connection
        self._system = system_id
        self._terms = int(
            connection.execute("SELECT COALESCE(MAX(id), 1) FROM search_term").fetchone()[0]
        )

    def postings(self, word: str, *, prefix: bool) -> tuple[dict[int, float], float]:
        """Terms with the word: packed id to weight, and what a whole match weighs."""
        words = self._exact(word)
        if prefix and (len(word) > 1 or not words):
            words += self._longer(word)
        if not words and len(word) > 3:
            words = self._longer(word) or self._similar(word)
        if not words:
            return {}, self._rarity(1) * 0.6
        common = max(hits for _, hits, _, _ in words)
        if not (prefix and len(word) < 4):
            words += self._kin(word)
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
            (longer, hits, blob, prefix_factor(len(word) / len(longer), math.log1p(hits) / most))
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
