"""Claim records as stored JSON, fast in both directions.

`to_plain` and `from_plain` ask the types anew for each value; a batch of ten thousand claims
has a million values, so here one reader and one writer is made for each type, once.
"""

from __future__ import annotations

import datetime as dt
import json
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from desktop.models.values.claim_record import ClaimRecord, PayerRecord, ProviderRecord
from desktop.models.values.money import Money

_Convert = Callable[[Any], Any]
_REPEATED = (ProviderRecord, PayerRecord)
_MOST_REMEMBERED = 500


def dump(record: ClaimRecord) -> str:
    """The record as canonical JSON: sorted keys, no spaces, fields at their default left out."""
    return json.dumps(_writer(ClaimRecord)(record), sort_keys=True, separators=(",", ":"))


def load(text: str) -> ClaimRecord:
    """The record of stored JSON.

    Raises:
        ValueError, KeyError, TypeError: the text is not such a record.
    """
    record: ClaimRecord = _reader(ClaimRecord)(json.loads(text))
    return record


def _same(value: object) -> object:
    return value


@cache
def _reader(kind: object) -> _Convert:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(_without_none(kind))
        if inner is _same:
            return _same
        return lambda plain: None if plain is None else inner(plain)
    if origin is tuple:
        return _tuple_of([_reader(a) for a in _members(kind)], _is_open(kind))
    if kind is Money:
        return cache(Money.parse)
    if kind is dt.date:
        return cache(dt.date.fromisoformat)
    if kind is Decimal:
        return cache(Decimal)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return cache(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        read = _record_reader(kind)
        return _remembered(read) if kind in _REPEATED else read
    return _same


def _remembered(read: _Convert) -> _Convert:
    """A reader that gives the same record for the same JSON: a batch names few providers.

    Frozen records can be shared. Comparing the parsed JSON costs a tenth of building anew.
    """
    known: dict[tuple[Any, Any], tuple[dict[str, Any], Any]] = {}

    def read_once(plain: dict[str, Any]) -> object:
        name = plain.get("name")
        key = (plain.get("npi") or plain.get("electronic_id"), str(name))
        found = known.get(key)
        if found is not None and found[0] == plain:
            return found[1]
        pristine = json.loads(json.dumps(plain))
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        record = read(plain)
        known[key] = (pristine, record)
        return record

    return read_once


def _record_reader(kind: type) -> _Convert:
    hints = typing.get_type_hints(kind)
    readers = {f.name: _reader(hints[f.name]) for f in fields(kind)}
    changing = {name: convert for name, convert in readers.items() if convert is not _same}

    def read(plain: dict[str, Any]) -> object:
        # The dict was parsed for this record alone: what JSON has as it is stays where it is.
        for name, value in plain.items():
            convert = changing.get(name)
            if convert is not None:
                plain[name] = convert(value)
        return kind(**plain)

    return read


@cache
def _writer(kind: object) -> _Convert:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        inner = _writer(_without_none(kind))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_of([_writer(a) for a in _members(kind)], _is_open(kind))
    if kind in (Money, Decimal):
        return str
    if kind is dt.date:
        return dt.date.isoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value: value.value
    if isinstance(kind, type) and is_dataclass(kind):
        return _record_writer(kind)
    return _same


def _record_writer(kind: type) -> _Convert:
    hints = typing.get_type_hints(kind)
    parts = [(f.name, _writer(hints[f.name]), f.default) for f in fields(kind)]

    def write(record: object) -> dict[str, Any]:
        plain = {}
        for name, convert, default in parts:
            value = getattr(record, name)
            if default is MISSING or value != default:
                plain[name] = convert(value)
        return plain

    return write


def _without_none(kind: object) -> object:
    return next(a for a in typing.get_args(kind) if a is not type(None))


def _members(kind: object) -> list[Any]:
    return [a for a in typing.get_args(kind) if a is not Ellipsis]


def _is_open(kind: object) -> bool:
    return typing.get_args(kind)[-1] is Ellipsis


def _tuple_of(converts: list[_Convert], is_open: bool) -> _Convert:
    if is_open:
        only = converts[0]
        if only is _same:
            return tuple
        return lambda items: tuple([only(item) for item in items])
    return lambda items: tuple([c(item) for c, item in zip(converts, items, strict=True)])
