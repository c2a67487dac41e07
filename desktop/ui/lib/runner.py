"""Carries every database call of the window: run in a database thread, answer in the window's.

One `Runner` lives as long as the open practice. An answer whose owner is gone is dropped. What
a write changed is announced after its commit, so that open pages refresh themselves without
knowing each other.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal

from desktop.errors import AppError, Cancelled
from desktop.services.core.work import Changes, Progress, Work
from desktop.ui.lib import collector, messages

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

R = TypeVar("R")
Failed = Callable[[AppError], None]

SHOW_AFTER_S = 0.5
CANCEL_AFTER_S = 2.0
_TICK_MS = 100
_POLL_MS = 2_000


class DatabaseFace(Protocol):
    """The part of `desktop.services.core.database.Database` that the window uses."""

    def submit_read(self, fn: Callable[[Work], R]) -> Future[R]:
        """Queue a read on the reader's thread."""
        ...

    def submit_write(self, fn: Callable[[Work], R], progress: Progress | None = None) -> Future[R]:
        """Queue a write on the writer's thread; commits when `fn` returns."""
        ...

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back on the database's thread after each commit; returns how to stop."""
        ...

    def poll(self) -> Future[None]:
        """Notice commits of other programs; queued on the writer's thread."""
        ...


class TaskProgress(Progress):
    """Progress of one task, written by its thread and read by the window's timer."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.text = ""
        self.cancelled = False

    def report(self, done: int, total: int, text: str = "") -> None:
        """See `Progress.report`."""
        if self.cancelled:
            raise Cancelled("Stopped; nothing of it was kept.")
        self.done, self.total, self.text = done, total, text or self.text


@dataclass(frozen=True, slots=True)
class Busy:
    """What the window shows of the oldest running task.

    Attributes:
        text: what is being done.
        done, total: steps; a total of 0 means unknown.
        can_cancel: whether Cancel is offered now.
    """

    text: str
    done: int
    total: int
    can_cancel: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One call on its way."""

    owner: weakref.ref[QWidget]
    done: Callable[[Any], None] | None
    failed: Failed | None
    text: str | None
    disable: weakref.ref[QWidget] | None
    settled: Callable[[], None] | None = None
    progress: TaskProgress = field(default_factory=TaskProgress)
    started: float = field(default_factory=time.monotonic)


