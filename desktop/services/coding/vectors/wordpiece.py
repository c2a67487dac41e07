"""BERT's tokens, uncased: words and marks cut into the longest pieces that the model knows."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS: Final = re.compile(r"[^\W_]+|[^\s\w]|_")
_LONGEST: Final = 100
"""Characters of a word; longer ones are unknown to the model."""


class WordPiece:
    """Token numbers of a text.

    Args:
        vocabulary: pieces to numbers; a piece inside a word begins with "##".
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._pieces = vocabulary
        self._unknown = vocabulary["[UNK]"]
        self._first = vocabulary["[CLS]"]
        self._last = vocabulary["[SEP]"]
        self._known: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str, most: int) -> list[int]:
        """At most so many numbers, the marks of beginning and end among them."""
        out = [self._first]
        for word in _PARTS.findall(_plain(text)):
            found = self._known.get(word)
            if found is None:
                found = self._known[word] = self._cut(word)
            out.extend(found)
            if len(out) >= most:
                break
        return [*out[: most - 1], self._last]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST:
            return (self._unknown,)
        out: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                number = self._pieces.get(piece)
                if number is not None:
                    break
            else:
                return (self._unknown,)
            out.append(number)
            start = end
        return tuple(out)


def _plain(text: str) -> str:
    """Lower case without accents."""
    text = text.lower()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")
