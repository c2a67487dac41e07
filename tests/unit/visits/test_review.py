"""A visit is reviewed by somebody else before it is claimed, and the coder's score follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import pytest

from desktop.errors import Forbidden, LostUpdate, NotFound, RuleError
from desktop.models.practice import User
from desktop.models.values.enums import Role
from desktop.services.claims.rules import check
from desktop.services.core import audit
from desktop.services.core.work import Actor, Changes, UserId, Work
from desktop.services.visits import entry, review
from desktop.services.visits.review_values import ReviewView, VerdictDraft
from desktop.services.visits.values import LineDraft
from tests.unit.visits.scenes import Scene, make_scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.clock import SampleClock
    from desktop.services.core.database import Database

T = TypeVar("T")
CODER, REVIEWER = 1, 7
TODAY = dt.date(2026, 9, 15)


def by(user: int, task: Callable[[Work], T], role: Role = Role.BILLER) -> Callable[[Work], T]:
    """The same work, asked by another user."""

    def run(work: Work) -> T:
        work.actor = Actor(UserId(user), f"user {user}", role)
        return task(work)

    return run


@pytest.fixture
def scene(database: Database) -> Scene:
    def make(work: Work) -> Scene:
        work.session.add(User(id=REVIEWER, name="rita", full_name="Rita Reader", role=Role.BILLER))
        return make_scene(work)

    return database.write(make)


@pytest.fixture
def visit_id(database: Database, scene: Scene) -> int:
    return database.write(lambda work: entry.save(work, scene.draft()))


def sent(database: Database, visit_id: int, note: str = "") -> int:
    return database.write(lambda work: review.send_to_review(work, visit_id, note))


def agreed(view: ReviewView) -> list[VerdictDraft]:
    return [VerdictDraft(i.kind, i.position, "agree") for i in view.items]


def judge(database: Database, review_id: int, verdicts: list[VerdictDraft]) -> None:
    version = database.read(lambda work: review.get_review(work, review_id)).version
    database.write(
        by(REVIEWER, lambda work: review.record_verdicts(work, review_id, verdicts, version))
    )


def close(database: Database, review_id: int) -> None:
    version = database.read(lambda work: review.get_review(work, review_id)).version
    database.write(by(REVIEWER, lambda work: review.close(work, review_id, version)))


def rules(database: Database, visit_id: int) -> list[str]:
    return [f.rule for f in database.read(lambda w: check.check_visit(w, visit_id)).findings]


def test_a_visit_under_review_waits_with_its_claim(database: Database, visit_id: int) -> None:
    assert rules(database, visit_id) == []
    review_id = sent(database, visit_id, note="Is 99213 high enough?")
    held = database.read(lambda work: check.check_visit(work, visit_id))
    assert [f.rule for f in held.findings] == ["visit.in_review"]
    assert not held.can_claim
    (row,) = database.read(review.open_reviews)
    assert (row.visit_id, row.note, row.coder_id) == (visit_id, "Is 99213 high enough?", CODER)
    assert row.mine, "who coded it sees that it is not for them"
    view = database.read(lambda work: review.get_review(work, review_id))
    assert [(i.kind, i.position, i.shown) for i in view.items] == [
        ("diagnosis", 1, "E11.9"),
        ("diagnosis", 2, "I10"),
        ("line", 1, "99213"),
        ("line", 2, "85025"),
    ]
    judge(database, review_id, agreed(view))
    assert rules(database, visit_id) == ["visit.in_review"], "not before it is closed"
    close(database, review_id)
    assert rules(database, visit_id) == []
    assert database.read(review.open_reviews) == []


def test_nobody_reviews_their_own_coding(database: Database, visit_id: int) -> None:
    review_id = sent(database, visit_id)
    version = database.read(lambda work: review.get_review(work, review_id)).version
    for task in (
        lambda work: review.record_verdicts(work, review_id, [], version),
        lambda work: review.close(work, review_id, version),
    ):
        with pytest.raises(RuleError, match="somebody else"):
            database.write(task)


def test_the_coder_is_who_entered_the_visit_last(database: Database, scene: Scene) -> None:
    visit_id = database.write(by(REVIEWER, lambda work: entry.save(work, scene.draft())))
    review_id = sent(database, visit_id)
    assert database.read(lambda work: review.get_review(work, review_id)).coder == "Rita Reader"


def test_the_front_desk_gives_no_verdicts(database: Database, visit_id: int) -> None:
    review_id = sent(database, visit_id)
    with pytest.raises(Forbidden):
        database.write(
            by(
                REVIEWER,
                lambda work: review.record_verdicts(work, review_id, [], 1),
                Role.FRONT_DESK,
            )
        )


def test_a_visit_is_sent_once(database: Database, visit_id: int) -> None:
    review_id = sent(database, visit_id)
    assert database.read(lambda work: review.review_of(work, visit_id)) == review_id
    with pytest.raises(RuleError, match="already"):
        sent(database, visit_id)
    database.write(lambda work: review.withdraw(work, review_id))
    assert database.read(lambda work: review.review_of(work, visit_id)) is None
    again = sent(database, visit_id)
    judge(database, again, [VerdictDraft("line", 1, "agree")])
    with pytest.raises(RuleError, match="begun"):
        database.write(lambda work: review.withdraw(work, again))


def test_an_empty_visit_has_nothing_to_review(database: Database, scene: Scene) -> None:
    visit_id = database.write(lambda work: entry.save(work, scene.draft(diagnoses=(), lines=())))
    with pytest.raises(RuleError, match="no code"):
        sent(database, visit_id)
    with pytest.raises(NotFound):
        sent(database, 999)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (VerdictDraft("diagnosis", 1, "change", "E11.65"), "Say why"),
        (VerdictDraft("diagnosis", 1, "change", "", "sugar is high"), "better code"),
        (VerdictDraft("diagnosis", 1, "change", "E11.9", "the same"), "better code"),
        (VerdictDraft("diagnosis", 1, "change", "E11", "header"), "more characters"),
        (VerdictDraft("line", 1, "change", "9921", "short"), "not a procedure code"),
        (VerdictDraft("line", 1, "change", "99213 2", "short"), "modifier"),
        (VerdictDraft("line", 9, "agree"), "no line 9"),
        (VerdictDraft("line", 1, "add", "36415", "drawn"), "own place"),
        (VerdictDraft("line", 3, "maybe"), "agree, change"),
    ],
)
def test_a_verdict_says_what_is_better_and_why(
    database: Database, visit_id: int, verdict: VerdictDraft, said: str
) -> None:
    review_id = sent(database, visit_id)
    with pytest.raises(RuleError, match=said) as caught:
        judge(database, review_id, [verdict])
    assert caught.value.problems[0].field == "verdicts.1"


def test_every_code_needs_its_verdict(database: Database, visit_id: int) -> None:
    review_id = sent(database, visit_id)
    judge(database, review_id, [VerdictDraft("diagnosis", 1, "agree")])
    with pytest.raises(RuleError, match=r"3 code\(s\)"):
        close(database, review_id)


def test_a_code_that_changed_since_is_judged_anew(
    database: Database, scene: Scene, visit_id: int
) -> None:
    review_id = sent(database, visit_id)
    view = database.read(lambda work: review.get_review(work, review_id))
    judge(database, review_id, agreed(view))

    def recode(work: Work) -> None:
        draft = entry.get(work, visit_id).draft
        entry.save(
            work,
            scene.draft(
                id=visit_id, version=draft.version, diagnoses=("E11.65", "I10"), lines=draft.lines
            ),
        )

    database.write(recode)
    view = database.read(lambda work: review.get_review(work, review_id))
    assert [i.shown for i in view.items if not i.verdict] == ["E11.65"]
    assert view.unjudged == 1


def test_two_reviewers_do_not_overwrite_each_other(database: Database, visit_id: int) -> None:
    review_id = sent(database, visit_id)
    first = database.read(lambda work: review.get_review(work, review_id))
    judge(database, review_id, agreed(first))
    with pytest.raises(LostUpdate):
        database.write(
            by(REVIEWER, lambda work: review.record_verdicts(work, review_id, [], first.version))
        )


def test_the_coders_accuracy_counts_what_reviewers_agreed_with(
    database: Database, scene: Scene, visit_id: int, clock: SampleClock
) -> None:
    review_id = sent(database, visit_id)
    judge(
        database,
        review_id,
        [
            VerdictDraft("diagnosis", 1, "change", "e11.65", "The note says high sugar."),
            VerdictDraft("diagnosis", 2, "agree"),
            VerdictDraft("diagnosis", 3, "add", "Z79.4", "Insulin is in the note."),
            VerdictDraft("line", 1, "agree"),
            VerdictDraft("line", 2, "remove", reason="Not done."),
        ],
    )
    view = database.read(lambda work: review.get_review(work, review_id))
    assert [(i.code, i.verdict, i.better_code) for i in view.items] == [
        ("E119", "change", "E1165"),
        ("I10", "agree", ""),
        ("99213", "agree", ""),
        ("85025", "remove", ""),
        ("", "add", "Z794"),
    ]
    day = clock.today()
    before = database.read(lambda work: review.coder_accuracy(work, day, day))
    assert before == [], "an open review does not count"
    close(database, review_id)
    (row,) = database.read(lambda work: review.coder_accuracy(work, day, day))
    assert row.plain() == {"coder": "Olive Owner", "codes": 5, "agreed": 2, "percent": "40.0"}
    assert row.percent == Decimal("40.0")
    later = day + dt.timedelta(days=1)
    assert database.read(lambda work: review.coder_accuracy(work, later, later)) == []


def test_what_the_reviewer_asked_for_is_not_forgotten(
    database: Database, scene: Scene, visit_id: int
) -> None:
    review_id = sent(database, visit_id)
    judge(
        database,
        review_id,
        [
            VerdictDraft("diagnosis", 1, "change", "E11.65", "High sugar."),
            VerdictDraft("diagnosis", 2, "agree"),
            VerdictDraft("diagnosis", 3, "add", "Z79.4", "Insulin."),
            VerdictDraft("line", 1, "change", "99214", "Two problems."),
            VerdictDraft("line", 2, "remove", reason="Not done."),
        ],
    )
    close(database, review_id)
    found = database.read(lambda w: check.check_visit(w, visit_id)).findings
    assert [(f.rule, f.field) for f in found] == [
        ("visit.review_unheeded", "diagnoses.1"),
        ("visit.review_unheeded", "diagnoses.3"),
        ("visit.review_unheeded", "lines.1.procedure"),
        ("visit.review_unheeded", "lines.2.procedure"),
    ]
    assert "E11.9 to E11.65" in found[0].text

    def mend(work: Work) -> None:
        view = entry.get(work, visit_id)
        entry.save(
            work,
            scene.draft(
                id=visit_id,
                version=view.draft.version,
                diagnoses=("E11.65", "I10", "Z79.4"),
                lines=(LineDraft(procedure="99214", pointers=(1, 2, 3)),),
            ),
        )

    database.write(mend)
    assert rules(database, visit_id) == []


def test_what_was_done_is_in_the_audit_and_announced(database: Database, visit_id: int) -> None:
    review_id = sent(database, visit_id)
    view = database.read(lambda work: review.get_review(work, review_id))
    judge(database, review_id, agreed(view))
    close(database, review_id)
    lines = database.read(lambda work: audit.list_rows(work, "visit", visit_id))
    actions = [line.action for line in lines]
    assert actions[-3:] == ["sent to review", "reviewed", "review closed"]
    with pytest.raises(RuleError, match="closed"):
        judge(database, review_id, [])

    def announced(work: Work) -> Changes:
        review.send_to_review(work, visit_id)
        return work.changes

    assert Changes.VISITS in database.write(announced)
