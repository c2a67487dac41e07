"""The printed recovery key: one page to keep under lock, away from the computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from desktop.services.formats.documents.sheet import Sheet
from desktop.services.formats.documents.typography import ACCENT, INK, QUIET, long_date

if TYPE_CHECKING:
    import datetime as dt

    from reportlab.pdfgen.canvas import Canvas

_LEFT, _RIGHT = 72.0, 540.0
_A_ROW: Final = 4
_SAID: Final = (
    (
        "This key opens the practice's file when every password is forgotten, or when a backup "
        "is restored on another computer. Type the groups where the program asks for it. "
        "Capitals, spaces and dashes do not matter."
    ),
    (
        "Nobody else has this key: not the makers of the program, not a server. Without it and "
        "without a password the file stays closed for ever."
    ),
    (
        "Keep this page under lock, away from the computer, and a second copy in another place. "
        "Whoever holds it together with the file can read every patient's record."
    ),
)


def render_recovery_sheet(practice: str, recovery_key: str, on: dt.date) -> bytes:
    """One page with the key in numbered groups.

    Args:
        practice: the practice's name.
        recovery_key: groups parted by dashes or spaces.
        on: the day the key was made; an older page may have been replaced since.
    """
    groups = recovery_key.replace("-", " ").split()
    sheet = Sheet("Recovery key")
    sheet.text(_LEFT, 96, "Recovery key", 24, colour=ACCENT)
    sheet.text(_LEFT, 124, practice, 13, bold=True, room=_RIGHT - _LEFT)
    sheet.text(_LEFT, 142, f"Made on {long_date(on)}", 10, colour=QUIET)
    rows = [groups[i : i + _A_ROW] for i in range(0, len(groups), _A_ROW)]
    sheet.box(_LEFT, 168, _RIGHT - _LEFT, 16 + 52 * len(rows), edge=INK)
    wide = (_RIGHT - _LEFT) / _A_ROW
    for r, row in enumerate(rows):
        for c, group in enumerate(row):
            x, line = _LEFT + wide * (c + 0.5), 213 + 52 * r
            number = str(r * _A_ROW + c + 1)
            sheet.text(x, line - 25, number, 7.5, colour=QUIET, align="center")
            _monospaced(sheet, x, line, group)
    y = 168.0 + 30 + 52 * len(rows) + 36
    for paragraph in _SAID:
        y = sheet.paragraph(_LEFT, y, _RIGHT - _LEFT, paragraph, 10.5, leading=1.45) + 8
    sheet.rule(_LEFT, 700, 300, colour=INK)
    sheet.text(_LEFT, 713, "Kept by", 8, colour=QUIET)
    sheet.rule(330, 700, _RIGHT, colour=INK)
    sheet.text(330, 713, "Where", 8, colour=QUIET)
    return sheet.pdf()


def _monospaced(sheet: Sheet, x: float, y: float, text: str) -> None:
    up = sheet.height - y

    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(INK)
        canvas.setFont("Courier-Bold", 22)
        canvas.drawCentredString(x, up, text)

    sheet.pages[-1].append(draw)
