"""The window: start screens, the open practice, the lock screen. Navigation only.

Its title never holds a patient's name, and while it is locked nothing of the practice is shown
or reachable, the database is closed and its key let go; what was typed stays on the pages.

What is imported inside a function comes after the first paint, which waits for none of it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.lib import theme
from desktop.ui.lib.settings import machine_settings, remember_folder
from desktop.ui.login.choose import ChoosePanel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QPaintEvent, QShowEvent

    from desktop.services.claims.delivery.sending import Delivery
    from desktop.services.core.database import Database
    from desktop.services.core.work import Progress
    from desktop.ui.frame.idle import IdleWatch
    from desktop.ui.frame.pages import PageSpec, SearchSpec
    from desktop.ui.frame.shell import Shell
    from desktop.ui.frame.window_commands import WindowCommands
    from desktop.ui.lib.messages import Notice, NoticeBar
    from desktop.ui.lib.runner import Runner
    from desktop.ui.login.lock import LockPanel
    from desktop.ui.login.new_practice import NewPracticePanel
    from desktop.ui.login.restore import RestorePanel
    from desktop.ui.login.unlock import UnlockPanel

# Until the practice's own setting is read.
IDLE_MINUTES = 10


class MainWindow(QMainWindow):
    """The one window of the program.

    Signals:
        first_painted: the user sees the window; now the rest may load.
    """

    first_painted = Signal()

    def __init__(
        self,
        *,
        pages: Sequence[PageSpec] | None = None,
        searches: Sequence[SearchSpec] | None = None,
    ) -> None:
        """Make it; `pages` and `searches` are those of `desktop.ui.frame.pages` unless given."""
        super().__init__()
        self._pages = pages
        self._searches = searches
        self._database: Database | None = None
        self.shell: Shell | None = None
        self.runner: Runner | None = None
        self._is_painted = False
        self._practice_name = ""
        self._put_away: list[QWidget] = []
        self.choose = ChoosePanel()
        self.stack = QStackedWidget()
        central = QWidget()
        self._column = QVBoxLayout(central)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.stack, 1)
        self.setCentralWidget(central)
        self.stack.addWidget(self.choose)
        self._connect()
        self._show_title()
        self._restore_geometry()
        self._show_start(self.choose)

    # What follows is made when it is first needed: the first paint waits for none of it.

    @functools.cached_property
    def commands(self) -> WindowCommands:
        """What works everywhere, with its keys."""
        from desktop.ui.frame.window_commands import WindowCommands

        return WindowCommands(self, self)

    @functools.cached_property
    def idle(self) -> IdleWatch:
        """Locks the practice when nobody is there."""
        from desktop.ui.frame.idle import IdleWatch

        made = IdleWatch(self, minutes=IDLE_MINUTES)
        made.idled.connect(self.lock)
        return made

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
        made.left.connect(self.ask_to_close_practice)
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

    @functools.cached_property
    def restore(self) -> RestorePanel:
        """Asks for a backup and where it goes."""
        from desktop.ui.login.restore import RestorePanel

        made = RestorePanel(self.start_runner)
        made.left.connect(lambda: self._show_start(self.choose))
        made.restored.connect(self._on_folder)
        self.stack.addWidget(made)
        return made

    # -- opening and closing a practice ------------------------------------------------------

    def open_practice(self, database: Database) -> None:
        """Show an open practice; the window owns and closes it from now on."""
        from desktop.services.core.work import Changes
        from desktop.ui.frame import pages
        from desktop.ui.frame.shell import Shell
        from desktop.ui.lib.runner import Runner

        self.close_practice()
        self._database = database
        self._practice_name = database.folder.name
        if not database.is_sample:
            # A sample has its own button, and no password that anybody should be asked for.
            remember_folder(database.folder)
        self.runner = Runner(database, self)
        self.shell = Shell(
            self.runner,
            database.clock.today,
            pages.PAGES if self._pages is None else self._pages,
            is_sample=database.is_sample,
            who=f"{database.actor.name} ({database.actor.role})",
        )
        self.shell.menu_wanted.connect(self.commands.show_menu)
        self.stack.addWidget(self.shell)
        self.stack.setCurrentWidget(self.shell)
        self._enable()
        self._show_title()
        self.idle.start()
        self.shell.open_first()
        if database.warning:
            self.shell.warn_lastingly(database.warning)
        self._read_settings()
        self.runner.on_change(self.shell, Changes.PRACTICE, self._read_settings)
        self._finish_waiting_files()

    def _finish_waiting_files(self) -> None:
        """Put into the outbox what a crash or a missing folder left queued."""
        if self.runner is None or self.shell is None:
            return
        from desktop.ui.lib import messages

        shell = self.shell

        def deliver(database: Database, _progress: Progress) -> list[Delivery]:
            from desktop.services.claims.delivery import sending

            return sending.resume_queued(database)

        def told(done: list[Delivery]) -> None:
            if any(d.problem for d in done):
                problem = next(d.problem for d in done if d.problem)
                messages.warn(shell, f"A claim file still waits: {problem}")
            elif done:
                messages.info(shell, f"{len(done)} waiting claim files were sent to the outbox.")

        self.runner.whole(shell, deliver, told)

    def close_practice(self) -> None:
        """Close the open practice, if any, and show the first screen."""
        if "idle" in self.__dict__:
            self.idle.stop()
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

    def _read_settings(self) -> None:
        """Learn the practice's name and after how long it locks itself."""
        from desktop.services.practice.office import practice

        def learned(settings: practice.PracticeSettings) -> None:
            self._practice_name = settings.name
            self.idle.set_minutes(settings.idle_minutes)
            self._show_title()

        if self.runner is not None and self.shell is not None:
            self.runner.read(self.shell, practice.get, learned)

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
        self._enable()
        self._show_title()
        hint = ""
        if database.is_sample:
            from desktop.services.care.practice_folder import SAMPLE_PASSWORD

            hint = f"The sample's own password is {SAMPLE_PASSWORD}."
        self.lock_panel.ask(folder, user, hint=hint)

    def _on_unlocked_again(self, database: Database) -> None:
        if self.shell is None or self.runner is None:
            database.close()
            return
        self._database = database
        self.runner.attach(database)
        if database.warning:
            self.shell.warn_lastingly(database.warning)
        self.stack.setCurrentWidget(self.shell)
        self._enable()
        self._show_title()
        self.idle.touch()
        boxes, self._put_away = self._put_away, []
        for box in boxes:
            if shiboken6.isValid(box):
                box.show()

    def _put_dialogs_away(self) -> None:
        """Hide every other window; forms and previews come back after unlocking as they were."""
        from desktop.ui.frame.palette import Palette

        for box in QApplication.topLevelWidgets():
            if box is self or not box.isVisible():
                continue
            ours = type(box).__module__.startswith("desktop.") and not isinstance(box, Palette)
            if isinstance(box, QDialog) and not ours:
                # A question or a file chooser: its answer is no.
                box.reject()
            elif isinstance(box, QDialog):
                self._put_away.append(box)
                box.hide()
            else:
                box.hide()

    def _enable(self) -> None:
        """Let those commands work that can; before the first paint there are none yet."""
        if self.shell is not None or "commands" in self.__dict__:
            self.commands.enable()

    # -- start screens ------------------------------------------------------------------------

    def _connect(self) -> None:
        self.choose.new_wanted.connect(self._on_new)
        self.choose.sample_wanted.connect(self._on_sample)
        self.choose.restore_wanted.connect(self._on_restore)
        self.choose.folder_chosen.connect(self._on_folder)

    def _show_start(self, panel: QWidget) -> None:
        self.stack.setCurrentWidget(panel)
        self._enable()
        if panel is self.choose:
            self.choose.focus_first()

    def ask_for(self, folder: Path) -> None:
        """Ask for the password of a practice's folder."""
        self._on_folder(folder)

    def warm_up(self) -> None:
        """After the first paint: import what the next click needs, on another thread."""
        from desktop.ui.login import operations

        self.commands.enable()
        self.start_runner.background(self, operations.warm_up, progress_text=None)

    def _on_folder(self, folder: Path) -> None:
        self._show_start(self.unlock)
        self.unlock.show_folder(folder)

    def _on_new(self) -> None:
        self.new_practice.restart()
        self._show_start(self.new_practice)

    def _on_restore(self) -> None:
        self._show_start(self.restore)
        self.restore.restart()

    def _on_sample(self) -> None:
        from desktop.ui.login import operations

        self.choose.show_progress(self.start_runner)
        self.start_runner.background(
            self.choose,
            operations.open_sample,
            self.open_practice,
            progress_text="Making the sample practice",
            disable=self.choose.ways,
        )

    def _on_start_busy(self, busy: object) -> None:
        from PySide6.QtCore import Qt

        self.setCursor(Qt.CursorShape.ArrowCursor if busy is None else Qt.CursorShape.BusyCursor)

    # -- commands -----------------------------------------------------------------------------

    def search_specs(self) -> Sequence[SearchSpec]:
        """What Ctrl+K and F3 search."""
        if self._searches is not None:
            return self._searches
        from desktop.ui.frame import pages

        return pages.SEARCHES

    def choose_theme(self, choice: theme.ThemeChoice) -> None:
        """Change the colors now and for the next time."""
        theme.choose_theme(choice)
        if self.shell is not None:
            self.shell.recolour()

    def ask_to_close_practice(self) -> None:
        """Close the practice unless something typed is not saved and the user stays."""
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
            self.setWindowTitle(f"Claimstead — {self._practice_name}{kind}")

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
        self.setMinimumSize(640, 360)
        kept = machine_settings().value("geometry")
        if isinstance(kept, QByteArray) and self.restoreGeometry(kept):
            return
        room = self.screen().availableGeometry()
        self.resize(min(1366, room.width()), min(768, room.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt: what need not be there for the first paint comes right after it."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

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
