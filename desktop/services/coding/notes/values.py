"""What the suggestions say: frozen, free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class Status(StrEnum):
    """What the note says of a phrase; only what is present is coded as an active disease."""

    PRESENT = "present"
    NEGATED = "negated"
    HISTORY = "history"
    FAMILY = "family"
    UNCERTAIN = "uncertain"


DIAGNOSIS = "diagnosis"
PROCEDURE = "procedure"


@dataclass(frozen=True, slots=True)
class SuggestedCode:
    """A code to accept.

    Attributes:
        code: without dot; `dotted` is as printed.
        score: from 1 down; comparable inside one suggestion only.
    """

    code: str
    dotted: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question, and the code that it leads to."""

    text: str
    code: str
    dotted: str
    title: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrase of the note with the codes to choose from, best first.

    Attributes:
        phrase: the evidence: exactly the note's text from `start` to `end`.
        kind: "diagnosis" or "procedure".
        codes: empty for what the note denies.
        question: what the note leaves out, as a question; empty when nothing is.
        answers: the codes that the answers lead to.
    """

    phrase: str
    start: int
    end: int
    status: Status
    kind: str
    codes: tuple[SuggestedCode, ...]
    question: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedProcedure:
    """A procedure of the practice's own list, in the practice's words."""

    code: str
    title: str


def plain_suggestions(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions as `codes suggest --json` gives them."""
    return [
        {
            "phrase": s.phrase,
            "start": s.start,
            "end": s.end,
            "status": s.status.value,
            "kind": s.kind,
            "codes": [
                {"code": c.dotted, "title": c.title, "score": round(c.score, 4)} for c in s.codes
            ],
            "question": s.question,
            "answers": [{"text": a.text, "code": a.dotted, "title": a.title} for a in s.answers],
        }
        for s in suggestions
    ]
