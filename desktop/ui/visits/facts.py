"""The less usual facts of a visit: authorization, accident, onset, admission, note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.services.visits.values import VisitDraft
from desktop.ui.lib import theme
from desktop.ui.lib.edits import Choice, CodeEdit, DateEdit, TextEdit
from desktop.ui.lib.form import Form

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

CAUSES = (
    (("EM",), "work"),
    (("AA",), "auto accident"),
    (("OA",), "other accident"),
    (("AA", "EM"), "auto accident at work"),
    (("EM", "OA"), "other accident at work"),
)
QUALIFIERS = (("DN", "referred"), ("DK", "ordered"), ("DQ", "supervised"))
ONSETS = (("431", "onset of illness"), ("484", "last menstrual period"))
NAMES = (
    "referring_qualifier",
    "prior_authorization",
    "referral_number",
    "related_causes",
    "accident_on",
    "accident_state",
    "onset_qualifier",
    "onset_on",
    "admitted_on",
    "discharged_on",
    "property_casualty_number",
    "delay_reason",
    "claim_note",
)


class FactsBox(QWidget):
    """A button that opens three columns of fields; open by itself when one of them is used.

    Signals:
        edited: the user changed a field.
        save_wanted: Ctrl+Enter.
    """

    edited = Signal()
    save_wanted = Signal()

    def __init__(self, today: Callable[[], dt.date]) -> None:
        super().__init__()
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.setCheckable(True)
        theme.flag(self.button, "quiet")
        self.button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.form = Form(columns=3)
        self._add_fields(today)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        outer.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        outer.addWidget(self.form)
        self.button.toggled.connect(self._on_toggled)
        self.form.edited.connect(self.edited)
        self.form.save_wanted.connect(self.save_wanted)
        self._on_toggled(opened=False)

    def _add_fields(self, today: Callable[[], dt.date]) -> None:
        add = self.form.add
        add("prior_authorization", "Authorization", TextEdit(limit=30))
        add("referral_number", "Referral number", TextEdit(limit=30))
        add("referring_qualifier", "Other provider", Choice(QUALIFIERS))
        add("related_causes", "Related to", Choice(CAUSES, empty="no accident"))
        add("accident_on", "Accident on", DateEdit(today))
        add("accident_state", "Accident state", CodeEdit(limit=2))
        add("onset_qualifier", "First date is", Choice(ONSETS))
        add("onset_on", "First date", DateEdit(today))
        add("property_casualty_number", "Casualty claim", TextEdit(limit=30))
        add("admitted_on", "Admitted", DateEdit(today))
        add("discharged_on", "Discharged", DateEdit(today))
        add("delay_reason", "Delay reason", CodeEdit(limit=2))
        add("claim_note", "Note to the payer", TextEdit(limit=80), wide=True)

    def set_open(self, *, opened: bool) -> None:
        """Show or hide the fields."""
        self.button.setChecked(opened)

    def show_draft(self, draft: VisitDraft) -> None:
        """Show a visit's facts."""
        values: dict[str, Any] = {name: getattr(draft, name) for name in NAMES}
        values["related_causes"] = tuple(sorted(draft.related_causes)) or None
        self.form.set_values(values)
        plain = VisitDraft(draft.patient_id, draft.service_on)
        self.set_open(opened=any(getattr(draft, n) != getattr(plain, n) for n in NAMES))

    def values(self) -> Mapping[str, Any] | None:
        """The facts as a draft keeps them, or None after showing what cannot be read."""
        found = self.form.checked()
        if found is None:
            self.set_open(opened=True)
            return None
        return {
            **found,
            "related_causes": found["related_causes"] or (),
            "referring_qualifier": found["referring_qualifier"] or "DN",
            "onset_qualifier": found["onset_qualifier"] or "431",
        }

    def focus_field(self, name: str) -> None:
        """Open, and put the cursor into a field."""
        self.set_open(opened=True)
        self.form.editor(name).setFocus(Qt.FocusReason.TabFocusReason)

    def _on_toggled(self, opened: bool) -> None:
        self.form.setVisible(opened)
        sign = "▾" if opened else "▸"
        self.button.setText(f"{sign} Authorization, accident, admission, note")
