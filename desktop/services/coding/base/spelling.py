"""How alike two spellings are: slips of the finger and of the ear cost least."""

from __future__ import annotations

_VOWELS = frozenset("aeiouy")
_SOUNDS = (
    frozenset("ckq"), frozenset("sc"), frozenset("sz"), frozenset("fv"), frozenset("gj"),
    frozenset("mn"), frozenset("td"), frozenset("bp"), frozenset("xk"),
)  # fmt: skip
_VOWEL = 0.6
_SOUND = 0.7
_CHANGES = {(x, y): _SOUND for sound in _SOUNDS for x in sound for y in sound} | {
    (x, y): _VOWEL for x in _VOWELS for y in _VOWELS
}
_DOUBLED = 0.4
_SWAPPED = 0.7
_SILENT = 0.6
"""A vowel or an h put in or left out."""
_FIRST = 0.5
"""More for a wrong first letter, which people seldom miss."""
_EDGES = (("ph", "f"), ("rh", "r"), ("ae", "e"), ("oe", "e"), ("psy", "sy"), ("pn", "n"))


def allowed(word: str) -> float:
    """The greatest cost at which another word may be meant."""
    return 1.0 if len(word) < 6 else 1.7 if len(word) < 9 else 2.2


def letters_apart(a: str, b: str) -> int:
    """Letters that one word has and the other lacks: a cheap bound for the cost."""
    rest = list(b)
    lacking = 0
    for letter in a:
        if letter in rest:
            rest.remove(letter)
        else:
            lacking += 1
    return lacking + len(rest)


def likeness(a: str, b: str) -> float:
    """What it costs to turn `a` into `b`: 0 alike, about 1 a slip."""
    for long, short in _EDGES:
        a, b = a.replace(long, short), b.replace(long, short)
    before: list[float] = []
    last = [0.0]
    for j in range(1, len(b) + 1):
        last.append(last[-1] + _gap(b, j - 1))
    for i, x in enumerate(a, 1):
        row = [last[0] + _gap(a, i - 1)]
        for j, y in enumerate(b, 1):
            cost = min(
                last[j] + _gap(a, i - 1),
                row[j - 1] + _gap(b, j - 1),
                last[j - 1] + _change(x, y),
            )
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y and x != y:
                cost = min(cost, before[j - 2] + _SWAPPED)
            row.append(cost)
        before, last = last, row
    return last[-1] + (_FIRST if a[:1] != b[:1] else 0.0)


def _gap(word: str, place: int) -> float:
    letter = word[place]
    if place and word[place - 1] == letter:
        return _DOUBLED
    return _SILENT if letter in _VOWELS or letter == "h" else 1.0


def _change(x: str, y: str) -> float:
    return 0.0 if x == y else _CHANGES.get((x, y), 1.0)
