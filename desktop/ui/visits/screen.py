"""The screen of a visit: its fields, what they show, what they hold, and where findings lead."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.models.values.enums import VisitState
from desktop.services.coding.base.values import ICD10CM
from desktop.services.visits import choices, entry
from desktop.services.visits.choices import Choices, PatientFacts
from desktop.services.visits.values import VisitDraft, VisitView
from desktop.ui.lib import messages, theme
from desktop.ui.lib.dates import shown
from desktop.ui.lib.edits import Choice, CodeEdit, DateEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.type_ahead import Suggestion, TypeAhead
from desktop.ui.shared.search_mode import SearchMode
from desktop.ui.visits import sources
from desktop.ui.visits.diagnoses import DiagnosisBox
from desktop.ui.visits.facts import NAMES as FACTS
from desktop.ui.visits.facts import FactsBox
from desktop.ui.visits.findings import FindingsPanel
from desktop.ui.visits.line_details import open_details
from desktop.ui.visits.line_row import DETAILS, LineRow
from desktop.ui.visits.lines import LineGrid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent

    from desktop.models.values.money import Money
    from desktop.ui.lib.page import Context


class VisitScreen(QWidget):
    """The fields of one visit; `VisitEditor` stores what stands in them.

    Signals:
        changed: title, state or what can be done changed.
        told: the `PatientFacts` of the patient and date that are shown.
        leave_for: a field of another record (patient, provider, coverage) must be mended.
    """

    changed = Signal()
    told = Signal(object)
    leave_for = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.view: VisitView | None = None
        self._dirty = False
        self._saving = False
        self._choices = Choices((), {}, (), ())
        self._facts_reader = context.runner.latest(self)
        self._make_header()
        self.facts = FactsBox(context.today)
        self.searching = SearchMode(self, context)
        day = self.day
        self.diagnoses = DiagnosisBox(
            sources.diagnoses(context.runner, self, day, self.patient.value, self.searching.mode)
        )
        self.lines = LineGrid(
            lambda owner: sources.procedure_lines(context.runner, owner, day, context.today)
        )
        self.findings = FindingsPanel()
        self.patient_line = plain_label(muted=True)
        self.patient_line.setWordWrap(True)
        self.total = plain_label()
        theme.flag(self.total, "heading")
        self.saved_line = plain_label(muted=True)
        self._lay_out()
        self._connect()

    def _make_header(self) -> None:
        self.header = Form(columns=3)
        add = self.header.add
        source = sources.patients(self.context.runner, self)
        self.patient = add(
            "patient_id", "Patient", TypeAhead(source, placeholder="Name, birth date, account")
        )
        self.service_on = add("service_on", "Date of service", DateEdit(self.context.today))
        self.location = add("location_id", "Location", Choice(empty="the usual one"))
        self.place = add("place", "Place of service", CodeEdit(limit=2))
        self.rendering = add("rendering_id", "Rendered by", Choice(empty="the usual one"))
        self.referring = add("referring_id", "Referred by", Choice(empty="nobody"))

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self.diagnoses, 1)
        column.addWidget(self.lines, 2)
        foot = QHBoxLayout()
        foot.addWidget(self.saved_line, 1)
        foot.addWidget(self.total)
        column.addLayout(foot)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.findings)
        self.splitter.setStretchFactor(0, 1)
        self._divided_by_hand = False
        self.splitter.splitterMoved.connect(self._on_divided)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addWidget(self.header)
        outer.addWidget(self.patient_line)
        outer.addWidget(self.facts)
        outer.addWidget(self.splitter, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: on a small or enlarged screen the lines need the width more."""
        super().resizeEvent(event)
        if not self._divided_by_hand:
            right = max(180, min(300, self.width() * 2 // 9))
            self.splitter.setSizes([self.width() - right, right])

    def _on_divided(self, _place: int, _handle: int) -> None:
        self._divided_by_hand = True

    def _connect(self) -> None:
        self.header.edited.connect(self._on_edited)
        self.facts.edited.connect(self._on_edited)
        self.diagnoses.edited.connect(self._on_edited)
        self.diagnoses.reordered.connect(self.lines.move_pointers)
        self.diagnoses.finished.connect(lambda: self.lines.focus_field(1, "procedure"))
        self.lines.edited.connect(self._on_edited)
        self.lines.priced.connect(self._ask_fee)
        self.lines.details_wanted.connect(self.open_line)
        self.patient.chosen.connect(lambda _item: self._ask_patient())
        self.service_on.editingFinished.connect(self._on_day)
        self.location.activated.connect(lambda _at: self._on_location())
        self.findings.jump.connect(self.jump)

    @property
    def state(self) -> VisitState:
        """Of the visit shown; a new one is a draft."""
        return self.view.state if self.view else VisitState.DRAFT

    @property
    def may_edit(self) -> bool:
        """A void visit stays as it was."""
        return self.state is not VisitState.VOID

    @property
    def is_dirty(self) -> bool:
        """Whether something typed is not saved."""
        return self._dirty or self._saving

    def title(self) -> str:
        """For the top of the page."""
        if self.view is None:
            return "New visit"
        return f"Visit {self.view.id}, {self.view.state.value}"

    def show_view(self, view: VisitView) -> None:
        """Show a stored visit."""
        self.view = view
        self._show_draft(view.draft, view.titles)
        self.patient.set_value(Suggestion(view.draft.patient_id, view.patient))
        self.lines.show_lines(view.lines)
        self._settle("Saved.")
        for row in self.lines.filled():
            if self.state is VisitState.DRAFT and not row.shown_charge():
                # No fee was known when it was saved; there may be one now.
                row.auto_charge = True
                self._ask_fee(row)

    def _settle(self, text: str) -> None:
        self._dirty = False
        self.saved_line.setText(text)
        for part in (self.header, self.facts, self.diagnoses, self.lines):
            part.setEnabled(self.may_edit)
        self.patient.setEnabled(self.state is VisitState.DRAFT)
        self._show_total()
        self.changed.emit()

    def _set_choices(self, offered: Choices) -> None:
        self._choices = offered
        self.location.set_options(offered.locations)
        self.rendering.set_options(offered.rendering)
        self.referring.set_options(offered.referring)
        self.diagnoses.set_favourites(offered.favourites.get(ICD10CM, frozenset()))

    def _offer_used(self, draft: VisitDraft) -> None:
        """What the visit names stays choosable, though it is not offered for new visits."""
        for field, options, used in (
            (self.location, self._choices.locations, draft.location_id),
            (self.rendering, self._choices.rendering, draft.rendering_id),
            (self.referring, self._choices.referring, draft.referring_id),
        ):
            known = used is None or any(used == value for value, _name in options)
            field.set_options(options if known else [*options, (used, f"no. {used}, inactive")])

    def _show_draft(self, draft: VisitDraft, titles: Sequence[str] = ()) -> None:
        self._offer_used(draft)
        patient_id = self.patient.value()
        kept = None if patient_id is None else Suggestion(patient_id, self.patient.text())
        self.header.set_values(
            {
                "patient_id": kept,
                "service_on": draft.service_on,
                "location_id": draft.location_id,
                "place": draft.place,
                "rendering_id": draft.rendering_id,
                "referring_id": draft.referring_id,
            }
        )
        self.facts.show_draft(draft)
        known = [*titles, *[""] * len(draft.diagnoses)]
        self.diagnoses.set_codes(list(zip(draft.diagnoses, known, strict=False)))

    def _show_patient(self, facts: PatientFacts) -> None:
        self.patient.set_value(Suggestion(facts.id, facts.name))
        self._tell_patient(facts)

    def _tell_patient(self, facts: PatientFacts) -> None:
        born = f"born {shown(facts.birth_on)}" if facts.birth_on else "no birth date"
        payers = ", ".join(f"{c.rank} {c.payer}" for c in facts.coverages)
        last = f"last visit {shown(facts.last_visit_on)}" if facts.last_visit_on else ""
        alert = f"Alert: {facts.alert}" if facts.alert else ""
        parts = [f"account {facts.account}", born, payers or "no insurance on this date"]
        self.patient_line.setText("   ·   ".join(p for p in [*parts, last, alert] if p))
        day = self.day()
        self.diagnoses.set_hint(
            ""
            if facts.has_code_set or day is None
            else f"No code set for {shown(day)}: load that year's ICD-10-CM files under Codes and "
            "fees. Codes can be typed, but not checked."
        )

        self.told.emit(facts)

    def _show_total(self) -> None:
        text = f"Total  {self.lines.total().shown}"
        if self.view is not None and self.view.state is VisitState.POSTED:
            text += f"    Balance  {self.view.balance.shown}"
        self.total.setText(text)

    def day(self) -> dt.date | None:
        """The date of service as it is typed; None while it cannot be read."""
        day = self.service_on.value()
        return day if isinstance(day, dt.date) else None

    def _on_edited(self) -> None:
        self._dirty = True
        self.saved_line.setText("Not saved yet.")
        self._show_total()

    def _on_day(self) -> None:
        self._ask_patient()
        for row in self.lines.filled():
            if row.auto_charge:
                self._ask_fee(row)

    def _on_location(self) -> None:
        place = self._choices.places.get(self.location.value() or 0)
        if place:
            self.place.set_value(place)

    def _ask_patient(self) -> None:
        patient_id, day = self.patient.value(), self.day()
        if patient_id is None or day is None:
            return
        self._facts_reader.read(
            lambda work: choices.patient_facts(work, patient_id, day), self._tell_patient
        )

    def _ask_fee(self, row: LineRow) -> None:
        patient_id, day = self.patient.value(), self.day()
        if patient_id is None or day is None or row.problems(""):
            return
        draft = row.draft()

        def answered(fee: Money | None) -> None:
            # The line may have changed or gone while the answer was on its way.
            if row in self.lines.rows and not row.problems("") and row.draft() == draft:
                row.set_fee(fee)
                self._show_total()

        self.context.runner.read(
            self, lambda work: entry.fee(work, patient_id, day, draft), answered
        )

    def open_line(self, row: LineRow | None = None, field: str = "") -> None:
        """The dialog of a line: dates, place, drug, note."""
        chosen = row or self.lines.current()
        if chosen is not None and not chosen.locked:
            open_details(self, chosen, self.context.today, self._choices.rendering, field)

    def remove_line(self) -> None:
        """Take the line with the cursor away."""
        row = self.lines.current()
        if row is not None and not self.lines.remove(row):
            messages.warn(self, row.locked)

    def draft(self) -> VisitDraft | None:
        """The visit as entered, or None after showing what cannot be read."""
        problems = self._unreadable()
        if problems:
            self.findings.show_problems(problems)
            self.jump(problems[0].field)
            return None
        facts = self.facts.values()
        return None if facts is None else self._collected(facts)

    def _unreadable(self) -> list[Problem]:
        problems = []
        if self.patient.value() is None:
            problems.append(Problem("patient_id", "Choose the patient of this visit."))
        if self.day() is None:
            text = self.service_on.problem() or "Enter the date of service."
            problems.append(Problem("service_on", text))
        for name in FACTS:
            text = self.facts.form.editor(name).problem()
            if text:
                problems.append(Problem(name, text))
        if self.diagnoses.line.text().strip():
            text = "Take the diagnosis from the list with Enter, or empty the line."
            problems.append(Problem("diagnoses", text))
        return [*problems, *self.lines.problems()]

    def _collected(self, facts: Mapping[str, Any]) -> VisitDraft:
        base = self.view.draft if self.view else None
        return VisitDraft(
            id=base.id if base else None,
            version=base.version if base else 0,
            external_id=base.external_id if base else None,
            patient_id=self.patient.value(),
            service_on=self.day() or self.context.today(),
            location_id=self.location.value(),
            place=self.place.value(),
            rendering_id=self.rendering.value(),
            referring_id=self.referring.value(),
            diagnoses=self.diagnoses.codes(),
            lines=self.lines.drafts(),
            **facts,
        )

    def can_keep(self) -> bool:
        """Whether what stands here can be stored."""
        return not self._unreadable()

    def jump(self, field: str) -> None:
        """Put the cursor where a finding has to be mended."""
        head, _, rest = field.partition(".")
        number, _, name = rest.partition(".")
        if head == "lines":
            at = int(number) if number.isdigit() else 1
            self._jump_line(at, name)
        elif head == "diagnoses":
            self.diagnoses.focus_position(int(number) if number.isdigit() else 0)
        elif head in FACTS:
            self.facts.focus_field(head)
        elif head in {"patient_id", "service_on", "location_id", "place", "rendering_id"}:
            self.header.editor(head).setFocus(Qt.FocusReason.TabFocusReason)
        elif head:
            self.leave_for.emit(field)

    def _jump_line(self, number: int, name: str) -> None:
        filled = self.lines.filled()
        detail = "rendering_id" if name == "rendering" else name
        if detail in {"from_on", "to_on"} and number <= len(filled):
            own = filled[number - 1].base
            if own.from_on is None and own.to_on is None:
                # The line follows the visit's date: that is what has to be mended.
                self.service_on.setFocus(Qt.FocusReason.TabFocusReason)
                return
        if detail in DETAILS and 1 <= number <= len(filled):
            self.open_line(filled[number - 1], detail)
            return
        self.lines.focus_field(number, name)
