"""The page Claims: choose what to work on, check, send, print, read answers, correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop.models.values.enums import ClaimState, Frequency
from desktop.services.claims.life import views
from desktop.services.claims.life.views import GROUPS, ClaimRow, ClaimView
from desktop.services.core.work import Changes
from desktop.ui.claims import dialogs, operations
from desktop.ui.claims.details import ClaimDetails
from desktop.ui.lib import commands, messages, theme
from desktop.ui.lib.edits import Choice, plain_label
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop.services.claims.life.checking import ClaimFinding
    from desktop.ui.lib.dialog import FormDialog

_TONES = {
    ClaimState.DRAFT: Tone.BAD,
    ClaimState.CHECKED: Tone.WARN,
    ClaimState.READY: Tone.GOOD,
    ClaimState.QUEUED: Tone.WARN,
    ClaimState.REJECTED: Tone.BAD,
    ClaimState.DENIED: Tone.BAD,
    ClaimState.PARTLY_PAID: Tone.WARN,
    ClaimState.ACCEPTED: Tone.GOOD,
    ClaimState.PAID: Tone.GOOD,
}
_SOON_DAYS = 30
_NOT_HELD = frozenset(
    {
        ClaimState.DRAFT,
        ClaimState.CHECKED,
        ClaimState.READY,
        ClaimState.QUEUED,
        ClaimState.REJECTED,
        ClaimState.FORWARDED,
        ClaimState.CLOSED,
        ClaimState.VOID,
    }
)
"""States in which no payer holds the claim as ours, so that there is nothing to replace."""


def _state(row: ClaimRow) -> str:
    """The state's word; a correction says so."""
    kind = {Frequency.REPLACEMENT: " (7)", Frequency.VOID: " (8)"}.get(row.frequency, "")
    return row.state.value + kind


class _Days(int):
    """A countdown: sorts as a number, reads as words, so that no colour is needed."""

    def __str__(self) -> str:
        if self < 0:
            return f"{-self} day{'' if self == -1 else 's'} late"
        return "today" if self == 0 else f"{int(self)} day{'' if self == 1 else 's'}"


def _left(row: ClaimRow) -> _Days | None:
    return None if row.days_left is None else _Days(row.days_left)


def _left_tone(row: ClaimRow) -> Tone:
    if row.days_left is None or row.days_left > _SOON_DAYS:
        return Tone.NEUTRAL
    return Tone.BAD if row.days_left < 0 else Tone.WARN


COLUMNS = (
    Column(
        "state",
        "State",
        Kind.STATE,
        width=12,
        getter=_state,
        tone=lambda row: _TONES.get(row.state, Tone.NEUTRAL),
    ),
    Column("patient", "Patient", width=12, stretch=True),
    Column("payer", "Payer", width=14),
    Column("service_on", "Service", Kind.DATE, width=10),
    Column("charge", "Charge", Kind.MONEY, width=8),
    Column("findings", "Mend", Kind.COUNT, width=5, getter=lambda row: row.findings or None),
    Column("days_left", "Time to file", Kind.STATE, width=10, getter=_left, tone=_left_tone),
    Column("id", "Claim", Kind.COUNT, width=6, hidden=True),
    Column("control_number", "Number", width=12, hidden=True),
    Column("sent_on", "Sent", Kind.DATE, width=10, hidden=True),
)


