"""The vectors of all search terms, kept beside the code sets: derived data, made once.

Each distinct text of a search term has one row of small integers. The file is named by the
code-set file (``codes.vectors``) and knows its texts by their hashes alone, so a new release
makes vectors for its new texts only, and a lost file is made again. It is no part of backups.

Numpy is optional, so each function that computes imports it itself.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from desktop.errors import EnvironmentProblem
from desktop.services.coding.vectors.model import NAME, WIDTH, Encoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.base.values import Progress

SUFFIX: Final = ".vectors"
KEPT: Final = 192
"""Numbers of a vector that are kept: the directions in which terms differ most."""
_TELLING: Final = 96
"""Numbers of a vector, those that differ most, by which the terms to look at are picked."""
_LOOKED_AT: Final = 1_000
"""Terms so picked: of the sixty nearest terms of a text one in six hundred is missed."""
_MAGIC: Final = b"claimstead vectors 1\n"
_ENOUGH_TO_TURN: Final = 2_000
"""Texts from which the directions are found; fewer keep the model's own first ones."""
_STEP: Final = 4_096
"""Texts between two saved states, so that a cancelled run is continued."""

_REMEMBERED: Final = 256
"""Texts whose vectors are kept: the spelled-out form often stays while one types."""

Array = Any
"""A numpy array; numpy is optional."""

_encoder_lock = threading.Lock()
_encoders: list[Encoder] = []


def encoder() -> Encoder:
    """The model, loaded once for the whole program.

    Raises:
        RuleError: an optional package is missing.
    """
    with _encoder_lock:
        if not _encoders:
            _encoders.append(Encoder())
        return _encoders[0]


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the file holds.

    Attributes:
        turn: float32 of shape (384, 192); from the model's vector to what is kept.
        keys: uint64, one hash a row.
        rows: int8 of shape (number of texts, 192).
    """

    turn: Array
    keys: Array
    rows: Array


class Meaning:
    """Finds the terms of one code system that mean nearly the same as a text."""

    def __init__(self, stored: _Stored, terms: dict[int, list[int]]) -> None:
        import numpy as np

        at = {int(key): i for i, key in enumerate(stored.keys)}
        wanted = [(at[key], numbers) for key, numbers in terms.items() if key in at]
        matrix = stored.rows[[row for row, _ in wanted]].astype(np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True) + 1e-9
        # The directions stand in the order of what they tell, the least telling first.
        self._most = np.ascontiguousarray(matrix[:, -_TELLING:])
        self._rest = np.ascontiguousarray(matrix[:, :-_TELLING])
        self._numbers = [numbers for _, numbers in wanted]
        self._turn = stored.turn
        self._known: dict[str, Array] = {}
        self._lock = threading.Lock()

    def near(self, texts: Sequence[str], most: int) -> list[tuple[int, float]]:
        """Numbers of the nearest terms with their likeness to the nearest of the texts.

        Returns:
            pairs of term number and cosine, in no order.
        """
        import numpy as np

        asked = self._vectors(texts)
        count = min(most, len(self._numbers))
        if not count or not asked:
            return []
        best: dict[int, float] = {}
        for vector in asked:
            # One vector at a time: for several, the matrix library would copy all rows first.
            rough = self._most @ vector[-_TELLING:]
            some = min(max(_LOOKED_AT, count), len(rough))
            rows = np.argpartition(rough, len(rough) - some)[-some:]
            likeness = rough[rows] + self._rest[rows] @ vector[:-_TELLING]
            for i in np.argpartition(likeness, some - count)[-count:]:
                row, value = int(rows[i]), float(likeness[i])
                best[row] = max(best.get(row, -1.0), value)
        nearest = heapq.nlargest(count, best.items(), key=lambda pair: pair[1])
        return [(number, value) for row, value in nearest for number in self._numbers[row]]

    def _vectors(self, texts: Sequence[str]) -> list[Array]:
        """Unit vectors of texts in the kept directions; those asked for lately are remembered."""
        import numpy as np

        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        lacking = [text for text in dict.fromkeys(texts) if text not in found]
        if lacking:
            rows = encoder().encode_few(lacking) @ self._turn
            rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
            found.update(zip(lacking, rows, strict=True))
        with self._lock:
            self._known.update(found)
            while len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        return [found[text] for text in texts]


_open_lock = threading.Lock()
_open: dict[tuple[Path, int], tuple[tuple[object, ...], Meaning]] = {}


def meaning(path: Path, connection: Connection, system: int, progress: Progress) -> Meaning:
    """The vectors of a system's terms, made where they are missing; kept while terms stay.

    Args:
        path: the code-set file.
        connection: an open connection to it.
        system: the code system's number.
        progress: hears how far the making is; may raise `Cancelled`, what was made is kept.

    Raises:
        RuleError: an optional package is missing.
        EnvironmentProblem: the file cannot be written.
    """
    model = encoder()
    state = connection.execute(
        "SELECT (SELECT MAX(id) FROM search_term), COUNT(*), MAX(f.id), MAX(f.imported_at)"
        " FROM release r JOIN release_file f ON f.release_id = r.id WHERE r.system_id = ?",
        (system,),
    ).fetchone()
    key = (path.resolve(), system)
    with _open_lock:
        known = _open.get(key)
        if known is not None and known[0] == tuple(state):
            return known[1]
        terms, texts = _terms(connection, system)
        stored = _complete(path.with_suffix(SUFFIX), texts, model, progress)
        found = Meaning(stored, terms)
        _open[key] = (tuple(state), found)
        return found


def ready(path: Path, connection: Connection, system: int) -> bool:
    """Whether every term of a system has its vector already."""
    if (path.resolve(), system) in _open:
        return True
    stored = _read(path.with_suffix(SUFFIX))
    if stored is None:
        return False
    return _terms(connection, system)[0].keys() <= {int(key) for key in stored.keys}


def _terms(connection: Connection, system: int) -> tuple[dict[int, list[int]], dict[int, str]]:
    """Term numbers and text by the text's hash."""
    numbers: dict[int, list[int]] = {}
    texts: dict[int, str] = {}
    for number, text in connection.execute(
        "SELECT id, text FROM search_term WHERE system_id = ?", (system,)
    ):
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "little")
        numbers.setdefault(key, []).append(number)
        texts[key] = text
    return numbers, texts


