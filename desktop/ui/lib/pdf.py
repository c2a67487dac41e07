"""A PDF on screen, its print at exact size, and saving it. Qt's PDF module loads on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QPoint,
    QRect,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QKeySequence, QPageLayout, QPageSize, QPainter, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.lib import messages
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.messages import Notice, NoticeBar

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPrintSupport import QPrinter

POINTS_PER_INCH = 72
# Sharp on paper, and a page stays below 60 MB in memory.
_MAX_DPI = 400


class PdfPreview(QWidget):
    """Shows PDF bytes; Print (Ctrl+P) and Save as."""

    def __init__(self, parent: QWidget | None = None, *, file_name: str = "document.pdf") -> None:
        super().__init__(parent)
        from PySide6.QtPdf import QPdfDocument  # noqa: PLC0415 - a large library, for who looks
        from PySide6.QtPdfWidgets import QPdfView  # noqa: PLC0415 - loads QtPdf

        self._bytes = b""
        self._file_name = file_name
        self._buffer: QBuffer | None = None
        self.document = QPdfDocument(self)
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName("Pages of the document")
        self.print_button = Button("Print", primary=True)
        self.print_button.setToolTip("Print at exact size (Ctrl+P)")
        self.save_button = Button("Save as PDF")
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.save_button, self.print_button):
            row.addWidget(button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.view, 1)
        outer.addLayout(row)
        self.print_button.clicked.connect(self.print_it)
        self.save_button.clicked.connect(self.save_as)
        keys = QShortcut(QKeySequence("Ctrl+P"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.print_it)

    def show_pdf(self, pdf: bytes, *, file_name: str = "") -> None:
        """Show a document given as bytes."""
        self._bytes = pdf
        self._file_name = file_name or self._file_name
        self.document.close()
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)

    def print_it(self) -> None:
        """Ask for the printer and print at 100 %: a form must meet its boxes."""
        from PySide6.QtPrintSupport import (  # noqa: PLC0415 - asks the system's printers
            QPrintDialog,
            QPrinter,
        )

        if not self._bytes:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_up_page(printer, self.document)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, self.document.pageCount())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            set_up_page(printer, self.document)
            if print_document(self.document, printer):
                messages.info(self, f"Sent to {printer.printerName() or 'the printer'}.")
            else:
                messages.error(self, "The printer did not take it; check that it is on.")

    def save_as(self) -> None:
        """Ask for a place and write the bytes as they are."""
        start = str(Path.home() / self._file_name)
        name, _kind = QFileDialog.getSaveFileName(self, "Save as PDF", start, "PDF (*.pdf)")
        if not name:
            return
        try:
            Path(name).write_bytes(self._bytes)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            messages.error(self, f"Not saved: {reason}. Choose another folder.")
        else:
            messages.info(self, "Saved.")


class PdfDialog(QDialog):
    """A preview in a window of its own; Esc closes it."""

    def __init__(self, parent: QWidget, title: str, pdf: bytes, *, file_name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.preview = PdfPreview(self, file_name=file_name)
        self._notices = NoticeBar()
        outer = QVBoxLayout(self)
        outer.addWidget(self.preview, 1)
        outer.addWidget(self._notices)
        self.preview.show_pdf(pdf)
        room = parent.screen().availableGeometry()
        self.resize(min(900, room.width() - 40), min(980, room.height() - 40))

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`."""
        self._notices.show_notice(notice)


def set_up_page(printer: QPrinter, document: QPdfDocument) -> None:
    """Page size of the document's first page, no margins, whole page."""
    size: QSizeF = document.pagePointSize(0)
    portrait = size.width() <= size.height()
    short, long = sorted((size.width(), size.height()))
    printer.setPageSize(QPageSize(QSizeF(short, long), QPageSize.Unit.Point))
    side = QPageLayout.Orientation
    printer.setPageOrientation(side.Portrait if portrait else side.Landscape)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))


def print_document(document: QPdfDocument, printer: QPrinter) -> bool:
    """Paint each page at its own size in inches, from the paper's corner; nothing is fitted.

    With `setFullPage` the painter's origin is the paper's corner, so that the printer's own
    unprintable margin moves nothing.
    """
    resolution = min(printer.resolution(), _MAX_DPI)
    first = max(printer.fromPage(), 1)
    last = printer.toPage() or document.pageCount()
    painter = QPainter()
    if not painter.begin(printer):
        return False
    for number in range(first - 1, last):
        if number > first - 1:
            printer.newPage()
        points = document.pagePointSize(number)
        image = document.render(number, _pixels(points, resolution))
        target = _pixels(points, printer.resolution())
        painter.drawImage(QRect(QPoint(0, 0), target), image)
    return painter.end()


def _pixels(points: QSizeF, dpi: int) -> QSize:
    return (points * dpi / POINTS_PER_INCH).toSize()
