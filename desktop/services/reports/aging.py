"""Aging: what payers and patients owe by age, net of unapplied money, equal to the ledger.

Insurance ages from the service date, a patient's balance from the day it became the
patient's. Today's figures come from `open_item`; a day in the past is summed from entries,
and both ways agree. Each day of age lies in one box only: day 120 is not over 120.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from operator import eq, gt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    func,
    select,
    union_all,
)

from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, Party
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.tables import Column, ReportTable, Value
from desktop.services.money.ages import BOXES, EDGES
from desktop.services.money.held import dated_after, held
from desktop.services.reports.values import Period, is_current, long_day
from desktop.services.store.statements import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_KEYS: Final = ("days_0_30", "days_31_60", "days_61_90", "days_91_120", "over_120")


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One payer or patient.

    Attributes:
        id: of the payer or patient; None for money whose payer is not known.
        boxes: what is owed by age, youngest first.
        unapplied: money held for them, which lowers the total.
    """

    id: int | None
    name: str
    account: str
    boxes: tuple[Money, ...]
    unapplied: Money

    @property
    def owed(self) -> Money:
        """All boxes together."""
        return total(self.boxes)

    @property
    def net(self) -> Money:
        """What is owed less what is held."""
        return self.owed - self.unapplied


@dataclass(frozen=True, slots=True)
class Aging:
    """An aging as of a day; `net` equals the ledger's A/R of that side."""

    as_of: dt.date
    rows: tuple[AgingRow, ...]

    @property
    def boxes(self) -> tuple[Money, ...]:
        """The boxes of all rows."""
        return tuple(total(r.boxes[i] for r in self.rows) for i in range(len(BOXES)))

    @property
    def unapplied(self) -> Money:
        """Money held of all rows."""
        return total(r.unapplied for r in self.rows)

    @property
    def net(self) -> Money:
        """What the ledger calls insurance or patient A/R."""
        return total(r.net for r in self.rows)


@needs(Permission.VIEW)
def aging_by_payer(work: Work, as_of: dt.date) -> Aging:
    """What each payer owes by age of service, less its unapplied payments."""
    boxes = payer_boxes(work, as_of)
    kept = _held(work, as_of, "insurance")
    names: dict[int, str] = dict(work.session.execute(select(Payer.id, Payer.name)).all())
    rows = [
        AgingRow(
            i, names.get(i or 0, "Payer not known"), "", boxes.get(i, _EMPTY), kept.get(i, ZERO)
        )
        for i in {*boxes, *kept}
    ]
    return Aging(as_of, _worth_showing(rows))


@needs(Permission.VIEW)
def aging_by_patient(work: Work, as_of: dt.date) -> Aging:
    """What each patient owes by age of the share, less what was paid ahead."""
    boxes = patient_boxes(work, as_of)
    kept = _held(work, as_of, "patient")
    ids = {*boxes, *kept}
    people = _patients(work, [i for i in ids if i is not None])
    rows = [
        AgingRow(i, *people.get(i or 0, ("", "")), boxes.get(i, _EMPTY), kept.get(i, ZERO))
        for i in ids
    ]
    return Aging(as_of, _worth_showing(rows))


def payer_boxes(work: Work, as_of: dt.date) -> dict[int | None, tuple[Money, ...]]:
    """Boxes by payer."""
    if is_current(work, as_of):
        # Each box of a payer is one stretch of the covering index, read without looking at dates.
        parts = [
            select(func.sum(OpenItem.amount))
            .where(
                OpenItem.party.in_([Party.PRIMARY, Party.SECONDARY, Party.TERTIARY]),
                OpenItem.payer_id == Payer.id,
                OpenItem.amount != NOTHING,
                *conditions,
            )
            .correlate(Payer)
            .scalar_subquery()
            for conditions in _boxes(OpenItem.service_on, as_of)
        ]
        found = _added(work, select(Payer.id, *parts))
        return {payer: boxes for payer, boxes in found.items() if any(boxes)}
    items = _payer_items_before(as_of).c
    query = (
        select(items.payer_id, *_sums(items.service_on, items.amount, as_of))
        .where(items.amount != NOTHING)
        .group_by(items.payer_id)
    )
    return _added(work, query)


