"""What a payment says, written as rows: its claims, lines and reasons, matched as they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from desktop.models.payments import (
    ProviderAdjustmentRow,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.services.payments import holds, matching
from desktop.services.payments.adjustments import RuleTable, rule_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from desktop.models.payments import Remittance
    from desktop.services.core.work import Work
    from desktop.services.formats.edi import remittance as edi

# Predeterminations and claims passed on to somebody else carry no money of ours.
_INFORMATION_STATUS: Final = frozenset({"23", "25"})


Row = dict[str, Any]


@dataclass(slots=True)
class _Content:
    """The rows of one payment, numbered before they are written: each names the one above it."""

    remittance_id: int
    rules: RuleTable
    next_claim: int
    next_line: int
    claims: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    reasons: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, work: Work, row: Remittance, payment: edi.Remittance) -> _Content:
        """All that a payment says, not matched yet."""
        session = work.session
        next_claim = (session.scalar(select(func.max(RemittanceClaim.id))) or 0) + 1
        next_line = (session.scalar(select(func.max(RemittanceLine.id))) or 0) + 1
        content = cls(row.id, rule_table(work, row.payer_id), next_claim, next_line)
        for claim in payment.claims:
            content.add(claim)
        return content

    def add(self, claim: edi.RemittanceClaim) -> None:
        """Add one claim with its lines and all reasons."""
        self.claims.append(
            {
                "id": self.next_claim,
                "remittance_id": self.remittance_id,
                "position": claim.position,
                "control_number": claim.control_number,
                "status": claim.status,
                "charge": claim.charge,
                "paid": claim.paid,
                "patient_responsibility": claim.patient_responsibility,
                "payer_claim_number": claim.payer_claim_number,
                "patient_name": _shown_name(claim),
                "member_id": claim.patient_id or claim.subscriber_id,
                "service_on": claim.from_on or next((x.from_on for x in claim.lines), None),
                "state": "information" if _is_information(claim) else "unmatched",
                "crossover_to": claim.crossover_to,
                "other_claim_number": claim.other_claim_number,
                "remarks": " ".join(claim.remarks),
                "needs_split": not claim.is_reversal
                and claim.status not in _INFORMATION_STATUS
                and (bool(claim.adjustments) or not claim.lines),
                "claim_id": None,
                "rank": None,
                "matched_by": "",
                "note": "",
            }
        )
        self._add_reasons(claim.adjustments, None)
        for line in claim.lines:
            self._add_line(line)
        self.next_claim += 1

    def _add_line(self, line: edi.RemittanceLine) -> None:
        self.lines.append(
            {
                "id": self.next_line,
                "remittance_claim_id": self.next_claim,
                "position": line.position,
                "code": line.code,
                "modifiers": " ".join(line.modifiers),
                "charge": line.charge,
                "paid": line.paid,
                "allowed": line.allowed,
                "units": None,
                "service_on": line.from_on,
                "line_number": line.line_number,
                "remarks": " ".join(line.remarks),
                "charge_line_id": None,
                "matched_by": "",
            }
        )
        self._add_reasons(line.adjustments, self.next_line)
        self.next_line += 1

    def _add_reasons(self, found: Sequence[edi.Adjustment], line_id: int | None) -> None:
        self.reasons.extend(
            {
                "remittance_claim_id": self.next_claim,
                "remittance_line_id": line_id,
                "group_code": a.group,
                "reason": a.reason,
                "amount": a.amount,
                "quantity": _milli(a),
                "action": self.rules.action(a.group, a.reason, a.amount),
            }
            for a in found
        )


def insert_content(work: Work, row: Remittance, payment: edi.Remittance) -> None:
    """Write what a payment says below its row."""
    content = _Content.of(work, row, payment)
    # Matched before it is written, so that each row is written once.
    _match(work, row, payment, content)
    tables: tuple[tuple[Any, list[Row]], ...] = (
        (RemittanceClaim.__table__, content.claims),
        (RemittanceLine.__table__, content.lines),
        (RemittanceAdjustment.__table__, content.reasons),
    )
    for table, rows in tables:
        if rows:
            # Into the tables: through the mapped classes each row is weighed again.
            work.session.connection().execute(insert(table), rows)
    plb = [
        {"remittance_id": row.id, "code": a.code, "reference": a.reference, "amount": a.amount}
        for a in payment.provider_adjustments
    ]
    if plb:
        work.session.execute(insert(ProviderAdjustmentRow), plb)


def _is_information(claim: edi.RemittanceClaim) -> bool:
    """Whether it moves nothing; money that came is never passed over, whatever its status."""
    return claim.status in _INFORMATION_STATUS and not claim.paid


def _milli(adjustment: edi.Adjustment) -> Decimal | None:
    quantity = adjustment.quantity
    return None if quantity is None else round(quantity, 3)


def _shown_name(claim: edi.RemittanceClaim) -> str:
    """The patient as the payer names them: ``QUILL, DORA``."""
    name = claim.patient_name
    return ", ".join(part for part in (name.last, name.first) if part)


def _match(work: Work, row: Remittance, payment: edi.Remittance, content: _Content) -> None:
    """Match a freshly read payment's claims and lines: what was found goes into their rows."""
    index = matching.ClaimIndex(work, payment.claims)
    if row.payer_id is None:
        row.payer_id = _payer_of_claims(index, payment)
    at = 0
    for stored, answer in zip(content.claims, payment.claims, strict=True):
        own = content.lines[at : at + len(answer.lines)]
        at += len(answer.lines)
        if answer.status in _INFORMATION_STATUS:
            if answer.paid:
                stored["note"] = f"Status {answer.status} carries no money; ask the payer."
            continue
        found = index.match(answer, row.payer_id)
        if isinstance(found, str):
            stored["note"] = found
            continue
        pairs = matching.match_lines(found.claim, answer)
        for line, (ours, how) in zip(own, pairs, strict=True):
            if ours is not None:
                line["charge_line_id"], line["matched_by"] = ours, how
        lost = next((p.position for p, (o, _) in zip(answer.lines, pairs, strict=True) if not o), 0)
        stored["state"] = "unmatched" if lost else "matched"
        stored["claim_id"], stored["rank"] = found.claim.id, found.rank
        stored["matched_by"] = found.matched_by
        if lost:
            stored["note"] = f"Line {lost} fits no line of the claim; choose it."
    work.session.flush()


def _payer_of_claims(index: matching.ClaimIndex, payment: edi.Remittance) -> int | None:
    """The payer of the claims that the payment names, if it is one and the same.

    Not where another payer of the visit may be the one that writes, as second or third payer
    under the first one's claim number: then a person says which.
    """
    payers = set()
    for answer in payment.claims:
        found = index.match(answer, None)
        if isinstance(found, str):
            continue
        if len(found.claim.coverages) > 1 and answer.status not in holds.SAYS_ITS_RANK:
            return None
        payers.add(found.claim.coverages.get(found.rank, (found.claim.payer_id, ""))[0])
    return payers.pop() if len(payers) == 1 else None
