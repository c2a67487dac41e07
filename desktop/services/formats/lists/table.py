"""The cells of a CSV file, whatever program wrote it."""

from __future__ import annotations

import csv
import io
import re

from desktop.errors import RuleError

MAX_BYTES = 10_000_000


def read_table(data: bytes, kind: str) -> list[list[str]]:
    """The cells of a CSV file, whatever program wrote it.

    Args:
        data: the file.
        kind: what it should be, for the sentences, such as ``fee file``.

    Raises:
        RuleError: it is no text, too large, or its quotes do not close.
    """
    if len(data) > MAX_BYTES:
        raise RuleError(f"The {kind} is larger than 10 MB; is it the right one?")
    text = _decoded(data, kind)
    # A title may stand above the headings.
    head = next((line for line in text.split("\n") if any(d in line for d in ",;\t")), "")
    delimiter = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise RuleError(
            f"The {kind} is not readable as CSV ({error}); save it again as CSV from the "
            "spreadsheet."
        ) from error


def _decoded(data: bytes, kind: str) -> str:
    refusal = RuleError(f"The {kind} is not a text file; save it as CSV from the spreadsheet.")
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise refusal from None
    if re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text):
        raise refusal
    return text.replace("\r\n", "\n").replace("\r", "\n")
