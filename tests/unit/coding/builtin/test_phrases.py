"""The dictionary of phrases: each leads to words that the tabular list has, and none is lost."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from pathlib import Path

from desktop.services.coding.base.words import stem, tokens
from desktop.services.coding.builtin import phrases
from desktop.services.coding.builtin.synonyms import SYNONYMS


def test_no_phrase_is_listed_twice() -> None:
    seen: dict[tuple[bool, str], str] = {}
    for file, left, _ in phrases.lines():
        for head in phrases.heads(left):
            key = (file == "alone.txt", " ".join(stem(word) for word in head.split()))
            assert key not in seen, f"{file}: {head} stands in {seen[key]} as well"
            seen[key] = file


def test_phrases_are_plain_and_lead_somewhere() -> None:
    for file, left, right in phrases.lines():
        assert re.fullmatch(r"[a-z0-9 |{},~]+", left), f"{file}: {left}"
        assert re.fullmatch(r"[a-z0-9 ;]+", right), f"{file}: {left} = {right}"
        for head in phrases.heads(left):
            assert 0 < len(head.split()) <= phrases.LONGEST, f"{file}: {head}"
        readings = right.split("; ")
        assert len(set(readings)) == len(readings), f"{file}: {left} = {right}"
        assert all(tokens(reading) for reading in readings), f"{file}: {left} = {right}"


def test_every_reading_uses_words_of_the_tabular_list(packaged_file: Path) -> None:
    with sqlite3.connect(packaged_file) as connection:
        known = {word for (word,) in connection.execute("SELECT word FROM search_word")}
    unknown = {
        f"{file}: {left} = {right} ({word})"
        for file, left, right in phrases.lines()
        for word in tokens(right)
        if word not in known
    }
    assert not unknown


def test_a_phrase_is_found_whatever_small_words_stand_in_it() -> None:
    wanted = phrases.phrases()["blood in urine"]
    assert phrases.longest("blood in the urine".split(), 0) == (4, wanted)
    assert phrases.longest("blood urine".split(), 0) == (2, wanted)
    assert phrases.longest("saw blood in my urine".split(), 1) == (4, wanted)


def test_a_letter_that_names_a_kind_is_no_small_word() -> None:
    found = phrases.longest("type i dm".split(), 0)
    assert found is not None
    assert "type 1" in found[1][0]


def test_an_everyday_word_is_read_otherwise_only_when_it_stands_alone() -> None:
    found = phrases.longest(["nerve"], 0)
    assert found == (1, ("anxiety disorder",))
    assert phrases.longest("nerve root".split(), 0) is None


def test_a_line_stands_for_all_its_heads() -> None:
    assert list(phrases.heads("fabry ~ | {broken,cracked} shin")) == [
        "fabry",
        "fabry disease",
        "fabry syndrome",
        "broken shin",
        "cracked shin",
    ]


def test_every_synonym_leads_to_a_word_of_the_tabular_list(packaged_file: Path) -> None:
    with sqlite3.connect(packaged_file) as connection:
        known = {word for (word,) in connection.execute("SELECT word FROM search_word")}
    dead = {head for head, others in SYNONYMS.items() if not known.intersection(others)}
    assert not dead
    assert all(head not in others for head, others in SYNONYMS.items())


def test_the_lists_travel_with_the_program() -> None:
    package = Path(phrases.__file__).parent
    with (package.parents[3] / "pyproject.toml").open("rb") as file:
        travels = tomllib.load(file)["tool"]["setuptools"]["package-data"]
    patterns = travels["desktop.services.coding.builtin"]
    packed = {path for pattern in patterns for path in package.glob(pattern)}
    assert packed == set((package / "data").iterdir())
