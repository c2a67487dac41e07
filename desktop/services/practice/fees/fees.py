"""Fee schedules: the practice's own charges, per payer where they differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from desktop.errors import NotFound, Problem, RuleError
from desktop.models.practice import Fee, FeeSchedule, Payer, Practice, Procedure
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.models.values.money import ZERO, Money
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.lists.fees import FeeFileRow, read_fees

if TYPE_CHECKING:
    from collections.abc import Sequence

# A price without a date of its own holds for every visit that can still be billed.
ALWAYS: Final = dt.date(2000, 1, 1)
_NAMED_PROBLEMS = 25


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A fee schedule: how many prices it holds, which payers use it."""

    id: int
    name: str
    count: int
    is_standard: bool
    payers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeeDraft:
    """A price as it is read and saved; `id` None makes a new one."""

    schedule_id: int
    code: str
    amount: Money
    modifier: str = ""
    valid_from: dt.date = ALWAYS
    id: int | None = None


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A price in a list, with the practice's own words for the procedure."""

    id: int
    code: str
    modifier: str
    title: str
    amount: Money
    valid_from: dt.date

    @property
    def valid_from_shown(self) -> dt.date | None:
        """The date from which it holds; None when it always did."""
        return None if self.valid_from == ALWAYS else self.valid_from


@dataclass(frozen=True, slots=True)
class FeeImport:
    """What an import did."""

    added: int
    changed: int
    unchanged: int
    procedures_added: int

    @property
    def text(self) -> str:
        """The result as a sentence."""
        more = ""
        if self.procedures_added:
            more = f", {plain_text.count(self.procedures_added, 'new procedure')}"
        return (
            f"{plain_text.count(self.added, 'price')} added, {self.changed} changed, "
            f"{self.unchanged} as before{more}."
        )


@needs(Permission.VIEW)
def schedules(work: Work) -> list[ScheduleRow]:
    """All schedules, the standard one first."""
    session = work.session
    standard = session.get_one(Practice, 1).standard_schedule_id
    counting = select(Fee.schedule_id, func.count()).group_by(Fee.schedule_id)
    counts = dict(session.execute(counting).all())
    users: dict[int, list[str]] = {}
    payers = select(Payer.fee_schedule_id, Payer.name).where(Payer.is_active).order_by(Payer.name)
    for schedule_id, name in session.execute(payers):
        if schedule_id is not None:
            users.setdefault(schedule_id, []).append(name)
    found = [
        ScheduleRow(s.id, s.name, counts.get(s.id, 0), s.id == standard, tuple(users.get(s.id, ())))
        for s in session.scalars(select(FeeSchedule))
    ]
    return sorted(found, key=lambda s: (not s.is_standard, s.name.casefold()))


@needs(Permission.SET_UP)
def add_schedule(work: Work, name: str, *, standard: bool = False) -> int:
    """Add a schedule; the first one becomes the practice's standard."""
    name = plain_text.one_line(name)
    if not name:
        raise RuleError(Problem("name", "Enter a name for the fee schedule."))
    session = work.session
    if session.scalar(select(FeeSchedule.id).where(FeeSchedule.name == name)):
        raise RuleError(Problem("name", f"There is a fee schedule “{name}” already."))
    row = FeeSchedule(name=name)
    session.add(row)
    session.flush()
    practice = session.get_one(Practice, 1)
    if standard or practice.standard_schedule_id is None:
        practice.standard_schedule_id = row.id
        work.touch(Changes.PRACTICE)
    audit.record(work, "created", "fee schedule", row.id)
    work.touch(Changes.FEES)
    return row.id


@needs(Permission.VIEW)
def list_fees(work: Work, schedule_id: int) -> list[FeeRow]:
    """The prices of a schedule by code, modifier and date."""
    query = (
        select(Fee, Procedure.title)
        .outerjoin(Procedure, Procedure.code == Fee.code)
        .where(Fee.schedule_id == schedule_id)
        .order_by(Fee.code, Fee.modifier, Fee.valid_from)
    )
    return [
        FeeRow(fee.id, fee.code, fee.modifier, title or "", fee.amount, fee.valid_from)
        for fee, title in work.session.execute(query)
    ]


@needs(Permission.SET_UP)
def save_fee(work: Work, draft: FeeDraft) -> int:
    """Add or change a price; returns its id."""
    session = work.session
    if session.get(FeeSchedule, draft.schedule_id) is None:
        raise NotFound("There is no such fee schedule; refresh the page.")
    code, modifier = plain_text.code(draft.code), plain_text.code(draft.modifier)
    found = typed.Findings()
    found.add("code", identifiers.procedure_problem(code))
    if modifier:
        found.add("modifier", identifiers.modifier_problem(modifier))
    if draft.amount < ZERO:
        found.add("amount", "A price cannot be below zero.")
    same = select(Fee.id).where(
        Fee.schedule_id == draft.schedule_id,
        Fee.code == code,
        Fee.modifier == modifier,
        Fee.valid_from == draft.valid_from,
        Fee.id != (draft.id or 0),
    )
    if session.scalar(same):
        found.add("code", "There is a price for this code, modifier and date already.")
    found.raise_if_any()
    values: dict[str, object] = {
        "schedule_id": draft.schedule_id,
        "code": code,
        "modifier": modifier,
        "amount": draft.amount,
        "valid_from": draft.valid_from,
    }
    if draft.id is None:
        row = Fee(**values)
        session.add(row)
        session.flush()
        audit.record(work, "created", "fee", row.id)
    else:
        existing = session.get(Fee, draft.id)
        if existing is None:
            raise NotFound("This price is gone; refresh the page.")
        row = existing
        changed = fields.apply(row, values)
        if not changed:
            return row.id
        session.flush()
        audit.record(work, "changed", "fee", row.id, fields=changed)
    work.touch(Changes.FEES)
    return row.id