def patient_boxes(work: Work, as_of: dt.date) -> dict[int | None, tuple[Money, ...]]:
    """Boxes by patient."""
    if is_current(work, as_of):
        # Along the patients' covering index: the party is filtered in the sums, since as a
        # condition it would draw the engine to the payers' index and then to each row.
        own = OpenItem.party == Party.PATIENT
        sums = [func.sum(OpenItem.amount).filter(own, *c) for c in _boxes(OpenItem.since, as_of)]
        query = (
            select(OpenItem.patient_id, *sums)
            .where(OpenItem.amount != NOTHING)
            .group_by(OpenItem.patient_id)
            .having(func.count().filter(own) > NOTHING)
        )
        return _added(work, query)
    items = patient_items_before(as_of)
    return _added(
        work,
        select(items.c.patient_id, *_sums(items.c.since, items.c.amount, as_of)).group_by(
            items.c.patient_id
        ),
    )


def _boxes(since: SQLColumnExpression[Any], as_of: dt.date) -> list[list[ColumnElement[bool]]]:
    """The conditions of each box, youngest first."""
    edges = [as_of - dt.timedelta(days=d) for d in EDGES]
    between = [[since < edges[i], since >= edges[i + 1]] for i in range(len(edges) - 1)]
    return [[since >= edges[0]], *between, [since < edges[-1]]]


def _sums(
    since: SQLColumnExpression[Any], amount: SQLColumnExpression[Any], as_of: dt.date
) -> list[ColumnElement[Any]]:
    return [func.sum(amount).filter(*c) for c in _boxes(since, as_of)]


_EMPTY: Final = (ZERO,) * len(BOXES)


def _added(work: Work, query: Select[*tuple[Any, ...]]) -> dict[int | None, tuple[Money, ...]]:
    found: dict[int | None, tuple[Money, ...]] = {}
    for key, *parts in work.session.execute(query):
        before = found.get(key, _EMPTY)
        found[key] = tuple(a + (b or ZERO) for a, b in zip(before, parts, strict=True))
    return found


def _owed_before(as_of: dt.date, *, patients: bool) -> Subquery:
    """What was owed on lines at the end of a past day: what is now, less what moved since."""
    side: Any = eq if patients else gt
    now = select(OpenItem.charge_line_id, OpenItem.party, OpenItem.amount).where(
        side(OpenItem.party, Party.PATIENT), OpenItem.amount != NOTHING
    )
    since = select(Leg.charge_line_id, Leg.party, -Leg.amount).where(
        Leg.account == Account.RECEIVABLE, side(Leg.party, Party.PATIENT), dated_after(as_of)
    )
    both = union_all(now, since).subquery().c
    return (
        select(both.charge_line_id, both.party, func.sum(both.amount).label("amount"))
        .group_by(both.charge_line_id, both.party)
        .having(func.sum(both.amount) != NOTHING)
        .subquery()
    )


def _payer_items_before(as_of: dt.date) -> Subquery:
    """What `open_item` said of payers at the end of a past day: the newest payer of a party."""
    totals = _owed_before(as_of, patients=False)
    newest = (
        select(Leg.payer_id)
        .join(Entry, Entry.id == Leg.entry_id)
        .where(
            Leg.account == Account.RECEIVABLE,
            Leg.charge_line_id == totals.c.charge_line_id,
            Leg.party == totals.c.party,
            Entry.accounting_on <= as_of,
        )
        .order_by(Leg.entry_id.desc(), Leg.payer_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            totals.c.party,
            newest.label("payer_id"),
            ChargeLine.service_on,
            totals.c.amount,
        )
        .join(ChargeLine, ChargeLine.id == totals.c.charge_line_id)
        .subquery()
    )


