"""Reading dates as people at a front desk type them. Pure; `edits.DateEdit` shows the result."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_STEP = re.compile(r"(?P<sign>[+-])(?P<days>\d{0,4})")
_ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})")
_US = re.compile(r"(?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})(?:[-/. ](?P<y>\d{4}|\d{2}))?")
_DIGITS = re.compile(r"(?P<m>\d{2})(?P<d>\d{2})(?P<y>\d{4}|\d{2})?")
_FIRST_YEAR = 1880
_AHEAD = 20

SHORT_KEYS = {
    "t": "today",
    "[": "the same day a month earlier",
    "]": "the same day a month later",
    "m": "first day of the month",
    "h": "last day of the month",
}


def read_date(
    text: str, today: dt.date, base: dt.date | None = None, *, past: bool = False
) -> dt.date | None:
    """A date from ``t``, ``+7``, ``-1``, ``[``, ``]``, ``m``, ``h``, ``0229``, ``2/29/24``, ISO.

    Steps count from `base`, the date that stood there, else from today. With `past` the date
    cannot lie ahead (birth): two-digit and missing years look backwards. None for an empty text.

    Raises:
        ValueError: a sentence for the user.
    """
    bare = text.strip().lower()
    if not bare:
        return None
    found = _keyed(bare, today, base or today)
    if found is None:
        found = _written(bare, today, past=past)
    if past and found > today:
        raise ValueError(f"{shown(found)} lies ahead; this date cannot be after today.")
    return found


def shown(date: dt.date) -> str:
    """A date as US offices write it: ``02/29/2024``."""
    return f"{date.month:02d}/{date.day:02d}/{date.year:04d}"


def weekday(date: dt.date) -> str:
    """The day's short name, ``Thu``."""
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[date.weekday()]


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day in another month, or that month's last day."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return date
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(date.day, last))


def _keyed(bare: str, today: dt.date, base: dt.date) -> dt.date | None:
    if bare == "t":
        return today
    if bare in ("[", "]"):
        return add_months(base, 1 if bare == "]" else -1)
    if bare == "m":
        return base.replace(day=1)
    if bare == "h":
        return base.replace(day=calendar.monthrange(base.year, base.month)[1])
    step = _STEP.fullmatch(bare) if bare.isascii() else None
    if step is None:
        return None
    days = int(step["days"] or "1")
    try:
        return base + dt.timedelta(days=days if step["sign"] == "+" else -days)
    except OverflowError:
        raise ValueError("That is further away than the calendar reaches.") from None


def _written(bare: str, today: dt.date, *, past: bool) -> dt.date:
    found = None
    if bare.isascii():
        found = _ISO.fullmatch(bare) or _US.fullmatch(bare) or _DIGITS.fullmatch(bare)
    if found is None:
        raise ValueError(f"“{bare}” is not a date; write it like 2/29/24 or 0229, or t for today.")
    month, day = int(found["m"]), int(found["d"])
    if not 1 <= month <= 12:
        raise ValueError(f"There is no month {month}; write month, day, year, like 2/29/24.")
    year = _year(found["y"], month, day, today, past=past)
    if year < _FIRST_YEAR or year > today.year + 100:
        raise ValueError(f"The year {year} cannot be right.")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        name = calendar.month_name[month]
        hint = "" if found["y"] else "; add the year"
        raise ValueError(f"There is no {name} {day} in {year}{hint}.")
    return dt.date(year, month, day)


def _year(text: str | None, month: int, day: int, today: dt.date, *, past: bool) -> int:
    if text is None:
        ahead = (month, day) > (today.month, today.day)
        return today.year - 1 if past and ahead else today.year
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    limit = today.year if past else today.year + _AHEAD
    return year - 100 if year > limit else year
