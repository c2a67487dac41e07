"""What earlier payers answered, as posted: repeated unchanged to the next payer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Row, select

from desktop.models.claims import Claim
from desktop.models.payments import Remittance, RemittanceAdjustment, RemittanceClaim
from desktop.models.payments import RemittanceLine as Line
from desktop.models.values.claim_record import PriorAdjustment, PriorAnswer, PriorLine
from desktop.models.values.money import ZERO, Money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

_REVERSAL = "22"
_Key = tuple[int, int]


class _Answer:
    """The posted answers of one payer to one visit, summed: a reversal cancels by itself."""

    def __init__(self) -> None:
        self.paid = ZERO
        self.on: dt.date | None = None
        self.number = ""
        self.adjustments: dict[tuple[str, str], tuple[Money, Decimal | None]] = {}
        self.lines: dict[int, _Line] = {}

    def record(self) -> PriorAnswer | None:
        """The sum as a record; None when nothing dated was posted."""
        if self.on is None:
            return None
        on = self.on
        return PriorAnswer(
            paid=self.paid,
            adjudicated_on=on,
            payer_claim_number=self.number,
            remaining=self._remaining(),
            adjustments=_adjustments(self.adjustments),
            lines=tuple(
                PriorLine(number, line.paid, line.units, on, _adjustments(line.adjustments))
                for number, line in sorted(self.lines.items())
            ),
        )

    def _remaining(self) -> Money:
        """AMT*EAF: what this payer left to the patient."""
        sets = [self.adjustments, *(line.adjustments for line in self.lines.values())]
        return Money(
            sum(a.cents for s in sets for (group, _), (a, _) in s.items() if group == "PR")
        )


class _Line:
    def __init__(self) -> None:
        self.paid = ZERO
        self.units = Decimal(1)
        self.adjustments: dict[tuple[str, str], tuple[Money, Decimal | None]] = {}


def _adjustments(
    summed: dict[tuple[str, str], tuple[Money, Decimal | None]],
) -> tuple[PriorAdjustment, ...]:
    return tuple(
        PriorAdjustment(group, reason, amount, quantity)
        for (group, reason), (amount, quantity) in summed.items()
        if amount
    )


def load_answers(
    session: Session, visit_ids: Sequence[int], below_rank: int
) -> dict[_Key, PriorAnswer]:
    """Per (visit, rank) the posted answer of each payer before `below_rank`."""
    answers: dict[_Key, _Answer] = {}
    owners: dict[int, _Key] = {}
    for start in range(0, len(visit_ids), 1000):
        piece = visit_ids[start : start + 1000]
        for row in session.execute(_claims_query(piece, below_rank)):
            key = (row.visit_id, row.rank)
            owners[row.id] = key
            _take_claim(answers.setdefault(key, _Answer()), row)
    ids = list(owners)
    for start in range(0, len(ids), 1000):
        piece = ids[start : start + 1000]
        _take_lines(session, piece, owners, answers)
        _take_adjustments(session, piece, owners, answers)
    found = {key: answer.record() for key, answer in answers.items()}
    return {key: answer for key, answer in found.items() if answer is not None}


def _claims_query(visit_ids: Sequence[int], below_rank: int):  # type: ignore[no-untyped-def]
    return (
        select(
            RemittanceClaim.id,
            Claim.visit_id,
            RemittanceClaim.rank,
            RemittanceClaim.status,
            RemittanceClaim.paid,
            RemittanceClaim.payer_claim_number,
            Remittance.paid_on,
        )
        .join(Claim, Claim.id == RemittanceClaim.claim_id)
        .join(Remittance, Remittance.id == RemittanceClaim.remittance_id)
        .where(
            Claim.visit_id.in_(visit_ids),
            RemittanceClaim.rank < below_rank,
            RemittanceClaim.state == "posted",
            Remittance.state == "posted",
        )
        .order_by(Remittance.paid_on, RemittanceClaim.id)
    )


def _take_claim(answer: _Answer, row: Row[tuple[object, ...]]) -> None:
    answer.paid += row.paid
    if row.status != _REVERSAL:
        answer.on = row.paid_on or answer.on
        answer.number = row.payer_claim_number or answer.number


def _take_lines(
    session: Session, ids: Sequence[int], owners: dict[int, _Key], answers: dict[_Key, _Answer]
) -> None:
    query = (
        select(Line.remittance_claim_id, Line.charge_line_id, Line.paid, Line.units)
        .where(Line.remittance_claim_id.in_(ids), Line.charge_line_id.is_not(None))
        .order_by(Line.id)
    )
    for row in session.execute(query):
        assert row.charge_line_id is not None  # noqa: S101 - the query says so
        lines = answers[owners[row.remittance_claim_id]].lines
        line = lines.setdefault(row.charge_line_id, _Line())
        line.paid += row.paid
        line.units = row.units or Decimal(1)


def _take_adjustments(
    session: Session, ids: Sequence[int], owners: dict[int, _Key], answers: dict[_Key, _Answer]
) -> None:
    query = (
        select(RemittanceAdjustment, Line.charge_line_id)
        .outerjoin(Line, Line.id == RemittanceAdjustment.remittance_line_id)
        .where(RemittanceAdjustment.remittance_claim_id.in_(ids))
        .order_by(RemittanceAdjustment.id)
    )
    for row, charge_line_id in session.execute(query):
        answer = answers[owners[row.remittance_claim_id]]
        target = answer.adjustments
        if charge_line_id is not None:
            target = answer.lines[charge_line_id].adjustments
        key = (row.group_code, row.reason)
        amount, _ = target.get(key, (ZERO, None))
        target[key] = (amount + row.amount, row.quantity)
