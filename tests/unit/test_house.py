"""The order of the rooms: floors, no circles, and the picture of it."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.tools.house import COMMAND, PICTURE, RED, draw, floors
from tests.tools.house_plan import plan
from tests.tools.imports import (
    SERVICES,
    WINDOW,
    Counts,
    between,
    declared,
    graph,
    packages,
    parts,
    rooms,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOF = ("sample",)
MOST_FLOORS = 8


def circle(imports: Iterable[tuple[str, str]]) -> list[str]:
    """One circle of imports, or nothing."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for importer, imported in sorted(imports):
        sorter.add(importer, imported)
    try:
        sorter.prepare()
    except CycleError as found:
        names: list[str] = found.args[1]
        return names
    return []


def longest_path(imports: Iterable[tuple[str, str]]) -> list[str]:
    """The longest chain of places of which each imports the next."""
    below: dict[str, set[str]] = {}
    for importer, imported in imports:
        below.setdefault(importer, set()).add(imported)
    longest: dict[str, list[str]] = {}
    for place in TopologicalSorter(below).static_order():
        tails = [longest[imported] for imported in sorted(below.get(place, ()))]
        longest[place] = [place, *max(tails, key=len, default=[])]
    return max(longest.values(), key=len)


def of_files() -> Iterable[tuple[str, str]]:
    for module in graph().modules:
        for imported in graph().find_modules_directly_imported_by(module):
            yield module, imported


def floor_of() -> Mapping[str, int]:
    """The number of each room's floor, the roof above them all."""
    layers = reversed(declared(SERVICES))
    return {f"{SERVICES}.{name}": n for n, layer in enumerate(layers, 1) for name in layer}


def not_down(imports: Counts) -> list[str]:
    floor = floor_of()
    return [f"{a} imports {b}" for a, b in imports if floor[a] <= floor[b]]


def test_the_picture_is_that_of_the_sources() -> None:
    assert PICTURE.read_bytes().decode() == draw(), f"Draw it anew: run `{COMMAND}`."


def test_a_line_up_or_sideways_is_red() -> None:
    imports = between(rooms())
    assert RED not in draw(imports)
    for wrong in (("core", "claims"), ("people", "money")):
        one, other = (f"{SERVICES}.{name}" for name in wrong)
        red = [line for line in draw({**imports, (one, other): 1}).splitlines() if RED in line]
        assert f"<title>{wrong[0]} imports {wrong[1]}</title>" in red[0]


def test_no_box_lies_on_another_or_on_a_line() -> None:
    house = plan(floors(), between(rooms()))
    for box in house.boxes.values():
        assert 0 < box.x < box.x + box.width < house.width
        beside = [b for b in house.boxes.values() if b.row == box.row and b is not box]
        assert all(b.x > box.x + box.width or b.x + b.width < box.x for b in beside)
        past = [line for line in house.lines if line.start[1] == house.spans[box.row][0]]
        assert all(not box.x <= line.start[0] <= box.x + box.width for line in past)


def test_no_circle_of_files() -> None:
    assert not circle(of_files())


def test_no_circle_of_rooms() -> None:
    assert not circle(between(rooms()))


@pytest.mark.parametrize("room", sorted({WINDOW, *(r for r in rooms() if packages(r))}))
def test_no_circle_of_parts(room: str) -> None:
    places = [f"{room}.{name}" for name in packages(room)]
    assert not circle(between(places))
    ordered = {name for layer in parts(room) for name in layer}
    # Values of models are pure by a contract of their own.
    loose = sorted(set(packages(room)) - {"values"} - ordered)
    assert not loose, f"add {loose} of {room} to the layers of its contract in pyproject.toml"


def test_there_are_at_most_eight_floors_below_the_roof() -> None:
    roof, *storeys = declared(SERVICES)
    assert roof == ROOF
    assert len(storeys) <= MOST_FLOORS
    places = [f"{SERVICES}.{name}" for layer in storeys for name in layer]
    assert {f"{SERVICES}.{name}" for name in packages(SERVICES)} == {*places, f"{SERVICES}.sample"}
    path = longest_path(between(places))
    assert len(path) <= MOST_FLOORS, " > ".join(path)


def test_no_room_imports_up_or_sideways() -> None:
    imports = between(floor_of())
    assert not not_down(imports)
    people, money = f"{SERVICES}.people", f"{SERVICES}.money"
    assert not_down({(people, money): 1}) == [f"{people} imports {money}"]


def test_a_circle_and_a_long_way_are_seen() -> None:
    assert circle([("a", "b"), ("b", "c"), ("c", "a")])
    assert circle([("a", "a")])
    assert not circle([("a", "b"), ("b", "c"), ("a", "c")])
    assert longest_path([("a", "b"), ("b", "c"), ("a", "c")]) == ["a", "b", "c"]
