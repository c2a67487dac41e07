"""“Why do I owe this?”: a charge line's ledger entries in words, back to the payer's own bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from desktop.errors import NotFound
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt, Remittance, RemittanceClaim, RemittanceLine
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, EntryKind, Party, ReceiptMethod
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine
from desktop.services.billing.statements.source import segments_of
from desktop.services.coding.builtin.reasons import reason_hint
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

_METHODS: Final = {
    ReceiptMethod.CASH: "cash",
    ReceiptMethod.CHECK: "check",
    ReceiptMethod.CARD: "card",
    ReceiptMethod.EFT: "transfer",
    ReceiptMethod.NONE: "payment",
}


@dataclass(frozen=True, slots=True)
class ExplainRow:
    """One thing that happened to a charge line.

    Attributes:
        entry_id: the ledger entry.
        text: what happened, in words for the patient.
        amount: what it did to the line's open amount; zero where it only moved to somebody else.
        moved: what moved to somebody else.
        balance: open on the line afterwards, with everybody together.
        yours: of that the patient's.
        reason: group and reason code, such as ``PR 1``; empty without one.
        meaning: the reason to a biller.
        remittance_id, remittance_line_id, document_sha: where it came from.
        segments: the payer's own words: the claim's and the line's segments of the file.
        is_reversed: a later entry took it back.
    """

    entry_id: int
    on: dt.date
    text: str
    amount: Money
    moved: Money
    balance: Money
    yours: Money
    reason: str = ""
    meaning: str = ""
    receipt_id: int | None = None
    receipt_number: str = ""
    remittance_id: int | None = None
    remittance_line_id: int | None = None
    document_sha: str | None = None
    file_name: str = ""
    segments: tuple[str, ...] = ()
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A charge line and everything that happened to it, oldest first."""

    charge_line_id: int
    patient_id: int
    patient: str
    service_on: dt.date
    procedure: str
    title: str
    charge: Money
    rows: tuple[ExplainRow, ...]

    @property
    def yours(self) -> Money:
        """What the patient owes on the line now."""
        return self.rows[-1].yours if self.rows else ZERO

    @property
    def pending(self) -> Money:
        """What insurance owes on the line now."""
        return self.rows[-1].balance - self.rows[-1].yours if self.rows else ZERO


