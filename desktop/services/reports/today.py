"""Today: linked counts of what waits for somebody, each with the list it stands for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, literal, select

from desktop.models.claims import Claim, Task
from desktop.models.ledger import OpenItem, OpenReceipt
from desktop.models.payments import Remittance
from desktop.models.people import Patient
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, Party, TaskKind, VisitState
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, Visit
from desktop.services.care import backup
from desktop.services.core.work import ROLES, Permission, Work, needs
from desktop.services.practice.codes import code_sets
from desktop.services.practice.codes.code_sets import SetState
from desktop.services.reports.lists import UNSENT
from desktop.services.reports.values import long_day
from desktop.services.store.statements import NOTHING
from desktop.services.visits import review

if TYPE_CHECKING:
    from collections.abc import Iterator

# Days without an answer after which a payer is asked: by file, on paper.
ELECTRONIC_DAYS: Final = 21
PAPER_DAYS: Final = 30
# Days before a filing limit on which a claim is brought up, the nearest first.
LIMIT_DAYS: Final = (0, 7, 14)


class Weight(StrEnum):
    """How pressing a count is."""

    BAD = "bad"
    WARN = "warn"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class TodayCount:
    """One line of Today.

    Attributes:
        key: stable name.
        text: a plain sentence without its figures.
        count: how many; None where a count means nothing.
        amount: the money at stake, where that is known.
        page, argument: the list behind it, as `Context.go` takes them.
    """

    key: str
    text: str
    count: int | None
    amount: Money | None
    page: str
    argument: object
    weight: Weight = Weight.PLAIN
    detail: str = ""


@needs(Permission.VIEW)
def today(work: Work) -> list[TodayCount]:
    """What waits, most pressing first; what does not occur is left out."""
    found = [
        *_claims(work),
        *_limits(work),
        *_tasks(work),
        *_remittances(work),
        *_unapplied(work),
        *_visits(work),
        *_reviews(work),
        *_statements(work),
        *_codes(work),
        *_backup(work),
    ]
    order = list(Weight)
    return sorted(found, key=lambda c: order.index(c.weight))


@needs(Permission.VIEW)
def is_new(work: Work) -> bool:
    """Whether the practice has no patient yet, so that Today says what to do first."""
    return work.session.scalar(select(Patient.id).limit(1)) is None


def _claims(work: Work) -> Iterator[TodayCount]:
    row = work.session.execute(
        select(func.count(), func.sum(Claim.charge)).where(Claim.state == ClaimState.REJECTED)
    ).one()
    if row[0]:
        text = "rejected: mend and send again"
        yield TodayCount(
            "rejected", _claim(row[0], text), row[0], row[1], "claims", "Rejected", Weight.BAD
        )
    on = work.clock.today()
    asked = case(
        (Payer.on_paper, literal(on - dt.timedelta(days=PAPER_DAYS), Claim.sent_on.type)),
        else_=literal(on - dt.timedelta(days=ELECTRONIC_DAYS), Claim.sent_on.type),
    )
    row = work.session.execute(
        select(func.count(), func.sum(Claim.charge))
        .join(Payer, Payer.id == Claim.payer_id)
        .where(Claim.state.in_((ClaimState.SENT, ClaimState.ACCEPTED)), Claim.sent_on <= asked)
    ).one()
    if row[0]:
        text = "without an answer: ask the payer"
        yield TodayCount(
            "unanswered",
            _claim(row[0], text),
            row[0],
            row[1],
            "claims",
            "Waiting for an answer",
            Weight.WARN,
            f"sent more than {ELECTRONIC_DAYS} days ago ({PAPER_DAYS} on paper)",
        )
    ready = work.session.execute(
        select(func.count(), func.sum(Claim.charge)).where(Claim.state == ClaimState.READY)
    ).one()
    if ready[0]:
        text = "ready to be sent"
        yield TodayCount("ready", _claim(ready[0], text), ready[0], ready[1], "claims", "Ready")
    held = work.session.execute(
        select(func.count(), func.sum(Claim.charge)).where(
            Claim.state.in_((ClaimState.DRAFT, ClaimState.CHECKED)), Claim.errors > 0
        )
    ).one()
    if held[0]:
        text = "held by the checks"
        yield TodayCount(
            "errors", _claim(held[0], text), held[0], held[1], "claims", "To mend", Weight.WARN
        )


def _claim(count: int, text: str) -> str:
    return f"{'claim' if count == 1 else 'claims'} {text}"


def _limits(work: Work) -> Iterator[TodayCount]:
    on = work.clock.today()
    ends = [on + dt.timedelta(days=d) for d in LIMIT_DAYS]
    row = work.session.execute(
        select(
            func.count(),
            func.count().filter(Claim.file_by < on),
            func.count().filter(Claim.file_by == ends[0]),
            func.count().filter(Claim.file_by <= ends[1], Claim.file_by > ends[0]),
            func.sum(Claim.charge),
        ).where(
            Claim.state.in_((*UNSENT, ClaimState.REJECTED)),
            Claim.file_by <= ends[-1],
        )
    ).one()
    count, past, now, week, charge = row
    if not count:
        return
    parts = [
        f"{n} {what}"
        for n, what in ((past, "past it"), (now, "today"), (week, "within 7 days"))
        if n
    ]
    yield TodayCount(
        "filing_limit",
        _claim(count, "near the filing limit"),
        count,
        charge,
        "claims",
        "Open",
        Weight.BAD if past or now or week else Weight.WARN,
        ", ".join(parts) or "within 14 days",
    )


# Kind, words for one and for several, weight; all stand in the list of tasks.
_TASKS: Final = (
    (TaskKind.DENIAL, "denial", "denials", Weight.BAD),
    (TaskKind.UNMATCHED, "payment that fits no claim", "payments that fit no claim", Weight.WARN),
    (
        TaskKind.PAYER_ACCOUNT,
        "entry on a payer's account to look at",
        "entries on payers' accounts to look at",
        Weight.WARN,
    ),
    (
        TaskKind.PATIENT_SHARE,
        "patient's share to review before it is billed",
        "patients' shares to review before they are billed",
        Weight.WARN,
    ),
    (
        TaskKind.SECONDARY,
        "claim for a second payer to make",
        "claims for second payers to make",
        Weight.WARN,
    ),
    (TaskKind.CREDIT, "credit to settle", "credits to settle", Weight.PLAIN),
)


def _tasks(work: Work) -> Iterator[TodayCount]:
    on = work.clock.today()
    rows = work.session.execute(
        select(
            Task.kind,
            func.count(),
            func.sum(Task.amount),
            func.count().filter(Task.due_on < on),
        )
        .where(Task.state == "open")
        .group_by(Task.kind)
    )
    found = {kind: (count, amount, late) for kind, count, amount, late in rows}
    for kind, one, several, weight in _TASKS:
        if kind in found:
            count, amount, late = found[kind]
            yield TodayCount(
                kind.name.lower(),
                one if count == 1 else several,
                count,
                amount,
                "payments",
                ("tasks", kind),
                weight,
                f"{late} past the date set for it" if late else "",
            )


def _remittances(work: Work) -> Iterator[TodayCount]:
    rows = work.session.execute(
        select(Remittance.state, func.count(), func.sum(Remittance.amount), func.min(Remittance.id))
        .where(Remittance.state.in_(("held", "staged")))
        .group_by(Remittance.state)
    )
    found = {state: (count, amount, only) for state, count, amount, only in rows}
    for state, text, weight in (
        ("held", "held: something does not add up", Weight.WARN),
        ("staged", "read and ready to be posted", Weight.PLAIN),
    ):
        if state in found:
            count, amount, only = found[state]
            word = "remittance" if count == 1 else "remittances"
            target = ("remittance", only) if count == 1 else None
            yield TodayCount(state, f"{word} {text}", count, amount, "payments", target, weight)


def _unapplied(work: Work) -> Iterator[TodayCount]:
    count, amount = work.session.execute(
        select(func.count(), func.sum(OpenReceipt.amount)).where(OpenReceipt.amount != NOTHING)
    ).one()
    if count:
        word = "receipt holds" if count == 1 else "receipts hold"
        yield TodayCount(
            "unapplied",
            f"{word} money that is not applied",
            count,
            amount or ZERO,
            "payments",
            ("receipts", None),
        )


def _visits(work: Work) -> Iterator[TodayCount]:
    drafts = work.session.scalar(
        select(func.count()).select_from(Visit).where(Visit.state == VisitState.DRAFT)
    )
    if drafts:
        text = "visit is a draft: post its charges" if drafts == 1 else "visits are drafts"
        yield TodayCount("drafts", text, drafts, None, "visits", ("show", "draft"))
    # What payers owe is far smaller than all visits ever: look there for the ones not billed.
    billed = (
        select(Claim.id)
        .where(Claim.visit_id == ChargeLine.visit_id, Claim.state != ClaimState.VOID)
        .exists()
    )
    count, amount = work.session.execute(
        select(func.count(ChargeLine.visit_id.distinct()), func.sum(OpenItem.amount))
        .join(ChargeLine, ChargeLine.id == OpenItem.charge_line_id)
        .where(OpenItem.party > Party.PATIENT, OpenItem.amount != NOTHING, ~billed)
    ).one()
    if count:
        word = "visit has" if count == 1 else "visits have"
        yield TodayCount(
            "unbilled",
            f"{word} charges for insurance and no claim",
            count,
            amount,
            "visits",
            ("show", "unbilled"),
            Weight.WARN,
        )


def _statements(work: Work) -> Iterator[TodayCount]:
    # In the reader's thread: the page is there before ReportLab, which draws statements.
    from desktop.services.billing.statements.run import count_due  # noqa: PLC0415 - loads ReportLab

    count, amount = count_due(work, work.clock.today())
    if count:
        text = "account is due a statement" if count == 1 else "accounts are due a statement"
        yield TodayCount("statements", text, count, amount, "statements", None)


_CODES_WEIGHT: Final = {
    SetState.OUT: Weight.BAD,
    SetState.SOON: Weight.WARN,
    SetState.IN_FORCE: Weight.PLAIN,
}


def _reviews(work: Work) -> Iterator[TodayCount]:
    """Visits that somebody else coded and sent to review, for who may judge them."""
    if Permission.CLAIM not in ROLES[work.actor.role]:
        return
    waiting = sum(not row.mine for row in review.open_reviews(work))
    if waiting:
        word = "visit waits" if waiting == 1 else "visits wait"
        text = f"{word} for a review of the coding"
        yield TodayCount(
            "reviews", text, waiting, None, "visits", ("show", "review"), Weight.WARN,
            "their claims are held until then",
        )  # fmt: skip


def _codes(work: Work) -> Iterator[TodayCount]:
    for number, each in enumerate(code_sets.due(work), 1):
        yield TodayCount(
            "codes" if number == 1 else f"codes_{number}",
            each.text,
            None,
            None,
            "codes",
            "codes",
            _CODES_WEIGHT[each.state],
            each.detail,
        )


def _backup(work: Work) -> Iterator[TodayCount]:
    if work.is_sample:
        return
    now = backup.standing(work)
    if not now.is_old:
        return
    if now.on is not None:
        text, detail = f"Last backup {now.days} days ago", f"on {long_day(now.on)}"
    else:
        text, detail = "No backup was made yet", "make one and keep it somewhere else"
    yield TodayCount("backup", text, None, None, "setup", "safety", Weight.WARN, detail)
