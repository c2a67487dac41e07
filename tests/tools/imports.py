"""The program's imports and the order that `pyproject.toml` gives them, for pictures and tests.

Nothing of the program is run: grimp reads the sources. Imports for type checking and those inside
functions count like any other.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import grimp

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAM: Final = "desktop"
SERVICES: Final = "desktop.services"
WINDOW: Final = "desktop.ui"

Layers = tuple[tuple[str, ...], ...]
Counts = Mapping[tuple[str, str], int]


@cache
def graph() -> grimp.ImportGraph:
    """What each module of the program imports of the program. Not to be changed by who asks."""
    return grimp.build_graph(PROGRAM, include_external_packages=False, cache_dir=None)


@cache
def linter() -> dict[str, Any]:
    """The table `tool.importlinter` of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["tool"]["importlinter"]
    return table


def contracts() -> list[dict[str, Any]]:
    """The import contracts as they are written."""
    return list(linter()["contracts"])


def declared(container: str) -> Layers:
    """The layers of a package by its contract, the highest first; nothing without a contract.

    Areas to come, which stand in parentheses, are left out.
    """
    for contract in contracts():
        if contract["type"] == "layers" and contract.get("containers") == [container]:
            rows = ([n.strip() for n in re.split("[|:]", row)] for row in contract["layers"])
            kept = (tuple(n for n in row if not n.startswith("(")) for row in rows)
            return tuple(row for row in kept if row)
    return ()


def packages(container: str) -> tuple[str, ...]:
    """Names of the packages directly in a package, sorted."""
    children = graph().find_children(container)
    return tuple(sorted(m.rpartition(".")[2] for m in children if is_package(m)))


def is_package(module: str) -> bool:
    """Whether a module is a folder."""
    return (ROOT / Path(*module.split(".")) / "__init__.py").is_file()


def parts(room: str) -> Layers:
    """The parts of a room, the highest first; parts that know each other not are one layer."""
    apart = packages(room)
    return declared(room) or ((apart,) if apart and _independent(room) else ())


def _independent(room: str) -> bool:
    return any(c["type"] == "independence" and f"{room}.*" in c["modules"] for c in contracts())


def rooms() -> tuple[str, ...]:
    """All rooms that are there, as modules: those of services, and what stands beside services."""
    beside = (f"{PROGRAM}.{name}" for row in declared(PROGRAM) for name in row)
    inside = (f"{SERVICES}.{name}" for row in declared(SERVICES) for name in row)
    return tuple(sorted({*beside, *inside} - {SERVICES}))


def owner(module: str, places: Iterable[str]) -> str | None:
    """The one of several places that a module is in."""
    return next((p for p in places if module == p or module.startswith(p + ".")), None)


def between(places: Iterable[str], imports: grimp.ImportGraph | None = None) -> Counts:
    """How many imports lead from one place to another: pairs of modules, each counted once."""
    imports = imports or graph()
    known = tuple(places)
    home = {module: owner(module, known) for module in imports.modules}
    found: Counter[tuple[str, str]] = Counter()
    for module in sorted(imports.modules):
        for imported in imports.find_modules_directly_imported_by(module):
            one, other = home[module], home[imported]
            if one and other and one != other:
                found[one, other] += 1
    return dict(sorted(found.items()))


def source(module: str) -> Path:
    """The file of a module."""
    base = ROOT / Path(*module.split("."))
    return base / "__init__.py" if is_package(module) else base.with_suffix(".py")


def size(place: str) -> tuple[int, int]:
    """How many files a place has, and how many lines."""
    files = [source(m) for m in graph().modules if owner(m, [place])]
    return len(files), sum(f.read_text(encoding="utf-8").count("\n") for f in files)
