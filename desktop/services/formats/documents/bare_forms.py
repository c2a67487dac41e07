"""The floor under the CMS-1500: texts at places by ReportLab's own means, and nothing else.

`claimstead bench` measures the form against it; it stands here because PDF has one home.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from reportlab.pdfgen.canvas import Canvas

from desktop.services.formats.documents.cms1500_grid import PAGE_HEIGHT, PAGE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def bare_forms(pages: Sequence[Iterable[tuple[float, float, str]]]) -> bytes:
    """One page for each run of texts, given with their places in points from below left."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    for page in pages:
        text = canvas.beginText()
        text.setFont("Courier", 12)
        for x, y, words in page:
            text.setTextOrigin(x, y)
            text.textOut(words)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
