from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.services.formats.documents.recovery_sheet import render_recovery_sheet
from desktop.ui.lib.messages import Level, Notice
from desktop.ui.lib.pdf import PdfPreview, print_document, set_up_page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

PDF = render_recovery_sheet("Harbor", "-".join(["ABCD"] * 8), dt.date(2026, 9, 15))
DPI = 144


def ink(document: QPdfDocument) -> tuple[int, int, int, int]:
    """The box around everything dark on the first page, in pixels at 144 dpi."""
    points = document.pagePointSize(0)
    size = QSize(round(points.width() * DPI / 72), round(points.height() * DPI / 72))
    image = document.render(0, size).convertToFormat(QImage.Format.Format_ARGB32)
    dark = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y).alpha() > 128 and image.pixelColor(x, y).lightness() < 128
    ]
    columns, rows = [x for x, _y in dark], [y for _x, y in dark]
    return min(columns), min(rows), max(columns), max(rows)


def test_print_is_at_exact_size_from_the_papers_corner(qtbot: QtBot, tmp_path: Path) -> None:
    preview = PdfPreview()
    qtbot.addWidget(preview)
    preview.show_pdf(PDF)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    set_up_page(printer, preview.document)
    assert print_document(preview.document, printer)
    paper = QPdfDocument()
    paper.load(str(tmp_path / "paper.pdf"))
    assert paper.pageCount() == preview.document.pageCount()
    assert paper.pagePointSize(0).toSize() == QSize(612, 792)
    for printed, drawn in zip(ink(paper), ink(preview.document), strict=True):
        # One pixel at 144 dpi is 0.007 inch.
        assert abs(printed - drawn) <= 1


class Host(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.notices: list[Notice] = []

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice)


def test_save_writes_the_very_bytes_and_a_bad_place_gets_a_sentence(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host()
    qtbot.addWidget(host)
    preview = PdfPreview(host)
    preview.show_pdf(PDF)
    places = iter([str(tmp_path / "key.pdf"), str(tmp_path / "nowhere" / "key.pdf")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (next(places), ""))
    preview.save_button.click()
    assert (tmp_path / "key.pdf").read_bytes() == PDF
    preview.save_button.click()
    assert [notice.level for notice in host.notices] == [Level.INFO, Level.ERROR]
    assert "Choose another folder" in host.notices[1].text
