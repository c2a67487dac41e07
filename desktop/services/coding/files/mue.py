"""Medically unlikely edits for practitioners: how many units of a code are likely at most.

Layout: a notice over several lines in one quoted cell, then a header whose cells may hold
line breaks: code, value, adjudication indicator (its first digit counts: 1 = per claim line,
2 = per date of service by policy, 3 = per date of service for clinical reasons), rationale.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.values import MUE, ImportResult
from desktop.services.coding.files import quarters
from desktop.services.coding.files.listing import node, save_list
from desktop.services.coding.files.streams import Reading, cell, has_header, head_of, header

if TYPE_CHECKING:
    from desktop.services.coding.base.parts import Import, Part
    from desktop.services.coding.releases.writer import Node

_CODE = re.compile(r"[0-9A-Z]{5}")
_FIELDS = {
    "code": (r"(hcpcs)?(cpt)?code", r"hcpcs.*code"),
    "value": (r".*mues?values?", r".*muevalue.*"),
    "indicator": (r".*adjudicationindicator.*", "mai"),
    "rationale": (r".*rationale.*",),
}


def _recognise(part: Part) -> bool:
    return has_header(part, _FIELDS, "code value indicator")


def _read(reading: Reading) -> dict[str, Node]:
    rows = reading.rows()
    columns = header(reading, rows, _FIELDS, "code value indicator")
    found: dict[str, Node] = {}
    for number, cells in rows:
        code, value, indicator, rationale = (
            cell(cells, columns.get(name)) for name in ("code", "value", "indicator", "rationale")
        )
        if not _CODE.fullmatch(code):
            reading.reject(number, f"“{code[:12]}” is no code")
        elif not re.fullmatch(r"[0-9]{1,6}", value):
            reading.reject(number, f"the value “{value[:12]}” of {code} is no number")
        elif indicator[:1] not in {"1", "2", "3"}:
            reading.reject(number, f"the indicator of {code} does not begin with 1, 2 or 3")
        elif code in found:
            reading.reject(number, f"{code} stands twice")
        else:
            attributes = {"value": value, "indicator": indicator[0], "rationale": rationale}
            found[code] = node(code, "", attributes)
            reading.kept += 1
            if reading.kept % 2000 == 0:
                reading.report()
    reading.finish("codes with units")
    return found


def _import(job: Import, part: Part) -> ImportResult:
    head = head_of(part)
    if "practitioner" not in head:
        raise RuleError(
            f"{part.name} holds the units of hospitals or suppliers; a practice needs the "
            "practitioners' list."
        )
    start = job.start or quarters.day_by_name(part.name)
    if start is None:
        raise quarters.ask_for_day(part)
    reading = Reading(job, part)
    found = _read(reading)
    draft = quarters.quarterly(job, part, MUE, "mue", start)
    return save_list(job, draft, found.values(), reading)


KINDS = quarters.text_and_workbook(
    "mue", MUE, "the medically unlikely units (MUE)", 32, _recognise, _import
)
