"""The tab “Practice”: names, defaults, claim files, statements."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.errors import AppError, EnvironmentProblem, Problem
from desktop.models.values.money import Money
from desktop.services.practice.fees import fees
from desktop.services.practice.office import locations, practice, providers
from desktop.ui.lib import messages
from desktop.ui.lib.edits import Choice, LineEdit, MoneyEdit, NoteEdit, PhoneEdit, TextEdit
from desktop.ui.lib.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.core.work import Work
    from desktop.services.practice.office.practice import PracticeSettings
    from desktop.ui.lib.page import Context

USAGES = (("P", "Production"), ("T", "Test"))


class NumberEdit(LineEdit):
    """A whole number; `value()` is 0 when nothing or something else stands there."""

    def __init__(self) -> None:
        super().__init__(limit=4, characters=7)

    def value(self) -> int:
        """See `Editor.value`."""
        text = self.text().strip()
        return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0

    def problem(self) -> str:
        """See `Editor.problem`."""
        if re.fullmatch(r"[0-9]{1,4}", self.text().strip()):
            return ""
        return "Enter a whole number."


@dataclass(frozen=True, slots=True)
class PracticeFile:
    """The settings, and what their choices can be."""

    settings: PracticeSettings
    billing: list[tuple[int | None, str]]
    rendering: list[tuple[int | None, str]]
    places: list[tuple[int | None, str]]
    schedules: list[tuple[int | None, str]]


def read_practice(work: Work) -> PracticeFile:
    """Read what the tab shows."""
    return PracticeFile(
        settings=practice.get(work),
        billing=[
            (p.id, p.shown_name)
            for p in providers.all_providers(work, billing=True, active_only=True)
        ],
        rendering=[
            (p.id, p.shown_name)
            for p in providers.all_providers(work, rendering=True, active_only=True)
        ],
        places=[(p.id, p.name) for p in locations.all_locations(work, active_only=True)],
        schedules=[(s.id, s.name) for s in fees.schedules(work)],
    )


class PracticeTab(QWidget):
    """The practice's settings in one form."""

    def __init__(self, context: Context, follow: Callable[[], None]) -> None:
        super().__init__()
        self.context = context
        self.settings: PracticeSettings | None = None
        self._saving = False
        self.form = Form(columns=2)
        self._add_fields()
        self.form.save_wanted.connect(self.save)
        self.form.dirty_changed.connect(lambda _dirty: follow())
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.addWidget(self.form)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def refresh(self) -> None:
        """Read the settings anew, unless they are being changed."""
        if not self.form.is_dirty:
            self.context.runner.read(self, read_practice, self._show)

    def focus_search(self) -> None:
        """Ctrl+F: there is nothing to search, so into the first field."""
        self.form.focus_first()

    def edit(self) -> None:
        """F9."""
        self.form.focus_first()

    def save(self) -> None:
        """Save what was changed."""
        if self.settings is None or self._saving:
            return
        values = self.form.checked()
        if values is None:
            return
        least = values["statement_minimum"] or Money(0)
        draft = replace(self.settings, **{**values, "statement_minimum": least})
        self._saving = True
        self.context.runner.write(
            self, lambda work: practice.update(work, draft), self._on_saved, self._on_refused
        )

    def _add_fields(self) -> None:
        form = self.form
        form.add("name", "Name of the practice", TextEdit(limit=60), required=True)
        form.add("phone", "Phone", PhoneEdit())
        form.add_heading("What a new visit starts with")
        form.add("billing_provider_id", "Billing provider", Choice(empty="Choose"))
        form.add("default_rendering_id", "Rendering provider", Choice(empty="None"))
        form.add("default_location_id", "Location", Choice(empty="None"))
        form.add("standard_schedule_id", "Standard fees", Choice(empty="None"))
        form.add_heading("Claim files")
        form.add("submitter_id", "Submitter id", TextEdit(limit=15, characters=18))
        form.add("contact_name", "Contact", TextEdit(limit=60))
        form.add("receiver_id", "Receiver id", TextEdit(limit=15, characters=18))
        form.add("receiver_name", "Receiver's name", TextEdit(limit=60))
        form.add("usage", "Files are for", Choice(USAGES))
        form.add(
            "outbox_folder",
            "Outbox folder",
            TextEdit(limit=400),
            hint="Where claim files are put; outside the practice's folder",
        )
        choose = QPushButton("Choose the outbox folder…")
        choose.setAutoDefault(False)
        choose.clicked.connect(self._on_choose)
        holder = QWidget()
        row = QVBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(choose, 0, Qt.AlignmentFlag.AlignRight)
        form.add_widget(holder)
        form.add_heading("Statements")
        form.add("statement_days", "Days between", NumberEdit())
        form.add("statement_minimum", "Smallest balance", MoneyEdit())
        form.add("statement_message", "Message", NoteEdit(lines=2, limit=600), wide=True)
        form.add("pay_instructions", "How to pay", NoteEdit(lines=2, limit=600), wide=True)
        form.add_heading("This window")
        form.add("idle_minutes", "Locks after idle minutes", NumberEdit())

    def _show(self, file: PracticeFile) -> None:
        self.settings = file.settings
        for name, options in (
            ("billing_provider_id", file.billing),
            ("default_rendering_id", file.rendering),
            ("default_location_id", file.places),
            ("standard_schedule_id", file.schedules),
        ):
            self.form.editor(name).set_options(options)
        self.form.set_values(asdict(file.settings) | _money(file.settings))

    def _on_saved(self, _done: None) -> None:
        self._saving = False
        self.form.set_dirty(False)
        messages.info(self, "Settings saved.")
        self.refresh()

    def _on_refused(self, error: AppError) -> None:
        self._saving = False
        if isinstance(error, EnvironmentProblem):
            self.form.show_problems([Problem("outbox_folder", str(error))])
        else:
            self.form.show_error(error)

    def _on_choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Outbox folder")
        if folder:
            self.form.editor("outbox_folder").set_value(folder)
            self.form.editor("outbox_folder").edited.emit()


def _money(settings: PracticeSettings) -> dict[str, object]:
    # `asdict` takes a Money apart; the field wants it whole.
    return {"statement_minimum": settings.statement_minimum}