class Runner(QObject):
    """Runs reads, writes and other slow work, and delivers the answers.

    Signals:
        changed: `Changes` of a commit, ours or another program's.
        busy_changed: a `Busy` once a task runs longer than half a second, None when idle.
        activity: number of tasks on their way.
    """

    changed = Signal(object)
    busy_changed = Signal(object)
    activity = Signal(int)
    _arrived = Signal(object, object)

    def __init__(self, database: DatabaseFace | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # From here on other threads run Python too: they must not destroy what Qt owns.
        collector.start()
        self._database: DatabaseFace | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._waiting: list[Callable[[DatabaseFace], None]] = []
        self._tasks: list[_Task] = []
        self._polled: Future[None] | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="side-work")
        self._was_busy = False
        self._closed = False
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        if database is not None:
            self.attach(database)

    def attach(self, database: DatabaseFace) -> None:
        """Use this open practice; calls made while there was none run now."""
        self.detach()
        self._database = database
        self._unsubscribe = database.subscribe(self._announce)
        self._poll.start()
        waiting, self._waiting = self._waiting, []
        for start in waiting:
            start(database)

    def detach(self) -> None:
        """Let go of the practice (locked); calls wait until `attach`."""
        self._poll.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._unsubscribe = None
        self._database = None
        self._polled = None

    @property
    def database(self) -> DatabaseFace | None:
        """The open practice, None while locked; for keys and passwords, which are no query."""
        return self._database

    @property
    def idle(self) -> bool:
        """Whether no call is on its way."""
        return not self._tasks

    def read(
        self,
        owner: QWidget,
        fn: Callable[[Work], R],
        done: Callable[[R], None],
        failed: Failed | None = None,
        *,
        disable: QWidget | None = None,
        settled: Callable[[], None] | None = None,
    ) -> None:
        """Ask the database; `done` gets the answer in the window's thread.

        When `owner`, the widget that asks, is gone, the answer is dropped. `failed` gets an
        `AppError`; without it the error becomes a notice. `disable` is a widget that stays
        disabled until the answer. `settled` is called before either, and after a crash too.
        """
        task = self._begin(owner, done, failed, "", disable, settled=settled)
        self._start(lambda database: self._watch(task, database.submit_read(fn)))

    def write(
        self,
        owner: QWidget,
        fn: Callable[[Work], R],
        done: Callable[[R], None] | None = None,
        failed: Failed | None = None,
        *,
        progress_text: str = "",
        disable: QWidget | None = None,
    ) -> None:
        """Change the database in one transaction; see `read` for the arguments.

        `progress_text` is what the status line says while it lasts; with it, and when `fn`
        reports to `work.progress`, Cancel is offered after two seconds.
        """
        task = self._begin(owner, done, failed, progress_text, disable)
        self._start(lambda database: self._watch(task, database.submit_write(fn, task.progress)))

    def background(
        self,
        owner: QWidget,
        fn: Callable[[Progress], R],
        done: Callable[[R], None] | None = None,
        failed: Failed | None = None,
        *,
        progress_text: str | None = "",
        disable: QWidget | None = None,
    ) -> None:
        """Run slow work that is not a database call (key derivation, files, PDF).

        A `progress_text` of None keeps it out of the status line.
        """
        task = self._begin(owner, done, failed, progress_text, disable)
        self._watch(task, self._pool.submit(fn, task.progress))

    def whole(
        self,
        owner: QWidget,
        fn: Callable[[Any, Progress], R],
        done: Callable[[R], None] | None = None,
        failed: Failed | None = None,
        *,
        progress_text: str = "",
        disable: QWidget | None = None,
    ) -> None:
        """Run work of several transactions with files between them (send, back up).

        `fn` gets the open `Database` itself, beside the window's and the database's threads.
        """
        task = self._begin(owner, done, failed, progress_text, disable)
        self._start(
            lambda database: self._watch(task, self._pool.submit(fn, database, task.progress))
        )

    def latest(self, owner: QWidget) -> Latest:
        """A channel of reads for type-ahead: only the newest question is answered."""
        return Latest(self, owner)

    def on_change(
        self, widget: QWidget, kinds: Changes, refresh: Callable[[], None]
    ) -> ChangeWatch:
        """Call `refresh` when one of these kinds changed: now if visible, else when shown."""
        return ChangeWatch(self, widget, kinds, refresh)

    def cancel(self) -> None:
        """Ask the task that is shown as busy to stop; it keeps nothing."""
        for task in self._tasks:
            if task.text:
                task.progress.cancelled = True
                return

    def close(self, *, finish: bool = False) -> None:
        """Stop delivering; tasks that can be cancelled are. `finish` waits for side work."""
        self._closed = True
        self._tick.stop()
        self.detach()
        for task in self._tasks:
            task.progress.cancelled = True
        self._tasks.clear()
        self._waiting.clear()
        self._pool.shutdown(wait=finish, cancel_futures=not finish)

    def _start(self, call: Callable[[DatabaseFace], None]) -> None:
        if self._database is None:
            self._waiting.append(call)
        else:
            call(self._database)

    def _on_poll(self) -> None:
        # While a long import is being written, questions must not pile up behind it.
        if self._database is not None and (self._polled is None or self._polled.done()):
            self._polled = self._database.poll()

    def _begin(
        self,
        owner: QWidget,
        done: Callable[[Any], None] | None,
        failed: Failed | None,
        text: str | None,
        disable: QWidget | None,
        *,
        settled: Callable[[], None] | None = None,
    ) -> _Task:
        task = _Task(
            owner=weakref.ref(owner),
            done=done,
            failed=failed,
            text=text,
            disable=None if disable is None else weakref.ref(disable),
            settled=settled,
        )
        self._tasks.append(task)
        if disable is not None:
            disable.setEnabled(False)
        self._tick.start()
        self.activity.emit(len(self._tasks))
        return task

    def _watch(self, task: _Task, future: Future[R]) -> None:
        def arrived(finished: Future[R]) -> None:
            # A runner deleted while a thread still works has nowhere to deliver to.
            if not self._closed and shiboken6.isValid(self):
                self._arrived.emit(task, finished)

        future.add_done_callback(arrived)

    def _announce(self, changes: Changes) -> None:
        if not self._closed and shiboken6.isValid(self):
            self.changed.emit(changes)

    def _on_arrived(self, task: _Task, future: Future[Any]) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        self._on_tick()
        self.activity.emit(len(self._tasks))
        disabled = task.disable() if task.disable else None
        if disabled is not None and shiboken6.isValid(disabled):
            disabled.setEnabled(True)
        owner = task.owner()
        if self._closed or owner is None or not shiboken6.isValid(owner):
            return
        if task.settled is not None:
            task.settled()
        try:
            result = future.result()
        except CancelledError:
            return
        except AppError as error:
            self._fail(task, owner, error)
        except Exception as fault:  # noqa: BLE001 - the boundary: a bug is owned up to
            messages.crash(owner, fault)
        else:
            if task.done is not None:
                task.done(result)

    def _fail(self, task: _Task, owner: QWidget, error: AppError) -> None:
        if task.failed is not None:
            task.failed(error)
        elif isinstance(error, Cancelled):
            messages.info(owner, str(error) or "Stopped; nothing of it was kept.")
        else:
            messages.error(owner, str(error))

    def _on_tick(self) -> None:
        now = time.monotonic()
        slow = [
            task
            for task in self._tasks
            if task.text is not None and now - task.started >= SHOW_AFTER_S
        ]
        if slow:
            task = next((each for each in slow if each.text), slow[0])
            at = task.progress
            self._was_busy = True
            self.busy_changed.emit(
                Busy(
                    text=at.text or task.text or "Working…",
                    done=at.done,
                    total=at.total,
                    can_cancel=bool(task.text) and now - task.started >= CANCEL_AFTER_S,
                )
            )
        elif self._was_busy:
            self._was_busy = False
            self.busy_changed.emit(None)
        if not self._tasks:
            self._tick.stop()


