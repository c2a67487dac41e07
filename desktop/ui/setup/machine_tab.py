"""The tab “Keys and printer”: recovery key, this machine's keyring, the printer's correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.errors import RuleError
from desktop.services.care import users
from desktop.services.practice.office import practice
from desktop.ui.lib import messages, theme
from desktop.ui.lib.edits import LineEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.lib.printer import FormOffsets, form_offsets, keep_form_offsets
from desktop.ui.setup.users_tab import open_database

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.core.work import Progress
    from desktop.ui.lib.page import Context


@dataclass(frozen=True, slots=True)
class KeyringState:
    """What this machine's keyring can do, and whether it holds the key."""

    name: str
    remembered: bool


class SignedEdit(LineEdit):
    """A whole number that may be below zero; None when it is none."""

    def __init__(self) -> None:
        super().__init__(limit=5, characters=8)

    def value(self) -> int | None:
        """See `Editor.value`."""
        text = self.text().strip().removeprefix("+")
        return int(text) if text.lstrip("-").isdecimal() and text.count("-") <= 1 else None

    def problem(self) -> str:
        """See `Editor.problem`."""
        return "" if self.value() is not None else "Enter a whole number."


class MachineTab(QWidget):
    """Keys of the practice, and what belongs to this machine alone."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.keyring_text = plain_label()
        self.keyring_text.setWordWrap(True)
        self.remember_button = _button("Remember the key on this machine", self._on_remember)
        self.forget_button = _button("Forget it", self._on_forget)
        self.recovery_button = _button("Make a new recovery key…", self._on_recovery)
        self.form = Form()
        self.form.setMaximumWidth(460)
        self.form.add("x_offset", "To the right, in 1/100 inch", SignedEdit())
        self.form.add("y_offset", "Down, in 1/100 inch", SignedEdit())
        self.form.add("scale", "Scale (1000 is full size)", SignedEdit())
        self.keep_button = _button("Keep for this machine", self._on_keep)
        self.sheet_button = _button("Show the test sheet", self._on_sheet)
        self.form.save_wanted.connect(self._on_keep)
        self.preview: PdfDialog | None = None
        self._lay_out()

    def refresh(self) -> None:
        """Ask the keyring (not on the window's thread: it may wait for the user)."""
        if not self.form.is_dirty:
            self.form.set_values(form_offsets()._asdict())
        database = open_database(self.context.runner)

        def ask(_progress: Progress) -> KeyringState:
            name = users.keyring_name()
            return KeyringState(name, name != "none" and users.is_remembered(database))

        self.context.runner.background(self, ask, self._show)

    def focus_search(self) -> None:
        """Ctrl+F: there is nothing to search, so into the first field."""
        self.form.focus_first()

    def add(self) -> None:
        """F8 adds nothing here."""

    def edit(self) -> None:
        """F9: the printer's numbers."""
        self.form.focus_first()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4, 10, 4, 4)
        outer.setSpacing(8)
        outer.addWidget(_heading("Recovery key"))
        outer.addWidget(
            _words(
                "The printed key opens the practice when every password is lost. Make a new one "
                "when the sheet was lost or seen by somebody: the old one stops opening."
            )
        )
        outer.addLayout(_row(self.recovery_button))
        outer.addWidget(_heading("Scheduled work on this machine"))
        outer.addWidget(self.keyring_text)
        outer.addLayout(_row(self.remember_button, self.forget_button))
        outer.addWidget(_heading("CMS-1500 forms on this machine's printer"))
        outer.addWidget(
            _words(
                "Print the test sheet on plain paper, hold it against a form, and enter how far "
                "the print has to move; below zero is left and up."
            )
        )
        outer.addWidget(self.form)
        outer.addLayout(_row(self.sheet_button, self.keep_button))
        outer.addStretch(1)

    def _show(self, state: KeyringState) -> None:
        if state.name == "none":
            text = (
                "This machine has no keyring that keeps secrets safe, so nightly work needs the "
                "password."
            )
        elif state.remembered:
            text = "This machine's keyring holds the key: nightly work runs unattended here."
        else:
            text = "The key is not kept on this machine; nightly work needs the password."
        self.keyring_text.setText(text)
        self.remember_button.setEnabled(state.name != "none" and not state.remembered)
        self.forget_button.setEnabled(state.remembered)

    def _on_remember(self) -> None:
        database = open_database(self.context.runner)
        self.context.runner.background(
            self,
            lambda _progress: users.remember_on_this_machine(database),
            lambda _done: self._said("The key is kept in this machine's keyring."),
        )

    def _on_forget(self) -> None:
        database = open_database(self.context.runner)
        self.context.runner.background(
            self,
            lambda _progress: users.forget_on_this_machine(database),
            lambda _done: self._said("The key was taken out of this machine's keyring."),
        )

    def _said(self, text: str) -> None:
        messages.info(self, text)
        self.refresh()

    def _on_recovery(self) -> None:
        if not messages.confirm(
            self,
            "Make a new recovery key?",
            verb="Make a new key",
            detail="The sheet printed before stops opening this practice. Print the new one.",
        ):
            return
        database = open_database(self.context.runner)
        today = self.context.today()

        def make(_progress: Progress) -> bytes:
            from desktop.services.formats.documents.recovery_sheet import (  # noqa: PLC0415 - loads ReportLab
                render_recovery_sheet,
            )

            name = database.read(practice.get).name
            return render_recovery_sheet(name, users.new_recovery_key(database), today)

        self.context.runner.background(
            self, make, self._on_recovery_sheet, disable=self.recovery_button
        )

    def _on_recovery_sheet(self, pdf: bytes) -> None:
        self.preview = PdfDialog(self, "Recovery key", pdf, file_name="recovery-key.pdf")
        self.preview.open()

    def _offsets(self) -> FormOffsets | None:
        from desktop.services.formats.documents.cms1500 import (  # noqa: PLC0415 - loads ReportLab
            PrinterProfile,
        )

        values = self.form.checked()
        if values is None:
            return None
        offsets = FormOffsets(values["x_offset"], values["y_offset"], values["scale"])
        try:
            PrinterProfile(*offsets)
        except RuleError as error:
            self.form.show_error(error)
            return None
        return offsets

    def _on_keep(self) -> None:
        offsets = self._offsets()
        if offsets is not None:
            keep_form_offsets(offsets)
            self.form.set_dirty(False)
            messages.info(self, "Kept for this machine.")

    def _on_sheet(self) -> None:
        offsets = self._offsets()
        if offsets is None:
            return

        def draw(_progress: Progress) -> bytes:
            from desktop.services.formats.documents.cms1500 import (  # noqa: PLC0415 - loads ReportLab
                PrinterProfile,
                test_sheet,
            )

            return test_sheet(PrinterProfile(*offsets))

        self.context.runner.background(self, draw, self._on_drawn, disable=self.sheet_button)

    def _on_drawn(self, pdf: bytes) -> None:
        self.preview = PdfDialog(self, "Test sheet", pdf, file_name="cms1500-test-sheet.pdf")
        self.preview.open()


def _button(text: str, do: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _on=False: do())
    return button


def _heading(text: str) -> QWidget:
    label = plain_label(text)
    theme.flag(label, "heading")
    return label


def _words(text: str) -> QWidget:
    label = plain_label(text, muted=True)
    label.setWordWrap(True)
    return label


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    row.addStretch(1)
    return row
