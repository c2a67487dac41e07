"""The page Visits: the list with its filters, and the screen of one visit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.models.values.enums import VisitState
from desktop.services.core.work import Changes
from desktop.services.practice.codes import suggesting as codes
from desktop.services.visits import choices, listing
from desktop.services.visits.values import VisitFilter, VisitRow
from desktop.ui.lib import commands, messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Choice, DateEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone
from desktop.ui.visits.editor import VisitEditor
from desktop.ui.visits.findings import CLAIM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction

    from desktop.services.visits.choices import Choices

_TONES = {
    VisitState.DRAFT: Tone.WARN,
    VisitState.POSTED: Tone.GOOD,
    VisitState.VOID: Tone.NEUTRAL,
}


def _claims(row: VisitRow) -> str:
    return str(row.claims) if row.claims else ""


def _state(row: VisitRow) -> str:
    return f"{row.state.value}, in review" if row.in_review else row.state.value


COLUMNS = (
    Column("service_on", "Date", Kind.DATE),
    Column("patient", "Patient", width=20, stretch=True),
    Column("account", "Account", width=8),
    Column("state", "State", Kind.STATE, 14, getter=_state, tone=lambda row: _TONES[row.state]),
    Column("procedures", "Procedures", width=18),
    Column("diagnoses", "Diagnoses", width=16),
    Column("provider", "Provider", width=12),
    Column("charge", "Charge", Kind.MONEY, width=10),
    Column("balance", "Balance", Kind.MONEY, width=10),
    Column("claims", "Claims", width=6, getter=_claims),
    Column("id", "Visit", Kind.COUNT, width=7, hidden=True),
)
_SHOWN_DAYS = 90
_SETUP_TABS = {
    "practice": "practice",
    "provider": "providers",
    "billing": "providers",
    "location": "locations",
    "payer": "payers",
}
_KINDS: tuple[tuple[str, str], ...] = (
    ("open", "drafts and posted"),
    ("draft", "drafts"),
    ("posted", "posted"),
    ("unbilled", "posted, no claim yet"),
    ("review", "in review"),
    ("void", "void"),
)
_STATES = {
    "open": (),
    "draft": (VisitState.DRAFT,),
    "posted": (VisitState.POSTED,),
    "unbilled": (VisitState.POSTED,),
    "review": (),
    "void": (VisitState.VOID,),
}


class VisitsPage(Page):
    """The list; Enter opens a visit, F8 begins one.

    `show_record` takes a visit's id, ``("field", visit_id, "lines.1.units")``, ``("new",
    patient_id)``, or ``("show", "unbilled")`` (or "review").
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Visits")
        self.table = RowsTable(
            COLUMNS,
            name="visits",
            empty="No visits here. Press F8 to enter one, or widen the filter above.",
        )
        self.editor = VisitEditor(context)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._list())
        self.stack.addWidget(self.editor)
        self.body.addWidget(self.stack, 1)
        self._add_commands()
        self.table.opened.connect(lambda row: self.open_visit(row.id))
        self.editor.changed.connect(self._on_mode)
        self.editor.leave_for.connect(self._leave_for)
        kinds = Changes.VISITS | Changes.CLAIMS | Changes.LEDGER | Changes.PATIENTS
        context.runner.on_change(self, kinds, self._on_changes)
        context.runner.whole(self, lambda database, _progress: codes.read_ahead(database, None))
        self._on_mode()

    def _list(self) -> QWidget:
        self.kind = Choice(_KINDS)
        self.since = DateEdit(self.context.today)
        self.since.set_value(self.context.today() - dt.timedelta(days=_SHOWN_DAYS))
        self.provider = Choice(empty="all")
        row = QHBoxLayout()
        for label, field in (
            ("Show", self.kind),
            ("since", self.since),
            ("rendered by", self.provider),
        ):
            shown = plain_label(label, muted=True)
            shown.setBuddy(field)
            field.setAccessibleName(f"Filter: {label}")
            row.addWidget(shown)
            row.addWidget(field)
        row.addStretch(1)
        self.kind.edited.connect(self.refresh)
        self.provider.edited.connect(self.refresh)
        self.since.editingFinished.connect(self.refresh)
        holder = QWidget()
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        return holder

    def _add_commands(self) -> None:
        self._in_editor: list[QAction] = []
        self._in_list: list[QAction] = []

        def editing(
            command: commands.Command,
            do: Callable[[], None],
            *,
            text: str = "",
            button: bool = True,
            primary: bool = False,
        ) -> QAction:
            action = self.add_command(command, do, text=text, button=button, primary=primary)
            self._in_editor.append(action)
            return action

        self.add_command(commands.NEW, self.begin, text="New visit")
        self.add_command(commands.VISIT_NEW, self.begin, button=False)
        self._edit = self.add_command(commands.EDIT, self._on_edit, text="Open visit")
        self._copy = editing(commands.VISIT_COPY_LAST, self.editor.copy_last, text="Copy last")
        self._note = editing(commands.VISIT_NOTE, self.editor.coding.from_note, text="From a note")
        coding = self.editor.coding
        self._goes_with = editing(commands.VISIT_GOES_WITH, coding.goes_with, button=False)
        editing(commands.CODE_FAVOURITE, coding.toggle_favourite, button=False)
        editing(commands.VISIT_LOOK_UP, coding.look_up, button=False)
        again = self.editor.answer_articles_again
        self._articles = editing(commands.VISIT_ARTICLES, again, button=False)
        searching = self.editor.searching
        self.add_command(commands.SEARCH_MEANING, searching.toggle, button=False)
        reviewing = self.editor.reviewing
        self._send = editing(commands.VISIT_SEND_REVIEW, reviewing.send, button=False)
        self._review = editing(commands.VISIT_REVIEW, reviewing.open, button=False)
        self._pass = editing(commands.VISIT_PASS, self._on_pass, text="Pass warning")
        self._void = editing(commands.VISIT_VOID, self._on_void, text="Void")
        self._coverage = editing(commands.VISIT_COVERAGE, self.editor.change_coverage, button=False)
        self._claim = editing(commands.VISIT_CLAIM, self.editor.make_claim, button=False)
        self.editor.findings.offer(self._claim, commands.VISIT_CLAIM)
        editing(commands.REMOVE, self.editor.remove_line, text="Remove line", button=False)
        editing(commands.CLOSE, self.close_visit, text="Back to list")
        self._save = editing(commands.SAVE, self.editor.save_and_check, text="Save and check")
        editing(commands.VISIT_CHECK, self.editor.save_and_check, button=False)
        self._post = editing(
            commands.VISIT_POST, self.editor.post, text="Post charges", primary=True
        )

    # -- modes -------------------------------------------------------------------------------

    @property
    def is_editing(self) -> bool:
        """Whether the screen of one visit is shown."""
        return self.stack.currentWidget() is self.editor

    def _on_mode(self) -> None:
        editing, state = self.is_editing, self.editor.state
        for action in self._in_editor:
            action.setVisible(editing)
            action.setEnabled(editing)
        draft = editing and state is VisitState.DRAFT
        self._post.setEnabled(draft)
        self._copy.setEnabled(draft)
        self._save.setEnabled(editing and state is not VisitState.VOID)
        self._note.setEnabled(editing and state is not VisitState.VOID)
        self._goes_with.setEnabled(editing and state is not VisitState.VOID)
        self._articles.setEnabled(editing and self.editor.view is not None)
        stored = editing and self.editor.view is not None
        may_claim = editing and self.editor.can_claim
        self._claim.setVisible(may_claim)
        self._claim.setEnabled(may_claim)
        under_review = self.editor.reviewing.state if editing else ""
        self._review.setVisible(bool(under_review))
        self._review.setEnabled(bool(under_review))
        self._send.setEnabled(editing and state is not VisitState.VOID and under_review != "open")
        self._coverage.setEnabled(editing and state is VisitState.POSTED)
        self._void.setEnabled(stored and state is not VisitState.VOID)
        self._pass.setEnabled(stored)
        self._edit.setText("Line details" if editing else "Open visit")
        self.set_title(self.editor.title() if editing else "Visits")

    def _show_editor(self) -> None:
        self.stack.setCurrentWidget(self.editor)
        self._on_mode()

    def begin(self, patient_id: int | None = None) -> None:
        """Enter a new visit."""

        def go() -> None:
            self._show_editor()
            self.editor.begin(patient_id)

        self._leaving(go)

    def open_visit(self, visit_id: int, field: str = "") -> None:
        """Show a stored visit, with the cursor where a finding has to be mended."""

        def go() -> None:
            self._show_editor()
            self.editor.open_visit(visit_id, field)

        self._leaving(go)

    def close_visit(self) -> None:
        """Back to the list; a draft is kept."""

        def go() -> None:
            self.stack.setCurrentIndex(0)
            self._on_mode()
            self.refresh()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

        self._leaving(go)

    def _leaving(self, go: Callable[[], None]) -> None:
        """Keep what was typed before going on; ask only when it cannot be kept by itself."""
        editor = self.editor
        if not self.is_editing or not editor.is_dirty:
            go()
        elif editor.state is VisitState.DRAFT and editor.can_keep():
            editor.save(go)
        elif messages.confirm(
            self,
            "Leave without saving this visit?",
            verb="Discard",
            detail="What you typed cannot be kept as it stands.",
        ):
            go()

    # -- page --------------------------------------------------------------------------------

    def _on_changes(self) -> None:
        """The list is read anew; of what is being entered, only its claims are."""
        if self.is_editing:
            self.editor.refresh_claims()
        else:
            self.refresh()

    def refresh(self) -> None:
        """See `Page.refresh`; a visit that is shown is read anew when nothing was typed."""
        if self.is_editing:
            view = self.editor.view
            if view is not None and not self.editor.is_dirty:
                self.editor.open_visit(view.id)
            return
        since, kind = self.since.value(), self.kind.value() or "open"
        wanted = VisitFilter(
            states=_STATES[kind],
            # What waits for a review is old at times; it must not hide behind the date.
            first=None if kind == "review" else since,
            rendering_id=self.provider.value(),
            unbilled=kind == "unbilled",
            in_review=kind == "review",
        )
        self.context.runner.read(
            self,
            lambda work: (listing.list_visits(work, wanted), choices.choices(work)),
            self._on_listed,
        )

    def _on_listed(self, found: tuple[list[VisitRow], Choices]) -> None:
        rows, offered = found
        self.provider.set_options(offered.rendering)
        self.table.set_rows(rows)

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        if self.is_editing:
            if self.editor.coding.come_back():
                return
            self.editor.patient.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.table.focus_filter()

    def show_record(self, argument: object) -> None:
        """A visit's id opens it, also at a field; ``("new", patient)`` begins one; see class."""
        match argument:
            case int():
                self.open_visit(argument)
            case ("field", int(visit_id), str(field)):
                self.open_visit(visit_id, field)
            case ("new", int(patient_id)):
                self.begin(patient_id)
            case ("show", str(kind)):
                self.kind.set_value(kind)
                self.close_visit()
            case _:
                self.begin()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        if not self.is_editing:
            return [self.table.filter, self.table.view]
        editor = self.editor
        return [
            editor.patient,
            editor.diagnoses.line,
            editor.lines.rows[0].procedure,
            editor.findings.list,
        ]

    def has_unsaved(self) -> bool:
        """See `Page.has_unsaved`."""
        return self.is_editing and self.editor.is_dirty

    # -- dialogs -----------------------------------------------------------------------------

    def _on_edit(self) -> None:
        if self.is_editing:
            self.editor.open_line()
            return
        row = self.table.current_row()
        if row is not None:
            self.open_visit(row.id)

    def _ask_reason(
        self, title: str, verb: str, what: str, do: Callable[[str, FormDialog], None]
    ) -> None:
        form = Form()
        form.add("reason", "Reason", TextEdit(limit=200), required=True, hint=what)

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            do(values["reason"], dialog)

        FormDialog(self, title, form, verb=verb, on_save=save).open()

    def _on_void(self) -> None:
        def do(reason: str, dialog: FormDialog) -> None:
            def done() -> None:
                dialog.saved()
                messages.info(self, "The visit is void; its charges are reversed.")

            self.editor.void(reason, done, dialog.refused)

        what = "Posted charges are reversed; nothing is deleted. The reason is kept."
        self._ask_reason("Void the visit", "Void", what, do)

    def _on_pass(self) -> None:
        finding = self.editor.findings.current()
        if finding is None or finding.is_error:
            messages.warn(self, "Choose a warning among the checks first; errors must be mended.")
            return

        def do(reason: str, dialog: FormDialog) -> None:
            self.editor.pass_finding(
                finding.rule, finding.field, reason, dialog.saved, dialog.refused
            )

        self._ask_reason("Pass this warning", "Pass", finding.text, do)

    def _leave_for(self, field: str) -> None:
        """Open the record that a finding belongs to."""
        head, _, rest = field.partition(".")
        patient_id = self.editor.patient.value()
        if head == "coverage" and field.endswith(".payer"):
            # What a claim says of its payer stands in the payer's own record.
            self.context.go("setup", _SETUP_TABS["payer"])
        elif head in {"patient", "coverage"} and patient_id is not None:
            self.context.go("patients", patient_id)
        elif head == "review":
            self.editor.reviewing.open()
        elif head == CLAIM:
            self.context.go("claims", int(rest))
        elif head in _SETUP_TABS:
            self.context.go("setup", _SETUP_TABS[head])
        else:
            messages.warn(self, "This is mended on another page: see the claim.")
