"""A payer's file taken in the window: its payments are staged and shown, nothing is posted.

`command.post_file` is the other way, for the command line, which posts what balances at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.claims.delivery import acknowledgments
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import Remittance
from desktop.services.payments import staging

if TYPE_CHECKING:
    from desktop.services.payments.staging import Staged


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What one file brought.

    Attributes:
        payments: each 835 of it, staged, held or a duplicate.
        acknowledgments: sentences of what a 999, TA1 or 277CA said.
        problems: what could not be read, with where it stands.
    """

    file_name: str
    payments: tuple[Staged, ...]
    acknowledgments: tuple[str, ...]
    problems: tuple[str, ...]

    def sentence(self) -> str:
        """All of it in one line, for the status line."""
        parts = []
        for outcome, words in (
            ("staged", "ready to post"),
            ("held", "held"),
            ("duplicate", "posted before"),
        ):
            count = sum(1 for p in self.payments if p.outcome == outcome)
            if count:
                parts.append(f"{count} {words}")
        text = f"“{self.file_name}”: "
        if self.payments:
            noun = "payment" if len(self.payments) == 1 else "payments"
            text += f"{len(self.payments)} {noun} ({', '.join(parts)}). "
        text += " ".join(self.acknowledgments)
        if self.problems:
            text += f" {len(self.problems)} problems in the file; first: {self.problems[0]}"
        return text.strip()


@needs(Permission.POST)
def take_file(work: Work, data: bytes, file_name: str) -> TakenFile:
    """Stage the payments of a file and hear its acknowledgments, in one transaction.

    Raises:
        RuleError: the file holds nothing that a practice could take; nothing is kept.
        Cancelled: the user stopped it; nothing is kept.
    """
    work.progress.report(0, 0, "Reading the file…")
    read = read_file(data)
    kinds = {t.kind for t in read.transactions}
    problems = tuple(f"{p.where}: {p.text}" for p in read.problems if p.severity == "error")
    payments: tuple[Staged, ...] = ()
    told: tuple[str, ...] = ()
    if any(isinstance(t, Remittance) for t in read.transactions):
        payments = staging.stage_file(work, data, file_name).remittances
    if kinds & {"999", "TA1", "277CA"}:
        told = (_told(acknowledgments.read_acknowledgment(work, data, file_name)),)
    if not payments and not told:
        why = f" {read.problems[0].text}" if read.problems else ""
        raise RuleError(f"“{file_name}” holds no 835, 999, TA1 or 277CA; nothing was taken.{why}")
    return TakenFile(file_name, payments, told, problems)


def _told(result: acknowledgments.AcknowledgmentResult) -> str:
    kinds = " and ".join(result.kinds)
    if result.read_before:
        return f"This {kinds} was read before; nothing was changed."
    text = f"{kinds}: {result.accepted} claims accepted, {result.rejected} rejected."
    if result.unknown:
        text += f" {len(result.unknown)} claim numbers are none of ours."
    return text
