"""The sheet that carries a practice's recovery key: printed once, locked away."""

from __future__ import annotations

import datetime as dt

from desktop.services.documents.sheet import Sheet
from desktop.services.documents.typography import long_date

_LEFT = 72.0
_ROOM = 468.0
_ADVICE = (
    (
        "This key opens the practice's file without any password. Whoever has this sheet and the "
        "file can read everything in it."
    ),
    (
        "Keep it away from the computer: in a safe, or with the practice's papers in another place. "
        "Keep a second copy somewhere else."
    ),
    (
        "If every password is forgotten, choose “Use the recovery key” where the program asks for "
        "the password, and type the groups below. Capitals, blanks and dashes do not matter."
    ),
    (
        "Nobody else has this key: not the makers of the program, not a server. Without it and "
        "without a password the file stays closed for ever."
    ),
)


def render_recovery_sheet(practice: str, recovery_key: str, on: dt.date) -> bytes:
    """The sheet as PDF bytes.

    Args:
        practice: name on top.
        recovery_key: eight groups of four, as `keys.new_recovery_key` gives it.
        on: the day it was made.
    """
    sheet = Sheet("Recovery key")
    sheet.text(_LEFT, 96, "Recovery key", 22, bold=True)
    sheet.text(_LEFT, 122, practice, 13, room=_ROOM)
    sheet.text(_LEFT, 140, f"Made on {long_date(on)}", 10)
    groups = recovery_key.split("-")
    half = (len(groups) + 1) // 2
    sheet.box(_LEFT, 164, _ROOM, 84)
    for row, part in enumerate((groups[:half], groups[half:])):
        sheet.text(
            _LEFT + _ROOM / 2, 200 + row * 30, "  –  ".join(part), 20, bold=True, align="center"
        )
    y = 284.0
    for advice in _ADVICE:
        y = sheet.paragraph(_LEFT, y, advice, 11, _ROOM) + 10
    return sheet.pdf()
