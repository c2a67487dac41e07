"""Today: what waits for somebody, each count linked to its list."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from desktop.services.reports import today
from desktop.services.reports.today import TodayCount, Weight
from desktop.services.work import Changes, Work
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

_TONES: Final = {Weight.BAD: Tone.BAD, Weight.WARN: Tone.WARN, Weight.PLAIN: Tone.NEUTRAL}
COLUMNS: Final = (
    Column("count", "How many", Kind.COUNT, width=9),
    Column("text", "What waits", Kind.STATE, width=44, tone=lambda row: _TONES[row.weight]),
    Column("amount", "Amount", Kind.MONEY, width=14),
    Column("detail", "More", stretch=True, width=30),
)
# What a new practice does first: words, page.
_STEPS: Final = (
    ("Check the practice, its places and providers", "setup"),
    ("Enter the payers and the fees", "codes"),
    ("Register the first patient", "patients"),
    ("Enter the first visit", "visits"),
)


class TodayPage(Page):
    """What waits today, most pressing first; Enter opens the list behind a count."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Today")
        self._day = plain_label(muted=True)
        self.body.addWidget(self._day)
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
        head = plain_label("Four steps to the first claim")
        theme.flag(head, "heading")
        column.addWidget(head)
        for number, (words, page) in enumerate(_STEPS, 1):
            button = Button(f"{number}.  {words}")
            button.setAccessibleName(words)
            button.clicked.connect(partial(self._go, page))
            theme.flag(button, "quiet")
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _go(self, page: str, _checked: bool = False) -> None:
        self.context.go(page)

    def refresh(self) -> None:
        """See `Page.refresh`."""
        self._day.setText(f"{self.context.today():%A, %B %d, %Y}".replace(" 0", " "))
        self.context.runner.read(self, _load, self._show)

    def focus_search(self) -> None:
        """See `Page.focus_search`: the first count, so that Enter opens it."""
        self.table.view.setFocus()
        if self.table.current_row() is None:
            self.table.select_first()

    def _show(self, found: tuple[bool, list[TodayCount]]) -> None:
        is_new, counts = found
        self.welcome.setVisible(is_new)
        self.table.set_rows(counts)
        if self.table.current_row() is None:
            self.table.select_first()

    def _on_opened(self, row: TodayCount) -> None:
        self.context.go(row.page, row.argument)


def _load(work: Work) -> tuple[bool, list[TodayCount]]:
    return today.is_new(work), today.today(work)
