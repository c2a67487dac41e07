"""What a typed text may mean: its words, with abbreviations and patients' words spelled out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.services.coding.base.words import fold, raw_words, stem, tokens
from desktop.services.coding.builtin.abbreviations import ALSO_ENGLISH
from desktop.services.coding.builtin.phrases import longest
from desktop.services.coding.releases.ranking import OTHER

MOST_READINGS = 5
_SHORT = 5
_BEGINNING_OF_ANOTHER = 0.8
"""A known abbreviation (“ca”) is seldom the beginning of a longer word (“calculus”)."""
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the text.

    Attributes:
        words: stemmed words, all wanted.
        prefix: the last word is still being typed.
        factor: 1 as typed; a little less for each guess.
        other: “other” was asked for.
        spelled: what was spelled out, for the reason shown; empty as typed.
    """

    words: tuple[str, ...]
    factor: float
    prefix: bool = False
    spelled: str = ""
    other: bool = False


def readings(text: str) -> list[Reading]:
    """The readings of a text, likeliest first; none when it holds no word."""
    folded = fold(text)
    raw = raw_words(folded)
    if not raw:
        return []
    typing = folded[-1:].isalnum()
    plain = tuple(dict.fromkeys(tokens(text)))
    out: list[Reading] = []
    capitals = set() if text.isupper() else {w.lower() for w in _CAPITALS.findall(text)}
    words = {stem(w) for w in ALSO_ENGLISH - capitals} if len(raw) > 1 else set()
    pieces = _pieces([stem(w) for w in raw], words)
    if any(len(choices) > 1 or guessed for choices, guessed in pieces):
        out.extend(_combined(pieces, other="other" in raw))
    if plain:
        short = pieces[-1][1] and len(raw[-1]) < _SHORT
        factor = _BEGINNING_OF_ANOTHER if short and typing else 1.0
        out.append(Reading(plain, factor, prefix=typing, other="other" in raw))
    return out[: MOST_READINGS + 1]


def _pieces(raw: list[str], plain: set[str]) -> list[tuple[tuple[str, ...], bool]]:
    """The text cut into known phrases (longest first) and single words, with their readings.

    Words of `plain` are never taken for the abbreviation that they could be.
    """
    out: list[tuple[tuple[str, ...], bool]] = []
    i = 0
    while i < len(raw):
        found = longest(raw, i)
        if found is None or (found[0] == 1 and raw[i] in plain):
            out.append(((raw[i],), False))
            i += 1
        else:
            out.append((found[1], True))
            i += found[0]
    return out


def _combined(pieces: list[tuple[tuple[str, ...], bool]], *, other: bool) -> list[Reading]:
    """Readings that spell out every known phrase, varying one of them at a time."""
    first = [choices[0] for choices, _ in pieces]
    variants = [(first, 0)]
    for position, (choices, _) in enumerate(pieces):
        for rank, choice in enumerate(choices[1:], 1):
            variants.append(([*first[:position], choice, *first[position + 1 :]], rank))
    out = []
    for parts, rank in sorted(variants, key=lambda v: v[1])[:MOST_READINGS]:
        words = tuple(dict.fromkeys(t for part in parts for t in tokens(part)))
        spelled = "; ".join(p for p, (_, known) in zip(parts, pieces, strict=True) if known)
        if words:
            asked = other or any(OTHER.match(p) for p in parts)
            out.append(Reading(words, 0.98 - 0.04 * rank, spelled=spelled, other=asked))
    return out
