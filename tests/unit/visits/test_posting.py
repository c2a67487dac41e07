"""Charges in the ledger: once, with the right payer, changed by reversal and never by deletion."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select

from desktop.errors import RuleError
from desktop.models.claims import Claim, ClaimLine
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.people import Coverage, Patient
from desktop.models.practice import CodeUse
from desktop.models.values.enums import Account, ClaimState, EntryKind, Party, VisitState
from desktop.models.values.money import Money
from desktop.models.visits import ChargeLine
from desktop.services.money import ledger
from desktop.services.money.drafts import EntryDraft, LegDraft, receivable
from desktop.services.visits import entry, listing, posting, replacing
from desktop.services.visits.values import LineDraft, VisitFilter, VisitView
from tests import factories
from tests.unit.visits.scenes import ON, Scene, make_scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


def _posted(database: Database, scene: Scene) -> VisitView:
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    return database.read(lambda work: entry.get(work, visit_id))


def _pay(line_id: int, cents: int, payer_id: int) -> Callable[[Work], None]:
    def pay(work: Work) -> None:
        amount = Money(cents)
        ledger.post(
            work,
            EntryDraft(
                EntryKind.ADJUSTMENT,
                work.clock.today(),
                (
                    receivable(line_id, Party.PRIMARY, payer_id, -amount),
                    LegDraft(Account.ADJUSTMENT, amount, line_id, group_code="CO", reason="45"),
                ),
            ),
        )

    return pay


def _open(database: Database) -> dict[tuple[int, Party], tuple[int | None, Money]]:
    rows = database.read(
        lambda work: work.session.execute(
            select(
                OpenItem.charge_line_id, OpenItem.party, OpenItem.payer_id, OpenItem.amount
            ).where(OpenItem.amount != Money(0))
        ).all()
    )
    return {(r.charge_line_id, r.party): (r.payer_id, r.amount) for r in rows}


def test_charges_stand_with_the_first_payer(database: Database) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)
    assert (view.state, view.posted_on) == (VisitState.POSTED, dt.date(2026, 9, 15))
    assert [line.owed for line in view.lines] == [
        ((Party.PRIMARY, Money(12000)),),
        ((Party.PRIMARY, Money(3000)),),
    ]
    assert [(c.rank, c.payer_id) for c in view.coverages] == [
        (1, scene.payers["first"]),
        (2, scene.payers["second"]),
    ]
    totals = database.read(lambda work: ledger.period_totals(work, None, work.clock.today()))
    assert (totals.charges, totals.insurance_ar) == (Money(15000), Money(15000))
    uses = database.read(
        lambda work: {(u.system, u.code): u.uses for u in work.session.query(CodeUse)}
    )
    assert uses[posting.PROCEDURES, "99213"] == 1
    assert uses["icd10cm", "I10"] == 1


def test_without_insurance_the_patient_owes(database: Database) -> None:
    scene = database.write(lambda work: make_scene(work, insured=False))
    view = _posted(database, scene)
    assert view.lines[0].owed == ((Party.PATIENT, Money(12000)),)


def test_posting_twice_charges_once(database: Database) -> None:
    # ottehr 8828, 4156: one charge was recorded two or three times.
    scene = database.write(make_scene)
    view = _posted(database, scene)
    with pytest.raises(RuleError, match="already"):
        database.write(lambda work: posting.post(work, view.id))
    assert database.read(lambda work: work.session.query(Entry).count()) == 2


def test_an_empty_or_future_visit_is_not_posted(database: Database) -> None:
    scene = database.write(make_scene)
    draft = scene.draft(lines=(LineDraft(),), service_on=dt.date(2026, 9, 16))
    visit_id = database.write(lambda work: entry.save(work, draft))
    with pytest.raises(RuleError) as refused:
        database.write(lambda work: posting.post(work, visit_id))
    assert {p.field for p in refused.value.problems} == {"service_on", "lines.1.procedure"}


def test_a_line_without_charge_posts_without_an_entry(database: Database) -> None:
    scene = database.write(make_scene)
    draft = scene.draft(lines=(LineDraft(procedure="99213"), LineDraft(procedure="3074F")))
    visit_id = database.write(lambda work: entry.save(work, draft))
    database.write(lambda work: posting.post(work, visit_id))
    assert database.read(lambda work: work.session.query(Entry).count()) == 1


def test_an_ended_coverage_is_not_billed(database: Database) -> None:
    # openemr 7263, 7489, 8038: the coverage's end date was ignored.
    scene = database.write(make_scene)

    def end(work: Work) -> None:
        row = work.session.get_one(Coverage, scene.coverages["first"])
        row.valid_to = ON - dt.timedelta(days=1)

    database.write(end)
    view = _posted(database, scene)
    assert [(c.rank, c.payer_id) for c in view.coverages] == [(1, scene.payers["second"])]
    assert view.lines[0].owed == ((Party.PRIMARY, Money(12000)),)


def test_revising_reverses_what_changed_and_leaves_the_rest(database: Database) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)
    first, second = view.draft.lines
    changed = dataclasses.replace(first, procedure="99214", charge=None)
    new = LineDraft(procedure="85025", modifiers=("91",), pointers=(2,))
    draft = dataclasses.replace(view.draft, lines=(new, second, changed))
    result = database.write(lambda work: posting.revise(work, draft))
    after = database.read(lambda work: entry.get(work, view.id))
    assert [line.draft.procedure for line in after.lines] == ["85025", "85025", "99214"]
    assert after.lines[1].draft.id == second.id
    assert after.lines[2].draft.id != first.id
    assert (after.charge, after.balance) == (Money(24000), Money(24000))
    assert result.stale_sent == ()
    totals = database.read(lambda work: ledger.period_totals(work, None, work.clock.today()))
    assert totals.charges == totals.closing_ar == Money(24000)
    assert database.read(ledger.verify)[1] is None


def test_reopening_a_visit_never_deletes_its_payments(database: Database) -> None:
    # openemr 4334.
    scene = database.write(make_scene)
    view = _posted(database, scene)
    line = view.draft.lines[0]
    assert line.id is not None
    database.write(_pay(line.id, 2000, scene.payers["first"]))
    view = database.read(lambda work: entry.get(work, view.id))
    assert "reverse it first" in view.lines[0].locked
    assert view.lines[1].locked == ""
    before = _open(database)
    cheaper = (dataclasses.replace(line, charge=Money(1)), view.draft.lines[1])
    for lines in (cheaper, view.draft.lines[1:]):
        draft = dataclasses.replace(view.draft, lines=lines)
        with pytest.raises(RuleError, match="reverse it first"):
            database.write(functools.partial(posting.revise, draft=draft))
    with pytest.raises(RuleError, match="reverse it first"):
        database.write(lambda work: posting.void(work, view.id, "wrong patient"))
    assert _open(database) == before
    # What does not touch that line goes through, and its money stays.
    draft = dataclasses.replace(view.draft, claim_note="more", lines=view.draft.lines[:1])
    database.write(lambda work: posting.revise(work, draft))
    after = database.read(lambda work: entry.get(work, view.id))
    assert (after.draft.claim_note, after.balance) == ("more", Money(10000))


def test_a_reversed_payment_unlocks_the_line(database: Database) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)
    line = view.draft.lines[0]
    assert line.id is not None
    database.write(_pay(line.id, 2000, scene.payers["first"]))
    last = database.read(lambda work: ledger.head(work)[0])
    database.write(lambda work: ledger.reverse_many(work, [last], "posted by mistake"))
    draft = dataclasses.replace(
        view.draft, lines=(dataclasses.replace(line, charge=Money(5000)), view.draft.lines[1])
    )
    database.write(lambda work: posting.revise(work, draft))
    assert database.read(lambda work: entry.get(work, view.id)).balance == Money(8000)


def test_voiding_a_visit_reverses_its_charges(database: Database) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)
    database.write(lambda work: posting.void(work, view.id, "entered twice"))
    after = database.read(lambda work: entry.get(work, view.id))
    assert (after.state, after.balance, len(after.lines)) == (VisitState.VOID, Money(0), 2)
    totals = database.read(lambda work: ledger.period_totals(work, None, work.clock.today()))
    assert totals.charges == totals.closing_ar == Money(0)
    assert database.read(lambda work: work.session.query(Entry).count()) == 4
    with pytest.raises(RuleError, match="already"):
        database.write(lambda work: posting.void(work, view.id, "again"))


def _claim(view: VisitView, scene: Scene, state: ClaimState) -> Callable[[Work], int]:
    def make(work: Work) -> int:
        claim = Claim(
            visit_id=view.id,
            patient_id=scene.patient_id,
            coverage_id=scene.coverages["first"],
            payer_id=scene.payers["first"],
            rank=1,
            state=state,
            control_number=f"C{state.value}",
            charge=view.charge,
            service_on=ON,
            record="{}",
            created_at="2026-09-15T09:00:00.000000Z",
        )
        work.session.add(claim)
        work.session.flush()
        for position, line in enumerate(view.draft.lines, 1):
            work.session.add(
                ClaimLine(claim_id=claim.id, position=position, charge_line_id=line.id)
            )
        work.session.flush()
        return claim.id

    return make


def test_a_change_after_the_claim_was_sent_says_that_it_must_be_replaced(
    database: Database,
) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)
    sent = database.write(_claim(view, scene, ClaimState.ACCEPTED))
    ready = database.write(_claim(view, scene, ClaimState.READY))
    lines = (dataclasses.replace(view.draft.lines[0], modifiers=("25",)), view.draft.lines[1])
    draft = dataclasses.replace(view.draft, lines=lines)
    result = database.write(lambda work: posting.revise(work, draft))
    assert (result.stale_sent, result.stale_unsent) == ((sent,), (ready,))
    after = database.read(lambda work: entry.get(work, view.id))
    assert all(claim.stale for claim in after.claims)
    again = database.write(lambda work: posting.revise(work, after.draft))
    assert (again.stale_sent, again.stale_unsent) == ((), ()), "nothing changed, nothing is stale"


def _replace_first(scene: Scene) -> Callable[[Work], int]:
    """The practice learns that another payer was in force since August."""

    def replace(work: Work) -> int:
        old = work.session.get_one(Coverage, scene.coverages["first"])
        old.valid_to = dt.date(2026, 7, 31)
        payer = factories.make_payer(work)
        work.session.add(
            Coverage(
                patient_id=scene.patient_id,
                payer_id=payer.id,
                rank=1,
                subscriber_id=old.subscriber_id,
                relationship_=old.relationship_,
                member_id="NEW1",
                valid_from=dt.date(2026, 8, 1),
            )
        )
        return payer.id

    return replace


def test_insurance_replaced_after_billing_moves_what_is_open(database: Database) -> None:
    # openemr 7263: insurance replaced after billing left the money with the wrong payer.
    scene = database.write(make_scene)
    view = _posted(database, scene)
    first, second = (line.id for line in view.draft.lines)
    assert first is not None
    assert second is not None
    database.write(_pay(first, 2000, scene.payers["first"]))
    new = database.write(_replace_first(scene))
    result = database.write(lambda work: replacing.change_coverage(work, view.id))
    assert result.moved == Money(13000)
    assert _open(database) == {
        (first, Party.PRIMARY): (new, Money(10000)),
        (second, Party.PRIMARY): (new, Money(3000)),
    }
    assert database.write(lambda work: replacing.change_coverage(work, view.id)).moved == Money(0)
    totals = database.read(lambda work: ledger.period_totals(work, None, work.clock.today()))
    assert totals.charges == Money(15000)
    assert totals.closing_ar == Money(13000)


def test_insurance_found_later_takes_over_from_the_patient(database: Database) -> None:
    scene = database.write(lambda work: make_scene(work, insured=False))
    view = _posted(database, scene)

    def insure(work: Work) -> int:
        payer = factories.make_payer(work)
        factories.make_coverage(work, work.session.get_one(Patient, scene.patient_id), payer)
        return payer.id

    payer = database.write(insure)
    database.write(lambda work: replacing.change_coverage(work, view.id))
    assert set(_open(database).values()) == {(payer, Money(12000)), (payer, Money(3000))}


def test_ended_insurance_leaves_the_patient(database: Database) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)

    def end(work: Work) -> None:
        for coverage in work.session.scalars(select(Coverage)):
            coverage.valid_to = dt.date(2026, 8, 31)

    database.write(end)
    database.write(lambda work: replacing.change_coverage(work, view.id))
    assert {party for _, party in _open(database)} == {Party.PATIENT}
    legs = database.read(
        lambda work: work.session.scalar(
            select(func.sum(Leg.amount)).where(Leg.account == Account.RECEIVABLE)
        )
    )
    assert legs == Money(15000)


def test_two_equal_visits_on_one_day_are_two_rows(database: Database) -> None:
    # openemr 6548: two equal amounts on one day were shown as one.
    scene = database.write(make_scene)
    ids = {_posted(database, scene).id, _posted(database, scene).id}
    rows = database.read(lambda work: listing.list_visits(work, VisitFilter(unbilled=True)))
    assert {r.id for r in rows} == ids
    assert [(r.charge, r.balance) for r in rows] == [(Money(15000), Money(15000))] * 2


def test_the_list_takes_the_same_queries_whatever_the_number_of_visits(
    database: Database,
) -> None:
    # lh-ehr 1177: tens of thousands of per-row queries on the billing list.
    scene = database.write(make_scene)
    _posted(database, scene)

    def queries(work: Work) -> int:
        count = 0

        def seen(*_: object) -> None:
            nonlocal count
            count += 1

        connection = work.session.connection()
        event.listen(connection, "before_cursor_execute", seen)
        listing.list_visits(work)
        event.remove(connection, "before_cursor_execute", seen)
        return count

    one = database.read(queries)
    for _ in range(4):
        _posted(database, scene)
    assert database.read(queries) == one
    assert len(database.read(listing.list_visits)) == 5


def test_voided_lines_are_not_on_the_list(database: Database) -> None:
    scene = database.write(make_scene)
    view = _posted(database, scene)
    draft = dataclasses.replace(view.draft, lines=view.draft.lines[:1])
    database.write(lambda work: posting.revise(work, draft))
    (row,) = database.read(listing.list_visits)
    assert (row.procedures, row.charge) == ("99213", Money(12000))
    states = database.read(lambda work: sorted(work.session.scalars(select(ChargeLine.state))))
    assert states == ["posted", "void"]
