"""Runs of statements: who gets one and who does not, and why; issued once, kept as they went."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.clock import stamp
from desktop.errors import NotFound, RuleError
from desktop.models.payments import Statement
from desktop.models.payments import StatementRun as RunRecord
from desktop.models.people import Person
from desktop.models.practice import Practice
from desktop.models.values.money import ZERO, Money, total
from desktop.services.billing.accounts import accounts
from desktop.services.billing.statements import build
from desktop.services.core import audit, counters
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.documents import statement as document

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from desktop.services.billing.accounts.accounts import GuarantorAccount
    from desktop.services.formats.documents.statement_data import StatementData


class Why(StrEnum):
    """Why an account is in a run or out of it."""

    DUE = "due"
    NOTHING = "nothing due"
    PENDING = "waits on insurance"
    CREDIT = "credit"
    BARRED = "may not be billed"
    RECENT = "sent lately"
    SMALL = "below the minimum"
    NO_ADDRESS = "no address"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One account of a planned run.

    Attributes:
        amount: what a statement would ask for; below zero it is a credit.
        pending: what waits on insurance, never asked for.
        reason: one sentence that says why it is in or out.
        last_on: the day of the newest statement that stands.
    """

    guarantor_id: int
    name: str
    account: str
    amount: Money
    pending: Money
    included: bool
    why: Why
    reason: str
    last_on: dt.date | None

    @property
    def id(self) -> int:
        """Of the guarantor, for tables."""
        return self.guarantor_id


@needs(Permission.VIEW)
def plan_run(work: Work, on: dt.date) -> list[RunRow]:
    """Every account with something open or held, with why it is in or out of a run on a day."""
    found = accounts.accounts(work)
    ids = [a.guarantor_id for a in found]
    people = accounts.addressees(work, ids)
    numbers = accounts.numbers(work, ids)
    practice = work.session.get_one(Practice, 1)
    rows = []
    for account in found:
        person = people[account.guarantor_id]
        why, reason = _judge(account, practice, on)
        if why is Why.DUE and not person.has_address:
            why, reason = Why.NO_ADDRESS, _NO_ADDRESS
        rows.append(
            RunRow(
                account.guarantor_id,
                person.name,
                numbers.get(account.guarantor_id, ""),
                account.net,
                account.pending,
                why is Why.DUE,
                why,
                reason,
                account.last_on,
            )
        )
    return sorted(rows, key=lambda r: (not r.included, r.name.casefold(), r.account))


@needs(Permission.VIEW)
def count_due(work: Work, on: dt.date) -> tuple[int, Money]:
    """How many accounts a run on a day would ask, and for how much; as `plan_run` includes them."""
    practice = work.session.get_one(Practice, 1)
    due = {
        a.guarantor_id: a.net
        for a in accounts.accounts(work)
        if _judge(a, practice, on)[0] is Why.DUE
    }
    people = accounts.addressees(work, list(due))
    asked = [net for i, net in due.items() if people[i].has_address]
    return len(asked), total(asked)


_NO_ADDRESS: Final = "The guarantor's address is not complete; mend it, then run again."


def _judge(account: GuarantorAccount, practice: Practice, on: dt.date) -> tuple[Why, str]:
    """Whether an account is due one, the address left aside."""
    net = account.net
    if net < ZERO:
        return Why.CREDIT, f"Credit of {abs(net).shown}; nothing is due."
    if not account.due and account.barred:
        return Why.BARRED, f"{account.barred.shown} may not be billed to the patient."
    if not account.due and account.pending:
        return Why.PENDING, f"{account.pending.shown} waits on insurance; nothing is the patient's."
    if not net:
        return Why.NOTHING, "Nothing is due."
    last = account.last_on
    if last is not None:
        days = (on - last).days
        if days <= 0:
            return Why.RECENT, "A statement of this day was issued already."
        if days < practice.statement_days:
            again = last + dt.timedelta(days=practice.statement_days)
            word = "day" if days == 1 else "days"
            return Why.RECENT, f"Last statement {days} {word} ago; the next one from {again}."
    if net < practice.statement_minimum:
        return Why.SMALL, f"Below the minimum of {practice.statement_minimum.shown}."
    return Why.DUE, f"{net.shown} is due."


@dataclass(frozen=True, slots=True)
class StatementRun:
    """What a run did.

    Attributes:
        id: of the run; None when nobody was to get a statement.
        pdf: all statements in one file; empty when there is none.
        rows: every account, in or out, with its reason.
    """

    id: int | None
    pdf: bytes
    rows: tuple[RunRow, ...]
    count: int
    amount: Money
    numbers: tuple[str, ...] = ()


