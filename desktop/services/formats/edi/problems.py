"""What is wrong with an X12 file, gathered beside whatever of it could be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

# More than anyone reads; a file of garbage must not fill the memory with sentences.
MAX_PROBLEMS = 500


@dataclass(frozen=True, slots=True)
class EdiProblem:
    """One thing that is wrong in a file.

    Attributes:
        severity: "error" when what was read may be incomplete or false, else "warning".
        where: for a person, e.g. ``ST 0001, CLP 3, line 2 (segment 41)``.
        text: one plain sentence.
    """

    severity: Severity
    where: str
    text: str


class ProblemList:
    """Collects problems up to a bound, and counts the rest."""

    def __init__(self, bound: int = MAX_PROBLEMS) -> None:
        self._bound = bound
        self._kept: list[EdiProblem] = []
        self._dropped = 0

    def error(self, where: str, text: str) -> None:
        """Record something that makes the content incomplete or doubtful."""
        self._add(EdiProblem("error", where, text))

    def warning(self, where: str, text: str) -> None:
        """Record something odd that does not change what the file says."""
        self._add(EdiProblem("warning", where, text))

    def extend(self, problems: tuple[EdiProblem, ...]) -> None:
        """Take over problems found elsewhere."""
        for problem in problems:
            self._add(problem)

    def _add(self, problem: EdiProblem) -> None:
        if len(self._kept) < self._bound:
            self._kept.append(problem)
        else:
            self._dropped += 1

    def listed(self) -> tuple[EdiProblem, ...]:
        """All kept problems, in the order found; the last one counts what was left out."""
        if self._dropped:
            more = EdiProblem("error", "file", f"{self._dropped} further problems are not listed.")
            return (*self._kept, more)
        return tuple(self._kept)
