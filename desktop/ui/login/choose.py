"""The first screen: a new practice, one that exists, or the sample to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.icons import icon
from desktop.ui.lib.labels import plain_label
from desktop.ui.lib.settings import recent_folders
from desktop.ui.login.fields import Card, title_row

if TYPE_CHECKING:
    from desktop.ui.lib.runner import Runner

_MOST_RECENT = 4


class ChoosePanel(Card):
    """Four ways in, and the folders opened before.

    Signals:
        new_wanted, sample_wanted, restore_wanted: a button was pressed.
        folder_chosen: the folder of a practice to open.
    """

    new_wanted = Signal()
    sample_wanted = Signal()
    restore_wanted = Signal()
    folder_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.column.addLayout(title_row("Claimstead", "claimstead"))
        words = plain_label("Billing for small medical practices, on this computer.", muted=True)
        self.column.addWidget(words)
        self.column.addSpacing(6)
        self.ways = QWidget()
        self._ways = QVBoxLayout(self.ways)
        self._ways.setContentsMargins(0, 0, 0, 0)
        self._ways.setSpacing(10)
        self.column.addWidget(self.ways)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(6)
        self._ways.addLayout(self._recent)
        self._progress: QWidget | None = None
        self.recent_buttons: list[QPushButton] = []
        self.open_button = self._way("Open a practice", "folder")
        self.new_button = self._way("New practice", "new")
        self.restore_button = self._way("Restore a backup…", "folder")
        self.sample_button = self._way("Sample practice", "patients")
        note = plain_label(
            "The sample holds invented people and a training payer. Try anything on it.",
            muted=True,
        )
        note.setWordWrap(True)
        self.column.addWidget(note)
        self.open_button.clicked.connect(self._on_open)
        self.new_button.clicked.connect(self.new_wanted)
        self.restore_button.clicked.connect(self.restore_wanted)
        self.sample_button.clicked.connect(self.sample_wanted)
        self.show_recent()

    def show_recent(self) -> None:
        """List the folders opened before; the newest is the main button."""
        for old in self.recent_buttons:
            old.hide()
            old.deleteLater()
        self.recent_buttons = []
        for folder in recent_folders()[:_MOST_RECENT]:
            is_first = not self.recent_buttons
            made = Button(f"Open “{folder.name}”", primary=is_first)
            made.setToolTip(str(folder))
            made.setMinimumHeight(38)
            made.clicked.connect(lambda _c=False, folder=folder: self.folder_chosen.emit(folder))
            self._recent.addWidget(made)
            self.recent_buttons.append(made)

    def show_progress(self, runner: Runner) -> None:
        """From now on show what the runner is busy with."""
        from desktop.ui.lib.progress import ProgressStrip  # noqa: PLC0415 - the first paint has none

        if self._progress is None:
            self._progress = ProgressStrip(runner, characters=22)
            self.column.addWidget(self._progress)

    def focus_first(self) -> None:
        """Put the focus on what the user most likely wants."""
        (self.recent_buttons[0] if self.recent_buttons else self.new_button).setFocus()

    def _way(self, text: str, icon_name: str) -> QPushButton:
        made = Button(text)
        made.setIcon(icon(icon_name, theme.current().text))
        made.setIconSize(QSize(18, 18))
        made.setMinimumHeight(38)
        self._ways.addWidget(made)
        return made

    def _on_open(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose the folder of the practice")
        if name:
            self.folder_chosen.emit(Path(name))
