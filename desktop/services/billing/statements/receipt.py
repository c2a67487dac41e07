"""The receipt of a patient's payment as PDF."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.errors import NotFound, RuleError
from desktop.models.ledger import Entry, Leg
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.values.enums import Account, EntryKind, Party, ReceiptMethod
from desktop.models.values.money import ZERO
from desktop.models.visits import ChargeLine
from desktop.services.billing.accounts import accounts, letterhead
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents import receipt as document
from desktop.services.formats.documents.receipt import AppliedLine, ReceiptData
from desktop.services.store.statements import NOTHING

_METHODS = {
    ReceiptMethod.CASH: "Cash",
    ReceiptMethod.CHECK: "Check",
    ReceiptMethod.CARD: "Card",
    ReceiptMethod.EFT: "Electronic transfer",
    ReceiptMethod.NONE: "",
}


@needs(Permission.COLLECT)
def receipt_data(work: Work, receipt_id: int) -> ReceiptData:
    """What a patient's receipt says, with the account's balance as it is now.

    Raises:
        NotFound: there is no such receipt.
        RuleError: it is a payer's.
    """
    row = work.session.get(Receipt, receipt_id)
    if row is None:
        raise NotFound(f"There is no receipt {receipt_id}.")
    if row.kind != "patient" or row.patient_id is None:
        raise RuleError(f"Receipt {row.number} is a payer's; only patients get receipts.")
    patient = work.session.get_one(Patient, row.patient_id)
    guarantor = work.session.get_one(Person, patient.guarantor_id)
    owed = accounts.accounts(work, [patient.guarantor_id])
    refunded = work.session.scalar(
        select(func.sum(Leg.amount)).where(
            Leg.receipt_id == receipt_id, Leg.account == Account.REFUND
        )
    )
    # A void receipt shows no parts: everything was taken back.
    applied = () if row.voided_on is not None else _applied(work, receipt_id)
    work.viewed("receipt", receipt_id)
    return ReceiptData(
        practice=letterhead.sender(work).head,
        number=row.number,
        on=row.received_on,
        payer=accounts.letter_name(guarantor),
        account=accounts.numbers(work, [patient.guarantor_id])[patient.guarantor_id],
        method=_METHODS[row.method],
        amount=row.amount,
        balance=owed[0].net if owed else ZERO,
        reference=row.reference,
        applied=applied,
        refunded=-refunded if refunded else ZERO,
        voided="" if row.voided_on is None else f"{row.voided_on}: {row.void_reason}",
    )


@needs(Permission.COLLECT)
def receipt_pdf(work: Work, receipt_id: int) -> bytes:
    """A patient's receipt as PDF; see `receipt_data`."""
    return document.render(receipt_data(work, receipt_id))


def _applied(work: Work, receipt_id: int) -> tuple[AppliedLine, ...]:
    rows = work.session.execute(
        select(
            ChargeLine.service_on,
            ChargeLine.title,
            ChargeLine.procedure,
            Person.first,
            Person.last,
            func.sum(Leg.amount).label("amount"),
        )
        .join(Leg, Leg.charge_line_id == ChargeLine.id)
        .join(Entry, Entry.id == Leg.entry_id)
        .join(Patient, Patient.id == ChargeLine.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .where(
            Entry.receipt_id == receipt_id,
            Entry.kind.in_((EntryKind.APPLY, EntryKind.REVERSAL)),
            Leg.account == Account.RECEIVABLE,
            Leg.party == Party.PATIENT,
        )
        .group_by(ChargeLine.id, Person.id)
        .having(func.sum(Leg.amount) != NOTHING)
        .order_by(ChargeLine.service_on, ChargeLine.id)
    )
    return tuple(
        AppliedLine(r.service_on, f"{r.first} {r.last}", r.title or r.procedure, -r.amount)
        for r in rows
    )
