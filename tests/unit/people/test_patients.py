"""Registering patients: what is asked, what is refused, who is found twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from desktop.errors import Forbidden, LostUpdate, RuleError
from desktop.models.values.enums import Role, Sex
from desktop.models.values.money import Money
from desktop.services.core import audit
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.people import account, header, patients, search
from desktop.services.people.header import AlertKind
from desktop.services.people.patients import DuplicateFound, PatientDraft
from desktop.services.people.people import PersonDraft
from tests import factories
from tests.unit.people import drafts

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.services.core.database import Database


def problems(database: Database, draft: PatientDraft) -> dict[str, str]:
    with pytest.raises(RuleError) as caught:
        database.write(lambda work: patients.register(work, draft))
    return {p.field: p.text for p in caught.value.problems}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("last", {"last": " "}),
        ("first", {"first": ""}),
        ("birth_on", {"birth_on": None}),
        ("birth_on", {"birth_on": dt.date(2026, 9, 16)}),
        ("birth_on", {"birth_on": dt.date(1780, 1, 1)}),
        ("sex", {"sex": Sex.UNKNOWN}),
        ("ssn", {"ssn": "666-12-3456"}),
        ("ssn", {"ssn": "12345"}),
        ("state", {"state": "ZZ"}),
        ("zip_code", {"zip_code": "6270"}),
        ("line1", {"line1": ""}),
        ("phone", {"phone": "555-0123"}),
        ("email", {"email": "dora at example"}),
        ("signature_on", {"signature_on": dt.date(2027, 1, 1)}),
        ("may_not_bill_reason", {"may_not_bill": True}),
        ("note", {"note": "card 4111-1111-1111-1111 exp 1/29"}),
        ("alert", {"alert": "4111111111111111"}),
        ("line2", {"line2": "4111 1111 1111 1111"}),
        ("guarantor.last", {"guarantor": drafts.person(last="")}),
    ],
)
def test_a_patient_is_refused_at_the_field(
    database: Database, field: str, values: dict[str, object]
) -> None:
    assert field in problems(database, drafts.patient(**values))
    assert database.read(lambda work: search.search(work, "")) == []


def test_a_refusal_never_repeats_the_ssn(database: Database) -> None:
    assert "666123456" not in str(problems(database, drafts.patient(ssn="666123456")))


def test_registration_without_address_is_kept(database: Database) -> None:
    draft = drafts.patient(line1="", city="", state="", zip_code="")
    patient_id = database.write(lambda work: patients.register(work, draft))
    shown = database.read(lambda work: header.patient_header(work, patient_id))
    assert AlertKind.NO_ADDRESS in {a.kind for a in shown.alerts}


def test_a_patient_reads_back_with_masked_ssn_and_showing_it_is_audited(
    database: Database,
) -> None:
    patient_id = database.write(lambda work: drafts.register(work, ssn="123-45-6789"))
    record = database.read(lambda work: patients.get(work, patient_id))
    assert record.draft.person.ssn is None
    assert record.draft.person.ssn_mask == "•••-••-6789"
    assert record.is_own_guarantor
    ssn = database.read(lambda work: patients.reveal_ssn(work, patient_id))
    assert ssn == "123456789"
    database.write(lambda _work: None)
    actions = [
        row.action
        for row in database.read(lambda work: audit.list_rows(work, "patient", patient_id))
    ]
    assert actions == ["created", "view", "showed ssn"]


def test_saving_what_was_read_keeps_the_ssn(database: Database) -> None:
    patient_id = database.write(lambda work: drafts.register(work, ssn="123456789"))
    read = database.read(lambda work: patients.get(work, patient_id)).draft
    changed = replace(read, person=replace(read.person, first="Theodora"))
    database.write(lambda work: patients.update(work, patient_id, changed))
    assert database.read(lambda work: patients.reveal_ssn(work, patient_id)) == "123456789"
    read = database.read(lambda work: patients.get(work, patient_id)).draft
    assert read.person.first == "Theodora"
    erased = replace(read, person=replace(read.person, ssn=""))
    database.write(lambda work: patients.update(work, patient_id, erased))
    assert database.read(lambda work: patients.reveal_ssn(work, patient_id)) == ""


@pytest.mark.parametrize("part", ["person", "patient"])
def test_two_windows_do_not_overwrite_each_other(database: Database, part: str) -> None:
    patient_id = database.write(drafts.register)
    read = database.read(lambda work: patients.get(work, patient_id)).draft
    first = (
        replace(read, person=replace(read.person, phone="2175550999"))
        if part == "person"
        else replace(read, alert="Needs an interpreter")
    )
    database.write(lambda work: patients.update(work, patient_id, first))
    with pytest.raises(LostUpdate):
        database.write(lambda work: patients.update(work, patient_id, replace(read, note="x")))
    kept = database.read(lambda work: patients.get(work, patient_id)).draft
    assert (kept.person.phone, kept.alert) == (first.person.phone, first.alert)
    assert kept.note == ""


def test_the_audit_names_fields_and_no_values(database: Database) -> None:
    patient_id = database.write(drafts.register)
    read = database.read(lambda work: patients.get(work, patient_id)).draft
    changed = replace(read, person=replace(read.person, last="Canaryname"), note="canarynote")
    database.write(lambda work: patients.update(work, patient_id, changed))
    rows = database.read(lambda work: audit.list_rows(work, "patient", patient_id))
    changes = [row.detail for row in rows if row.action == "changed"]
    assert len(changes) == 1
    assert '"last"' in changes[0]
    assert "canary" not in str(rows).lower()


def test_the_same_name_and_birth_date_are_asked_about(database: Database) -> None:
    known = database.write(lambda work: drafts.register(work, last="O'Néill", first="Maeve"))
    again = drafts.patient(last="ONEILL", first="Maeve")
    with pytest.raises(DuplicateFound) as caught:
        database.write(lambda work: patients.register(work, again))
    assert [row.id for row in caught.value.found] == [known]
    assert len(database.read(lambda work: search.search(work, "oneill"))) == 1
    database.write(lambda work: patients.register(work, again, accept_duplicate=True))
    assert len(database.read(lambda work: search.search(work, "oneill"))) == 2


def test_the_likest_duplicate_comes_first_and_twins_are_shown(database: Database) -> None:
    leo = database.write(lambda work: drafts.register(work, first="Leo"))
    mia = database.write(lambda work: drafts.register(work, first="Mia"))
    found = database.read(lambda work: patients.duplicates(work, drafts.patient(first="Mia R")))
    assert [row.id for row in found] == [mia, leo]
    alone = database.read(
        lambda work: patients.duplicates(work, drafts.patient(first="Mia"), twins=False)
    )
    assert [row.id for row in alone] == [mia]


def test_another_birth_date_is_no_duplicate(database: Database) -> None:
    database.write(drafts.register)
    other = drafts.patient(birth_on=dt.date(1981, 4, 5))
    assert database.read(lambda work: patients.duplicates(work, other)) == []


def test_account_numbers_are_never_given_twice(database: Database) -> None:
    ids = [database.write(drafts.register) for _ in range(3)]
    rows = database.read(lambda work: search.rows(work, ids))
    numbers = [row.account_number for row in rows]
    assert numbers == ["1001", "1002", "1003"]


def test_a_new_guarantor_and_then_a_known_one(database: Database) -> None:
    mother = database.write(lambda work: drafts.register(work, first="Ada", phone="2175550777"))
    mother_person = database.read(lambda work: patients.get(work, mother)).person_id
    child = database.write(
        lambda work: drafts.register(
            work,
            first="Tom",
            birth_on=dt.date(2015, 2, 3),
            guarantor=drafts.person(first="Gran", last="Quill", birth_on=None, sex=Sex.UNKNOWN),
        )
    )
    record = database.read(lambda work: patients.get(work, child))
    assert record.guarantor_name == "Quill, Gran"
    assert not record.is_own_guarantor
    database.write(
        lambda work: patients.update(work, child, replace(record.draft, guarantor=mother_person))
    )
    assert database.read(lambda work: patients.get(work, child)).guarantor_id == mother_person


def test_a_deactivated_patient_leaves_the_lists_and_comes_back(database: Database) -> None:
    patient_id = database.write(drafts.register)
    version = database.read(lambda work: patients.get(work, patient_id)).draft.version or 0
    database.write(lambda work: patients.deactivate(work, patient_id, version))
    assert database.read(lambda work: search.search(work, "quill")) == []
    found = database.read(lambda work: search.search(work, "quill", inactive=True))
    assert [row.is_active for row in found] == [False]
    database.write(lambda work: patients.reactivate(work, patient_id, version + 1))
    assert len(database.read(lambda work: search.search(work, "quill"))) == 1


def test_scheduled_work_may_not_register(database: Database) -> None:
    database.actor = Actor(UserId(2), "scheduled", Role.SCHEDULED)
    with pytest.raises(Forbidden):
        database.write(drafts.register)


def test_the_header_says_who_what_is_owed_and_what_to_mind(
    database: Database, clock: SampleClock
) -> None:
    def fill(work: Work) -> int:
        factories.set_up_practice(work)
        patient_id = drafts.register(
            work,
            birth_on=dt.date(2000, 2, 29),
            signature_on=None,
            may_not_bill=True,
            may_not_bill_reason="QMB",
            alert="Allergic to lilies",
        )
        drafts.coverage(work, patient_id, drafts.payer(work), copay=Money(2500))
        return patient_id

    patient_id = database.write(fill)
    shown = database.read(lambda work: header.patient_header(work, patient_id))
    assert (shown.age, shown.coverage, shown.copay) == (
        26,
        "Prairie Health (primary)",
        Money(2500),
    )
    kinds = {a.kind for a in shown.alerts}
    assert kinds == {AlertKind.NOTE, AlertKind.MAY_NOT_BILL, AlertKind.NO_SIGNATURE}
    clock.on = dt.date(2027, 2, 28)
    assert database.read(lambda work: header.patient_header(work, patient_id)).age == 26
    clock.on = dt.date(2027, 3, 1)
    assert database.read(lambda work: header.patient_header(work, patient_id)).age == 27


def test_an_ended_coverage_is_an_alert_from_the_day_after(
    database: Database, clock: SampleClock
) -> None:
    def fill(work: Work) -> int:
        patient_id = drafts.register(work)
        drafts.coverage(work, patient_id, drafts.payer(work), valid_to=clock.today())
        return patient_id

    patient_id = database.write(fill)

    def kinds() -> set[AlertKind]:
        shown = database.read(lambda work: header.patient_header(work, patient_id))
        return {a.kind for a in shown.alerts}

    assert AlertKind.EXPIRED not in kinds()
    clock.on += dt.timedelta(days=1)
    assert AlertKind.EXPIRED in kinds()


def test_balances_of_header_list_and_account_agree(database: Database) -> None:
    def fill(work: Work) -> int:
        factories.set_up_practice(work)
        row = factories.make_patient(work)
        insured = factories.make_coverage(work, row, factories.make_payer(work))
        factories.make_visit(work, row, (insured,))
        factories.make_visit(work, row, lines=(factories.LineSpec(charge=Money(4550)),))
        return row.id

    patient_id = database.write(fill)
    shown = database.read(lambda work: header.patient_header(work, patient_id))
    row = database.read(lambda work: search.rows(work, [patient_id]))[0]
    visits = database.read(lambda work: account.patient_account(work, patient_id)).visits
    assert (shown.patient_balance, shown.insurance_balance) == (Money(4550), Money(12000))
    assert row.balance == shown.patient_balance
    assert [(v.charge, v.insurance, v.patient, v.paid) for v in visits] == [
        (Money(4550), Money(0), Money(4550), Money(0)),
        (Money(12000), Money(12000), Money(0), Money(0)),
    ]


def test_openemr_1177_a_patient_of_many_visits_costs_no_more_queries(database: Database) -> None:
    """Two or three minutes for 500 visits came from a balance asked for visit by visit."""

    def fill(work: Work, visits: int) -> int:
        row = factories.make_patient(work)
        insured = factories.make_coverage(work, row, factories.make_payer(work))
        for _ in range(visits):
            factories.make_visit(work, row, (insured,))
        return row.id

    database.write(factories.set_up_practice)
    few = database.write(lambda work: fill(work, 2))
    many = database.write(lambda work: fill(work, 40))

    def count(work: Work, patient_id: int) -> int:
        seen: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_: object) -> None:
            seen.append(statement)

        bind = work.session.get_bind()
        event.listen(bind, "before_cursor_execute", note)
        header.patient_header(work, patient_id)
        patients.get(work, patient_id)
        account.patient_account(work, patient_id)
        event.remove(bind, "before_cursor_execute", note)
        return len(seen)

    queries = [database.read(lambda work, i=i: count(work, i)) for i in (few, many)]  # type: ignore[misc]
    assert queries[0] == queries[1] <= 14


def test_changing_a_guarantor_changes_that_person_everywhere(database: Database) -> None:
    mother = database.write(lambda work: drafts.register(work, first="Ada", last="Quill"))
    person_id = database.read(lambda work: patients.get(work, mother)).person_id
    child = database.write(
        lambda work: drafts.register(
            work, first="Tom", birth_on=dt.date(2015, 2, 3), guarantor=person_id
        )
    )
    read = database.read(lambda work: patients.get(work, child)).draft
    assert isinstance(read.guarantor, PersonDraft)
    moved = replace(read, guarantor=replace(read.guarantor, phone="2175559999"))
    database.write(lambda work: patients.update(work, child, moved))
    assert database.read(lambda work: patients.get(work, mother)).draft.person.phone == "2175559999"
    found = database.read(lambda work: search.search(work, "9999"))
    assert [row.id for row in found] == [mother]
