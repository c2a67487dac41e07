"""The lists that the program knows without any file, loaded as releases in our own words.

Places of service, modifiers, reasons and remarks have then one home, whether they were built
in or imported; an official list takes over from its own first day.
"""

from __future__ import annotations

import datetime as dt
import json

from desktop.services.coding.base.connection import Connection, transaction
from desktop.services.coding.base.values import CARC, MODIFIER, POS, RARC, ImportResult, no_progress
from desktop.services.coding.builtin.modifiers import MODIFIERS
from desktop.services.coding.builtin.places import PLACES
from desktop.services.coding.builtin.reasons import known_reasons, reason_hint
from desktop.services.coding.builtin.remarks import REMARKS
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node

BUILT_IN = systems.BUILT_IN
"""Name of the release, in every system that has one."""

KIND = "built-in"
START = dt.date(2000, 1, 1)
"""From long before any claim that the program will see."""


def _node(code: str, title: str, **attributes: str) -> Node:
    more = json.dumps(attributes, ensure_ascii=False) if attributes else None
    return Node("code", code, "", title, billable=True, short="", attributes=more)


def lists() -> dict[str, list[Node]]:
    """The codes of each system in our own words."""
    return {
        POS: [
            _node(p.code, p.name, facility="yes" if p.facility else "no") for p in PLACES.values()
        ],
        MODIFIER: [
            _node(m.code, m.meaning, source=KIND)
            for m in sorted(MODIFIERS.values(), key=lambda m: m.code)
        ],
        CARC: [_node(code, reason_hint("", code).meaning) for code in known_reasons()],
        RARC: [_node(code, meaning) for code, meaning in REMARKS.items()],
    }


def load(connection: Connection, now: dt.datetime) -> list[ImportResult]:
    """Load the built-in lists; those that stand as they are change nothing.

    A later edition of the program brings its changes along. Codes that an official list has
    said anything about keep that.
    """
    results = []
    for system, nodes in lists().items():
        digest = systems.sha256(repr(nodes).encode())
        draft = Draft(system, BUILT_IN, START, None, KIND, BUILT_IN, digest)
        before = systems.imported_before(connection, system, digest)
        if before is not None:
            results.append(ImportResult.unchanged(before, BUILT_IN, KIND))
            continue
        with transaction(connection):
            results.append(_save(connection, draft, nodes, now))
    return results


def _save(
    connection: Connection, draft: Draft, nodes: list[Node], now: dt.datetime
) -> ImportResult:
    if draft.system != MODIFIER:
        return save_release(connection, draft, nodes, now, no_progress)
    # Modifiers have two owners, whose lists leave the built-in ones of the other standing.
    official = _official(connection)
    ours = [node for node in nodes if node.code not in official]
    return save_release(
        connection,
        draft,
        ours,
        now,
        no_progress,
        mine=lambda code: code not in official,
        kinds=frozenset({KIND}),
    )


def _official(connection: Connection) -> set[str]:
    number = systems.system_id(connection, MODIFIER)
    rows = connection.execute("SELECT code, attributes FROM code WHERE system_id = ?", (number,))
    return {code for code, text in rows if json.loads(text or "{}").get("source") != KIND}
