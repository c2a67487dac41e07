"""The tab “Browse”: any code system by search or by its tree, and each code in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.services.coding.base.values import ICD10CM, Release
from desktop.services.core.work import Changes
from desktop.services.practice.codes import code_pages
from desktop.ui.fees.changes_dialog import ChangesDialog
from desktop.ui.fees.code_tree import CodeTree
from desktop.ui.fees.code_view import EMPTY, CodeView, digit
from desktop.ui.fees.meaning import MeaningChoice
from desktop.ui.fees.visit_bar import AddCode, VisitBar
from desktop.ui.lib import messages
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.dates import shown
from desktop.ui.lib.edits import Choice, DateEdit, plain_label
from desktop.ui.lib.table import Column, RowsTable

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.practice.codes.code_pages import (
        BrowseSystem,
        CodeLine,
        Listing,
        ShownCode,
    )
    from desktop.ui.lib.page import Context

_WAIT_MS: Final = 120
_BACK: Final = 60


def _span(release: Release) -> str:
    ends = f" to {shown(release.valid_to)}" if release.valid_to else ""
    return f"{release.name}, is in force from {shown(release.valid_from)}{ends}"


def _why(line: CodeLine) -> str:
    star = "★ " if line.is_favourite else ""
    if line.why in ("", "code", "title"):
        return star + ("heading" if line.is_heading else "")
    # The title stands beside it already.
    said = line.why.removesuffix(line.title).removesuffix(": ")
    return star + (said or "title")


COLUMNS: Final = (
    Column("dotted", "Code", width=10),
    Column("title", "Title", stretch=True, width=30),
    Column("why", "Found by", getter=_why, width=14),
)


@dataclass(frozen=True, slots=True)
class BrowseRequest:
    """What another page wants to see.

    Attributes:
        on: the date of service; None for today.
        add: given by a visit: what is chosen here goes there.
    """

    code: str
    on: dt.date | None = None
    add: AddCode | None = None
    system: str = ICD10CM


class BrowseTab(QWidget):
    """Search and tree on the left, the code on the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.systems: list[BrowseSystem] = []
        self._wanted: BrowseRequest | None = None
        self._before: list[str] = []
        # The code last asked for; what is shown may still be the one before.
        self._asked = ""
        # The cursor is being put somewhere; that is no choice of the user's.
        self._is_quiet = False
        self._seen: tuple[str, dt.date | None] = ("", None)
        self._pages = context.runner.latest(self)
        self._lists = context.runner.latest(self)
        self.dialog: ChangesDialog | None = None
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._show_code(None)
        context.runner.on_change(self, Changes.CODES, self._on_loaded)

    # --- what the page calls --------------------------------------------------------------

    def refresh(self) -> None:
        """Read the systems anew, then what is shown."""
        self.context.runner.read(self, code_pages.browse_systems, self._on_systems)

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def add(self) -> None:
        """F8: the code goes to the visit that opened the browser."""
        self.add_to_visit()

    def edit(self) -> None:
        """F9: nothing here is edited."""
        messages.info(self, "Published codes are not edited.")

    def open_code(self, request: BrowseRequest) -> None:
        """Show a code; with `add`, for a visit."""
        self.visit_bar.attach(request.add)
        self._wanted = request
        self.search.clear()
        if self.systems:
            self._on_systems(self.systems)
        else:
            self.refresh()

    def open_search(self, request: BrowseRequest) -> None:
        """Start at the search line, on a date, for a visit where `add` is given."""
        self.visit_bar.attach(request.add)
        self.date.set_value(request.on or self.context.today())
        self.search.clear()
        self.focus_search()
        self.refresh()

    def toggle_favourite(self) -> None:
        """F2: put the code among the favourites, or take it out."""
        code = self.view.code
        if code is None or code.page.info.kind != "code":
            return
        info, favourite = code.page.info, not code.is_favourite

        def done(_result: None) -> None:
            said = "is a favourite now" if favourite else "is no favourite any more"
            messages.info(self, f"{info.dotted} {said}.")
            self._seen = ("", None)
            self._show_left(keep=True)
            self._ask_page(info.code)

        self.context.runner.write(
            self,
            lambda work: code_pages.set_favourite_code(
                work, info.system, info.code, favourite=favourite
            ),
            done,
        )

    def back(self) -> None:
        """Alt+Left: the code that was shown before."""
        if self._before:
            self._ask_page(self._before.pop(), remember=False)

    def show_changes(self) -> None:
        """What a release changed, as a list."""
        self.dialog = ChangesDialog(self, self.context, self.system(), self.show_code)
        self.dialog.open()

    def show_code(self, code: str) -> None:
        """Go to a code (a link was followed)."""
        self._ask_page(code)

    def add_to_visit(self) -> None:
        """Add the shown code to the visit that opened the browser."""
        code = self.view.code
        if not self.visit_bar.is_attached:
            messages.warn(self, "Open the browser from a visit to add codes to it.")
        elif code is None or not code.page.is_good:
            messages.warn(self, "This is no code that can be billed; choose one below it.")
        else:
            self.visit_bar.put(code.page.info.code, code.page.info.dotted, code.page.info.title)

    def system(self) -> str:
        """The chosen code system."""
        return str(self.chosen.value() or ICD10CM)

    def on(self) -> dt.date:
        """The date of force."""
        return self.date.value() or self.context.today()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        left = self.tree if self.left.currentWidget() is self.tree else self.list.view
        return [self.search, left, self.view]

    # --- making ---------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.chosen = Choice()
        self.chosen.setAccessibleName("Code system")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Code, words, abbreviation or a patient's words")
        self.search.setAccessibleName("Search codes")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(120)
        self.meaning = MeaningChoice(self, self.context)
        self.date = DateEdit(self.context.today)
        self.date.setAccessibleName("Date of service")
        self.date.set_value(self.context.today())
        self.notice = plain_label(muted=True)
        self.tree = CodeTree(self._load_below)
        self.list = RowsTable(COLUMNS, name="codes found", own_filter=False, id_key="code")
        self.list.filter.hide()
        self.list.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.left = QStackedWidget()
        self.left.addWidget(self.tree)
        self.left.addWidget(self.list)
        self.view = CodeView()
        self.back_button = Button("Back")
        self.favourite_button = Button("Make a favourite")
        self.changes_button = Button("What changed…")
        self.visit_bar = VisitBar()
        for button, key in (
            (self.back_button, "Alt+Left"),
            (self.favourite_button, "F2"),
            (self.changes_button, "Ctrl+Shift+H"),
        ):
            button.setToolTip(f"{button.text()} ({key})")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        label = plain_label("On")
        label.setBuddy(self.date)
        top.addWidget(self.chosen)
        top.addWidget(self.search, 1)
        top.addWidget(self.meaning.check)
        top.addWidget(label)
        top.addWidget(self.date)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        buttons = QHBoxLayout()
        for button in (self.back_button, self.favourite_button, self.changes_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(self.view, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.left)
        self.splitter.addWidget(right)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([540, 620])
        self.splitter.setStretchFactor(0, 4)
        self.splitter.setStretchFactor(1, 5)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(6)
        outer.addLayout(top)
        outer.addWidget(self.visit_bar)
        outer.addWidget(self.notice)
        outer.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.meaning.changed.connect(self._show_left)
        self.chosen.edited.connect(self._on_system)
        self.date.edited.connect(self._timer.start)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(self._go_down)
        self.search.installEventFilter(self)
        self.list.view.installEventFilter(self)
        self._timer.timeout.connect(self._show_left)
        self.tree.shown_code.connect(lambda code: self._ask_page(code, remember=False))
        self.tree.entered.connect(self._to_view)
        self.tree.numbered.connect(self._on_number)
        self.list.selection_changed.connect(self._on_chosen_rows)
        self.list.opened.connect(lambda _row: self._to_view())
        self.view.wanted.connect(self.show_code)
        self.view.numbered.connect(self._on_number)
        self.back_button.clicked.connect(lambda _on=False: self.back())
        self.favourite_button.clicked.connect(lambda _on=False: self.toggle_favourite())
        self.changes_button.clicked.connect(lambda _on=False: self.show_changes())
        self.visit_bar.add_button.clicked.connect(lambda _on=False: self.add_to_visit())
        self.visit_bar.back_button.clicked.connect(lambda _on=False: self._leave_to_visit())

    def _on_loaded(self) -> None:
        """Other releases are loaded: what the tree holds may have changed."""
        self._seen = ("", None)
        self.meaning.use(self.system(), again=True)
        self.refresh()

    # --- the left side --------------------------------------------------------------------

    def _on_systems(self, systems: list[BrowseSystem]) -> None:
        self.systems = systems
        self.chosen.set_options([(s.name, s.title) for s in systems])
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.chosen.set_value(wanted.system)
            self.date.set_value(wanted.on or self.context.today())
        self._timer.stop()
        self.meaning.use(self.system())
        self._show_left()
        if wanted is not None:
            self._ask_page(wanted.code)
        elif self._asked:
            self._ask_page(self._asked, remember=False)

    def _on_system(self) -> None:
        self._before.clear()
        self._asked = ""
        self._pages.forget()
        self._show_code(None)
        self.meaning.use(self.system())
        self._show_left()

    def _is_tree(self) -> bool:
        return any(s.name == self.system() and s.is_tree for s in self.systems)

    def _show_left(self, *, keep: bool = False) -> None:
        """The tree, the whole flat list, or what was found."""
        system, on, text = self.system(), self.on(), self.search.text().strip()
        mode = self.meaning.mode(system)
        if text or not self._is_tree():
            self._lists.read(
                lambda work: code_pages.listing(work, system, text, on, mode), self._on_found
            )
        elif self._seen != (system, on):
            self._lists.read(lambda work: code_pages.listing(work, system, "", on), self._on_top)
        else:
            self.left.setCurrentWidget(self.tree)
            self._reveal()
        here = self.view.code
        if self._asked and here is not None and here.page.on != on and not keep:
            self._ask_page(self._asked, remember=False)

    def _on_found(self, found: Listing) -> None:
        self.left.setCurrentWidget(self.list)
        self.list.view.setColumnHidden(len(COLUMNS) - 1, not self.search.text().strip())
        self.list.set_empty_text(self._nothing(found))
        self._is_quiet = True
        self.list.set_rows(found.lines)
        self._is_quiet = False
        self._tell_release(found)
        if self.search.text().strip() and found.lines:
            self.list.select_first()
            self._on_chosen_rows(self.list.chosen_rows())
        else:
            self._reveal()

    def _on_top(self, found: Listing) -> None:
        self._seen = (self.system(), self.on())
        self.tree.start(found.lines, found.favourites)
        self.left.setCurrentWidget(self.tree)
        self._tell_release(found)
        self._reveal()

    def _nothing(self, found: Listing) -> str:
        if found.nearest is not None:
            return "This date has no code set. Choose a date that a release covers."
        if self.search.text().strip() and found.release:
            return "Nothing is found. Try other words, fewer of them, or the code."
        return "This code set is not loaded. The tab “Code sets” loads its file."

    def _tell_release(self, found: Listing) -> None:
        day = shown(self.on())
        if found.is_built_in:
            text = "Built in, in our own words; the tab “Code sets” loads the published list."
        elif found.release:
            text = f"{found.release}, as in force on {day}."
        elif found.nearest is not None:
            text = f"No loaded release covers {day}. The nearest, {_span(found.nearest)}."
        else:
            text = "This code set is not loaded; the tab “Code sets” takes its files."
        self.notice.setText(text)
        self.notice.setProperty("warn", not found.release)
        self.notice.style().unpolish(self.notice)
        self.notice.style().polish(self.notice)

    def _load_below(self, parent: str) -> None:
        system, on = self.system(), self.on()
        self.context.runner.read(
            self,
            lambda work: code_pages.lines_below(work, system, parent, on),
            lambda lines: self.tree.fill(parent, lines),
        )

    def _reveal(self) -> None:
        """Open the tree where the shown code stands."""
        code = self.view.code
        if code is None:
            return
        if self.left.currentWidget() is self.list:
            row = self.list.current_row()
            if row is None or row.code != code.page.info.code:
                self._is_quiet = True
                self.list.select_id(code.page.info.code)
                self._is_quiet = False
            return
        if self.tree.current_code() == code.page.info.code:
            return
        parents = [each for each, _printed, _title in code.page.path]
        missing = self.tree.lacks(parents)
        if not missing:
            self.tree.reveal(parents, code.page.info.code)
            return
        system, on = self.system(), self.on()

        def done(found: dict[str, list[CodeLine]]) -> None:
            for parent in parents:
                if parent in found:
                    self.tree.fill(parent, found[parent])
            self.tree.reveal(parents, code.page.info.code)

        self.context.runner.read(
            self, lambda work: code_pages.lines_along(work, system, missing, on), done
        )

    def _go_down(self) -> None:
        """Enter or Down in the search line."""
        if self.left.currentWidget() is self.tree:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.tree.current_code():
                self.tree.select_first()
            return
        self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.list.current_row() is None:
            self.list.select_first()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Down leaves the search line, Esc clears it, numbers in the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if watched is self.search and event.key() == Qt.Key.Key_Down:
            self._go_down()
            return True
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if watched is self.list.view and (number := digit(event)):
            self._on_number(number)
            return True
        return False

    # --- the right side -------------------------------------------------------------------

    def _on_chosen_rows(self, rows: list[CodeLine]) -> None:
        if len(rows) == 1 and not self._is_quiet:
            self._ask_page(rows[0].code, remember=False)

    def _ask_page(self, code: str, *, remember: bool = True) -> None:
        system, on, before = self.system(), self.on(), self.view.code
        self._asked = code

        def done(found: ShownCode | None) -> None:
            if found is None:
                self._asked = "" if before is None else before.page.info.code
                messages.warn(self, f"{code} is in no loaded release.")
                return
            if remember and before is not None and before.page.info.code != found.page.info.code:
                self._before = [*self._before[-_BACK:], before.page.info.code]
            self._show_code(found)
            self._reveal()

        self._pages.read(lambda work: code_pages.code_page(work, system, code, on), done)

    def _show_code(self, code: ShownCode | None) -> None:
        self.view.show_code(code, adds_to_visit=self.visit_bar.is_attached, empty=EMPTY)
        self.back_button.setEnabled(bool(self._before))
        is_code = code is not None and code.page.info.kind == "code"
        self.favourite_button.setEnabled(is_code)
        starred = code is not None and code.is_favourite
        self.favourite_button.setText("No favourite any more" if starred else "Make a favourite")
        self.visit_bar.add_button.setEnabled(code is not None and code.page.is_good)

    def _to_view(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_number(self, number: int) -> None:
        """A code that a note asks for: into the visit, or shown."""
        code = self.view.code
        if code is None or number > len(code.page.additions):
            return
        wanted = code.page.additions[number - 1]
        if self.visit_bar.is_attached and wanted.billable:
            self.visit_bar.put(wanted.code, wanted.dotted, wanted.title)
        else:
            self.show_code(wanted.code)

    def _leave_to_visit(self) -> None:
        self.visit_bar.attach(None)
        self._show_code(self.view.code)
        self.context.go("visits")
