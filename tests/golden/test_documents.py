"""What our documents say, kept as text: a change of wording or place shows in review.

`GOLDEN_UPDATE=1 pytest tests/golden` writes the snapshots anew; read the difference first.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.models.values.money import Money
from desktop.services.formats.documents import cms1500, receipt, statement
from desktop.services.formats.documents.cms1500 import FormOptions, PrinterProfile
from desktop.services.formats.documents.recovery_sheet import render_recovery_sheet
from desktop.services.formats.documents.report import to_pdf
from desktop.services.formats.documents.tables import Column, ReportTable, to_csv
from tests.unit.formats.documents import reading
from tests.unit.formats.documents.records import COVERAGE, MEDICARE, claim, full_claim, shown_texts
from tests.unit.formats.documents.statements import PRACTICE, cents, family

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.models.values.claim_record import ClaimRecord

_SNAPSHOTS = Path(__file__).parent / "documents"
_DAY = dt.date(2026, 9, 15)
_TABLE = ReportTable(
    "Aging by payer",
    "As of September 15, 2026",
    (Column("payer", "Payer"), Column("claims", "Claims", "count"), Column("a", "Open", "money")),
    (("Prairie Mutual", 12, Money(123456)), ("Lakeside Life", 1, Money(-1250))),
    ("Total", 13, Money(122206)),
)


def _form(*records: ClaimRecord) -> str:
    """The form as it looks on paper: a grid of 66 lines of characters."""
    return _grid(cms1500.render(records, options=FormOptions(signed_on=_DAY)))


def _grid(pdf: bytes) -> str:
    pages = []
    for page in shown_texts(pdf):
        grid = [[" "] * 79 for _ in range(67)]
        for x, y, text in page:
            line, column = round((y - 0.267) * 6), round((x - 0.32) * 10)
            grid[line][column : column + len(text)] = text
        pages.append("\n".join("".join(row).rstrip() for row in grid).strip("\n"))
    return "\n\f\n".join(pages) + "\n"


def _layer(pdf: bytes) -> str:
    pages = ["\n".join(reading.rows(page)) for page in reading.pages(pdf)]
    return "\n\f\n".join(pages) + "\n"


_DOCUMENTS: dict[str, Callable[[], str]] = {
    "cms1500": lambda: _form(full_claim()),
    "cms1500-medicare": lambda: _form(
        claim(coverages=(MEDICARE,)),
        claim(payer_rank=2, coverages=(COVERAGE, replace(MEDICARE, rank=2))),
    ),
    "test-sheet": lambda: _grid(cms1500.test_sheet(PrinterProfile())),
    "statement": lambda: _layer(statement.render(family())),
    "receipt": lambda: _layer(
        receipt.render(
            receipt.ReceiptData(
                PRACTICE, "R-7", _DAY, "Zoë Brien", "1", "Cash", cents("20"), cents("-20")
            )
        )
    ),
    "report": lambda: _layer(to_pdf(_TABLE, "Elm Street Family Practice", _DAY)),
    "report-csv": lambda: to_csv(_TABLE).replace("\r\n", "\n"),
    "recovery-sheet": lambda: _layer(render_recovery_sheet("Elm", "7QK4-9XMT-B2RD-HW5N", _DAY)),
}


@pytest.mark.parametrize("name", _DOCUMENTS)
def test_a_document_says_what_it_said(name: str) -> None:
    said = _DOCUMENTS[name]()
    snapshot = _SNAPSHOTS / f"{name}.txt"
    if os.environ.get("GOLDEN_UPDATE") == "1":
        snapshot.write_text(said, encoding="utf-8", newline="\n")

    assert said == snapshot.read_text(encoding="utf-8")
