"""Saves one snapshot of the coverage articles: each row holds by its article's own dates.

A snapshot states the articles of its day anew. What it no longer states ended on the day
before; what it states for the first time holds from its article's first day, or from the
snapshot's day where an older snapshot knew the article without it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.services.coding.base.values import LCD, ImportResult, RejectedLine
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import GAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.base.parts import Import, Part

NewPair = tuple[str, str, str, str, str, str | None]
"""First, second, indicator, article, first and last day."""

_BATCH = 20_000
_CREATE = (
    "CREATE TEMP TABLE IF NOT EXISTS new_pair (first TEXT, second TEXT, indicator TEXT,"
    " article TEXT, valid_from TEXT, valid_to TEXT, PRIMARY KEY (first, second)) WITHOUT ROWID"
)
_STATED = (
    "EXISTS (SELECT 1 FROM temp.new_pair n WHERE n.first = code_pair.first"
    " AND n.second = code_pair.second AND n.indicator = code_pair.indicator)"
)
_HOLDS = "system_id = :system AND (valid_to IS NULL OR valid_to >= :day)"


@dataclass(frozen=True, slots=True)
class Article:
    """An active article with the days of its force, and who it was written by."""

    id: str
    version: str
    title: str
    first: dt.date
    last: dt.date | None
    contractors: set[str] = field(default_factory=set)

    def pair(self, first: str, second: str, indicator: str) -> NewPair:
        """A pair that holds as long as the article."""
        end = self.last.isoformat() if self.last else None
        return first, second, indicator, self.id, self.first.isoformat(), end


@dataclass(frozen=True, slots=True)
class Group:
    """A group of diagnoses: `99999/1` covered, `99999/n1` not covered."""

    key: str
    article: str
    text: str


class PairTable:
    """The pairs of the snapshot, gathered in a table of their own: there are a million."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        connection.execute(_CREATE)
        connection.execute("DELETE FROM temp.new_pair")
        self._batch: list[NewPair] = []

    def add(self, pair: NewPair) -> None:
        """Gather a pair; one that came before is taken once."""
        self._batch.append(pair)
        if len(self._batch) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self.connection.executemany(
            "INSERT OR IGNORE INTO temp.new_pair VALUES (?,?,?,?,?,?)", self._batch
        )
        self._batch.clear()

    def count(self) -> int:
        """How many there are."""
        self._flush()
        return int(self.connection.execute("SELECT count(*) FROM temp.new_pair").fetchone()[0])

    def write(self, system: int, day: dt.date) -> tuple[int, int]:
        """Make them what holds from `day` on.

        Returns:
            how many are new, and how many ended.
        """
        given = {
            "system": system,
            "day": day.isoformat(),
            "eve": (day - dt.timedelta(days=1)).isoformat(),
        }
        run = self.connection.execute
        # What never came into force leaves no trace; what was in force ended.
        gone = f"{_HOLDS} AND NOT {_STATED}"
        run(f"DELETE FROM code_pair WHERE {gone} AND valid_from >= :day", given)
        ended = run(f"UPDATE code_pair SET valid_to = :eve WHERE {gone}", given).rowcount
        run(
            "UPDATE code_pair SET valid_to = n.valid_to FROM temp.new_pair n WHERE"
            " system_id = :system AND (code_pair.valid_to IS NULL OR code_pair.valid_to >= :day)"
            " AND n.first = code_pair.first AND n.second = code_pair.second"
            " AND code_pair.valid_to IS NOT n.valid_to"
            " AND (n.valid_to IS NULL OR n.valid_to >= code_pair.valid_from)",
            given,
        )
        added = run(
            "INSERT INTO code_pair (system_id, first, second, valid_from, valid_to, indicator,"
            " note) SELECT :system, n.first, n.second, CASE WHEN n.valid_from < :day AND EXISTS"
            " (SELECT 1 FROM code c WHERE c.system_id = :system AND c.code = n.article)"
            " THEN :day ELSE n.valid_from END AS start, n.valid_to, n.indicator, ''"
            " FROM temp.new_pair n WHERE NOT EXISTS (SELECT 1 FROM code_pair p"
            " WHERE p.system_id = :system AND p.first = n.first AND p.second = n.second"
            " AND p.indicator = n.indicator AND (p.valid_to IS NULL OR p.valid_to >= :day))"
            " AND (n.valid_to IS NULL OR n.valid_to >= start)"
            " ON CONFLICT DO UPDATE SET valid_to = excluded.valid_to,"
            " indicator = excluded.indicator",
            given,
        ).rowcount
        run("DELETE FROM temp.new_pair")
        return max(added, 0), max(ended, 0)


