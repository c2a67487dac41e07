"""Type-ahead: by code, by words, by what patients and notes say; quick on every key."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.coding.base.words import tokens
from desktop.services.coding.releases.ranking import distance
from tests.unit.coding.conftest import IN_2026

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore


def first(store: CodeStore, text: str, limit: int = 8) -> list[str]:
    return [h.dotted for h in store.search(text, IN_2026, limit)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("E11.9", "E11.9"),
        ("e119", "E11.9"),
        ("s72.001a", "S72.001A"),
        ("S72.001", "S72.001A"),
        ("I1", "I10"),
        ("U07", "U07.0"),
    ],
)
def test_a_code_is_found_with_or_without_its_dot(
    packaged: CodeStore, typed: str, code: str
) -> None:
    hit = packaged.search(typed, IN_2026)[0]
    assert hit.dotted == code
    assert hit.why == "code"


def test_a_heading_lists_what_can_be_billed_below_it(packaged: CodeStore) -> None:
    hits = packaged.search("E11", IN_2026, 200)
    below = [h for h in hits if h.why == "code"]
    assert all(h.billable and h.code.startswith("E11") for h in below)
    assert {h.code for h in below} == {i.code for i in packaged.billable_below("E11", IN_2026, 500)}
    with_headings = packaged.search("E11", IN_2026, 3, billable_only=False)
    assert (with_headings[0].dotted, with_headings[0].billable) == ("E11", False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("type 2 diabetes", "E11.9"),
        ("diabetes type 2", "E11.9"),
        ("hypertension", "I10"),
        ("essen hyperten", "I10"),
        ("HTN", "I10"),
        ("UTI", "N39.0"),
        ("COPD", "J44.9"),
        ("COPD exacerbation", "J44.1"),
        ("heart attack", "I21.9"),
        ("strep throat", "J02.0"),
        ("low back pain", "M54.50"),
        ("asthma", "J45.909"),
        ("pnuemonia", "J18.9"),
        ("hypothyroidsm", "E03.9"),
        ("right knee pain", "M25.561"),
        ("GERD", "K21.9"),
        ("diab", "E11.9"),
        ("migraine", "G43.909"),
        ("rheumatoid arthritis", "M06.9"),
        ("umbilical hernia", "K42.9"),
        ("MDD recurrent moderate", "F33.1"),
        ("a fib", "I48.91"),
        ("kidney stone", "N20.0"),
        ("broken collarbone left", "S42.002A"),
        ("infected ingrown toenail", "L60.0"),
        ("gastroesophageal reflux", "K21.9"),
        ("H/O MI", "I25.2"),
        ("acute on chronic systolic CHF", "I50.23"),
        ("otitis media left ear", "H66.92"),
        ("fracture neck of right femur", "S72.001A"),
        ("fracture neck of right femur subsequent encounter", "S72.001D"),
        ("oesophagitis", "K20.90"),
        ("Menieres disease", "H81.09"),
        ("Ménière's disease", "H81.09"),
    ],
)
def test_the_usual_code_comes_first(packaged: CodeStore, text: str, code: str) -> None:
    assert first(packaged, text)[0] == code


def test_an_everyday_word_is_no_abbreviation(packaged: CodeStore) -> None:
    assert first(packaged, "HIT")[0].startswith("D75.82")
    assert not [c for c in first(packaged, "hit by falling object") if c.startswith("D75")]
    assert "G93.32" not in first(packaged, "all over pain")


def test_why_names_the_term_that_led_there(packaged: CodeStore) -> None:
    hit = packaged.search("farmer's lung", IN_2026)[0]
    assert hit.dotted == "J67.0"
    assert packaged.search("anxiety nos", IN_2026)[0].why == "Anxiety NOS"
    assert "urinary tract infection" in packaged.search("uti", IN_2026)[0].why


def test_what_the_practice_uses_ranks_first(packaged: CodeStore) -> None:
    assert first(packaged, "E11")[0] == "E11.00"
    used = packaged.search("E11", IN_2026, weights={"E1165": 40})
    assert used[0].dotted == "E11.65"
    pain = packaged.search("knee pain", IN_2026, weights={"M25562": 30})
    assert pain[0].dotted == "M25.562"
    empty = packaged.search("", IN_2026, weights={"I10": 9, "E119": 12, "E11": 50, "X": 70})
    assert [h.dotted for h in empty] == ["E11.9", "I10"]


def test_only_billable_codes_fill_the_list(packaged: CodeStore) -> None:
    for text in ("fracture", "diabetes", "burn of hand", "pregnancy", "S82"):
        hits = packaged.search(text, IN_2026, 10)
        assert len(hits) == 10
        assert all(h.billable for h in hits)
        assert len({h.code for h in hits}) == 10
        assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', "AND", "NOT a OR", "%", "_", "*", "'; --", "\x00", "é" * 300, "(((", "-1"],
)
def test_odd_text_is_harmless(packaged: CodeStore, text: str) -> None:
    assert isinstance(packaged.search(text, IN_2026), list)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_harmless(packaged: CodeStore, text: str) -> None:
    assert all(h.billable for h in packaged.search(text, IN_2026, 5))


def test_nothing_is_found_for_an_unknown_system_or_date(packaged: CodeStore) -> None:
    assert packaged.search("diabetes", IN_2026, system="icd11") == []
    assert packaged.search("diabetes", dt.date(2030, 1, 1)) == []


def test_every_key_is_answered_in_time(packaged: CodeStore) -> None:
    """The 30 ms budget for one key in a hundred; the machine of the tests may be busy."""
    texts = (
        "type 2 diabetes with neuropathy", "fracture of neck of right femur", "pnuemonia",
        "unspecified injury of left lower leg", "E11.65", "upper respiratory infection", "htn",
        "encounter for screening mammogram", "pain in right shoulder", "s72.001a",
    )  # fmt: skip
    spent = []
    for text in texts:
        for end in range(1, len(text) + 1):
            start = time.process_time()
            packaged.search(text[:end], IN_2026, 12)
            spent.append(time.process_time() - start)
    spent.sort()
    assert spent[int(len(spent) * 0.99)] < 0.060
    assert spent[len(spent) // 2] < 0.015


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Haemorrhoids", "hemorrhoid"),
        ("fractures", "fracture"),
        ("Crohn's", "crohn"),
        ("tumours", "tumor"),
        ("Sjögren", "sjogren"),
        ("diarrhoea", "diarrhea"),
        ("arteries", "artery"),
        ("anaesthesia", "anesthesia"),
    ],
)
def test_spellings_and_numbers_meet(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


def test_words_that_end_like_a_plural_stay() -> None:
    assert tokens("pelvis arthritis abscess lupus") == ["pelvis", "arthritis", "abscess", "lupus"]


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_distance_is_a_distance(a: str, b: str) -> None:
    assert distance(a, a, 2) == 0
    assert distance(a, b, 9) == distance(b, a, 9)
    assert (distance(a, b, 2) <= 2) == (distance(a, b, 9) <= 2)


def test_swapped_letters_are_one_slip() -> None:
    assert distance("pnuemonia", "pneumonia", 2) == 1
