"""Published files read as streams: lines, CSV rows and rows of a workbook, with their numbers."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import functools
import io
import itertools
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager

from openpyxl import load_workbook

from desktop.errors import AppError, RuleError
from desktop.services.coding.parts import Import, Part
from desktop.services.coding.values import RejectedLine

Row = tuple[int, list[str]]
"""Number of the line (or of the first of several) from 1, and its cells without outer blanks."""

_BUFFER = 1 << 20
_FEW_WRONG = 20
"""So many wrong lines are left out of even a short file; more are a damaged one."""

_HEAD_ROWS = 60
_ROWS_AT_ONCE = 500


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
        share = min(self._tell() / max(self.part.size, 1), 1)
        text = f"Reading {self.part.name}: {self.kept:,} {what}"
        self._job.progress(15 + int(75 * share), 100, text)

    @contextmanager
    def text(self, *, newline: str | None = "") -> Iterator[io.TextIOWrapper]:
        """The part as text, UTF-8 with single bytes of Latin-1 where it is none."""
        with self.part.open() as stream:
            self._tell = stream.tell
            buffered = io.BufferedReader(stream, _BUFFER)  # type: ignore[type-var]
            text = io.TextIOWrapper(buffered, "utf-8-sig", "else-latin-1", newline)
            try:
                yield text
            finally:
                text.detach()
                buffered.detach()
                self._tell = int

    def csv_rows(self, *, strip: bool = True) -> Iterator[Row]:
        """The rows of a CSV file that are not blank.

        Raises:
            RuleError: it is no CSV.
        """
        with self.text() as text:
            reader = csv.reader(text)
            while True:
                number = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as e:
                    raise RuleError(
                        f"{self.part.name} is damaged at line {number} ({e}); download it again."
                    ) from e
                if strip:
                    cells = [cell.strip() for cell in cells]
                if any(cells):
                    yield number, cells


def workbook_rows(part: Part) -> Generator[Row, None, None]:
    """The rows of the first sheet as text; whole numbers without decimals, days YYYYMMDD.

    Raises:
        RuleError: it cannot be read as a workbook.
    """
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(part.open())
            book = load_workbook(stream, read_only=True, data_only=True)
            stack.callback(book.close)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = enumerate(sheet.iter_rows(values_only=True), 1)
        except Exception as e:
            raise _torn(part) from e
        while batch := _next_rows(part, rows):
            for number, cells in batch:
                yield number, [_shown(cell) for cell in cells]


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
        return "\n".join("\t".join(cells) for _, cells in itertools.islice(rows, _HEAD_ROWS))
    except AppError:
        return ""
    finally:
        rows.close()


def squeezed(text: str) -> str:
    """A header as it is compared: small letters, one blank for any run of blanks or lines."""
    return " ".join(text.lower().replace('"', "").split())
