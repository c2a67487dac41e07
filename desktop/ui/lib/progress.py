"""What runs longer than half a second: a line with a bar, and Cancel after two seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label

if TYPE_CHECKING:
    from desktop.ui.lib.runner import Busy, Runner

_ELIDE = Qt.TextElideMode.ElideRight


class ProgressStrip(QWidget):
    """Shows the runner's oldest long task; empty while nothing lasts."""

    def __init__(self, runner: Runner | None = None, *, characters: int = 48) -> None:
        super().__init__()
        self._characters = characters
        self.text = plain_label()
        self.bar = QProgressBar()
        self.bar.setFixedWidth(180)
        self.bar.setTextVisible(False)
        self.cancel_button = Button("Cancel")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text)
        row.addWidget(self.bar)
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        self.show_busy(None)
        if runner is not None:
            runner.busy_changed.connect(self.show_busy)
            self.cancel_button.clicked.connect(runner.cancel)

    def show_busy(self, busy: Busy | None) -> None:
        """Show how far the task is; None shows nothing."""
        self.text.setVisible(busy is not None)
        self.bar.setVisible(busy is not None)
        self.cancel_button.setVisible(busy is not None and busy.can_cancel)
        if busy is None:
            return
        room = self.fontMetrics().horizontalAdvance("0") * self._characters
        shown = self.fontMetrics().elidedText(busy.text, _ELIDE, room)
        self.text.setText(shown)
        self.bar.setAccessibleName(busy.text)
        # A total of 0 lets the bar swing: the end is unknown.
        self.bar.setMaximum(busy.total)
        self.bar.setValue(busy.done)
