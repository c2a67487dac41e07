"""One payment beside our claims: header with its balance, rows, and what the cursor's row means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from desktop.models.values.money import Money
from desktop.ui.lib import dates, theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.table import Column, Kind, RowsTable
from desktop.ui.payments import rows, words
from desktop.ui.payments.rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.payments.views import RemittanceView

COLUMNS = (
    Column("says", "The payer says", width=28, stretch=True),
    Column("service_on", "Service", Kind.DATE, width=10),
    Column("charge", "Charged", Kind.MONEY, width=9),
    Column("paid", "Paid", Kind.MONEY, width=9),
    Column("reduced", "Reduced", Kind.MONEY, width=9),
    Column("state", "What it does", Kind.STATE, width=24, tone=lambda r: r.tone),
    Column("ours", "Our claim and line", width=20),
    Column("owed", "Still owed on it", width=19),
    Column("our_charge", "Our charge", Kind.MONEY, hidden=True),
    Column("group", "Claim", hidden=True),
)


class RemittancePane(Widget):
    """Shows one remittance; the page around it acts.

    Signals:
        row_changed: the cursor is on another `Row` (or None).
        opened: Enter on a `Row`.
        left: back to the list.
    """

    row_changed = Signal(object)
    opened = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view: RemittanceView | None = None
        self._title = plain_label()
        theme.flag(self._title, "heading")
        self._facts = plain_label(muted=True)
        self._held = plain_label()
        self._held.setWordWrap(True)
        theme.flag(self._held, "bad")
        self._balance = QGridLayout()
        self._figures: dict[str, QLabel] = {}
        self.table = RowsTable(
            COLUMNS,
            name="remittance rows",
            empty="This payment names no claim.",
            filter_hint="Find a patient or claim in this payment",
        )
        # The order is the payer's: a reason means nothing away from its line.
        self.table.view.setSortingEnabled(False)
        self.explained = plain_label()
        self.explained.setWordWrap(True)
        self.explained.setAccessibleName("About the chosen row")
        self.explained.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.explained.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(6)
        self._lay_out()
        self.table.selection_changed.connect(self._on_rows)
        self.table.opened.connect(self.opened)

    def show_view(self, view: RemittanceView) -> None:
        """Show a remittance; the cursor stays when it is the same one again."""
        same = self.view is not None and self.view.row.id == view.row.id
        self.view = view
        row = view.row
        kind = "Paper EOB" if row.kind == "eob" else "Remittance"
        self._title.setText(
            f"{kind} {row.id}: {row.payer_name}, {row.trace or 'no number'}, "
            f"{dates.shown(row.paid_on) if row.paid_on else 'no date'}"
        )
        facts = [words.STATE_WORDS.get(row.state, row.state), words.many(row.claims, "claim")]
        if row.unmatched:
            facts.append(f"{row.unmatched} without a claim of ours")
        if row.payer_id is None:
            facts.append("payer not known here")
        if view.receipt_number:
            facts.append(f"receipt {view.receipt_number}")
        if row.file_name:
            facts.append(row.file_name)
        self._facts.setText("   ·   ".join(facts))
        self._held.setText(row.held_reason)
        self._held.setVisible(bool(row.held_reason))
        self._show_figures(view)
        self.table.set_rows(rows.rows_of(view))
        if not same or self.table.current_row() is None:
            self.table.select_first()
        self._on_rows([])

    def current(self) -> Row | None:
        """The row with the cursor."""
        row = self.table.current_row()
        return row if isinstance(row, Row) else None

    def add_button(self, button: QPushButton) -> None:
        """Put a button below the rows."""
        self._actions.insertWidget(self._actions.count() - 1, button)

    def figure(self, name: str) -> str:
        """A figure of the balance as it is shown, such as ``difference``."""
        return self._figures[name].text()

    def _show_figures(self, view: RemittanceView) -> None:
        provider = Money(sum(a.amount.cents for a in view.provider_adjustments))
        figures = {
            "claims": view.claims_paid.shown,
            "provider": (-provider).shown,
            "payment": view.row.amount.shown,
            "difference": view.row.difference.shown,
            "unapplied": view.unapplied.shown,
        }
        for name, text in figures.items():
            self._figures[name].setText(text)
        off = self._figures["difference"]
        for flag in ("bad", "good"):
            off.setProperty(flag, flag == ("bad" if view.row.difference else "good"))
        off.style().unpolish(off)
        off.style().polish(off)

    def _on_rows(self, _rows: Sequence[Any]) -> None:
        row = self.current()
        self.explained.setText("  ".join(row.explained) if row is not None else "")
        self.row_changed.emit(row)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 0)
        outer.setSpacing(5)
        top = QHBoxLayout()
        back = QPushButton("Back to the list")
        back.setToolTip("Back to the list (Ctrl+W)")
        back.setAutoDefault(False)
        theme.flag(back, "quiet")
        back.clicked.connect(lambda _checked=False: self.left.emit())
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(back)
        outer.addLayout(top)
        outer.addWidget(self._facts)
        outer.addWidget(self._held)
        outer.addWidget(self._figure_line())
        outer.addWidget(self.table, 1)
        outer.addWidget(self.explained)
        self._actions.addStretch(1)
        outer.addLayout(self._actions)
        self.setFocusProxy(self.table)

    def _figure_line(self) -> Widget:
        frame = QFrame()
        theme.flag(frame, "card")
        line = QHBoxLayout(frame)
        line.setContentsMargins(10, 4, 10, 4)
        line.setSpacing(8)
        signs = ("", "+", "=", "", "")
        names = {
            "claims": "Claims paid",
            "provider": "Provider adjustments",
            "payment": "Payment",
            "difference": "Difference",
            "unapplied": "Unapplied now",
        }
        for sign, (name, text) in zip(signs, names.items(), strict=True):
            if sign:
                line.addWidget(plain_label(sign, muted=True))
            elif name != "claims":
                line.addSpacing(18)
            line.addWidget(plain_label(text, muted=True))
            value = plain_label()
            value.setFont(theme.tabular(value.font()))
            value.setAccessibleName(text)
            self._figures[name] = value
            line.addWidget(value)
        line.addStretch(1)
        return frame
