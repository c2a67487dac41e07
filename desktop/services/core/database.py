"""An open practice: a writer thread, a reader thread, and the only commit.

`write` runs in the writer's thread, in a transaction that writes alone, and commits; `read` runs
in the reader's thread on a connection of its own that cannot write, so a page never waits for an
import. No connection crosses threads. After a commit what changed is announced.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self, TypeVar

from sqlalchemy.orm import Session

import desktop.models.mapped  # noqa: F401 - all tables must be known before the first flush
from desktop.errors import EnvironmentProblem
from desktop.services.coding.library.store import CodeStore
from desktop.services.core import audit
from desktop.services.core.work import Actor, Changes, Progress, Work
from desktop.services.store import engines
from desktop.services.store.documents import DocumentStore
from desktop.services.store.refusals import plain_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine

    from desktop.clock import Clock

T = TypeVar("T")

PRACTICE_NAME: Final = "practice.db"
CODES_NAME: Final = "codes.db"
log = logging.getLogger(__name__)
_VIEW_SECONDS: Final = 2.0


class Database:
    """One open practice. Made by `desktop.services.care.practice_folder`, closed by its owner."""

    def __init__(
        self,
        folder: Path,
        key: bytes,
        actor: Actor,
        clock: Clock,
        *,
        is_sample: bool = False,
        lock: engines.FolderLock | None = None,
    ) -> None:
        self.folder = folder
        self.actor = actor
        self.clock = clock
        self.is_sample = is_sample
        self.key = key
        self.documents = DocumentStore(folder, key, clock)
        self._lock = lock
        path = folder / PRACTICE_NAME
        self._writer_engine = engines.writing(path, key)
        self._reader_engine = engines.reading(path, key)
        self._foreign = engines.ForeignCommits(self._writer_engine)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._codes: dict[str, CodeStore] = {}
        self._listeners: list[Callable[[Changes], None]] = []
        self._views: list[tuple[str, str, int]] = []
        self._views_since = 0.0
        self._views_guard = threading.Lock()
        self._closed = False
        # What opening noticed and somebody should read (see `desktop.services.care.chain_heads`).
        self.warning = ""
        self.before_close: Callable[[Work], None] | None = None

    # -- for scripts and tests: wait for the answer ------------------------------------------

    def read(self, fn: Callable[[Work], T]) -> T:
        """Run a read and return its result; call it from any thread but the database's own."""
        return self.submit_read(fn).result()

    def write(self, fn: Callable[[Work], T], progress: Progress | None = None) -> T:
        """Run a write in one transaction, commit, announce, and return its result."""
        return self.submit_write(fn, progress).result()

    # -- for the window: a future ------------------------------------------------------------

    def submit_read(self, fn: Callable[[Work], T], progress: Progress | None = None) -> Future[T]:
        """Queue a read in the reader's thread."""
        self._refuse_closed()
        return self._reader.submit(self._run_read, fn, progress)

    def submit_write(self, fn: Callable[[Work], T], progress: Progress | None = None) -> Future[T]:
        """Queue a write in the writer's thread."""
        self._refuse_closed()
        return self._writer.submit(self._run_write, fn, progress)

    def _refuse_closed(self) -> None:
        """Long work that goes on beside the window may outlive the practice's closing."""
        if self._closed:
            raise EnvironmentProblem(
                "The practice was locked or closed meanwhile; open it and do this again."
            )

    def subscribe(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Hear what each commit changed (on a database thread); returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def poll(self) -> Future[None]:
        """Notice what other programs committed, and write views that have waited."""
        return self._writer.submit(self._run_poll)

    def close(self) -> None:
        """Write pending views, end the threads, let go of the files and the lock."""
        if self._closed:
            return
        self._closed = True
        self._writer.submit(self._flush_views).result()
        if self.before_close is not None:
            self._reader.submit(self._run_read, self.before_close, None).result()
        self._writer.submit(self._end_thread, self._writer_engine).result()
        self._reader.submit(self._end_thread, self._reader_engine).result()
        self._writer.shutdown()
        self._reader.shutdown()
        self.documents.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- on the database threads -------------------------------------------------------------

    def _work(self, session: Session, progress: Progress | None) -> Work:
        return Work(
            session=session,
            actor=self.actor,
            clock=self.clock,
            documents=self.documents,
            codes=self._code_store(),
            is_sample=self.is_sample,
            progress=progress or Progress(),
        )

    def _code_store(self) -> CodeStore:
        # One store a thread: its connection must not cross.
        name = threading.current_thread().name
        if name not in self._codes:
            self._codes[name] = CodeStore(self.folder / CODES_NAME)
        return self._codes[name]

    def _run_read(self, fn: Callable[[Work], T], progress: Progress | None) -> T:
        with plain_errors(), Session(self._reader_engine) as session:
            work = self._work(session, progress)
            result = fn(work)
            session.rollback()
        self._keep_views(work.views)
        return result

    def _run_write(self, fn: Callable[[Work], T], progress: Progress | None) -> T:
        waiting: list[tuple[str, str, int]] = []
        try:
            with (
                plain_errors(),
                Session(self._writer_engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                work = self._work(session, progress)
                result = fn(work)
                session.flush()
                waiting = self._take_views()
                rows = waiting + work.views
                if rows:
                    audit.record_many(work, [(a, k, i, {}) for a, k, i in rows])
        except BaseException:
            # What was seen was seen, though this write failed: the next one tells it.
            self._keep_views(waiting)
            raise
        self._announce(work.changes)
        return result

    def _run_poll(self) -> None:
        foreign = self._foreign.any()
        if self._views and time.monotonic() - self._views_since >= _VIEW_SECONDS:
            self._flush_views()
        if foreign:
            self._announce(Changes.EVERYTHING)

    def _keep_views(self, views: list[tuple[str, str, int]]) -> None:
        if not views:
            return
        with self._views_guard:
            if not self._views:
                self._views_since = time.monotonic()
            self._views.extend(views)

    def _take_views(self) -> list[tuple[str, str, int]]:
        with self._views_guard:
            taken, self._views = self._views, []
        return taken

    def _flush_views(self) -> None:
        if self._views:
            self._run_write(lambda _: None, None)

    def _announce(self, changes: Changes) -> None:
        if changes:
            for listener in list(self._listeners):
                try:
                    listener(changes)
                except Exception:
                    # The commit stands: a page that cannot refresh must not make it look lost.
                    log.exception("a listener failed")

    def _end_thread(self, engine: Engine) -> None:
        store = self._codes.pop(threading.current_thread().name, None)
        if store is not None:
            store.close()
        engine.dispose()