def _complete(path: Path, texts: dict[int, str], model: Encoder, progress: Progress) -> _Stored:
    """What is stored, with the texts that it lacked."""
    import numpy as np

    stored = _read(path)
    have = set() if stored is None else {int(key) for key in stored.keys}
    lacking = sorted((key for key in texts if key not in have), key=lambda k: len(texts[k]))
    done = 0

    def told(count: int) -> None:
        progress(done + count, len(lacking), "Preparing the search by meaning")

    if lacking:
        told(0)
    if stored is None:
        sample = lacking[:: max(1, len(lacking) // _ENOUGH_TO_TURN)]
        turn = _directions(model.encode([texts[key] for key in sample]))
        empty = np.zeros((0, KEPT), np.int8)
        stored = _Stored(turn, np.zeros(0, np.uint64), empty)
    while done < len(lacking):
        keys = lacking[done : done + _STEP]
        rows = model.encode([texts[key] for key in keys], told) @ stored.turn
        rows *= 127 / (np.abs(rows).max(axis=1, keepdims=True) + 1e-9)
        stored = _Stored(
            stored.turn,
            np.concatenate([stored.keys, np.array(keys, np.uint64)]),
            np.concatenate([stored.rows, np.round(rows).astype(np.int8)]),
        )
        _write(path, stored)
        done += len(keys)
    return stored


def _directions(vectors: Array) -> Array:
    """The directions in which vectors differ most (those of their second moments)."""
    import numpy as np

    if len(vectors) < _ENOUGH_TO_TURN:
        return np.eye(WIDTH, KEPT, dtype=np.float32)
    _, found = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(found[:, -KEPT:], dtype=np.float32)


def _read(path: Path) -> _Stored | None:
    """The file's content; None when there is none, or it is another version or damaged."""
    import numpy as np

    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, _, rest = data.removeprefix(_MAGIC).partition(b"\n")
    try:
        about = json.loads(head) if data.startswith(_MAGIC) else {}
        count = int(about["count"])
        if about["model"] != NAME or about["kept"] != KEPT:
            return None
    except (ValueError, KeyError, TypeError):
        return None
    turn_size, key_size = WIDTH * KEPT * 4, count * 8
    if len(rest) != turn_size + key_size + count * KEPT:
        return None
    turn = np.frombuffer(rest, np.float32, WIDTH * KEPT).reshape(WIDTH, KEPT)
    keys = np.frombuffer(rest, np.uint64, count, turn_size)
    rows = np.frombuffer(rest, np.int8, count * KEPT, turn_size + key_size)
    return _Stored(turn, keys, rows.reshape(count, KEPT))


def _write(path: Path, stored: _Stored) -> None:
    about = json.dumps({"model": NAME, "kept": KEPT, "count": len(stored.keys)})
    new = path.with_name(path.name + ".new")
    try:
        with new.open("wb") as file:
            file.write(_MAGIC + about.encode() + b"\n")
            for part in (stored.turn, stored.keys, stored.rows):
                file.write(part.tobytes())
        new.replace(path)
    except OSError as e:
        raise EnvironmentProblem(
            f"The search's vectors could not be saved ({e}); free some space and try again."
        ) from e
