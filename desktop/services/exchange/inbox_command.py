"""`claimstead era post`: files of payers, taken one by one, each payment whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from desktop.errors import RuleError
from desktop.services.claims.delivery import acknowledgments
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import Remittance
from desktop.services.payments import posting, staging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.claims.delivery.acknowledgments import AcknowledgmentResult
    from desktop.services.core.database import Database
    from desktop.services.payments.posting import Posted
    from desktop.services.payments.staging import Staged


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a file and what became of it: posted, held or duplicate."""

    staged: Staged
    posted: Posted | None = None

    @property
    def state(self) -> str:
        """``posted``, ``held`` or ``duplicate``."""
        return "posted" if self.posted else self.staged.outcome

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        s, p = self.staged, self.posted
        return {
            "remittance": s.id,
            "payer": s.payer_name,
            "trace": s.trace,
            "amount": str(s.amount),
            "state": self.state,
            "difference": str(s.difference),
            "reason": "" if p else s.reason,
            "note": s.note,
            "claims": s.claims,
            "claims_posted": p.claims_posted if p else 0,
            "claims_unapplied": p.claims_unapplied if p else 0,
            "unapplied": str(p.unapplied) if p else "0.00",
            "denied": p.denied if p else 0,
            "receipts": list(p.receipt_numbers) if p else [],
        }

    def line(self) -> str:
        """As a sentence."""
        s = self.staged
        what = f"{s.payer_name} {s.trace} {s.amount.shown}: {self.state}"
        if self.posted is None:
            return f"{what}. {s.reason}"
        lost = self.posted.claims_unapplied
        more = f"; {lost} without a claim, {self.posted.unapplied.shown} unapplied" if lost else ""
        number = self.posted.claims_posted
        note = f" {s.note}" if s.note else ""
        return f"{what}, {number} claim{'' if number == 1 else 's'}{more}.{note}"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file did.

    Attributes:
        acknowledgments: sentences of what a 999, TA1 or 277CA said.
    """

    file_name: str
    payments: tuple[Payment, ...] = ()
    acknowledgments: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default_factory=tuple)

    @property
    def has_findings(self) -> bool:
        """Whether somebody should look: a payment is held, or something could not be read."""
        held = any(p.state == "held" for p in self.payments)
        lost = any(p.posted is not None and p.posted.claims_unapplied for p in self.payments)
        return held or lost or bool(self.problems)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "file": self.file_name,
            "remittances": [p.plain() for p in self.payments],
            "acknowledgments": list(self.acknowledgments),
            "problems": list(self.problems),
        }

    def lines(self) -> list[str]:
        """As text."""
        out = [f"{self.file_name}:"]
        out += [f"  {p.line()}" for p in self.payments]
        out += [f"  {a}" for a in self.acknowledgments]
        out += [f"  {p}" for p in self.problems]
        return out


def post_file(database: Database, data: bytes, file_name: str) -> FileResult:
    """Take one file of a payer: post its 835s, set claim states by its acknowledgments.

    Raises:
        RuleError: the file holds nothing that a practice could take.
    """
    read = read_file(data)
    kinds = {t.kind for t in read.transactions}
    problems = tuple(f"{p.where}: {p.text}" for p in read.problems if p.severity == "error")
    payments: tuple[Payment, ...] = ()
    told: tuple[str, ...] = ()
    if any(isinstance(t, Remittance) for t in read.transactions):
        staged = database.write(lambda work: staging.stage_file(work, data, file_name))
        payments = tuple(_post(database, staged.remittances))
    if kinds & {"999", "TA1", "277CA"}:
        result = database.write(
            lambda work: acknowledgments.read_acknowledgment(work, data, file_name)
        )
        told = tuple(_acknowledged(result))
    if not payments and not told:
        why = f" {read.problems[0].text}" if read.problems else ""
        raise RuleError(f"“{file_name}” holds no 835, 999, TA1 or 277CA; nothing was taken.{why}")
    return FileResult(file_name, payments, told, problems)


def _acknowledged(result: AcknowledgmentResult) -> list[str]:
    kinds = " and ".join(result.kinds)
    if result.read_before:
        return [f"{kinds}: read before; nothing was changed."]
    if result.accepted or result.rejected:
        out = [f"{kinds}: {result.accepted} claims accepted, {result.rejected} rejected."]
    else:
        # A 999 that passes says only that the file could be read.
        out = [f"{kinds}: the file was taken; no claim was rejected."]
    out += [
        f"  claim {a.control_number} rejected: {a.text}"
        for a in result.answers
        if a.accepted is False
    ]
    out += [f"  claim {number} is none of this practice" for number in result.unknown]
    return out


def _post_one(database: Database, remittance_id: int) -> Posted:
    return database.write(lambda work: posting.post_remittance(work, remittance_id))


def _state_of(database: Database, remittance_id: int) -> str:
    return database.read(lambda work: staging.state_of(work, remittance_id))


def _post(database: Database, found: Sequence[Staged]) -> list[Payment]:
    done: dict[int, Posted] = {}
    told = list(found)
    for n, staged in enumerate(found):
        if staged.outcome != "staged" or staged.id in done:
            continue
        try:
            posted = _post_one(database, staged.id)
        except RuleError as error:
            # One payment that cannot be posted does not keep the others of the file back.
            outcome = "duplicate" if _state_of(database, staged.id) == "posted" else "held"
            told[n] = replace(staged, outcome=outcome, reason=str(error))
            continue
        done.update(dict.fromkeys(posted.remittance_ids, posted))
    # A payment in parts is posted with its last part: each of its parts is told as posted.
    return [Payment(s, done.get(s.id)) for s in told]
