"""The whole job on one small practice, from a registered patient to a paid claim and a statement.

`run_demo` does with the services what a front desk and a biller do with the window, day by
day on a clock of its own: the same seed and date give the same documents, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from desktop.clock import SampleClock
from desktop.errors import EnvironmentProblem
from desktop.models.ledger import OpenItem
from desktop.models.values.enums import Party, ReceiptMethod
from desktop.models.values.money import ZERO, Money
from desktop.services.billing.statements import receipt as receipt_documents
from desktop.services.billing.statements import run as statement_run
from desktop.services.care import keys, practice_folder
from desktop.services.care.practice_folder import SAMPLE_PASSWORD, PracticeDraft
from desktop.services.claims.delivery import printing, sending
from desktop.services.claims.life import create
from desktop.services.core.work import Changes, Progress, Work
from desktop.services.exchange import inbox_command as command
from desktop.services.money import receipts
from desktop.services.reports.period import Summary, summary
from desktop.services.sample.demo.invented import Inventor
from desktop.services.sample.demo.office import Office, set_up
from desktop.services.sample.demo.visits import Planned, plan
from desktop.services.sample.payer.service import answer_submission
from desktop.services.visits import entry
from desktop.services.visits import posting as visit_posting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.sample.payer.payer import TrainingFile

# How many days before today the practice opens its doors.
_FIRST_DAY: Final = 75


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Where everything lies."""

    folder: Path
    practice: Path
    password: str
    summary: dict[str, Any]


@dataclass(slots=True)
class _Story:
    """The story as it goes on: the open practice, its clock, what is still to come."""

    database: Database
    clock: SampleClock
    inventor: Inventor
    folder: Path
    seed: int
    say: Callable[[str], None]
    office: Office = field(default_factory=Office)
    mail: list[TrainingFile] = field(default_factory=list)
    submissions: int = 0
    printed: int = 0


