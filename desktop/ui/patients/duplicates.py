"""Patients very like the one being registered, shown inside the form before the record exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from desktop.ui.lib import dates, theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.people.search import PatientRow


class DuplicatePanel(QFrame):
    """Who is here already, with “Open that one” and “Register anyway”.

    Signals:
        open_wanted: the `PatientRow` to open instead.
        accepted: the user says that this is somebody else.
    """

    open_wanted = Signal(object)
    accepted = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.flag(self, "card")
        self._mark = QLabel()
        self._text = plain_label()
        self._text.setWordWrap(True)
        self.open_button = QPushButton("Open that one")
        self.anyway_button = QPushButton("Register anyway")
        for button in (self.open_button, self.anyway_button):
            button.setAutoDefault(False)
        self._rows: tuple[PatientRow, ...] = ()
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.anyway_button)
        buttons.addStretch(1)
        text = QVBoxLayout()
        text.addWidget(self._text)
        text.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self._mark)
        row.addLayout(text, 1)
        self.open_button.clicked.connect(self._on_open)
        self.anyway_button.clicked.connect(self.accepted)
        self.hide()

    def show_rows(self, rows: Sequence[PatientRow]) -> None:
        """Show who was found, or nothing."""
        self._rows = tuple(rows)
        self.setVisible(bool(rows))
        if not rows:
            return
        self._mark.setPixmap(icon("warning", theme.current().warn, 18).pixmap(18, 18))
        lines = [
            f"{row.name}, born {dates.shown(row.birth_on) if row.birth_on else 'unknown'}, "
            f"account {row.account_number}"
            + (f", phone …{row.phone_last4}" if row.phone_last4 else "")
            for row in rows[:4]
        ]
        self._text.setText("Registered already, very like this one:\n" + "\n".join(lines))

    def rows(self) -> tuple[PatientRow, ...]:
        """Who is shown."""
        return self._rows if not self.isHidden() else ()

    def _on_open(self) -> None:
        if self._rows:
            self.open_wanted.emit(self._rows[0])
