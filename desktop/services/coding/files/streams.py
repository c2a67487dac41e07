"""Published files read as streams: lines, CSV rows and rows of a workbook, with their numbers."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import functools
import io
import itertools
import re
import warnings
import zipfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from openpyxl import load_workbook

from desktop.errors import AppError, RuleError
from desktop.services.coding.base.values import RejectedLine

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    from desktop.services.coding.base.parts import Import, Part

Row = tuple[int, list[str]]
"""Number of the line (or of the first of several) from 1, and its cells without outer blanks."""

_BUFFER = 1 << 20
_FEW_WRONG = 20
"""So many wrong lines are left out of even a short file; more are a damaged one."""

_HEAD_ROWS = 60

# Coverage articles carry whole chapters of HTML in one cell.
csv.field_size_limit(1 << 24)
_LONGEST_LINE = 1 << 23
"""Characters of a line at most; without a bound, a file without line ends is read whole."""
_HEARD_EVERY = 1 << 12
"""Lines between two looks at a cancel, where nothing is kept of them."""
_ROWS_AT_ONCE = 500
_MOST_TEXTS = 200_000_000
"""Bytes of a workbook's table of texts."""
_MOST_OTHER = 20_000_000
"""Bytes of its styles and of whatever else is read whole."""
_MOST_SHEET = 2_000_000_000
_MOST_ROWS = 1 << 20
"""More rows than this no workbook can have."""


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("else-latin-1", _as_latin_1)


class Reading:
    """One part being read: how far it is, and the lines that had to be left out."""

    def __init__(self, job: Import, part: Part) -> None:
        self.part = part
        self.rejected: list[RejectedLine] = []
        self.kept = 0
        self._job = job
        self._tell: Callable[[], int] = int
        self._last = 0
        self._what = "records"
        self._unfinished = False
        self._ends_quoted = False

    def reject(self, number: int, why: str) -> None:
        """Leave a line out.

        Raises:
            RuleError: most lines are wrong, so that the rest is not to be trusted either.
        """
        self.rejected.append(RejectedLine(number, why))
        if len(self.rejected) % 1000 == 0:
            self.refuse_damaged()

    def refuse_damaged(self) -> None:
        """Refuse a file of which more than one line in twenty is wrong.

        Raises:
            RuleError: with the first of them.
        """
        if len(self.rejected) > max(_FEW_WRONG, self.kept // 20):
            first = self.rejected[0]
            raise RuleError(
                f"{self.part.name} is damaged: {len(self.rejected):,} of its lines cannot be "
                f"read; line {first.number}: {first.text}."
            )

    def report(self, what: str = "records") -> None:
        """Say how far the reading is; hears `Cancelled`."""
        self._what = what
        share = min(self._tell() / max(self.part.size, 1), 1)
        text = f"Reading {self.part.name}: {self.kept:,} {what}"
        self._job.progress(15 + int(75 * share), 100, text)

    @contextmanager
    def text(self, *, newline: str | None = "") -> Iterator[Iterator[str]]:
        """The part as lines, UTF-8 with single bytes of Latin-1 where it is none.

        Raises:
            RuleError: a line is longer than memory should hold.
        """
        with self.part.open() as stream:
            self._tell = stream.tell
            buffered = io.BufferedReader(stream, _BUFFER)  # type: ignore[type-var]
            text = io.TextIOWrapper(buffered, "utf-8-sig", "else-latin-1", newline)
            try:
                yield self._lines(text)
            finally:
                text.detach()
                buffered.detach()
                self._tell = lambda: self.part.size

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        for number in itertools.count(1):
            line = text.readline(_LONGEST_LINE)
            if len(line) == _LONGEST_LINE:
                raise RuleError(f"{self.part.name} is no list: its line {number} has no end.")
            if not line:
                return
            if number % _HEARD_EVERY == 0:
                self.report(self._what)
            yield line

    def rows(self, delimiter: str = "", *, strip: bool = True) -> Iterator[Row]:
        """The rows of a workbook, or of text with commas, tabs or semicolons, blank ones left out.

        Args:
            delimiter: of the text, where it is known.
            strip: take outer blanks from every cell; a file with hundreds of columns strips
                only those that it keeps.

        Raises:
            RuleError: it is no table.
        """
        if self.part.is_workbook:
            for row in workbook_rows(self.part):
                if row[0] % _HEARD_EVERY == 0:
                    self.report(self._what)
                if any(row[1]):
                    yield row
            return
        delimiter = delimiter or _delimiter(self.part.head)
        with self.text() as text:
            reader = csv.reader(self._noting_the_last(text), delimiter=delimiter)
            lines = 1
            while True:
                number = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    if lines > 1 and not self._ends_quoted:
                        raise RuleError(
                            f"{self.part.name} is damaged: a quotation mark near line "
                            f"{number - lines} is never closed; download it again."
                        ) from None
                    return
                except csv.Error as e:
                    raise RuleError(
                        f"{self.part.name} is damaged at line {number} ({e}); download it again."
                    ) from e
                lines = reader.line_num - number + 1
                if any(cells):
                    self._last = number
                    yield number, [cell.strip() for cell in cells] if strip else cells

    def _noting_the_last(self, text: Iterable[str]) -> Iterator[str]:
        line = "\n"
        for line in text:
            yield line
        self._unfinished = not line.endswith(("\n", "\r"))
        self._ends_quoted = '"' in line

    def finish(self, what: str = "") -> None:
        """Refuse a file that is damaged, ends in the middle of a line, or holds nothing.

        Args:
            what: what it should hold; empty where it may hold nothing.

        Raises:
            RuleError: with the reason.
        """
        if self._unfinished and self.rejected and self.rejected[-1].number == self._last:
            raise RuleError(f"{self.part.name} is cut off at line {self._last}; download it again.")
        self.refuse_damaged()
        if what and not self.kept:
            raise RuleError(f"{self.part.name} holds no {what}; download it again.")


def workbook_rows(part: Part) -> Generator[Row, None, None]:
    """The rows of the first sheet as text; whole numbers without decimals, days YYYYMMDD.

    Raises:
        RuleError: it cannot be read as a workbook.
    """
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(part.open())
            _refuse_huge_texts(part, stream)
            book = load_workbook(stream, read_only=True, data_only=True)
            stack.callback(book.close)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = enumerate(sheet.iter_rows(max_row=_MOST_ROWS, values_only=True), 1)
        except AppError:
            raise
        except Exception as e:
            raise _torn(part) from e
        while batch := _next_rows(part, rows):
            for number, cells in batch:
                yield number, [_shown(cell) for cell in cells]


def _refuse_huge_texts(part: Part, stream: BinaryIO) -> None:
    """A workbook's rows are streamed, but its texts are held; a few bytes may hold billions."""
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            most = _MOST_SHEET if "worksheets/" in member.filename else _MOST_OTHER
            if member.filename.endswith("sharedStrings.xml"):
                most = _MOST_TEXTS
            if member.file_size > most:
                raise RuleError(f"{part.name} is far larger than any published code set.")
    stream.seek(0)


def _next_rows(
    part: Part, rows: Iterator[tuple[int, tuple[object, ...]]]
) -> list[tuple[int, tuple[object, ...]]]:
    try:
        with warnings.catch_warnings():  # it warns of print settings that it does not know
            warnings.simplefilter("ignore")
            return list(itertools.islice(rows, _ROWS_AT_ONCE))
    except Exception as e:
        raise _torn(part) from e


def _torn(part: Part) -> RuleError:
    return RuleError(f"{part.name} cannot be read as a workbook; download it again.")


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date):
        return cell.strftime("%Y%m%d")
    return str(cell).strip()


