"""The commands that work everywhere: their actions and keys, Ctrl+K, F1 and the menu."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop.ui.frame.key_list import KeyListDialog, KeyRow
from desktop.ui.frame.palette import Deed, Palette, native_key
from desktop.ui.lib import commands
from desktop.ui.lib.theme import ThemeChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.ui.frame.pages import SearchSpec
    from desktop.ui.frame.shell import Shell
    from desktop.ui.lib.commands import Command
    from desktop.ui.lib.page import Page
    from desktop.ui.lib.runner import Runner

_MOST_NUMBERED = 9
_ALWAYS = (
    commands.THEME_SYSTEM,
    commands.THEME_LIGHT,
    commands.THEME_DARK,
    commands.THEME_CONTRAST,
    commands.QUIT,
)


class Window(Protocol):
    """What the commands ask of the window that holds them."""

    shell: Shell | None
    runner: Runner | None

    @property
    def is_locked(self) -> bool: ...  # noqa: D102

    def search_specs(self) -> Sequence[SearchSpec]: ...  # noqa: D102

    def choose_theme(self, choice: ThemeChoice) -> None: ...  # noqa: D102

    def lock(self) -> None: ...  # noqa: D102

    def ask_to_close_practice(self) -> None: ...  # noqa: D102


class WindowCommands(QObject):
    """Made after the first paint; without an open practice only the colors and Quit work.

    Attributes:
        actions: each command with its action.
    """

    def __init__(self, parent: QWidget, window: Window) -> None:
        super().__init__(parent)
        self._parent = parent
        self._window = window
        self.actions: list[tuple[Command, QAction]] = []
        colors = window.choose_theme
        deeds: tuple[tuple[Command, Callable[[], object]], ...] = (
            (commands.HELP, self.show_keys),
            (commands.PALETTE, self.open_palette),
            (commands.FIND_PATIENT, lambda: self.open_palette(patients_only=True)),
            (commands.NEXT_PANE, self._on_next_pane),
            (commands.REFRESH, self._on_refresh),
            (commands.SEARCH, self._on_search),
            (commands.UNDO, self._on_undo),
            (commands.BACKUP, lambda: self._on_setup("back up")),
            (commands.DOCTOR, lambda: self._on_setup("examine")),
            (commands.LOCK, window.lock),
            (commands.CLOSE_PRACTICE, window.ask_to_close_practice),
            (commands.THEME_SYSTEM, lambda: colors(ThemeChoice.SYSTEM)),
            (commands.THEME_LIGHT, lambda: colors(ThemeChoice.LIGHT)),
            (commands.THEME_DARK, lambda: colors(ThemeChoice.DARK)),
            (commands.THEME_CONTRAST, lambda: colors(ThemeChoice.HIGH_CONTRAST)),
            (commands.QUIT, parent.close),
        )
        for command, do in deeds:
            self._add(command, do)
        for number in range(1, _MOST_NUMBERED + 1):
            self._add_number(number)

    def enable(self) -> None:
        """Let those work that can now."""
        is_open = self._window.shell is not None and not self._window.is_locked
        finds_patients = any(spec.patients for spec in self._window.search_specs())
        for command, action in self.actions:
            works = is_open or command in _ALWAYS
            if command is commands.FIND_PATIENT:
                works = works and finds_patients
            action.setEnabled(works)

    def working(self) -> list[tuple[Command, QAction]]:
        """What works here and now: the page's commands first, then the window's."""
        shell = self._window.shell
        own = [(command, action) for command, action in self.actions if action.isEnabled()]
        return [*(shell.page_commands() if shell else []), *own]

    def open_palette(self, *, patients_only: bool = False) -> Palette | None:
        """Ctrl+K, and F3 with patients only."""
        shell, runner = self._window.shell, self._window.runner
        if shell is None or runner is None or self._window.is_locked:
            return None
        specs = self._window.search_specs()
        box = Palette(
            self._parent,
            deeds=() if patients_only else self._deeds(),
            searches=[spec for spec in specs if spec.patients or not patients_only],
            runner=runner,
            go=shell.go,
            prompt=(
                "Name, birth date, phone or account number"
                if patients_only
                else "A command, a page, or a part of a name"
            ),
        )
        box.finished.connect(box.deleteLater)
        box.open()
        box.line.setFocus()
        return box

    def show_keys(self) -> None:
        """F1: the keys that work here and now."""
        rows = [
            KeyRow(
                command.id,
                ", ".join(native_key(key) for key in command.keys),
                action.text(),
                "everywhere" if (command, action) in self.actions else "this page",
            )
            for command, action in self.working()
            if command.keys
        ]
        rows += [
            KeyRow(keys, keys, text, "fields and tables") for keys, text in commands.FIELD_KEYS
        ]
        box = KeyListDialog(self._parent, rows)
        box.finished.connect(box.deleteLater)
        box.open()

    def show_menu(self, button: QWidget) -> None:
        """The same commands for the mouse, above the menu button."""
        menu = QMenu(self._parent)
        for command, action in self.actions:
            if command in (
                commands.BACKUP,
                commands.THEME_SYSTEM,
                commands.LOCK,
                commands.QUIT,
            ):
                menu.addSeparator()
            if action.isEnabled():
                menu.addAction(action)
        menu.exec(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
        menu.deleteLater()

    def _add(self, command: Command, do: Callable[[], object]) -> None:
        action = QAction(command.text, self._parent)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.triggered.connect(lambda _checked=False: do())
        self._parent.addAction(action)
        self.actions.append((command, action))

    def _add_number(self, number: int) -> None:
        action = QAction(self._parent)
        action.setShortcut(QKeySequence(f"Ctrl+{number}"))
        action.triggered.connect(lambda _checked=False: self._on_number(number))
        self._parent.addAction(action)

    def _deeds(self) -> list[Deed]:
        shell = self._window.shell
        if shell is None:
            return []
        found = [
            Deed(action.text(), command.shortcut, action.trigger)
            for command, action in self.working()
            if command is not commands.PALETTE
        ]
        for number, spec in enumerate(shell.specs(), start=1):
            key = f"Ctrl+{number}" if number <= _MOST_NUMBERED else ""
            found.append(Deed(f"Go to {spec.title}", key, functools.partial(shell.go, spec.id)))
        return found

    def _page(self) -> Page | None:
        return self._window.shell.page() if self._window.shell else None

    def _on_number(self, number: int) -> None:
        if self._window.shell is not None and not self._window.is_locked:
            self._window.shell.go_to_number(number)

    def _on_next_pane(self) -> None:
        if self._window.shell is not None:
            self._window.shell.next_pane()

    def _on_refresh(self) -> None:
        page = self._page()
        if page is not None:
            page.refresh()

    def _on_search(self) -> None:
        page = self._page()
        if page is not None:
            page.focus_search()

    def _on_setup(self, deed: str) -> None:
        if self._window.shell is not None:
            self._window.shell.go("setup", deed)

    def _on_undo(self) -> None:
        if self._window.shell is not None:
            self._window.shell.undo()
