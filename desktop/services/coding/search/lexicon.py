"""The words of a code system: as typed, longer, alike in meaning or root, or misspelled."""

from __future__ import annotations

import functools
import heapq
import itertools
import math
from array import array
from collections import Counter
from typing import TYPE_CHECKING

from desktop.services.coding.base.spelling import allowed, letters_apart, likeness
from desktop.services.coding.base.words import (
    STOP_WORDS,
    fold,
    grams,
    raw_words,
    root_of,
    stem,
    turned,
)
from desktop.services.coding.builtin.phrases import phrases
from desktop.services.coding.builtin.synonyms import SYNONYMS
from desktop.services.coding.releases.ranking import prefix_factor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.services.coding.base.connection import Connection

_SYNONYM = 0.85
_ROOT = 0.8
_TURNED = 0.9
_LONGER = {1: 10, 2: 20, 3: 30}
"""How many words a short beginning may stand for, the most usual first."""
_NEAR = 60
_SHORTEST = 4
"""Letters of a word that is taken for misspelled; shorter ones are names of their own."""
_SHORTEST_PART = 3
_LONG = 8
"""Letters of a word that shares at least two pieces with what is meant by it."""


@functools.cache
def _phrase_words() -> frozenset[str]:
    return frozenset(word for key in phrases() for word in key.split(" "))


@functools.cache
def _phrase_grams() -> dict[str, list[str]]:
    """The words of the phrases by their pieces, as `search_gram` has those of the code set."""
    out: dict[str, list[str]] = {}
    for word in sorted(_phrase_words()):
        if len(word) >= _SHORTEST and word.isalpha():
            for gram in grams(word):
                out.setdefault(gram, []).append(word)
    return out


def warm() -> None:
    """Read what misspelled words are compared with."""
    _phrase_grams()


class Lexicon:
    """Looks words up in the search index of one system; remembers what one query asked."""

    def __init__(self, connection: Connection, system_id: int) -> None:
        self._connection = connection
        self._system = system_id
        self._terms = int(
            connection.execute("SELECT COALESCE(MAX(id), 1) FROM search_term").fetchone()[0]
        )
        self._found: dict[tuple[str, bool], tuple[dict[int, float], float]] = {}
        self._alike: dict[str, list[tuple[str, float]]] = {}

    def postings(self, word: str, *, prefix: bool) -> tuple[dict[int, float], float]:
        """Terms with the word: packed id to weight, and what a whole match weighs."""
        key = (word, prefix)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._postings(word, prefix=prefix)
        return found

    def _postings(self, word: str, *, prefix: bool) -> tuple[dict[int, float], float]:
        words = self._exact({word: 1.0})
        if prefix and (len(word) > 1 or not words):
            words += self._longer(word)
        if not words and len(word) >= _SHORTEST:
            words = self._longer(word) or self._exact(dict(self._similar(word)))
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

    def _exact(self, factors: dict[str, float]) -> list[tuple[str, int, bytes, float]]:
        rows = self._connection.execute(
            "SELECT word, hits, terms FROM search_word WHERE system_id = ?"
            f" AND word IN ({','.join('?' * len(factors))})",
            (self._system, *factors),
        )
        return [(word, hits, blob, factors[word]) for word, hits, blob in rows]

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
        kin = dict.fromkeys(turned(word), _TURNED)
        kin |= dict.fromkeys(SYNONYMS.get(word, ()), _SYNONYM)
        kin.pop(word, None)
        out = self._exact(kin) if kin else []
        root = root_of(word)
        if root:
            rows = self._connection.execute(
                "SELECT word, hits, terms FROM search_word WHERE system_id = ? AND word >= ?"
                " AND word < ? AND word <> ? AND length(word) <= ? LIMIT 12",
                (self._system, root, root + "~", word, len(root) + 4),
            )
            out += [(*row, _ROOT) for row in rows]
        return out

    # --- misspelled ---------------------------------------------------------------------

    def _similar(self, word: str) -> list[tuple[str, float]]:
        """Words that a slip of the finger or the ear turns into the one typed, with factors."""
        found = self._alike.get(word)
        if found is None:
            found = self._alike[word] = self._search_similar(word)
        return found

    def _search_similar(self, word: str) -> list[tuple[str, float]]:
        pieces = grams(word)
        marks = ",".join("?" * len(pieces))
        held: dict[str, str] = dict(
            self._connection.execute(
                f"SELECT gram, words FROM search_gram WHERE system_id = ? AND gram IN ({marks})",
                (self._system, *pieces),
            ).fetchall()
        )
        counts: Counter[str] = Counter()
        for gram in sorted(pieces):
            counts.update(
                dict.fromkeys(held.get(gram, "").split(" ") + _phrase_grams().get(gram, [])).keys()
            )
        several = 1 if len(word) < _LONG else 2
        near = heapq.nlargest(
            _NEAR,
            (w for w, c in counts.items() if c >= several and abs(len(w) - len(word)) <= 2),
            key=lambda w: counts[w] / (len(pieces) + len(w) - counts[w]),
        )
        rated = {other: likeness(word, other) for other in near if letters_apart(word, other) <= 4}
        least = min(rated.values(), default=9.0)
        if least > allowed(word):
            return []
        return [(w, 0.92 - 0.1 * cost) for w, cost in rated.items() if cost <= least + 0.2]

    def corrected(self, text: str) -> str:
        """The text with misspelled, split and run-together words set right; folded.

        A word counts as right when the code set or the phrases have it, or when it may be the
        beginning of a word that is still being typed.
        """
        words = raw_words(fold(text))
        stems = [stem(w) for w in words]
        pairs = {a + b for a, b in itertools.pairwise(words) if min(len(a), len(b)) > 2}
        known = self._known({*stems, *(stem(p) for p in pairs)})
        out: list[str] = []
        typing = text[-1:].isalnum()
        i = 0
        while i < len(words):
            word, root = words[i], stems[i]
            joined = word + words[i + 1] if i + 1 < len(words) else ""
            if joined in pairs and stem(joined) in known:
                out.append(joined)
                i += 2
                continue
            i += 1
            right = root in known or word in STOP_WORDS or not word.isalpha()
            if (
                right
                or len(word) < _SHORTEST
                or (self._begins(root) and (typing or i < len(words)))
            ):
                out.append(word)
            else:
                out.append(self._set_right(root, word))
        return " ".join(out)

    def _set_right(self, root: str, word: str) -> str:
        best = max(self._similar(root), key=lambda p: (p[1], p[0][0] == root[0]), default=None)
        if best is not None:
            return best[0]
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            parts = {stem(word[:cut]), stem(word[cut:])}
            if len(self._known(parts)) == len(parts):
                return f"{word[:cut]} {word[cut:]}"
        return word

    def _known(self, words: Iterable[str]) -> set[str]:
        asked = set(words)
        rows = self._connection.execute(
            "SELECT word FROM search_word WHERE system_id = ?"
            f" AND word IN ({','.join('?' * len(asked))})",
            (self._system, *asked),
        )
        return {row[0] for row in rows} | (asked & _phrase_words())

    def _begins(self, word: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM search_word WHERE system_id = ? AND word > ? AND word < ? LIMIT 1",
            (self._system, word, word + "~"),
        ).fetchone()
        return row is not None
