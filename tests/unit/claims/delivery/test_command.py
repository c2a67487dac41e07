"""`claims check`, `send` and `print`: everything in one go, and what is left out by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from desktop.errors import EnvironmentProblem
from desktop.models.claims import Claim
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, VisitState
from desktop.models.visits import ChargeLine, Visit
from desktop.services.claims.delivery import command
from desktop.services.claims.life import views
from desktop.services.claims.life.lifecycle import drop_unsent, void_before_sending
from tests.unit.claims.shop import add_visit, lines, open_shop
from tests.unit.claims.shop import outbox as make_outbox

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


def test_check_makes_the_claims_that_posted_visits_lack_and_says_what_holds_them(
    database: Database,
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    add_visit(database, shop, diagnoses=())
    add_visit(database, shop, posted=False)
    report = database.write(command.check)
    assert len(report.created) == 2
    # The earlier visit comes first; it is the one without diagnoses.
    assert [c.state for c in report.claims] == [ClaimState.DRAFT, ClaimState.READY]
    assert report.has_findings
    assert report.claims[0].findings[0].text
    again = database.write(command.check)
    assert again.created == ()
    assert json.loads(json.dumps(report.plain()))["claims"][1]["state"] == "ready"


def test_a_claim_that_somebody_dropped_on_purpose_is_not_made_again(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)
    [claim] = database.write(command.check).created
    database.write(lambda work: void_before_sending(work, claim, "The patient pays."))
    assert database.write(command.check).created == ()
    # But one that was dropped because its visit was opened again is.
    other = add_visit(database, shop)
    database.write(command.check)
    database.write(lambda work: drop_unsent(work, other, "Opened again."))
    assert len(database.write(command.check).created) == 1
    assert visit != other


def test_a_claim_follows_its_visit_until_it_is_sent(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, lines(2))
    [claim] = database.write(command.check).created

    def strike_one(work: Work) -> None:
        row = work.session.query(ChargeLine).filter_by(visit_id=visit, position=2).one()
        row.state = "void"

    database.write(strike_one)
    database.write(command.check)
    row = database.read(lambda w: views.view_claim(w, claim))
    assert len(row.record.lines) == 1

    def void_visit(work: Work) -> None:
        for line in work.session.query(ChargeLine).filter_by(visit_id=visit):
            line.state = "void"
        work.session.get_one(Visit, visit).state = VisitState.VOID

    database.write(void_visit)
    database.write(command.check)
    assert database.read(lambda w: w.session.get_one(Claim, claim).state) is ClaimState.VOID


def test_lines_added_to_a_visit_whose_claim_was_sent_are_reported(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)
    command.send_all(database, make_outbox(tmp_path))

    def add_line(work: Work) -> None:
        first = work.session.query(ChargeLine).filter_by(visit_id=visit).one()
        work.session.add(
            ChargeLine(
                visit_id=visit,
                patient_id=first.patient_id,
                position=2,
                state="posted",
                service_on=first.service_on,
                to_on=first.to_on,
                place="11",
                procedure="85025",
                charge=first.charge,
            )
        )

    database.write(add_line)
    report = database.write(command.check)
    assert report.uncarried == (visit,)
    assert report.created == ()


def test_send_and_print_each_take_their_own_claims(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    target = tmp_path / "forms.pdf"
    report = command.print_all(database, target)
    assert report.path is None
    assert not target.exists()
    report = command.send_all(database, make_outbox(tmp_path))
    assert report.path is not None
    assert len(report.batch.claim_ids) == 1
    assert report.plain()["charge"] == "120.00"

    def to_paper(work: Work) -> None:
        work.session.get_one(Payer, shop.payer_id).on_paper = True

    database.write(to_paper)
    add_visit(database, shop)
    report = command.print_all(database, target, data_only=True)
    assert target.read_bytes().startswith(b"%PDF")
    assert len(report.batch.claim_ids) == 1


def test_a_print_file_that_cannot_be_written_is_one_sentence(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database, on_paper=True)
    add_visit(database, shop)
    with pytest.raises(EnvironmentProblem, match="does not exist"):
        command.print_all(database, tmp_path / "no" / "forms.pdf")
    assert database.write(command.check).claims[0].state is ClaimState.READY


def test_the_list_counts_what_its_groups_hold_and_puts_the_nearest_limit_first(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    add_visit(database, shop)
    add_visit(database, shop, diagnoses=())
    database.write(command.check)
    counts = database.read(views.count_claims)
    assert (counts["Ready"], counts["To mend"], counts["Open"]) == (2, 1, 3)
    rows = database.read(lambda w: views.list_claims(w, views.GROUPS["Open"]))
    left = [r.days_left for r in rows if r.days_left is not None]
    assert left == sorted(left)
    assert rows[0].file_by is not None
    held = next(r for r in rows if r.state is ClaimState.DRAFT)
    assert held.findings > 0
    command.send_all(database, make_outbox(tmp_path))
    assert database.read(views.count_claims)["Waiting for an answer"] == 2
    sent = database.read(lambda w: views.list_claims(w, views.GROUPS["Waiting for an answer"]))
    found = database.read(lambda w: views.search_claims(w, sent[0].control_number.lower()))
    assert [r.id for r in found] == [sent[0].id]
