"""No name of a place that was moved or removed survives in code, comments, settings or words."""

from __future__ import annotations

import fnmatch
import importlib
import os
import re
from collections.abc import Callable, Iterator
from functools import cache, reduce
from pathlib import Path

import pytest

from tests.tools.imports import ROOT

TEXTS = (".py", ".md", ".toml", ".spec")
_OURS = "desktop|tests|migrations"
# A module by its dots, perhaps with an attribute; an asterisk ends it.
DOTTED = re.compile(rf"(?<![\w./-])(?:{_OURS})(?:\.\w+)+")
# A path from the top of the repository; the last one may be a pattern.
SLASHED = re.compile(rf"(?<![\w./-])(?:{_OURS}|docs|resources)/[\w./*-]*")
# The end of a path to a Python file.
SHORT = re.compile(r"(?<![\w./*-])(?:\w+/)+\w+\.py\b")
# What the documents set as code, if it is a path or a file of Python.
QUOTED = re.compile(r"`((?:[a-z_][\w-]*/)+(?:[\w-]+(?:\.\w+)?)?|\w+\.py)`")


def _left_out(folder: str) -> bool:
    made = folder in {"build", "dist", "__pycache__"} or folder.endswith(".egg-info")
    return made or folder.startswith((".", "claimstead-demo"))


@cache
def _tree() -> frozenset[str]:
    """Every file of the repository and every folder with one; Python also without its ending."""
    found = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not _left_out(name)]
        for name in files:
            path = (Path(folder) / name).relative_to(ROOT)
            found |= {path.as_posix(), path.as_posix().removesuffix(".py")}
            found |= {parent.as_posix() for parent in path.parents}
    return frozenset(found)


@cache
def _ends() -> frozenset[str]:
    """Every end of the paths of the program: `a/b/c`, `b/c` and `c`."""
    pieces = (path.split("/") for path in _tree() if path.startswith("desktop/"))
    return frozenset("/".join(p[i:]) for p in pieces for i in range(len(p)))


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(_tree()):
        if path.endswith(TEXTS):
            yield path, (ROOT / path).read_text(encoding="utf-8")


def is_module(name: str) -> bool:
    """Whether a dotted name is a module, or what one holds."""
    words = name.split(".")
    known = next(n for n in range(len(words), 0, -1) if "/".join(words[:n]) in _tree())
    if known == len(words):
        return True
    module = importlib.import_module(".".join(words[:known]))
    try:
        reduce(getattr, words[known:], module)
    except AttributeError:
        return False
    return True


def is_path(name: str) -> bool:
    """Whether a path, or what matches a pattern, is there."""
    path = name.rstrip("./")
    return bool(fnmatch.filter(_tree(), path)) if "*" in path else path in _tree()


def is_end(name: str) -> bool:
    """Whether a path of the program ends so, or it is a whole path, or the name of a test."""
    if name.startswith("test_"):
        return any(path.endswith(f"/{name}") for path in _tree())
    return name.rstrip("/") in _ends() or is_path(name)


Rule = tuple[re.Pattern[str], tuple[str, ...], Callable[[str], bool]]
RULES: dict[str, Rule] = {
    "modules": (DOTTED, TEXTS, is_module),
    "paths": (SLASHED, TEXTS, is_path),
    "files": (SHORT, TEXTS, is_end),
    "documents": (QUOTED, (".md",), is_end),
}


@pytest.mark.parametrize("kind", RULES)
def test_every_name_of_a_place_leads_somewhere(kind: str) -> None:
    pattern, endings, exists = RULES[kind]
    names = [
        (path, name)
        for path, text in _texts()
        if path.endswith(endings)
        for name in pattern.findall(text)
    ]
    known = {name: exists(name) for _, name in names}
    assert len(known) > 10
    assert not sorted({f"{path}: {name}" for path, name in names if not known[name]})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("modules", "import {0}.services.money.gone"),
        ("modules", "see `{0}.errors.Gone`"),
        ("modules", '"{0}.services.core.database.Database.gone"'),
        ("paths", '"{0}/ui/gone/*.py" = []'),
        ("paths", "in `{0}/services/gone/`."),
        ("files", "as money/{1}.py does"),
        ("documents", "(`money/{1}.py`)"),
        ("documents", "a module in `coding/{1}/`"),
        # Only the tests of a room remain.
        ("documents", "in `unit/money/`"),
        ("documents", "`{1}.py` decides"),
        ("documents", "lie in `suggest/{1}`"),
    ],
)
def test_a_name_that_leads_nowhere_is_seen(kind: str, text: str) -> None:
    pattern, _, exists = RULES[kind]
    # Put together here, for this file is read like any other.
    (name,) = pattern.findall(text.format("desktop", "gone"))
    assert not exists(name)
