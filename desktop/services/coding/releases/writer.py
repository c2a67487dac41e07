"""Writes one release into ``codes.db``: only what differs from the releases around it."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.services.coding.base.intervals import Span, at, paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.base.tabular import TabularNote

GAP = 1 << 20
"""Space between two order keys, so that new codes find room without moving others."""


@dataclass(frozen=True, slots=True)
class Node:
    """A code, section or chapter as a release states it.

    Attributes:
        short: None when the source does not say; empty when it equals the title.
        starts: first day, where the list itself says that it is later than its release's.
        ends: last day, where the list says so; before the release it is history, kept so that
            an old date still finds the code.
    """

    kind: str
    code: str
    parent: str
    title: str
    billable: bool
    short: str | None = None
    attributes: str | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None

    def past(self, start: dt.date) -> bool:
        """Whether it had ended before a release began."""
        return self.ends is not None and self.ends < start


@dataclass(frozen=True, slots=True)
class Window:
    """From when a release speaks, and when the next loaded one takes over."""

    system_id: int
    start: dt.date
    following: dt.date | None


@dataclass(slots=True)
class Changes:
    """What a release did to the codes that held for its first day until now; no headings."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


Key = tuple[str, str]
Value = tuple[str, str, bool, str | None]
"""What makes a new interval: title, parent, billable, attributes."""

_INSERT = (
    "INSERT INTO code (system_id, kind, code, parent, title, short_title, billable, order_key, "
    "attributes, valid_from, valid_to) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
)


@functools.lru_cache(maxsize=1024)
def day(text: str) -> dt.date:
    """A day as the database keeps it; a system has few of them."""
    return dt.date.fromisoformat(text)


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


