"""Whatever is pasted: exact offsets, reading order, nothing raised, nothing slow."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.services.coding.notes.values import Status
from desktop.services.coding.suggest.engine import suggest

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

IN_2026 = dt.date(2026, 9, 15)
_PIECES = st.sampled_from(
    [
        "no ", "denies ", "HTN", ", ", "type 2 diabetes ", "left ", "R ", "knee pain", ". ", "\n",
        "PMH: ", "FH: ", "A/P: ", "1. ", "- ", "mother ", "possible ", "r/o ", "pneumonia", "CKD ",
        "stage 3a", " with ", " and ", "(", ")", "/", "?", " vs ", "resolved", "2014", "s/p ",
        "stroke", "naïve – ", "É", "\t", "32w4d ", "pregnant ", "fracture ", "BMI 34.2 ", "\x00",
        "fell off ladder ", "Allergies: ", "sulfa ", "😀", "’s ", "%", "1.5", "İ", "ß ",
    ]
)  # fmt: skip


@given(pieces=st.lists(_PIECES, max_size=40), noise=st.text(max_size=30))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_gives_exact_offsets_in_reading_order(
    packaged: CodeStore, pieces: list[str], noise: str
) -> None:
    text = "".join(pieces) + noise
    found = suggest(packaged, text, IN_2026)
    assert all(text[s.start : s.end] == s.phrase and s.phrase.strip() for s in found)
    assert [s.start for s in found] == sorted(s.start for s in found)
    for s in found:
        if s.status is Status.NEGATED:
            assert not s.codes
        assert all(packaged.lookup("icd10cm", c.code, IN_2026) for c in s.codes)
        assert len({c.code for c in s.codes}) == len(s.codes)


@pytest.mark.parametrize(
    "text",
    [
        "no " * 3000,
        "vs " * 10_000,
        "1 " * 15_000,
        "if any " * 4000,
        "treated for " * 2500,
        "knee pain, " * 2700,
        "smokes " * 4200,
        "(" * 30_000,
        "a" * 60_000,
        "\n- fever" * 3700,
        "cough, fever, r/o pneumonia. " * 1000,
        "mother had cough and fever but no left " * 700,
    ],
)
def test_a_strange_text_takes_no_eternity(packaged: CodeStore, text: str) -> None:
    suggest(packaged, "Cough.", IN_2026)
    began = time.process_time()
    suggest(packaged, text, IN_2026)
    assert time.process_time() - began < 3  # about half a second on a quiet machine


def test_only_billable_codes_are_offered_on_the_date(packaged: CodeStore) -> None:
    text = "Type 2 diabetes with neuropathy, CKD, left knee OA, fracture of right wrist, asthma."
    for s in suggest(packaged, text, IN_2026):
        for code in s.codes:
            info = packaged.lookup("icd10cm", code.code, IN_2026)
            assert info is not None
            assert info.billable