@needs(Permission.VIEW)
def explanation(work: Work, charge_line_id: int) -> Explanation:
    """A charge line explained from its charge to what is open now.

    Raises:
        NotFound: there is no such line.
    """
    found = work.session.execute(
        select(ChargeLine, Person.last, Person.first)
        .join(Patient, Patient.id == ChargeLine.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .where(ChargeLine.id == charge_line_id)
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no charge line {charge_line_id}.")
    line, last, first = found
    work.viewed("charge line", charge_line_id)
    return Explanation(
        line.id,
        line.patient_id,
        f"{last}, {first}",
        line.service_on,
        line.procedure,
        line.title,
        line.charge,
        tuple(_rows(work, line)),
    )


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One charge line of an account, to choose from.

    Attributes:
        id: of the charge line.
        yours: what the patient owes on it now; `pending` what insurance does.
    """

    id: int
    visit_id: int
    service_on: dt.date
    patient: str
    procedure: str
    title: str
    charge: Money
    pending: Money
    yours: Money


@needs(Permission.VIEW)
def account_lines(
    work: Work, *, patient_id: int | None = None, guarantor_id: int | None = None
) -> list[AccountLine]:
    """The posted lines of a patient or of a guarantor's patients, open ones first."""
    yours, pending = (
        func.sum(OpenItem.amount).filter(condition)
        for condition in (OpenItem.party == Party.PATIENT, OpenItem.party > Party.PATIENT)
    )
    query = (
        select(ChargeLine, Person.last, Person.first, yours, pending)
        .join(Patient, Patient.id == ChargeLine.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .outerjoin(OpenItem, OpenItem.charge_line_id == ChargeLine.id)
        .where(ChargeLine.state == "posted")
        .group_by(ChargeLine.id, Person.id)
        .order_by(ChargeLine.service_on.desc(), ChargeLine.visit_id, ChargeLine.position)
    )
    if patient_id is not None:
        query = query.where(ChargeLine.patient_id == patient_id)
        work.viewed("account", patient_id)
    if guarantor_id is not None:
        query = query.where(Patient.guarantor_id == guarantor_id)
    rows = [
        AccountLine(
            line.id,
            line.visit_id,
            line.service_on,
            f"{last}, {first}",
            line.procedure,
            line.title,
            line.charge,
            waiting or ZERO,
            owed or ZERO,
        )
        for line, last, first, owed, waiting in work.session.execute(query)
    ]
    return sorted(rows, key=lambda r: (not r.yours, not r.pending))


@needs(Permission.VIEW)
def explain(work: Work, charge_line_id: int) -> list[ExplainRow]:
    """The rows of `explanation`."""
    return list(explanation(work, charge_line_id).rows)


@dataclass(frozen=True, slots=True)
class _Step:
    """One row before its running balances."""

    text: str
    amount: Money
    own: Money
    moved: Money = ZERO
    reason: str = ""
    meaning: str = ""


_EntryRow = Row[*tuple[Any, ...]]


def _rows(work: Work, line: ChargeLine) -> Iterator[ExplainRow]:
    entries = _entries(work, line.id)
    legs = _legs(work, line.id)
    payers: dict[int, str] = dict(work.session.execute(select(Payer.id, Payer.name)).all())
    sources = _Sources(work)
    balance = yours = ZERO
    for e in entries:
        for step in _steps(e, legs.get(e.id, []), payers, line):
            balance += step.amount
            yours += step.own
            yield ExplainRow(
                e.id,
                e.accounting_on,
                step.text,
                step.amount,
                step.moved,
                balance,
                yours,
                step.reason,
                step.meaning,
                e.receipt_id,
                e.number or "",
                e.remittance_id,
                e.remittance_line_id,
                e.document_sha,
                e.file_name or "",
                sources.segments(e),
                e.undoer is not None,
            )


def _entries(work: Work, line_id: int) -> Sequence[_EntryRow]:
    undone, undoer = aliased(Entry), aliased(Entry)
    ours = select(Leg.entry_id).where(Leg.charge_line_id == line_id)
    return work.session.execute(
        select(
            Entry.id,
            Entry.kind,
            Entry.accounting_on,
            Entry.memo,
            Entry.receipt_id,
            Entry.remittance_id,
            Entry.remittance_claim_id,
            Entry.remittance_line_id,
            undone.kind.label("undone"),
            undoer.id.label("undoer"),
            Receipt.number,
            Receipt.method,
            Receipt.kind.label("side"),
            Remittance.payer_name,
            Remittance.payer_id,
            Remittance.document_sha,
            Remittance.file_name,
            Remittance.set_control,
            Remittance.set_hash,
            Remittance.kind.label("form"),
            RemittanceClaim.position.label("claim_position"),
            RemittanceClaim.reverses_id.label("mirrors"),
            RemittanceLine.position.label("line_position"),
        )
        .outerjoin(undone, undone.id == Entry.reverses_id)
        .outerjoin(undoer, undoer.reverses_id == Entry.id)
        .outerjoin(Receipt, Receipt.id == Entry.receipt_id)
        .outerjoin(Remittance, Remittance.id == Entry.remittance_id)
        .outerjoin(RemittanceClaim, RemittanceClaim.id == Entry.remittance_claim_id)
        .outerjoin(RemittanceLine, RemittanceLine.id == Entry.remittance_line_id)
        .where(Entry.id.in_(ours))
        .order_by(Entry.id)
    ).all()


def _legs(work: Work, line_id: int) -> dict[int, list[Leg]]:
    found: dict[int, list[Leg]] = {}
    rows = work.session.scalars(
        select(Leg).where(Leg.charge_line_id == line_id).order_by(Leg.entry_id, Leg.number)
    )
    for leg in rows:
        found.setdefault(leg.entry_id, []).append(leg)
    return found


def _steps(
    e: _EntryRow, legs: Sequence[Leg], payers: dict[int, str], line: ChargeLine
) -> list[_Step]:
    """An entry's effects on the line, each in its own words."""
    kind = e.undone or e.kind
    back = "Taken back: " if e.kind is EntryKind.REVERSAL or e.mirrors is not None else ""
    open_legs = [x for x in legs if x.account is Account.RECEIVABLE]
    change = total(x.amount for x in open_legs)
    own = total(x.amount for x in open_legs if x.party is Party.PATIENT)
    if kind is EntryKind.CHARGE:
        return [_Step(f"{back}{_charge_words(line, open_legs, payers)}", change, own)]
    if kind is EntryKind.APPLY:
        how = f"{_METHODS[e.method]}, receipt {e.number}" if e.method else "receipt"
        return [_Step(f"{back}Your payment ({how})", change, own)]
    if kind is EntryKind.ADJUSTMENT:
        return [_Step(f"{back}We took this off: {e.memo}".rstrip(": "), change, own)]
    if kind is EntryKind.TRANSFER:
        source = [x for x in open_legs if x.amount < ZERO]
        target = [x for x in open_legs if x.amount > ZERO]
        words = f"Moved from {_owners(source, payers)} to {_owners(target, payers)}"
        moved = total(x.amount for x in target)
        return [_Step(f"{back}{words}: {e.memo}".rstrip(": "), change, own, moved)]
    return _answer_steps(e, legs, back, payers)


def _charge_words(line: ChargeLine, legs: Sequence[Leg], payers: dict[int, str]) -> str:
    what = f"Charge for {line.title or line.procedure}"
    asked = [x for x in legs if x.party is not Party.PATIENT]
    return f"{what}, billed to {_owners(asked, payers)}" if asked else f"{what}, billed to you"


def _owners(legs: Sequence[Leg], payers: dict[int, str]) -> str:
    names = [
        "you" if x.party is Party.PATIENT else payers.get(x.payer_id or 0, "insurance")
        for x in legs
    ]
    return " and ".join(dict.fromkeys(names)) or "nobody"


def _answer_steps(
    e: _EntryRow, legs: Sequence[Leg], back: str, payers: dict[int, str]
) -> list[_Step]:
    """A payer's answer: what it paid, what the contract takes off, what moved and why."""
    payer = payers.get(e.payer_id) or e.payer_name or "Insurance"
    adjusted = total(x.amount for x in legs if x.account is Account.ADJUSTMENT)
    open_legs = [x for x in legs if x.account is Account.RECEIVABLE]
    change = total(x.amount for x in open_legs)
    # Legs without a reason pay; those with one say why somebody else owes it now.
    own = total(x.amount for x in open_legs if x.party is Party.PATIENT and not x.group_code)
    steps = []
    paid = change + adjusted
    if paid or own:
        words = f"{payer} took its payment back" if paid > ZERO else f"{payer} paid"
        steps.append(_Step(words, paid, own))
    elif not back:
        steps.append(_Step(f"{payer} paid nothing", ZERO, ZERO))
    for leg in legs:
        code = f"{leg.group_code} {leg.reason}" if leg.group_code else ""
        hint = reason_hint(leg.group_code or "", leg.reason or "")
        if leg.account is Account.ADJUSTMENT:
            words = f"{back}Taken off the bill: {hint.patient_words}"
            steps.append(_Step(words, -leg.amount, ZERO, ZERO, code, hint.meaning))
        elif leg.account is Account.RECEIVABLE and leg.group_code:
            mine = leg.amount if leg.party is Party.PATIENT else ZERO
            words = f"{back}Moved to {_owners([leg], payers)} because of {hint.patient_words}"
            steps.append(_Step(words, ZERO, mine, leg.amount, code, hint.meaning))
    return steps


class _Sources:
    """The files behind the rows, each read once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._data: dict[str, bytes] = {}

    def segments(self, e: _EntryRow) -> tuple[str, ...]:
        """The segments of the answer that an entry posted; none for a paper EOB."""
        if e.form != "835" or e.document_sha is None or e.claim_position is None:
            return ()
        if e.document_sha not in self._data:
            self._data[e.document_sha] = self._work.documents.get(e.document_sha).data
        return segments_of(
            self._data[e.document_sha],
            e.set_control,
            e.set_hash,
            e.claim_position,
            e.line_position,
        )
