"""Colours, fonts and style of the window: light, dark and high contrast, computed and tested.

Each scheme is a handful of named colours; everything else is derived. `CONTRACTS` lists which
pair needs which contrast (WCAG 2.2: 4.5:1 for text, 3:1 for controls), so that a test can
compute them instead of trusting an eye.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.lib.settings import machine_settings

THEME_KEY = "theme"
STYLE = "Fusion"
STYLE_VARIABLE = "QT_STYLE_OVERRIDE"
TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0


class ThemeChoice(StrEnum):
    """What the user may choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high contrast"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours of one theme, as ``#rrggbb``.

    Attributes:
        window: behind everything; `side` behind the side bar; `base` behind rows and fields.
        stripe: every second row.
        line: hairlines between areas, decoration only.
        edge: outline of a control, which must be seen.
        text: on window, side and base; `muted` for what matters less but is still read.
        accent: the one accent, for focus, links, the chosen page and the main button.
        on_accent: text upon the accent.
        selection: behind chosen rows, with `text` upon it.
        good, warn, bad: text and icons of a state; always with a word beside them.
        banner: behind the sample practice's line, with `on_banner` upon it.
    """

    name: str
    window: str
    side: str
    base: str
    stripe: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    good: str
    warn: str
    bad: str
    banner: str
    on_banner: str

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return luminance(self.window) < 0.2


LIGHT = Scheme(
    name="light",
    window="#f4f5f3",
    side="#e9ece8",
    base="#ffffff",
    stripe="#f7f8f6",
    line="#d3d8d2",
    edge="#7f8a83",
    text="#1b231f",
    muted="#55605a",
    accent="#0b6650",
    on_accent="#ffffff",
    selection="#cfe6de",
    good="#1d6b33",
    warn="#855000",
    bad="#a8231d",
    banner="#fbe8b8",
    on_banner="#4a3500",
)
DARK = Scheme(
    name="dark",
    window="#1b1f1e",
    side="#151918",
    base="#222726",
    stripe="#272d2b",
    line="#38403d",
    edge="#7d8a85",
    text="#e6ebe8",
    muted="#a9b5af",
    accent="#5cc4a4",
    on_accent="#06231a",
    selection="#24493e",
    good="#7fd091",
    warn="#e8b660",
    bad="#ff9c90",
    banner="#4a3a10",
    on_banner="#fbe6b3",
)
HIGH_LIGHT = Scheme(
    name="high contrast, light",
    window="#ffffff",
    side="#ffffff",
    base="#ffffff",
    stripe="#ffffff",
    line="#000000",
    edge="#000000",
    text="#000000",
    muted="#1f1f1f",
    accent="#003f2f",
    on_accent="#ffffff",
    selection="#b9f0dc",
    good="#00420f",
    warn="#4d2d00",
    bad="#7a0000",
    banner="#ffe27a",
    on_banner="#000000",
)
HIGH_DARK = Scheme(
    name="high contrast, dark",
    window="#000000",
    side="#000000",
    base="#000000",
    stripe="#000000",
    line="#ffffff",
    edge="#ffffff",
    text="#ffffff",
    muted="#e6e6e6",
    accent="#7dffd8",
    on_accent="#000000",
    selection="#004d3a",
    good="#8dff9f",
    warn="#ffd75e",
    bad="#ffb3ab",
    banner="#ffd75e",
    on_banner="#000000",
)
SCHEMES = (LIGHT, DARK, HIGH_LIGHT, HIGH_DARK)

# (foreground, background, least contrast): every pair that the window really paints.
CONTRACTS: tuple[tuple[str, str, float], ...] = (
    *(
        (ink, ground, TEXT_CONTRAST)
        for ink in ("text", "muted", "good", "warn", "bad")
        for ground in ("window", "side", "base", "stripe")
    ),
    ("text", "selection", TEXT_CONTRAST),
    ("muted", "selection", TEXT_CONTRAST),
    ("good", "selection", TEXT_CONTRAST),
    ("warn", "selection", TEXT_CONTRAST),
    ("bad", "selection", TEXT_CONTRAST),
    ("on_accent", "accent", TEXT_CONTRAST),
    ("accent", "window", TEXT_CONTRAST),
    ("accent", "base", TEXT_CONTRAST),
    ("on_banner", "banner", TEXT_CONTRAST),
    ("edge", "base", CONTROL_CONTRAST),
    ("edge", "window", CONTROL_CONTRAST),
    ("accent", "side", CONTROL_CONTRAST),
)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2, 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def chosen_theme() -> ThemeChoice:
    """What this machine's user chose; the system's own until then."""
    try:
        return ThemeChoice(str(machine_settings().value(THEME_KEY, ThemeChoice.SYSTEM)))
    except ValueError:
        return ThemeChoice.SYSTEM


def choose_theme(choice: ThemeChoice) -> None:
    """Keep the choice on this machine and show it at once."""
    settings = machine_settings()
    settings.setValue(THEME_KEY, choice.value)
    settings.sync()
    apply_theme()


def scheme_for(choice: ThemeChoice) -> Scheme:
    """The colours of a choice, asking the system where the choice leaves it open."""
    system_dark = _system_is_dark()
    if choice is ThemeChoice.HIGH_CONTRAST:
        return HIGH_DARK if system_dark else HIGH_LIGHT
    if choice is ThemeChoice.SYSTEM:
        return DARK if system_dark else LIGHT
    return DARK if choice is ThemeChoice.DARK else LIGHT


def _system_is_dark() -> bool:
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.property("claimstead_scheme") is None:
        # At the start the palette is still the system's own. Asking it spares the first paint
        # the loading of the `Qt` namespace.
        return app.palette().window().color().lightness() < 128
    from PySide6.QtCore import Qt  # noqa: PLC0415 - a large namespace, not needed to paint

    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def current() -> Scheme:
    """The scheme the application shows now."""
    app = QApplication.instance()
    name = app.property("claimstead_scheme") if app else None
    return next((scheme for scheme in SCHEMES if scheme.name == name), LIGHT)


def apply_theme(scheme: Scheme | None = None) -> Scheme:
    """Give the whole application its style, palette, font features and style sheet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")  # noqa: TRY004 - too early, no wrong type
    scheme = scheme or scheme_for(chosen_theme())
    if app.property("claimstead_scheme") is None:
        if os.environ.get(STYLE_VARIABLE) != STYLE:
            app.setStyle(STYLE)
        app.setFont(tabular(app.font()))
    app.setProperty("claimstead_scheme", scheme.name)
    app.setPalette(palette_of(scheme))
    app.setStyleSheet(style_sheet(scheme))
    return scheme


