"""A phrase on its way to a suggestion: found and read, not yet resolved to codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.services.coding.notes.sections import Section
from desktop.services.coding.notes.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class Draft:
    """A phrase with its status and what it means by itself; the rules change `codes`.

    Attributes:
        start, end: offsets into the note.
        key: its canonical words.
        codes: without dot, best first; unspecified as to side, trimester and encounter.
        side: right, left, bilateral or "".
        context: canonical words of the sentence that are present there.
        sentence: number of the sentence.
        settled: `codes` are final: no rule of the words nearby may refine them.
        dropped: it is part of something else and is not offered by itself.
        said: a cue gave the status, not the section alone.
        ended: it is said to be over, not only to lie in the past.
        query: words to search for, while there are no codes.
    """

    start: int
    end: int
    key: frozenset[str]
    codes: tuple[str, ...]
    status: Status
    side: str = ""
    context: frozenset[str] = field(default_factory=frozenset)
    sentence: int = 0
    section: Section = Section.NONE
    settled: bool = False
    dropped: bool = False
    said: bool = False
    ended: bool = False
    question: str = ""
    query: str = ""

    @property
    def first(self) -> str:
        """The leading code, empty when there is none."""
        return self.codes[0] if self.codes else ""

    @property
    def present(self) -> bool:
        """Present and offered by itself."""
        return self.status is Status.PRESENT and not self.dropped

    def settle(self, *codes: str, question: str = "") -> None:
        """Replace the codes by final ones."""
        self.codes = tuple(dict.fromkeys(c for c in codes if c))
        self.settled = True
        self.question = question


def present(drafts: Sequence[Draft], *starts: str) -> list[Draft]:
    """The drafts that are present and whose first code begins so."""
    return [d for d in drafts if d.present and d.first.startswith(starts)]
