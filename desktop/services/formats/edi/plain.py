"""What a file says as JSON types: the shape of `claimstead edi read --json`.

Money is text with two decimals, dates are ISO, absent values are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.services.formats.edi.acknowledgments import (
    Acknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
)
from desktop.services.formats.edi.claim_status import ClaimStatusSet, Status
from desktop.services.formats.edi.claims837 import SentClaim, SentClaims, SentParty
from desktop.services.formats.edi.eligibility import Benefit, EligibilitySet, Member
from desktop.services.formats.edi.remittance import (
    Adjustment,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from desktop.models.values.claim_record import Name
    from desktop.models.values.money import Money
    from desktop.services.formats.edi.read import EdiFile, Transaction

Plain = dict[str, Any]


def plain_file(file: EdiFile) -> Plain:
    """The whole file."""
    return {
        "sha256": file.sha256,
        "interchanges": [
            {
                "control_number": i.control_number,
                "sender": i.sender,
                "receiver": i.receiver,
                "usage": i.usage,
            }
            for i in file.interchanges
        ],
        "transactions": [plain_transaction(t) for t in file.transactions],
        "problems": [
            {"severity": p.severity, "where": p.where, "text": p.text} for p in file.problems
        ],
    }


def plain_transaction(transaction: Transaction) -> Plain:
    """One transaction of any kind."""
    head: Plain = {
        "kind": transaction.kind,
        "version": transaction.version,
        "set_control": transaction.set_control,
    }
    match transaction:
        case Remittance():
            return head | _remittance(transaction)
        case SentClaims():
            return head | _claims(transaction)
        case Acknowledgment():
            return head | _acknowledgment(transaction)
        case InterchangeAcknowledgment():
            return head | {
                "control_number": transaction.control_number,
                "result": transaction.result,
                "code": transaction.code,
                "date": _date(transaction.on),
            }
        case ClaimStatusSet():
            return head | _status_set(transaction)
        case EligibilitySet():
            return head | _eligibility(transaction)


def _date(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def _money(value: Money | None) -> str | None:
    return None if value is None else str(value)


def _number(value: Decimal | None) -> str | None:
    """A quantity without trailing zeros: ``1``, ``0.5``."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown_name(name: Name | None) -> str:
    """``LAST, FIRST MIDDLE SUFFIX`` or an organization's name."""
    if name is None:
        return ""
    rest = " ".join(p for p in (name.first, name.middle, name.suffix) if p)
    return f"{name.last}, {rest}" if rest else name.last


def _adjustments(adjustments: tuple[Adjustment, ...]) -> list[Plain]:
    return [
        {
            "group": a.group,
            "reason": a.reason,
            "amount": str(a.amount),
            "quantity": _number(a.quantity),
        }
        for a in adjustments
    ]


def _remittance(r: Remittance) -> Plain:
    return {
        "payer": {"name": r.payer_name, "id": r.payer_id, "ids": list(r.payer_ids)},
        "payee": {"name": r.payee_name, "npi": r.payee_npi, "tax_id": r.payee_tax_id},
        "handling": r.handling,
        "method": r.method,
        "trace": r.trace,
        "date": _date(r.on),
        "amount": str(r.amount),
        "balanced": r.balanced,
        "difference": str(r.difference),
        "claims": [_remittance_claim(c) for c in r.claims],
        "provider_adjustments": [
            {"code": a.code, "reference": a.reference, "amount": str(a.amount)}
            for a in r.provider_adjustments
        ],
    }


def _remittance_claim(c: RemittanceClaim) -> Plain:
    return {
        "control_number": c.control_number,
        "payer_claim_number": c.payer_claim_number,
        "status": c.status,
        "charge": str(c.charge),
        "paid": str(c.paid),
        "patient_responsibility": _money(c.patient_responsibility),
        "balanced": c.fully_balanced,
        "difference": str(c.difference),
        "patient": {"name": shown_name(c.patient_name), "id": c.patient_id},
        "crossover_to": c.crossover_to or None,
        "from": _date(c.from_on),
        "to": _date(c.to_on),
        "adjustments": _adjustments(c.adjustments),
        "remarks": list(c.remarks),
        "lines": [_remittance_line(line) for line in c.lines],
    }


def _remittance_line(line: RemittanceLine) -> Plain:
    return {
        "code": line.code,
        "modifiers": list(line.modifiers),
        "submitted_code": line.submitted_code or None,
        "charge": str(line.charge),
        "paid": str(line.paid),
        "units": _number(line.units),
        "from": _date(line.from_on),
        "to": _date(line.to_on),
        "line_number": line.line_number or None,
        "allowed": _money(line.allowed),
        "balanced": line.balanced,
        "adjustments": _adjustments(line.adjustments),
        "remarks": list(line.remarks),
    }


def _party(party: SentParty) -> Plain:
    return {"name": shown_name(party.name), "id": party.id or None}


