"""The codes file of ICD-10-CM, which lists billable codes alone, and its addenda.

The order file says more (headings, short titles) and stands for it where both come. Alone, its
codes are put below the headings of the loaded release nearest in time; for a year that is
loaded it is a check of that year.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.order_file import OrderRecord
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import ICD10CM, ImportResult, NeedsDay
from desktop.services.coding.files.icd10cm import icd_draft, nodes_around, start_of
from desktop.services.coding.files.streams import Reading
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.writer import Key, Node, NodeWriter

if TYPE_CHECKING:
    import datetime as dt

_FEWEST_CODES = 60_000
"""Every list since the first, of 2016, has more than 69,000."""

_LINE = re.compile(r"(?=\D*\d)([A-Z][0-9A-Z]{2,6}) {1,5}(\S.*)")
_ADDENDA = re.compile(r"(Add|Delete|Revise from|Revise to): +[A-Z][0-9A-Z]{2,6} +\S")


def _written(part: Part) -> list[str]:
    return [line for line in part.head[:4000].split("\n") if line.strip()][:3]


def _is_line(line: str) -> bool:
    found = _LINE.fullmatch(line.rstrip())
    return found is not None and found.start(2) == 8


def _is_codes(part: Part) -> bool:
    lines = _written(part)
    return len(lines) > 1 and all(_is_line(line) for line in lines[:2])


def _is_addenda(part: Part) -> bool:
    return any(_ADDENDA.match(line) for line in _written(part)[:1])


def _read(reading: Reading) -> dict[str, str]:
    """Titles by code, in the order of the file."""
    titles: dict[str, str] = {}
    with reading.text(newline=None) as text:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            code = line[:7].strip()
            if not _is_line(line):
                reading.reject(number, "not a line of the codes file")
            elif code in titles:
                reading.reject(number, f"{code} stands twice")
            else:
                titles[code] = " ".join(line[8:].split())
                reading.kept += 1
                if reading.kept % 5000 == 0:
                    reading.report("codes")
    reading.refuse_damaged()
    return titles


def _import(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    titles = _read(reading)
    if len(titles) < _FEWEST_CODES:
        raise RuleError(
            f"{part.name} holds only {len(titles):,} codes, but every official list has far more; "
            "it seems to be incomplete. Download it again."
        )
    start = start_of(job, part)
    writer = NodeWriter(job.connection, systems.system_id(job.connection, ICD10CM))
    standing = _nearest(job, part, writer, start)
    billable = {code for (_, code), node in standing.items() if node.billable}
    loaded = systems.covering(job.connection, ICD10CM, start)
    if loaded is not None and loaded.valid_from == start:
        _refuse_difference(part, loaded.name, billable, set(titles))
    elif len(titles) * 10 < len(billable) * 9:
        raise RuleError(
            f"{part.name} holds {len(titles):,} codes, far fewer than the {len(billable):,} loaded;"
            " it seems to be incomplete. Download it again."
        )
    records = _with_headings(titles, standing)
    draft = icd_draft(part, "codes", job.digest, start)
    nodes = nodes_around(writer, job.connection, draft, records)
    return save_release(
        job.connection,
        draft,
        nodes,
        job.now,
        job.progress,
        writer=writer,
        rejected=tuple(reading.rejected),
    )


def _nearest(job: Import, part: Part, writer: NodeWriter, start: dt.date) -> dict[Key, Node]:
    """All nodes of the release that begins nearest to a day.

    Raises:
        RuleError: none is loaded, so that no heading is known.
    """
    loaded = systems.all_releases(job.connection, ICD10CM)
    near = min(loaded, key=lambda r: abs(r.valid_from - start), default=None)
    if near is None:
        year = systems.fiscal_year_of(start)
        raise RuleError(
            f"{part.name} lists billable codes without their headings, and no release is loaded to "
            f"take them from; import icd10cm_order_{year}.txt instead."
        )
    return writer.standing(near.valid_from)


def _refuse_difference(part: Part, name: str, loaded: set[str], listed: set[str]) -> None:
    missing, more = loaded - listed, listed - loaded
    if missing or more:
        example = min(missing | more)
        raise NeedsDay(
            f"{part.name} and the loaded {name} differ in {len(missing) + len(more):,} codes, such "
            f"as {systems.dotted(example, 3)}, as an update within the year would",
            "2026-04-01",
        )


def _with_headings(titles: dict[str, str], standing: dict[Key, Node]) -> list[OrderRecord]:
    """The codes with the headings above them, as the order file has them.

    A code that now has codes below it is a heading; one that is new as a heading has no title
    in this file and is left out.
    """
    heads = {code: node.title for (kind, code), node in standing.items() if kind == "code"}
    records: list[OrderRecord] = []
    seen: set[str] = set()
    for code, title in titles.items():
        for length in range(3, len(code)):
            above = code[:length]
            if above in heads and above not in seen and above not in titles:
                seen.add(above)
                records.append(OrderRecord(above, billable=False, short="", title=heads[above]))
        records.append(OrderRecord(code, billable=True, short="", title=title))
    return records


def _refuse_addenda(_job: Import, part: Part) -> ImportResult:
    raise RuleError(
        f"{part.name} lists the changes of billable codes without their headings; import the order "
        "addenda (icd10cm_order_addenda_YYYY.txt) or the order file of the year instead."
    )


KINDS = (
    FileKind("codes", ICD10CM, "its codes file", 1, _is_codes, _import),
    FileKind("codes_addenda", ICD10CM, "", 1, _is_addenda, _refuse_addenda),
)
