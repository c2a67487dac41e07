"""How a term that holds the words of a query is weighed against others (no database)."""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Set as AbstractSet

from desktop.services.coding.index import LENGTH_BITS
from desktop.services.coding.words import tokens

_LENGTH_MASK = (1 << LENGTH_BITS) - 1
_ENOUGH = 6_000
"""Terms gathered before a common word may only add to those, not bring further ones."""
_COUNT = 1000.0
"""Added to a term's sum for every word found, so that one number carries both."""
_BEST = 48
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
    lower = title.lower()
    extra = [w for w in dict.fromkeys(tokens(lower)) if w not in above]
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
    unasked = set(tokens(fine(lower))) - above - asked
    return score - 0.15 * min(len(unasked), 6) - (0.4 if lower.startswith("other ") else 0.0)


def prefix_factor(share: float, usual: float) -> float:
    """What a longer word counts: more, the more of it was typed and the more usual it is."""
    return 0.7 + 0.15 * share + 0.1 * usual


def summed(found: list[dict[int, float]]) -> dict[int, float]:
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


def best_terms(sums: dict[int, float], whole: float) -> dict[int, float]:
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
