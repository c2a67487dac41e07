"""Examines a practice: files, database, both chains, balances, documents. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import TextClause, func, select, text

from desktop.models.claims import Acknowledgment, ClaimEvent, Submission
from desktop.models.payments import Remittance, Statement, StatementRun
from desktop.services.care import keys
from desktop.services.coding.vectors.index import SUFFIX
from desktop.services.core import audit
from desktop.services.core.database import CODES_NAME, PRACTICE_NAME, Database
from desktop.services.core.work import Permission, Progress, Work, needs
from desktop.services.money import ledger
from desktop.services.store import engines
from desktop.services.store.documents import DOCUMENTS_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

_VECTORS: Final = CODES_NAME.removesuffix(".db") + SUFFIX
_OURS: Final = (PRACTICE_NAME, DOCUMENTS_NAME, CODES_NAME)
_KNOWN: Final = frozenset(
    {f"{name}{end}" for name in _OURS for end in ("", "-wal", "-shm", "-journal")}
    | {keys.KEYS_NAME, keys.ATTEMPTS_NAME, "practice.lock", "practice.lock-journal"}
    | {"before-update"}
    # Derived, made anew when missing, and in no backup; the second while it is being made.
    | {_VECTORS, f"{_VECTORS}.new"}
)
_NAMING: Final = (
    Remittance.document_sha,
    Submission.document_sha,
    Acknowledgment.document_sha,
    ClaimEvent.document_sha,
    Statement.document_sha,
    StatementRun.document_sha,
)
"""Every column that names a document."""
_ITEMS: Final = text(
    """
SELECT charge_line_id, party FROM (
  SELECT charge_line_id, party, sum(amount) AS amount FROM leg
  WHERE account = 'receivable' GROUP BY charge_line_id, party HAVING sum(amount) <> 0
  EXCEPT SELECT charge_line_id, party, amount FROM open_item
) AS missing UNION SELECT charge_line_id, party FROM (
  SELECT charge_line_id, party, amount FROM open_item WHERE amount <> 0
  EXCEPT SELECT charge_line_id, party, sum(amount) FROM leg
  WHERE account = 'receivable' GROUP BY charge_line_id, party
) AS surplus LIMIT 5
"""
)
_HELD: Final = text(
    """
SELECT r.number FROM receipt r LEFT JOIN open_receipt o ON o.receipt_id = r.id LEFT JOIN (
  SELECT receipt_id, -sum(amount) AS amount FROM leg WHERE account = 'unapplied'
  GROUP BY receipt_id) c ON c.receipt_id = r.id
WHERE coalesce(o.amount, 0) <> coalesce(c.amount, 0) LIMIT 5
"""
)
# charge = paid + adjusted + owed: on each line the charge's own legs cancel all the others.
_LINES: Final = text(
    """
SELECT l.id FROM charge_line l JOIN (
  SELECT charge_line_id, -sum(amount) AS charged FROM leg WHERE account = 'revenue'
  GROUP BY charge_line_id) c ON c.charge_line_id = l.id
WHERE c.charged <> CASE l.state WHEN 'posted' THEN l.charge ELSE 0 END LIMIT 5
"""
)
_RECEIPTS: Final = text(
    """
SELECT r.number FROM receipt r LEFT JOIN (
  SELECT leg.receipt_id, -sum(leg.amount) AS came FROM leg
  JOIN entry e ON e.id = leg.entry_id LEFT JOIN entry o ON o.id = e.reverses_id
  WHERE leg.account = 'unapplied' AND coalesce(o.kind, e.kind) IN ('receipt', 'remittance')
  GROUP BY leg.receipt_id) c ON c.receipt_id = r.id
