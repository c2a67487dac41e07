"""Clearinghouses' lists of payers, each with its own columns: no duplicate, nothing in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from desktop.errors import AppError, Forbidden, RuleError
from desktop.models.ledger import AuditRow
from desktop.models.practice import Payer
from desktop.models.values.enums import FilingCode, Role
from desktop.services.core.work import Actor, UserId
from desktop.services.formats.lists.payers import kind_of, proposed_mapping, read_payers
from desktop.services.practice.payers import payers
from desktop.services.practice.payers.payer_import import (
    PayerImport,
    RowResult,
    import_payers,
    preview_payers,
)
from desktop.services.practice.payers.payers import PayerDraft
from tests.unit.people import drafts

if TYPE_CHECKING:
    from desktop.services.core.database import Database

LIST = (
    b"Payer ID,Payer Name,Type,Phone\r\n"
    b"60054,Aetna,Commercial,(800) 555-0101\r\n"
    b"TXMCD,Texas Medicaid,Medicaid,\r\n"
)
MAPPING = {"electronic_id": 0, "name": 1, "filing_code": 2, "phone": 3}


def loaded(
    database: Database, data: bytes = LIST, mapping: dict[str, int] | None = None
) -> PayerImport:
    return database.write(lambda work: import_payers(work, data, mapping or MAPPING))


def kept(database: Database) -> dict[str, PayerDraft]:
    return {p.electronic_id: p for p in database.read(payers.all_payers)}


def count(database: Database) -> int:
    return database.read(
        lambda work: int(work.session.scalar(select(func.count()).select_from(Payer)) or 0)
    )


def results(done: PayerImport) -> list[RowResult]:
    return [row.result for row in done.rows]


def test_a_list_adds_payers_with_what_their_kind_asks_for(database: Database) -> None:
    done = loaded(database)
    assert done.text == "2 added, 0 changed, 0 unchanged, 0 rejected."
    found = kept(database)
    assert found["60054"].phone == "8005550101"
    assert found["TXMCD"].filing_code is FilingCode.MEDICAID
    assert found["TXMCD"].may_not_bill_patient
    events = database.read(
        lambda work: list(
            work.session.scalars(select(AuditRow.action).where(AuditRow.kind == "payer"))
        )
    )
    assert events == ["created", "created"]


def test_the_same_list_again_changes_nothing(database: Database) -> None:
    loaded(database)
    before = kept(database)
    done = loaded(database)
    assert results(done) == [RowResult.UNCHANGED] * 2
    assert kept(database) == before


def test_a_known_id_is_changed_and_each_change_is_told(database: Database) -> None:
    payer_id = database.write(
        lambda work: drafts.payer(
            work, name="Aetna (old)", electronic_id="60054", phone="8005550199", days_original=90
        )
    )
    done = loaded(database)
    assert results(done) == [RowResult.CHANGED, RowResult.ADDED]
    assert [c.text for c in done.rows[0].changes] == [
        "Name: Aetna instead of Aetna (old)",
        "Phone: 8005550101 instead of 8005550199",
    ]
    found = kept(database)["60054"]
    assert (found.id, found.name, found.days_original) == (payer_id, "Aetna", 90)
    assert count(database) == 2


def test_an_empty_cell_and_a_column_left_out_change_nothing(database: Database) -> None:
    loaded(database)
    data = LIST.replace(b"(800) 555-0101", b"").replace(b"Commercial", b"HMO")
    done = loaded(database, data, {"electronic_id": 0, "name": 1, "phone": 3})
    assert results(done) == [RowResult.UNCHANGED] * 2
    assert kept(database)["60054"].phone == "8005550101"
    assert kept(database)["60054"].filing_code is FilingCode.COMMERCIAL


def test_a_payer_on_paper_of_the_same_name_gets_the_id_and_no_double(database: Database) -> None:
    draft = PayerDraft(name="AETNA", on_paper=True, line1="4 Orchard Lane", city="Springfield")
    draft = replace(draft, state="IL", zip_code="62701")
    database.write(lambda work: payers.save(work, draft))
    done = loaded(database, LIST[: LIST.index(b"TXMCD")])
    assert results(done) == [RowResult.CHANGED]
    assert count(database) == 1
    assert kept(database)["60054"].line1 == "4 Orchard Lane"


def test_rows_that_cannot_be_kept_are_told_and_the_others_are_kept(database: Database) -> None:
    data = LIST + (
        b"60054,Aetna again,Commercial,\r\n"
        b",Without id,Commercial,\r\n"
        b"99999,Odd kind,Spaceship,\r\n"
        b"88888,,Commercial,\r\n"
        b"77777,Bad phone,Commercial,12\r\n"
        b"6 6;6,Bad id,Commercial,\r\n"
    )
    done = loaded(database, data)
    rejected = {row.number: row.why for row in done.rows if row.result is RowResult.REJECTED}
    assert list(rejected) == [4, 5, 6, 7, 8, 9]
    assert "row 2 already" in rejected[4]
    assert "Spaceship" in rejected[6]
    assert all(why.endswith(".") for why in rejected.values())
    assert count(database) == 2


def test_two_payers_of_one_id_are_told_apart_by_name_or_left_alone(database: Database) -> None:
    database.write(lambda work: drafts.payer(work, name="Aetna HMO", electronic_id="60054"))
    database.write(lambda work: drafts.payer(work, name="Aetna PPO", electronic_id="60054"))
    one = loaded(database, b"Payer ID,Payer Name,Phone\n60054,aetna ppo,8005550101\n",
                 {"electronic_id": 0, "name": 1, "phone": 2})  # fmt: skip
    assert results(one) == [RowResult.CHANGED]
    other = loaded(database)
    assert other.rows[0].result is RowResult.REJECTED
    assert "2 payers have the id 60054" in other.rows[0].why


def test_the_preview_says_the_same_and_keeps_nothing(database: Database) -> None:
    file = read_payers(LIST)
    seen = database.read(lambda work: preview_payers(work, file, file.proposed))
    assert count(database) == 0
    assert seen == loaded(database)
    short = database.read(lambda work: preview_payers(work, file, file.proposed, limit=1))
    assert len(short.rows) == 1


@pytest.mark.parametrize(
    ("headings", "wanted"),
    [
        (("Payer ID", "Payer Name"), {"electronic_id": 0, "name": 1}),
        (("Insurance Name", "CPID"), {"name": 0, "electronic_id": 1}),
        (
            ("name", "id", "Address 1", "Address 2", "City", "ST", "State", "Zip Code", "Phone #"),
            {
                "name": 0, "electronic_id": 1, "line1": 2, "line2": 3, "city": 4, "state": 6,
                "zip_code": 7, "phone": 8,
            },
        ),
        (("ERA", "Enrollment"), {}),
    ],
)  # fmt: skip
def test_a_mapping_is_proposed_by_the_headings(
    headings: tuple[str, ...], wanted: dict[str, int]
) -> None:
    assert proposed_mapping(headings) == wanted


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter_and_encoding_of_a_spreadsheet(
    database: Database, encoding: str, delimiter: str
) -> None:
    text = "Liste\n\nPayer Name,Payer ID\nSeguros Peña,SP001\n".replace(",", delimiter)
    file = read_payers(text.encode(encoding))
    assert file.headings == ("Payer Name", "Payer ID")
    assert file.rows == ((4, ("Seguros Peña", "SP001")),)
    assert file.proposed == {"electronic_id": 1, "name": 0}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"Payer ID,Payer Name\n", "no payers below"),
        (b"PK\x03\x04\x00", "not a text file"),
        (b'Payer ID,Payer Name\n"1,2\n', "not readable as CSV"),
        (b"Payer ID,Payer Name" + b"," * 100_000 + b"\n1,A" * 100_000, "100,002 columns"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        read_payers(data)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"name": 1}, "electronic id"),
        ({"electronic_id": 0}, "holds the name"),
        ({"name": 0, "electronic_id": 0}, "same column"),
        ({"name": 0, "electronic_id": 9}, "no column 10"),
        ({"name": 0, "electronic_id": 1, "is_training": 2}, "no field"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    database: Database, mapping: dict[str, int], says: str
) -> None:
    with pytest.raises(RuleError, match=says):
        loaded(database, LIST, mapping)
    assert count(database) == 0


def test_only_who_may_set_up_imports_payers(database: Database) -> None:
    database.actor = Actor(UserId(1), "desk", Role.FRONT_DESK)
    with pytest.raises(Forbidden):
        loaded(database)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("BC/BS", FilingCode.BLUES), ("Workers' Comp", FilingCode.WORKERS_COMPENSATION), ("x", None)],
)
def test_kinds_are_known_by_usual_words(text: str, kind: FilingCode | None) -> None:
    assert kind_of(text) is kind


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=300), st.text("ab,;\t\n\"'1", max_size=200)))
def test_any_bytes_are_a_list_or_a_sentence(data: bytes | str) -> None:
    raw = data if isinstance(data, bytes) else b"Payer ID,Payer Name\n" + data.encode()
    try:
        file = read_payers(raw)
    except AppError as e:
        assert str(e).endswith(".")  # noqa: PT017
    else:
        assert all(len(cells) == len(file.headings) for _, cells in file.rows)
