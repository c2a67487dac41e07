"""The coding of stored visits: other visits, loaded sets, articles, and the command's answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.errors import NotFound, RuleError
from desktop.models.practice import Payer, Procedure
from desktop.models.values.enums import FilingCode
from desktop.models.values.money import Money
from desktop.services.claims.rules import check
from desktop.services.claims.rules.coding import articles
from desktop.services.claims.rules.coding.report import CodingFinding, check_coding, plain_coding
from desktop.services.coding.library.store import CodeStore
from desktop.services.visits import entry, posting
from desktop.services.visits.values import LineDraft, VisitDraft
from tests import factories
from tests.unit.claims.rules.sets import fill
from tests.unit.visits.scenes import ON, Scene, make_scene

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


@pytest.fixture
def scene(database: Database) -> Scene:
    return database.write(make_scene)


def charged(*codes: str, modifiers: tuple[str, ...] = ()) -> tuple[LineDraft, ...]:
    return tuple(LineDraft(procedure=c, modifiers=modifiers, charge=Money(5000)) for c in codes)


def saved(database: Database, draft: VisitDraft, *, post: bool = False) -> int:
    visit_id = database.write(lambda work: entry.save(work, draft))
    if post:
        database.write(lambda work: posting.post(work, visit_id))
    return visit_id


def coded(database: Database, visit_id: int, on: dt.date | None = None) -> list[CodingFinding]:
    return database.read(lambda work: check_coding(work, visit_id, on))


def rules(database: Database, visit_id: int, on: dt.date | None = None) -> set[str]:
    found = {f.finding.rule for f in coded(database, visit_id, on)}
    return found - {"diagnosis.unpointed", "procedure.unknown"}


def test_pairs_are_found_across_two_visits_of_the_day(
    database: Database, scene: Scene, practice_dir: Path
) -> None:
    fill(practice_dir / "codes.db", "ncci", pairs=[("11042", "97597", "1")])
    first = saved(database, scene.draft(lines=charged("11042")), post=True)
    second = saved(database, scene.draft(lines=charged("97597")))
    (finding,) = [f.finding for f in coded(database, second) if f.finding.rule == "ncci.pair"]
    assert f"visit {first}" in finding.text
    assert finding.field == "lines.1.modifiers"
    later = saved(
        database, scene.draft(service_on=ON + dt.timedelta(days=1), lines=charged("97597"))
    )
    assert rules(database, later) == set()

    def elsewhere(work: Work) -> None:
        group = factories.make_provider(work, is_person=False, is_billing=True)
        kept = entry.find(work, second)
        kept.billing_id = group.id

    database.write(elsewhere)
    assert "ncci.pair" not in rules(database, second), "another group bills for it"


def test_edits_hold_by_their_dates(database: Database, scene: Scene, practice_dir: Path) -> None:
    lines = charged("11042", "97597")
    visit_id = saved(database, scene.draft(service_on=dt.date(2026, 6, 30), lines=lines))
    fill(practice_dir / "codes.db", "ncci", pairs=[("11042", "97597", "0")])
    assert rules(database, visit_id) == set(), "before the edit, and no set for that day"
    assert rules(database, visit_id, on=ON) == {"ncci.never"}, "as of another day"


def test_an_earlier_surgery_and_an_earlier_visit_are_known(
    database: Database, scene: Scene, practice_dir: Path
) -> None:
    fill(
        practice_dir / "codes.db", "mpfs", {"27447": {"global": "090"}, "99213": {"global": "XXX"}}
    )
    surgery = ON - dt.timedelta(days=20)
    saved(database, scene.draft(service_on=surgery, lines=charged("27447")), post=True)
    visit_id = saved(database, scene.draft(lines=charged("99213")))
    assert rules(database, visit_id) == {"global.visit"}
    new = saved(database, scene.draft(lines=charged("99203")))
    assert "patient.not_new" in rules(database, new)

    def other_patient(work: Work) -> int:
        draft = dataclasses.replace(
            scene.draft(lines=charged("99203")), patient_id=factories.make_patient(work).id
        )
        return entry.save(work, draft)

    assert "patient.not_new" not in rules(database, database.write(other_patient))


def test_a_draft_of_long_ago_makes_nobody_an_old_patient(database: Database, scene: Scene) -> None:
    saved(database, scene.draft(service_on=ON - dt.timedelta(days=400)))
    assert rules(database, saved(database, scene.draft(lines=charged("99203")))) == set()


def test_a_diagnosis_of_another_claim_of_the_visit_is_pointed_to(
    database: Database, scene: Scene
) -> None:
    def on_paper(work: Work) -> None:
        work.session.get_one(Payer, scene.payers["first"]).on_paper = True

    database.write(on_paper)
    lines = [
        LineDraft(procedure="99213", modifiers=(f"U{n}",), charge=Money(100), pointers=(1,))
        for n in range(1, 9)
    ]
    lines[7] = dataclasses.replace(lines[7], pointers=(2,))
    visit_id = saved(database, scene.draft(lines=tuple(lines)))
    assert {f.finding.rule for f in coded(database, visit_id)} == set()


# --- coverage articles ----------------------------------------------------------------------

ARTICLE = {
    "57000": {"title": "Invented article", "status": "A"},
    "57000/1": {"title": "For the first procedures", "parent": "57000"},
    "57000/2": {"title": "For the second procedures", "parent": "57000"},
    "57000/n1": {"title": "Never covered", "parent": "57000"},
}


@pytest.fixture
def medicare(database: Database, scene: Scene, practice_dir: Path) -> Scene:
    """The patient's first payer is Medicare, and one article lists 85025."""
    fill(
        practice_dir / "codes.db",
        "lcd",
        ARTICLE,
        [
            ("85025", "57000", "1"),
            ("57000/1", "D509", "covered"),
            ("57000/2", "I10", "covered"),
            ("57000/n1", "Z0000", "noncovered"),
        ],
    )

    def make(work: Work) -> None:
        work.session.get_one(Payer, scene.payers["first"]).filing_code = FilingCode.MEDICARE_B

    database.write(make)
    return scene


