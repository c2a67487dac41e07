"""The query sets that code search is measured on, and the scoring of an answer.

A set is a table of tab-separated text with the columns id, kind, query, accept and reject;
`accept` holds the codes that answer the query, any of them, `reject` those that a line of a
note rules out (negated, a relative's, past). Only billable codes are scored.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.errors import RuleError
from desktop.resources import root

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

VARIABLE: Final = "CLAIMSTEAD_CODING_EVAL"
DEPTH: Final = 10
"""How many hits of an answer are scored."""
_FEW: Final = 5
_COLUMNS: Final = ("id", "kind", "query", "accept", "reject")

NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a set; codes without dots."""

    kind: str
    text: str
    accept: tuple[str, ...]
    reject: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuerySet:
    """A set of queries by the name of its file."""

    name: str
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """How well a method answered some queries; shares lie between 0 and 1.

    Attributes:
        mrr: mean of one over the place of the first right code, 0 beyond the tenth.
        ruled_out: notes with a rejected code among the first five hits.
        notes: notes that name a rejected code.
    """

    queries: int
    r1: float
    r5: float
    r10: float
    mrr: float
    ruled_out: int
    notes: int

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "queries": self.queries,
            "r1": round(self.r1, 4),
            "r5": round(self.r5, 4),
            "r10": round(self.r10, 4),
            "mrr": round(self.mrr, 4),
            "notes_with_rejected_code": self.ruled_out,
            "notes_naming_one": self.notes,
        }


def evaluation_folder() -> Path:
    """Where the shared sets lie: beside the project, or where the environment says."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else root().parent / "shared" / "coding-eval"


def own_folder() -> Path:
    """Where the project's own sets lie."""
    return root() / "tests" / "data" / "coding"


def read_set(path: Path) -> QuerySet:
    """A set from its file.

    Raises:
        RuleError: it cannot be read, lacks a column or holds a line without an answer.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as e:
        raise RuleError(f"{path.name} could not be read as a set of queries ({e}).") from e
    queries = []
    for number, row in enumerate(rows, 2):
        if any(row.get(column) is None for column in _COLUMNS[:4]):
            raise RuleError(f"{path.name}, line {number}: the columns are {', '.join(_COLUMNS)}.")
        accept = _codes(row["accept"])
        if not accept:
            raise RuleError(f"{path.name}, line {number} names no code that answers its query.")
        queries.append(Query(row["kind"], row["query"], accept, _codes(row["reject"] or "")))
    return QuerySet(path.stem, tuple(queries))


def _codes(text: str) -> tuple[str, ...]:
    for mark in ",;|":
        text = text.replace(mark, " ")
    return tuple(part.replace(".", "").upper() for part in text.split())


def place(query: Query, hits: Sequence[str], billable: Collection[str]) -> int:
    """The place of the first right code among the hits, from 1; 0 when there is none.

    A code that is billable in another year only, cut finer or less finely since, counts in the
    form that it has in this one.
    """
    for number, hit in enumerate(hits[:DEPTH], 1):
        for code in query.accept:
            if hit == code:
                return number
            if code not in billable and (hit.startswith(code) or code.startswith(hit)):
                return number
    return 0


def ruled_out(query: Query, hits: Sequence[str]) -> bool:
    """Whether a code that the note rules out stands among the first five."""
    return any(hit.startswith(query.reject) for hit in hits[:_FEW]) if query.reject else False


def marks(
    queries: Sequence[Query],
    answers: Sequence[Sequence[str]],
    billable: Collection[str],
    kind: str = "",
) -> Marks:
    """The marks over the queries of one kind, or over all."""
    both = zip(queries, answers, strict=True)
    pairs = [(q, hits) for q, hits in both if kind in {"", q.kind}]
    places = [place(query, hits, billable) for query, hits in pairs]
    count = max(len(places), 1)
    naming = [(q, hits) for q, hits in pairs if q.kind == NOTE and q.reject]
    return Marks(
        len(places),
        sum(p == 1 for p in places) / count,
        sum(0 < p <= _FEW for p in places) / count,
        sum(p > 0 for p in places) / count,
        sum(1 / p for p in places if p) / count,
        sum(ruled_out(q, hits) for q, hits in naming),
        len(naming),
    )
