"""The lock screen: nothing of the practice is shown until the password is right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.ui.lib.buttons import Button
from desktop.ui.lib.labels import plain_label
from desktop.ui.login import operations
from desktop.ui.login.fields import Card, PasswordEdit, problem_label, say, title_row

if TYPE_CHECKING:
    from desktop.errors import AppError
    from desktop.services.core.database import Database
    from desktop.ui.lib.runner import Runner


class LockPanel(Card):
    """Asks the same user for the password again; what was typed before is kept.

    Signals:
        unlocked: the practice, opened anew.
        left: the user closes the practice instead.
    """

    unlocked = Signal(object)
    left = Signal()

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._folder = Path()
        self._user = ""
        self.column.addLayout(title_row("Locked", "lock"))
        self._who = plain_label(muted=True)
        self._who.setWordWrap(True)
        self.password = PasswordEdit()
        self.problem = problem_label()
        self.column.addWidget(self._who)
        self.column.addWidget(self.password)
        self.column.addWidget(self.problem)
        self.close_button = Button("Close the practice", quiet=True)
        self.unlock_button = Button("Unlock", primary=True)
        row = QHBoxLayout()
        row.addWidget(self.close_button)
        row.addStretch(1)
        row.addWidget(self.unlock_button)
        self.column.addLayout(row)
        self.unlock_button.clicked.connect(self.unlock)
        self.password.entered.connect(self.unlock)
        self.close_button.clicked.connect(self.left)

    def ask(self, folder: Path, user: str, *, hint: str = "") -> None:
        """Ask for this user's password; `hint` is for the sample, whose password is known."""
        self._folder, self._user = folder, user
        words = f"Unsaved work is kept. Type the password of “{user}” to go on."
        self._who.setText(f"{words} {hint}".strip())
        self.password.set_value("")
        say(self.problem, "")
        self.password.setFocus()

    def unlock(self) -> None:
        """Try what was typed."""
        password = self.password.value()
        if not password or not self.unlock_button.isEnabled():
            return
        say(self.problem, "")
        folder, user = self._folder, self._user
        self._runner.background(
            self,
            lambda _progress: operations.unlock(folder, user, password),
            self._on_unlocked,
            self._on_refused,
            disable=self.unlock_button,
        )

    def _on_unlocked(self, database: Database) -> None:
        self.password.set_value("")
        self.unlocked.emit(database)

    def _on_refused(self, error: AppError) -> None:
        say(self.problem, str(error))
        self.password.setFocus()
        self.password.line.selectAll()
