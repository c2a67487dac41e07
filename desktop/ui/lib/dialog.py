"""A dialog around a form: Enter goes on, Ctrl+Enter saves, Esc asks before it loses anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.lib import messages
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.messages import Notice, NoticeBar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop.errors import AppError
    from desktop.ui.lib.form import Form


class FormDialog(QDialog):
    """One form, one verb, Cancel.

    `on_save(values, dialog)` gets the checked values; it runs the service and calls
    `dialog.saved()` or `dialog.refused(error)`. The dialog stays open, with everything typed,
    until it is saved.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        form: Form,
        *,
        verb: str,
        on_save: Callable[[Mapping[str, Any], FormDialog], None],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.form = form
        self._owner = parent
        self._on_save = on_save
        self.save_button = Button(verb, primary=True)
        self.save_button.setToolTip(f"{verb} (Ctrl+Enter)")
        self.cancel_button = Button("Cancel")
        self._notices = NoticeBar()
        self._lay_out()
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        form.save_wanted.connect(self.save)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`."""
        self._notices.show_notice(notice)

    def save(self) -> None:
        """Check the fields and hand them on, once at a time."""
        if not self.save_button.isEnabled():
            return
        values = self.form.checked()
        if values is not None:
            self._on_save(values, self)

    def saved(self) -> None:
        """The service took it: close."""
        self.form.set_dirty(False)
        self.accept()

    def refused(self, error: AppError) -> None:
        """The service refused it: show why and keep everything."""
        self.form.show_error(error)

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(16, 14, 16, 10)
        inside.addWidget(self.form)
        scroll.setWidget(inner)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 12)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._notices)
        outer.addLayout(row)
        self._inner = inner

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt: as high as the form wants, as the screen allows."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        wanted = self._inner.sizeHint()
        width = min(max(wanted.width() + 24, self.form.wanted_width()), room.width() - 60)
        self.resize(width, min(wanted.height() + 90, room.height() - 80))
        owner = self._owner.window().frameGeometry()
        corner = owner.center() - self.rect().center()
        self.move(max(room.left(), corner.x()), max(room.top(), corner.y()))
        self.form.focus_first()

    def reject(self) -> None:
        """Override of Qt: what was typed is not thrown away unasked."""
        if self.form.is_dirty and not messages.confirm(
            self, "Close without saving?", verb="Discard", detail="What you typed is not saved."
        ):
            return
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter never presses a button by itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)
