"""Tables of frozen rows: columns as data, a model that only reads memory, a dense view.

`RowsTable` is what a page uses: a filter line, the table, and a foot with the count and the sum
of the chosen amounts. Keyboard: Up and Down move, Enter opens, Ctrl+C copies, a letter typed in
the filter narrows. A state is a mark and a word, never a colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.models.values.money import Money, total
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.rows import WIDTHS, Column, Kind, RowsModel, Tone, tone_icon
from desktop.ui.lib.settings import machine_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Column", "Kind", "RowsModel", "RowsTable", "RowsView", "Tone", "tone_icon"]


class RowsView(QTableView):
    """The table itself.

    Signals:
        entered_row: Enter or a double click; carries the row.
    """

    entered_row = Signal(object)

    def __init__(self, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows_model = model
        self._stretch: tuple[int, int] | None = None
        self.empty_text = ""
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(int(self.fontMetrics().lineSpacing() * 1.55))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(36)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda index: self.entered_row.emit(model.row_at(index)))

    def set_stretch(self, at: int, least: int) -> None:
        """Let one column take the room that is left, but never less than `least` pixels."""
        self._stretch = (at, least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: a narrow window scrolls sideways instead of cutting names short."""
        if self._stretch is not None:
            at, least = self._stretch
            header = self.horizontalHeader()
            others = sum(header.sectionSize(n) for n in range(header.count()) if n != at)
            mode = QHeaderView.ResizeMode
            fits = self.viewport().width() - others >= least
            header.setSectionResizeMode(at, mode.Stretch if fits else mode.Interactive)
            if not fits:
                header.resizeSection(at, least)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter opens, Ctrl+C copies the chosen rows as columns."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            row = self._rows_model.row_at(self.currentIndex())
            if row is not None:
                self.entered_row.emit(row)
                return
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self.copied())
            return
        super().keyPressEvent(event)

    def copied(self) -> str:
        """The chosen rows as tab-separated text with headings, in the columns' shown order."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(at) for at in range(header.count())]
        columns = [self._rows_model.columns[at] for at in order if not header.isSectionHidden(at)]
        lines = [[column.title for column in columns]]
        lines += [[_one_line(column.text(row)) for column in columns] for row in self.chosen_rows()]
        return "\n".join("\t".join(line) for line in lines)

    def chosen_rows(self) -> list[Any]:
        """The selected rows, top to bottom."""
        numbers = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self._rows_model.rows[at] for at in numbers if at < len(self._rows_model.rows)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt: an empty table says what to do next."""
        super().paintEvent(event)
        if self._rows_model.rowCount() or not self.empty_text:
            return
        painter = QPainter(self.viewport())
        painter.setPen(theme.current().muted)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.viewport().rect().adjusted(24, 12, -24, -12), flags, self.empty_text)
        painter.end()


def _one_line(text: str) -> str:
    return " ".join(text.split())


