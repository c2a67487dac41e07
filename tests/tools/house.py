"""Draws the program as a house: its rooms on their floors, and who imports whom.

    python -m tests.tools.house [FILE.svg]

Writes docs/house.svg. Floors and parts are those of the import contracts in pyproject.toml, the
lines are the imports that are there. The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tests.tools.house_plan import (
    CHIP,
    FIGURES,
    LEFT,
    NAME,
    PAD,
    Box,
    Floor,
    Line,
    Plan,
    Room,
    chip_width,
    plan,
)
from tests.tools.imports import (
    PROGRAM,
    ROOT,
    SERVICES,
    Counts,
    between,
    declared,
    parts,
    rooms,
    size,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PICTURE: Final = ROOT / "docs" / "house.svg"
COMMAND: Final = "python -m tests.tools.house"
RED: Final = "#d3221c"
_INK: Final = "#1f2933"
_SOFT: Final = "#5a6673"
_BAND: Final = "#eef1f4"
_FACES: Final = "#44505c"
_GROUND: Final = "#a9b1bb"
# The colours of the floors, from the first up; a ninth floor would take the first again.
_FLOORS: Final = (
    "#5d6f86",
    "#2b6cb0",
    "#13848a",
    "#38874a",
    "#a07d12",
    "#c2661f",
    "#8255ad",
    "#a8467f",
)
_HEADING: Final = "Claimstead, room by room"
_LEGEND: Final = """\
A line leads from a room down to one that it imports. Lines that meet go to the same room and have \
its colour; the thicker, the more imports.
A room imports rooms on the floors below it alone: a line up or sideways would be red. Small \
labels are its parts: a part imports those to the left of a ‹."""


def floors() -> list[Floor]:
    """The rooms by floors, the highest first: services stand where the contract has them."""
    found: list[Floor] = []
    for layer in declared(PROGRAM):
        if layer == ("services",):
            found += _service_floors()
        else:
            found.append(Floor("", tuple(_room(f"{PROGRAM}.{name}") for name in layer)))
    return found


def _service_floors() -> Iterable[Floor]:
    roof, *storeys = declared(SERVICES)
    yield Floor("roof", tuple(_room(f"{SERVICES}.{name}") for name in roof))
    for above, names in enumerate(storeys):
        label = str(len(storeys) - above)
        yield Floor(label, tuple(_room(f"{SERVICES}.{name}") for name in names))


def _room(module: str) -> Room:
    files, lines = size(module)
    # Rounded, so that the picture stays when a few lines come or go.
    rounded = f"{round(lines, -2):,}" if lines >= 100 else "under 100"
    figures = f"{files} file{'s' * (files != 1)} · {rounded} lines"
    return Room(module, figures, tuple(reversed(parts(module))))


def draw(imports: Counts | None = None) -> str:
    """The picture as SVG, of other imports than those that are there if asked."""
    planned = plan(floors(), between(rooms()) if imports is None else imports)
    colours = _colours(planned.floors)
    extent = f'width="{planned.width}" height="{planned.height}"'
    view = f'viewBox="0 0 {planned.width} {planned.height}"'
    font = 'font-family="Helvetica, Arial, sans-serif"'
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {extent} {view} {font}>',
        f"<title>{_HEADING}</title>",
        f'<rect {extent} rx="10" fill="#fcfcfa"/>',
        _text(36, 52, _HEADING, 26, _INK, "bold"),
        *(_text(36, 80 + 21 * i, line, 14.5, _SOFT) for i, line in enumerate(_LEGEND.split("\n"))),
        *_bands(planned),
        *_trees(planned.lines, colours),
        *(p for box in planned.boxes.values() for p in _box(box, colours[box.room.module])),
        *_wrong(planned),
        "</svg>",
    ]
    return "\n".join(pieces) + "\n"


def _colours(house: Sequence[Floor]) -> Mapping[str, str]:
    """The colour of each room, which the lines to it have too."""
    found, colour = {}, _FACES
    for floor in house:
        if floor.label.isdigit():
            colour = _FLOORS[(int(floor.label) - 1) % len(_FLOORS)]
        elif not floor.label and colour != _FACES:
            # What lies below the services and is imported by nearly all recedes.
            colour = _GROUND
        found.update({room.module: colour for room in floor.rooms})
    return found


def _text(
    x: float, y: float, text: str, height: float, colour: str, weight: str = "", anchor: str = ""
) -> str:
    look = f' font-weight="{weight}"' * bool(weight) + f' text-anchor="{anchor}"' * bool(anchor)
    place = f'x="{x:g}" y="{y:g}" font-size="{height:g}" fill="{colour}"'
    return f"<text {place}{look}>{escape(text)}</text>"


def _bands(planned: Plan) -> Iterable[str]:
    """A band for each floor of the services with its number, and the roof over them."""
    left, right = 24, planned.width - 24
    for floor, (top, bottom) in zip(planned.floors, planned.spans, strict=True):
        if not floor.label:
            continue
        high, low = top - 14, bottom + 14
        slope = 0 if floor.label.isdigit() else 32
        yield (
            f'<path d="M{left} {low} L{left + slope} {high} L{right - slope} {high} '
            f'L{right} {low} Z" fill="{_BAND}" stroke="{_BAND}" stroke-width="8" '
            'stroke-linejoin="round"/>'
        )
        height, base = (16, bottom) if slope else (24, (top + bottom) // 2 + 9)
        yield _text((left + LEFT) // 2, base, floor.label, height, _SOFT, "bold", "middle")


def _trees(lines: Sequence[Line], colours: Mapping[str, str]) -> Iterable[str]:
    """Each room's lines as one group, so that they do not darken each other where they meet."""
    for target, group in groupby(lines, key=lambda line: line.target):
        pieces = list(group)
        colour = colours[target]
        yield f'<g fill="none" stroke="{colour}" opacity="0.72">'
        yield from (_path(line) for line in pieces)
        yield "</g>"
        # The last ones come from the floor above the room, and end at it.
        yield _head(*pieces[-1].end, colour)


