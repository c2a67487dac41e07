"""What an import is made of: the files as published, and what recognises and reads each kind.

A file is recognised by its content, never by its name, which drifts every quarter. Big ones
(NCCI, the national provider file) are read as a stream; nothing here unpacks to the disk what
can be read where it lies.
"""

from __future__ import annotations

import functools
import hashlib
import io
import lzma
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from desktop.errors import EnvironmentProblem, RuleError
from desktop.services.coding.base.order_file import decode

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.base.values import ImportOptions, ImportResult, Progress

LARGEST_IN_MEMORY = 100_000_000
"""Bytes that one file may have to be read whole; what is larger must be read as a stream."""

_LARGEST_INSIDE = 200_000_000
"""Bytes of all zips and workbooks inside one zip: they are held while their files are read."""
_MOST_PARTS = 500

HEAD = 1 << 16
_BLOCK = 1 << 20
_DEEPEST = 2
"""Zips within zips: the coverage articles come in one inside another."""

_TORN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, NotImplementedError),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file, alone or out of a zip.

    Attributes:
        name: its own name, without folders.
        head: its first 64 KiB as text; empty for a workbook.
        is_workbook: an XLSX file.
        archive: name of the zip that it came in; empty when it came alone.
    """

    name: str
    size: int
    head: str
    opener: Callable[[], BinaryIO] = field(repr=False)
    is_workbook: bool = False
    archive: str = ""

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes as a stream.

        Raises:
            RuleError: the zip around them is torn or locked.
            EnvironmentProblem: the file cannot be read.
        """
        with _readable(self.archive or self.name), self.opener() as stream:
            yield stream

    def refuse_huge(self) -> None:
        """Refuse what is kept in memory while it is read, if it could not be.

        Raises:
            RuleError: there are more bytes than any published list of this kind has.
        """
        if self.size > LARGEST_IN_MEMORY:
            raise RuleError(f"{self.name} is far larger than any published code set.")

    def read(self) -> bytes:
        """All bytes.

        Raises:
            RuleError: see `refuse_huge`.
        """
        self.refuse_huge()
        with self.open() as stream:
            return stream.read(LARGEST_IN_MEMORY + 1)

    def text(self) -> str:
        """All of it as text: UTF-8, else Latin-1."""
        return decode(self.read())

    def sha256(self, heard: Callable[[int], None] | None = None) -> str:
        """Hash of the bytes, read as a stream; `heard` is told how many were, and may raise."""
        digest = hashlib.sha256()
        done = 0
        with self.open() as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                done += len(block)
                if heard is not None:
                    heard(done)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Import:
    """What every importer is given; it writes inside the caller's transaction.

    Attributes:
        now: when the import happens, for the record.
        start: first day of force where the content does not tell it, if known.
        digest: hash of the file (and of those taken along), for the record.
        parts: every file of the same zip or drop, the imported one included.
    """

    connection: Connection
    now: dt.datetime
    progress: Progress
    start: dt.date | None
    digest: str
    parts: Sequence[Part]
    options: ImportOptions


@dataclass(frozen=True, slots=True)
class FileKind:
    """A published layout: how it is known, and what reads it.

    Attributes:
        name: stands in `release_file.kind`.
        system: the code system that it fills.
        title: what it is, for the sentence that lists what can be imported.
        rank: of several files in one zip, the lowest comes first.
        recognise: by `Part.head` (or `is_workbook`), cheaply, never raising.
        run: reads the part and writes it; raises `RuleError` for wrong content or counts.
        replaces: kinds beside it that say the same and are left out.
        contains: kinds in the same zip whose changes it has already; given beside it without a
            zip, they may be of a later year.
        takes: kinds beside it that it reads itself.
        licence: the system whose licence the practice must have confirmed; empty = none.
    """

    name: str
    system: str
    title: str
    rank: int
    recognise: Callable[[Part], bool]
    run: Callable[[Import, Part], ImportResult]
    replaces: frozenset[str] = frozenset()
    contains: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    licence: str = ""


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except _TORN as e:
        if isinstance(e, OSError) and not isinstance(e, zipfile.BadZipFile) and e.strerror:
            raise EnvironmentProblem(f"{name} cannot be read ({e.strerror}).") from e
        raise RuleError(f"{name} is torn; download it again.") from e
    except RuntimeError as e:
        if "password" not in str(e):
            raise
        raise RuleError(f"{name} is locked by a password; save it without one.") from e


@contextmanager
def parts_of(path: Path) -> Iterator[list[Part]]:
    """The files that a path holds: itself, or those of the zip, zips inside included.

    Raises:
        RuleError: it is empty, torn or locked.
        EnvironmentProblem: it cannot be read.
    """
    with ExitStack() as stack:
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                head = stream.read(HEAD)
        except OSError as e:
            raise EnvironmentProblem(f"{path.name} cannot be read ({e.strerror}).") from e
        if not head.strip():
            raise RuleError(f"{path.name} is empty; download it again.")
        parts = [Part(path.name, size, decode(head), lambda: path.open("rb"))]
        if head.startswith(b"PK"):
            with _readable(path.name):
                parts = _members(stack, path, size)
        yield parts


def _members(stack: ExitStack, path: Path, size: int) -> list[Part]:
    """What lies in a zip; each file's beginning is kept, so that their number has a bound."""
    parts: list[Part] = []
    budget = [_LARGEST_INSIDE]
    for part in _unpacked(stack, path.name, path.name, size, lambda: path.open("rb"), budget):
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise RuleError(f"{path.name} holds far more files than any published code set.")
    return parts


def _unpacked(
    stack: ExitStack,
    outer: str,
    name: str,
    size: int,
    opener: Callable[[], BinaryIO],
    budget: list[int],
    depth: int = 0,
) -> Iterator[Part]:
    """The files of a zip; `budget` is the bytes that zips inside it may still have."""
    archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(opener())))
    if "xl/workbook.xml" in archive.namelist():
        yield Part(name, size, "", opener, is_workbook=True, archive=outer)
        return
    for member in archive.infolist():
        bare = Path(member.filename).name
        if member.is_dir() or bare.startswith(".") or "__MACOSX" in member.filename:
            continue
        with archive.open(member) as stream:
            head = stream.read(HEAD)
        if head.startswith(b"PK") and depth < _DEEPEST:
            budget[0] -= member.file_size
            if budget[0] < 0:
                raise RuleError(f"{outer} unpacks to far more than any published code set.")
            inner = archive.read(member)
            again = functools.partial(io.BytesIO, inner)
            yield from _unpacked(stack, outer, bare, len(inner), again, budget, depth + 1)
        elif head.strip():
            yield Part(bare, member.file_size, decode(head), _member(archive, member), False, outer)  # noqa: FBT003


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        return archive.open(member)  # type: ignore[return-value]  # a reader of bytes

    return opened
