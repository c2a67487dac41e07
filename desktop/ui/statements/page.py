"""Statements: who gets one next and why, who does not and why, and what was issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.models.values.money import Money, total
from desktop.services.billing.statements import run
from desktop.services.core.work import Changes, Work
from desktop.ui.lib import commands, messages
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone
from desktop.ui.shared.account_dialog import AccountDialog

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.billing.statements.run import IssuedStatement, RunRow, StatementRun


@dataclass(frozen=True, slots=True)
class Planned:
    """One account of the next run and whether its tick was taken away."""

    row: RunRow
    unticked: bool

    @property
    def id(self) -> int:
        """Of the guarantor."""
        return self.row.guarantor_id

    @property
    def goes(self) -> bool:
        """Whether it gets a statement."""
        return self.row.included and not self.unticked

    @property
    def state(self) -> str:
        """In words, for the list."""
        if self.goes:
            return "in"
        return "left out" if self.row.included else "out"

    @property
    def tone(self) -> Tone:
        """The mark beside the word."""
        if self.goes:
            return Tone.GOOD
        return Tone.WARN if self.row.included else Tone.NEUTRAL


PLANNED: Final = (
    Column("state", "Run", Kind.STATE, width=10, tone=lambda p: p.tone),
    Column("name", "Guarantor", width=24, getter=lambda p: p.row.name),
    Column("account", "Account", width=10, getter=lambda p: p.row.account),
    Column("amount", "Amount due", Kind.MONEY, getter=lambda p: p.row.amount),
    Column(
        "pending", "With insurance", Kind.MONEY, width=14, getter=lambda p: p.row.pending or None
    ),
    Column("last_on", "Last sent", Kind.DATE, getter=lambda p: p.row.last_on),
    Column("reason", "Why", stretch=True, width=36, getter=lambda p: p.row.reason),
)
ISSUED: Final = (
    Column("number", "Statement", width=11),
    Column("issued_on", "Issued", Kind.DATE),
    Column("name", "Guarantor", stretch=True, width=24),
    Column("amount", "Amount due", Kind.MONEY),
    Column(
        "state",
        "State",
        Kind.STATE,
        width=10,
        getter=lambda s: "void" if s.voided_on else "sent",
        tone=lambda s: Tone.WARN if s.voided_on else Tone.GOOD,
    ),
)


class StatementsPage(Page):
    """The next run, and the statements issued so far."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Statements")
        self._unticked: set[int] = set()
        self._rows: list[RunRow] = []
        self._tick = self.add_command(commands.STATEMENT_TICK, self.toggle)
        self._preview = self.add_command(commands.PRINT, self._on_preview, text="Preview")
        self._explain = self.add_command(commands.EXPLAIN, self._on_explain)
        self._void = self.add_command(commands.STATEMENT_VOID, self._on_void)
        self._run = self.add_command(
            commands.STATEMENT_RUN, self._on_run, text="Issue statements", primary=True
        )
        self.planned = RowsTable(
            PLANNED, name="statement run", empty="Nobody owes anything and nobody has credit."
        )
        self.issued = RowsTable(ISSUED, name="statements", empty="No statement was issued yet.")
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Statements")
        self.tabs.addTab(self.planned, "Next run")
        self.tabs.addTab(self.issued, "Issued")
        self.told = plain_label(muted=True)
        self.body.addWidget(self.told)
        self.body.addWidget(self.tabs, 1)
        self.planned.view.installEventFilter(self)
        self.planned.opened.connect(lambda _row: self._on_preview())
        self.issued.opened.connect(lambda _row: self._on_preview())
        for table in (self.planned, self.issued):
            table.selection_changed.connect(lambda _rows: self._follow())
        self.tabs.currentChanged.connect(lambda _at: self._follow())
        changes = Changes.LEDGER | Changes.STATEMENTS | Changes.PATIENTS | Changes.PRACTICE
        context.runner.on_change(self, changes, self.refresh)
        self._follow()

    def refresh(self) -> None:
        """See `Page.refresh`."""
        on = self.context.today()
        self.context.runner.read(self, lambda work: _load(work, on), self._show)

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        self._table().focus_filter()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        table = self._table()
        return [table.filter, table.view]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Space takes the tick away and puts it back."""
        is_space = (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        )
        if is_space and watched is self.planned.view:
            self.toggle()
            return True
        return super().eventFilter(watched, event)

    def toggle(self) -> None:
        """Leave the chosen accounts out of the run, or put them back."""
        for planned in self.planned.chosen_rows():
            if planned.row.included:
                self._unticked ^= {planned.id}
        self._fill()

    def _show(self, found: tuple[list[RunRow], list[IssuedStatement]]) -> None:
        self._rows, issued = found
        self.issued.set_rows(issued)
        self._fill()

    def _fill(self) -> None:
        rows = [Planned(r, r.guarantor_id in self._unticked) for r in self._rows]
        self.planned.set_rows(rows)
        going = [p for p in rows if p.goes]
        amount: Money = total(p.row.amount for p in going)
        out = len(rows) - len(going)
        words = "statement" if len(going) == 1 else "statements"
        others = "1 account is out" if out == 1 else f"{out:,} accounts are out"
        self.told.setText(
            f"{len(going):,} {words} for {amount.shown} in the next run; {others}. "
            "Space leaves an account out or puts it back."
        )
        self._follow()

    def _table(self) -> RowsTable:
        return self.planned if self.tabs.currentIndex() == 0 else self.issued

    def _follow(self) -> None:
        next_run = self.tabs.currentIndex() == 0
        chosen = self._table().chosen_rows()
        self._tick.setEnabled(next_run and any(p.row.included for p in chosen))
        self._run.setEnabled(any(p.goes for p in self._planned()))
        self._preview.setEnabled(len(chosen) == 1)
        self._explain.setEnabled(len(chosen) == 1)
        standing = not next_run and len(chosen) == 1 and chosen[0].voided_on is None
        self._void.setVisible(not next_run)
        self._void.setEnabled(standing)

    def _planned(self) -> list[Planned]:
        return [Planned(r, r.guarantor_id in self._unticked) for r in self._rows]

    def _on_preview(self) -> None:
        row = self._table().current_row()
        if row is None or not self._preview.isEnabled():
            return
        if isinstance(row, Planned):
            guarantor, on = row.id, self.context.today()
            name = f"statement-preview-{guarantor}.pdf"
            self.context.runner.read(
                self,
                lambda work: run.preview(work, guarantor, on),
                lambda pdf: self._open(pdf, "Statement, not issued yet", name),
            )
        else:
            statement_id, number = row.id, row.number
            self.context.runner.read(
                self,
                lambda work: run.statement_pdf(work, statement_id),
                lambda pdf: self._open(pdf, f"Statement {number}", f"{number}.pdf"),
            )

    def _on_explain(self) -> None:
        row = self._table().current_row()
        if row is not None:
            guarantor = row.id if isinstance(row, Planned) else row.guarantor_id
            AccountDialog(self, self.context, guarantor_id=guarantor).open()

    def _open(self, pdf: bytes, title: str, file_name: str) -> None:
        PdfDialog(self, title, pdf, file_name=file_name).open()

    def _on_run(self) -> None:
        on = self.context.today()
        ids = [p.id for p in self._planned() if p.goes]
        self.context.runner.write(
            self,
            lambda work: run.run(work, on, ids),
            lambda done: self._issued(done, on),
            progress_text="Issuing statements",
        )

    def _issued(self, done: StatementRun, on: dt.date) -> None:
        if not done.count:
            messages.info(self, "Nobody was due a statement; nothing was issued.")
            return
        words = "statement" if done.count == 1 else "statements"
        messages.info(self, f"{done.count:,} {words} issued for {done.amount.shown}.")
        self._open(done.pdf, "Statements of this run", f"statements-{on.isoformat()}.pdf")

    def _on_void(self) -> None:
        row = self.issued.current_row()
        if row is None:
            return
        statement_id, number = row.id, row.number
        self.context.runner.write(
            self,
            lambda work: run.void_statement(work, statement_id),
            lambda _done: messages.info(self, f"Statement {number} is void; send it again."),
        )


def _load(work: Work, on: dt.date) -> tuple[list[RunRow], list[IssuedStatement]]:
    return run.plan_run(work, on), run.list_statements(work)