class Latest:
    """Reads where only the newest counts: one runs, one waits, stale answers are dropped."""

    def __init__(self, runner: Runner, owner: QWidget) -> None:
        self._runner = runner
        self._owner = owner
        self._running = False
        self._waiting: Callable[[], None] | None = None
        self._ticket = 0

    def read(
        self, fn: Callable[[Work], R], done: Callable[[R], None], failed: Failed | None = None
    ) -> None:
        """Ask; an earlier question that has not been answered is forgotten."""
        self._ticket += 1
        ticket = self._ticket

        def ask() -> None:
            self._running = True
            self._runner.read(self._owner, fn, answered, refused, settled=self._next)

        def answered(result: R) -> None:
            if ticket == self._ticket:
                done(result)

        def refused(error: AppError) -> None:
            if ticket != self._ticket:
                return
            if failed is not None:
                failed(error)
            else:
                messages.error(self._owner, str(error))

        if self._running:
            self._waiting = ask
        else:
            ask()

    def forget(self) -> None:
        """Drop whatever is on its way."""
        self._ticket += 1
        self._waiting = None

    def _next(self) -> None:
        self._running = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()


class ChangeWatch(QObject):
    """Refreshes one widget when its kinds of records change; lives as long as the widget."""

    def __init__(
        self, runner: Runner, widget: QWidget, kinds: Changes, refresh: Callable[[], None]
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._kinds = kinds
        self._refresh = refresh
        self.stale = False
        runner.changed.connect(self._on_changed)
        widget.installEventFilter(self)

    def _on_changed(self, changes: Changes) -> None:
        if not changes & self._kinds:
            return
        if self._widget.isVisible():
            self._refresh()
        else:
            self.stale = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: a stale widget refreshes when it is shown."""
        if event.type() == QEvent.Type.Show and watched is self._widget and self.stale:
            self.stale = False
            self._refresh()
        return False