class NodeWriter:
    """The codes of one system, held in memory while a release is written."""

    def __init__(self, connection: Connection, system_id: int) -> None:
        self._connection = connection
        self._system_id = system_id
        self.spans: dict[Key, list[Span[Value]]] = {}
        self.keys: dict[Key, int] = {}
        self._shorts: dict[int, str | None] = {}
        self._window = Window(system_id, dt.date.min, None)
        rows = connection.execute(
            "SELECT id, kind, code, parent, title, short_title, billable, order_key, attributes,"
            " valid_from, valid_to FROM code WHERE system_id = ? ORDER BY code, valid_from",
            (system_id,),
        )
        for row_id, kind, code, parent, title, short, billable, key, attributes, v0, v1 in rows:
            value = (title, parent, bool(billable), attributes)
            span = Span(row_id, day(v0), None if v1 is None else day(v1), value)
            self.spans.setdefault((kind, code), []).append(span)
            self.keys[(kind, code)] = key
            self._shorts[row_id] = short

    def standing(self, on: dt.date) -> dict[Key, Node]:
        """All nodes as they stand on a day, in tabular order."""
        out = {}
        for key in sorted(self.spans, key=self.keys.__getitem__):
            value = at(self.spans[key], on)
            if value is not None:
                title, parent, billable, attributes = value
                out[key] = Node(*key, parent, title, billable, None, attributes)
        return out

    def write(
        self,
        window: Window,
        nodes: Sequence[Node],
        mine: Callable[[str], bool] | None = None,
    ) -> Changes:
        """Make `nodes`, in tabular order, the whole of the release.

        Args:
            window: when the release holds.
            nodes: its codes and headings.
            mine: of a system fed by several lists, the codes that this list speaks of; those
                of the others are left alone. None = all.
        """
        self._window = window
        found = ((key, at(spans, window.start)) for key, spans in self.spans.items())
        earlier = {key: value for key, value in found if value is not None}
        if not self.spans:
            return self._write_first(nodes)
        self._place([(n.kind, n.code) for n in nodes])
        incoming = {(n.kind, n.code): n for n in nodes}
        fresh: list[tuple[object, ...]] = []
        for key, node in incoming.items():
            self._set(key, node, fresh)
        for key in [k for k in self.spans if k not in incoming]:
            if mine is None or mine(key[1]):
                self._set(key, None, fresh)
            else:
                earlier.pop(key, None)
        self._connection.executemany(_INSERT, fresh)
        return _compare(earlier, {k: n for k, n in incoming.items() if not n.past(window.start)})

    def _write_first(self, nodes: Sequence[Node]) -> Changes:
        """The first release of a system: nothing to compare, so nothing is."""
        start = self._window.start
        self._connection.executemany(
            _INSERT,
            [
                (
                    *(self._system_id, n.kind, n.code, n.parent, n.title, n.short, n.billable),
                    *(number * GAP, n.attributes, _iso(_first_day(n, start)), _iso(n.ends)),
                )
                for number, n in enumerate(nodes, 1)
            ],
        )
        return Changes(added=[n.code for n in nodes if n.kind == "code" and not n.past(start)])

    def _set(self, key: Key, node: Node | None, fresh: list[tuple[object, ...]]) -> None:
        old = self.spans.get(key, [])
        new = _painted(old, self._window, node)
        first = self._window.start if node is None else _first_day(node, self._window.start)
        short = None if node is None else node.short
        if new != old:
            self._store(key, old, new, short, first, fresh)
        if node is not None and short is not None:
            for span in new:
                if span.start <= first and span.row is not None and span.value == _value(node):
                    self._fill_short(span, short)

    def _fill_short(self, span: Span[Value], short: str | None) -> None:
        holds = span.end is None or span.end >= self._window.start
        if holds and self._shorts.get(span.row or 0) != short:
            self._connection.execute(
                "UPDATE code SET short_title = ? WHERE id = ?", (short, span.row)
            )
            self._shorts[span.row or 0] = short

    def _store(
        self,
        key: Key,
        old: list[Span[Value]],
        new: list[Span[Value]],
        short: str | None,
        first: dt.date,
        fresh: list[tuple[object, ...]],
    ) -> None:
        kept = {s.row: s for s in new}
        for span in old:
            now = kept.get(span.row)
            if now is None:
                self._connection.execute("DELETE FROM code WHERE id = ?", (span.row,))
            elif now != span:
                title, parent, billable, attributes = now.value
                self._connection.execute(
                    "UPDATE code SET title = ?, parent = ?, billable = ?, attributes = ?,"
                    " valid_from = ?, valid_to = ? WHERE id = ?",
                    (title, parent, billable, attributes, _iso(now.start), _iso(now.end), now.row),
                )
                if title != span.value[0]:
                    self._fill_short(now, short)
        for span in new:
            if span.row is None:
                title, parent, billable, attributes = span.value
                own = short if span.start == first else None
                row = (self._system_id, *key, parent, title, own, billable)
                fresh.append((*row, self.keys[key], attributes, _iso(span.start), _iso(span.end)))
        self.spans[key] = new

    def _place(self, order: list[Key]) -> None:
        """Give new nodes keys between their neighbours; renumber all when the order moved."""
        known = [self.keys[k] for k in order if k in self.keys]
        gaps = _gaps(order, self.keys)
        if any(b <= a for a, b in itertools.pairwise(known)) or gaps is None:
            self._renumber(order)
        else:
            self.keys.update(gaps)

    def _renumber(self, order: list[Key]) -> None:
        wanted = {key: (number + 1) * GAP for number, key in enumerate(order)}
        for key in [k for k in sorted(self.keys, key=self.keys.__getitem__) if k not in wanted]:
            wanted[key] = self.keys[key] + (len(order) + 1) * GAP
        moved = [
            (wanted[key], self._system_id, *key)
            for key, number in self.keys.items()
            if wanted[key] != number
        ]
        self._connection.executemany(
            "UPDATE code SET order_key = ? WHERE system_id = ? AND kind = ? AND code = ?", moved
        )
        self.keys = wanted


def _value(node: Node) -> Value:
    return (node.title, node.parent, node.billable, node.attributes)


def _first_day(node: Node, start: dt.date) -> dt.date:
    """From when a node holds: the release's first day, unless the list says otherwise."""
    if node.ends is not None and node.past(start):
        return min(node.starts or node.ends, node.ends)
    first = max(node.starts or start, start)
    return first if node.ends is None else min(first, node.ends)


