"""A patient's receipt as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.billing.statements.receipt import receipt_pdf
from desktop.ui.lib.pdf import PdfDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.ui.lib.page import Context


def show_receipt(owner: QWidget, context: Context, receipt_id: int) -> None:
    """Make the receipt and show it; Ctrl+P in the preview prints at exact size."""

    def show(pdf: bytes) -> None:
        PdfDialog(owner, "Receipt", pdf, file_name=f"receipt-{receipt_id}.pdf").open()

    context.runner.read(owner, lambda work: receipt_pdf(work, receipt_id), show)
