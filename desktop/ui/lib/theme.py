"""The look of the window: which scheme of colours is shown, its palette, fonts, style sheet."""

from __future__ import annotations

import os
from enum import StrEnum

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.lib.schemes import DARK, HIGH_DARK, HIGH_LIGHT, LIGHT, SCHEMES, Scheme
from desktop.ui.lib.settings import machine_settings
from desktop.ui.lib.style import style_sheet

THEME_KEY = "theme"
STYLE = "Fusion"
STYLE_VARIABLE = "QT_STYLE_OVERRIDE"


class ThemeChoice(StrEnum):
    """What the user may choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high contrast"


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
