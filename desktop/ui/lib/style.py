"""The style sheet: the few rules that Fusion and the palette do not cover, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.ui.lib.schemes import Scheme


def style_sheet(scheme: Scheme) -> str:
    """All rules for a scheme; later ones win over earlier ones of the same weight."""
    return "\n" + "".join(part(scheme) for part in _PARTS)


def _fields(s: Scheme) -> str:
    """What is typed into or chosen from, and the tips beside it."""
    return f"""\
QToolTip {{ color: {s.text}; background: {s.base}; border: 1px solid {s.edge}; padding: 3px; }}
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox {{
    background: {s.base}; color: {s.text}; border: 1px solid {s.edge}; border-radius: 3px;
    padding: 2px 5px; min-height: 1.35em; selection-background-color: {s.selection};
    selection-color: {s.text}; placeholder-text-color: {s.muted}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus {{
    border: 2px solid {s.accent}; padding: 1px 4px; }}
QLineEdit[bad="true"], QPlainTextEdit[bad="true"], QComboBox[bad="true"] {{
    border: 2px solid {s.bad}; padding: 1px 4px; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{
    color: {s.muted}; background: {s.window}; }}
QLineEdit:read-only {{ background: {s.window}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: none; width: 0; height: 0; }}
QComboBox QAbstractItemView {{ background: {s.base}; color: {s.text}; border: 1px solid {s.edge}; }}
"""


def _buttons(s: Scheme) -> str:
    """Buttons, with the looks primary and quiet."""
    return f"""\
QPushButton {{
    background: {s.base}; color: {s.text}; border: 1px solid {s.edge}; border-radius: 3px;
    padding: 3px 11px; min-height: 1.4em; }}
QPushButton:hover {{ background: {s.selection}; }}
QPushButton:focus {{ border: 2px solid {s.accent}; padding: 2px 10px; }}
QPushButton:disabled {{ color: {s.muted}; background: {s.window}; border-color: {s.line}; }}
QPushButton[primary="true"] {{
    background: {s.accent}; color: {s.on_accent}; border-color: {s.accent}; font-weight: 600; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {s.text}; }}
QPushButton[primary="true"]:disabled {{
    background: {s.window}; color: {s.muted}; border-color: {s.line}; }}
QPushButton[quiet="true"] {{ border: 1px solid transparent; background: transparent;
    color: {s.accent}; padding: 2px 6px; }}
QPushButton[quiet="true"]:hover {{ text-decoration: underline; }}
QPushButton[quiet="true"]:focus {{ border: 2px solid {s.accent}; padding: 1px 5px; }}
"""


def _tables(s: Scheme) -> str:
    """Tables and their heads."""
    return f"""\
QTableView {{ border: 1px solid {s.line}; gridline-color: {s.line}; background: {s.base};
    alternate-background-color: {s.stripe}; selection-background-color: {s.selection};
    selection-color: {s.text}; outline: none; }}
QTableView:focus {{ border: 1px solid {s.accent}; }}
QHeaderView {{ background: {s.window}; }}
QHeaderView::section {{ background: {s.window}; color: {s.muted}; border: none;
    border-bottom: 1px solid {s.edge}; border-right: 1px solid {s.line};
    padding: 4px 3px; font-weight: 600; }}
"""


def _tabs(s: Scheme) -> str:
    """Tabs and groups, which part a page."""
    return f"""\
QTabBar::tab {{ padding: 5px 12px; border: none; border-bottom: 2px solid transparent;
    color: {s.muted}; }}
QTabBar::tab:selected {{ color: {s.text}; border-bottom: 2px solid {s.accent}; font-weight: 600; }}
QTabBar::tab:focus {{ border: 1px solid {s.accent}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {s.line}; }}
QGroupBox {{ border: none; border-top: 1px solid {s.line}; margin-top: 1.1em; padding-top: 4px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; color: {s.muted}; font-weight: 600; }}
"""


def _bars(s: Scheme) -> str:
    """Progress and scroll bars."""
    return f"""\
QProgressBar {{ border: 1px solid {s.edge}; border-radius: 3px; background: {s.base};
    color: {s.text}; text-align: center; max-height: 1.2em; }}
QProgressBar::chunk {{ background: {s.selection}; }}
QScrollBar {{ background: {s.window}; border: none; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {s.edge}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _areas(s: Scheme) -> str:
    """Areas that hold something else."""
    return f"""\
QDialog#palette {{ border: 1px solid {s.edge}; }}
QListView {{ background: {s.base}; border: 1px solid {s.line}; }}
QStatusBar::item {{ border: none; }}
QScrollArea {{ border: none; }}
"""


def _looks(s: Scheme) -> str:
    """The looks that `theme.flag` gives to labels and frames."""
    return f"""\
QLabel[muted="true"] {{ color: {s.muted}; }}
QLabel[title="true"] {{ font-size: 15pt; font-weight: 600; }}
QLabel[heading="true"] {{ font-weight: 600; }}
QLabel[bad="true"] {{ color: {s.bad}; }}
QLabel[warn="true"] {{ color: {s.warn}; }}
QLabel[good="true"] {{ color: {s.good}; }}
QFrame[card="true"] {{ background: {s.base}; border: 1px solid {s.line}; border-radius: 4px; }}
QFrame[rule="true"] {{ background: {s.line}; border: none; max-height: 1px; min-height: 1px; }}
"""


def _side_bar(s: Scheme) -> str:
    """The side bar and the menu button below it."""
    return f"""\
QListWidget#sideBar {{ background: {s.side}; border: none; border-right: 1px solid {s.line};
    outline: none; }}
QListWidget#sideBar::item {{ border: none; border-left: 3px solid transparent; padding-left: 8px;
    color: {s.text}; }}
QListWidget#sideBar::item:hover {{ background: {s.stripe}; }}
QListWidget#sideBar::item:selected {{ background: {s.selection}; color: {s.text};
    border-left: 3px solid {s.accent}; }}
QListWidget#sideBar::item:selected:focus {{ border: 2px solid {s.accent}; padding-left: 9px; }}
QPushButton#menu {{ background: {s.side}; border: none; border-right: 1px solid {s.line};
    border-top: 1px solid {s.line}; border-radius: 0; text-align: left; padding: 6px 12px;
    color: {s.text}; }}
QPushButton#menu:hover {{ background: {s.stripe}; }}
QPushButton#menu:focus {{ border: 2px solid {s.accent}; padding: 5px 11px; }}
"""


def _menus(s: Scheme) -> str:
    """Menus, with the entry that is chosen and those out of reach."""
    return f"""\
QMenu {{ background: {s.base}; color: {s.text}; border: 1px solid {s.edge}; }}
QMenu::item {{ padding: 4px 22px 4px 14px; }}
QMenu::item:selected {{ background: {s.selection}; color: {s.text}; }}
QMenu::item:disabled {{ color: {s.muted}; }}
QMenu::separator {{ height: 1px; background: {s.line}; margin: 3px 0; }}
"""


def _lines(s: Scheme) -> str:
    """The sample practice's line and the notice."""
    return f"""\
QLabel#sampleBanner {{ background: {s.banner}; color: {s.on_banner}; padding: 4px 10px;
    font-weight: 600; }}
QFrame#notice {{ background: {s.base}; border-top: 1px solid {s.line}; }}
"""


_PARTS = (_fields, _buttons, _tables, _tabs, _bars, _areas, _looks, _side_bar, _menus, _lines)
