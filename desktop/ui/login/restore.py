"""Restore a backup: which file, where to, and what opened the practice on that day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.errors import AppError, RuleError
from desktop.ui.lib import messages
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.progress import ProgressStrip
from desktop.ui.login import operations
from desktop.ui.login.fields import Card, PasswordEdit, problem_label, say, title_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.ui.lib.runner import Runner


class RestorePanel(Card):
    """Three questions on one card; what was typed stays when something is refused.

    Signals:
        restored: the folder, which now opens by the usual way.
        left: the user went back.
    """

    restored = Signal(object)
    left = Signal()

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._proposed = ""
        self.file = QLineEdit()
        self.folder = QLineEdit()
        self.secret = PasswordEdit("Password or recovery key")
        self.problems: dict[str, QLabel] = {}
        self.column.addLayout(title_row("Restore a backup", "folder"))
        words = plain_label(
            "The practice as it was when the backup was made. Nothing that exists is replaced.",
            muted=True,
        )
        words.setWordWrap(True)
        self.column.addWidget(words)
        self.file_button = self._ask("file", "Backup", self.file, self._on_file)
        self.made = plain_label(muted=True)
        self.column.addWidget(self.made)
        self.folder_button = self._ask(
            "folder", "Into a new or empty folder of this computer", self.folder, self._on_folder
        )
        self._ask("secret", "Password or recovery key of the backup's day", self.secret, None)
        self.problems[""] = problem_label()
        self.column.addWidget(self.problems[""])
        self.column.addWidget(ProgressStrip(runner, characters=22))
        self.back_button = Button("Back")
        self.restore_button = Button("Restore", primary=True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.restore_button)
        self.column.addLayout(row)
        self._connect()

    def restart(self) -> None:
        """Ask anew, with nothing filled in but a proposed folder."""
        self.file.clear()
        self.secret.set_value("")
        self.made.setText("")
        self._proposed = str(operations.default_folder("restored practice"))
        self.folder.setText(self._proposed)
        self._say_all({})
        self.file_button.setFocus()

    def restore(self) -> None:
        """Try what was given."""
        if not self.restore_button.isEnabled():
            return
        file, folder = self.file.text().strip(), self.folder.text().strip()
        secret = self.secret.value()
        missing = {
            "file": "" if file else "Choose the backup.",
            "folder": "" if folder else "Choose a folder.",
            "secret": "" if secret else "Type a password or the recovery key.",
        }
        self._say_all(missing)
        if any(missing.values()):
            return
        self.back_button.setEnabled(False)
        self._runner.background(
            self,
            lambda progress: operations.restore(Path(file), Path(folder), secret, progress),
            self._on_restored,
            self._on_refused,
            progress_text="Restoring the backup",
            disable=self.restore_button,
        )

    def _ask(
        self, name: str, text: str, editor: QWidget, choose: Callable[[], None] | None
    ) -> Button:
        label = plain_label(text)
        label.setBuddy(editor)
        self.column.addWidget(label)
        button = Button("Choose…")
        button.setAccessibleName(f"Choose: {text}")
        if isinstance(editor, QLineEdit):
            editor.setAccessibleName(text)
            editor.setMaxLength(1000)
        row = QHBoxLayout()
        row.addWidget(editor, 1)
        if choose is not None:
            button.clicked.connect(lambda _on=False: choose())
            row.addWidget(button)
        self.column.addLayout(row)
        self.problems[name] = problem_label()
        self.column.addWidget(self.problems[name])
        return button

    def _connect(self) -> None:
        self.restore_button.clicked.connect(self.restore)
        self.back_button.clicked.connect(self._on_back)
        self.file.editingFinished.connect(self._look)
        self.file.returnPressed.connect(self.folder.setFocus)
        self.folder.returnPressed.connect(self.secret.setFocus)
        self.secret.entered.connect(self.restore)

    def _on_file(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, "Choose the backup", self.file.text(), "Backups (*.backup);;All files (*)"
        )
        if name:
            self.file.setText(name)
            self._look()
            self.folder.setFocus()

    def _on_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a new or empty folder")
        if name:
            self.folder.setText(name)
            self.secret.setFocus()

    def _look(self) -> None:
        """Tell of which day the file is, before anything is tried."""
        file = self.file.text().strip()
        self.made.setText("")
        say(self.problems["file"], "")
        if file:
            self._runner.background(
                self,
                lambda _progress: operations.look_at_backup(Path(file)),
                self.made.setText,
                lambda error: say(self.problems["file"], str(error)),
                progress_text=None,
            )

    def _on_restored(self, folder: Path) -> None:
        self.back_button.setEnabled(True)
        self.secret.set_value("")
        self.restored.emit(folder)
        messages.info(self, "Restored. Open it with a password of the backup's day.")

    def _on_refused(self, error: AppError) -> None:
        self.back_button.setEnabled(True)
        if isinstance(error, RuleError):
            self._say_all({p.field: p.text for p in error.problems})
        else:
            self._say_all({"": str(error)})

    def _say_all(self, texts: dict[str, str]) -> None:
        """Each sentence beside its field, the focus on the first refused one."""
        editors: dict[str, QWidget] = {
            "file": self.file,
            "folder": self.folder,
            "secret": self.secret,
        }
        for name, label in self.problems.items():
            say(label, texts.get(name, ""))
        for name, editor in editors.items():
            if texts.get(name):
                editor.setFocus()
                line = editor.line if isinstance(editor, PasswordEdit) else editor
                if isinstance(line, QLineEdit):
                    line.selectAll()
                return

    def _on_back(self) -> None:
        self.secret.set_value("")
        self.left.emit()
