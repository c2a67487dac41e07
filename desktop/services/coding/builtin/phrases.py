"""What people type and how the tabular list says it: the phrases of the `data` folder.

Each line there is ``heads = readings``. A reading uses the words of the tabular list; several,
apart by “;”, stand in the order of likelihood. Heads are lower case without accents or marks,
apart by “|”; “{a,b}” stands for either word and “~” at the end for nothing, “disease” or
“syndrome”: ``fabry ~`` is three heads. Lines that begin with “#” are remarks. The heads of
``alone.txt`` are everyday or official words: they count only when they are all that was typed.

The lists are our own, written from general medical knowledge.
"""

from __future__ import annotations

import functools
import itertools
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from desktop.resources import data_of
from desktop.services.coding.base.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST = 9
"""Words of text, small ones counted, that a phrase may stand for."""
_SMALL = frozenset(
    "the my his her their your our of in on at to for from by is are was has have been and with "
    "this that it".split()
)
"""Words that a phrase may lack or have between two others and still be the same."""
_SMALL_IN_TEXT = _SMALL | {"a", "an", "i", "so", "very", "really"}
_LETTERED = frozenset(
    "vitamin vit hepatitis hep hemophilia influenza type group factor strep stage grade class "
    "bipolar dm".split()
)
"""After these, “a” and “i” are names and not small words."""
_CHOICE = re.compile(r"\{([^{}]*)\}")
_ANY = ("", " disease", " syndrome")
_ALONE = "alone.txt"


def heads(text: str) -> Iterator[str]:
    """The phrases that the left side of a line stands for."""
    for head in text.split(" | "):
        if "{" not in head and "~" not in head:
            yield head
            continue
        pieces = _CHOICE.split(head.replace(" ~", "{" + ",".join(_ANY) + "}"))
        for chosen in itertools.product(
            *(p.split(",") if i % 2 else (p,) for i, p in enumerate(pieces))
        ):
            yield " ".join("".join(chosen).split())


def lines() -> Iterator[tuple[str, str, str]]:
    """File name, left and right side of every line of the data folder."""
    folder = data_of(__package__)
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".txt"):
            for line in file.read_text("utf-8").splitlines():
                left, sign, right = line.partition(" = ")
                if sign and line[0] != "#":
                    yield file.name, left, right


@functools.cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Phrases, as stemmed words with a blank between them, and their readings."""
    exact: dict[str, tuple[str, ...]] = {}
    loose: dict[str, tuple[str, ...]] = {}
    for file, left, right in lines():
        if file == _ALONE:
            continue
        found = tuple(right.split("; "))
        for head in heads(left):
            words = [stem(w) for w in head.split()]
            key = " ".join(words)
            known = exact.get(key)
            exact[key] = found if known is None else tuple(dict.fromkeys((*known, *found)))
            if len(words) > 2:
                loose.setdefault(_without(words, _SMALL), exact[key])
    return MappingProxyType({**loose, **exact})


@functools.cache
def alone() -> Mapping[str, tuple[str, ...]]:
    """Words that are read so only when nothing else was typed, and their readings."""
    out = {
        " ".join(stem(w) for w in head.split()): tuple(right.split("; "))
        for file, left, right in lines()
        if file == _ALONE
        for head in heads(left)
    }
    return MappingProxyType(out)


def longest(words: Sequence[str], start: int) -> tuple[int, tuple[str, ...]] | None:
    """The longest phrase that stands at a place of a text.

    Args:
        words: the stemmed words of the text, small ones too.
        start: where the phrase begins.

    Returns:
        how many words it takes and its readings; None when no phrase begins there.
    """
    known = phrases()
    if start == 0:
        found = alone().get(" ".join(words))
        if found is not None:
            return len(words), found
    for length in range(min(LONGEST, len(words) - start), 0, -1):
        piece = words[start : start + length]
        found = known.get(" ".join(piece))
        if found is None and length > 2 and piece[-1] not in _SMALL:
            found = known.get(_without(piece, _SMALL_IN_TEXT))
        if found is not None:
            return length, found
    return None


def _without(words: Sequence[str], small: frozenset[str]) -> str:
    """The words without the small ones between the first and the last."""
    kept = [
        word
        for before, word in itertools.pairwise(words[:-1])
        if word not in small or (word in "ai" and before in _LETTERED)
    ]
    return " ".join((words[0], *kept, words[-1]))
