"""Saves a list of codes whose rows all hold from the release's first day."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from desktop.clock import stamp
from desktop.services.coding.base.values import ImportResult
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.writer import Node, NodeWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from desktop.services.coding.base.parts import Import
    from desktop.services.coding.files.streams import Reading
    from desktop.services.coding.releases.systems import Draft


def node(code: str, title: str, attributes: Mapping[str, str]) -> Node:
    """A code with the attributes that are not empty."""
    kept = {name: value for name, value in attributes.items() if value}
    return Node(
        "code", code, "", title, billable=True, short="", attributes=json.dumps(kept) or None
    )


def save_list(
    job: Import,
    draft: Draft,
    nodes: Iterable[Node],
    reading: Reading,
    writer: NodeWriter | None = None,
) -> ImportResult:
    """Make the codes the whole of their release; nothing is put into the search.

    Raises:
        RuleError: there are far fewer than in the release nearest in time.
    """
    ordered = sorted(nodes, key=lambda n: n.code)
    systems.refuse_if_shrunk(job.connection, draft, len(ordered))
    number = systems.system_id(job.connection, draft.system)
    window = systems.window(job.connection, number, draft.valid_from)
    job.progress(92, 100, f"Saving {len(ordered):,} records")
    writer = writer or NodeWriter(job.connection, number)
    earlier = {n.code: n for n in writer.standing(draft.valid_from).values()}
    changes = writer.write(window, ordered)
    changed = sum(
        dataclasses.replace(before, short="") != n
        for n in ordered
        if (before := earlier.get(n.code)) is not None
    )
    release = systems.record_release(
        job.connection,
        draft,
        (len(ordered), len(ordered)),
        len(reading.rejected),
        stamp(job.now),
    )
    return ImportResult(
        release,
        draft.file_name,
        draft.file_kind,
        already_loaded=False,
        added=len(changes.added),
        changed=changed,
        ended=len(changes.ended),
        rejected=tuple(reading.rejected),
    )
