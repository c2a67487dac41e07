"""Practice, locations, providers and payers: every number by its rule."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from desktop.errors import EnvironmentProblem, Forbidden, LostUpdate, RuleError
from desktop.models.values.enums import FilingCode, Role, TaxIdKind
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.practice.office import locations, practice, providers, staff
from desktop.services.practice.office.locations import LocationDraft
from desktop.services.practice.payers import payers
from desktop.services.practice.payers.payers import PayerDraft
from tests.unit.people import drafts

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database


def refused(database: Database, save: object, draft: object) -> dict[str, str]:
    """The problems of a refused draft, by field."""
    with pytest.raises(RuleError) as caught:
        database.write(lambda work: save(work, draft))  # type: ignore[operator]
    return {p.field: p.text for p in caught.value.problems}


@pytest.mark.parametrize("npi", ["", "0", "1234567890", "3234567893", "123456789", "abc"])
def test_openemr_10310_an_npi_is_checked_by_luhn_not_by_any_digits(
    database: Database, npi: str
) -> None:
    assert "npi" in refused(database, providers.save, drafts.provider(npi=npi))


def test_a_good_provider_is_kept_as_cleaned(database: Database) -> None:
    draft = drafts.provider(
        last="  Millbrook   Family Care ", zip_code="62701-0001", phone="(217) 555-0100"
    )
    provider_id = database.write(lambda work: providers.save(work, draft))
    kept = database.read(lambda work: providers.get(work, provider_id))
    assert (kept.last, kept.zip_code, kept.phone) == (
        "Millbrook Family Care",
        "627010001",
        "2175550100",
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("zip_code", {"zip_code": "62701"}),
        ("state", {"state": "XX"}),
        ("taxonomy", {"taxonomy": "207Q"}),
        ("taxonomy", {"taxonomy": ""}),
        ("tax_id", {"tax_id": "12345"}),
        ("tax_id", {"tax_id": "000123456", "tax_id_kind": TaxIdKind.SSN}),
        ("tax_id", {"tax_id": "912345678", "tax_id_kind": TaxIdKind.SSN}),
        ("tax_id", {"tax_id": ""}),
        ("line1", {"line1": "P.O. Box 12"}),
        ("phone", {"phone": "555"}),
        ("pay_to_zip", {"pay_to_line1": "PO Box 1", "pay_to_city": "X", "pay_to_state": "IL"}),
        ("is_billing", {"is_billing": False}),
    ],
)
def test_a_billing_provider_is_refused_at_the_field(
    database: Database, field: str, values: dict[str, object]
) -> None:
    draft = replace(drafts.provider(), **values)  # type: ignore[arg-type]
    assert field in refused(database, providers.save, draft)


def test_the_first_provider_and_place_are_what_a_new_visit_starts_with(
    database: Database,
) -> None:
    doctor = drafts.provider(last="Oakes", first="Amy", is_person=True, is_rendering=True)
    office = LocationDraft(
        "Office", line1="12 Oak St", city="Springfield", state="IL", zip_code="627040012"
    )
    first = database.write(lambda work: providers.save(work, doctor))
    place = database.write(lambda work: locations.save(work, office))
    database.write(lambda work: providers.save(work, replace(doctor, npi="1245319599")))
    database.write(lambda work: locations.save(work, replace(office, name="Annex")))
    kept = database.read(practice.get)
    assert (kept.billing_provider_id, kept.default_rendering_id) == (first, first)
    assert kept.default_location_id == place


def test_a_po_box_is_taken_as_pay_to_address(database: Database) -> None:
    draft = drafts.provider(
        pay_to_line1="PO Box 12", pay_to_city="Springfield", pay_to_state="IL", pay_to_zip="62705"
    )
    provider_id = database.write(lambda work: providers.save(work, draft))
    kept = database.read(lambda work: providers.get(work, provider_id))
    assert kept.pay_to_line1 == "PO Box 12"


def test_a_referring_provider_needs_neither_address_nor_tax_id(database: Database) -> None:
    draft = providers.ProviderDraft(last="Oakes", first="Ida", npi="1234567893", is_referring=True)
    database.write(lambda work: providers.save(work, draft))
    found = database.read(lambda work: providers.all_providers(work, referring=True))
    assert [p.shown_name for p in found] == ["Oakes, Ida"]


def test_two_windows_do_not_overwrite_each_other(database: Database) -> None:
    provider_id = database.write(lambda work: providers.save(work, drafts.provider()))
    read = database.read(lambda work: providers.get(work, provider_id))
    database.write(lambda work: providers.save(work, replace(read, phone="2175550111")))
    with pytest.raises(LostUpdate):
        database.write(lambda work: providers.save(work, replace(read, phone="2175550122")))
    assert database.read(lambda work: providers.get(work, provider_id)).phone == "2175550111"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("place", {"place": "30"}),
        ("place", {"place": "1"}),
        ("npi", {"npi": "1234567890"}),
        ("clia", {"clia": "14X0123456"}),
        ("zip_code", {"zip_code": "62701"}),
        ("line1", {"line1": ""}),
        ("name", {"name": "4111 1111 1111 1111"}),
    ],
)
def test_a_location_is_refused_at_the_field(
    database: Database, field: str, values: dict[str, object]
) -> None:
    good = LocationDraft(
        name="Office", line1="12 Mill Road", city="Springfield", state="IL", zip_code="627010001"
    )
    assert field in refused(database, locations.save, replace(good, **values))  # type: ignore[arg-type]


def test_medicare_gets_its_limits_from_the_service_date(database: Database) -> None:
    payer_id = database.write(drafts.medicare)
    kept = database.read(lambda work: payers.get(work, payer_id))
    assert (kept.days_original, kept.days_secondary, kept.days_appeal) == (365, 365, 120)
    assert not kept.secondary_starts_at_answer
    assert kept.corrects_as_original


def test_medicare_whose_limit_starts_at_an_answer_is_refused(database: Database) -> None:
    draft = PayerDraft(name="M", electronic_id="00952", filing_code=FilingCode.MEDICARE_B)
    assert "secondary_starts_at_answer" in refused(database, payers.save, draft)


def test_medicaid_may_not_bill_the_patient() -> None:
    draft = PayerDraft(name="Aid", filing_code=FilingCode.MEDICAID)
    assert payers.with_presets(draft).may_not_bill_patient


def test_an_id_of_835s_belongs_to_one_payer(database: Database) -> None:
    database.write(lambda work: drafts.payer(work, identifiers=("1361234567", "x12 ")))
    other = PayerDraft(name="Other", electronic_id="99", identifiers=("X12",))
    problems = refused(database, payers.save, other)
    assert "Prairie Health" in problems["identifiers"]


def test_identifiers_are_read_back_and_replaced(database: Database) -> None:
    payer_id = database.write(lambda work: drafts.payer(work, identifiers=("A1", "B2", "A1")))
    read = database.read(lambda work: payers.get(work, payer_id))
    assert read.identifiers == ("A1", "B2")
    database.write(lambda work: payers.save(work, replace(read, identifiers=("C3",))))
    assert database.read(payers.all_payers)[0].identifiers == ("C3",)


def test_a_payer_is_found_by_any_part_of_its_name_or_id(database: Database) -> None:
    def fill(work: Work) -> None:
        drafts.payer(work, name="Blue Prairie of Illinois", electronic_id="00621")
        drafts.payer(work, name="Illinois Workers Fund", electronic_id="IWF1")

    database.write(fill)

    def names(text: str) -> list[str]:
        return [p.name for p in database.read(lambda work: payers.find(work, text))]

    assert names("ill") == ["Blue Prairie of Illinois", "Illinois Workers Fund"]
    assert names("prai blu") == ["Blue Prairie of Illinois"]
    assert names("iwf") == ["Illinois Workers Fund"]
    assert names("zzz") == []


def test_practice_settings_name_their_wrong_fields(database: Database) -> None:
    read = database.read(practice.get)
    wrong = replace(
        read, name="", usage="X", idle_minutes=0, statement_days=1, submitter_id="A" * 16
    )
    problems = refused(database, practice.update, wrong)
    assert set(problems) == {"name", "usage", "idle_minutes", "statement_days", "submitter_id"}


def test_the_outbox_never_lies_inside_the_practice(database: Database, tmp_path: Path) -> None:
    inside = database.folder / "outbox"
    inside.mkdir()
    read = database.read(practice.get)
    for folder in (inside, database.folder):
        wrong = replace(read, outbox_folder=str(folder))
        with pytest.raises(RuleError, match="outside the practice"):
            database.write(partial(practice.update, settings=wrong))
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    database.write(lambda work: practice.update(work, replace(read, outbox_folder=str(outbox))))
    assert database.read(practice.get).outbox_folder == str(outbox)
    assert list(outbox.iterdir()) == []


def test_an_outbox_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="does not exist"):
        practice.check_outbox(tmp_path / "missing", None)
    if os.geteuid() != 0:
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        with pytest.raises(EnvironmentProblem, match="cannot be written"):
            practice.check_outbox(locked, None)


def test_the_practice_keeps_an_active_owner(database: Database) -> None:
    owner = database.read(staff.users)[0]
    with pytest.raises(RuleError, match="at least one active owner"):
        database.write(lambda work: staff.update_user(work, replace(owner, is_active=False)))
    second = database.write(lambda work: staff.add_user(work, "second", "", Role.OWNER))
    database.write(lambda work: staff.update_user(work, replace(owner, role=Role.BILLER)))
    roles = {u.id: u.role for u in database.read(staff.users)}
    assert roles[owner.id] is Role.BILLER
    assert roles[second] is Role.OWNER


def test_the_front_desk_may_not_set_up(database: Database) -> None:
    database.actor = Actor(UserId(1), "desk", Role.FRONT_DESK)
    with pytest.raises(Forbidden):
        database.write(lambda work: providers.save(work, drafts.provider()))
    assert database.read(providers.all_providers) == []
