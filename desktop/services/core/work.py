"""What a service is given: a session in a transaction, who asks, the clock, what changed.

A service function takes a `Work` first, declares the permission it needs with `needs`,
flushes but never commits; `Database.read` and `Database.write` do.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from typing import TYPE_CHECKING, Concatenate, NewType, ParamSpec, TypeVar

from desktop.errors import Forbidden
from desktop.models.values.enums import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from desktop.clock import Clock
    from desktop.services.coding.library.store import CodeStore
    from desktop.services.store.documents import DocumentStore

UserId = NewType("UserId", int)

P = ParamSpec("P")
R = TypeVar("R")


class Changes(Flag):
    """What a write touched; open pages refresh when one of theirs is named."""

    NONE = 0
    PRACTICE = auto()
    PAYERS = auto()
    FEES = auto()
    PATIENTS = auto()
    VISITS = auto()
    CLAIMS = auto()
    PAYMENTS = auto()
    LEDGER = auto()
    STATEMENTS = auto()
    TASKS = auto()
    CODES = auto()
    USERS = auto()
    EVERYTHING = (
        PRACTICE
        | PAYERS
        | FEES
        | PATIENTS
        | VISITS
        | CLAIMS
        | PAYMENTS
        | LEDGER
        | STATEMENTS
        | TASKS
        | CODES
        | USERS
    )


class Permission(StrEnum):
    """What a role may do; `ROLES` says which role has which."""

    VIEW = "see patients and money"
    REGISTER = "register patients and coverage"
    CODE = "enter visits and codes"
    CLAIM = "check, print and send claims"
    POST = "post insurance payments and adjustments"
    COLLECT = "take patient payments"
    REFUND = "refund and write off"
    STATE = "print statements"
    REPORT = "print and export reports"
    SET_UP = "change the practice, payers, fees and code sets"
    CLOSE = "close a day or month"
    ADMINISTER = "manage users, keys and backups"


_FRONT = {Permission.VIEW, Permission.REGISTER, Permission.COLLECT, Permission.CODE}
_BILLER = _FRONT | {
    Permission.CLAIM,
    Permission.POST,
    Permission.REFUND,
    Permission.STATE,
    Permission.REPORT,
    Permission.SET_UP,
    Permission.CLOSE,
}
ROLES: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.BILLER: frozenset(_BILLER),
    Role.FRONT_DESK: frozenset(_FRONT),
    Role.SCHEDULED: frozenset(
        {Permission.VIEW, Permission.CLAIM, Permission.POST, Permission.STATE, Permission.REPORT}
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks; stands in every audit row."""

    user_id: UserId
    name: str
    role: Role


class Progress:
    """How a long task tells how far it is, and learns that it was cancelled.

    The default neither shows nor cancels. `report` raises `Cancelled` when the user stopped.
    """

    def report(self, done: int, total: int, text: str = "") -> None:
        """Say that `done` of `total` steps are done; `text` is shown beside the bar."""


@dataclass(slots=True)
class Work:
    """One unit of work on an open practice.

    Attributes:
        session: bound to the transaction; reads only in `Database.read`.
        documents: bytes sent, received and printed (own store, committed at once).
        codes: the code sets.
        changes: gathered by `touch`, announced after the commit.
    """

    session: Session
    actor: Actor
    clock: Clock
    documents: DocumentStore
    codes: CodeStore
    is_sample: bool = False
    progress: Progress = field(default_factory=Progress)
    changes: Changes = Changes.NONE
    views: list[tuple[str, str, int]] = field(default_factory=list)

    def touch(self, changes: Changes) -> None:
        """Note that these kinds of records change with this work."""
        self.changes |= changes

    def viewed(self, kind: str, record_id: int) -> None:
        """Note that a patient's record was shown; written to the audit within two seconds."""
        self.views.append(("view", kind, record_id))


def needs(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Work, P], R]], Callable[Concatenate[Work, P], R]]:
    """Declare the permission of a public service function; checked at each call."""

    def declare(
        function: Callable[Concatenate[Work, P], R],
    ) -> Callable[Concatenate[Work, P], R]:
        @functools.wraps(function)
        def checked(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if permission not in ROLES[work.actor.role]:
                raise Forbidden(
                    f"The role “{work.actor.role}” may not {permission.value}; "
                    "ask the owner of the practice."
                )
            return function(work, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return declare
