"""What type-ahead lines of this page propose: payers and known persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.people import search
from desktop.services.practice.payers import payers
from desktop.ui.lib import dates
from desktop.ui.lib.type_ahead import Deliver, Source, Suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from desktop.services.people.search import PatientRow
    from desktop.services.practice.payers.payers import PayerDraft
    from desktop.ui.lib.page import Context


def payer_source(context: Context, owner: QWidget) -> Source:
    """Payers by any part of the name or the electronic id."""
    latest = context.runner.latest(owner)

    def source(text: str, deliver: Deliver) -> None:
        latest.read(
            lambda work: payers.find(work, text),
            lambda found: deliver([payer_suggestion(each) for each in found]),
        )

    return source


def payer_suggestion(payer: PayerDraft) -> Suggestion:
    """A payer in the list."""
    return Suggestion(payer.id, payer.name, payer.city, payer.electronic_id)


def person_source(context: Context, owner: QWidget) -> Source:
    """Patients as guarantors or subscribers: the value is the person's id."""
    latest = context.runner.latest(owner)

    def source(text: str, deliver: Deliver) -> None:
        latest.read(
            lambda work: search.search(work, text, 10),
            lambda found: deliver(_people(found)),
        )

    return source


def _people(rows: Sequence[PatientRow]) -> list[Suggestion]:
    return [Suggestion(row.person_id, row.name, born(row), row.account_number) for row in rows]


def born(row: PatientRow) -> str:
    """The birth date in words, to avoid the wrong one of two."""
    return f"born {dates.shown(row.birth_on)}" if row.birth_on else ""