@needs(Permission.SET_UP)
def remove_fee(work: Work, fee_id: int) -> None:
    """Take a price away; charges that used it keep their amount."""
    work.session.execute(delete(Fee).where(Fee.id == fee_id))
    audit.record(work, "deleted", "fee", fee_id)
    work.touch(Changes.FEES)


@needs(Permission.VIEW)
def fee_for(
    work: Work, payer_id: int | None, code: str, modifiers: Sequence[str], on: dt.date
) -> Money | None:
    """The charge for a procedure on a date; None when no schedule names it.

    The payer's schedule first, for the first modifier that has a price there, else for the
    bare code; then the standard schedule in the same way. A missing modifier price is the bare
    code's price: never zero.
    """
    return fees_for(work, payer_id, [(code, tuple(modifiers))], on)[0]


@needs(Permission.VIEW)
def fees_for(
    work: Work,
    payer_id: int | None,
    lines: Sequence[tuple[str, Sequence[str]]],
    on: dt.date,
) -> list[Money | None]:
    """The charges of several (code, modifiers) in one go; see `fee_for`."""
    session = work.session
    order = []
    if payer_id is not None:
        own = session.scalar(select(Payer.fee_schedule_id).where(Payer.id == payer_id))
        if own is not None:
            order.append(own)
    standard = session.scalar(select(Practice.standard_schedule_id).where(Practice.id == 1))
    if standard is not None and standard not in order:
        order.append(standard)
    if not order or not lines:
        return [None] * len(lines)
    codes = {plain_text.code(code) for code, _ in lines}
    query = (
        select(Fee.schedule_id, Fee.code, Fee.modifier, Fee.amount)
        .where(Fee.schedule_id.in_(order), Fee.code.in_(codes), Fee.valid_from <= on)
        .order_by(Fee.valid_from)
    )
    # The newest that holds on the date comes last, and stays.
    prices = {(s, c, m): amount for s, c, m, amount in session.execute(query)}
    found: list[Money | None] = []
    for code, modifiers in lines:
        wanted = [plain_text.code(m) for m in modifiers if m] + [""]
        keys = ((s, plain_text.code(code), m) for s in order for m in wanted)
        found.append(next((prices[key] for key in keys if key in prices), None))
    return found


@needs(Permission.SET_UP)
def import_fees(
    work: Work, schedule_id: int, data: bytes, valid_from: dt.date | None = None
) -> FeeImport:
    """Load a fee file into a schedule: the whole of it or nothing.

    Rows without a date of their own hold from `valid_from` on (always, when that is None too).
    A price of the same code, modifier and date is replaced; others stay. A title adds a
    procedure to the practice's list where it has none of that code.

    Raises:
        RuleError: the file cannot be read, or names every row that is wrong.
    """
    session = work.session
    if session.get(FeeSchedule, schedule_id) is None:
        raise NotFound("There is no such fee schedule; refresh the page.")
    file = read_fees(data)
    if file.problems:
        raise RuleError(_shortened(file.problems))
    kept = {
        (fee.code, fee.modifier, fee.valid_from): fee
        for fee in session.scalars(select(Fee).where(Fee.schedule_id == schedule_id))
    }
    added = changed = 0
    for row in file.rows:
        start = row.valid_from or valid_from or ALWAYS
        fee = kept.get((row.code, row.modifier, start))
        if fee is None:
            fee = Fee(
                schedule_id=schedule_id,
                code=row.code,
                modifier=row.modifier,
                amount=row.amount,
                valid_from=start,
            )
            session.add(fee)
            kept[row.code, row.modifier, start] = fee
            added += 1
        elif fee.amount != row.amount:
            fee.amount = row.amount
            changed += 1
    procedures = _add_procedures(work, file.rows)
    session.flush()
    done = FeeImport(added, changed, len(file.rows) - added - changed, procedures)
    audit.record(work, "imported", "fee schedule", schedule_id, added=added, changed=changed)
    work.touch(Changes.FEES)
    return done


def _add_procedures(work: Work, rows: Sequence[FeeFileRow]) -> int:
    known = set(work.session.scalars(select(Procedure.code)))
    added = 0
    for row in rows:
        if row.title and row.code not in known:
            work.session.add(Procedure(code=row.code, title=row.title))
            known.add(row.code)
            added += 1
    return added


def _shortened(problems: Sequence[Problem]) -> list[Problem]:
    first = [Problem("", "Nothing was loaded; mend these rows and load the file again.")]
    shown = first + list(problems[:_NAMED_PROBLEMS])
    if len(problems) > _NAMED_PROBLEMS:
        more = len(problems) - _NAMED_PROBLEMS
        shown.append(Problem("", f"{more} further rows are wrong too."))
    return shown
