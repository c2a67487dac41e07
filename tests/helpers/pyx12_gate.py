"""An independent judge of the files we write: pyx12 must find no error at all."""

from __future__ import annotations

import functools
import io
import json
import logging
from typing import TYPE_CHECKING

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

if TYPE_CHECKING:
    from collections.abc import Iterator

# Loading a map takes longer than judging a file by it; a map is only read by the judge.
_load = pyx12.map_if.load_map_file


@functools.cache
def _cached_map(name: str) -> object:
    return _load(name, pyx12.params.params(), None)


def _load_once(name: str, _param: object, _path: object = None) -> object:
    return _cached_map(name)


def findings(data: bytes) -> list[str]:
    """What pyx12 finds wrong, one sentence each; empty when the file is clean."""
    errors = io.StringIO()
    answer = io.StringIO()
    logger = logging.getLogger("pyx12")
    level, logger.level = logger.level, logging.CRITICAL + 1
    pyx12.map_if.load_map_file = _load_once
    try:
        valid = pyx12.x12n_document.x12n_document(
            param=pyx12.params.params(),
            src_file=io.StringIO(data.decode("ascii")),
            fd_997=answer,
            fd_html=None,
            fd_xmldoc=None,
            fd_json=errors,
        )
    finally:
        pyx12.map_if.load_map_file = _load
        logger.level = level
    found = list(_errors(json.loads(errors.getvalue() or "{}")))
    if not valid and not found:
        found.append("pyx12 refuses the file without naming an error: " + answer.getvalue()[:500])
    return found


def _errors(node: object, where: str = "file") -> Iterator[str]:
    """Every error of pyx12's report, with the segment that it stands under."""
    if isinstance(node, dict):
        if node.get("seg_id"):
            where = f"{node['seg_id']} at {node.get('seg_count', '?')}"
        if node.get("err_cde"):
            yield f"{where}: {node['err_cde']} {node.get('err_str', '')}"
        for value in node.values():
            yield from _errors(value, where)
    elif isinstance(node, list):
        for value in node:
            yield from _errors(value, where)


def assert_x12_clean(data: bytes) -> None:
    """Fail with pyx12's findings; for the kinds that it knows (837P, 835, 277CA, 999)."""
    found = findings(data)
    assert not found, "\n".join([*found[:20], data.decode("ascii").replace("~", "~\n")[:6000]])


def assert_837p_clean(data: bytes) -> None:
    """Fail unless the file is an 837P without any finding."""
    assert b"*005010X222A1~" in data
    assert_x12_clean(data)
