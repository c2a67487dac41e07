"""The choice “By meaning” beside the search line: prepared once, with progress, then quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.services.coding.base.values import BEST, BUILT_IN
from desktop.services.practice.codes import code_pages
from desktop.ui.lib import messages
from desktop.ui.lib.edits import Check
from desktop.ui.lib.settings import keep_search_mode, search_mode

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.errors import AppError
    from desktop.services.practice.codes.code_pages import BestSearch
    from desktop.ui.lib.page import Context


class MeaningChoice(QObject):
    """Shown only where the optional packages are installed.

    Signals:
        changed: searching works otherwise from now on.
    """

    changed = Signal()

    def __init__(self, owner: QWidget, context: Context) -> None:
        super().__init__(owner)
        self._owner = owner
        self._context = context
        self._system = ""
        self._ready_for = ""
        self.check = Check("By &meaning")
        self.check.setToolTip(
            "Search by meaning as well as by words. The first time this takes some minutes; "
            "nothing leaves this computer."
        )
        self.check.setChecked(search_mode() == BEST)
        self.check.hide()
        self.check.edited.connect(self._begin)

    def mode(self, system: str) -> str:
        """How to search a system now."""
        chosen = self.check.isChecked() and self._ready_for == system
        return BEST if chosen else BUILT_IN

    def use(self, system: str, *, again: bool = False) -> None:
        """Search this system from now on; `again` when its codes may have changed."""
        if again:
            self._ready_for = ""
        # The visit's screen has the same choice; it may have changed since.
        chosen = search_mode() == BEST
        moved = chosen != self.check.isChecked()
        self.check.setChecked(chosen)
        if again or moved or system != self._system:
            self._system = system
            self._ask()

    def _ask(self) -> None:
        system = self._system
        self._context.runner.read(
            self._owner,
            lambda work: code_pages.best_search(work, system),
            lambda found: self._on_state(system, found),
        )

    def _begin(self) -> None:
        keep_search_mode(BEST if self.check.isChecked() else BUILT_IN)
        if self.check.isChecked():
            self._ask()
        else:
            self.changed.emit()

    def _on_state(self, system: str, found: BestSearch) -> None:
        self.check.setVisible(found.is_possible)
        chosen = found.is_possible and self.check.isChecked()
        if not chosen or system != self._system:
            return
        if found.is_ready:
            self._on_ready(system)
            return
        self._context.runner.whole(
            self._owner,
            lambda database, progress: code_pages.prepare_best(database, system, progress),
            lambda _none: self._on_ready(system),
            self._on_failed,
            progress_text="Preparing the search by meaning",
            disable=self.check,
        )

    def _on_ready(self, system: str) -> None:
        self._ready_for = system
        self.changed.emit()

    def _on_failed(self, error: AppError) -> None:
        self.check.setChecked(False)
        keep_search_mode(BUILT_IN)
        messages.warn(self._owner, f"{error} The search by words goes on.")
