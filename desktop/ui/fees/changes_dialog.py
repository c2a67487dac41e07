"""What a release changed: new, ended and retitled codes, as a list to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.coding.library.differences import CodeChange, Differences, What
from desktop.services.practice.codes import code_pages
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.dates import shown
from desktop.ui.lib.edits import Choice, plain_label
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from desktop.services.coding.base.values import Release
    from desktop.services.core.work import Work
    from desktop.ui.lib.page import Context


def _before(row: CodeChange) -> str:
    parts = []
    if row.what is What.CHANGED and row.old_title != row.title:
        parts.append(row.old_title)
    if row.detail:
        parts.append(row.detail)
    if row.replaced_by:
        parts.append(f"replaced by {row.replaced_by}")
    return "; ".join(parts)


_TONES: Final = {What.NEW: Tone.GOOD, What.ENDED: Tone.BAD, What.CHANGED: Tone.WARN}
COLUMNS: Final = (
    Column("what", "What", Kind.STATE, width=11, tone=lambda row: _TONES[row.what]),
    Column("dotted", "Code", width=11),
    Column("title", "Title", stretch=True, width=30, getter=lambda row: row.title or row.old_title),
    Column("before", "Before", width=42, getter=_before),
)


class ChangesDialog(QDialog):
    """Releases in a list, the newest chosen; Enter shows a code in the browser."""

    def __init__(
        self, parent: QWidget, context: Context, system: str, show: Callable[[str], None]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("What a release changed")
        self.setModal(True)
        self.context = context
        self._system = system
        self._show = show
        self.release = Choice()
        self.release.setAccessibleName("Release")
        self.words = plain_label()
        self.words.setWordWrap(True)
        self.table = RowsTable(
            COLUMNS, name="code changes", id_key="code", filter_hint="Filter: code, words, or new"
        )
        self.close_button = Button("Close")
        top = QHBoxLayout()
        label = plain_label("Release")
        label.setBuddy(self.release)
        top.addWidget(label)
        top.addWidget(self.release)
        top.addWidget(self.words, 1)
        foot = QHBoxLayout()
        foot.addWidget(plain_label("Enter shows a code in the browser.", muted=True), 1)
        foot.addWidget(self.close_button)
        outer = QVBoxLayout(self)
        outer.addLayout(top)
        outer.addWidget(self.table, 1)
        outer.addLayout(foot)
        theme.flag(self.words, "muted")
        self.release.edited.connect(self._ask)
        self.table.opened.connect(self._on_opened)
        self.close_button.clicked.connect(self.reject)
        around = parent.window().size()
        self.resize(int(around.width() * 0.85), int(around.height() * 0.8))
        context.runner.read(self, self._releases, self._on_releases)

    def _releases(self, work: Work) -> list[Release]:
        return code_pages.loaded_releases(work, self._system)

    def _on_releases(self, releases: list[Release]) -> None:
        self.release.set_options([(r.name, r.name) for r in releases])
        self.table.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._ask()

    def _ask(self) -> None:
        name = self.release.value()
        if name is None:
            self._on_changes(None)
            return
        self.context.runner.read(
            self, lambda work: code_pages.code_changes(work, self._system, name), self._on_changes
        )

    def _on_changes(self, found: Differences | None) -> None:
        if found is None:
            self.table.set_empty_text("This code set is not loaded.")
            self.table.set_rows([])
        elif found.before is None:
            self.words.setText("")
            self.table.set_empty_text(
                f"{found.release.name} is the oldest release loaded; there is nothing before it "
                "to compare with. Load the files of another year to see what changed."
            )
            self.table.set_rows([])
        else:
            counts = ", ".join(f"{found.count(what):,} {what.value}" for what in What)
            since = shown(found.release.valid_from)
            self.words.setText(f"Since {since}, compared with {found.before.name}: {counts}.")
            self.table.set_empty_text("This release changed no code.")
            self.table.set_rows(found.rows)
            self.table.select_first()

    def _on_opened(self, row: CodeChange) -> None:
        self.accept()
        self._show(row.code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter presses no button by itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)