class ClaimsPage(Page):
    """The list of claims, with one of them beside it.

    `show_record` takes a claim's id, or the name of a group of the list such as "Rejected".
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Claims")
        self._wanted: int | None = None
        self._view: ClaimView | None = None
        self.group = Choice([(name, name) for name in GROUPS])
        self.table = RowsTable(
            COLUMNS,
            name="claims",
            empty="No claims here. Post a visit, then press Ctrl+Shift+C to make its claim.",
        )
        self.details = ClaimDetails(self._ask_preview)
        self._lay_out()
        self._add_commands()
        self._list = context.runner.latest(self)
        self._one = context.runner.latest(self)
        self.group.edited.connect(self.refresh)
        self.table.selection_changed.connect(self._on_chosen)
        self.table.opened.connect(lambda _row: self._open_visit())
        self.details.finding_opened.connect(self._open_field)
        context.runner.on_change(
            self, Changes.CLAIMS | Changes.VISITS | Changes.PAYERS | Changes.PATIENTS, self.refresh
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        label = plain_label("&Show", muted=True)
        label.setBuddy(self.group)
        self.group.setAccessibleName("Which claims to show")
        self.group.setMinimumContentsLength(28)
        row.addWidget(label)
        row.addWidget(self.group)
        self.cut = plain_label("", muted=True)
        row.addWidget(self.cut)
        row.addStretch(1)
        if self.context.is_sample:
            mark = plain_label(
                "Sample practice: files go to the training payer, never to a real one."
            )
            theme.flag(mark, "warn")
            row.addWidget(mark)
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.table)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        self.body.addLayout(row)
        self.body.addWidget(splitter, 1)

    def _add_commands(self) -> None:
        add = self.add_command
        self._void = add(commands.CLAIM_VOID, self._on_void, text="Void", button=False)
        self._resend = add(commands.CLAIM_RESEND, self._on_resend, button=False)
        self._replace = add(commands.CLAIM_REPLACE, self._on_replace, text="Replace", button=False)
        self._again = add(
            commands.CLAIM_PRINT_AGAIN, self._on_print_again, text="Print again", button=False
        )
        self._edit = add(commands.EDIT, self._open_visit, text="Open visit")
        add(commands.ANSWER_READ, self._on_read, text="Read answers")
        if self.context.is_sample:
            add(commands.TRAINING_ANSWER, self._on_training, text="Training payer")
        add(commands.CLAIM_PRINT, self._on_print, text="Print forms")
        add(commands.CLAIM_CHECK, self._on_check, text="Check")
        add(commands.CLAIM_SEND, self._on_send, text="Send", primary=True)
        for action, command in (
            (self._resend, commands.CLAIM_RESEND),
            (self._replace, commands.CLAIM_REPLACE),
            (self._void, commands.CLAIM_VOID),
            (self._again, commands.CLAIM_PRINT_AGAIN),
        ):
            self.details.offer(action, command)
        self._allow()

    # -- the list ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """See `Page.refresh`."""
        states = GROUPS[self.group.value() or "Open"]
        self._list.read(
            lambda work: (views.list_claims(work, states), views.count_claims(work)), self._shown
        )

    def _shown(self, answer: tuple[list[ClaimRow], dict[str, int]]) -> None:
        rows, counts = answer
        chosen = self.group.value()
        self.group.set_options([(name, f"{name} ({counts[name]:,})") for name in GROUPS])
        self.group.set_value(chosen)
        first = "nearest limits" if chosen in ("Open", "To mend", "Ready") else "newest"
        self.cut.setText(f"the {views.LIMIT:,} {first}" if len(rows) == views.LIMIT else "")
        self.table.set_rows(rows)
        if self._wanted is not None and self.table.select_id(self._wanted):
            self._wanted = None
        elif self.table.current_row() is None and rows:
            self.table.select_first()
        self._on_chosen(self.table.chosen_rows())

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        self.table.focus_filter()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        return [self.table, self.details]

    def show_record(self, argument: object) -> None:
        """A claim's id, or the name of a group."""
        if isinstance(argument, str) and argument in GROUPS:
            self.group.set_value(argument)
        elif isinstance(argument, int):
            self._wanted = argument
            self.group.set_value("All")
        self.refresh()

    def _on_chosen(self, _rows: object) -> None:
        row = self.table.current_row()
        if row is None:
            self._view = None
            self.details.clear()
            self._allow()
            return
        self._one.read(lambda work: views.view_claim(work, row.id), self._viewed)

    def _viewed(self, view: ClaimView) -> None:
        self._view = view
        self.details.show_claim(view)
        self._allow()

    def _allow(self) -> None:
        """Offer only what the chosen claim allows."""
        view = self._view
        self._edit.setEnabled(view is not None)
        state = view.row.state if view else ClaimState.CLOSED
        submissions = view.submissions if view else ()
        allowed = (
            (self._void, state not in (ClaimState.VOID, ClaimState.CLOSED)),
            (
                self._resend,
                state in (ClaimState.REJECTED, ClaimState.SENT, ClaimState.DENIED),
            ),
            (self._replace, bool(submissions) and state not in _NOT_HELD),
            (self._again, any(s.kind == "CMS-1500" for s in submissions)),
        )
        for action, may in allowed:
            # An action must be visible first: Qt never enables a hidden one.
            action.setVisible(may)
            action.setEnabled(may)

    def _ask_preview(self, claim_id: int) -> None:
        self._one.read(
            lambda work: operations.preview(work, claim_id),
            lambda pdf: self.details.show_form(claim_id, pdf),
        )

    def _open_visit(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self.context.go("visits", row.visit_id)

    def _open_field(self, finding: ClaimFinding) -> None:
        """Where a finding has to be mended: the visit opens, and leads on to other records."""
        row = self.table.current_row()
        if row is not None:
            self.context.go("visits", ("field", row.visit_id, finding.field))

    def _chosen_ids(self) -> list[int] | None:
        """The chosen claims when several are; None means all that are ready."""
        rows = self.table.chosen_rows()
        return [r.id for r in rows] if len(rows) > 1 else None

    # -- deeds -------------------------------------------------------------------------------

    def _on_check(self) -> None:
        self.context.runner.write(
            self, operations.check, self._checked, progress_text="Checking claims…"
        )

    def _checked(self, report: operations.Checked) -> None:
        (messages.warn if report.to_mend else messages.info)(self, report.text)
        self.refresh()

    def _on_send(self) -> None:
        self.context.runner.read(self, operations.outbox_folder, self._send_from)

    def _send_from(self, folder: str) -> None:
        dialogs.ask_folder(self, folder, self._chosen_ids(), self._send_to)

    def _send_to(self, values: Mapping[str, Any], dialog: FormDialog) -> None:
        ids = self._chosen_ids()
        folder = str(values["folder"])

        def sent(text: str) -> None:
            dialog.saved()
            messages.info(self, text)
            self.refresh()

        self.context.runner.whole(
            dialog,
            lambda database, _progress: operations.send(database, folder, ids),
            sent,
            failed=dialog.refused,
            progress_text="Sending claims…",
            disable=dialog.save_button,
        )

    def _on_print(self) -> None:
        ids = self._chosen_ids()

        def printing(values: Mapping[str, Any], dialog: FormDialog) -> None:
            self.context.runner.write(
                dialog,
                lambda work: operations.print_forms(work, ids, values),
                lambda run: self._printed(run, dialog),
                failed=dialog.refused,
                progress_text="Printing forms…",
                disable=dialog.save_button,
            )

        dialogs.ask_print(self, ids, printing, self._test_sheet)

    def _printed(self, run: operations.Printed, dialog: FormDialog) -> None:
        dialog.saved()
        if run.pdf:
            dialogs.show_pdf(self, "CMS-1500 forms", run.pdf, run.file_name)
        (messages.warn if run.left_out else messages.info)(self, run.text)
        self.refresh()

    def _test_sheet(self, values: Mapping[str, Any]) -> None:
        self.context.runner.background(
            self,
            lambda _progress: operations.test_sheet(values),
            lambda pdf: dialogs.show_pdf(self, "Alignment test", pdf, "cms1500-test.pdf"),
        )

    def _on_print_again(self) -> None:
        view = self._view
        paper = [s for s in view.submissions if s.kind == "CMS-1500"] if view else []
        if not paper:
            return
        submission = paper[-1]
        self.context.runner.write(
            self,
            lambda work: operations.print_again(work, submission.submission_id),
            lambda pdf: dialogs.show_pdf(self, "CMS-1500 forms", pdf, submission.file_name),
        )

    def _on_read(self) -> None:
        dialogs.ask_file(self, self._read_file)

    def _read_file(self, name: str) -> None:
        self.context.runner.whole(
            self,
            lambda database, _progress: operations.read_answer(database, name),
            self._heard,
            progress_text="Reading the answers…",
        )

    def _heard(self, answer: operations.Heard) -> None:
        (messages.warn if answer.needs_work else messages.info)(self, answer.text)
        self.refresh()

    def _on_void(self) -> None:
        view = self._view
        if view is None:
            return
        if view.row.state is ClaimState.QUEUED:
            self._withdraw(view.row.id, view.submissions[-1].submission_id)
            return
        unsent = not view.submissions or view.row.state in (
            ClaimState.DRAFT,
            ClaimState.CHECKED,
            ClaimState.READY,
            ClaimState.REJECTED,
        )
        title = "Drop the claim" if unsent else "Void the claim with the payer"
        self._correct(title, operations.void_unsent if unsent else operations.void_sent)

    def _withdraw(self, claim_id: int, submission_id: int) -> None:
        """A file that still waits for its outbox is taken back as a whole."""

        def withdraw(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def done(_nothing: None) -> None:
                dialog.saved()
                messages.info(self, "The file was taken back; its claims are ready again.")
                self.refresh()

            self.context.runner.whole(
                dialog,
                lambda database, _progress: operations.withdraw(
                    database, submission_id, str(values["reason"])
                ),
                done,
                failed=dialog.refused,
                disable=dialog.save_button,
            )

        hint = "All claims of the file are ready again, under new numbers."
        dialogs.ask_reason(self, f"Take back the file of claim {claim_id}", "Take back",
                           withdraw, hint)  # fmt: skip

    def _on_resend(self) -> None:
        denied = self._view is not None and self._view.row.state is ClaimState.DENIED
        self._correct(
            "Send the claim anew",
            operations.resend_denied if denied else operations.resend,
            hint="Only a denial as unprocessable (MA130) is sent anew." if denied else "",
        )

    def _on_replace(self) -> None:
        self._correct("Replace the sent claim", operations.replace)

    def _correct(self, title: str, act: operations.Correct, *, hint: str = "") -> None:
        """Ask why, then do it; the reason stays with the claim."""
        view = self._view
        if view is None:
            return
        claim_id = view.row.id

        def correct(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def did(new_id: int) -> None:
                dialog.saved()
                self._wanted = new_id
                messages.info(self, f"{title}: claim {new_id}.")
                self.refresh()

            self.context.runner.write(
                dialog,
                lambda work: act(work, claim_id, str(values["reason"])),
                did,
                failed=dialog.refused,
                disable=dialog.save_button,
            )

        verb = title.split(" the ", maxsplit=1)[0]
        dialogs.ask_reason(self, f"{title} {claim_id}", verb, correct, hint)

    # -- the training payer ------------------------------------------------------------------

    def _on_training(self) -> None:
        self.context.runner.read(self, operations.training_files, self._choose_training)

    def _choose_training(self, files: list[operations.TrainingChoice]) -> None:
        if not files:
            messages.warn(self, "The training payer has no claim file yet: send one first.")
            return

        def answer(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def answered(text: str) -> None:
                dialog.saved()
                messages.info(self, text)
                self.refresh()

            self.context.runner.whole(
                dialog,
                lambda database, _progress: operations.train(database, values),
                answered,
                failed=dialog.refused,
                progress_text="The training payer answers…",
                disable=dialog.save_button,
            )

        dialogs.ask_training(self, files, answer)
