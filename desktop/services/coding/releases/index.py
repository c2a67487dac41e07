"""Builds the search index: which words lead to which terms of which codes.

A term is one phrase that means a code: its title, an inclusion term, a line of an index. Codes
that differ from the code above them by a 7th character or a side alone share its term; the
search finds the stem and picks among them. Terms have validity intervals like everything
else, so a new release adds a few postings and touches no other.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.coding.base.connection import edition, keep_edition
from desktop.services.coding.base.intervals import Span
from desktop.services.coding.base.values import NoteKind, Progress
from desktop.services.coding.base.words import grams, index_tokens
from desktop.services.coding.releases.writer import Node, NoteKey, Window, day, store_flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.base.tabular import TabularNote

TITLE = "title"
INCLUSION = "inclusion"
INCLUDES = "includes"

INDEX_KINDS = frozenset({"index", "eindex", "neoplasm", "drug"})
"""Terms of the Alphabetic Index, which comes in files of its own."""

EDITION = 2
"""Raise it when a text is found by other words than before: older files are indexed anew."""

LENGTH_BITS = 6
"""A posting is term id << 6 | number of telling words, at most 63."""

_INDEXED_NOTES = {NoteKind.INCLUSION_TERM: INCLUSION, NoteKind.INCLUDES: INCLUDES}


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase that leads to a code."""

    code: str
    kind: str
    text: str


def terms_of(nodes: Iterable[Node], notes: Iterable[TabularNote]) -> list[Term]:
    """The terms that a release's codes and notes give."""
    titles = {n.code: n.title for n in nodes if n.kind == "code"}
    out = [
        Term(n.code, TITLE, n.title) for n in nodes if n.kind == "code" and not _shares(n, titles)
    ]
    for note in notes:
        kind = _INDEXED_NOTES.get(note.kind)
        if kind is not None and note.node_kind == "code" and note.node in titles:
            out.append(Term(note.node, kind, note.text))
    return out


def _shares(node: Node, titles: dict[str, str]) -> bool:
    """Whether a 7-character code adds only “, …” to the title above it."""
    above = titles.get(node.parent)
    return len(node.code) == 7 and above is not None and node.title.startswith(above + ", ")


def write_terms(
    connection: Connection,
    window: Window,
    terms: Iterable[Term],
    progress: Progress,
    *,
    kind: str = "",
    mine: Callable[[str], bool] | None = None,
) -> int:
    """Make `terms` the whole of what leads to this release's codes, and index the new ones.

    Args:
        connection: an open ``codes.db`` with a transaction.
        window: when the release holds.
        terms: the phrases.
        progress: see `Progress`.
        kind: of an index file, the kind that it is the whole of; empty = all kinds but those.
        mine: the codes that the list speaks of; None = all. Terms of others are left alone.

    Returns:
        how many terms are new.
    """
    spans: dict[NoteKey, list[Span[bool]]] = {}
    for row_id, v0, v1, *key in connection.execute(
        "SELECT id, valid_from, valid_to, code, kind, text FROM search_term WHERE system_id = ?"
        " ORDER BY valid_from",
        (window.system_id,),
    ):
        if (key[1] != kind if kind else key[1] in INDEX_KINDS) or (mine and not mine(key[0])):
            continue
        end = None if v1 is None else day(v1)
        spans.setdefault(tuple(key), []).append(Span(row_id, day(v0), end, True))  # noqa: FBT003
    incoming: dict[NoteKey, bool] = {(t.code, t.kind, t.text): True for t in terms}
    fresh = store_flags(connection, "search_term", window, spans, incoming)
    number = connection.execute("SELECT COALESCE(MAX(id), 0) FROM search_term").fetchone()[0]
    rows = []
    postings: dict[str, array[int]] = {}
    for done, (key, v0, v1) in enumerate(fresh):
        if done % 4000 == 0:
            progress(done, len(fresh), "Indexing words")
        number += 1
        rows.append((number, window.system_id, *key, v0, v1))
        _post(postings, number, str(key[2]))
    connection.executemany(
        "INSERT INTO search_term (id, system_id, code, kind, text, valid_from, valid_to)"
        " VALUES (?,?,?,?,?,?,?)",
        rows,
    )
    _add_postings(connection, window.system_id, postings)
    return len(fresh)


def keep_current(connection: Connection, progress: Progress) -> None:
    """Index all terms anew where an earlier edition of the program did; else do nothing.

    The caller holds the transaction.
    """
    if edition(connection) == EDITION:
        return
    connection.execute("DELETE FROM search_word")
    connection.execute("DELETE FROM search_gram")
    for (system,) in connection.execute("SELECT id FROM code_system").fetchall():
        postings: dict[str, array[int]] = {}
        terms = connection.execute(
            "SELECT id, text FROM search_term WHERE system_id = ? ORDER BY id", (system,)
        ).fetchall()
        for done, (number, text) in enumerate(terms):
            if done % 4000 == 0:
                progress(done, len(terms), "Indexing words")
            _post(postings, number, text)
        _add_postings(connection, system, postings)
    keep_edition(connection, EDITION)


def _post(postings: dict[str, array[int]], number: int, text: str) -> None:
    """Note which words lead to a term."""
    words, length = index_tokens(text)
    packed = number << LENGTH_BITS | min(length, (1 << LENGTH_BITS) - 1)
    for word in words:
        found = postings.get(word)
        if found is None:
            found = postings[word] = array("Q")
        found.append(packed)


def _add_postings(connection: Connection, system: int, postings: dict[str, array[int]]) -> None:
    known = {
        word
        for (word,) in connection.execute(
            "SELECT word FROM search_word WHERE system_id = ?", (system,)
        )
    }
    connection.executemany(
        "UPDATE search_word SET terms = CAST(terms || ? AS BLOB), hits = hits + ?"
        " WHERE system_id = ? AND word = ?",
        [(p.tobytes(), len(p), system, w) for w, p in postings.items() if w in known],
    )
    new = sorted(postings.keys() - known)
    connection.executemany(
        "INSERT INTO search_word (system_id, word, hits, terms) VALUES (?,?,?,?)",
        [(system, w, len(postings[w]), postings[w].tobytes()) for w in new],
    )
    by_gram: dict[str, list[str]] = {}
    for word in new:
        if len(word) > 2 and not word.isdigit():
            for gram in grams(word):
                by_gram.setdefault(gram, []).append(word)
    connection.executemany(
        "INSERT INTO search_gram (system_id, gram, words) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (system_id, gram) DO UPDATE SET words = words || ' ' || excluded.words",
        [(system, gram, " ".join(words)) for gram, words in sorted(by_gram.items())],
    )