WHERE coalesce(c.came, 0) <> CASE WHEN r.voided_on IS NULL THEN r.amount ELSE 0 END LIMIT 5
"""
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was examined; `problem` is empty when it is sound."""

    name: str
    told: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one examination."""

    checks: tuple[Check, ...] = field(default_factory=tuple)

    @property
    def findings(self) -> tuple[Check, ...]:
        """Checks that found something."""
        return tuple(c for c in self.checks if c.problem)

    def lines(self) -> list[str]:
        """As text, one line a check."""
        return [
            f"{'PROBLEM' if c.problem else 'ok':<8}{c.name}: {c.problem or c.told}"
            for c in self.checks
        ]

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "sound": not self.findings,
            "checks": [
                {"name": c.name, "ok": not c.problem, "text": c.problem or c.told}
                for c in self.checks
            ],
        }


def examine(database: Database, progress: Progress | None = None) -> Report:
    """Examine everything; reading only."""
    progress = progress or Progress()
    steps: list[Callable[[], Check]] = [
        lambda: _folder(database),
        *(lambda name=name: _store(database, name) for name in _OURS),
        lambda: database.read(_references),
        lambda: database.read(_ledger),
        lambda: database.read(_audit),
        lambda: database.read(_open_items),
        lambda: database.read(_held),
        lambda: database.read(_charges),
        lambda: database.read(_receipts),
        lambda: database.read(_identity),
        lambda: database.read(_documents),
        lambda: database.read(_queue),
    ]
    checks = []
    for number, step in enumerate(steps):
        progress.report(number, len(steps), "Examining")
        checks.append(step())
    return Report(tuple(checks))


def _folder(database: Database) -> Check:
    strange = sorted(p.name for p in database.folder.iterdir() if p.name not in _KNOWN)
    if strange:
        return Check(
            "folder",
            "",
            f"{len(strange)} files do not belong here ({', '.join(strange[:3])}); move them out."
            if len(strange) > 1
            else f"{strange[0]} does not belong here; move it out.",
        )
    return Check("folder", "holds the practice and nothing else")


def _store(database: Database, name: str) -> Check:
    key = None if name == CODES_NAME else database.key
    if not engines.is_whole(database.folder / name, key):
        return Check(name, "", "the file is damaged; restore your newest backup.")
    return Check(name, "sound")


@needs(Permission.ADMINISTER)
def _references(work: Work) -> Check:
    table = engines.table_with_broken_reference(work.session.connection())
    if table:
        return Check("references", "", f"a row of “{table}” names a record that is not there.")
    return Check("references", "each names a record that is there")


def _chain(name: str, checked: int, bad: int | None) -> Check:
    if bad is not None:
        return Check(name, "", f"row {bad} was changed, or rows before it are missing.")
    return Check(name, f"{checked:,} rows verified")


@needs(Permission.ADMINISTER)
def _ledger(work: Work) -> Check:
    return _chain("ledger chain", *ledger.verify(work))


@needs(Permission.ADMINISTER)
def _audit(work: Work) -> Check:
    return _chain("audit chain", *audit.verify(work))


def _none(work: Work, name: str, sql: TextClause, good: str, bad: str) -> Check:
    rows = work.session.execute(sql).all()
    if rows:
        named = ", ".join(str(r[0]) for r in rows)
        return Check(name, "", f"{bad} ({named}).")
    return Check(name, good)


@needs(Permission.ADMINISTER)
def _open_items(work: Work) -> Check:
    return _none(
        work,
        "open items",
        _ITEMS,
        "equal to the ledger's sums",
        "what is owed on these charge lines differs from the ledger",
    )


@needs(Permission.ADMINISTER)
def _held(work: Work) -> Check:
    return _none(
        work,
        "unapplied money",
        _HELD,
        "equal to the ledger's sums",
        "what is held on these receipts differs from the ledger",
    )


@needs(Permission.ADMINISTER)
def _charges(work: Work) -> Check:
    return _none(
        work,
        "charges",
        _LINES,
        "each posted line is charged once",
        "the ledger charges these lines otherwise than their visit",
    )


@needs(Permission.ADMINISTER)
def _receipts(work: Work) -> Check:
    return _none(
        work,
        "receipts",
        _RECEIPTS,
        "amount = applied + unapplied + refunded",
        "these receipts do not add up",
    )


@needs(Permission.ADMINISTER)
def _identity(work: Work) -> Check:
    t = ledger.period_totals(work, None, work.clock.today())
    sum_ = t.opening_ar + t.charges - t.payments - t.adjustments + t.refunds
    if sum_ != t.closing_ar or t.insurance_ar + t.patient_ar != t.closing_ar:
        return Check("balances", "", f"the ledger comes to {sum_}, its parties to {t.closing_ar}.")
    return Check("balances", f"accounts receivable {t.closing_ar.shown}")


@needs(Permission.ADMINISTER)
def _documents(work: Work) -> Check:
    named: set[str] = set()
    for column in _NAMING:
        named |= set(work.session.scalars(select(column).where(column.is_not(None))))
    kept = work.documents.hashes()
    if named - kept:
        return Check(
            "documents", "", f"{len(named - kept)} are missing; restore your newest backup."
        )
    spare = len(kept - named)
    return Check("documents", f"{len(kept):,} kept; {spare} are named by no record (harmless)")


@needs(Permission.ADMINISTER)
def _queue(work: Work) -> Check:
    queued = select(func.count()).select_from(Submission).where(Submission.state == "queued")
    waiting = work.session.scalar(queued) or 0
    if waiting:
        return Check("outbox", "", f"{waiting} claim files wait to be written; open the window.")
    return Check("outbox", "nothing waits")