def patient_items_before(as_of: dt.date) -> Subquery:
    """What `open_item` said of patients at the end of a past day.

    `since` is the accounting date of the newest entry that found the amount at zero.
    """
    totals = _owed_before(as_of, patients=True)
    moves = (
        select(
            Leg.charge_line_id,
            Leg.entry_id,
            func.sum(Leg.amount).label("amount"),
        )
        .join(Entry, Entry.id == Leg.entry_id)
        .where(
            Leg.charge_line_id.in_(select(totals.c.charge_line_id)),
            Leg.account == Account.RECEIVABLE,
            Leg.party == Party.PATIENT,
            Entry.accounting_on <= as_of,
        )
        .group_by(Leg.charge_line_id, Leg.entry_id)
        .having(func.sum(Leg.amount) != NOTHING)
        .subquery()
    )
    running = select(
        moves.c.charge_line_id,
        moves.c.entry_id,
        moves.c.amount,
        func.sum(moves.c.amount)
        .over(partition_by=moves.c.charge_line_id, order_by=moves.c.entry_id)
        .label("after"),
    ).subquery()
    started = (
        select(running.c.charge_line_id, func.max(running.c.entry_id).label("entry_id"))
        .where(running.c.after == running.c.amount)
        .group_by(running.c.charge_line_id)
        .subquery()
    )
    return (
        select(
            ChargeLine.patient_id,
            totals.c.charge_line_id,
            Entry.accounting_on.label("since"),
            totals.c.amount,
        )
        .join(started, started.c.charge_line_id == totals.c.charge_line_id)
        .join(Entry, Entry.id == started.c.entry_id)
        .join(ChargeLine, ChargeLine.id == totals.c.charge_line_id)
        .subquery()
    )


def _held(work: Work, as_of: dt.date, kind: str) -> dict[int | None, Money]:
    """Unapplied money by payer or patient."""
    owner = Receipt.payer_id if kind == "insurance" else Receipt.patient_id
    now = is_current(work, as_of)
    open_receipts = held(None if now else as_of)
    # Begins with the few receipts that hold something, not with all there are.
    few = [Receipt.id.in_(select(open_receipts.c.receipt_id))] if now else []
    rows = work.session.execute(
        select(owner, func.sum(open_receipts.c.amount))
        .join(Receipt, Receipt.id == open_receipts.c.receipt_id)
        .where(*few, Receipt.kind == kind)
        .group_by(owner)
    )
    return dict(rows.all())


def _patients(work: Work, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and account number by patient."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(ids), 5000):
        rows = work.session.execute(
            select(Patient.id, Person.last, Person.first, Patient.account_number)
            .join(Person, Person.id == Patient.person_id)
            .where(Patient.id.in_(ids[start : start + 5000]))
        )
        found.update({i: (f"{last}, {first}", account) for i, last, first, account in rows})
    return found


def _worth_showing(rows: Iterable[AgingRow]) -> tuple[AgingRow, ...]:
    kept = [r for r in rows if any(r.boxes) or r.unapplied]
    return tuple(sorted(kept, key=lambda r: (r.name.casefold(), r.account, r.id or 0)))


def payer_table(work: Work, period: Period) -> ReportTable:
    """Aging by payer as a table."""
    found = aging_by_payer(work, period.last)
    return _table("Aging by payer", "Insurance, by date of service", found, accounts=False)


def patient_table(work: Work, period: Period) -> ReportTable:
    """Aging by patient as a table."""
    found = aging_by_patient(work, period.last)
    return _table("Aging by patient", "Patients, since it became theirs", found, accounts=True)


def _table(title: str, what: str, found: Aging, *, accounts: bool) -> ReportTable:
    columns = [Column("name", "Patient" if accounts else "Payer", width=24)]
    if accounts:
        columns.append(Column("account", "Account", width=9))
    columns += [Column(k, t, "money") for k, t in zip(_KEYS, BOXES, strict=True)]
    columns += [Column("unapplied", "Unapplied", "money"), Column("total", "Total", "money")]

    def row(name: str, account: str, boxes: Sequence[Money], held: Money) -> tuple[Value, ...]:
        first: list[Value] = [name, account] if accounts else [name]
        # Held money is shown below zero, so that every row adds up across.
        return (*first, *boxes, -held, total(boxes) - held)

    return ReportTable(
        title,
        f"{what} · as of {long_day(found.as_of)}",
        tuple(columns),
        tuple(row(r.name, r.account, r.boxes, r.unapplied) for r in found.rows),
        row("Total", "", found.boxes, found.unapplied),
    )
