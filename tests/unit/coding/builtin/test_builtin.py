"""Our own small lists: whole, in our words, and never an invented meaning."""

from __future__ import annotations

import csv

import pytest

from desktop.services.coding.builtin.modifiers import MODIFIERS
from desktop.services.coding.builtin.places import PLACES
from desktop.services.coding.builtin.reasons import known_reasons, reason_hint
from tests.helpers.shared import shared_dir


def test_every_place_of_the_published_list_is_there_with_its_rate() -> None:
    path = shared_dir("code-samples") / "pos_codes_2024.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        published = {r["code"]: r["mpfs_setting"] for r in csv.DictReader(file, delimiter="\t")}
    ours = {p.code: "Facility" if p.facility else "Non-Facility" for p in PLACES.values()}
    assert ours == published


def test_office_modifiers_are_there() -> None:
    for code in "25 59 50 26 TC LT RT 95 GT KX QW XE XS JW JZ GA GY GZ 24 57 58 78 79 33".split():
        assert MODIFIERS[code].meaning
    assert MODIFIERS["TC"].changes_payment
    assert not MODIFIERS["LT"].changes_payment


@pytest.mark.parametrize(
    "reason",
    "1 2 3 16 18 22 23 24 26 27 29 31 45 50 96 97 100 109 197 204 209 253".split(),
)
def test_every_reason_that_posting_knows_is_explained(reason: str) -> None:
    hint = reason_hint("PR" if reason in "123" else "CO", reason)
    assert hint.known
    assert hint.meaning.endswith(".")
    assert hint.next_step.endswith(".")
    assert hint.patient_words
    assert not hint.patient_words.endswith(".")


def test_the_patient_reads_plain_words() -> None:
    assert reason_hint("PR", "1").patient_words == "your plan's yearly deductible"
    assert "copay" in reason_hint("PR", "3").patient_words
    for code in known_reasons():
        words = reason_hint("PR", code).patient_words.lower()
        assert not {"adjudicat", "carc", "remark", "bundl", "claim adjustment"} & {words}
        assert len(words) < 90


def test_the_group_changes_the_meaning() -> None:
    assert reason_hint("CO", "96") != reason_hint("PR", "96")
    assert "not let us bill you" in reason_hint("CO", "96").patient_words


def test_an_unlisted_reason_is_never_given_an_invented_meaning() -> None:
    hint = reason_hint("CO", "987")
    assert not hint.known
    assert "contract" in hint.meaning
    assert not reason_hint("??", "987").known


def test_leading_zeros_and_blanks_are_forgiven() -> None:
    assert reason_hint("pr ", "01") == reason_hint("PR", "1")
