"""Errors whose text is meant for people. Everything else that escapes is a bug of ours.

Three families: `RuleError` is a problem with what was entered or read (it gathers
`Problem`s, each naming its field); `EnvironmentProblem` is the machine's fault (disk full,
folder not writable, wrong password); `Cancelled` is the user's own wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, said so that a biller can mend it.

    Attributes:
        field: dotted name of the field, e.g. ``birth_on`` or ``lines.2.charge``; empty when
            the whole is meant.
        text: one plain sentence that says what is wrong and how to mend it.
    """

    field: str
    text: str


class AppError(Exception):
    """Base of all errors that are shown to the user as they are."""


class RuleError(AppError):
    """What was asked cannot be done; says why, field by field, and changed nothing."""

    def __init__(self, problems: Sequence[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = (Problem("", problems),)
        elif isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(" ".join(p.text for p in self.problems))


class EnvironmentProblem(AppError):
    """The machine stands in the way: one sentence, with what to do about it."""


class NotFound(RuleError):
    """What was named does not exist in this practice."""


class Forbidden(RuleError):
    """The user's role does not allow this."""


class LostUpdate(RuleError):
    """Somebody else changed the record since it was read; nothing was overwritten."""


class Cancelled(AppError):
    """The user stopped a long task; nothing of it was kept."""


def raise_if_any(problems: Sequence[Problem]) -> None:
    """Raise one `RuleError` with all problems, if there are any."""
    if problems:
        raise RuleError(problems)