def _path(line: Line) -> str:
    (x1, y1), (x2, y2) = line.start, line.end
    bend = (y1 + y2) // 2
    way = f"M{x1} {y1}V{y2}" if x1 == x2 else f"M{x1} {y1}C{x1} {bend} {x2} {bend} {x2} {y2}"
    # Each doubling of the imports adds the same, so a few more leave the picture as it is.
    thick = f"{0.7 + 0.7 * line.imports.bit_length():.1f}"
    if line.importer is None:
        return f'<path stroke-width="{thick}" d="{way}"/>'
    title = f"<title>{_last(line.importer)} imports {_last(line.target)}</title>"
    return f'<path stroke-width="{thick}" d="{way}">{title}</path>'


def _last(module: str) -> str:
    return module.rpartition(".")[2]


def _head(x: int, y: int, colour: str, *, upward: bool = False) -> str:
    back = y + 11 if upward else y - 11
    return f'<path d="M{x - 6} {back}L{x + 6} {back}L{x} {y}Z" fill="{colour}"/>'


def _box(box: Box, colour: str) -> Iterable[str]:
    x, base = box.x + PAD, box.y + 26
    yield (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="5" '
        f'fill="#ffffff" stroke="{colour}" stroke-width="1.6"/>'
    )
    yield _text(x, base, box.room.name, NAME, _INK, "bold")
    end = box.x + box.width - PAD
    yield _text(end, base, box.room.figures, FIGURES, _SOFT, anchor="end")
    for number, layer in enumerate(box.room.parts):
        if number:
            yield _text(x + 4, base + 27, "‹", 17, _SOFT, anchor="middle")
            x += 13
        for name in layer:
            wide = chip_width(name)
            yield (
                f'<rect x="{x}" y="{base + 12}" width="{wide}" height="21" rx="4" '
                f'fill="{colour}" fill-opacity="0.14"/>'
            )
            yield _text(x + wide / 2, base + 27, name, CHIP, _INK, anchor="middle")
            x += wide + 4


def _wrong(planned: Plan) -> Iterable[str]:
    """Lines that lead up or sideways, over everything."""
    for importer, imported in planned.wrong:
        one, other = planned.boxes[importer], planned.boxes[imported]
        beside = one.row == other.row
        x1, x2, y2 = one.middle + 30, other.middle - 30, other.y if beside else other.bottom
        bend = one.y - 44 if beside else (one.y + y2) // 2
        yield (
            f'<path fill="none" stroke="{RED}" stroke-width="3" '
            f'd="M{x1} {one.y}C{x1} {bend} {x2} {bend} {x2} {y2}">'
            f"<title>{_last(importer)} imports {_last(imported)}</title></path>"
        )
        yield _head(x2, y2, RED, upward=not beside)


def main() -> None:
    """Read the words of the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("file", type=Path, nargs="?", default=PICTURE)
    file: Path = parser.parse_args().file
    file.write_text(draw(), encoding="utf-8", newline="\n")
    print(file)


if __name__ == "__main__":
    main()