@needs(Permission.STATE)
def run(
    work: Work, on: dt.date | None = None, guarantor_ids: Sequence[int] | None = None
) -> StatementRun:
    """Issue the statements of a day, to all who are due one or to those chosen among them.

    Each goes to its own guarantor only and is kept as it went. A second run of the same day
    finds nobody left.
    """
    day = on or work.clock.today()
    rows = plan_run(work, day)
    chosen = None if guarantor_ids is None else set(guarantor_ids)
    wanted = [r for r in rows if r.included and (chosen is None or r.guarantor_id in chosen)]
    wanted.sort(key=lambda r: r.account)
    built = build.build_many(work, [r.guarantor_id for r in wanted], day)
    data = {r.guarantor_id: built[r.guarantor_id] for r in wanted if r.guarantor_id in built}
    if not data:
        return StatementRun(None, b"", tuple(rows), 0, ZERO)
    for row in wanted:
        _check_own(row, data[row.guarantor_id])
    pdf = document.render_run(list(data.values()))
    amount = total(d.amount_due for d in data.values())
    record = RunRecord(
        run_on=day,
        run_at=stamp(work.clock.now()),
        user_id=int(work.actor.user_id),
        count=len(data),
        amount=amount,
        document_sha=work.documents.put(pdf, "statement run", f"Statements {day.isoformat()}"),
        outcome=_outcome(rows, data.keys()),
    )
    work.session.add(record)
    work.session.flush()
    numbers = _issue(work, record.id, day, data)
    audit.record(work, "issued", "statement run", record.id, count=len(data))
    work.touch(Changes.STATEMENTS)
    return StatementRun(record.id, pdf, tuple(rows), len(data), amount, numbers)


def _check_own(row: RunRow, data: StatementData) -> None:
    """See that a statement says what the ledger says of this guarantor and of nobody else."""
    if data.amount_due != row.amount:
        raise RuleError(
            f"The statement of account {row.account} would ask for {data.amount_due.shown}, but "
            f"the ledger says {row.amount.shown}. No statement was issued; run doctor."
        )


def _issue(
    work: Work, run_id: int, day: dt.date, data: dict[int, StatementData]
) -> tuple[str, ...]:
    first = counters.take(work, "statement", len(data))
    numbers = []
    for n, (guarantor_id, content) in enumerate(data.items()):
        number = f"S{first + n:06d}"
        work.progress.report(n, len(data), "Statements")
        sha = work.documents.put(document.render(content), "statement", number)
        work.session.add(
            Statement(
                number=number,
                run_id=run_id,
                guarantor_id=guarantor_id,
                issued_on=day,
                amount=content.amount_due,
                document_sha=sha,
                content=json.dumps(_plain(content), ensure_ascii=False, sort_keys=True),
            )
        )
        numbers.append(number)
    work.session.flush()
    return tuple(numbers)


def _plain(value: object) -> object:
    """A statement's data as JSON: money as text with two decimals, dates ISO."""
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _outcome(rows: Sequence[RunRow], issued: Collection[int]) -> str:
    told = [
        {
            "guarantor": r.guarantor_id,
            "amount": str(r.amount),
            "issued": r.guarantor_id in issued,
            "why": r.why.value if r.guarantor_id in issued or not r.included else "not chosen",
        }
        for r in rows
    ]
    return json.dumps(told, sort_keys=True)


@needs(Permission.STATE)
def preview(work: Work, guarantor_id: int, on: dt.date | None = None) -> bytes:
    """A statement as it would be now, as PDF; nothing is issued.

    Raises:
        RuleError: the account owes nothing that may be billed.
    """
    data = build.build(work, guarantor_id, on or work.clock.today())
    if data is None:
        raise RuleError("Nothing that may be billed is open on this account.")
    work.viewed("statement", guarantor_id)
    return document.render(data)


@dataclass(frozen=True, slots=True)
class IssuedStatement:
    """A statement that was issued."""

    id: int
    number: str
    guarantor_id: int
    name: str
    issued_on: dt.date
    amount: Money
    run_id: int | None
    voided_on: dt.date | None


@needs(Permission.VIEW)
def list_statements(
    work: Work, guarantor_id: int | None = None, limit: int = 500
) -> list[IssuedStatement]:
    """Statements, newest first; of one guarantor or of all."""
    query = (
        select(Statement, Person.last, Person.first)
        .join(Person, Person.id == Statement.guarantor_id)
        .order_by(Statement.id.desc())
        .limit(limit)
    )
    if guarantor_id is not None:
        query = query.where(Statement.guarantor_id == guarantor_id)
    return [
        IssuedStatement(
            s.id,
            s.number,
            s.guarantor_id,
            f"{last}, {first}",
            s.issued_on,
            s.amount,
            s.run_id,
            s.voided_on,
        )
        for s, last, first in work.session.execute(query)
    ]


@needs(Permission.VIEW)
def statement_pdf(work: Work, statement_id: int) -> bytes:
    """The very bytes of a statement as it was issued."""
    found = _get(work, statement_id)
    work.viewed("statement", statement_id)
    return work.documents.get(found.document_sha).data


@needs(Permission.STATE)
def run_pdf(work: Work, run_id: int) -> bytes:
    """The very bytes of a run's file.

    Raises:
        NotFound: there is no such run.
    """
    found = work.session.get(RunRecord, run_id)
    if found is None or found.document_sha is None:
        raise NotFound(f"There is no statement run {run_id}.")
    return work.documents.get(found.document_sha).data


@needs(Permission.STATE)
def void_statement(work: Work, statement_id: int) -> None:
    """Take a statement back, as after a paper jam: its account is due one again.

    Raises:
        RuleError: it is void already.
    """
    found = _get(work, statement_id)
    if found.voided_on is not None:
        raise RuleError(f"Statement {found.number} is void already.")
    found.voided_on = work.clock.today()
    work.session.flush()
    audit.record(work, "voided", "statement", statement_id)
    work.touch(Changes.STATEMENTS)


def _get(work: Work, statement_id: int) -> Statement:
    found = work.session.get(Statement, statement_id)
    if found is None:
        raise NotFound(f"There is no statement {statement_id}.")
    return found
