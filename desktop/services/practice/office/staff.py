"""Who may log in, under which name and in which role; passwords are the key file's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.errors import NotFound, Problem, RuleError
from desktop.models.practice import User
from desktop.models.values import text as plain_text
from desktop.models.values.enums import Role
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as set-up lists them."""

    id: int
    name: str
    full_name: str
    role: Role
    is_active: bool


@needs(Permission.ADMINISTER)
def users(work: Work) -> list[UserRow]:
    """Everybody who may or might log in."""
    rows = work.session.scalars(select(User).order_by(User.id))
    return [UserRow(u.id, u.name, u.full_name, u.role, u.is_active) for u in rows]


@needs(Permission.ADMINISTER)
def update_user(work: Work, user: UserRow) -> None:
    """Change a user's full name, role, or whether they may log in; the name itself stays.

    Raises:
        RuleError: the practice would be left without an active owner.
    """
    row = work.session.get(User, user.id)
    if row is None:
        raise NotFound("There is no such user; refresh the list.")
    if (user.role is Role.SCHEDULED) != (row.role is Role.SCHEDULED):
        raise RuleError(Problem("role", "The role “scheduled” belongs to nightly work alone."))
    values = {
        "full_name": plain_text.one_line(user.full_name),
        "role": user.role,
        "is_active": user.is_active,
    }
    changed = fields.apply(row, values)
    work.session.flush()
    owners = work.session.scalar(
        select(func.count()).select_from(User).where(User.role == Role.OWNER, User.is_active)
    )
    if not owners:
        raise RuleError(Problem("role", "The practice needs at least one active owner."))
    if changed:
        audit.record(work, "changed", "user", user.id, fields=changed)
        work.touch(Changes.USERS)


@needs(Permission.ADMINISTER)
def add_user(work: Work, name: str, full_name: str, role: Role) -> int:
    """Add a user's row; `desktop.services.care.users.set_password` then gives the key slot."""
    if not name.strip():
        raise RuleError(Problem("name", "Enter a user name."))
    if work.session.scalar(select(User).where(User.name == name)):
        raise RuleError(Problem("name", f"There is a user “{name}” already."))
    user = User(name=name, full_name=full_name, role=role)
    work.session.add(user)
    work.session.flush()
    audit.record(work, "created", "user", user.id, role=role.value)
    work.touch(Changes.USERS)
    return user.id
