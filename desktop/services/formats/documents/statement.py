"""The patient statement: one guarantor, several patients, explained to the cent.

Every row adds up across (charge − discount − insurance − waiting − paid = you owe) and every
column down; `render` refuses figures that do not. The address stands where the window of a #10
envelope shows it when the sheet is folded in three, and the slip at the foot goes back in a #9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.errors import Problem, RuleError, raise_if_any
from desktop.models.values.money import Money, total
from desktop.services.formats.documents.sheet import joined
from desktop.services.formats.documents.statement_layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.formats.documents.statement_data import StatementData


def check(data: StatementData) -> None:
    """Refuse a statement whose figures do not add up.

    Raises:
        RuleError: a row, the reasons of a share, or the aging boxes are off; says by how much.
    """
    problems = []
    for number, line in enumerate(data.lines, start=1):
        taken = line.adjusted + line.insurance_paid + line.pending + line.patient_paid
        off = line.charge - taken - line.due
        if off:
            problems.append(_off(data, f"row {number} does not add up across", off))
        if line.reasons:
            off = line.patient_paid + line.due - total(r.amount for r in line.reasons)
            if off:
                problems.append(_off(data, f"the reasons of row {number} miss the share", off))
    off = data.aging.total - total(line.due for line in data.lines)
    if off:
        problems.append(_off(data, "the aging boxes differ from what the rows owe", off))
    raise_if_any(problems)


def _off(data: StatementData, what: str, off: Money) -> Problem:
    return Problem(
        "statement",
        f"The statement of account {data.account} is not printed: {what} by {off.shown}. "
        "Run doctor to check the ledger.",
    )


def render(data: StatementData) -> bytes:
    """The statement as PDF.

    Raises:
        RuleError: its figures do not add up (see `check`).
    """
    check(data)
    return lay_out(data).pdf()


def render_run(statements: Sequence[StatementData]) -> bytes:
    """A run of statements in one file, each with its own page numbers.

    Raises:
        RuleError: there is no statement, or the figures of one do not add up.
    """
    if not statements:
        raise RuleError("There is no statement to print.")
    for data in statements:
        check(data)
    return joined([lay_out(data) for data in statements], "Statements")
