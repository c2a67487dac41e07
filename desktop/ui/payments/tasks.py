"""The Tasks tab: what money left for a person to decide, by deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.models.values.enums import TaskKind
from desktop.services.core import tasks
from desktop.services.payments import choices
from desktop.ui.lib import commands, dates, messages
from desktop.ui.lib.edits import Choice, plain_label
from desktop.ui.lib.page import Page, action_button
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone
from desktop.ui.payments import choosing, line_deeds, words
from desktop.ui.shared.task_words import TASK_WORDS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.models.values.money import Money
    from desktop.services.core.tasks import TaskRow
    from desktop.services.core.work import Work

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Shown:
    """A task with the patient's name and how near its deadline is."""

    task: TaskRow
    patient: str
    days: int | None

    @property
    def id(self) -> int:
        """The task's id."""
        return self.task.id

    @property
    def due(self) -> str:
        """The deadline in words."""
        if self.task.state != "open":
            return f"done {dates.shown(self.task.closed_on)}" if self.task.closed_on else "done"
        if self.task.due_on is None or self.days is None:
            return "no deadline"
        day = dates.shown(self.task.due_on)
        if self.days < 0:
            return f"{day}, late"
        return f"{day}, {words.many(self.days, 'day')}" if self.days else f"{day}, today"

    @property
    def tone(self) -> Tone:
        """Late, soon, or neither."""
        if self.task.state != "open" or self.days is None:
            return Tone.NEUTRAL
        return Tone.BAD if self.days < 0 else Tone.WARN if self.days <= SOON_DAYS else Tone.NEUTRAL

    @property
    def amount(self) -> Money | None:
        """What it is about."""
        return self.task.amount


COLUMNS = (
    Column("due", "Until", Kind.STATE, width=22, tone=lambda r: r.tone),
    Column("kind", "What", width=20, getter=lambda r: TASK_WORDS[r.task.kind]),
    Column("title", "Task", width=36, stretch=True, getter=lambda r: r.task.title),
    Column("patient", "Patient", width=20),
    Column("amount", "Amount", Kind.MONEY),
    Column("claim", "Claim", width=8, getter=lambda r: r.task.claim_id or ""),
    Column("remittance", "Remittance", width=10, getter=lambda r: r.task.remittance_id or ""),
    Column("opened", "Opened", Kind.DATE, getter=lambda r: r.task.opened_on, hidden=True),
)


class TasksTab(QWidget):
    """Open tasks, with ways to what they are about.

    Signals:
        remittance_wanted: open this remittance's id.
    """

    remittance_wanted = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.context = page.context
        self.kinds = Choice([(kind, text) for kind, text in TASK_WORDS.items()], empty="all kinds")
        self.kinds.setAccessibleName("Kind of task")
        self.state = Choice([("open", "open"), ("done", "done")])
        self.state.setAccessibleName("Open or done tasks")
        self.table = RowsTable(
            COLUMNS,
            name="money tasks",
            empty="Nothing waits for you here. Denials, unmatched payments and credits appear "
            "when payments are posted.",
            filter_hint="Find by task, patient, claim or amount",
        )
        self._detail = plain_label()
        self._detail.setWordWrap(True)
        self._detail.setAccessibleName("About the chosen task")
        self._detail.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self._close = page.add_command(commands.TASK_CLOSE, self._on_close, button=False)
        self._close.setEnabled(False)
        self._take_off = page.add_command(commands.CREDIT_TAKE_OFF, self._on_take_off, button=False)
        self._take_off.setEnabled(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 0)
        outer.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(plain_label("Show"))
        top.addWidget(self.kinds)
        top.addWidget(self.state)
        top.addStretch(1)
        take_off = action_button(self._take_off, commands.CREDIT_TAKE_OFF)
        take_off.setEnabled(False)
        top.addWidget(take_off)
        close = action_button(self._close, commands.TASK_CLOSE)
        close.setEnabled(False)
        top.addWidget(close)
        outer.addLayout(top)
        outer.addWidget(self.table, 1)
        outer.addWidget(self._detail)
        self.kinds.edited.connect(self.refresh)
        self.state.edited.connect(self.refresh)
        self.table.opened.connect(self._on_opened)
        self.table.selection_changed.connect(self._on_rows)
        self.setFocusProxy(self.table)

    def refresh(self) -> None:
        """Ask anew."""
        kind = self.kinds.value()
        state = str(self.state.value())
        today = self.context.today()

        def read(work: Work) -> list[Shown]:
            found = tasks.list_tasks(work, kinds=[kind] if kind else (), state=state)
            names = choices.patient_names(work, [t.patient_id for t in found if t.patient_id])
            return [Shown(t, names.get(t.patient_id or 0, ""), _days(t, today)) for t in found]

        def show(rows: list[Shown]) -> None:
            self.table.set_rows(rows)
            if self.table.current_row() is None:
                self.table.select_first()
            self._on_rows([])

        self.context.runner.read(self, read, show)

    def show_kind(self, kind: TaskKind | None) -> None:
        """Only tasks of one kind, open ones."""
        self.kinds.set_value(kind)
        self.state.set_value("open")
        self.refresh()

    def enable(self) -> None:
        """Offer what an open task allows while it is chosen and this tab is shown."""
        row = self._row()
        is_open = row is not None and row.task.state == "open" and self.isVisible()
        self._close.setEnabled(is_open)
        is_credit = row is not None and row.task.kind is TaskKind.CREDIT
        self._take_off.setEnabled(is_open and is_credit)

    def _row(self) -> Shown | None:
        row: Any = self.table.current_row()
        return row if isinstance(row, Shown) else None

    def _on_rows(self, _rows: Sequence[Any]) -> None:
        row = self._row()
        text = row.task.detail if row is not None else ""
        if row is not None and row.task.closed_reason:
            text += f"  Done: {row.task.closed_reason}"
        self._detail.setText(text)
        self.enable()

    def _on_opened(self, row: Shown) -> None:
        """Enter: the claim, else the remittance, else the patient."""
        task = row.task
        money = task.kind in {TaskKind.UNMATCHED, TaskKind.HELD, TaskKind.PAYER_ACCOUNT}
        if task.remittance_id is not None and (money or task.claim_id is None):
            self.remittance_wanted.emit(task.remittance_id)
        elif task.claim_id is not None:
            self.context.go("claims", task.claim_id)
        elif task.patient_id is not None:
            self.context.go("patients", task.patient_id)

    def _on_take_off(self) -> None:
        row = self._row()
        if row is not None and row.task.claim_id is not None:
            line_deeds.take_off(self, self.context, row.task.claim_id)

    def _on_close(self) -> None:
        row = self._row()
        if row is None:
            return
        wanted = row.id
        choosing.ask_reason(
            self,
            self.context,
            title="Close the task",
            verb="Close the task",
            note=row.task.title,
            deed=lambda work, reason: tasks.close(work, wanted, reason),
            done=lambda _none: messages.info(self, "Task closed."),
        )


def _days(task: TaskRow, today: dt.date) -> int | None:
    return None if task.due_on is None else (task.due_on - today).days