@functools.lru_cache(maxsize=2)
def workbook_head(part: Part) -> str:
    """The first rows of a workbook as lines with tabs; empty when it cannot be read."""
    if not part.is_workbook:
        return ""
    rows = workbook_rows(part)
    try:
        return "\n".join(
            "\t".join(" ".join(c.split()) for c in cells)
            for _, cells in itertools.islice(rows, _HEAD_ROWS)
        )
    except AppError:
        return ""
    finally:
        rows.close()


def squeezed(text: str) -> str:
    """A header as it is compared: small letters, one blank for any run of blanks or lines."""
    return " ".join(text.lower().replace('"', "").split())


def header(
    reading: Reading, rows: Iterator[Row], fields: Mapping[str, tuple[str, ...]], needed: str
) -> dict[str, int]:
    """Where each field stands, by the first row that names all that are needed.

    Args:
        reading: names the file.
        rows: read up to and with the header.
        fields: patterns of the names as letters and digits only; the first that fits counts.
        needed: the fields without which a row is no header, by blanks.

    Raises:
        RuleError: no such row among the first.
    """
    for _, cells in itertools.islice(rows, _HEAD_ROWS):
        found = _columns(cells, fields, needed)
        if found is not None:
            return found
    raise RuleError(
        f"{reading.part.name} has no header with the columns {needed.replace(' ', ', ')}; "
        "download it again."
    )


def _delimiter(head: str) -> str:
    """What parts the cells: the most frequent outside quotes, since texts hold commas, too."""
    bare = re.sub(r'"[^"]*("|$)', "", head)
    return max(",\t;", key=bare.count)


def has_header(part: Part, fields: Mapping[str, tuple[str, ...]], needed: str) -> bool:
    """Whether a file begins with a header that `header` would find."""
    head = workbook_head(part) if part.is_workbook else part.head
    delimiter = "\t" if part.is_workbook else _delimiter(head)
    try:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        some = list(itertools.islice(rows, _HEAD_ROWS))
    except csv.Error:
        return False
    return any(_columns(cells, fields, needed) is not None for cells in some)


def _columns(
    cells: list[str], fields: Mapping[str, tuple[str, ...]], needed: str
) -> dict[str, int] | None:
    names = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in cells]
    found = {field: at for field, by in fields.items() if (at := _place(names, by)) >= 0}
    return found if all(field in found for field in needed.split()) else None


def _place(names: list[str], patterns: tuple[str, ...]) -> int:
    for pattern in patterns:
        for at, name in enumerate(names):
            if re.fullmatch(pattern, name):
                return at
    return -1


def cell(cells: list[str], at: int | None) -> str:
    """A cell, empty where the row is too short or the column is not there."""
    return cells[at] if at is not None and at < len(cells) else ""


def named_rows(
    rows: Iterable[Row], is_header: Callable[[list[str]], bool]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header by its names as `squeezed`; blank ones left out."""
    places: dict[str, int] = {}
    for number, cells in rows:
        if places:
            if any(cells):
                row = {name: cells[at] for name, at in places.items() if at < len(cells)}
                yield number, row
        elif is_header(cells):
            places = {squeezed(name): at for at, name in enumerate(cells) if name}


def head_of(part: Part) -> str:
    """The beginning of a file or workbook as `squeezed` text, to be recognised by."""
    return squeezed(workbook_head(part) if part.is_workbook else part.head[:40_000])
