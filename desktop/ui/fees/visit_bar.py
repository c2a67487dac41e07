"""The line above the browser while a visit waits for codes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop.ui.lib import messages, theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label

AddCode = Callable[[str, str], None]
"""Puts a code (without dot) with its title into a visit."""


class VisitBar(QFrame):
    """Says that codes go to the open visit; hidden while none waits."""

    def __init__(self) -> None:
        super().__init__()
        self._add: AddCode | None = None
        theme.flag(self, "card")
        self.add_button = Button("Add to the visit", primary=True)
        self.add_button.setToolTip("Add to the visit (F8 or Alt+V)")
        self.back_button = Button("Back to the visit")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(plain_label("What you choose here goes to the open visit."), 1)
        row.addWidget(self.add_button)
        row.addWidget(self.back_button)
        self.hide()

    @property
    def is_attached(self) -> bool:
        """Whether a visit waits for codes."""
        return self._add is not None

    def attach(self, add: AddCode | None) -> None:
        """Wait for codes of a visit, or for none."""
        self._add = add
        self.setVisible(add is not None)

    def put(self, code: str, dotted: str, title: str) -> None:
        """Give a code to the visit."""
        if self._add is not None:
            self._add(code, title)
            messages.info(self, f"{dotted} was added to the visit.")