def _painted(old: list[Span[Value]], window: Window, node: Node | None) -> list[Span[Value]]:
    """The history of a node after a release, within the node's own days where it has some."""
    start, following = window.start, window.following
    first = start if node is None else _first_day(node, start)
    if node is None or node.past(start) or (following is not None and first >= following):
        new = paint(old, start, following, None)
        if node is not None and node.past(start) and not old:
            new = [Span(None, first, node.ends, _value(node))]
        return new
    after = None if node.ends is None else node.ends + dt.timedelta(days=1)
    if after is not None and following is not None and after >= following:
        after = None
    new = old if first == start else paint(old, start, first, None)
    new = paint(new, first, after or following, _value(node))
    return new if after is None else paint(new, after, following, None)


def _gaps(order: Sequence[Key], keys: Mapping[Key, int]) -> dict[Key, int] | None:
    """Keys for the new nodes of `order`; None when a gap is too small for them."""
    out: dict[Key, int] = {}
    last = 0
    waiting: list[Key] = []
    ceiling = max(keys.values(), default=0)
    for key in [*order, None]:
        if key is not None and key not in keys:
            waiting.append(key)
            continue
        if key is None:
            upper = max(last, ceiling) + GAP * (len(waiting) + 1)
            last = max(last, ceiling) if waiting else last
        else:
            upper = keys[key]
        step = (upper - last) // (len(waiting) + 1)
        if waiting and step < 1:
            return None
        out.update({one: last + step * (i + 1) for i, one in enumerate(waiting)})
        waiting, last = [], upper
    return out


def _compare(earlier: Mapping[Key, Value], now: Mapping[Key, Node]) -> Changes:
    changes = Changes()
    for key, node in now.items():
        if key[0] == "code":
            before = earlier.get(key)
            if before is None:
                changes.added.append(key[1])
            elif (before[0], before[2]) != (node.title, node.billable):
                changes.changed.append(key[1])
    changes.ended = [k[1] for k in earlier if k[0] == "code" and k not in now]
    return changes


NoteKey = tuple[str | int, ...]
"""All columns of a note but its interval."""


def write_notes(connection: Connection, window: Window, notes: Iterable[TabularNote]) -> None:
    """Make `notes` the whole of what the tabular list of this release says."""
    spans: dict[NoteKey, list[Span[bool]]] = {}
    for row_id, v0, v1, *key in connection.execute(
        "SELECT id, valid_from, valid_to, node_kind, node, kind, position, mark, text FROM note"
        " WHERE system_id = ? ORDER BY valid_from",
        (window.system_id,),
    ):
        span = Span(row_id, day(v0), None if v1 is None else day(v1), True)  # noqa: FBT003
        spans.setdefault(tuple(key), []).append(span)
    incoming: dict[NoteKey, bool] = {
        (n.node_kind, n.node, str(n.kind), n.position, n.mark, n.text): True for n in notes
    }
    insert = (
        "INSERT INTO note (system_id, node_kind, node, kind, position, mark, text, valid_from,"
        " valid_to) VALUES (?,?,?,?,?,?,?,?,?)"
    )
    fresh = store_flags(connection, "note", window, spans, incoming)
    connection.executemany(insert, [(window.system_id, *key, v0, v1) for key, v0, v1 in fresh])


def store_flags(
    connection: Connection,
    table: str,
    window: Window,
    spans: Mapping[NoteKey, list[Span[bool]]],
    incoming: Mapping[NoteKey, bool],
) -> list[tuple[NoteKey, str | None, str | None]]:
    """Close, reopen or split the rows of a table whose rows only are or are not.

    Returns:
        the rows to insert: key, first and last day.
    """
    if not spans and window.following is None:
        return [(key, _iso(window.start), None) for key in incoming]
    fresh: list[tuple[NoteKey, str | None, str | None]] = []
    for key in [*incoming, *(k for k in spans if k not in incoming)]:
        old = spans.get(key, [])
        new = paint(old, window.start, window.following, incoming.get(key))
        if new == old:
            continue
        kept = {s.row: s for s in new}
        for span in old:
            now = kept.get(span.row)
            if now is None:
                connection.execute(f"DELETE FROM {table} WHERE id = ?", (span.row,))
            elif now != span:
                connection.execute(
                    f"UPDATE {table} SET valid_from = ?, valid_to = ? WHERE id = ?",
                    (_iso(now.start), _iso(now.end), now.row),
                )
        fresh.extend((key, _iso(s.start), _iso(s.end)) for s in new if s.row is None)
    return fresh
