"""Pages of text, rules and boxes, measured in points from the upper left corner.

Nothing is drawn until all pages are known, so that each can say “page 2 of 3”.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from reportlab.pdfgen.canvas import Canvas

from desktop.services.formats.documents.typography import INK, RULE, clean, fit, font, width, wrap

if TYPE_CHECKING:
    from reportlab.lib.colors import Color

LETTER: Final = (612.0, 792.0)
LANDSCAPE: Final = (792.0, 612.0)

Align = Literal["left", "right", "center"]
Draw = Callable[[Canvas], None]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The practice as documents show it.

    Attributes:
        lines: address and whatever else stands below the name.
        phone: as people write it.
        tax_id: as people write it; empty leaves it out.
    """

    name: str
    lines: tuple[str, ...] = ()
    phone: str = ""
    tax_id: str = ""


class Sheet:
    """A document being laid out, page by page."""

    def __init__(self, title: str, size: tuple[float, float] = LETTER) -> None:
        self.title = title
        self.width, self.height = size
        self.pages: list[list[Draw]] = []
        self.turn()

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append([])

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        *,
        bold: bool = False,
        colour: Color = INK,
        align: Align = "left",
        room: float | None = None,
        page: int = -1,
    ) -> None:
        """One line with its baseline at `y`; markup in it is only text.

        Args:
            x: the left edge, right edge or middle, by `align`.
            y: points from the top.
            text: anything; letters that the font lacks are replaced.
            size: points.
            bold: heavier.
            colour: of the ink.
            align: which part of the text stands at `x`.
            room: cut with an ellipsis where it would be wider.
            page: index of the page; the current one unless given.
        """
        shown = clean(text) if room is None else fit(text, size, room, bold=bold)
        if not shown:
            return
        if align != "left":
            wide = width(shown, size, bold=bold)
            x -= wide if align == "right" else wide / 2
        name, up = font(bold=bold), self.height - y

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(colour)
            canvas.setFont(name, size)
            canvas.drawString(x, up, shown)

        self.pages[page].append(draw)

    def paragraph(
        self,
        x: float,
        y: float,
        room: float,
        text: str,
        size: float = 9,
        *,
        leading: float = 1.35,
        bold: bool = False,
        colour: Color = INK,
    ) -> float:
        """Text broken into lines; returns the baseline that the next line would have."""
        for line in wrap(text, size, room, bold=bold):
            self.text(x, y, line, size, bold=bold, colour=colour)
            y += size * leading
        return y

    def rule(
        self,
        x: float,
        y: float,
        end: float,
        *,
        colour: Color = RULE,
        thick: float = 0.6,
        dashed: bool = False,
    ) -> None:
        """A horizontal line from `x` to `end`."""
        up = self.height - y

        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(thick)
            if dashed:
                canvas.setDash(3, 3)
            canvas.line(x, up, end, up)
            if dashed:
                canvas.setDash()

        self.pages[-1].append(draw)

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        fill: Color | None = None,
        edge: Color | None = None,
    ) -> None:
        """A rectangle whose upper left corner is at `x`, `y`."""
        up = self.height - y - high

        def draw(canvas: Canvas) -> None:
            if fill is not None:
                canvas.setFillColor(fill)
            if edge is not None:
                canvas.setStrokeColor(edge)
                canvas.setLineWidth(0.6)
            canvas.rect(x, up, wide, high, stroke=int(edge is not None), fill=int(fill is not None))

        self.pages[-1].append(draw)

    def letterhead(self, x: float, y: float, head: Letterhead, room: float) -> float:
        """Name, address, telephone and tax id; returns the next free baseline."""
        for line in wrap(head.name, 15, room, bold=True):
            self.text(x, y, line, 15, bold=True)
            y += 18
        y -= 3
        facts = [*head.lines]
        facts += [f"Phone {head.phone}"] if head.phone else []
        facts += [f"Tax ID {head.tax_id}"] if head.tax_id else []
        for fact in facts:
            self.text(x, y, fact, 9, room=room)
            y += 12
        return y

    def pdf(self) -> bytes:
        """Draw everything; the same calls give the same bytes."""
        return joined([self], self.title)


def joined(sheets: Sequence[Sheet], title: str) -> bytes:
    """Several documents in one file, which then carries each font once."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=LETTER, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Claimstead")
    for sheet in sheets:
        canvas.setPageSize((sheet.width, sheet.height))
        for page in sheet.pages:
            for draw in page:
                draw(canvas)
            canvas.showPage()
    canvas.save()
    return out.getvalue()
