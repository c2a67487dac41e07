"""An open practice in the window: side bar, pages, status. Pages are made when first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.icons import icon
from desktop.ui.lib.messages import Level, Notice, NoticeBar
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.progress import ProgressStrip

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent

    from desktop.ui.frame.pages import PageSpec
    from desktop.ui.lib.commands import Command
    from desktop.ui.lib.runner import Runner

_SIDE_WIDTH = 21
# Below so many digits of width the side bar shows icons alone (150 % on a small screen).
_NARROW = 125


class Shell(QWidget):
    """Everything inside the window while a practice is open and unlocked.

    Signals:
        page_changed: the id of the page now shown.
        menu_wanted: the menu button was pressed; carries the button.
    """

    page_changed = Signal(str)
    menu_wanted = Signal(object)

    def __init__(
        self,
        runner: Runner,
        today: Callable[[], dt.date],
        pages: Sequence[PageSpec],
        *,
        is_sample: bool,
        who: str,
    ) -> None:
        super().__init__()
        self.context = Context(runner=runner, today=today, go=self.go, is_sample=is_sample)
        self._specs = tuple(pages)
        self._pages: dict[str, Page] = {}
        self.notices = NoticeBar()
        # A bar of its own: what is said at the foot must not push the warning away.
        self.warning = NoticeBar()
        self.stack = QStackedWidget()
        self.side = self._side_bar()
        self.menu_button = Button("Menu")
        self.menu_button.setObjectName("menu")
        self.menu_button.setToolTip("Keys, colors, lock, close")
        self.menu_button.clicked.connect(lambda: self.menu_wanted.emit(self.menu_button))
        self._lay_out(who, is_sample=is_sample)
        self.side.currentRowChanged.connect(self._on_side)
        self.side.itemActivated.connect(lambda _item: self._enter_page())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: a narrow window gives the side bar's words to the page."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().horizontalAdvance("0") * _NARROW
        for row, spec in enumerate(self._specs):
            self.side.item(row).setText("" if narrow else spec.title)
        wide = self.side.fontMetrics().horizontalAdvance("0") * _SIDE_WIDTH
        self.side.setFixedWidth(self.menu_button.sizeHint().width() if narrow else wide)

    def open_first(self) -> None:
        """Show the first page."""
        if self._specs:
            self.go(self._specs[0].id)

    def go(self, page_id: str, argument: object = None, /) -> None:
        """Show a page, made now if need be, and on it a record if one is named."""
        row = next((at for at, spec in enumerate(self._specs) if spec.id == page_id), -1)
        if row < 0:
            return
        page = self._show(row)
        if argument is not None:
            page.show_record(argument)
        else:
            page.focus_search()

    def go_to_number(self, number: int) -> None:
        """Ctrl+1 to Ctrl+9: the page at that place of the side bar."""
        if 1 <= number <= len(self._specs):
            self.go(self._specs[number - 1].id)

    def page(self) -> Page | None:
        """The page shown now."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def specs(self) -> Sequence[PageSpec]:
        """The pages of the side bar."""
        return self._specs

    def page_commands(self) -> list[tuple[Command, QAction]]:
        """What works on the page shown now."""
        page = self.page()
        return page.commands() if page else []

    def next_pane(self) -> None:
        """F6: from the side bar into the page, through its panes, and back."""
        page = self.page()
        panes: list[QWidget] = [self.side, *(page.panes() if page else [])]
        panes = [pane for pane in panes if pane.isVisible()]
        at = next((n for n, pane in enumerate(panes) if pane.hasFocus() or _holds_focus(pane)), -1)
        panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def unsaved_pages(self) -> list[str]:
        """Titles of pages on which something typed is not saved."""
        titles = {spec.id: spec.title for spec in self._specs}
        return [titles[key] for key, page in self._pages.items() if page.has_unsaved()]

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`."""
        self.notices.show_notice(notice)

    def warn_lastingly(self, text: str) -> None:
        """Warn above every page until the user takes the warning away."""
        self.warning.show_notice(Notice(Level.WARN, text))

    def undo(self) -> None:
        """Ctrl+Z: what the page can take back, else what the notice offers."""
        page = self.page()
        if page is None or not page.undo():
            self.notices.press_action()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Esc that nobody used takes the notice away."""
        if event.key() == Qt.Key.Key_Escape and self.notices.notice is not None:
            self.notices.clear()
        else:
            super().keyPressEvent(event)

    def recolour(self) -> None:
        """Draw the icons anew after the colours changed."""
        for row, spec in enumerate(self._specs):
            self.side.item(row).setIcon(icon(spec.icon, theme.current().text))

    def _show(self, row: int) -> Page:
        """Bring a page to the front; the focus stays where it is."""
        spec = self._specs[row]
        page, is_new = self._page(spec)
        self.stack.setCurrentWidget(page)
        self.side.blockSignals(True)  # noqa: FBT003
        self.side.setCurrentRow(row)
        self.side.blockSignals(False)  # noqa: FBT003
        if is_new:
            page.refresh()
        self.page_changed.emit(spec.id)
        return page

    def _page(self, spec: PageSpec) -> tuple[Page, bool]:
        known = self._pages.get(spec.id)
        if known is not None:
            return known, False
        page = spec.factory(self.context)
        self._pages[spec.id] = page
        self.stack.addWidget(page)
        return page, True

    def _side_bar(self) -> QListWidget:
        side = QListWidget()
        side.setObjectName("sideBar")
        side.setAccessibleName("Pages")
        side.setIconSize(QSize(18, 18))
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for number, spec in enumerate(self._specs, start=1):
            item = QListWidgetItem(icon(spec.icon), spec.title)
            item.setToolTip(f"{spec.title} (Ctrl+{number})" if number <= 9 else spec.title)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spec.title)
            item.setSizeHint(QSize(0, int(side.fontMetrics().lineSpacing() * 2.1)))
            side.addItem(item)
        side.setFixedWidth(side.fontMetrics().horizontalAdvance("0") * _SIDE_WIDTH)
        return side

    def _lay_out(self, who: str, *, is_sample: bool) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if is_sample:
            day = self.context.today().isoformat()
            banner = plain_label(
                f"Sample practice — training payer, invented people — clock stands at {day}"
            )
            banner.setObjectName("sampleBanner")
            outer.addWidget(banner)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.side, 1)
        left.addWidget(self.menu_button)
        middle.addLayout(left)
        content = QVBoxLayout()
        content.setSpacing(0)
        content.addWidget(self.warning)
        content.addWidget(self.stack, 1)
        content.addWidget(self.notices)
        middle.addLayout(content, 1)
        outer.addLayout(middle, 1)
        rule = plain_label()
        theme.flag(rule, "rule")
        outer.addWidget(rule)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 3, 10, 3)
        foot.addWidget(ProgressStrip(self.context.runner), 1)
        foot.addWidget(plain_label(f"{who}   ·   F1 keys   ·   Ctrl+K find anything", muted=True))
        outer.addLayout(foot)

    def _on_side(self, row: int) -> None:
        if 0 <= row < len(self._specs):
            self._show(row)

    def _enter_page(self) -> None:
        page = self.page()
        if page is not None:
            page.focus_search()


def _holds_focus(pane: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return isinstance(focused, QWidget) and pane.isAncestorOf(focused)
