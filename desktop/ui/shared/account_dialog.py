"""“Why do I owe this?” on screen: from a balance to the payer's own segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from desktop.services.billing.statements import explain
from desktop.services.core.work import Changes
from desktop.ui.lib import dates, theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.messages import Notice, NoticeBar
from desktop.ui.lib.table import Column, Kind, RowsTable

if TYPE_CHECKING:
    from desktop.models.values.money import Money
    from desktop.services.billing.statements.explain import AccountLine, ExplainRow, Explanation
    from desktop.ui.lib.page import Context


def _unless_zero(amount: Money) -> Money | None:
    return amount or None


COLUMNS: Final = (
    Column("on", "Date", Kind.DATE),
    Column("text", "What happened", stretch=True, width=44),
    Column("reason", "Reason", width=8),
    Column("amount", "Changed", Kind.MONEY, getter=lambda r: _unless_zero(r.amount)),
    Column("moved", "Moved", Kind.MONEY, getter=lambda r: _unless_zero(r.moved)),
    Column("balance", "Open then", Kind.MONEY),
    Column("yours", "Patient's part", Kind.MONEY, width=13),
)


class ExplainPanel(QWidget):
    """Everything that happened to one charge line; below, where the chosen step comes from."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._line_id: int | None = None
        self.heading = plain_label()
        theme.flag(self.heading, "heading")
        self.summary = plain_label(muted=True)
        self.table = RowsTable(COLUMNS, name="explain", id_key="entry_id")
        self.table.filter.hide()
        self.table.set_empty_text("Choose a charge line.")
        self.table.selection_changed.connect(self._on_chosen)
        self.source = QPlainTextEdit()
        self.source.setReadOnly(True)
        self.source.setTabChangesFocus(True)
        self.source.setAccessibleName("Where this comes from")
        self.source.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.table)
        halves.addWidget(self.source)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.heading)
        outer.addWidget(self.summary)
        outer.addWidget(halves, 1)
        context.runner.on_change(self, Changes.LEDGER, self.refresh)

    def show_line(self, charge_line_id: int) -> None:
        """Explain a charge line."""
        self._line_id = charge_line_id
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        line_id = self._line_id
        if line_id is not None:
            self._context.runner.read(
                self, lambda work: explain.explanation(work, line_id), self._show
            )

    def _show(self, found: Explanation) -> None:
        name = found.title or found.procedure
        self.heading.setText(f"{name} on {dates.shown(found.service_on)}")
        told = f"Charge {found.charge.shown} · the patient owes {found.yours.shown}"
        if found.pending:
            told += f" · {found.pending.shown} waits on insurance"
        self.summary.setText(told)
        self.table.set_rows(found.rows)
        # The answer to the question comes first: the step that made it the patient's.
        moved = [i for i, row in enumerate(found.rows) if row.reason and row.moved]
        if found.rows:
            self.table.select_at(moved[0] if moved else len(found.rows) - 1)

    def _on_chosen(self, rows: list[ExplainRow]) -> None:
        self.source.setPlainText(source_text(rows[0]) if rows else "")


def source_text(row: ExplainRow) -> str:
    """Where a step comes from, in plain lines."""
    lines = [f"Ledger entry {row.entry_id}" + (", taken back later" if row.is_reversed else "")]
    if row.meaning:
        lines.append(f"{row.reason}: {row.meaning}")
    if row.receipt_number:
        lines.append(f"Receipt {row.receipt_number}")
    if row.remittance_id is not None:
        line = f", line {row.remittance_line_id}" if row.remittance_line_id else ""
        lines.append(f"Remittance {row.remittance_id}{line}")
    if row.document_sha:
        name = f"{row.file_name}, " if row.file_name else ""
        lines.append(f"Document {name}SHA-256 {row.document_sha}")
    if row.segments:
        lines += ["", "In the payer's own words:", *row.segments]
    return "\n".join(lines)


LINES: Final = (
    Column("service_on", "Service on", Kind.DATE),
    Column("patient", "Patient", width=20),
    Column("procedure", "Code", width=9),
    Column("title", "Service", stretch=True, width=20),
    Column("charge", "Charge", Kind.MONEY),
    Column("pending", "With insurance", Kind.MONEY, getter=lambda r: _unless_zero(r.pending)),
    Column("yours", "Patient owes", Kind.MONEY, getter=lambda r: _unless_zero(r.yours)),
)


class AccountDialog(QDialog):
    """All charge lines of an account above, the explanation of the chosen one below."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        *,
        patient_id: int | None = None,
        guarantor_id: int | None = None,
        visit_id: int | None = None,
    ) -> None:
        """Show the account of a patient or guarantor, the cursor on a visit if one is named."""
        super().__init__(parent)
        self._visit_id = visit_id
        self.setWindowTitle("Why is this owed?")
        self.table = RowsTable(LINES, name="account lines", empty="Nothing was charged yet.")
        self.panel = ExplainPanel(context, self)
        self._notices = NoticeBar()
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.table)
        halves.addWidget(self.panel)
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 2)
        outer = QVBoxLayout(self)
        outer.addWidget(halves, 1)
        outer.addWidget(self._notices)
        room = parent.screen().availableGeometry()
        self.resize(min(1120, room.width() - 60), min(720, room.height() - 40))
        self.table.selection_changed.connect(self._on_chosen)
        context.runner.read(
            self,
            lambda work: explain.account_lines(
                work, patient_id=patient_id, guarantor_id=guarantor_id
            ),
            self._show,
        )

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`."""
        self._notices.show_notice(notice)

    def _show(self, lines: list[AccountLine]) -> None:
        self.table.set_rows(lines)
        of_visit = [line.id for line in lines if line.visit_id == self._visit_id]
        if not of_visit or not self.table.select_id(of_visit[0]):
            self.table.select_first()
        self.table.view.setFocus()

    def _on_chosen(self, rows: list[AccountLine]) -> None:
        if rows:
            self.panel.show_line(rows[0].id)


class ExplainDialog(QDialog):
    """The panel in a window of its own; Esc closes it."""

    def __init__(self, parent: QWidget, context: Context, charge_line_id: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("Why is this owed?")
        self.panel = ExplainPanel(context, self)
        self._notices = NoticeBar()
        outer = QVBoxLayout(self)
        outer.addWidget(self.panel, 1)
        outer.addWidget(self._notices)
        room = parent.screen().availableGeometry()
        self.resize(min(1080, room.width() - 60), min(620, room.height() - 60))
        self.panel.show_line(charge_line_id)

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`."""
        self._notices.show_notice(notice)
