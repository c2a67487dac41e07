"""Role by service call: who may not, is refused below the window, before anything is read."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import desktop.services
from desktop.clock import SampleClock
from desktop.errors import Forbidden
from desktop.models.values.enums import Role
from desktop.services.core.work import ROLES, Actor, Permission, UserId, Work
from tests.conftest import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What only reads and shows: any role may have it, and nothing of money or people changes.
CHANGING = set(Permission) - {Permission.VIEW}


def service_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the services that takes a Work first."""
    prefix = "desktop.services."
    for found in pkgutil.walk_packages(desktop.services.__path__, prefix):
        module = importlib.import_module(found.name)
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            if function.__module__ != module.__name__:
                continue
            parameters = list(inspect.signature(function).parameters.values())
            if parameters and str(parameters[0].annotation).rsplit(".", 1)[-1] == "Work":
                yield f"{found.name.removeprefix(prefix)}.{name}", function


FUNCTIONS = dict(service_functions())
DECLARED = {n: f for n, f in FUNCTIONS.items() if hasattr(f, "permission")}


def test_no_page_and_no_script_calls_past_the_permissions() -> None:
    """Building blocks that declare nothing are called by services which do, and by nobody else."""
    assert len(DECLARED) > 100
    root = Path(desktop.services.__path__[0]).parent
    sources = [*sorted((root / "cli").rglob("*.py")), *sorted((root / "ui").rglob("*.py"))]
    for path in sources:
        text = path.read_text("utf-8")
        for name in set(FUNCTIONS) - set(DECLARED):
            module, _, function = name.rpartition(".")
            called = rf"(?<![\w.]){module.rpartition('.')[2]}\.{function}\("
            imported = rf"from desktop\.services\.{re.escape(module)} import [^\n]*\b{function}\b"
            assert not re.search(called, text), f"{path.name} calls {name}"
            assert not re.search(imported, text), f"{path.name} imports {name}"


@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_is_refused_before_anything_is_looked_at(role: Role) -> None:
    nothing: Any = None
    actor = Actor(UserId(1), "somebody", role)
    work = Work(nothing, actor, SampleClock(TODAY), nothing, nothing)
    refused = 0
    for name, function in DECLARED.items():
        permission = function.permission
        if permission in ROLES[role]:
            continue
        with pytest.raises(Forbidden, match="may not"):
            function(work)
        refused += 1
        assert permission is not Permission.VIEW, name
    assert (refused == 0) is (role is Role.OWNER)


def test_money_is_never_moved_with_the_permission_to_look() -> None:
    verbs: tuple[str, ...] = ("post", "unpost", "apply", "refund", "void", "write", "transfer")
    verbs += ("take", "close")
    verbs += ("choose", "confirm", "discard", "save", "set", "send", "print", "import", "delete")
    for name, function in DECLARED.items():
        if name.rpartition(".")[2].split("_")[0] in verbs:
            assert function.permission in CHANGING, name
