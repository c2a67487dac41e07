"""What a statement says: every line's charge, what became of it, and why the rest is theirs.

All is read set-based for any number of guarantors. What nobody may bill never gets here, and
what waits on insurance is shown as waiting and never asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, not_, or_, select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Provider
from desktop.models.values.enums import Account, EntryKind, Party, ReceiptMethod
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine, Visit
from desktop.services.billing.accounts import accounts, letterhead
from desktop.services.coding.builtin.reasons import reason_hint
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.statement_data import (
    Aging,
    ShareReason,
    StatementData,
    StatementLine,
    StatementPatient,
    StatementPayment,
    StatementVisit,
)
from desktop.services.money.ages import BOXES, box_of
from desktop.services.store.statements import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.services.billing.accounts.accounts import GuarantorAccount

_BATCH: Final = 400
# Days that a first statement looks back for payments.
_LOOK_BACK: Final = 60
PAY_WITHIN: Final = 21
SELF_PAY: Final = "no insurance was on file for this visit"
ASKED: Final = "less what your insurance is asked for"
LEFT: Final = "what your insurance left to you"
_MOVED: Final = frozenset({SELF_PAY, ASKED, LEFT})
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


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    visit_id: int
    patient_id: int
    guarantor_id: int
    patient: str
    on: dt.date
    provider: str
    what: str
    charge: Money


@dataclass(slots=True)
class _Batch:
    lines: list[_Line]
    owed: dict[tuple[int, bool], Money]
    since: dict[int, dt.date]
    adjusted: dict[int, Money]
    paid: dict[int, Money]
    reasons: dict[int, list[ShareReason]]
    held: dict[int, GuarantorAccount]
    starts: dict[int, dt.date]
    payments: dict[int, list[tuple[dt.date, str, Money]]]
    people: dict[int, Person]
    numbers: dict[int, str]

    @classmethod
    def load(cls, work: Work, ids: Sequence[int], on: dt.date) -> _Batch:
        held = {a.guarantor_id: a for a in accounts.accounts(work, ids)}
        starts = {i: _start(held.get(i), on) for i in ids}
        lines = _lines(work, ids, _paid_visits(work, starts))
        line_ids = [line.id for line in lines]
        owed, since = _owed(work, line_ids)
        adjusted, paid, reasons = _moves(work, line_ids)
        return cls(
            lines,
            owed,
            since,
            adjusted,
            paid,
            reasons,
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

    def _patients(self, lines: Iterable[_Line]) -> Iterable[StatementPatient]:
        by_patient: dict[int, dict[int, list[_Line]]] = defaultdict(lambda: defaultdict(list))
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

    def _line(self, line: _Line) -> StatementLine:
        pending = self.owed.get((line.id, False), ZERO)
        due = self.owed.get((line.id, True), ZERO)
        adjusted = self.adjusted.get(line.id, ZERO)
        paid = self.paid.get(line.id, ZERO)
        return StatementLine(
            line.what,
            line.charge,
            adjusted=adjusted,
            # What is left of the charge: for each line charge = paid + adjusted + owed.
            insurance_paid=line.charge - adjusted - pending - paid - due,
            pending=pending,
            patient_paid=paid,
            due=due,
            reasons=tuple(self.reasons.get(line.id, ())) if paid + due else (),
        )


def _start(account: GuarantorAccount | None, on: dt.date) -> dt.date:
    """From when on payments are shown: since the last statement."""
    last = None if account is None else account.last_on
    return last or on - dt.timedelta(days=_LOOK_BACK)


def _paid_visits(work: Work, starts: dict[int, dt.date]) -> list[int]:
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


def _lines(work: Work, ids: Sequence[int], paid_visits: Sequence[int]) -> list[_Line]:
    """All lines of the visits on which a patient owes something that may be billed.

    Visits that nobody may bill stay away even when something was paid toward them.
    """
    open_visits = (
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
    rows = work.session.execute(
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
        .where(
            or_(
                ChargeLine.visit_id.in_(open_visits),
                ChargeLine.visit_id.in_(paid_visits),
            ),
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
        _Line(
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


def _provider(given: str | None, family: str | None, credential: str | None) -> str:
    name = " ".join(p for p in (given, family) if p)
    return f"{name}, {credential}" if name and credential else name


def _owed(
    work: Work, line_ids: Sequence[int]
) -> tuple[dict[tuple[int, bool], Money], dict[int, dt.date]]:
    owed: dict[tuple[int, bool], Money] = {}
    since: dict[int, dt.date] = {}
    for part in _parts(line_ids):
        for line, party, day, amount in work.session.execute(
            select(OpenItem.charge_line_id, OpenItem.party, OpenItem.since, OpenItem.amount).where(
                OpenItem.charge_line_id.in_(part), OpenItem.amount != NOTHING
            )
        ):
            key = (line, party is Party.PATIENT)
            owed[key] = owed.get(key, ZERO) + amount
            if party is Party.PATIENT:
                since[line] = day
    return owed, since


def _moves(
    work: Work, line_ids: Sequence[int]
) -> tuple[dict[int, Money], dict[int, Money], dict[int, list[ShareReason]]]:
    """By line: what was adjusted, what the patient paid, and why the share became theirs.

    The reasons are all that moved the patient's side but their own payments, so that they sum
    to paid plus due.
    """
    adjusted: dict[int, Money] = {}
    paid: dict[int, Money] = {}
    moved: dict[int, dict[str, Money]] = defaultdict(dict)
    undone = aliased(Entry)
    kind = func.coalesce(undone.kind, Entry.kind)
    for part in _parts(line_ids):
        rows = work.session.execute(
            select(
                Leg.charge_line_id,
                Leg.account,
                Leg.group_code,
                Leg.reason,
                kind.label("kind"),
                Receipt.kind.label("side"),
                func.sum(Leg.amount).label("amount"),
                func.min(Leg.entry_id).label("first"),
            )
            .join(Entry, Entry.id == Leg.entry_id)
            .outerjoin(undone, undone.id == Entry.reverses_id)
            .outerjoin(Receipt, Receipt.id == Entry.receipt_id)
            .where(
                Leg.charge_line_id.in_(part),
                (Leg.account == Account.ADJUSTMENT)
                | ((Leg.account == Account.RECEIVABLE) & (Leg.party == Party.PATIENT)),
            )
            .group_by(
                Leg.charge_line_id,
                Leg.account,
                Leg.group_code,
                Leg.reason,
                kind,
                Receipt.kind,
            )
            .order_by(Leg.charge_line_id, func.min(Leg.entry_id), Leg.group_code, Leg.reason)
        )
        for r in rows:
            line = r.charge_line_id
            if r.account is Account.ADJUSTMENT:
                adjusted[line] = adjusted.get(line, ZERO) + r.amount
            elif r.side == "patient":
                paid[line] = paid.get(line, ZERO) - r.amount
            else:
                text = share_words(r.group_code, r.reason, EntryKind(r.kind), r.amount)
                moved[line][text] = moved[line].get(text, ZERO) + r.amount
    return adjusted, paid, {line: _share(parts) for line, parts in moved.items()}


def _share(parts: dict[str, Money]) -> list[ShareReason]:
    """The reasons of one line; what was only moved to insurance and back is left out."""
    moved = [text for text in parts if text in _MOVED]
    rest = total(parts[text] for text in moved)
    told = {text: amount for text, amount in parts.items() if text not in _MOVED}
    if rest:
        told = {(moved[0] if rest > ZERO else ASKED): rest, **told}
    return [ShareReason(text, amount) for text, amount in told.items() if amount]


def share_words(group: str | None, reason: str | None, kind: EntryKind, amount: Money) -> str:
    """Why something became the patient's, in words for the patient."""
    if group and reason:
        return reason_hint(group, reason).patient_words
    if kind is EntryKind.CHARGE:
        return SELF_PAY
    if kind is EntryKind.ADJUSTMENT:
        return "less what we took off"
    if amount < ZERO:
        return ASKED
    return LEFT


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


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), 5000):
        yield ids[start : start + 5000]


def due_of(data: StatementData) -> Money:
    """What the lines of a statement owe, before unapplied money."""
    return total(line.due for line in data.lines)
