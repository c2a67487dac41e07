"""Who did what to which record: one row for each change, view, print and export.

Rows are written in the transaction of the change they tell of, and chained by hash.
Details name ids and fields, never a patient's data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from desktop.clock import stamp
from desktop.models.ledger import AuditRow
from desktop.services.core import chain
from desktop.services.core.work import Permission, Work, needs
from desktop.services.store.statements import head_of_chain

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One row of the audit as it is shown."""

    id: int
    at: str
    user_id: int
    action: str
    kind: str
    record_id: int | None
    detail: str


def record(work: Work, action: str, kind: str, record_id: int | None = None, **detail: Any) -> None:
    """Write one audit row in the current transaction.

    `action` is a past participle such as ``created`` or ``posted``, `kind` what it happened to,
    such as ``patient``. The detail holds ids, field names and counts; never names, numbers or
    notes of a patient.
    """
    record_many(work, [(action, kind, record_id, detail)])


def record_many(work: Work, rows: Sequence[tuple[str, str, int | None, dict[str, Any]]]) -> None:
    """Write several audit rows at once, in order."""
    session = work.session
    number, previous = head_of_chain(session, AuditRow.id, AuditRow.hash) or chain.EMPTY
    at = stamp(work.clock.now())
    values = []
    for action, kind, record_id, detail in rows:
        number += 1
        text = json.dumps(detail, sort_keys=True, default=str) if detail else ""
        hash_ = chain.link(
            previous, [number, at, work.actor.user_id, action, kind, record_id, text]
        )
        values.append(
            {
                "id": number,
                "at": at,
                "user_id": work.actor.user_id,
                "action": action,
                "kind": kind,
                "record_id": record_id,
                "detail": text,
                "previous_hash": previous,
                "hash": hash_,
            }
        )
        previous = hash_
    if values:
        session.execute(insert(AuditRow), values)


@needs(Permission.ADMINISTER)
def list_rows(work: Work, kind: str, record_id: int) -> list[AuditLine]:
    """The audit of one record, oldest first."""
    rows = work.session.scalars(
        select(AuditRow)
        .where(AuditRow.kind == kind, AuditRow.record_id == record_id)
        .order_by(AuditRow.id)
    )
    return [AuditLine(r.id, r.at, r.user_id, r.action, r.kind, r.record_id, r.detail) for r in rows]


def verify(work: Work, after: int = 0) -> tuple[int, int | None]:
    """Recompute the chain from row `after` on.

    Returns:
        how many rows were verified, and the id of the first bad one or None.
    """
    start = work.session.execute(select(AuditRow.hash).where(AuditRow.id == after)).scalar()
    previous = start or chain.GENESIS
    expected = after
    checked = 0
    rows = work.session.execute(
        select(AuditRow.__table__).where(AuditRow.id > after).order_by(AuditRow.id)
    ).yield_per(5000)
    for r in rows:
        expected += 1
        fields = [r.id, r.at, r.user_id, r.action, r.kind, r.record_id, r.detail]
        if (
            r.id != expected
            or r.previous_hash != previous
            or r.hash != chain.link(previous, fields)
        ):
            return checked, r.id
        previous = r.hash
        checked += 1
    return checked, None


def head(work: Work) -> tuple[int, str]:
    """Number and hash of the newest audit row."""
    last = work.session.execute(
        select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
    ).first()
    return (last.id, last.hash) if last else chain.EMPTY
