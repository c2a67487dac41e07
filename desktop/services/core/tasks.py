"""Tasks: what a person must look at, with a deadline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from desktop.errors import NotFound, Problem, RuleError
from desktop.models.claims import Task
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.models.values.enums import TaskKind
    from desktop.models.values.money import Money


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task to be opened; its deadline is `due_on`, else `days` from today."""

    kind: TaskKind
    title: str
    detail: str = ""
    days: int | None = 30
    patient_id: int | None = None
    visit_id: int | None = None
    claim_id: int | None = None
    remittance_id: int | None = None
    amount: Money | None = None
    due_on: dt.date | None = None

    def deadline(self, today: dt.date) -> dt.date | None:
        """The last day to look at it, if there is one."""
        if self.due_on is not None or self.days is None:
            return self.due_on
        return today + dt.timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it is listed."""

    id: int
    kind: TaskKind
    state: str
    title: str
    detail: str
    due_on: dt.date | None
    patient_id: int | None
    visit_id: int | None
    claim_id: int | None
    remittance_id: int | None
    amount: Money | None
    opened_on: dt.date
    closed_on: dt.date | None
    closed_reason: str


def open_many(work: Work, drafts: Sequence[TaskDraft]) -> None:
    """Open tasks in the current transaction."""
    if not drafts:
        return
    today = work.clock.today()
    rows = [
        {
            "kind": d.kind,
            "state": "open",
            "title": d.title,
            "detail": d.detail,
            "due_on": d.deadline(today),
            "patient_id": d.patient_id,
            "visit_id": d.visit_id,
            "claim_id": d.claim_id,
            "remittance_id": d.remittance_id,
            "amount": d.amount,
            "opened_on": today,
            "closed_on": None,
            "closed_reason": "",
        }
        for d in drafts
    ]
    work.session.execute(insert(Task), rows)
    work.touch(Changes.TASKS)


@needs(Permission.VIEW)
def list_tasks(
    work: Work,
    *,
    kinds: Iterable[TaskKind] = (),
    state: str = "open",
    claim_id: int | None = None,
    patient_id: int | None = None,
) -> list[TaskRow]:
    """Tasks by deadline; those without one last."""
    query = select(Task).where(Task.state == state)
    wanted = list(kinds)
    if wanted:
        query = query.where(Task.kind.in_(wanted))
    if claim_id is not None:
        query = query.where(Task.claim_id == claim_id)
    if patient_id is not None:
        query = query.where(Task.patient_id == patient_id)
    rows = work.session.scalars(query.order_by(Task.due_on.is_(None), Task.due_on, Task.id))
    return [
        TaskRow(
            t.id,
            t.kind,
            t.state,
            t.title,
            t.detail,
            t.due_on,
            t.patient_id,
            t.visit_id,
            t.claim_id,
            t.remittance_id,
            t.amount,
            t.opened_on,
            t.closed_on,
            t.closed_reason,
        )
        for t in rows
    ]


@needs(Permission.VIEW)
def counts(work: Work) -> dict[TaskKind, int]:
    """How many tasks of each kind are open."""
    rows = work.session.execute(
        select(Task.kind, func.count()).where(Task.state == "open").group_by(Task.kind)
    )
    return {row[0]: row[1] for row in rows}


@needs(Permission.CLAIM)
def close(work: Work, task_id: int, reason: str) -> None:
    """Close a task with what was done about it."""
    task = work.session.get(Task, task_id)
    if task is None:
        raise NotFound(f"There is no task {task_id}.")
    if not reason.strip():
        raise RuleError(Problem("reason", "Say in a few words what was done."))
    task.state, task.closed_on, task.closed_reason = "done", work.clock.today(), reason.strip()
    audit.record(work, "closed", "task", task_id)
    work.touch(Changes.TASKS)


def close_first(work: Work, reason: str, **columns: int | str) -> None:
    """Close the oldest open task with these values, where equal ones are closed one by one."""
    query = select(Task).where(Task.state == "open").order_by(Task.id)
    for name, value in columns.items():
        query = query.where(getattr(Task, name) == value)
    task = work.session.scalars(query).first()
    if task is not None:
        task.state, task.closed_on = "done", work.clock.today()
        task.closed_reason = reason
    work.touch(Changes.TASKS)


def close_where(work: Work, reason: str, **columns: int | TaskKind) -> None:
    """Close all open tasks of a record, such as ``remittance_id=3``, by what happened to it."""
    statement = update(Task).where(Task.state == "open")
    for name, value in columns.items():
        statement = statement.where(getattr(Task, name) == value)
    work.session.execute(
        statement.values(state="done", closed_on=work.clock.today(), closed_reason=reason)
    )
    work.touch(Changes.TASKS)
