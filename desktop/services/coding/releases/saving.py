"""Writes one release with everything that belongs to it: codes, notes, search terms."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.clock import stamp
from desktop.services.coding.base.tabular import TabularNote
from desktop.services.coding.base.values import ImportResult, NoteKind, Progress, RejectedLine
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.index import terms_of, write_terms
from desktop.services.coding.releases.writer import Changes, Node, NodeWriter, write_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.releases.systems import Draft


def save_release(
    connection: Connection,
    draft: Draft,
    nodes: list[Node],
    now: dt.datetime,
    progress: Progress,
    *,
    writer: NodeWriter | None = None,
    notes: list[TabularNote] | None = None,
    rejected: tuple[RejectedLine, ...] = (),
    mine: Callable[[str], bool] | None = None,
    kinds: frozenset[str] = frozenset(),
) -> ImportResult:
    """Write nodes, notes (None = as they were), search terms and the release itself.

    The caller holds the transaction. Of a system that several lists feed (modifiers), `mine`
    says which codes this list speaks of, and `kinds` which files are a later word of it.
    """
    number = systems.system_id(connection, draft.system)
    window = systems.window(connection, number, draft.valid_from, kinds)
    progress(40, 100, f"Saving {len(nodes):,} codes")
    changes = (writer or NodeWriter(connection, number)).write(window, nodes, mine)
    if notes is not None:
        progress(60, 100, f"Saving {len(notes):,} notes")
        explained = systems.EXPLAINING if draft.file_kind in systems.EXPLAINING else kinds
        until = systems.window(connection, number, draft.valid_from, explained)
        write_notes(connection, until, notes)
    else:
        notes = _notes_in_force(connection, number, draft.valid_from)
    progress(70, 100, "Indexing words")
    terms = terms_of([n for n in nodes if not n.past(draft.valid_from)], notes)
    write_terms(connection, window, terms, _scaled(progress, 70, 98), mine=mine)
    _link_replacements(connection, window.system_id, draft, nodes, changes)
    codes = [n for n in nodes if n.kind == "code"]
    counts = (len(codes), sum(n.billable and not n.past(draft.valid_from) for n in codes))
    if mine is not None:
        counts = _standing(connection, number, draft.valid_from)
    release = systems.record_release(connection, draft, counts, len(rejected), stamp(now))
    return ImportResult(
        release,
        draft.file_name,
        draft.file_kind,
        already_loaded=False,
        added=len(changes.added),
        changed=len(changes.changed),
        ended=len(changes.ended),
        rejected=rejected,
    )


def _standing(connection: Connection, system: int, on: dt.date) -> tuple[int, int]:
    """How many codes stand on a day, and how many of them can be billed."""
    day = on.isoformat()
    row = connection.execute(
        "SELECT count(*), COALESCE(sum(billable), 0) FROM code WHERE system_id = ?"
        " AND kind = 'code' AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
        (system, day, day),
    ).fetchone()
    return int(row[0]), int(row[1])


def _scaled(progress: Progress, low: int, high: int) -> Progress:
    def inner(done: int, total: int, text: str) -> None:
        progress(low + (high - low) * done // max(total, 1), 100, text)

    return inner


def _notes_in_force(connection: Connection, system: int, on: dt.date) -> list[TabularNote]:
    day = on.isoformat()
    rows = connection.execute(
        "SELECT node_kind, node, kind, position, mark, text FROM note WHERE system_id = ?"
        " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
        (system, day, day),
    )
    return [TabularNote(k, n, NoteKind(kind), p, m, t) for k, n, kind, p, m, t in rows]


def _link_replacements(
    connection: Connection, system: int, draft: Draft, nodes: list[Node], changes: Changes
) -> None:
    """Name the successor of a code that ended where a new code carries the same title."""
    if not changes.ended:
        return
    new = set(changes.added)
    by_title = {n.title: n.code for n in nodes if n.kind == "code" and n.code in new}
    eve = (draft.valid_from - dt.timedelta(days=1)).isoformat()
    for code in changes.ended:
        row = connection.execute(
            "SELECT id, title FROM code WHERE system_id = ? AND kind = 'code' AND code = ?"
            " AND valid_to = ?",
            (system, code, eve),
        ).fetchone()
        if row is not None and row[1] in by_title:
            connection.execute(
                "UPDATE code SET replaced_by = ? WHERE id = ?", (by_title[row[1]], row[0])
            )
