"""Where everything stands in the picture of the house: boxes on floors, and lines between them.

All imports of one room are one tree of lines: each importer's line joins it on the way down, and
one arrow ends at the room. So a line that passes a floor stands between that floor's boxes, keeps
its place as far down as it can, and needs no second line beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.tools.imports import Counts

LEFT: Final = 92
PAD: Final = 14
CHIP: Final = 12.5
FIGURES: Final = 12.5
NAME: Final = 18
_MARGIN: Final = 28
_LEAST_WIDTH: Final = 1400
_TOP: Final = 132
_BELOW: Final = 44
_LOW: Final = 40
_HIGH: Final = 68
_BETWEEN_LINES: Final = 15
_BESIDE_BOX: Final = 16
# How the gap below a floor grows with the lines that begin there.
_GAP: Final = 44
_GAP_A_LINE: Final = 2
# A line bends no more than it must; a box gives way to it.
_WEIGHT_OF_LINE: Final = 6.0


@dataclass(frozen=True)
class Room:
    """What is written in a box; its parts from the lowest layer up."""

    module: str
    figures: str
    parts: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The last word of the module's name."""
        return self.module.rpartition(".")[2]


@dataclass(frozen=True)
class Floor:
    """Rooms that stand side by side; the label is empty outside of services."""

    label: str
    rooms: tuple[Room, ...]


