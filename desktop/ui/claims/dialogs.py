"""The questions that the page Claims asks before it sends, prints, reads or corrects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from desktop.errors import AppError
from desktop.services.sample.payer.adjudicate import Scenario
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Check, Choice, NoteEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.lib.settings import machine_settings

if TYPE_CHECKING:
    from desktop.services.sample.payer.service import SentFile

OnSave = Callable[[Mapping[str, Any], FormDialog], None]

_PROFILE = ("x_offset", "y_offset", "scale")
_FULL_SIZE = "1000"


def ask_folder(parent: QWidget, folder: str, ids: Sequence[int] | None, on_save: OnSave) -> None:
    """Where the claim file goes."""
    form = Form()
    many = f"the {len(ids):,} chosen claims" if ids else "all claims that are ready"
    form.add_widget(plain_label(f"This sends {many} as one file (837P)."))
    editor = TextEdit(limit=400, characters=52)
    form.add(
        "folder",
        "Outbox folder",
        editor,
        required=True,
        hint="The folder that your clearinghouse's program takes files from.",
    )
    form.set_values({"folder": folder})
    browse = QPushButton("Choose a folder")
    browse.setAutoDefault(False)

    def choose() -> None:
        name = QFileDialog.getExistingDirectory(parent, "Outbox folder", editor.text())
        if name:
            editor.set_value(name)

    browse.clicked.connect(choose)
    form.add_widget(browse)
    FormDialog(parent, "Send claims", form, verb="Send", on_save=on_save).open()


def ask_print(
    parent: QWidget,
    ids: Sequence[int] | None,
    on_save: OnSave,
    on_test: Callable[[Mapping[str, Any]], None],
) -> None:
    """How the forms are printed; the printer's correction is remembered on this machine."""
    form = _print_form(ids)

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        _remember(values)
        on_save(values, dialog)

    def try_it() -> None:
        values = form.checked()
        if values is None:
            return
        _remember(values)
        try:
            on_test(values)
        except AppError as error:
            form.show_error(error)

    dialog = FormDialog(parent, "Print forms", form, verb="Print", on_save=save)
    form.add_widget(_own_row("Print a test sheet", try_it))
    dialog.open()


def _print_form(ids: Sequence[int] | None) -> Form:
    """What is printed and how, with this machine's correction filled in."""
    form = Form()
    many = f"the {len(ids):,} chosen claims" if ids else "all ready claims of payers on paper"
    form.add_widget(plain_label(f"This prints {many} on CMS-1500 forms and marks them sent."))
    form.add("data_only", "", Check("Data only, for pre-printed red forms"))
    form.add_heading("This printer")
    form.add("x_offset", "Move right", TextEdit(limit=4, characters=6),
             hint="Hundredths of an inch; negative moves left.")  # fmt: skip
    form.add("y_offset", "Move down", TextEdit(limit=4, characters=6),
             hint="Hundredths of an inch; negative moves up.")  # fmt: skip
    form.add("scale", "Scale", TextEdit(limit=4, characters=6),
             hint="Tenths of a percent; 1000 is full size.")  # fmt: skip
    settings = machine_settings()
    form.set_values(
        {
            "data_only": True,
            "x_offset": str(settings.value("cms1500/x_offset", "0")),
            "y_offset": str(settings.value("cms1500/y_offset", "0")),
            "scale": str(settings.value("cms1500/scale", _FULL_SIZE)),
        }
    )
    return form


def _own_row(words: str, on_click: Callable[[], None]) -> QWidget:
    """A button that is as wide as its words and no wider, on a row of its own."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    button = QPushButton(words)
    button.setAutoDefault(False)
    button.clicked.connect(on_click)
    layout.addWidget(button)
    layout.addStretch(1)
    return row


def _remember(values: Mapping[str, Any]) -> None:
    settings = machine_settings()
    for name in _PROFILE:
        settings.setValue(f"cms1500/{name}", str(values[name]))


def ask_reason(parent: QWidget, title: str, verb: str, on_save: OnSave, hint: str = "") -> None:
    """Why a claim is corrected; the reason stays with it."""
    form = Form()
    if hint:
        form.add_widget(plain_label(hint))
    form.add("reason", "Why", NoteEdit(lines=2, limit=300), required=True)
    FormDialog(parent, title, form, verb=verb, on_save=on_save).open()


def ask_file(parent: QWidget, on_file: Callable[[str], None]) -> None:
    """Which answer file to read."""
    name, _kind = QFileDialog.getOpenFileName(
        parent,
        "Read answers (TA1, 999, 277CA)",
        "",
        "Answer files (*.x12 *.edi *.txt *.999 *.277 *.277ca *.ta1 *.ack);;All files (*)",
    )
    if name:
        on_file(name)


def ask_training(parent: QWidget, files: Sequence[SentFile], on_save: OnSave) -> None:
    """Which file the training payer answers, and how."""
    form = Form()
    form.add_widget(
        plain_label("TRAINING: an invented payer answers. Nothing of it is real money.")
    )
    form.add(
        "file",
        "Claim file",
        Choice([(f.submission_id, f"{f.file_name} ({f.claims} claims)") for f in files]),
        required=True,
    )
    form.add("scenario", "It answers", Choice([(s.value, s.value) for s in Scenario]))
    form.set_values({"file": files[0].submission_id, "scenario": Scenario.MIXED.value})
    FormDialog(parent, "Ask the training payer", form, verb="Answer", on_save=on_save).open()


def show_pdf(parent: QWidget, title: str, pdf: bytes, file_name: str) -> None:
    """Forms in a window of their own, to be printed at exact size."""
    if not pdf:
        messages.warn(parent, "There is nothing to show.")
        return
    PdfDialog(parent, title, pdf, file_name=file_name).open()