def test_an_article_asks_once_and_then_judges(database: Database, medicare: Scene) -> None:
    visit_id = saved(database, medicare.draft(diagnoses=("I10",), lines=charged("85025")))
    assert rules(database, visit_id) == {"lcd.unconfirmed"}
    standing = database.read(lambda work: check.check_visit(work, visit_id))
    assert all(f.rule != "lcd.diagnosis" for f in standing.findings), "nothing is inferred"
    (asked,) = database.read(lambda work: articles.list_pending(work, ON, ["85025", "99213"]))
    assert (asked.article, asked.procedure, asked.title) == ("57000", "85025", "Invented article")
    assert [g for g, _ in asked.groups] == ["57000/1", "57000/2"], "covered groups alone"
    database.write(lambda work: articles.confirm(work, "57000", "85025", ["1"], ON))
    assert rules(database, visit_id) == {"lcd.diagnosis"}
    database.write(lambda work: articles.confirm(work, "57000", "85025", ["57000/2"], ON))
    assert rules(database, visit_id) == set()
    assert database.read(lambda work: articles.list_pending(work, ON, ["85025"])) == []
    (kept,) = database.read(articles.list_choices)
    assert (kept.groups, kept.user_id) == (("57000/2",), 1)


def test_an_article_of_another_contractor_is_set_aside(database: Database, medicare: Scene) -> None:
    visit_id = saved(database, medicare.draft(diagnoses=("I10",), lines=charged("85025")))
    database.write(lambda work: articles.not_applicable(work, "57000", "85025", ON))
    assert rules(database, visit_id) == set()
    database.write(lambda work: articles.ask_again(work, "57000", "85025"))
    assert rules(database, visit_id) == {"lcd.unconfirmed"}


def test_only_what_the_article_has_can_be_confirmed(database: Database, medicare: Scene) -> None:
    for groups, said in (["7"], "no covered group"), ([], "Choose a group"):
        with pytest.raises(RuleError, match=said):
            database.write(
                lambda work, g=groups: articles.confirm(work, "57000", "85025", g, ON)  # type: ignore[misc]
            )
    with pytest.raises(NotFound):
        database.write(lambda work: articles.confirm(work, "57000", "99213", ["1"], ON))
    with pytest.raises(NotFound):
        database.write(lambda work: articles.ask_again(work, "57000", "85025"))


def test_the_practices_own_list_is_asked_for(database: Database, medicare: Scene) -> None:
    (asked,) = database.read(articles.list_pending)
    assert asked.procedure == "85025"

    def retire(work: Work) -> None:
        work.session.query(Procedure).filter_by(code="85025").one().is_active = False

    database.write(retire)
    assert database.read(articles.list_pending) == []


# --- the whole ------------------------------------------------------------------------------


def test_the_command_says_rule_source_and_override(database: Database, scene: Scene) -> None:
    visit_id = saved(
        database,
        scene.draft(diagnoses=("F02.80", "G30.9", "M25.569", "I10"), lines=charged("99213")),
    )
    plain = plain_coding(coded(database, visit_id))
    by_rule = {str(p["rule"]): p for p in plain}
    assert next(iter(by_rule)) == "manifestation.first", "errors first"
    assert by_rule["manifestation.first"]["override"] is False
    assert by_rule["diagnosis.side"]["override"] is True
    assert by_rule["diagnosis.unpointed"]["severity"] == "advice"
    assert set(plain[0]) == {"rule", "severity", "field", "text", "source", "override", "passed"}
    assert all(p["source"] for p in plain)
    database.write(
        lambda work: check.pass_warning(
            work, visit_id, "diagnosis.side", "diagnoses.3", "not in the note"
        )
    )
    again = {f.finding.rule: f.passed for f in coded(database, visit_id)}
    assert again["diagnosis.side"] == "not in the note"
    with pytest.raises(NotFound):
        coded(database, 999)


def test_each_code_is_looked_up_once_for_many_visits(
    database: Database, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [scene.draft(service_on=ON - dt.timedelta(days=n)) for n in range(6)]
    ids = database.write(lambda work: [entry.save(work, d) for d in drafts])
    calls: list[str] = []
    for name in ("describe", "check_diagnosis"):
        real = getattr(CodeStore, name)

        def counted(
            self: CodeStore, *given: object, _real: object = real, _n: str = name
        ) -> object:
            calls.append(_n)
            return _real(self, *given)  # type: ignore[operator]

        monkeypatch.setattr(CodeStore, name, counted)
    database.read(lambda work: check.check_visits(work, ids))
    assert calls.count("describe") == 2
    assert calls.count("check_diagnosis") == 2
