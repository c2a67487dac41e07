"""Where the files that travel with the program lie: beside its code, or inside the frozen program.

No other module asks for `__file__` or the frozen program's folder, so moving code breaks no path.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def root() -> Path:
    """The folder that holds ``resources`` and ``migrations``."""
    frozen = _frozen()
    return frozen if frozen is not None else Path(__file__).resolve().parents[1]


def resource(*names: str) -> Path:
    """A file or folder of ``resources``, such as ``resource("fonts", "Roboto-Bold.ttf")``."""
    return root().joinpath("resources", *names)


def migrations() -> Path:
    """The folder of the migration steps."""
    return root() / "migrations"


def of_package(package: str, folder: str) -> list[Path]:
    """Where a folder of data of an installed package may lie, the likeliest first.

    The package is looked for, never imported: some carry data only.
    """
    spec = importlib.util.find_spec(package)
    places = [Path(p) for p in (spec.submodule_search_locations or ())] if spec is not None else []
    frozen = _frozen()
    if frozen is not None:
        places.append(frozen / package)
    return [place / folder for place in places]


def data_of(package: str) -> Traversable:
    """The folder ``data`` of a package of our own (pass ``__package__``)."""
    return importlib.resources.files(package) / "data"


def _frozen() -> Path | None:
    """The folder that a frozen program unpacked itself to; None when it is not frozen."""
    folder = getattr(sys, "_MEIPASS", None)
    return Path(folder) if folder else None
