"""What the type-ahead lines of the payments page propose: patients, payers, claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.money import ZERO
from desktop.services.payments import choices
from desktop.services.people import search
from desktop.services.practice.payers import payers as payer_service
from desktop.ui.lib import dates
from desktop.ui.lib.type_ahead import Deliver, Source, Suggestion

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.services.payments.choices import ClaimChoice
    from desktop.services.people.search import PatientRow
    from desktop.services.practice.payers.payers import PayerDraft
    from desktop.ui.lib.page import Context


def patient(row: PatientRow) -> Suggestion:
    """A patient as a proposal; the birth date tells namesakes apart."""
    born = f"born {dates.shown(row.birth_on)}" if row.birth_on else "no birth date"
    owes = f", owes {row.balance.shown}" if row.balance > ZERO else ""
    return Suggestion(row.id, row.name, born + owes, row.account_number)


def patients(context: Context, owner: QWidget) -> Source:
    """Patients by any part of name, birth date, phone or account number."""
    latest = context.runner.latest(owner)

    def ask(text: str, deliver: Deliver) -> None:
        latest.read(
            lambda work: search.search(work, text, 12),
            lambda found: deliver([patient(row) for row in found]),
        )

    return ask


def payer(row: PayerDraft) -> Suggestion:
    """A payer as a proposal."""
    return Suggestion(row.id, row.name, "", row.electronic_id)


def payers(context: Context, owner: QWidget) -> Source:
    """Active payers by a part of the name or an id."""
    latest = context.runner.latest(owner)

    def ask(text: str, deliver: Deliver) -> None:
        latest.read(
            lambda work: payer_service.find(work, text),
            lambda found: deliver([payer(row) for row in found]),
        )

    return ask


def claim(row: ClaimChoice) -> Suggestion:
    """A claim as a proposal: whose, when, how much, and what is open on it."""
    detail = (
        f"born {dates.shown(row.birth_on)}, " if row.birth_on else ""
    ) + f"service {dates.shown(row.service_on)}, {row.charge.shown}, {row.payer}, {row.state}"
    return Suggestion(row.id, f"{row.patient}, claim {row.id}", detail, row.control_number)


def claims(context: Context, owner: QWidget, payer_id: int | None = None) -> Source:
    """Claims by patient, claim number or date of service."""
    latest = context.runner.latest(owner)

    def ask(text: str, deliver: Deliver) -> None:
        latest.read(
            lambda work: choices.find_claims(work, text, payer_id=payer_id, limit=20),
            lambda found: deliver([claim(row) for row in found]),
        )

    return ask
