from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QPalette

from desktop.resources import resource
from desktop.ui.lib import commands, schemes, theme
from desktop.ui.lib.icons import icon
from desktop.ui.lib.schemes import CONTRACTS, SCHEMES, Scheme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_every_painted_pair_has_its_contrast(scheme: Scheme) -> None:
    short = [
        (ink, ground, round(schemes.contrast(getattr(scheme, ink), getattr(scheme, ground)), 2))
        for ink, ground, least in CONTRACTS
        if schemes.contrast(getattr(scheme, ink), getattr(scheme, ground)) < least
    ]
    assert short == []


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_the_applied_palette_is_the_computed_one(qapp: QApplication, scheme: Scheme) -> None:
    theme.apply_theme(scheme)
    assert qapp.palette().color(QPalette.ColorRole.WindowText).name() == scheme.text
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == scheme.base
    assert theme.current() is scheme


def test_contrast_by_the_known_ends() -> None:
    assert schemes.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert schemes.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_choice_is_remembered() -> None:
    theme.choose_theme(theme.ThemeChoice.DARK)
    assert theme.chosen_theme() is theme.ThemeChoice.DARK
    assert theme.current() is schemes.DARK


def test_each_icon_is_drawn_by_strokes_and_renders(qapp: QApplication) -> None:
    files = sorted(resource("icons").glob("*.svg"))
    assert len(files) >= 10
    for file in files:
        root = ET.parse(file).getroot()
        assert root.get("stroke") == "currentColor", file.name
        image = icon(file.stem, "#ff0000").pixmap(18, 18).toImage()
        inks = {image.pixelColor(x, y).red() for x in range(18) for y in range(18)}
        assert 255 in inks, file.name


def test_each_key_is_given_out_once() -> None:
    keys = Counter(key for command in commands.ALL for key in command.keys)
    assert [key for key, count in keys.items() if count > 1] == []
    names = Counter(command.id for command in commands.ALL)
    assert [name for name, count in names.items() if count > 1] == []


def test_standard_keys_keep_their_meaning() -> None:
    given = {key: command for command in commands.ALL for key in command.keys}
    assert given["F1"] is commands.HELP
    assert given["F5"] is commands.REFRESH
    assert given["Ctrl+P"] is commands.PRINT
    assert given["Ctrl+S"] is commands.SAVE
    assert given["Ctrl+F"] is commands.SEARCH
    assert given["Ctrl+Z"] is commands.UNDO
    assert given["F3"] is commands.FIND_PATIENT
    assert given["Ctrl+K"] is commands.PALETTE
    assert given["Ctrl+L"] is commands.LOCK
