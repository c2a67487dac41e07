"""One claim beside the list: what holds it, what happened to it, and its form on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from desktop.models.values.enums import Frequency, Severity
from desktop.models.values.identifiers import dotted
from desktop.ui.lib import dates, theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import action_button
from desktop.ui.lib.pdf import PdfPreview
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.life.views import ClaimView
    from desktop.ui.lib.commands import Command

_FINDINGS = (
    Column(
        "severity",
        "Kind",
        Kind.STATE,
        width=9,
        tone=lambda f: Tone.BAD if f.severity is Severity.ERROR else Tone.WARN,
    ),
    Column("text", "What to mend", stretch=True),
    Column("field", "Field", width=16, hidden=True),
)
_EVENTS = (
    Column("on", "Day", Kind.DATE, width=10),
    Column("text", "What happened", stretch=True),
    Column("to_state", "State", width=12),
    Column("user", "Who", width=8),
)
_LINES = (
    Column("code", "Service", width=14),
    Column("day", "Date", Kind.DATE),
    Column("diagnoses", "Diagnoses", width=16, stretch=True),
    Column("units", "Units", width=5),
    Column("charge", "Charge", Kind.MONEY, width=10),
)
_FREQUENCIES = {
    Frequency.ORIGINAL: "",
    Frequency.REPLACEMENT: "replaces an earlier claim",
    Frequency.VOID: "voids an earlier claim",
}


class _Line:
    """A charge line of a record as the table shows it."""

    def __init__(self, record: ClaimRecord, index: int) -> None:
        line = record.lines[index]
        known = len(record.diagnoses)
        self.id = index
        self.code = " ".join((line.procedure, *line.modifiers))
        self.day = line.from_on
        self.units = f"{line.units:f}"
        self.charge = line.charge
        self.diagnoses = " ".join(
            dotted(record.diagnoses[p - 1].code) for p in line.pointers if 1 <= p <= known
        )


class ClaimDetails(QWidget):
    """The claim that the list's cursor stands on.

    Signals:
        finding_opened: a finding, by Enter: the visit's field is wanted.
    """

    finding_opened = Signal(object)

    def __init__(self, ask_preview: Callable[[int], None]) -> None:
        super().__init__()
        self._ask_preview = ask_preview
        self._claim_id: int | None = None
        self._previewed: int | None = None
        self.heading = plain_label("")
        theme.flag(self.heading, "heading")
        self.facts = plain_label("", muted=True)
        self.facts.setWordWrap(True)
        self.findings = RowsTable(
            _FINDINGS, name="claim findings", empty="Nothing stands in its way.", id_key="text"
        )
        self.lines = RowsTable(_LINES, name="claim lines", empty="No charge lines.")
        self.events = RowsTable(_EVENTS, name="claim history", empty="Nothing yet.", id_key="text")
        for table in (self.findings, self.lines, self.events):
            table.filter.hide()
        self._preview_holder = QWidget()
        self._preview_layout = QVBoxLayout(self._preview_holder)
        self._preview_layout.setContentsMargins(0, 0, 0, 0)
        self._preview: PdfPreview | None = None
        self.tabs = QTabWidget()
        for widget, title in (
            (self.findings, "&Findings"),
            (self.lines, "&Lines"),
            (self.events, "&History"),
            (self._preview_holder, "&Form"),
        ):
            self.tabs.addTab(widget, title)
        self.tabs.currentChanged.connect(lambda _at: self._show_form())
        self.findings.opened.connect(self.finding_opened.emit)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        outer.addLayout(top)
        outer.addWidget(self.facts)
        self._deeds = QHBoxLayout()
        self._deeds.setSpacing(4)
        self._deeds.addStretch(1)
        outer.addLayout(self._deeds)
        outer.addWidget(self.tabs, 1)
        outer.addStretch(0)
        self.clear()

    def offer(self, action: QAction, command: Command) -> None:
        """A button for what may be done with this claim."""
        button = action_button(action, command)
        theme.flag(button, "quiet")
        self._deeds.insertWidget(self._deeds.count() - 1, button)

    def clear(self) -> None:
        """No claim is chosen."""
        self._claim_id = self._previewed = None
        self.heading.setText("No claim chosen")
        self.facts.setText("Choose a claim in the list to see what happened to it.")
        self.tabs.setEnabled(False)
        self.tabs.setVisible(False)
        for table in (self.findings, self.lines, self.events):
            table.set_rows([])

    def show_claim(self, view: ClaimView) -> None:
        """Show everything of one claim."""
        row = view.row
        self._claim_id, self._previewed = row.id, None
        self.tabs.setEnabled(True)
        self.tabs.setVisible(True)
        self.heading.setText(f"Claim {row.id} · {row.control_number}")
        facts = [
            f"{row.payer} · {row.charge.shown} · service {dates.shown(row.service_on)}",
            "on paper" if row.on_paper else "as a file",
            _FREQUENCIES[row.frequency],
            f"payer's number {view.payer_claim_number}" if view.payer_claim_number else "",
            f"in place of claim {view.replaces_id}" if view.replaces_id else "",
            f"last day to file {dates.shown(row.file_by)}" if row.file_by else "",
        ]
        self.facts.setText(" · ".join(f for f in facts if f))
        self.findings.set_rows(view.findings)
        self.lines.set_rows([_Line(view.record, n) for n in range(len(view.record.lines))])
        self.events.set_rows(list(reversed(view.events)))
        self.tabs.setTabText(
            0, f"&Findings ({len(view.findings)})" if view.findings else "&Findings"
        )
        self._show_form()

    def show_form(self, claim_id: int, pdf: bytes) -> None:
        """The preview that was asked for has come."""
        if claim_id != self._claim_id:
            return
        if self._preview is None:
            self._preview = PdfPreview(file_name="claim-preview.pdf")
            # What is printed from here over our own boxes is not what a payer takes.
            self._preview.print_button.hide()
            self._preview_layout.addWidget(self._preview)
        self._previewed = claim_id
        self._preview.show_pdf(pdf, file_name=f"claim-{claim_id}-preview.pdf")

    def _show_form(self) -> None:
        """Ask for the form only when it is looked at."""
        looked_at = self.tabs.currentWidget() is self._preview_holder
        if looked_at and self._claim_id is not None and self._previewed != self._claim_id:
            self._ask_preview(self._claim_id)
