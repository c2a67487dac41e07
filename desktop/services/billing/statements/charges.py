"""Which charge lines stand on a statement: of open visits, and of those that were paid toward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, not_, or_, select

from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Provider
from desktop.models.values.enums import Account, Party
from desktop.models.visits import ChargeLine, Visit
from desktop.services.billing.accounts import accounts
from desktop.services.store.statements import NOTHING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.models.values.money import Money
    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class Line:
    """A charge line as a statement names it."""

    id: int
    visit_id: int
    patient_id: int
    guarantor_id: int
    patient: str
    on: dt.date
    provider: str
    what: str
    charge: Money


def paid_visits(work: Work, starts: dict[int, dt.date]) -> list[int]:
    """Visits toward which the payments that a statement shows went.

    They stand on it even when they are settled, so that each payment is found again.
    """
    rows = work.session.execute(
        select(ChargeLine.visit_id, Patient.guarantor_id, func.max(Receipt.received_on))
        .join(Leg, Leg.charge_line_id == ChargeLine.id)
        .join(Entry, Entry.id == Leg.entry_id)
        .join(Receipt, Receipt.id == Entry.receipt_id)
        .join(Patient, Patient.id == Receipt.patient_id)
        .where(
            Patient.guarantor_id.in_(starts),
            Receipt.kind == "patient",
            Receipt.voided_on.is_(None),
            Receipt.received_on >= min(starts.values()),
            Leg.account == Account.RECEIVABLE,
        )
        .group_by(ChargeLine.visit_id, Patient.guarantor_id)
    )
    return [visit for visit, guarantor, received in rows if received >= starts[guarantor]]


def lines(work: Work, ids: Sequence[int], visits: Sequence[int]) -> list[Line]:
    """All lines of the visits on which a patient owes something that may be billed.

    Visits that nobody may bill stay away even when something was paid toward them.

    Args:
        work: the unit of work.
        ids: the guarantors.
        visits: those that stand there even when they are settled.
    """
    shown = or_(ChargeLine.visit_id.in_(_open_visits(ids)), ChargeLine.visit_id.in_(visits))
    rows = work.session.execute(
        _named_lines()
        .where(
            shown,
            Patient.guarantor_id.in_(ids),
            not_(Patient.may_not_bill),
            not_(accounts.barred_visit()),
            ChargeLine.state == "posted",
            ChargeLine.charge != NOTHING,
        )
        .order_by(
            Person.last, Person.first, Patient.id, Visit.service_on, Visit.id, ChargeLine.position
        )
    )
    return [
        Line(
            r.id,
            r.visit_id,
            r.patient_id,
            r.guarantor_id,
            f"{r.first} {r.last}".strip(),
            r.service_on,
            _provider(r.given, r.family, r.credential),
            r.title or f"Service {r.procedure}",
            r.charge,
        )
        for r in rows
    ]


def _open_visits(ids: Sequence[int]) -> Select[int]:
    """Visits on which a patient of these guarantors owes something that may be billed."""
    return (
        select(ChargeLine.visit_id)
        .join(OpenItem, OpenItem.charge_line_id == ChargeLine.id)
        .join(Patient, Patient.id == ChargeLine.patient_id)
        .where(
            Patient.guarantor_id.in_(ids),
            not_(Patient.may_not_bill),
            OpenItem.party == Party.PATIENT,
            OpenItem.amount != NOTHING,
            not_(accounts.barred_visit()),
        )
    )


def _named_lines() -> Select[*tuple[Any, ...]]:
    """Charge lines with their patient and the provider who gave the service."""
    return (
        select(
            ChargeLine.id,
            ChargeLine.visit_id,
            ChargeLine.patient_id,
            ChargeLine.service_on,
            ChargeLine.title,
            ChargeLine.procedure,
            ChargeLine.charge,
            Patient.guarantor_id,
            Person.first,
            Person.last,
            Provider.first.label("given"),
            Provider.last.label("family"),
            Provider.credential,
        )
        .join(Visit, Visit.id == ChargeLine.visit_id)
        .join(Patient, Patient.id == ChargeLine.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .outerjoin(Provider, Provider.id == Visit.rendering_id)
    )


def _provider(given: str | None, family: str | None, credential: str | None) -> str:
    name = " ".join(p for p in (given, family) if p)
    return f"{name}, {credential}" if name and credential else name
