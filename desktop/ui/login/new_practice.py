"""A new practice: one plain question at a time, then the recovery key on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.lib import messages, theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import Check, TextEdit, plain_label
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.lib.progress import ProgressStrip
from desktop.ui.login import operations
from desktop.ui.login.fields import Card, PasswordEdit, problem_label, say, title_row

if TYPE_CHECKING:
    from desktop.errors import AppError
    from desktop.ui.lib.runner import Runner

MIN_PASSWORD = 12


class NewPracticePanel(Card):
    """The questions, in order; Back keeps every answer.

    Signals:
        created: the open `Database` of the new practice.
        left: the user went back from the first question.
    """

    created = Signal(object)
    left = Signal()

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._made: operations.Made | None = None
        self.name = TextEdit(limit=60)
        self.full_name = TextEdit(limit=60)
        self.user = TextEdit(limit=30)
        self.password = PasswordEdit()
        self.again = PasswordEdit("Password again")
        self.folder = QLineEdit()
        self.printed = Check("I have printed this key, or saved it away from this computer")
        self.steps = QStackedWidget()
        self.problem = problem_label()
        self.column.addLayout(title_row("New practice", "new"))
        self.column.addWidget(self.steps)
        self.column.addWidget(self.problem)
        self._add_steps()
        self._progress = ProgressStrip(runner, characters=22)
        self.column.addWidget(self._progress)
        self.back_button = Button("Back")
        self.next_button = Button("Next", primary=True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.next_button)
        self.column.addSpacing(6)
        self.column.addLayout(row)
        self.back_button.clicked.connect(self._on_back)
        self.next_button.clicked.connect(self.next)
        for line in (self.name, self.full_name, self.user, self.folder):
            line.returnPressed.connect(self.next)
        self.password.entered.connect(self.again.setFocus)
        self.again.entered.connect(self.next)
        self.printed.edited.connect(self._show_step)
        self.restart()

    def restart(self) -> None:
        """Ask from the first question, with nothing filled in."""
        self._made = None
        for line in (self.name, self.full_name, self.user, self.folder):
            line.clear()
        for secret in (self.password, self.again):
            secret.set_value("")
        self.printed.set_value(False)
        self._go_to(0)

    def next(self) -> None:
        """Check this answer and ask the next question; after the last, make the practice."""
        if not self.next_button.isEnabled():
            return
        at = self.steps.currentIndex()
        text = self._problem(at)
        if text:
            say(self.problem, text)
            self._focus()
        elif at == self._key_step:
            self._finish()
        elif at == self._key_step - 1:
            self._create()
        else:
            self._prefill(at + 1)
            self._go_to(at + 1)

    def _add_steps(self) -> None:
        self._add("What is the practice called?", "It stands on statements and claims.", self.name)
        self._add(
            "What is your name?",
            "First and last name, for the record of who did what.",
            self.full_name,
        )
        self._add("What name will you log in with?", "Short and without blanks.", self.user)
        self._add(
            "Choose a password",
            f"At least {MIN_PASSWORD} characters; a short sentence is good. Type it twice.",
            self.password,
            self.again,
        )
        browse = Button("Choose another folder")
        browse.clicked.connect(self._on_browse)
        self._add(
            "Where shall its file lie?",
            "On this computer's own disk: a synced or network folder would damage it.",
            self.folder,
            browse,
        )
        self._key_step = self.steps.count()
        self.key_label = plain_label()
        self.key_label.setWordWrap(True)
        theme.flag(self.key_label, "title")
        self.print_button = Button("See and print the key")
        self.print_button.clicked.connect(self._on_print)
        self._add(
            "Your recovery key",
            "If the password is ever lost, only this key opens the practice. It is shown once.",
            self.key_label,
            self.print_button,
            self.printed,
        )

    def _add(self, question: str, why: str, *parts: QWidget) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        asked = plain_label(question)
        theme.flag(asked, "heading")
        reason = plain_label(why, muted=True)
        reason.setWordWrap(True)
        column.addWidget(asked)
        column.addWidget(reason)
        for part in parts:
            if not isinstance(part, QLabel) and not part.accessibleName():
                part.setAccessibleName(question)
            column.addWidget(part)
        column.addStretch(1)
        self.steps.addWidget(page)

    def _problem(self, at: int) -> str:
        """Why the answer to a question is refused."""
        if at == 0 and not self.name.value():
            return "Type the name of the practice."
        if at == 1 and not self.full_name.value():
            return "Type your name."
        if at == 2 and (not self.user.value() or " " in self.user.value()):
            return "Type a name without blanks."
        if at == 3:
            refused = operations.password_problem(self.password.value())
            if not refused and self.password.value() != self.again.value():
                return "The two passwords differ; type them again."
            return refused
        if at == 4 and not self.folder.text().strip():
            return "Choose a folder."
        return ""

    def _prefill(self, at: int) -> None:
        if at == 2 and not self.user.value():
            self.user.set_value(self.full_name.value().split(" ")[0].lower())
        if at == 4 and not self.folder.text():
            self.folder.setText(str(operations.default_folder(self.name.value())))

    def _go_to(self, at: int) -> None:
        self.steps.setCurrentIndex(at)
        say(self.problem, "")
        self._show_step()
        self._focus()

    def _show_step(self) -> None:
        at = self.steps.currentIndex()
        is_key = at == self._key_step
        self.back_button.setVisible(not is_key)
        self.next_button.setText(
            "Open the practice" if is_key else "Create" if at == self._key_step - 1 else "Next"
        )
        self.next_button.setEnabled(not is_key or self.printed.value())

    def _focus(self) -> None:
        first = (
            self.name,
            self.full_name,
            self.user,
            self.password,
            self.folder,
            self.print_button,
        )
        first[self.steps.currentIndex()].setFocus()

    def _create(self) -> None:
        wanted = operations.NewPractice(
            folder=Path(self.folder.text().strip()),
            name=self.name.value(),
            full_name=self.full_name.value(),
            user=self.user.value(),
            password=self.password.value(),
        )
        self.back_button.setEnabled(False)
        self._runner.background(
            self,
            lambda progress: operations.create(wanted, progress),
            self._on_made,
            self._on_refused,
            progress_text="Creating the practice and loading the codes",
            disable=self.next_button,
        )

    def _on_made(self, made: operations.Made) -> None:
        self.back_button.setEnabled(True)
        self._made = made
        self.password.set_value("")
        self.again.set_value("")
        self.key_label.setText(made.recovery_key)
        self._go_to(self._key_step)

    def _on_refused(self, error: AppError) -> None:
        self.back_button.setEnabled(True)
        say(self.problem, str(error))
        self._focus()

    def _on_print(self) -> None:
        if self._made is not None:
            box = PdfDialog(self, "Recovery key", self._made.sheet, file_name="recovery-key.pdf")
            box.exec()
            self.printed.setFocus()

    def _finish(self) -> None:
        made = self._made
        if made is not None:
            self._made = None
            self.key_label.clear()
            self.created.emit(made.database)

    def _on_back(self) -> None:
        at = self.steps.currentIndex()
        if at == 0:
            self.left.emit()
        else:
            self._go_to(at - 1)

    def _on_browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a new or empty folder")
        if name:
            self.folder.setText(name)

    def may_leave(self) -> bool:
        """Whether the window may close now: the key is shown only once."""
        return self._made is None or messages.confirm(
            self,
            "The recovery key was not confirmed.",
            verb="Close without the key",
            detail="Without it, a lost password means that the practice's file stays closed.",
        )