@dataclass(frozen=True)
class Box:
    """A room where it stands."""

    room: Room
    row: int
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Where the arrow to this room ends."""
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        """Where its own lines begin."""
        return self.y + self.height


@dataclass(frozen=True)
class Line:
    """One piece of the tree of lines to a room; without an importer it carries several."""

    importer: str | None
    target: str
    start: tuple[int, int]
    end: tuple[int, int]
    imports: int


@dataclass(frozen=True)
class Plan:
    """The whole picture without its colours."""

    floors: Sequence[Floor]
    spans: Sequence[tuple[int, int]]
    boxes: Mapping[str, Box]
    lines: Sequence[Line]
    wrong: Sequence[tuple[str, str]]
    width: int
    height: int


@dataclass
class _Item:
    """A box or a line that wants its place in a row."""

    key: str
    wish: float
    width: float
    weight: float
    room: Room | None = None


def text_width(text: str, size: float, *, bold: bool = False) -> int:
    """The room that a text needs in the widest of the usual fonts (DejaVu Sans)."""
    narrow = sum(letter in "ijlftr.,:·‹|() " for letter in text)
    wide = sum(letter in "mwMW" for letter in text)
    letters = (len(text) - narrow - wide) * 0.625 + narrow * 0.36 + wide * 0.95
    return round(letters * size * (1.12 if bold else 1))


def chip_width(name: str) -> int:
    """The width of the label of one part."""
    return text_width(name, CHIP) + 10


def box_width(room: Room) -> int:
    """How wide the box of a room must be."""
    head = text_width(room.name, NAME, bold=True) + 18 + text_width(room.figures, FIGURES)
    chips = sum(chip_width(name) + 4 for layer in room.parts for name in layer) - 4
    return max(head, chips + 13 * (len(room.parts) - 1)) + 2 * PAD


def spread(items: Sequence[tuple[float, float, float]], low: float, high: float) -> list[float]:
    """Middles as near to their wishes as their widths allow, in the order given.

    Neighbours that would overlap move together, to the mean of their wishes (the pooling of
    isotonic regression), which makes the sum of the squared moves the least.

    Args:
        items: Wish, width and weight of each; a width holds the room beside it.
        low: Where the first may begin.
        high: Where the last may end.
    """
    offsets, total = [], 0.0
    for _, width, _ in items:
        offsets.append(total + width / 2)
        total += width
    pools: list[tuple[float, float, int]] = []
    for (wish, _, weight), offset in zip(items, offsets, strict=True):
        pools.append((wish - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, mass, size = pools.pop()
            other, more, count = pools.pop()
            both = mass + more
            pools.append(((mean * mass + other * more) / both, both, size + count))
    places = [mean for mean, _, size in pools for _ in range(size)]
    most = max(high - total, low)
    return [min(max(p, low), most) + o for p, o in zip(places, offsets, strict=True)]


class _Planner:
    """Stands the floors one upon the other, from the ground up."""

    def __init__(self, floors: Sequence[Floor], imports: Counts) -> None:
        self.floors = floors
        self.row_of = {room.module: r for r, floor in enumerate(floors) for room in floor.rooms}
        self.down = {(a, b): n for (a, b), n in imports.items() if self.row_of[b] > self.row_of[a]}
        self.spans = self._heights()
        self.right = max(_LEAST_WIDTH - _MARGIN, *(LEFT + self._needs(r) for r in self.rows))
        self.boxes: dict[str, Box] = {}
        self.passing: dict[tuple[str, int], int] = {}

    @property
    def rows(self) -> range:
        """Numbers of the floors from the top."""
        return range(len(self.floors))

    def _heights(self) -> list[tuple[int, int]]:
        spans, y = [], _TOP
        for row, floor in enumerate(self.floors):
            high = y + (_HIGH if any(room.parts for room in floor.rooms) else _LOW)
            spans.append((y, high))
            y = high + _GAP + _GAP_A_LINE * sum(self.row_of[a] == row for a, _ in self.down)
        return spans

    def _past(self, row: int) -> list[str]:
        """Rooms below a row that rooms above it import."""
        return sorted({b for a, b in self.down if self.row_of[a] < row < self.row_of[b]})

    def _needs(self, row: int) -> int:
        boxes = sum(box_width(room) + 2 * _BESIDE_BOX for room in self.floors[row].rooms)
        return boxes + _BETWEEN_LINES * len(self._past(row))

    def _entry(self, target: str, row: int) -> int:
        """Where the lines to a room arrive at a row."""
        if self.row_of[target] == row:
            return self.boxes[target].middle
        return self.passing[target, row]

    def place(self, row: int) -> None:
        """Give each box of a row and each line past it its place; the rows below have theirs."""
        rooms = self.floors[row].rooms
        boxes = [self._box(room, row, place) for place, room in enumerate(rooms)]
        # Boxes keep the order of the contract; lines go where they come from, left or right.
        first = spread([(b.wish, b.width, 1) for b in boxes], LEFT, self.right)
        for box, x in zip(boxes, first, strict=True):
            box.wish = x
        lines = [
            _Item(target, self._entry(target, row + 1), _BETWEEN_LINES, _WEIGHT_OF_LINE)
            for target in self._past(row)
        ]
        items = sorted([*boxes, *lines], key=lambda item: (item.wish, item.key))
        middles = spread([(i.wish, i.width, i.weight) for i in items], LEFT, self.right)
        for item, middle in zip(items, middles, strict=True):
            if item.room is None:
                self.passing[item.key, row] = round(middle)
            else:
                self.boxes[item.key] = self._stand(item.room, row, middle)

    def _box(self, room: Room, row: int, place: int) -> _Item:
        """A box wants to stand over the middle of what it imports."""
        ends = [self._entry(b, row + 1) for a, b in self.down if a == room.module]
        share = (self.right - LEFT) / len(self.floors[row].rooms)
        wish = sum(ends) / len(ends) if ends else LEFT + share * (place + 0.5)
        return _Item(room.module, wish, box_width(room) + 2 * _BESIDE_BOX, 1, room)

    def _stand(self, room: Room, row: int, middle: float) -> Box:
        top, bottom = self.spans[row]
        width, height = box_width(room), _HIGH if room.parts else _LOW
        y = top + (bottom - top - height) // 2
        return Box(room, row, round(middle - width / 2), y, width, height)

    def lines(self) -> list[Line]:
        """All pieces of all trees, those of one room together."""
        found = [self._past_row(target, row, x) for (target, row), x in self.passing.items()]
        found += [self._down_from(target, row, x) for (target, row), x in self.passing.items()]
        found += [line for box in self.boxes.values() for line in self._from(box)]
        return sorted(found, key=lambda p: (self.row_of[p.target], p.target, p.start[1], p.start))

    def _past_row(self, target: str, row: int, x: int) -> Line:
        top, bottom = self.spans[row]
        return Line(None, target, (x, top), (x, bottom), self._carried(target, row))

    def _down_from(self, target: str, row: int, x: int) -> Line:
        start = (x, self.spans[row][1])
        return Line(None, target, start, self._end(target, row + 1), self._carried(target, row))

    def _carried(self, target: str, row: int) -> int:
        above = (n for (a, b), n in self.down.items() if b == target and self.row_of[a] < row)
        return sum(above)

    def _end(self, target: str, row: int) -> tuple[int, int]:
        ends_here = self.row_of[target] == row
        return self._entry(target, row), self.boxes[target].y if ends_here else self.spans[row][0]

    def _from(self, box: Box) -> list[Line]:
        """The lines that begin at a room, in the order of where they go."""
        ends = sorted((self._end(b, box.row + 1), b) for a, b in self.down if a == box.room.module)
        step = min(12.0, (box.width - PAD) / max(len(ends), 1))
        wishes = [(end[0], step, 1.0) for end, _ in ends]
        starts = spread(wishes, box.x + PAD / 2, box.x + box.width - PAD / 2)
        return [
            Line(box.room.module, b, (round(x), box.bottom), end, self.down[box.room.module, b])
            for x, (end, b) in zip(starts, ends, strict=True)
        ]


def plan(floors: Sequence[Floor], imports: Counts) -> Plan:
    """Plan the picture: floors from the top down, and how many imports lead between rooms."""
    planner = _Planner(floors, imports)
    for row in reversed(planner.rows):
        planner.place(row)
    return Plan(
        floors,
        planner.spans,
        dict(sorted(planner.boxes.items())),
        planner.lines(),
        sorted(pair for pair in imports if pair not in planner.down),
        planner.right + _MARGIN,
        planner.spans[-1][1] + _BELOW,
    )
