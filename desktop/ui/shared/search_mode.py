"""How this machine searches diagnoses: by words, or by meaning as well; chosen once, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.services.coding.base.values import BEST, BUILT_IN, ICD10CM
from desktop.services.core.work import Changes
from desktop.services.practice.codes import code_pages
from desktop.ui.lib import messages
from desktop.ui.lib.settings import keep_search_mode, search_mode

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.errors import AppError
    from desktop.ui.lib.page import Context


class SearchMode(QObject):
    """Searching goes on by words until what the search by meaning needs has been made.

    That takes minutes the first time, with progress and Cancel; later it is loaded in a moment.
    """

    def __init__(self, owner: QWidget, context: Context) -> None:
        super().__init__(owner)
        self._owner = owner
        self._context = context
        self._is_ready = False
        self._is_busy = False
        context.runner.on_change(owner, Changes.CODES, self._on_codes)
        if search_mode() == BEST:
            self._prepare(said=False)

    def mode(self) -> str:
        """How to search now."""
        return BEST if self._is_ready else BUILT_IN

    def toggle(self) -> None:
        """Search by meaning as well from now on, or by words alone."""
        if self._is_busy:
            messages.info(self._owner, "The search by meaning is being prepared.")
        elif search_mode() == BEST:
            self._leave()
            messages.info(self._owner, "Diagnoses are searched by words alone now.")
        else:
            keep_search_mode(BEST)
            self._prepare(said=True)

    def _leave(self) -> None:
        keep_search_mode(BUILT_IN)
        self._is_ready = False

    def _on_codes(self) -> None:
        """Another release has other words; their meanings are made behind the user's back."""
        if search_mode() == BEST and not self._is_busy:
            self._prepare(said=False)

    def _prepare(self, *, said: bool) -> None:
        self._is_ready, self._is_busy = False, True

        def done(_none: None) -> None:
            self._is_busy, self._is_ready = False, search_mode() == BEST
            if said:
                messages.info(self._owner, "Diagnoses are searched by meaning as well now.")

        def failed(error: AppError) -> None:
            self._is_busy = False
            self._leave()
            messages.warn(self._owner, f"{error} The search by words goes on.")

        self._context.runner.whole(
            self._owner,
            lambda database, progress: code_pages.prepare_best(database, ICD10CM, progress),
            done,
            failed,
            progress_text="Preparing the search by meaning",
        )
