"""The tab “Code sets”: what is loaded and until when, and where files are loaded."""

from __future__ import annotations

import datetime as dt
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop.services.practice.codes import code_sets
from desktop.services.practice.codes.code_sets import SetState, StandingRow
from desktop.ui.fees.drop_zone import DropZone, files_of
from desktop.ui.fees.rejected_dialog import RejectedDialog
from desktop.ui.fees.sets_import import SetsImport
from desktop.ui.lib import messages, theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.dates import shown
from desktop.ui.lib.edits import Check, plain_label
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent

    from desktop.services.coding.base.values import ImportResult, SourceFile
    from desktop.ui.lib.page import Context

_TONES: Final = {
    SetState.IN_FORCE: Tone.GOOD,
    SetState.BUILT_IN: Tone.GOOD,
    SetState.SOON: Tone.WARN,
    SetState.OUT: Tone.BAD,
}


def _grouped(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _begins(row: StandingRow) -> dt.date | None:
    """Its first day; that of a built-in list says nothing."""
    return None if row.state is SetState.BUILT_IN else row.valid_from


COLUMNS: Final = (
    Column("title", "Code set", stretch=True, width=30),
    Column(
        "text", "State", Kind.STATE, width=26, tone=lambda row: _TONES.get(row.state, Tone.NEUTRAL)
    ),
    Column("release", "Release", width=24),
    Column("valid_from", "From", Kind.DATE, getter=_begins),
    Column("valid_to", "To", Kind.DATE),
    Column("records", "Codes", Kind.COUNT, width=10, getter=lambda row: _grouped(row.records)),
)
_FILES: Final = (
    "As downloaded, zipped or not, one or several: ICD-10-CM, HCPCS, CPT, NCCI, MUE, add-on codes, "
    "Medicare fee schedule, coverage articles, taxonomy, reason codes, provider file, payers."
)


class CodesTab(QWidget):
    """One row a set; older releases on request; files are dropped anywhere on the tab."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.rows: list[StandingRow] = []
        self.results: list[ImportResult] = []
        self.dialog: RejectedDialog | None = None
        self.setAcceptDrops(True)
        self._make_widgets()
        self.importer = SetsImport(self, context, self.import_button)
        self._lay_out()
        self.importer.loaded.connect(self._on_loaded)
        self.import_button.clicked.connect(lambda _on=False: self.choose_file())
        self.left_out_button.clicked.connect(lambda _on=False: self.show_left_out())
        self.older.edited.connect(self._show_rows)
        self.table.selection_changed.connect(self._on_chosen)
        self.table.opened.connect(lambda _row: self.details.setFocus())

    # --- what the page calls --------------------------------------------------------------

    def refresh(self) -> None:
        """Read the releases anew."""
        self.context.runner.read(self, code_sets.standings, self._on_rows)

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def add(self) -> None:
        """F8: a further file."""
        self.choose_file()

    def edit(self) -> None:
        """F9: a published release is never edited."""
        messages.info(self, "A published code set is not edited; load a newer file instead.")

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        return [self.import_button, self.table.view, self.details]

    def choose_file(self) -> None:
        """Ask for files and load them."""
        names, _kind = QFileDialog.getOpenFileNames(
            self,
            "Load code files",
            "",
            "Code files (*.zip *.txt *.xml *.csv *.tsv *.xlsx);;All files (*)",
        )
        if names:
            self.load([Path(name) for name in names])

    def load(self, paths: Sequence[Path]) -> None:
        """Load files; Cancel leaves everything as it was."""
        self.importer.start(paths)

    def show_left_out(self) -> None:
        """The lines that the last import left out."""
        self.dialog = RejectedDialog(self, self.results)
        self.dialog.open()

    # --- making ---------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.zone = DropZone("Drop code files here", _FILES)
        self.import_button = Button("Choose files…", primary=True)
        self.import_button.setToolTip("Load code files (Ctrl+Shift+I)")
        self.report = QFrame()
        theme.flag(self.report, "card")
        self.report_words = plain_label()
        self.report_words.setWordWrap(True)
        self.left_out_button = Button("Read the left-out lines…")
        self.older = Check("Show &older releases")
        self.table = RowsTable(
            COLUMNS,
            name="code set releases",
            empty="No code set is known.",
            filter_hint="Filter the sets",
        )
        self.details = QTextBrowser()
        self.details.setAccessibleName("Files of the release")
        self.details.setOpenLinks(False)
        self.details.document().setDocumentMargin(10)
        theme.flag(self.details, "card")

    def _lay_out(self) -> None:
        self.zone.row.addWidget(self.import_button)
        inside = QHBoxLayout(self.report)
        inside.setContentsMargins(12, 8, 8, 8)
        inside.addWidget(self.report_words, 1)
        inside.addWidget(self.left_out_button, 0, Qt.AlignmentFlag.AlignTop)
        self.report.hide()
        top = QHBoxLayout()
        top.addWidget(self.older)
        top.addStretch(1)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.details)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([420, 130])
        self.splitter.setStretchFactor(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(self.zone)
        outer.addWidget(self.report)
        outer.addWidget(self.splitter, 1)

    # --- rows -----------------------------------------------------------------------------

    def _on_rows(self, rows: list[StandingRow]) -> None:
        self.rows = rows
        self._show_rows()

    def _show_rows(self) -> None:
        every = self.older.isChecked()
        self.older.setEnabled(any(r.state is SetState.OLDER for r in self.rows))
        self.table.set_rows([r for r in self.rows if every or r.state is not SetState.OLDER])
        if self.table.current_row() is None:
            self.table.select_first()
        else:
            self._on_chosen(self.table.chosen_rows())

    def _on_chosen(self, rows: list[StandingRow]) -> None:
        if len(rows) != 1:
            self.details.clear()
            return
        row = rows[0]
        if not row.release:
            self._show_details(row, [])
            return
        self.context.runner.read(
            self,
            lambda work: code_sets.sources(work, row.system, row.release),
            lambda files: self._show_details(row, files),
        )

    def changeEvent(self, event: QEvent) -> None:
        """Override of Qt: the details take the theme's new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "details"):
            self._on_chosen(self.table.chosen_rows())

    def _show_details(self, row: StandingRow, files: list[SourceFile]) -> None:
        self.details.document().setDefaultStyleSheet(
            f".muted {{ color: {theme.current().muted}; }} td {{ padding-right: 14px; }}"
        )
        self.details.setHtml(details(row, files))

    # --- loading --------------------------------------------------------------------------

    def _on_loaded(self, results: list[ImportResult]) -> None:
        self.results = results
        self.report_words.setText("\n".join(report(results)))
        self.left_out_button.setVisible(any(each.rejected for each in results))
        self.report.show()
        if results and all(each.already_loaded for each in results):
            messages.info(self, "These files were loaded before; nothing changed.")
        else:
            count = len({each.release.system for each in results if not each.already_loaded})
            messages.info(self, f"{count} code set{'s' if count != 1 else ''} loaded.")
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override of Qt: take files, nothing else."""
        if files_of(event.mimeData()) and self.import_button.isEnabled():
            self.zone.set_hot(hot=True)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Override of Qt: the files went elsewhere."""
        self.zone.set_hot(hot=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Override of Qt: load what was dropped."""
        self.zone.set_hot(hot=False)
        paths = files_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.load(paths)


def report(results: Sequence[ImportResult]) -> list[str]:
    """What an import did, a line for each file."""
    if not results:
        return ["The files hold nothing that is not there already."]
    lines = []
    for each in results:
        text = each.text
        lines.append(text if each.already_loaded else f"{each.file_name} → {text}")
    return lines


def details(row: StandingRow, files: Sequence[SourceFile]) -> str:
    """The files of a release as markup; everything of a file is escaped."""
    title = f"{row.title}, {row.release}" if row.release else row.title
    head = f"<b>{escape(title)}</b> <span class='muted'>{escape(row.text)}</span>"
    if row.state is SetState.BUILT_IN:
        return f"{head}<p>Comes with the program. A published list, once loaded, stands before.</p>"
    if not row.release:
        return f"{head}<p>Drop its file above, or press Ctrl+Shift+I.</p>"
    cells = []
    for each in files:
        left_out = f", {each.rejected:,} lines left out" if each.rejected else ""
        cells.append(
            f"<tr><td>{escape(each.name)}</td><td>{each.records:,} records{left_out}</td>"
            f"<td>loaded {escape(_moment(each.imported_at))}</td></tr>"
            f"<tr><td colspan='3' class='muted'>SHA-256 {escape(each.sha256)}</td></tr>"
        )
    return f"{head}<table cellspacing='0' cellpadding='2'>{''.join(cells)}</table>"


def _moment(stamp: str) -> str:
    """A kept moment as a date with minutes (UTC)."""
    day, _, time = stamp.partition("T")
    try:
        return f"{shown(dt.date.fromisoformat(day))} {time[:5]} UTC"
    except ValueError:
        return stamp
