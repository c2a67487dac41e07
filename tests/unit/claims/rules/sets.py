"""Code sets of invented contents, written straight into a codes.db."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FROM, TO = "2026-07-01", "2026-12-31"
Pair = tuple[str, str, str]


def fill(
    path: Path,
    system: str,
    codes: Mapping[str, Mapping[str, str]] | None = None,
    pairs: Iterable[Pair] = (),
    *,
    valid: tuple[str, str] = (FROM, TO),
    ended: bool = False,
) -> None:
    """One release of a system with its codes (attributes, of which “title” is the title).

    Args:
        path: an existing codes.db.
        system: such as “hcpcs” or “ncci”.
        codes: per code its attributes; “title” and “parent” go into their columns.
        pairs: (first, second, indicator).
        valid: first and last day of the release.
        ended: the codes ended with it.
    """
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("BEGIN")
    row = connection.execute("SELECT id FROM code_system WHERE name = ?", (system,)).fetchone()
    number = row[0] if row else _added(connection, system)
    entries = dict(codes or {})
    connection.execute(
        "INSERT INTO release (system_id, name, valid_from, valid_to, records, billable)"
        " VALUES (?,?,?,?,?,?)",
        (number, f"{system} of {valid[0]}", *valid, len(entries), len(entries)),
    )
    for place, (code, given) in enumerate(entries.items()):
        left = {k: v for k, v in given.items() if k not in {"title", "parent"}}
        connection.execute(
            "INSERT INTO code (system_id, kind, code, parent, title, billable, order_key,"
            " attributes, valid_from, valid_to) VALUES (?,'code',?,?,?,1,?,?,?,?)",
            (
                *(number, code, given.get("parent", ""), given.get("title", code), place),
                *(json.dumps(left), valid[0], valid[1] if ended else None),
            ),
        )
    connection.executemany(
        "INSERT INTO code_pair (system_id, first, second, valid_from, valid_to, indicator, note)"
        " VALUES (?,?,?,?,NULL,?,'')",
        [(number, first, second, valid[0], kind) for first, second, kind in pairs],
    )
    connection.execute("COMMIT")
    connection.close()


def _added(connection: dbapi2.Connection, system: str) -> int:
    cursor = connection.execute(
        "INSERT INTO code_system (name, title, dot_after) VALUES (?,?,0)", (system, system)
    )
    return int(cursor.lastrowid)
