"""What is said of the rooms: in ARCHITECTURE.md, in their own words, and by the test folders."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.tools.imports import (
    PROGRAM,
    ROOT,
    SERVICES,
    WINDOW,
    contracts,
    declared,
    packages,
    parts,
    source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNIT = ROOT / "tests" / "unit"


def _tables() -> Iterator[dict[str, str]]:
    """The rows of the tables of the section Rooms, each by the heads of its columns."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.partition("\n## Rooms\n")[2].partition("\n## ")[0]
    for block in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE):
        head, _, *rows = ([c.strip() for c in r.strip("|").split("|")] for r in block.splitlines())
        for row in rows:
            yield dict(zip(head, row, strict=True))


def _module(row: dict[str, str]) -> str:
    name = (row.get("room") or row["part"]).strip("`").replace("/", ".")
    return f"{PROGRAM}.{name}" if name.startswith("ui.") else f"{SERVICES}.{name}"


class _Rows(dict[str, dict[str, str]]):
    """The row of each room and part."""

    def __missing__(self, place: str) -> dict[str, str]:
        pytest.fail(f"ARCHITECTURE.md, section Rooms, has no row for {place}; add it")


ROWS = _Rows({_module(row): row for row in _tables()})


def _places() -> Iterator[str]:
    """Every room and part that is there."""
    for room in packages(SERVICES):
        yield f"{SERVICES}.{room}"
        yield from (f"{SERVICES}.{room}.{part}" for part in packages(f"{SERVICES}.{room}"))
    yield from (f"{WINDOW}.{room}" for room in packages(WINDOW))


PLACES = sorted(_places())


def test_the_tables_name_each_room_and_part_once() -> None:
    named = sorted(map(_module, _tables()))
    assert named == PLACES, (
        f"ARCHITECTURE.md, section Rooms: add a row for {sorted(set(PLACES) - set(named))}, "
        f"take out {sorted(set(named) - set(PLACES))}"
    )


@pytest.mark.parametrize("place", PLACES)
def test_a_room_says_the_line_of_its_table(place: str) -> None:
    tree = ast.parse(source(place).read_text(encoding="utf-8"))
    paragraphs = [" ".join(p.split()) for p in (ast.get_docstring(tree) or "").split("\n\n")]
    assert paragraphs[0] == ROWS[place]["holds"]
    assert f"May import: {ROWS[place]['may import']}." in paragraphs[1:]


def _floors(below: int) -> str:
    """How the tables say which floors lie below one."""
    few = {0: "no other room", 1: "floor 1", 2: "floors 1 and 2"}
    return few.get(below, f"floors 1 to {below}")


@pytest.mark.parametrize("room", packages(SERVICES))
def test_a_room_says_the_floor_of_its_contract(room: str) -> None:
    roof, *storeys = declared(SERVICES)
    row = ROWS[f"{SERVICES}.{room}"]
    if room in roof:
        assert row["floor"] == "roof"
        assert row["may import"].startswith("any room; ")
        return
    floor = len(storeys) - next(n for n, layer in enumerate(storeys) if room in layer)
    assert row["floor"] == str(floor)
    assert row["may import"] == _floors(floor - 1)


def test_who_imports_the_sample_is_said_as_its_contract_has_it() -> None:
    faces = {"desktop.ui": "the window", "desktop.cli": "the command line"}
    (contract,) = (c for c in contracts() if c.get("protected_modules") == [f"{SERVICES}.sample"])
    names = " and ".join(faces[module] for module in contract["allowed_importers"])
    assert ROWS[f"{SERVICES}.sample"]["may import"] == f"any room; only {names} import it"


def _named(line: str, others: set[str]) -> set[str]:
    """The parts that a line of the column `may import` names."""
    if line in {"no other part", "nothing of the window"}:
        return set()
    if line == "every other part":
        return others
    if line.startswith("every part but "):
        return others - {line.removeprefix("every part but ")}
    pages = {name for layer in declared(WINDOW)[1:2] for name in layer}
    names = set(line.split(", "))
    return names - {"pages"} | pages if "pages" in names else names


ORDERED = sorted({WINDOW, *(p.rpartition(".")[0] for p in PLACES)} - {SERVICES})


@pytest.mark.parametrize("room", ORDERED)
def test_a_part_names_the_parts_below_it_in_its_contract(room: str) -> None:
    layers = parts(room)
    every = {name for layer in layers for name in layer}
    assert every == set(packages(room)), f"name the parts of {room} in its layers in pyproject.toml"
    for number, layer in enumerate(layers):
        below = {name for lower in layers[number + 1 :] for name in lower}
        for part in layer:
            line = ROWS[f"{room}.{part}"]["may import"]
            assert _named(line, every - {part}) == below, f"{part}: {line}"


def _folders(folder: Path) -> list[Path]:
    """Folders with tests below one; one that only holds leftovers of Python counts not."""
    found = {file.parent for file in folder.rglob("*.py")} - {folder}
    return sorted(p for p in found if "__pycache__" not in p.parts)


def test_the_test_folders_follow_the_rooms() -> None:
    rooms = {*packages(SERVICES), "models", "ui", "cli"}
    folders = [folder.relative_to(UNIT) for folder in _folders(UNIT)]
    assert folders
    assert {folder.parts[0] for folder in folders} <= rooms
    beside = {"models", "ui", "cli"}
    for folder in folders:
        home = ROOT / PROGRAM if folder.parts[0] in beside else ROOT / PROGRAM / "services"
        assert (home / folder / "__init__.py").is_file(), f"tests/unit/{folder} tests no part"