def _person(party: SentParty) -> Plain:
    return _party(party) | {
        "last": party.name.last,
        "first": party.name.first,
        "birth_on": _date(party.birth_on),
        "sex": party.sex or None,
    }


def _claims(batch: SentClaims) -> Plain:
    return {
        "batch_reference": batch.batch_reference,
        "charge": str(batch.charge),
        "claims": [_claim(c) for c in batch.claims],
    }


def _claim(c: SentClaim) -> Plain:
    return {
        "control_number": c.control_number,
        "charge": str(c.charge),
        "frequency": c.frequency,
        "place": c.place,
        "original_number": c.original_number or None,
        "diagnoses": list(c.diagnoses),
        "patient": _person(c.patient),
        "subscriber": _person(c.subscriber),
        "payer": _party(c.payer),
        "billing": _party(c.billing),
        "lines": [
            {
                "code": line.code,
                "modifiers": list(line.modifiers),
                "charge": str(line.charge),
                "units": _number(line.units),
                "from": _date(line.from_on),
                "to": _date(line.to_on),
                "pointers": list(line.pointers),
                "line_number": line.line_number or None,
            }
            for line in c.lines
        ],
    }


def _acknowledgment(a: Acknowledgment) -> Plain:
    return {
        "group": {"kind": a.group_kind, "control_number": a.group_control},
        "result": a.result,
        "included": a.included,
        "received": a.received,
        "accepted": a.passed,
        "sets": [
            {
                "control_number": s.control_number,
                "result": s.result,
                "codes": list(s.codes),
                "errors": [row for error in s.errors for row in _error_rows(error)],
            }
            for s in a.sets
        ],
    }


def _error_rows(error: SegmentError) -> list[Plain]:
    head: Plain = {
        "segment": error.segment,
        "position": error.position,
        "loop": error.loop or None,
        "claim": error.claim_number or None,
    }
    if not error.elements:
        return [head | {"element": None, "code": error.code, "value": None}]
    return [
        head | {"element": e.position, "code": e.code, "value": e.value or None}
        for e in error.elements
    ]


def _statuses(statuses: tuple[Status, ...]) -> list[Plain]:
    return [
        {"category": s.category, "status": s.status, "entity": s.entity or None} for s in statuses
    ]


def _status_set(s: ClaimStatusSet) -> Plain:
    return {
        "payer": {"name": s.payer_name, "id": s.payer_id},
        "batch_reference": s.batch_reference or None,
        "levels": [
            {"level": v.level, "name": v.name, "id": v.id, "statuses": _statuses(v.statuses)}
            for v in s.levels
        ],
        "claims": [
            {
                "control_number": c.control_number,
                "payer_claim_number": c.payer_claim_number or None,
                "accepted": c.accepted,
                "amount": _money(c.amount),
                "paid": _money(c.paid),
                "patient": {"name": shown_name(c.patient_name), "id": c.patient_id or None},
                "from": _date(c.from_on),
                "to": _date(c.to_on),
                "statuses": _statuses(c.statuses),
                "lines": [
                    {
                        "code": line.code,
                        "modifiers": list(line.modifiers),
                        "charge": _money(line.charge),
                        "line_number": line.line_number or None,
                        "statuses": _statuses(line.statuses),
                    }
                    for line in c.lines
                ],
            }
            for c in s.claims
        ],
    }


def _member(m: Member | None) -> Plain | None:
    if m is None:
        return None
    return {
        "level": m.level,
        "name": shown_name(m.name),
        "last": m.name.last,
        "first": m.name.first,
        "id": m.id or None,
        "birth_on": _date(m.birth_on),
        "sex": m.sex or None,
        "trace": m.trace or None,
        "service_types": list(m.service_types),
        "dates": [{"kind": k, "from": _date(a), "to": _date(b)} for k, a, b in m.dates],
    }


def _eligibility(s: EligibilitySet) -> Plain:
    return {
        "payer": {"name": s.payer_name, "id": s.payer_id},
        "provider": {"name": s.provider_name, "id": s.provider_id},
        "subscriber": _member(s.subscriber),
        "members": [_member(m) for m in s.members],
        "benefits": [_benefit(b) for b in s.benefits],
        "rejections": [
            {"code": r.code, "action": r.action, "where": r.where} for r in s.rejections
        ],
    }


def _benefit(b: Benefit) -> Plain:
    return {
        "kind": b.kind,
        "level": b.level or None,
        "service_types": list(b.service_types),
        "insurance_type": b.insurance_type or None,
        "plan": b.plan or None,
        "period": b.period or None,
        "amount": _money(b.amount),
        "percent": _number(b.percent),
        "quantity": _number(b.quantity),
        "in_network": b.in_network or None,
        "authorization": b.authorization or None,
        "procedure": b.procedure or None,
        "text": " ".join(b.text) or None,
        "dates": [{"kind": k, "from": _date(x), "to": _date(y)} for k, x, y in b.dates],
        "entities": list(b.entities),
    }
