"""The window: start screens, the open practice, the lock screen. Navigation only.

Its title never holds a patient's name, and while it is locked nothing of the practice is shown
or reachable, the database is closed and its key let go; what was typed stays on the pages.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QByteArray, QPoint
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui import commands
from desktop.ui.commands import Command
from desktop.ui.idle import DEFAULT_MINUTES, IdleWatch
from desktop.ui.lib import theme
from desktop.ui.lib.settings import machine_settings, remember_folder
from desktop.ui.login.choose import ChoosePanel

if TYPE_CHECKING:
    from desktop.services.database import Database
    from desktop.ui.lib.messages import Notice, NoticeBar
    from desktop.ui.lib.runner import Runner
    from desktop.ui.login.lock import LockPanel
    from desktop.ui.login.new_practice import NewPracticePanel
    from desktop.ui.login.unlock import UnlockPanel
    from desktop.ui.pages import PageSpec, SearchSpec
    from desktop.ui.palette import Deed, Palette
    from desktop.ui.shell import Shell

_MOST_NUMBERED = 9


class MainWindow(QMainWindow):
    """The one window of the program."""

    def __init__(
        self,
        *,
        pages: Sequence[PageSpec] | None = None,
        searches: Sequence[SearchSpec] | None = None,
        idle_minutes: float = DEFAULT_MINUTES,
    ) -> None:
        """Make it; `pages` and `searches` are those of `desktop.ui.pages` unless given."""
        super().__init__()
        self._pages = pages
        self._searches = searches
        self._database: Database | None = None
        self.shell: Shell | None = None
        self.runner: Runner | None = None
        self._put_away: list[QWidget] = []
        self._actions: list[tuple[Command, QAction]] = []
        self.choose = ChoosePanel()
        self.stack = QStackedWidget()
        central = QWidget()
        self._column = QVBoxLayout(central)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.stack, 1)
        self.setCentralWidget(central)
        self.stack.addWidget(self.choose)
        self._idle = IdleWatch(self, minutes=idle_minutes)
        self._connect()
        self._add_commands()
        self._show_title()
        self._restore_geometry()
        self._show_start(self.choose)

    # What follows is made when it is first needed: the first paint waits for none of it.

    @functools.cached_property
    def notices(self) -> NoticeBar:
        """The line at the foot while no practice is shown."""
        from desktop.ui.lib.messages import NoticeBar

        made = NoticeBar()
        self._column.addWidget(made)
        return made

    @functools.cached_property
    def start_runner(self) -> Runner:
        """Runs what happens while no practice is open."""
        from desktop.ui.lib.runner import Runner

        made = Runner(parent=self)
        made.busy_changed.connect(self._on_start_busy)
        return made

    @functools.cached_property
    def unlock(self) -> UnlockPanel:
        """Asks for a folder's password."""
        from desktop.ui.login.unlock import UnlockPanel

        made = UnlockPanel(self.start_runner)
        made.left.connect(lambda: self._show_start(self.choose))
        made.unlocked.connect(self.open_practice)
        self.stack.addWidget(made)
        return made

    @functools.cached_property
    def lock_panel(self) -> LockPanel:
        """Stands before a locked practice."""
        from desktop.ui.login.lock import LockPanel

        made = LockPanel(self.start_runner)
        made.unlocked.connect(self._on_unlocked_again)
        made.left.connect(self._on_close_practice)
        self.stack.addWidget(made)
        return made

    @functools.cached_property
    def new_practice(self) -> NewPracticePanel:
        """Asks what a new practice needs."""
        from desktop.ui.login.new_practice import NewPracticePanel

        made = NewPracticePanel(self.start_runner)
        made.left.connect(lambda: self._show_start(self.choose))
        made.created.connect(self.open_practice)
        self.stack.addWidget(made)
        return made

    # -- opening and closing a practice ------------------------------------------------------

    def open_practice(self, database: Database) -> None:
        """Show an open practice; the window owns and closes it from now on."""
        from desktop.ui import pages
        from desktop.ui.lib.runner import Runner
        from desktop.ui.shell import Shell

        self.close_practice()
        self._database = database
        remember_folder(database.folder)
        self.runner = Runner(database, self)
        self.shell = Shell(
            self.runner,
            database.clock.today,
            pages.PAGES if self._pages is None else self._pages,
            is_sample=database.is_sample,
            who=f"{database.actor.name} ({database.actor.role})",
        )
        self.shell.menu_wanted.connect(self._on_menu)
        self.stack.addWidget(self.shell)
        self.stack.setCurrentWidget(self.shell)
        self._enable_commands()
        self._show_title()
        self._idle.start()
        self.shell.open_first()

    def close_practice(self) -> None:
        """Close the open practice, if any, and show the first screen."""
        self._idle.stop()
        self._put_away = []
        database, shell, runner = self._database, self.shell, self.runner
        self._database, self.shell, self.runner = None, None, None
        if runner is not None:
            runner.close()
            runner.deleteLater()
        if shell is not None:
            self.stack.removeWidget(shell)
            shell.deleteLater()
        if database is not None:
            database.close()
        self._show_title()
        self.choose.show_recent()
        self._show_start(self.choose)

    @property
    def is_locked(self) -> bool:
        """Whether the lock screen stands before an open practice."""
        return self.shell is not None and self.stack.currentWidget() is not self.shell

    def lock(self) -> None:
        """Hide the practice, close its files and let the key go; keep what was typed."""
        if self.shell is None or self.runner is None or self._database is None or self.is_locked:
            return
        self._put_dialogs_away()
        self.runner.detach()
        database, self._database = self._database, None
        folder, user = database.folder, database.actor.name
        # Closing waits for a write that is under way; unlocking queues up behind it.
        self.start_runner.background(
            self.lock_panel, lambda _progress: database.close(), progress_text=None
        )
        QApplication.clipboard().clear()
        self.stack.setCurrentWidget(self.lock_panel)
        self._enable_commands()
        self._show_title()
        self.lock_panel.ask(folder, user)

    def _on_unlocked_again(self, database: Database) -> None:
        if self.shell is None or self.runner is None:
            database.close()
            return
        self._database = database
        self.runner.attach(database)
        self.stack.setCurrentWidget(self.shell)
        self._enable_commands()
        self._show_title()
        self._idle.touch()
        boxes, self._put_away = self._put_away, []
        for box in boxes:
            if shiboken6.isValid(box):
                box.show()

    def _put_dialogs_away(self) -> None:
        """Hide every other window; forms and previews come back after unlocking as they were."""
        from desktop.ui.lib.dialog import FormDialog
        from desktop.ui.lib.pdf import PdfDialog

        for box in QApplication.topLevelWidgets():
            if box is self or not box.isVisible():
                continue
            if isinstance(box, FormDialog | PdfDialog):
                self._put_away.append(box)
            box.hide()

    # -- start screens ------------------------------------------------------------------------

    def _connect(self) -> None:
        self.choose.new_wanted.connect(self._on_new)
        self.choose.sample_wanted.connect(self._on_sample)
        self.choose.folder_chosen.connect(self._on_folder)
        self._idle.idled.connect(self.lock)

    def _show_start(self, panel: QWidget) -> None:
        self.stack.setCurrentWidget(panel)
        self._enable_commands()
        if panel is self.choose:
            self.choose.focus_first()

    def ask_for(self, folder: Path) -> None:
        """Ask for the password of a practice's folder."""
        self._on_folder(folder)

    def warm_up(self) -> None:
        """After the first paint: import what the next click needs, on another thread."""
        from desktop.ui.login import operations

        self.start_runner.background(self, operations.warm_up, progress_text=None)

    def _on_folder(self, folder: Path) -> None:
        self._show_start(self.unlock)
        self.unlock.show_folder(folder)

    def _on_new(self) -> None:
        self.new_practice.restart()
        self._show_start(self.new_practice)

    def _on_sample(self) -> None:
        from desktop.ui.login import operations

        self.start_runner.background(
            self.choose,
            operations.open_sample,
            self.open_practice,
            progress_text="Making the sample practice",
            disable=self.choose,
        )

    def _on_start_busy(self, busy: object) -> None:
        from PySide6.QtCore import Qt

        self.setCursor(Qt.CursorShape.ArrowCursor if busy is None else Qt.CursorShape.BusyCursor)

    # -- commands -----------------------------------------------------------------------------

    def _add_commands(self) -> None:
        choice = theme.ThemeChoice
        deeds: tuple[tuple[Command, Callable[[], object]], ...] = (
            (commands.HELP, self._on_help),
            (commands.PALETTE, self.open_palette),
            (commands.FIND_PATIENT, self._on_find_patient),
            (commands.NEXT_PANE, self._on_next_pane),
            (commands.REFRESH, self._on_refresh),
            (commands.SEARCH, self._on_search),
            (commands.UNDO, self._on_undo),
            (commands.LOCK, self.lock),
            (commands.CLOSE_PRACTICE, self._on_close_practice),
            (commands.THEME_SYSTEM, lambda: self._choose_theme(choice.SYSTEM)),
            (commands.THEME_LIGHT, lambda: self._choose_theme(choice.LIGHT)),
            (commands.THEME_DARK, lambda: self._choose_theme(choice.DARK)),
            (commands.THEME_CONTRAST, lambda: self._choose_theme(choice.HIGH_CONTRAST)),
            (commands.QUIT, self.close),
        )
        for command, do in deeds:
            self._add_action(command, do)
        for number in range(1, _MOST_NUMBERED + 1):
            action = QAction(self)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _c=False, number=number: self._on_number(number))
            self.addAction(action)

    def _add_action(self, command: Command, do: Callable[[], object]) -> None:
        action = QAction(command.text, self)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.triggered.connect(lambda _checked=False: do())
        self.addAction(action)
        self._actions.append((command, action))

    def _enable_commands(self) -> None:
        """Without an open, unlocked practice only the colours and Quit work."""
        is_open = self.shell is not None and not self.is_locked
        finds_patients = any(spec.patients for spec in self._search_specs())
        always = {
            "window.quit",
            *(each.id for each, _action in self._actions if "theme" in each.id),
        }
        for command, action in self._actions:
            works = is_open or command.id in always
            if command is commands.FIND_PATIENT:
                works = works and finds_patients
            action.setEnabled(works)

    def _search_specs(self) -> Sequence[SearchSpec]:
        if self._searches is not None:
            return self._searches
        if self.shell is None:
            return ()
        from desktop.ui import pages

        return pages.SEARCHES

    def working_commands(self) -> list[tuple[Command, QAction]]:
        """What works here and now: the page's commands first, then the window's."""
        own = [(command, action) for command, action in self._actions if action.isEnabled()]
        return [*(self.shell.page_commands() if self.shell else []), *own]

    def open_palette(self, *, patients_only: bool = False) -> Palette | None:
        """Ctrl+K, and F3 with patients only."""
        if self.shell is None or self.runner is None or self.is_locked:
            return None
        from desktop.ui.palette import Palette

        searches = [spec for spec in self._search_specs() if spec.patients or not patients_only]
        box = Palette(
            self,
            deeds=() if patients_only else self._deeds(),
            searches=searches,
            runner=self.runner,
            go=self.shell.go,
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

    def _deeds(self) -> list[Deed]:
        from desktop.ui.palette import Deed

        shell = self.shell
        if shell is None:
            return []
        found = [
            Deed(action.text(), command.shortcut, action.trigger)
            for command, action in self.working_commands()
            if command is not commands.PALETTE
        ]
        for number, spec in enumerate(shell.specs(), start=1):
            key = f"Ctrl+{number}" if number <= _MOST_NUMBERED else ""
            found.append(Deed(f"Go to {spec.title}", key, functools.partial(shell.go, spec.id)))
        return found

    def _on_find_patient(self) -> None:
        self.open_palette(patients_only=True)

    def _on_help(self) -> None:
        from desktop.ui.key_list import KeyListDialog, KeyRow
        from desktop.ui.palette import native_key

        rows = [
            KeyRow(
                command.id,
                ", ".join(native_key(key) for key in command.keys),
                action.text(),
                "everywhere" if (command, action) in self._actions else "this page",
            )
            for command, action in self.working_commands()
            if command.keys
        ]
        rows += [
            KeyRow(keys, keys, text, "fields and tables") for keys, text in commands.FIELD_KEYS
        ]
        box = KeyListDialog(self, rows)
        box.finished.connect(box.deleteLater)
        box.open()

    def _on_menu(self, button: QWidget) -> None:
        menu = QMenu(self)
        for command, action in self._actions:
            if command in (commands.THEME_SYSTEM, commands.LOCK, commands.QUIT):
                menu.addSeparator()
            if action.isEnabled():
                menu.addAction(action)
        size = menu.sizeHint()
        menu.exec(button.mapToGlobal(QPoint(0, -size.height())))
        menu.deleteLater()

    def _on_next_pane(self) -> None:
        if self.shell is not None:
            self.shell.next_pane()

    def _on_number(self, number: int) -> None:
        if self.shell is not None and not self.is_locked:
            self.shell.go_to_number(number)

    def _on_refresh(self) -> None:
        page = self.shell.page() if self.shell else None
        if page is not None:
            page.refresh()

    def _on_search(self) -> None:
        page = self.shell.page() if self.shell else None
        if page is not None:
            page.focus_search()

    def _on_undo(self) -> None:
        if self.shell is not None:
            self.shell.undo()

    def _choose_theme(self, choice: theme.ThemeChoice) -> None:
        theme.choose_theme(choice)
        if self.shell is not None:
            self.shell.recolour()

    def _on_close_practice(self) -> None:
        if self._may_discard():
            self.close_practice()

    # -- window -------------------------------------------------------------------------------

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`: in the practice when one is shown, else at the foot."""
        if self.shell is not None and not self.is_locked:
            self.shell.show_notice(notice)
        else:
            self.notices.show_notice(notice)

    def _show_title(self) -> None:
        if self._database is None:
            self.setWindowTitle("Claimstead" + (" — locked" if self.is_locked else ""))
        else:
            kind = " (sample practice)" if self._database.is_sample else ""
            self.setWindowTitle(f"Claimstead — {self._database.folder.name}{kind}")

    def _may_discard(self) -> bool:
        from desktop.ui.lib import messages

        if "new_practice" in self.__dict__ and not self.new_practice.may_leave():
            return False
        unsaved = self.shell.unsaved_pages() if self.shell else []
        return not unsaved or messages.confirm(
            self,
            "Close without saving?",
            verb="Discard",
            detail=f"Not saved yet: {', '.join(unsaved)}.",
        )

    def _restore_geometry(self) -> None:
        self.setMinimumSize(760, 440)
        kept = machine_settings().value("geometry")
        if isinstance(kept, QByteArray) and self.restoreGeometry(kept):
            return
        room = self.screen().availableGeometry()
        self.resize(min(1366, room.width()), min(768, room.height()))

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt: the keyboard is useful from the first moment."""
        super().showEvent(event)
        if self.stack.currentWidget() is self.choose:
            self.choose.focus_first()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override of Qt: nothing typed is lost unasked; files are closed."""
        if not self._may_discard():
            event.ignore()
            return
        settings = machine_settings()
        settings.setValue("geometry", self.saveGeometry())
        settings.sync()
        self.close_practice()
        if "start_runner" in self.__dict__:
            self.start_runner.close(finish=True)
        super().closeEvent(event)
