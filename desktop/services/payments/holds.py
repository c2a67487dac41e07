"""Why a remittance that balances still waits for a person: each gives a sentence, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select

from desktop.models.claims import Claim
from desktop.models.payments import Remittance, RemittanceClaim
from desktop.models.practice import Provider
from desktop.models.visits import VisitCoverage
from desktop.services.payments.matching import fold_number

if TYPE_CHECKING:
    from desktop.services.core.work import Work
    from desktop.services.formats.edi import remittance as edi

# CLP02 by which a payer says itself that it pays as the second or third.
SAYS_ITS_RANK: Final = frozenset({"2", "3", "20", "21"})


def posted_twin(work: Work, row: Remittance) -> str:
    """The same payment, posted before with other claims or the other way; else an empty text."""
    posted = select(Remittance).where(Remittance.state == "posted", Remittance.id != row.id)
    twin = work.session.scalars(posted.where(Remittance.trace_key == row.trace_key)).first()
    if twin is None:
        return _posted_on_paper(work, row)
    return (
        f"A payment with this trace, date and amount was posted as remittance {twin.id}, with "
        "other claims; un-post that one or discard this."
    )


def _posted_on_paper(work: Work, row: Remittance) -> str:
    """The same check of the same payer that came the other way: typed from paper, or read."""
    trace = row.trace.strip().upper().lstrip("0")
    if not trace or row.payer_id is None or not row.amount:
        return ""
    twins = work.session.scalars(
        select(Remittance)
        .where(
            Remittance.state == "posted",
            Remittance.payer_id == row.payer_id,
            Remittance.amount == row.amount,
            Remittance.kind != row.kind,
        )
        .order_by(Remittance.id)
    )
    for twin in twins:
        if twin.trace.strip().upper().lstrip("0") == trace:
            how = "typed from paper" if twin.kind == "eob" else "read from an 835"
            return (
                f"Payment {twin.trace} of {twin.amount.shown} from this payer was posted as "
                f"remittance {twin.id}, {how}; un-post that one or discard this."
            )
    return ""


def other_payee(work: Work, payment: edi.Remittance) -> str:
    """A sentence when a payment is made out to somebody else; it is no reason to hold it."""
    theirs = {fold_number(payment.payee_npi), fold_number(payment.payee_tax_id)} - {""}
    rows = work.session.execute(
        select(Provider.npi, Provider.tax_id).where(or_(Provider.is_billing, Provider.is_rendering))
    )
    ours = {fold_number(number) for row in rows for number in row} - {""}
    if not theirs or not ours or theirs & ours:
        return ""
    return (
        f"It is made out to {payment.payee_name or 'another payee'} "
        f"({payment.payee_npi or payment.payee_tax_id}), no provider of this practice."
    )


def nameless(work: Work, row: Remittance) -> str:
    """A payer whom nobody knows, where more than one payer may be meant."""
    if row.payer_id is not None:
        return ""
    open_to_doubt = work.session.scalars(
        select(RemittanceClaim.id)
        .join(Claim, Claim.id == RemittanceClaim.claim_id)
        .join(VisitCoverage, VisitCoverage.visit_id == Claim.visit_id)
        .where(
            RemittanceClaim.remittance_id == row.id,
            RemittanceClaim.state == "matched",
            RemittanceClaim.status.not_in(SAYS_ITS_RANK),
        )
        .group_by(RemittanceClaim.id)
        .having(func.count() > 1)
    ).first()
    if open_to_doubt is None:
        return ""
    return (
        f"“{row.payer_name}” ({row.payer_identifier}) is none of the payers here, and more than "
        "one payer covers these visits; choose who pays."
    )


def unsplit(work: Work, remittance_id: int) -> str:
    """A claim that is answered as a whole and whose split nobody has confirmed."""
    waiting = work.session.scalars(
        select(RemittanceClaim.control_number).where(
            RemittanceClaim.remittance_id == remittance_id,
            RemittanceClaim.needs_split,
            RemittanceClaim.state == "matched",
        )
    ).first()
    if waiting is None:
        return ""
    return (
        f"Claim {waiting} is answered as a whole, not by line; look at the proposed split and "
        "confirm it."
    )
