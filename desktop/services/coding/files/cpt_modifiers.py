"""Modifiers beside the CPT lists: ``Modifiers`` (header, tabs or workbook) and ``MODUL``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import CPT, MODIFIER, ImportResult
from desktop.services.coding.files import modifiers
from desktop.services.coding.files.cpt import day_of, head_of, release_of, rows_of, start_of
from desktop.services.coding.files.streams import Reading, named_rows, squeezed
from desktop.services.coding.releases.writer import Node

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_CODE = re.compile(r"[0-9A-Z]{2}")
_LINE = re.compile(r"([0-9A-Z]{2}) {1,3}([^:\t]{3,120}):\s*(.*)")


def _is_header(cells: Sequence[str]) -> bool:
    return {"modifier code", "modifier name"} <= {squeezed(cell) for cell in cells}


def _is_table(part: Part) -> bool:
    return any(_is_header(line.split("\t")) for line in head_of(part).split("\n")[:200])


def _is_modul(part: Part) -> bool:
    """Most lines are a modifier with its title before a colon; texts may run on."""
    if part.is_workbook:
        return False
    lines = [line for line in part.head.split("\n") if line.strip()]
    found = [line for line in lines if _LINE.match(line)]
    return len(found) >= 2 and len(found) * 2 >= len(lines)


def _node(code: str, name: str, text: str) -> Node:
    attributes = {"source": CPT} | ({"text": text} if text else {})
    return Node(
        "code",
        code,
        "",
        name,
        billable=True,
        short="",
        attributes=json.dumps(attributes, ensure_ascii=False),
    )


def _import_table(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    nodes: dict[str, Node] = {}
    days: list[dt.date] = []
    for number, row in named_rows(rows_of(reading), _is_header):
        code, name = row.get("modifier code", ""), row.get("modifier name", "")
        if _CODE.fullmatch(code) is None or not name:
            reading.reject(number, "no modifier with its name")
        elif code in nodes:
            reading.reject(number, f"{code} stands twice")
        else:
            reading.kept += 1
            nodes[code] = _node(code, name, row.get("modifier description", ""))
            days += filter(None, [day_of(row.get("modifier descriptor effective", ""))])
    return _save(job, reading, nodes, days, "cpt_modifiers")


def _import_modul(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    found: dict[str, tuple[str, list[str]]] = {}
    last = ""
    with reading.text(newline=None) as lines:
        for number, line in enumerate(lines, 1):
            match = _LINE.match(line.strip())
            if match is None:
                if last and line.strip():
                    found[last][1].append(line.strip())
            elif match[1] in found:
                reading.reject(number, f"{match[1]} stands twice")
            else:
                reading.kept += 1
                last = match[1]
                found[last] = (match[2].strip(), [match[3].strip()])
    nodes = {code: _node(code, name, " ".join(text)) for code, (name, text) in found.items()}
    return _save(job, reading, nodes, [], "cpt_modul")


def _save(
    job: Import, reading: Reading, nodes: dict[str, Node], days: list[dt.date], kind: str
) -> ImportResult:
    reading.refuse_damaged()
    if not nodes:
        raise RuleError(f"{reading.part.name} holds no modifiers; choose the whole list.")
    start = start_of(job, reading.part, perhaps=days)
    draft = release_of(reading.part, kind, start, job.digest)
    return modifiers.save(job, draft, list(nodes.values()), tuple(reading.rejected))


KINDS = (
    FileKind(
        "cpt_modifiers",
        MODIFIER,
        "",
        21,
        lambda part: not part.is_workbook and _is_table(part),
        _import_table,
        replaces=frozenset({"cpt_modul", "cpt_modifiers_xlsx"}),
        licence=CPT,
    ),
    FileKind(
        "cpt_modifiers_xlsx",
        MODIFIER,
        "",
        21,
        lambda part: part.is_workbook and _is_table(part),
        _import_table,
        replaces=frozenset({"cpt_modul"}),
        licence=CPT,
    ),
    FileKind("cpt_modul", MODIFIER, "", 21, _is_modul, _import_modul, licence=CPT),
)