def save(
    job: Import,
    part: Part,
    day: dt.date,
    articles: Mapping[str, Article],
    groups: Mapping[str, Group],
    pairs: PairTable,
    rejected: tuple[RejectedLine, ...],
) -> ImportResult:
    """Write a snapshot taken on `day`.

    Raises:
        RuleError: a later one is loaded, or this one holds far fewer pairs.
    """
    number = systems.system_id(job.connection, LCD)
    name = f"as of {day.isoformat()}"
    loaded = systems.all_releases(job.connection, LCD)
    newest = max((r.name for r in loaded), default="")
    if name < newest:
        raise RuleError(
            f"{part.name} is older ({name}) than the articles that are loaded ({newest}); "
            "nothing was changed."
        )
    # The first snapshot speaks for its articles since they began, since no other does.
    start = day if loaded else min([day, *(a.first for a in articles.values())])
    draft = Draft(LCD, name, start, None, "lcd", part.name, job.digest)
    count = pairs.count()
    # The first snapshot begins with its oldest article, so that years apart say nothing.
    systems.refuse_if_shrunk(job.connection, draft, count, within=dt.date.max.toordinal())
    added, ended = pairs.write(number, day)
    _write_codes(job.connection, number, day, articles, groups)
    release = systems.record_release(
        job.connection, draft, (count, len(articles)), len(rejected), stamp(job.now)
    )
    return ImportResult(
        release,
        part.name,
        "lcd",
        already_loaded=False,
        added=added,
        changed=0,
        ended=ended,
        rejected=rejected,
    )


Code = tuple[str, str, str]
"""Parent, title, attributes."""
Stated = dict[str, tuple[Code, Article]]
"""By code: what a snapshot says of it, and the article by whose dates it holds."""


def _write_codes(
    connection: Connection,
    system: int,
    day: dt.date,
    articles: Mapping[str, Article],
    groups: Mapping[str, Group],
) -> None:
    stated = _stated(articles, groups)
    rows = connection.execute(
        "SELECT id, code, parent, title, attributes, valid_from FROM code WHERE system_id = ?"
        " AND (valid_to IS NULL OR valid_to >= ?)",
        (system, day.isoformat()),
    ).fetchall()
    known = {
        code for (code,) in connection.execute(
            "SELECT DISTINCT code FROM code WHERE system_id = ?", (system,)
        )
    }  # fmt: skip
    kept = _keep_or_end(connection, rows, day, stated)
    connection.executemany(
        "INSERT INTO code (system_id, kind, code, parent, title, short_title, billable, order_key,"
        " attributes, valid_from, valid_to) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        list(_fresh(system, stated, kept, known, day)),
    )


def _stated(articles: Mapping[str, Article], groups: Mapping[str, Group]) -> Stated:
    stated: Stated = {}
    for article in articles.values():
        said = {"status": "A", "version": article.version}
        if article.contractors:
            said["contractors"] = ",".join(sorted(article.contractors))
        stated[article.id] = (("", article.title, json.dumps(said)), article)
    for group in groups.values():
        stated[group.key] = ((group.article, group.text, "{}"), articles[group.article])
    return stated


def _keep_or_end(
    connection: Connection, rows: Sequence[Sequence[Any]], day: dt.date, stated: Stated
) -> set[str]:
    """Let the rows that are still stated go on, and end the others on the day before `day`.

    Returns:
        the codes whose row goes on.
    """
    eve = (day - dt.timedelta(days=1)).isoformat()
    kept: set[str] = set()
    for row, code, parent, title, attributes, start in rows:
        new = stated.get(code)
        if new is not None and (new[0] == (parent, title, attributes) or start >= day.isoformat()):
            kept.add(code)
            end = new[1].last.isoformat() if new[1].last else None
            connection.execute(
                "UPDATE code SET parent = ?, title = ?, attributes = ?, valid_to = ? WHERE id = ?",
                (*new[0], end if end is None or end >= start else start, row),
            )
        elif start > eve:
            connection.execute("DELETE FROM code WHERE id = ?", (row,))
        else:
            connection.execute("UPDATE code SET valid_to = ? WHERE id = ?", (eve, row))
    return kept


def _fresh(
    system: int, stated: Stated, kept: set[str], known: set[str], day: dt.date
) -> Iterator[tuple[str | int | None, ...]]:
    """Rows to insert: of what no kept row says; an article known before holds from `day` on."""
    for number, (code, (value, article)) in enumerate(sorted(stated.items()), 1):
        start = max(article.first, day) if code in known else article.first
        if code not in kept and (article.last is None or article.last >= start):
            end = article.last.isoformat() if article.last else None
            parent, title, attributes = value
            row = (system, "code", code, parent, title, "", 0, number * GAP, attributes)
            yield (*row, start.isoformat(), end)