class RowsTable(QWidget):
    """Filter line, table and foot.

    Signals:
        opened: a row, by Enter or double click.
        selection_changed: the list of chosen rows.
        filter_edited: the filter's text, for pages that search in the database instead.
    """

    opened = Signal(object)
    selection_changed = Signal(object)
    filter_edited = Signal(str)

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        name: str,
        empty: str = "",
        filter_hint: str = "Filter these rows",
        own_filter: bool = True,
        id_key: str = "id",
    ) -> None:
        """Make one.

        `name` remembers the user's columns on this machine; `empty` says what to do when there
        are no rows. Without `own_filter` typing only emits `filter_edited`. `id_key` is the
        attribute by which the chosen row is found again after a refresh.
        """
        super().__init__()
        self._name = name
        self._id_key = id_key
        self._empty = empty
        self._is_loaded = False
        self._own_filter = own_filter
        self.model = RowsModel(columns, self)
        self.view = RowsView(self.model, self)
        self.view.setAccessibleName(name)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(filter_hint)
        self.filter.setAccessibleName(filter_hint)
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaxLength(120)
        self._count = plain_label(muted=True)
        self._sum = plain_label()
        self._lay_out()
        self._set_widths()
        self._connect()

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show rows; the chosen row, the sorting and the scroll position stay."""
        self._is_loaded = True
        kept = self._id(self.current_row())
        at = self.view.verticalScrollBar().value()
        self.model.set_rows(rows)
        self._restore(kept)
        self.view.verticalScrollBar().setValue(at)
        self._tell()

    def rows(self) -> list[Any]:
        """The rows as shown."""
        return list(self.model.rows)

    def current_row(self) -> Any:
        """The row with the cursor, None when there is none."""
        return self.model.row_at(self.view.currentIndex())

    def chosen_rows(self) -> list[Any]:
        """The selected rows, top to bottom."""
        return self.view.chosen_rows()

    def select_id(self, record_id: object) -> bool:
        """Put the cursor on the row with this id."""
        return self._restore(record_id)

    def select_first(self) -> None:
        """Put the cursor on the first row."""
        self.select_at(0)

    def select_at(self, at: int) -> None:
        """Put the cursor on a row by its place, whatever keys are held down meanwhile."""
        if 0 <= at < self.model.rowCount():
            flags = QItemSelectionModel.SelectionFlag
            choose = flags.ClearAndSelect | flags.Rows
            self.view.selectionModel().setCurrentIndex(self.model.index(at, 0), choose)

    def set_empty_text(self, text: str) -> None:
        """What an empty table says."""
        self._empty = text
        self._tell()

    def focus_filter(self) -> None:
        """Ctrl+F: put the cursor into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def sum_text(self) -> str:
        """What the foot says about the chosen rows."""
        return self._sum.text()

    def count_text(self) -> str:
        """What the foot says about the number of rows."""
        return self._count.text()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addWidget(self.filter)
        outer.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._sum)
        outer.addLayout(foot)
        self.setFocusProxy(self.view)

    def _set_widths(self) -> None:
        header = self.view.horizontalHeader()
        figure = self.view.fontMetrics().horizontalAdvance("0")
        for at, column in enumerate(self.model.columns):
            characters = column.width or WIDTHS[column.kind]
            pixels = max(characters, len(column.title) + 2) * figure + 10
            self.view.setColumnWidth(at, pixels)
            if column.stretch:
                self.view.set_stretch(at, pixels)
            self.view.setColumnHidden(at, column.hidden)
        if not any(column.stretch for column in self.model.columns):
            header.setStretchLastSection(True)
        kept = machine_settings().value(self._settings_key())
        if kept is not None:
            header.restoreState(kept)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _connect(self) -> None:
        self.view.entered_row.connect(self.opened)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.filter.textChanged.connect(self._on_filter)
        header = self.view.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sectionMoved.connect(lambda *_where: self._keep_columns())

    def _settings_key(self) -> str:
        return f"columns/{self._name}"

    def _keep_columns(self) -> None:
        state = self.view.horizontalHeader().saveState()
        machine_settings().setValue(self._settings_key(), state)

    def _on_header_menu(self, where: QPoint) -> None:
        menu = self.column_menu()
        menu.exec(self.view.horizontalHeader().mapToGlobal(where))
        menu.deleteLater()

    def column_menu(self) -> QMenu:
        """A menu with a check for each column; the last one shown cannot be taken away."""
        menu = QMenu(self)
        for at, column in enumerate(self.model.columns):
            action = QAction(column.title, menu)
            action.setCheckable(True)
            action.setChecked(not self.view.isColumnHidden(at))
            action.toggled.connect(lambda on, at=at: self._show_column(at, shown=on))
            menu.addAction(action)
        return menu

    def _show_column(self, at: int, *, shown: bool) -> None:
        hidden = sum(self.view.isColumnHidden(each) for each in range(len(self.model.columns)))
        if shown or hidden < len(self.model.columns) - 1:
            self.view.setColumnHidden(at, not shown)
            self._keep_columns()

    def _on_filter(self, text: str) -> None:
        if self._own_filter:
            kept = self._id(self.current_row())
            self.model.set_filter(text)
            if not self._restore(kept):
                self.select_first()
            self._tell()
        self.filter_edited.emit(text)

    def _id(self, row: object) -> object:
        return None if row is None else getattr(row, self._id_key, None)

    def _restore(self, record_id: object) -> bool:
        if record_id is None:
            return False
        for at, row in enumerate(self.model.rows):
            if self._id(row) == record_id:
                self.select_at(at)
                return True
        return False

    def _on_selection(self) -> None:
        self._tell()
        self.selection_changed.emit(self.chosen_rows())

    def _tell(self) -> None:
        if not self._is_loaded:
            # Until the answer comes nobody knows whether there is nothing.
            return
        shown, all_rows = self.model.rowCount(), self.model.total_count
        rows = "row" if all_rows == 1 else "rows"
        self._count.setText(
            f"{all_rows:,} {rows}" if shown == all_rows else f"{shown:,} of {all_rows:,} {rows}"
        )
        narrowed = all_rows and not shown
        self.view.empty_text = (
            "No row matches the filter. Esc clears it." if narrowed else self._empty
        )
        chosen = self.chosen_rows()
        parts = []
        for column in self.model.columns:
            if column.kind is Kind.MONEY and len(chosen) > 1:
                amounts = [column.value(row) for row in chosen]
                whole = total(each for each in amounts if isinstance(each, Money))
                parts.append(f"{column.title} {whole.shown}")
        self._sum.setText(f"{len(chosen)} chosen:  " + "   ".join(parts) if parts else "")
        self.view.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: between filter and table with Down and Enter; Esc clears the filter."""
        in_filter = self.filter.hasFocus()
        if in_filter and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            if self.current_row() is None:
                self.select_first()
            return
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
            return
        super().keyPressEvent(event)
