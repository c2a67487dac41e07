"""Today: what waits for somebody, each count linked to its list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.services.core.work import Changes, Work
from desktop.services.reports import first_steps, today
from desktop.services.reports.today import TodayCount, Weight
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from desktop.services.reports.first_steps import FirstStep

_TONES: Final = {Weight.BAD: Tone.BAD, Weight.WARN: Tone.WARN, Weight.PLAIN: Tone.NEUTRAL}
COLUMNS: Final = (
    Column("count", "How many", Kind.COUNT, width=9),
    Column("text", "What waits", Kind.STATE, width=44, tone=lambda row: _TONES[row.weight]),
    Column("amount", "Amount", Kind.MONEY, width=14),
    Column("detail", "More", stretch=True, width=30),
)


class TodayPage(Page):
    """What waits today, most pressing first; Enter opens the list behind a count."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Today")
        self._day = plain_label(muted=True)
        self.body.addWidget(self._day)
        self.steps: list[Button] = []
        self._wanted: tuple[FirstStep, ...] = ()
        self.welcome = self._make_welcome()
        self.body.addWidget(self.welcome)
        self.table = RowsTable(COLUMNS, name="today", id_key="key", own_filter=False)
        self.table.filter.hide()
        self.table.set_empty_text("Nothing waits for you today.")
        self.table.opened.connect(self._on_opened)
        self.body.addWidget(self.table, 1)
        self.welcome.hide()
        context.runner.on_change(self, Changes.EVERYTHING, self.refresh)

    def _make_welcome(self) -> QFrame:
        card = QFrame()
        theme.flag(card, "card")
        column = QVBoxLayout(card)
        column.setSpacing(2)
        head = plain_label("First steps to a paid claim")
        theme.flag(head, "heading")
        column.addWidget(head)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(2)
        column.addLayout(self._steps)
        return card

    def _show_steps(self, steps: tuple[FirstStep, ...]) -> None:
        while len(self.steps) < len(steps):
            button = Button("")
            theme.flag(button, "quiet")
            button.clicked.connect(partial(self._on_step, len(self.steps)))
            self._steps.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.steps.append(button)
        self._wanted = steps
        for number, (button, step) in enumerate(zip(self.steps, steps, strict=False), 1):
            words = f"{step.text} (done)" if step.done else step.text
            button.setText(f"{number}.  {words}")
            button.setAccessibleName(words)
        self.welcome.setVisible(bool(steps))

    def _on_step(self, at: int, _checked: bool = False) -> None:
        step = self._wanted[at]
        self.context.go(step.page, step.argument)

    def refresh(self) -> None:
        """See `Page.refresh`."""
        self._day.setText(f"{self.context.today():%A, %B %d, %Y}".replace(" 0", " "))
        self.context.runner.read(self, _load, self._show)

    def focus_search(self) -> None:
        """See `Page.focus_search`: the first step or count, so that Enter opens it."""
        left = [b for b, s in zip(self.steps, self._wanted, strict=False) if not s.done]
        if left:
            left[0].setFocus()
            return
        self.table.view.setFocus()
        if self.table.current_row() is None:
            self.table.select_first()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        shown: list[QWidget] = [*self.steps[:1]] if self._wanted else []
        return [*shown, self.table.view]

    def _show(self, found: tuple[tuple[FirstStep, ...], list[TodayCount]]) -> None:
        steps, counts = found
        self._show_steps(steps)
        self.table.set_rows(counts)
        if self.table.current_row() is None:
            self.table.select_first()

    def _on_opened(self, row: TodayCount) -> None:
        self.context.go(row.page, row.argument)


def _load(work: Work) -> tuple[tuple[FirstStep, ...], list[TodayCount]]:
    return first_steps.first_steps(work), today.today(work)
