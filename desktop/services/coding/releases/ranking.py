"""How a term that holds the words of a query is weighed against others (no database)."""

from __future__ import annotations

import functools
import heapq
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import tokens
from desktop.services.coding.releases.index import LENGTH_BITS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_LENGTH_MASK = (1 << LENGTH_BITS) - 1
_ENOUGH = 6_000
"""Terms gathered before a common word may only add to those, not bring further ones."""
_BEST = 48
_ROUNDING = 1e-9
FOUND = 1.0
"""Power of the share of what was asked that a term has."""
FILLED = 0.5
"""Power of the share of a term that was asked for."""


def fine(title: str) -> str:
    """The title without the words that only say that nothing more is known."""
    return _NOTHING.sub(" ", title.lower())


_NOTHING = re.compile(
    r"\bunspecified\b|\bnot (\w+ as )?\w+\b|\buncomplicated\b|"
    r"\bwithout (mention of )?[\w-]+( (?!or\b|and\b|with\b)[\w-]+)?( or [\w-]+)*|"
    r"\binitial encounter( for closed fracture( type i or ii)?)?\b|\bwith routine healing\b"
)
OTHER = re.compile(r"other |.*\bother specified\b", re.IGNORECASE)
_SIDES = frozenset(("right", "left", "bilateral"))
OTHER_FACTOR = 0.93
"""“Other …” is for what has no code of its own; it ranks behind unless it was asked for."""


def plainness(title: str, above: AbstractSet[str], asked: AbstractSet[str], used: int) -> float:
    """How well a child says what was asked and nothing more; ties keep tabular order."""
    lower, words, telling = _shape(title)
    extra = [w for w in words if w not in above]
    score = 3.0 * sum(w in asked for w in extra) + 0.5 * math.log1p(used)
    if "unspecified" in extra:
        score += 1.0
    if "not" in extra:
        score += 0.5
    if "without" in extra or "uncomplicated" in extra:
        score += 0.95
    if "initial encounter" in lower:
        score += 0.4 + (0.3 if "closed" in lower else 0.0)
    if not used and not _SIDES.isdisjoint(extra) and _SIDES.isdisjoint(asked):
        score -= 0.6
    unasked = telling - above - asked
    return score - 0.15 * min(len(unasked), 6) - (0.4 if lower.startswith("other ") else 0.0)


@functools.lru_cache(maxsize=1 << 14)
def _shape(title: str) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """A title in lower case, its words, and those that say more than “unspecified”."""
    lower = title.lower()
    return lower, tuple(dict.fromkeys(tokens(lower))), frozenset(tokens(fine(lower)))


def prefix_factor(share: float, usual: float) -> float:
    """What a longer word counts: more, the more of it was typed and the more usual it is."""
    return 0.7 + 0.15 * share + 0.1 * usual


def counted(found: Sequence[Mapping[int, float]]) -> Counter[int]:
    """How many of the words each term has; once enough terms are in, common words add none."""
    counts: Counter[int] = Counter()
    for scores in sorted(found, key=len):
        if len(counts) + len(scores) > _ENOUGH and counts:
            counts.update(counts.keys() & scores.keys())
        else:
            counts.update(iter(scores))
    return counts


def best_terms(found: Sequence[Mapping[int, float]], whole: float) -> dict[int, float]:
    """The terms with most words found and the highest score: id to score.

    Args:
        found: for each word the terms that have it, as packed ids, with its weight there.
        whole: the weight of all words together.
    """
    counts = counted(found)
    if not counts:
        return {}
    least, enough = 0, 0
    for least, terms in sorted(Counter(counts.values()).items(), reverse=True):  # noqa: B007
        enough += terms
        if enough >= _BEST:
            break
    first: list[int] = []
    by_length: dict[int, list[int]] = {}
    for packed, count in counts.items():
        if count > least:
            first.append(packed)
        elif count == least:
            by_length.setdefault(packed & _LENGTH_MASK, []).append(packed)
    scorer = _Scorer(found, whole)
    ranked = [(scorer.score(packed, counts[packed]), -packed) for packed in first]
    most = sum(heapq.nlargest(least, (max(weights.values(), default=0.0) for weights in found)))
    for length in sorted(by_length):
        if len(ranked) >= _BEST:
            ranked = heapq.nlargest(_BEST, ranked)
            if ranked[-1][0] > _score(most, least, length, whole) + _ROUNDING:
                break
        ranked += [(scorer.score(packed, least), -packed) for packed in by_length[length]]
    return {-packed >> LENGTH_BITS: score for score, packed in heapq.nlargest(_BEST, ranked)}


class _Scorer:
    """Scores of terms; those of the same words and length are computed once."""

    def __init__(self, found: Sequence[Mapping[int, float]], whole: float) -> None:
        self._found = found
        self._whole = whole
        self._known: dict[tuple[float, int, int], float] = {}

    def score(self, packed: int, count: int) -> float:
        mass = 0.0
        for weights in self._found:
            mass += weights.get(packed, 0.0)
        key = (mass, count, packed & _LENGTH_MASK)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _score(*key, self._whole)
        return found


def shortest(packed: Collection[int]) -> list[int]:
    """Of so many packed terms the few with the fewest telling words."""
    return heapq.nsmallest(_BEST, packed, key=lambda p: p & _LENGTH_MASK)


def _score(mass: float, count: int, length: int, whole: float) -> float:
    return float((mass / whole) ** FOUND * (count / max(length, count, 1.0)) ** FILLED)


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
