"""Reads the code of the services and says which room writes which table.

A write is an insert, update, delete or upsert of a mapped class, a row that is made or deleted,
and an attribute set on a row whose class the code says: by an annotation, by what a function
returns, or by the statement that it comes from.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.models import mapped
from desktop.resources import root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CLASSES: Final = {m.class_.__name__: m.class_.__tablename__ for m in mapped.Base.registry.mappers}
"""Table by mapped class."""
_STATEMENTS: Final = {"insert": 0, "update": 0, "delete": 0, "upsert": 0, "insert_rows": 1}
"""Functions that build a write, and which argument is the class."""
_OF_A_ROW: Final = {"delete": 0, "apply": 0, "setattr": 0}
"""Functions that change or delete a row, and which argument is the row."""
_ROWS_OF: Final = frozenset({"scalar", "scalars", "list", "sorted", "iter", "next"})
"""Functions that give the rows of their first argument."""
_SCOPES: Final = (ast.FunctionDef, ast.Lambda)
_ITSELF: Final = {name: name for name in CLASSES}
_Known = dict[str, str]
"""The mapped class of what a name holds."""


@dataclass(frozen=True, slots=True)
class Write:
    """One place that writes a table."""

    table: str
    room: str
    where: str


def writes() -> list[Write]:
    """Every write of the services, by file and line."""
    services = root() / "desktop" / "services"
    trees = {p: ast.parse(p.read_text("utf-8")) for p in sorted(services.rglob("*.py"))}
    returned = _returned(trees.values())
    found = []
    for path, tree in trees.items():
        inside = path.relative_to(services)
        places = sorted(set(_Reader(tree, returned).read()))
        found += [Write(t, inside.parts[0], f"{inside.as_posix()}:{n}") for t, n in places]
    return found


def rooms_by_table(found: Iterable[Write]) -> dict[str, dict[str, list[str]]]:
    """The places of each table by room."""
    out: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for write in found:
        out[write.table][write.room].append(write.where)
    return out


def _returned(trees: Iterable[ast.Module]) -> _Known:
    """Class of the row that a function returns, by the function's name where that is plain."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found[node.name].add(_annotated(node.returns, _ITSELF) or "")
    return {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1}


def _annotated(node: ast.expr | None, classes: Mapping[str, str]) -> str | None:
    """The mapped class of an annotation such as `Claim`, `Claim | None` or `Sequence[Claim]`."""
    if node is None:
        return None
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & classes.keys()
    return classes[names.pop()] if len(names) == 1 else None


class _Reader:
    """Reads one module; a class counts where it is imported from the models."""

    def __init__(self, tree: ast.Module, returned: _Known) -> None:
        self._tree = tree
        self._returned = returned
        imported = {
            name.asname or name.name: name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("desktop.models")
            for name in node.names
        }
        self._classes = {local: name for local, name in imported.items() if name in CLASSES}

    def read(self) -> Iterator[tuple[str, int]]:
        """Tables that are written, with the lines."""
        yield from self._scope(self._tree, {})

    def _scope(self, scope: ast.AST, outer: _Known) -> Iterator[tuple[str, int]]:
        known = dict(outer)
        inner: list[ast.AST] = []
        nodes = list(_own_nodes(scope, inner))
        if isinstance(scope, _SCOPES):
            given = scope.args
            for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                name = _annotated(argument.annotation, self._classes)
                if name:
                    known[argument.arg] = name
        # Twice, for a name may come from one that is bound further down.
        for _ in range(2):
            for node in nodes:
                known |= self._bound(node, known)
        for node in nodes:
            for name in self._written(node, known):
                yield CLASSES[name], getattr(node, "lineno", 0)
        for function in inner:
            yield from self._scope(function, known)

    def _bound(self, node: ast.AST, known: _Known) -> _Known:
        """Names that a node gives to rows."""
        pairs: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.NamedExpr):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.For | ast.comprehension):
            pairs = [(node.target, node.iter)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = _annotated(node.annotation, self._classes)
            return {node.target.id: name} if name else {}
        found = ((target, self._class_of(value, known)) for target, value in pairs)
        return {t.id: name for t, name in found if name and isinstance(t, ast.Name)}

    def _class_of(self, value: ast.expr, known: _Known) -> str | None:
        """Of which mapped class the rows of an expression are."""
        if isinstance(value, ast.Name):
            return known.get(value.id)
        if isinstance(value, ast.Attribute) and value.attr == "__table__":
            return self._named(value, known)
        if isinstance(value, ast.Subscript | ast.Starred):
            return self._class_of(value.value, known)
        if isinstance(value, ast.BoolOp | ast.IfExp):
            parts = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse]
            kinds = {self._class_of(part, known) for part in parts} - {None}
            return kinds.pop() if len(kinds) == 1 else None
        return self._class_of_call(value, known) if isinstance(value, ast.Call) else None

    def _class_of_call(self, call: ast.Call, known: _Known) -> str | None:
        called = _name(call.func)
        if called in self._classes:
            return self._classes[called]
        if called in {"get", "get_one"} and call.args:
            return self._named(call.args[0], known)
        if called in _ROWS_OF and call.args:
            return self._class_of(call.args[0], known)
        if called == "select" and len(call.args) == 1:
            return self._named(call.args[0], known)
        if self._returned.get(called):
            return self._returned[called]
        # A chain: select(Claim).where(…), scalars(…).first()
        return (
            self._class_of(call.func.value, known) if isinstance(call.func, ast.Attribute) else None
        )

    def _named(self, node: ast.expr, known: _Known) -> str | None:
        """The mapped class that an expression names: `Claim`, `Claim.__table__`, its alias."""
        while isinstance(node, ast.Attribute):
            node = node.value
        name = getattr(node, "id", "")
        return self._classes.get(name) or known.get(name)

    def _written(self, node: ast.AST, known: _Known) -> Iterator[str]:
        """The classes that a node writes."""
        if isinstance(node, ast.Call):
            called = _name(node.func)
            if called in self._classes:
                yield self._classes[called]
            at = _STATEMENTS.get(called)
            if at is not None and len(node.args) > at:
                yield from filter(None, [self._named(node.args[at], known)])
            at = _OF_A_ROW.get(called)
            if at is not None and len(node.args) > at:
                yield from filter(None, [self._class_of(node.args[at], known)])
        for target in _targets(node):
            if isinstance(target, ast.Attribute):
                yield from filter(None, [self._class_of(target.value, known)])


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.AugAssign):
        return [node.target]
    if not isinstance(node, ast.Assign):
        return []
    return [t for x in node.targets for t in (x.elts if isinstance(x, ast.Tuple) else [x])]


def _own_nodes(scope: ast.AST, inner: list[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a scope without those of functions inside, which go to `inner`."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, _SCOPES):
            inner.append(child)
        else:
            yield child
            yield from _own_nodes(child, inner)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
