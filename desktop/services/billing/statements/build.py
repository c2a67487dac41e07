"""What a statement says: every line's charge, what became of it, and why the rest is theirs.

All is read set-based for any number of guarantors. What nobody may bill never gets here, and
what waits on insurance is shown as waiting and never asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.models.payments import Receipt
from desktop.models.people import Patient
from desktop.models.values.enums import ReceiptMethod
from desktop.models.values.money import ZERO, Money
from desktop.services.billing.accounts import accounts, letterhead
from desktop.services.billing.statements import charges
from desktop.services.billing.statements.moves import Moves, moves_on, owed_on
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.statement_data import (
    Aging,
    StatementData,
    StatementLine,
    StatementPatient,
    StatementPayment,
    StatementVisit,
)
from desktop.services.money.ages import BOXES, box_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.models.people import Person
    from desktop.services.billing.accounts.accounts import GuarantorAccount
    from desktop.services.billing.statements.charges import Line

_BATCH: Final = 400
# Days that a first statement looks back for payments.
_LOOK_BACK: Final = 60
PAY_WITHIN: Final = 21
_METHODS: Final = {
    ReceiptMethod.CASH: "Cash payment",
    ReceiptMethod.CHECK: "Check",
    ReceiptMethod.CARD: "Card payment",
    ReceiptMethod.EFT: "Electronic payment",
    ReceiptMethod.NONE: "Payment",
}


@needs(Permission.VIEW)
def build(work: Work, guarantor_id: int, on: dt.date) -> StatementData | None:
    """One guarantor's statement as it stands now, dated `on`; None when nothing is to be said."""
    return build_many(work, [guarantor_id], on).get(guarantor_id)


def build_many(work: Work, guarantor_ids: Sequence[int], on: dt.date) -> dict[int, StatementData]:
    """Statements of many guarantors; those with no open balance of patients are absent."""
    out: dict[int, StatementData] = {}
    if not guarantor_ids:
        return out
    sender = letterhead.sender(work)
    for start in range(0, len(guarantor_ids), _BATCH):
        ids = guarantor_ids[start : start + _BATCH]
        batch = _Batch.load(work, ids, on)
        for guarantor_id in ids:
            data = batch.statement(guarantor_id, on, sender)
            if data is not None:
                out[guarantor_id] = data
    return out


@dataclass(slots=True)
class _Batch:
    lines: list[Line]
    owed: dict[tuple[int, bool], Money]
    since: dict[int, dt.date]
    moves: Moves
    held: dict[int, GuarantorAccount]
    starts: dict[int, dt.date]
    payments: dict[int, list[tuple[dt.date, str, Money]]]
    people: dict[int, Person]
    numbers: dict[int, str]

    @classmethod
    def load(cls, work: Work, ids: Sequence[int], on: dt.date) -> _Batch:
        held = {a.guarantor_id: a for a in accounts.accounts(work, ids)}
        starts = {i: _start(held.get(i), on) for i in ids}
        lines = charges.lines(work, ids, charges.paid_visits(work, starts))
        line_ids = [line.id for line in lines]
        owed, since = owed_on(work, line_ids)
        return cls(
            lines,
            owed,
            since,
            moves_on(work, line_ids),
            held,
            starts,
            _payments(work, ids),
            accounts.people(work, ids),
            accounts.numbers(work, ids),
        )

    def statement(
        self, guarantor_id: int, on: dt.date, sender: letterhead.Sender
    ) -> StatementData | None:
        mine = [line for line in self.lines if line.guarantor_id == guarantor_id]
        if not any(self.owed.get((line.id, True)) for line in mine):
            return None
        account = self.held[guarantor_id]
        ages = [(self.owed.get((x.id, True), ZERO), self._age(x.id, on)) for x in mine]
        boxes = [ZERO] * len(BOXES)
        for amount, age in ages:
            boxes[box_of(age)] += amount
        return StatementData(
            practice=sender.head,
            account=self.numbers[guarantor_id],
            on=on,
            address=accounts.address_lines(self.people[guarantor_id]),
            patients=tuple(self._patients(mine)),
            aging=Aging(*boxes),
            unapplied=account.unapplied,
            payments=tuple(
                StatementPayment(*p)
                for p in self.payments.get(guarantor_id, [])
                if p[0] >= self.starts[guarantor_id]
            ),
            oldest_days=max((age for amount, age in ages if amount > ZERO), default=0),
            message=sender.message,
            how_to_pay=sender.how_to_pay,
            pay_by=on + dt.timedelta(days=PAY_WITHIN),
            remit_to=sender.remit_to,
        )

    def _age(self, line_id: int, on: dt.date) -> int:
        return (on - self.since.get(line_id, on)).days

    def _patients(self, lines: Iterable[Line]) -> Iterable[StatementPatient]:
        by_patient: dict[int, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
        for line in lines:
            by_patient[line.patient_id][line.visit_id].append(line)
        for visits in by_patient.values():
            first = next(iter(visits.values()))[0]
            yield StatementPatient(
                first.patient,
                tuple(
                    StatementVisit(v[0].on, v[0].provider, tuple(self._line(x) for x in v))
                    for v in visits.values()
                ),
            )

    def _line(self, line: Line) -> StatementLine:
        pending = self.owed.get((line.id, False), ZERO)
        due = self.owed.get((line.id, True), ZERO)
        adjusted = self.moves.adjusted.get(line.id, ZERO)
        paid = self.moves.paid.get(line.id, ZERO)
        return StatementLine(
            line.what,
            line.charge,
            adjusted=adjusted,
            # What is left of the charge: for each line charge = paid + adjusted + owed.
            insurance_paid=line.charge - adjusted - pending - paid - due,
            pending=pending,
            patient_paid=paid,
            due=due,
            reasons=tuple(self.moves.reasons.get(line.id, ())) if paid + due else (),
        )


def _start(account: GuarantorAccount | None, on: dt.date) -> dt.date:
    """From when on payments are shown: since the last statement."""
    last = None if account is None else account.last_on
    return last or on - dt.timedelta(days=_LOOK_BACK)


def _payments(work: Work, ids: Sequence[int]) -> dict[int, list[tuple[dt.date, str, Money]]]:
    found: dict[int, list[tuple[dt.date, str, Money]]] = defaultdict(list)
    rows = work.session.execute(
        select(
            Patient.guarantor_id,
            Receipt.received_on,
            Receipt.method,
            Receipt.reference,
            Receipt.amount,
        )
        .join(Patient, Patient.id == Receipt.patient_id)
        .where(
            Patient.guarantor_id.in_(ids), Receipt.kind == "patient", Receipt.voided_on.is_(None)
        )
        .order_by(Receipt.received_on, Receipt.id)
    )
    for guarantor, on, method, reference, amount in rows:
        text = _METHODS[method]
        if method is ReceiptMethod.CHECK and reference:
            text = f"{text} {reference}"
        found[guarantor].append((on, text, amount))
    return found
