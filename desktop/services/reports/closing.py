"""Closing the books through a day, with the day sheet that goes into the binder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop.models.practice import Practice
from desktop.services.core import audit
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents import report as report_file
from desktop.services.money import ledger
from desktop.services.reports import daily
from desktop.services.reports.values import Period

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Closed:
    """The books after closing.

    Attributes:
        through: no entry may be dated on or before this day any more.
        sheet: the day sheet as a PDF; it names the newest entry and its hash, so that paper
            outside the machine tells what the ledger was.
    """

    through: dt.date
    sheet: bytes


@needs(Permission.VIEW)
def last_closed_day(work: Work) -> dt.date | None:
    """The last closed day, None while everything is open."""
    return ledger.closed_through(work)


@needs(Permission.CLOSE)
def close_day(work: Work, through: dt.date) -> Closed:
    """Close all days up to and with `through`; it cannot be undone.

    Raises:
        RuleError: the day lies in the future or is closed already.
    """
    ledger.close_through(work, through)
    number, hash_ = ledger.head(work)
    table = daily.day_table(work, Period.day(through))
    head = f"newest entry {number}, hash {hash_[:16]}…" if number else "no entry yet"
    stated = replace(table, subtitle=f"{table.subtitle} · books closed through it; {head}")
    name = work.session.get_one(Practice, 1).name
    sheet = report_file.to_pdf(stated, name, work.clock.today())
    audit.record(work, "exported", "report", None, name="day-sheet", form="pdf")
    return Closed(through, sheet)
