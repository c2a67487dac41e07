"""What the engine itself refuses and keeps, whoever writes: SQLite's triggers.

Each is written out in a migration step too; a test compares both. A refusal's text is the same
in every release, for the seam knows it by that (see `refusals`).
"""

from __future__ import annotations

from typing import Final

from desktop.models import documents, ledger
from desktop.services.store.refusals import PERIOD_CLOSED


def _append_only(table: str, what: str) -> list[str]:
    """Refuse UPDATE and DELETE on a table."""
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{what} is never changed or deleted'); END"
        for verb in ("UPDATE", "DELETE")
    ]


_LEG: Final = (
    "CREATE TRIGGER leg_before_entry BEFORE INSERT ON leg "
    "WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.entry_id) BEGIN "
    "SELECT RAISE(ABORT, 'a posted entry takes no further legs'); END"
)
_BALANCED: Final = (
    "CREATE TRIGGER entry_balanced BEFORE INSERT ON entry BEGIN "
    "SELECT RAISE(ABORT, 'an entry needs at least two legs that sum to zero') "
    "WHERE (SELECT count(*) < 2 OR sum(amount) <> 0 FROM leg WHERE entry_id = NEW.id); "
    f"SELECT RAISE(ABORT, '{PERIOD_CLOSED}') "
    "WHERE NEW.accounting_on <= (SELECT max(through) FROM closing); END"
)
_OPEN_ITEMS: Final = (
    "CREATE TRIGGER entry_open_items AFTER INSERT ON entry BEGIN "
    "INSERT INTO open_item "
    "(charge_line_id, party, payer_id, patient_id, service_on, since, amount) "
    "SELECT leg.charge_line_id, leg.party, max(leg.payer_id), charge_line.patient_id, "
    "charge_line.service_on, NEW.accounting_on, sum(leg.amount) "
    "FROM leg JOIN charge_line ON charge_line.id = leg.charge_line_id "
    "WHERE leg.entry_id = NEW.id AND leg.account = 'receivable' "
    "GROUP BY leg.charge_line_id, leg.party HAVING sum(leg.amount) <> 0 "
    "ON CONFLICT (charge_line_id, party) DO UPDATE SET amount = amount + excluded.amount, "
    "payer_id = excluded.payer_id, "
    "since = CASE WHEN amount = 0 THEN excluded.since ELSE since END; END"
)
_OPEN_RECEIPTS: Final = (
    "CREATE TRIGGER entry_open_receipts AFTER INSERT ON entry BEGIN "
    "INSERT INTO open_receipt (receipt_id, amount) "
    "SELECT receipt_id, -sum(amount) FROM leg "
    "WHERE entry_id = NEW.id AND account = 'unapplied' "
    "GROUP BY receipt_id HAVING sum(amount) <> 0 "
    "ON CONFLICT (receipt_id) DO UPDATE SET amount = amount + excluded.amount; END"
)

TRIGGERS: Final[dict[str, tuple[str, ...]]] = {
    ledger.Entry.__tablename__: (
        *_append_only("entry", "a ledger entry"),
        _BALANCED,
        _OPEN_ITEMS,
        _OPEN_RECEIPTS,
    ),
    ledger.Leg.__tablename__: (*_append_only("leg", "a ledger entry"), _LEG),
    ledger.Closing.__tablename__: (*_append_only("closing", "a closing"),),
    ledger.AuditRow.__tablename__: (*_append_only("audit", "the audit"),),
    documents.document.name: (*_append_only("document", "a document"),),
}
"""By the name of the table."""