def run_demo(
    folder: Path,
    *,
    seed: int = 1,
    today: dt.date = practice_folder.SAMPLE_TODAY,
    say: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> DemoResult:
    """Make a sample practice in `folder`/practice and do the whole job in it.

    Args:
        folder: new or empty.
        seed: draws the people and what happens to them.
        today: where the sample practice's clock stands in the end.
        say: takes a line for each step.
        progress: of loading the code set.

    Raises:
        EnvironmentProblem: the folder is not empty or cannot be written.
    """
    folder = folder.absolute()
    _make_folders(folder)
    draft = PracticeDraft(
        "Millbrook Family Medicine",
        "owner",
        SAMPLE_PASSWORD,
        owner_full_name="Olive Tanner",
        sample_today=today,
    )
    created = practice_folder.create_practice(
        folder / "practice", draft, progress=progress, cost=keys.Cost(iterations=1)
    )
    clock = created.database.clock
    assert isinstance(clock, SampleClock)  # noqa: S101 - a sample practice has one
    with created.database as database:
        story = _Story(database, clock, Inventor(seed), folder, seed, say)
        told = _tell(story, today)
    plain = told.plain()
    keys.write_whole(folder / "summary.json", (json.dumps(plain, indent=1) + "\n").encode())
    say(
        f"A/R {plain['closing_ar']}: {plain['claims_sent']} claims sent, "
        f"{plain['claims_paid']} paid, {plain['statements']} statements. See {folder}."
    )
    return DemoResult(folder, folder / "practice", SAMPLE_PASSWORD, plain)


def _make_folders(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if next(folder.iterdir(), None) is not None:
            raise EnvironmentProblem(
                f"“{folder}” is not empty; name a new folder for the sample practice."
            )
        for name in ("claims", "remittances", "statements"):
            (folder / name).mkdir()
    except OSError as error:
        raise EnvironmentProblem(
            f"“{folder}” cannot be used ({error.strerror}); choose another folder."
        ) from error


def _tell(story: _Story, today: dt.date) -> Summary:
    """The story: two waves of visits, answers in between, statements at the end."""
    first = today - dt.timedelta(days=_FIRST_DAY)
    story.clock.on = first
    story.office = story.database.write(lambda work: set_up(work, story.inventor))
    story.say(f"Practice set up with {len(story.office.patients)} patients.")
    one = plan(
        story.inventor, story.office, _days(first, 20, 20), injury=first + dt.timedelta(days=6)
    )
    _see_patients(story, one)
    _bill(story, first + dt.timedelta(days=22), days=(12, 24, 34))
    two = plan(story.inventor, story.office, _days(first + dt.timedelta(days=30), 18, 18))
    _see_patients(story, two)
    _bill(story, first + dt.timedelta(days=50), days=(12, 16, 20))
    _families_pay(story, first + dt.timedelta(days=64))
    last = plan(story.inventor, story.office, _days(today - dt.timedelta(days=4), 4, 4))
    _see_patients(story, last, post_all=False)
    _read_mail(story, today)
    story.clock.on = today
    _print_statements(story)
    totals = story.database.read(lambda work: summary(work, None, today))
    story.say("Books closed: they balance to the cent.")
    return totals


def _days(first: dt.date, span: int, count: int) -> list[dt.date]:
    """So many days from the first on, spread over the span, none on a Sunday."""
    days = [first + dt.timedelta(days=i * span // count) for i in range(count)]
    return [d if d.weekday() != 6 else d + dt.timedelta(days=1) for d in days]


def _see_patients(story: _Story, visits: list[Planned], *, post_all: bool = True) -> None:
    for number, planned in enumerate(sorted(visits, key=lambda p: p.draft.service_on)):
        _read_mail(story, planned.draft.service_on)
        story.clock.on = planned.draft.service_on
        _see(story, planned, post=post_all or number % 2 == 0)
    story.say(f"{len(visits)} visits seen and coded.")


def _see(story: _Story, planned: Planned, *, post: bool) -> None:
    story.database.write(lambda work: _enter(work, planned, post=post))


def _enter(work: Work, planned: Planned, *, post: bool) -> None:
    visit_id = entry.save(work, planned.draft)
    if not post:
        return
    visit_posting.post(work, visit_id)
    if planned.who.plan and planned.who.plan[0] == "lakeshore":
        receipts.take_payment(
            work,
            receipts.ReceiptDraft(
                planned.who.id,
                Money(2500),
                ReceiptMethod.CARD,
                reference=f"T{visit_id:05d}",
                visit_id=visit_id,
                is_copay=True,
            ),
        )
    create.create_claims(work, visit_id)


def _bill(story: _Story, on: dt.date, *, days: tuple[int, int, int]) -> None:
    """Send what is ready, print what goes on paper, and let the training payer answer."""
    _read_mail(story, on)
    story.clock.on = on
    database = story.database
    batch, delivery = sending.send(database, story.folder / "claims")
    if delivery is None or batch.submission_id is None:
        return
    story.submissions += 1
    story.say(f"{len(batch.claim_ids)} claims sent in {batch.file_name}.")
    number = batch.submission_id
    answers = database.write(
        lambda work: answer_submission(work, number, seed=story.seed, days=days)
    )
    story.mail += [f for f in (answers.ack999, answers.ack277ca, *answers.remittances) if f]
    run = database.write(lambda work: printing.print_claims(work, data_only=True))
    if run.pdf:
        story.printed += 1
        keys.write_whole(story.folder / "claims" / run.batch.file_name, run.pdf)
        story.say(f"{len(run.batch.claim_ids)} paper claims printed in {run.batch.file_name}.")
    _read_mail(story, on)


def _read_mail(story: _Story, until: dt.date) -> None:
    """Read what payers sent up to a day, each on the day on which it came."""
    due = sorted((m for m in story.mail if m.on <= until), key=lambda m: (m.on, m.name))
    story.mail = [m for m in story.mail if m.on > until]
    for message in due:
        story.clock.on = max(story.clock.on, message.on)
        keys.write_whole(story.folder / "remittances" / message.name, message.data)
        for line in command.post_file(story.database, message.data, message.name).lines():
            story.say(line)


def _families_pay(story: _Story, on: dt.date) -> None:
    """Some patients pay their share, one too much, one gets money back."""
    _read_mail(story, on)
    story.clock.on = on
    story.database.write(lambda work: _pay(work, story))


def _pay(work: Work, story: _Story) -> None:
    rows = work.session.execute(
        select(OpenItem.patient_id, func.sum(OpenItem.amount))
        .where(OpenItem.party == Party.PATIENT, OpenItem.amount > ZERO)
        .group_by(OpenItem.patient_id)
        .order_by(OpenItem.patient_id)
    ).all()
    # Nobody asks a patient whose payer forbids it.
    barred = {p.id for p in story.office.patients if {"medicaid", "cobalt"} & set(p.plan)}
    may_pay = [row for row in rows if row[0] not in barred]
    for number, (patient_id, owed) in enumerate(may_pay[::2]):
        amount = owed + Money(1000) if number == 0 else owed
        part = Money(max(amount.cents // 2, 100)) if number % 3 == 2 else amount
        receipt_id = receipts.take_payment(
            work,
            receipts.ReceiptDraft(
                patient_id, part, ReceiptMethod.CHECK, reference=str(1200 + number)
            ),
        )
        if number == 0:
            receipts.refund(work, receipt_id, Money(1000), "check 5001")
        if number < 3:
            name = f"receipt-{receipt_id:06d}.pdf"
            pdf = receipt_documents.receipt_pdf(work, receipt_id)
            keys.write_whole(story.folder / "statements" / name, pdf)
    work.touch(Changes.PAYMENTS)


def _print_statements(story: _Story) -> None:
    made = story.database.write(statement_run.run)
    if made.pdf:
        name = f"statements-{story.clock.on:%Y%m%d}.pdf"
        keys.write_whole(story.folder / "statements" / name, made.pdf)
        story.say(f"{made.count} statements printed.")