def follow_system(app: QApplication) -> None:
    """Change with the system's light and dark, as long as the user's choice leaves it open."""
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: apply_theme())


def tabular(font: QFont) -> QFont:
    """The font with figures of equal width, so that amounts align."""
    aligned = QFont(font)
    aligned.setFeature(QFont.Tag("tnum"), 1)
    return aligned


def flag(widget: QWidget, name: str) -> None:
    """Give a widget one of the looks of the style sheet: muted, title, primary, quiet."""
    widget.setProperty(name, bool(name))


def palette_of(scheme: Scheme) -> QPalette:
    """Qt's palette from a scheme, for every widget the style sheet does not name."""
    role = QPalette.ColorRole
    colours = {
        role.Window: scheme.window,
        role.WindowText: scheme.text,
        role.Base: scheme.base,
        role.AlternateBase: scheme.stripe,
        role.Text: scheme.text,
        role.Button: scheme.window,
        role.ButtonText: scheme.text,
        role.BrightText: scheme.on_accent,
        role.Highlight: scheme.selection,
        role.HighlightedText: scheme.text,
        role.ToolTipBase: scheme.base,
        role.ToolTipText: scheme.text,
        role.PlaceholderText: scheme.muted,
        role.Link: scheme.accent,
        role.LinkVisited: scheme.accent,
        role.Accent: scheme.accent,
        role.Mid: scheme.line,
        role.Midlight: scheme.line,
        role.Dark: scheme.edge,
        role.Light: scheme.base,
        role.Shadow: scheme.edge,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(scheme.muted))
    return palette


def style_sheet(scheme: Scheme) -> str:
    """The few rules that Fusion and the palette do not cover."""
    s = scheme
    return f"""
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
QTableView {{ border: 1px solid {s.line}; gridline-color: {s.line}; background: {s.base};
    alternate-background-color: {s.stripe}; selection-background-color: {s.selection};
    selection-color: {s.text}; outline: none; }}
QTableView:focus {{ border: 1px solid {s.accent}; }}
QHeaderView {{ background: {s.window}; }}
QHeaderView::section {{ background: {s.window}; color: {s.muted}; border: none;
    border-bottom: 1px solid {s.edge}; border-right: 1px solid {s.line};
    padding: 4px 3px; font-weight: 600; }}
QTabBar::tab {{ padding: 5px 12px; border: none; border-bottom: 2px solid transparent;
    color: {s.muted}; }}
QTabBar::tab:selected {{ color: {s.text}; border-bottom: 2px solid {s.accent}; font-weight: 600; }}
QTabBar::tab:focus {{ border: 1px solid {s.accent}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {s.line}; }}
QGroupBox {{ border: none; border-top: 1px solid {s.line}; margin-top: 1.1em; padding-top: 4px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; color: {s.muted}; font-weight: 600; }}
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
QDialog#palette {{ border: 1px solid {s.edge}; }}
QListView {{ background: {s.base}; border: 1px solid {s.line}; }}
QStatusBar::item {{ border: none; }}
QScrollArea {{ border: none; }}
QLabel[muted="true"] {{ color: {s.muted}; }}
QLabel[title="true"] {{ font-size: 15pt; font-weight: 600; }}
QLabel[heading="true"] {{ font-weight: 600; }}
QLabel[bad="true"] {{ color: {s.bad}; }}
QLabel[warn="true"] {{ color: {s.warn}; }}
QLabel[good="true"] {{ color: {s.good}; }}
QFrame[card="true"] {{ background: {s.base}; border: 1px solid {s.line}; border-radius: 4px; }}
QFrame[rule="true"] {{ background: {s.line}; border: none; max-height: 1px; min-height: 1px; }}
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
QMenu {{ background: {s.base}; color: {s.text}; border: 1px solid {s.edge}; }}
QMenu::item {{ padding: 4px 22px 4px 14px; }}
QMenu::item:selected {{ background: {s.selection}; color: {s.text}; }}
QMenu::item:disabled {{ color: {s.muted}; }}
QMenu::separator {{ height: 1px; background: {s.line}; margin: 3px 0; }}
QLabel#sampleBanner {{ background: {s.banner}; color: {s.on_banner}; padding: 4px 10px;
    font-weight: 600; }}
QFrame#notice {{ background: {s.base}; border-top: 1px solid {s.line}; }}
"""
