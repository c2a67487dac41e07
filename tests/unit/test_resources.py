"""Files that travel with the program are found by one helper, beside the code and when frozen."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from desktop import resources

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SEARCHED = re.compile(r"__file__|_MEIPASS|sys\.frozen|importlib\.resources")


def test_beside_the_code_everything_is_there() -> None:
    assert resources.resource("icons", "today.svg").is_file()
    assert resources.resource("fonts", "Roboto-Bold.ttf").is_file()
    assert sorted(p.name for p in resources.migrations().iterdir() if p.suffix == ".py")
    (place, *_) = resources.of_package("simple_icd_10_cm", "data")
    assert list(place.glob("code-list*.txt"))
    folder = resources.data_of("desktop.services.coding.builtin")
    assert any(file.name.endswith(".txt") for file in folder.iterdir())


def test_a_frozen_program_looks_where_it_unpacked_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.root() == tmp_path
    assert resources.resource("icons", "today.svg") == tmp_path / "resources/icons/today.svg"
    assert resources.migrations() == tmp_path / "migrations"
    assert resources.of_package("no_such_package", "data") == [tmp_path / "no_such_package/data"]


def test_no_other_module_looks_for_itself() -> None:
    """A path counted from a module's own place breaks when the module moves, and when frozen."""
    program = resources.root() / "desktop"
    found = [
        path.relative_to(program).as_posix()
        for path in sorted(program.rglob("*.py"))
        if path.name != "resources.py" and SEARCHED.search(path.read_text("utf-8"))
    ]
    assert found == []
    assert SEARCHED.search((program / "resources.py").read_text("utf-8"))
