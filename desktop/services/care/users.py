"""Passwords and the recovery key of an open practice: who may change whose.

These change the key file and not a table, so they take the open practice itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.errors import Forbidden, NotFound, Problem, RuleError
from desktop.models.practice import User
from desktop.services.care import keys, practice_folder, vault
from desktop.services.core import audit
from desktop.services.core.work import ROLES, Permission, Work
from desktop.services.practice.office.founding import SCHEDULED_USER

if TYPE_CHECKING:
    from desktop.services.core.database import Database


def set_password(
    database: Database, user: str, password: str, *, cost: keys.Cost | None = None
) -> None:
    """Give a user a password: the owner anybody, everybody else themselves.

    Raises:
        Forbidden: it is somebody else's.
        RuleError: the password is too weak, nobody has that name, or the role is for scripts.
    """
    if user != database.actor.name:
        _must_administer(database)
    if user == SCHEDULED_USER:
        raise RuleError(Problem("password", "The user “scheduled” opens by the keyring alone."))
    problem = keys.password_problem(password)
    if problem:
        raise RuleError(Problem("password", problem))
    user_id = database.read(lambda work: _id_of(work, user))
    slots = keys.read_key_file(database.folder)
    slots = keys.with_slot(slots, database.key, "password", user, password, cost)
    keys.write_key_file(database.folder, slots)
    database.write(lambda work: audit.record(work, "password set", "user", user_id))


def new_recovery_key(database: Database, *, cost: keys.Cost | None = None) -> str:
    """Make a new recovery key, which has to be printed; the old one stops opening."""
    _must_administer(database)
    recovery = keys.new_recovery_key()
    slots = keys.read_key_file(database.folder)
    slots = keys.with_slot(slots, database.key, "recovery", "recovery", recovery, cost)
    keys.write_key_file(database.folder, slots)
    database.write(lambda work: audit.record(work, "recovery key made", "practice", 1))
    return recovery


def remember_on_this_machine(database: Database) -> None:
    """Let scheduled work open the practice by this machine's keyring."""
    _must_administer(database)
    practice_folder.remember_on_this_machine(database)


def forget_on_this_machine(database: Database) -> None:
    """Take the key out of this machine's keyring."""
    _must_administer(database)
    practice_folder.forget_on_this_machine(database)


def is_remembered(database: Database) -> bool:
    """Whether this machine's keyring holds the practice's key."""
    return vault.recall(keys.read_key_file(database.folder).practice) is not None


def keyring_name() -> str:
    """What the keyring of this machine is called; ``none`` when there is no safe one."""
    return vault.backend_name()


def _id_of(work: Work, user: str) -> int:
    found = work.session.scalar(select(User.id).where(User.name == user))
    if found is None:
        raise NotFound(f"There is no user “{user}”; add the user first.")
    return found


def _must_administer(database: Database) -> None:
    if Permission.ADMINISTER not in ROLES[database.actor.role]:
        raise Forbidden(
            f"The role “{database.actor.role}” may not {Permission.ADMINISTER.value}; ask the "
            "owner of the practice."
        )
