"""The tab “Safety”: backups of this practice, and its examination."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.errors import AppError, Cancelled
from desktop.services.care import backup, doctor
from desktop.ui.lib import dates, messages, theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.icons import icon
from desktop.ui.lib.settings import machine_settings
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from desktop.services.care.backup import Made, Standing
    from desktop.services.care.doctor import Check, Report
    from desktop.ui.lib.page import Context

_FOLDER_KEY = "backup/folder"
_ICON = 18
COLUMNS = (
    Column("name", "What was examined", width=20),
    Column(
        "state",
        "State",
        Kind.STATE,
        width=11,
        getter=lambda check: "problem" if check.problem else "sound",
        tone=lambda check: Tone.BAD if check.problem else Tone.GOOD,
    ),
    Column("told", "Found", stretch=True, width=50, getter=lambda c: c.problem or c.told),
)


def last_folder() -> Path:
    """Where this machine put its last backup, or the home folder."""
    kept = machine_settings().value(_FOLDER_KEY)
    folder = Path(kept) if isinstance(kept, str) and kept else Path.home()
    return folder if folder.is_dir() else Path.home()


def remember_folder(folder: Path) -> None:
    """Propose this folder the next time."""
    settings = machine_settings()
    settings.setValue(_FOLDER_KEY, str(folder))
    settings.sync()


class SafetyTab(QWidget):
    """Back up now, and examine; both work from anywhere by their commands."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.mark = QLabel()
        self.told = plain_label()
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.backup_button = Button("Back up now…", primary=True)
        self.backup_button.setToolTip("Back up the practice (Ctrl+Shift+B)")
        self.backup_button.clicked.connect(lambda _on=False: self.back_up())
        self.examine_button = Button("Examine the practice")
        self.examine_button.clicked.connect(lambda _on=False: self.examine())
        self.verdict = plain_label()
        self.table = RowsTable(COLUMNS, name="doctor", id_key="name")
        self.table.filter.hide()
        self.table.set_empty_text("Not examined yet since the practice was opened.")
        self.table.set_rows([])
        self._lay_out()

    def refresh(self) -> None:
        """Ask when the last backup was made."""
        self.context.runner.read(self, backup.standing, self._show)

    def focus_search(self) -> None:
        """Ctrl+F: there is nothing to search, so to the main button."""
        self.backup_button.setFocus()

    def back_up(self) -> None:
        """Ask where to, then write and verify one file."""
        if not self.backup_button.isEnabled():
            return
        proposed = last_folder() / f"practice-{self.context.today().isoformat()}.backup"
        name, _kind = QFileDialog.getSaveFileName(
            self, "Back up the practice", str(proposed), "Backups (*.backup)"
        )
        if not name:
            return
        target = Path(name)
        self.context.runner.whole(
            self,
            lambda database, progress: backup.make(database, target, progress),
            self._on_made,
            self._on_refused,
            progress_text="Backing up",
            disable=self.backup_button,
        )

    def examine(self) -> None:
        """Examine files, chains, balances and documents; changes nothing."""
        if not self.examine_button.isEnabled():
            return
        self.verdict.setText("Examining…")
        self.context.runner.whole(
            self,
            doctor.examine,
            self._on_examined,
            self._on_not_examined,
            progress_text="Examining the practice",
            disable=self.examine_button,
        )

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4, 10, 4, 4)
        outer.setSpacing(8)
        outer.addWidget(_heading("Backup"))
        state = QHBoxLayout()
        state.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.told, 1)
        outer.addLayout(state)
        words = plain_label(
            "One encrypted file, read back before it counts. Keep it away from this computer. "
            "It opens by the passwords and the recovery key of its day: close the practice and "
            "choose “Restore a backup” on the first screen.",
            muted=True,
        )
        words.setWordWrap(True)
        outer.addWidget(words)
        outer.addLayout(_row(self.backup_button))
        outer.addSpacing(8)
        outer.addWidget(_heading("Examination"))
        outer.addLayout(_row(self.examine_button, self.verdict))
        outer.addWidget(self.table, 1)

    def _show(self, now: Standing) -> None:
        self.told.setText(standing_text(now))
        self.told.setAccessibleName(self.told.text())
        scheme = theme.current()
        name, colour = ("warning", scheme.warn) if now.is_old else ("good", scheme.good)
        self.mark.setPixmap(icon(name, colour).pixmap(_ICON, _ICON))
        self.mark.setVisible(now.is_old or now.on is not None)
        theme.flag(self.told, "warn" if now.is_old else "heading")
        if not now.may_make:
            for button in (self.backup_button, self.examine_button):
                button.setEnabled(False)
                button.setToolTip("Only the owner of the practice may do this.")

    def _on_made(self, made: Made) -> None:
        remember_folder(made.path.parent)
        messages.info(self, f"Backed up and verified: {made.path.name}, {size_text(made.size)}.")
        self.refresh()

    def _on_refused(self, error: AppError) -> None:
        if isinstance(error, Cancelled):
            messages.info(self, "Stopped; no backup was made, and the older ones are as before.")
        else:
            messages.error(self, str(error))

    def _on_examined(self, report: Report) -> None:
        # What needs a hand stands first.
        rows: list[Check] = sorted(report.checks, key=lambda check: not check.problem)
        self.table.set_rows(rows)
        found = len(report.findings)
        self.verdict.setText(
            f"{found} of {len(rows)} checks found a problem; it stands first below."
            if found
            else f"All {len(rows)} checks are sound."
        )
        theme.flag(self.verdict, "bad" if found else "good")
        if found:
            messages.warn(self, "The examination found problems; see the list.")
        self.table.select_first()
        self.table.view.setFocus()

    def _on_not_examined(self, error: AppError) -> None:
        self.verdict.setText("")
        if isinstance(error, Cancelled):
            messages.info(self, "Stopped; the examination changes nothing.")
        else:
            messages.error(self, str(error))


def standing_text(now: Standing) -> str:
    """When and where the last backup was made, as one or two sentences."""
    if now.on is None:
        told = "No backup of this practice was made yet."
        return f"{told} Make one now and keep it somewhere else." if now.is_old else told
    ago = {0: "today", 1: "yesterday"}.get(now.days, f"{now.days} days ago")
    where = f", as {now.path}" if now.path else ""
    size = f" ({size_text(now.size)})" if now.size else ""
    told = f"The last backup was made {ago}, on {dates.shown(now.on)}{where}{size}."
    return f"{told} That is long ago: make a new one now." if now.is_old else told


def size_text(size: int) -> str:
    """Bytes for people: ``3.4 MB``."""
    if size < 1_000_000:
        return f"{max(1, size // 1000)} kB"
    return f"{size // 1_000_000}.{size % 1_000_000 // 100_000} MB"


def _heading(text: str) -> QWidget:
    label = plain_label(text)
    theme.flag(label, "heading")
    return label


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
    row.addStretch(1)
    return row
