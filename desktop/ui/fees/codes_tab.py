"""The tab “Code sets”: which releases are loaded, for which dates of service."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.services.coding.values import ImportResult
from desktop.services.registration import code_sets
from desktop.services.registration.code_sets import ReleaseRow
from desktop.ui.lib import messages
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import Context
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone


class CodesTab(QWidget):
    """Loaded releases with their validity; a date that none covers has no code set."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.table = RowsTable(
            (
                Column("title", "Code set", stretch=True),
                Column("name", "Release", getter=lambda row: row.release.name, width=22),
                Column("from", "From", Kind.DATE, getter=lambda row: row.release.valid_from),
                Column("to", "To", Kind.DATE, getter=lambda row: row.release.valid_to),
                Column("records", "Codes", Kind.COUNT, getter=lambda row: row.release.records),
                Column("billable", "Billable", Kind.COUNT, getter=lambda r: r.release.billable),
                Column("state", "Today", Kind.STATE, getter=_state, tone=_tone, width=13),
            ),
            name="code sets",
            empty="No code set is loaded. Ctrl+Shift+I loads one from a file.",
        )
        self.import_button = QPushButton("Load a code file…")
        self.import_button.setAutoDefault(False)
        self.import_button.clicked.connect(lambda _on=False: self.choose_file())
        words = plain_label(
            "Official files as they are published: ICD-10-CM order file or tabular XML, HCPCS, "
            "and others, alone or in their zip.",
            muted=True,
        )
        words.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.import_button)
        top.addWidget(words, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addLayout(top)
        outer.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Read the releases anew."""
        self.context.runner.read(self, code_sets.releases, self.table.set_rows)

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def add(self) -> None:
        """F8: a further file."""
        self.choose_file()

    def edit(self) -> None:
        """F9: a published release is never edited."""
        messages.info(self, "A published code set is not edited; load a newer file instead.")

    def choose_file(self) -> None:
        """Ask for a file and load it."""
        name, _kind = QFileDialog.getOpenFileName(
            self, "Load a code file", "", "Code files (*.txt *.xml *.zip *.csv);;All files (*)"
        )
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Load a file; Cancel leaves everything as it was."""
        self.context.runner.write(
            self,
            partial(code_sets.import_files, paths=[path]),
            self._on_loaded,
            progress_text="Loading codes…",
            disable=self.import_button,
        )

    def _on_loaded(self, results: list[ImportResult]) -> None:
        texts = []
        for each in results:
            if each.already_loaded:
                texts.append(f"{each.release.name} was loaded before; nothing changed.")
            else:
                texts.append(
                    f"{each.release.name}: {each.added:,} added, {each.changed:,} changed, "
                    f"{each.ended:,} ended."
                )
        messages.info(self, " ".join(texts))
        self.refresh()


def _state(row: ReleaseRow) -> str:
    return "in force" if row.in_force else "not today"


def _tone(row: ReleaseRow) -> Tone:
    return Tone.GOOD if row.in_force else Tone.NEUTRAL
