"""What a typed text may mean: its words, with abbreviations and patients' words spelled out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.services.coding.builtin.abbreviations import ABBREVIATIONS, ALSO_ENGLISH
from desktop.services.coding.builtin.lay_words import LAY_WORDS
from desktop.services.coding.words import fold, raw_words, stem, tokens

MOST_READINGS = 5
_LONGEST_PHRASE = 4
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")


def _dictionary() -> dict[tuple[str, ...], tuple[str, ...]]:
    out: dict[tuple[str, ...], tuple[str, ...]] = {}
    for source in (LAY_WORDS, ABBREVIATIONS):
        for phrase, readings in source.items():
            words = tuple(stem(w) for w in raw_words(fold(phrase)))
            out[words] = tuple(dict.fromkeys((*out.get(words, ()), *readings)))
    return out


_PHRASES = _dictionary()


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
        out.append(Reading(plain, 1.0, prefix=typing, other="other" in raw))
    return out[: MOST_READINGS + 1]


def _pieces(raw: list[str], plain: set[str]) -> list[tuple[tuple[str, ...], bool]]:
    """The text cut into known phrases (longest first) and single words, with their readings.

    Words of `plain` are never taken for the abbreviation that they could be.
    """
    out: list[tuple[tuple[str, ...], bool]] = []
    i = 0
    while i < len(raw):
        for length in range(min(_LONGEST_PHRASE, len(raw) - i), 0, -1):
            found = _PHRASES.get(tuple(raw[i : i + length]))
            if found is not None and not (length == 1 and raw[i] in plain):
                out.append((found, True))
                i += length
                break
        else:
            out.append(((raw[i],), False))
            i += 1
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
            out.append(Reading(words, 0.98 - 0.04 * rank, spelled=spelled, other=other))
    return out
