"""Unlock a practice: user and password, or the printed recovery key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import Choice, plain_label
from desktop.ui.login import operations
from desktop.ui.login.fields import Card, PasswordEdit, problem_label, say, title_row

if TYPE_CHECKING:
    from desktop.errors import AppError
    from desktop.services.core.database import Database
    from desktop.ui.lib.runner import Runner


class UnlockPanel(Card):
    """Asks for the password of one folder.

    Signals:
        unlocked: the open `Database`.
        left: the user went back.
    """

    unlocked = Signal(object)
    left = Signal()

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._folder = Path()
        self._by_key = False
        self.column.addLayout(title_row("Open the practice", "lock"))
        self._where = plain_label(muted=True)
        self._where.setWordWrap(True)
        self.column.addWidget(self._where)
        self._user_label = plain_label("User")
        self.user = Choice()
        self._user_label.setBuddy(self.user)
        self.user.setAccessibleName("User")
        self._password_label = plain_label("Password")
        self.password = PasswordEdit()
        self._password_label.setBuddy(self.password.line)
        self._key_label = plain_label("Recovery key, as printed")
        self.recovery = QLineEdit()
        self.recovery.setMaxLength(80)
        self.recovery.setAccessibleName("Recovery key")
        self._key_label.setBuddy(self.recovery)
        self.problem = problem_label()
        for part in (
            self._user_label,
            self.user,
            self._password_label,
            self.password,
            self._key_label,
            self.recovery,
            self.problem,
        ):
            self.column.addWidget(part)
        self._lay_out_buttons()
        self._connect()
        self._show_way()

    def show_folder(self, folder: Path) -> None:
        """Ask for this folder's password."""
        self._folder = folder
        self._by_key = False
        self._where.setText(str(folder))
        self.password.set_value("")
        self.recovery.clear()
        say(self.problem, "")
        self.user.set_options([])
        self._show_way()
        self._runner.background(
            self, lambda _progress: operations.user_names(folder), self._on_users, self._refused
        )
        self.password.setFocus()

    def unlock(self) -> None:
        """Try what was typed."""
        if not self.unlock_button.isEnabled():
            return
        say(self.problem, "")
        folder, user = self._folder, self.user.value()
        password, key = self.password.value(), self.recovery.text()
        by_key = self._by_key
        if not (key.strip() if by_key else password):
            self._say_and_focus("Type the recovery key." if by_key else "Type the password.")
            return

        def open_it(_progress: object) -> Database:
            if by_key:
                return operations.unlock_by_recovery_key(folder, key)
            return operations.unlock(folder, user, password)

        self._runner.background(
            self, open_it, self._on_unlocked, self._refused, disable=self.unlock_button
        )

    def _lay_out_buttons(self) -> None:
        self.other_way = Button("Use the recovery key", quiet=True)
        self.back_button = Button("Back")
        self.unlock_button = Button("Open", primary=True)
        row = QHBoxLayout()
        row.addWidget(self.other_way)
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.unlock_button)
        self.column.addSpacing(6)
        self.column.addLayout(row)

    def _connect(self) -> None:
        self.unlock_button.clicked.connect(self.unlock)
        self.password.entered.connect(self.unlock)
        self.recovery.returnPressed.connect(self.unlock)
        self.back_button.clicked.connect(self.left)
        self.other_way.clicked.connect(self._on_other_way)

    def _on_other_way(self) -> None:
        self._by_key = not self._by_key
        say(self.problem, "")
        self._show_way()
        (self.recovery if self._by_key else self.password).setFocus()

    def _show_way(self) -> None:
        several = self.user.count() > 1
        by_user = several and not self._by_key
        self._password_label.setVisible(not self._by_key)
        self.password.setVisible(not self._by_key)
        self._user_label.setVisible(by_user)
        self.user.setVisible(by_user)
        self._key_label.setVisible(self._by_key)
        self.recovery.setVisible(self._by_key)
        self.other_way.setText("Use the password" if self._by_key else "Use the recovery key")

    def _on_users(self, names: tuple[str, ...]) -> None:
        self.user.set_options([(name, name) for name in names])
        self._show_way()

    def _on_unlocked(self, database: Database) -> None:
        self.password.set_value("")
        self.recovery.clear()
        self.unlocked.emit(database)

    def _refused(self, error: AppError) -> None:
        self._say_and_focus(str(error))

    def _say_and_focus(self, text: str) -> None:
        say(self.problem, text)
        line = self.recovery if self._by_key else self.password.line
        line.setFocus()
        line.selectAll()
