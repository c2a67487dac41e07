"""The CMS-1500 (02/12) as PDF: data alone for pre-printed red forms, or over plain boxes.

The public face of the form: `fields`, `forms` and `form_problems` say what stands where,
`render` prints it, `test_sheet` shows whether a printer prints it at the right place.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from reportlab.pdfgen.canvas import Canvas

from desktop.errors import Problem, raise_if_any
from desktop.services.formats.documents.cms1500_boxes import BOXES, define_boxes
from desktop.services.formats.documents.cms1500_fields import fields, form_problems, forms
from desktop.services.formats.documents.cms1500_grid import (
    CELLS,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PlacedField,
    baseline,
    left,
)
from desktop.services.formats.documents.cms1500_writer import DEFAULT, FormOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.models.values.claim_record import ClaimRecord

__all__ = [
    "FormOptions",
    "PlacedField",
    "PrinterProfile",
    "fields",
    "form_problems",
    "forms",
    "render",
    "test_sheet",
]

# At 12 points a character of Courier is exactly 1/10 inch wide.
_FONT, _SIZE = "Courier", 12
_ESCAPES = str.maketrans({c: "\\" + c for c in "\\()"})
_OFFSET_LIMIT = 100
_SCALE_LIMITS = (900, 1100)


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """How one printer and tray is corrected.

    Attributes:
        x_offset: hundredths of an inch; positive moves the print to the right.
        y_offset: hundredths of an inch; positive moves the print down.
        scale: tenths of a percent about the middle of the sheet; 1000 is full size.

    Raises:
        RuleError: an offset beyond one inch, or a scale outside 90 to 110 percent.
    """

    x_offset: int = 0
    y_offset: int = 0
    scale: int = 1000

    def __post_init__(self) -> None:
        problems = [
            Problem(name, "Move the print by one inch at most (-100 to 100 hundredths).")
            for name in ("x_offset", "y_offset")
            if abs(getattr(self, name)) > _OFFSET_LIMIT
        ]
        if not _SCALE_LIMITS[0] <= self.scale <= _SCALE_LIMITS[1]:
            problems.append(Problem("scale", "The scale must lie between 90 and 110 percent."))
        raise_if_any(problems)


_STRAIGHT = PrinterProfile()


def render(
    records: Sequence[ClaimRecord],
    profile: PrinterProfile = _STRAIGHT,
    *,
    boxes: bool = False,
    options: FormOptions | Sequence[FormOptions] = DEFAULT,
) -> bytes:
    """Print claims, one page a form; a claim of more than six lines takes several pages.

    Args:
        records: claims in the order of printing; none gives one empty page.
        profile: the printer's correction.
        boxes: draw plain boxes of our own below the text, for looking at on screen.
        options: the payer's settings, for all these claims or for each of them.

    Raises:
        RuleError: a claim has no coverage of the rank that it goes to.
    """
    each = [options] * len(records) if isinstance(options, FormOptions) else options
    pages = [
        fields(form, option)
        for record, option in zip(records, each, strict=True)
        for form in forms(record)
    ]
    return _pdf(pages or [()], profile, boxes=boxes, title="CMS-1500")


def test_sheet(profile: PrinterProfile) -> bytes:
    """One page that fills every cell of the form and carries two crosses to measure by.

    Held against a red form, or printed onto one, it shows how far the print is off.
    """
    pages = [(*_guide(profile), *_every_cell())]
    return _pdf(pages, profile, boxes=False, title="CMS-1500 alignment test")


def _guide(profile: PrinterProfile) -> tuple[PlacedField, ...]:
    lines = (
        "ALIGNMENT TEST",
        f"RIGHT {profile.x_offset / 100:+.2f} IN  DOWN {profile.y_offset / 100:+.2f} IN",
        f"SCALE {profile.scale / 10:.1f} PERCENT",
        "EACH MARK BELONGS IN ITS BOX",
    )
    top = tuple(PlacedField(f"guide.{i}", text, 2 + i, 1) for i, text in enumerate(lines))
    # Columns 1 and 78 are 7.70 inches apart, left edge to left edge.
    foot = PlacedField("guide.rule", "+" + "7.70 INCHES FROM + TO +".center(76) + "+", 64, 1)
    return (*top, foot)


def _every_cell() -> tuple[PlacedField, ...]:
    return tuple(
        PlacedField(key, _pattern(key, cell.width), cell.line, cell.column)
        for key, cell in CELLS.items()
        if key != "19.above"
    )


def _pattern(key: str, width: int) -> str:
    """A cell filled to both ends: X for a box, 9 for a number, else the item and X."""
    if width <= 4:
        return "X" if width == 1 else "9" * width
    return (key.partition(".")[0].upper() + " ").ljust(width, "X")[:width]


def _pdf(
    pages: Sequence[Sequence[PlacedField]], profile: PrinterProfile, *, boxes: bool, title: str
) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Claimstead")
    # Viewers otherwise shrink the page to the printer's margins.
    canvas.setViewerPreference("PrintScaling", "None")
    if boxes:
        define_boxes(canvas)
    places: dict[tuple[int, int], str] = {}
    for page in pages:
        if boxes:
            canvas.doForm(BOXES)
        canvas.setFont(_FONT, _SIZE)
        canvas.addLiteral(_text_object(page, profile, places))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _text_object(
    page: Sequence[PlacedField], profile: PrinterProfile, places: dict[tuple[int, int], str]
) -> str:
    """One PDF text object for a whole page; `places` remembers the matrices of the grid."""
    parts = ["BT"]
    for _, text, line, column, _ in page:
        if not text:
            continue
        matrix = places.get((line, column))
        if matrix is None:
            matrix = places[line, column] = _matrix(line, column, profile)
        parts.append(f"{matrix}({text.translate(_ESCAPES)}) Tj")
    parts.append("ET")
    return "\n".join(parts)


def _matrix(line: int, column: int, profile: PrinterProfile) -> str:
    scale = profile.scale / 1000
    x = PAGE_WIDTH / 2 + (left(column) - PAGE_WIDTH / 2) * scale + profile.x_offset * 0.72
    y = PAGE_HEIGHT / 2 + (baseline(line) - PAGE_HEIGHT / 2) * scale - profile.y_offset * 0.72
    return f"{scale:.6g} 0 0 {scale:.6g} {x:.3f} {y:.3f} Tm "
