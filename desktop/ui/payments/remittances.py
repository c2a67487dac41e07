"""The Remittances tab: the list, one payment opened, and all that can be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from desktop.errors import EnvironmentProblem
from desktop.services.exchange import inbox as files
from desktop.services.payments import posting, views, worklist
from desktop.services.payments.segments import segments_of
from desktop.services.payments.views import RemittanceRow, RemittanceView
from desktop.ui.lib import commands, messages
from desktop.ui.lib.page import Page, action_button
from desktop.ui.lib.table import Column, Kind, RowsTable
from desktop.ui.payments import choosing, line_deeds, words
from desktop.ui.payments.remittance_view import RemittancePane
from desktop.ui.payments.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from desktop.services.core.work import Progress, Work
    from desktop.services.exchange.inbox import TakenFile
    from desktop.services.payments.posting import Posted
    from desktop.ui.lib.commands import Command

_MAX_BYTES = 64 * 1024 * 1024

COLUMNS = (
    Column(
        "state",
        "State",
        Kind.STATE,
        width=12,
        getter=lambda r: words.STATE_WORDS.get(r.state, r.state),
        tone=lambda r: words.STATE_TONES[r.state],
    ),
    Column("payer_name", "Payer", width=26),
    Column("trace", "Check or EFT", width=20),
    Column("paid_on", "Date", Kind.DATE, width=10),
    Column("amount", "Amount", Kind.MONEY, width=11),
    Column("difference", "Difference", Kind.MONEY, width=11),
    Column("claims", "Claims", Kind.COUNT, width=7),
    Column("unmatched", "Unmatched", Kind.COUNT, getter=lambda r: r.unmatched or None),
    Column("held_reason", "Why held", width=20, stretch=True),
    Column(
        "kind", "Kind", width=8, hidden=True, getter=lambda r: "paper" if r.kind == "eob" else "835"
    ),
    Column("posted_on", "Posted", Kind.DATE, hidden=True),
    Column("file_name", "File", width=24, hidden=True),
    Column("id", "Number", Kind.COUNT, hidden=True),
)


class RemittancesTab(QWidget):
    """List and opened payment.

    Signals:
        state_changed: another payment is shown or chosen; the page asks what works now.
    """

    state_changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.context = page.context
        self.table = RowsTable(
            COLUMNS,
            name="remittances",
            empty="No payments of payers yet. Press Ctrl+O to read an 835, Ctrl+Shift+E to "
            "enter a paper EOB, or drop a file here.",
            filter_hint="Find by payer, check number, amount or state",
        )
        self.pane = RemittancePane()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.pane)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 0)
        outer.addWidget(self.stack)
        self.setFocusProxy(self.stack)
        self._opened_id: int | None = None
        self._row_deeds: list[tuple[QAction, Callable[[Row], bool]]] = []
        self._add_row_deeds()
        self.table.opened.connect(lambda row: self.open_remittance(row.id))
        self.table.selection_changed.connect(lambda _rows: self.state_changed.emit())
        self.pane.left.connect(self.leave)
        self.pane.row_changed.connect(self.enable)
        self.pane.opened.connect(self._on_row)

    # What is shown

    def refresh(self) -> None:
        """Ask for the list, and for the opened payment, anew."""
        self.context.runner.read(self, views.list_remittances, self._show_list)
        if self._opened_id is not None:
            self._read(self._opened_id)

    def open_remittance(self, remittance_id: int) -> None:
        """Show one payment beside our claims."""
        self._opened_id = remittance_id
        self._read(remittance_id)

    def leave(self) -> None:
        """Back to the list, on the payment that was open."""
        self._opened_id = None
        self.stack.setCurrentWidget(self.table)
        self.table.view.setFocus()
        self.state_changed.emit()

    def show_other(self, widget: QWidget) -> None:
        """Show another pane of the stack (entry of an EOB) instead of a payment."""
        self._opened_id = None
        self.stack.setCurrentWidget(widget)
        self.state_changed.emit()

    def shown(self) -> RemittanceView | None:
        """The payment that is open."""
        is_open = self._opened_id is not None and self.stack.currentWidget() is self.pane
        return self.pane.view if is_open else None

    def focus_search(self) -> None:
        """Put the cursor into the filter of what is shown."""
        (self.pane.table if self.shown() else self.table).focus_filter()

    def state(self) -> str:
        """State of the payment that is open, or of the row with the cursor."""
        view = self.shown()
        if view is not None:
            return view.row.state
        row = self.table.current_row()
        return row.state if isinstance(row, RemittanceRow) else ""

    def _current_id(self) -> int | None:
        view = self.shown()
        if view is not None:
            return view.row.id
        row = self.table.current_row()
        return row.id if isinstance(row, RemittanceRow) else None

    def _show_list(self, found: list[RemittanceRow]) -> None:
        self.table.set_rows(found)
        if self.table.current_row() is None:
            self.table.select_first()
        self.state_changed.emit()

    def _read(self, remittance_id: int) -> None:
        def show(view: RemittanceView) -> None:
            if self._opened_id != view.row.id:
                return
            fresh = self.shown() is None or self.pane.view is None
            self.stack.setCurrentWidget(self.pane)
            self.pane.show_view(view)
            self.table.select_id(view.row.id)
            if fresh:
                self.pane.table.view.setFocus()
            self.state_changed.emit()

        self.context.runner.read(self, lambda work: views.get_remittance(work, remittance_id), show)

    # Files

    def choose_files(self) -> None:
        """Ask for a payer's file and take it."""
        names, _kind = QFileDialog.getOpenFileNames(
            self,
            "Read an answer file",
            "",
            "Answers of payers (*.835 *.999 *.277 *.277ca *.edi *.x12 *.era *.txt *.rmt *.dat);;"
            "All files (*)",
        )
        for name in names:
            self.read_file(Path(name))

    def read_file(self, path: Path) -> None:
        """Take one file: stage its payments, hear its acknowledgments."""

        def load(_progress: Progress) -> bytes:
            try:
                if path.stat().st_size > _MAX_BYTES:
                    raise EnvironmentProblem(f"“{path.name}” is too large for an answer file.")
                return path.read_bytes()
            except OSError as error:
                why = error.strerror or "it cannot be opened"
                raise EnvironmentProblem(f"“{path.name}” cannot be read: {why}.") from None

        self.context.runner.background(
            self, load, lambda data: self._take(data, path.name), progress_text="Reading the file…"
        )

    def _take(self, data: bytes, name: str) -> None:
        def done(taken: TakenFile) -> None:
            held = any(p.outcome == "held" for p in taken.payments) or taken.problems
            (messages.warn if held else messages.info)(self, taken.sentence())
            if len(taken.payments) == 1:
                self.open_remittance(taken.payments[0].id)
            elif taken.payments:
                self.leave()
                self.table.select_id(taken.payments[0].id)

        self.context.runner.write(
            self, lambda work: files.take_file(work, data, name), done, progress_text="Reading…"
        )

    # The payment as a whole

    def post(self) -> None:
        """Post the payment in one transaction."""
        wanted = self._current_id()
        if wanted is None:
            return

        def done(posted: Posted) -> None:
            text = f"Posted {posted.amount.shown}: {words.many(posted.claims_posted, 'claim')}"
            if posted.denied:
                text += f", {posted.denied} denied"
            if posted.claims_unapplied:
                text += f", {posted.claims_unapplied} without a claim ({posted.unapplied.shown} "
                text += "unapplied)"
            if posted.tasks:
                text += f", {words.many(posted.tasks, 'task')}"
            text += f". Receipt {', '.join(posted.receipt_numbers)}."
            messages.info(self, text, action="Un-post", on_action=lambda: self._unpost(wanted))

        self.context.runner.write(
            self,
            lambda work: posting.post_remittance(work, wanted),
            done,
            progress_text="Posting the payment…",
        )

    def unpost(self) -> None:
        """Undo a posted payment by reversal; asks why."""
        wanted = self._current_id()
        if wanted is not None:
            self._unpost(wanted)

    def _unpost(self, wanted: int) -> None:
        choosing.ask_reason(
            self,
            self.context,
            title=f"Un-post remittance {wanted}",
            verb="Un-post",
            note="Every entry of this payment is reversed; nothing is deleted. Its file can "
            "be read again.",
            deed=lambda work, reason: posting.unpost_remittance(work, wanted, reason),
            done=lambda count: messages.info(
                self,
                f"Remittance {wanted} un-posted: {words.many(count, 'entry', 'entries')} reversed.",
            ),
        )

    def discard(self) -> None:
        """Put a payment that was never posted away; asks why."""
        wanted = self._current_id()
        if wanted is None:
            return
        choosing.ask_reason(
            self,
            self.context,
            title=f"Discard remittance {wanted}",
            verb="Discard",
            note="Nothing of it was posted. Its file can be read again.",
            deed=lambda work, reason: worklist.discard(work, wanted, reason),
            done=lambda _none: messages.info(self, f"Remittance {wanted} discarded."),
        )

    def choose_payer(self) -> None:
        """Say which payer a payment is from."""
        wanted = self._current_id()
        if wanted is not None:
            choosing.choose_payer(self, self.context, wanted)

    # The row with the cursor

    def _add_row_deeds(self) -> None:
        def waiting(row: Row) -> bool:
            view = self.shown()
            claim = row.claim
            if view is None or claim is None:
                return False
            open_payment = view.row.state in {"held", "staged", "posted"}
            return open_payment and claim.state not in {"posted", "information"}

        def active(row: Row) -> bool:
            return row.line is not None and row.line.charge_line_id is not None

        def no_line(row: Row) -> bool:
            return waiting(row) and row.line is not None and bool(row.claim and row.claim.claim_id)

        def unsplit(row: Row) -> bool:
            claim = row.claim
            return waiting(row) and bool(claim and claim.needs_split and claim.claim_id)

        def ours(row: Row) -> bool:
            return bool(row.claim and row.claim.our_patient_id)

        self._deed(commands.MATCH_CLAIM, self._choose_claim, waiting)
        self._deed(commands.MATCH_LINE, self._choose_line, no_line)
        self._deed(commands.CONFIRM_SPLIT, self._split, unsplit)
        self._deed(commands.WRITE_OFF, self._write_off, active)
        self._deed(commands.TRANSFER, self._transfer, active)
        self._deed(commands.PAYMENT_PATIENT, self._open_patient, ours)
        self._deed(commands.SHOW_BYTES, self._show_bytes, lambda _row: True)

    def _deed(
        self, command: Command, do: Callable[[Row], None], works: Callable[[Row], bool]
    ) -> None:
        def run() -> None:
            row = self.pane.current()
            if row is not None and self.shown() is not None:
                do(row)

        action = self._page.add_command(command, run, button=False)
        action.setEnabled(False)
        self._row_deeds.append((action, works))
        button = action_button(action, command)
        button.setEnabled(False)
        self.pane.add_button(button)

    def enable(self, row: object = None) -> None:
        """Offer what the row with the cursor allows; nothing while another tab is shown."""
        at = self.pane.current() if row is None else row
        ready = self.shown() is not None and self.isVisible()
        for action, works in self._row_deeds:
            action.setEnabled(ready and isinstance(at, Row) and works(at))

    def _on_row(self, row: Row) -> None:
        """Enter: what the row waits for, else its bytes."""
        for action, works in self._row_deeds[:3][::-1]:
            if works(row):
                action.trigger()
                return
        self._show_bytes(row)

    def _choose_claim(self, row: Row) -> None:
        if row.claim is not None:
            choosing.choose_claim(self, self.context, row.claim)

    def _choose_line(self, row: Row) -> None:
        if row.claim is not None and row.line is not None:
            choosing.choose_line(self, self.context, row.claim, row.line)

    def _split(self, row: Row) -> None:
        if row.claim is not None:
            choosing.confirm_split(self, self.context, row.claim)

    def _write_off(self, row: Row) -> None:
        if row.line is not None and row.line.charge_line_id is not None:
            line_deeds.write_off(self, self.context, row.line.charge_line_id)

    def _transfer(self, row: Row) -> None:
        if row.line is not None and row.line.charge_line_id is not None:
            line_deeds.transfer(self, self.context, row.line.charge_line_id)

    def _open_patient(self, row: Row) -> None:
        if row.claim is not None and row.claim.our_patient_id is not None:
            self.context.go("patients", row.claim.our_patient_id)

    def _show_bytes(self, row: Row) -> None:
        view = self.shown()
        if view is None:
            return
        claim_id = row.claim.id if row.claim else None
        line_id = row.line.id if row.line else None

        def read(work: Work) -> list[str]:
            return segments_of(work, view.row.id, claim_id, line_id)

        self.context.runner.read(self, read, lambda found: choosing.show_bytes(self, row, found))
