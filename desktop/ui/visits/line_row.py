"""One charge line on the screen: its fields, what was entered beside them, its lock."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.errors import Problem
from desktop.models.values.money import Money
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.visits.values import LineDraft, LineView
from desktop.ui.lib import theme
from desktop.ui.lib.edits import MoneyEdit, TextEdit, plain_label, width_for
from desktop.ui.lib.type_ahead import Source, Suggestion, TypeAhead
from desktop.ui.visits import codes
from desktop.ui.visits.elided import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = ("procedure", "modifiers", "pointers", "units", "charge")
# Whatever is entered in the line's own dialog.
DETAILS = (
    "from_on",
    "to_on",
    "place",
    "unit_kind",
    "emergency",
    "ndc",
    "ndc_quantity",
    "ndc_unit",
    "note",
    "rendering_id",
)


class LineRow(QObject):
    """The widgets of one line; the grid places them.

    Signals:
        edited: the user changed a field.
        priced: the fee must be asked for anew.
    """

    edited = Signal()
    priced = Signal(object)

    def __init__(self, source: Source, on_details: Callable[[LineRow], None]) -> None:
        super().__init__()
        self.line_id: int | None = None
        self.base = LineDraft()
        self.auto_charge = True
        self.locked = ""
        self.number = plain_label(muted=True)
        self.procedure = TypeAhead(source, placeholder="Code or words")
        self.title = ElidedLabel()
        self.modifiers = TextEdit(limit=14, characters=11, upper=True)
        self.pointers = TextEdit(limit=8, characters=7, upper=True)
        self.units = TextEdit(limit=9, characters=7)
        self.charge = MoneyEdit()
        self.owed = plain_label(muted=True)
        self.details = QPushButton("…")
        self.details.setAutoDefault(False)
        self.details.setMaximumWidth(width_for(self.details, 3))
        self.details.clicked.connect(lambda: on_details(self))
        self.pointers.set_value("A")
        self.units.set_value("1")
        self._connect()

    def _connect(self) -> None:
        self.procedure.chosen.connect(self._on_procedure)
        for name in ("procedure", "modifiers", "pointers", "units", "charge"):
            self.editor(name).edited.connect(self.edited)
        self.modifiers.editingFinished.connect(self._ask_price)
        self.units.editingFinished.connect(self._ask_price)
        self.charge.edited.connect(self._on_charge)

    def widgets(self) -> list[QWidget]:
        """Left to right."""
        return [
            self.number,
            self.procedure,
            self.title,
            self.modifiers,
            self.pointers,
            self.units,
            self.charge,
            self.details,
            self.owed,
        ]

    def editor(self, name: str) -> TypeAhead | TextEdit | MoneyEdit:
        """The field of a name."""
        editor: TypeAhead | TextEdit | MoneyEdit = getattr(self, name)
        return editor

    def set_number(self, number: int) -> None:
        """Show the place of the line and name its fields for screen readers."""
        self.number.setText(str(number))
        for name in FIELDS:
            self.editor(name).setAccessibleName(f"Line {number} {name}")
        self.details.setAccessibleName(f"Line {number} details")
        self.details.setToolTip("Dates, place, drug, note of this line (F9)")

    @property
    def is_empty(self) -> bool:
        """Nothing was entered."""
        return self.procedure.value() is None and not self.procedure.text().strip()

    def show_line(self, view: LineView) -> None:
        """Show a line of a stored visit."""
        self.set_draft(view.draft, view.title)
        self.line_id = view.draft.id
        self.set_locked(view.locked)
        self.owed.setText(", ".join(f"{_PARTY[p]} {m.shown}" for p, m in view.owed))

    def set_draft(self, draft: LineDraft, title: str = "") -> None:
        """Show a line; an empty charge waits for the fee."""
        self.base = draft
        if draft.procedure:
            own = ProcedureDraft(draft.procedure, title)
            self.procedure.set_value(Suggestion(own, draft.procedure))
        self._show_title(title)
        self.modifiers.set_value(" ".join(draft.modifiers))
        self.pointers.set_value(codes.letters(draft.pointers))
        self.units.set_value(codes.shown_quantity(draft.units))
        self.charge.set_value(draft.charge)
        self.auto_charge = draft.charge is None
        self._mark_details()

    def take(self, own: ProcedureDraft) -> None:
        """Put a procedure on the line, as if it had been chosen from the list."""
        item = Suggestion(own, own.code)
        self.procedure.set_value(item)
        self._on_procedure(item)
        self.edited.emit()

    def set_locked(self, reason: str) -> None:
        """A line with payments cannot be changed; say why."""
        self.locked = reason
        for name in FIELDS:
            self.editor(name).setEnabled(not reason)
            self.editor(name).setToolTip(reason)
        self.details.setEnabled(not reason)

    def set_details(self, values: dict[str, Any]) -> None:
        """Take what was entered in the line's dialog."""
        self.base = dataclasses.replace(self.base, **values)
        self._mark_details()
        self.edited.emit()
        self._ask_price()

    def set_fee(self, fee: Money | None) -> None:
        """Fill the charge in, unless the user typed one."""
        if self.auto_charge and not self.locked:
            self.charge.set_value(fee)

    def move_pointers(self, moved: dict[int, int]) -> None:
        """Follow diagnoses that moved or went."""
        try:
            old = codes.read_letters(self.pointers.text())
        except ValueError:
            return
        self.pointers.set_value(codes.letters([moved.get(p, p) for p in old if moved.get(p, p)]))

    def problems(self, where: str) -> list[Problem]:
        """What cannot be read, by field."""
        found = []
        if self.procedure.value() is None:
            text = self.procedure.problem() or "Enter the procedure, or remove this line."
            found.append(Problem(f"{where}.procedure", text))
        for name, read in (("pointers", codes.read_letters), ("units", codes.read_quantity)):
            try:
                read(self.editor(name).text())
            except ValueError as error:
                found.append(Problem(f"{where}.{name}", str(error)))
        text = self.charge.problem()
        if text:
            found.append(Problem(f"{where}.charge", text))
        return found

    def draft(self) -> LineDraft:
        """The line as entered; call it when `problems` is empty."""
        chosen = self.procedure.value()
        charge = self.charge.value()
        return dataclasses.replace(
            self.base,
            id=self.line_id,
            procedure=chosen.code if chosen else "",
            modifiers=codes.read_modifiers(self.modifiers.text()),
            pointers=codes.read_letters(self.pointers.text()),
            units=codes.read_quantity(self.units.text()) or Decimal(1),
            charge=None if self.auto_charge else charge,
        )

    def shown_charge(self) -> Money:
        """What counts for the running total."""
        return self.charge.value() or Money(0)

    def _on_procedure(self, item: Suggestion) -> None:
        own: ProcedureDraft = item.value
        self._show_title(own.title)
        if own.modifiers and not self.modifiers.value():
            self.modifiers.set_value(own.modifiers)
        if own.place:
            self.base = dataclasses.replace(self.base, place=own.place)
            self._mark_details()
        self.auto_charge = True
        self._ask_price()

    def _on_charge(self) -> None:
        # An emptied charge means: fill in the fee again.
        self.auto_charge = not self.charge.text().strip()
        if self.auto_charge:
            self._ask_price()

    def _show_title(self, title: str) -> None:
        self.title.say(title)

    def _ask_price(self) -> None:
        if self.auto_charge and self.procedure.value() is not None:
            self.priced.emit(self)

    def _mark_details(self) -> None:
        plain = LineDraft()
        used = any(getattr(self.base, name) != getattr(plain, name) for name in DETAILS)
        theme.flag(self.details, "primary" if used else "quiet")
        self.details.setText("… ✓" if used else "…")


_PARTY = {0: "patient", 1: "1st payer", 2: "2nd payer", 3: "3rd payer"}
