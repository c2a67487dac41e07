"""The official ICD-10-CM files made into releases: order file, addenda, tabular list."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.order_file import (
    Addenda,
    Counts,
    OrderRecord,
    looks_like_addenda,
    looks_like_order,
    read_addenda,
    read_order,
)
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.tabular import Tabular, read_tabular
from desktop.services.coding.base.values import ICD10CM, ImportResult, NeedsDay, RejectedLine
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.packaged import nodes_of
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Key, Node, NodeWriter

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.coding.base.connection import Connection

_FEWEST_RECORDS = 80_000
"""Every ICD-10-CM order file since the first, of 2016, has more than 90,000 lines."""


def icd_draft(part: Part, kind: str, digest: str, start: dt.date) -> Draft:
    """The release of a fiscal year, or of what is left of it."""
    year = systems.fiscal_year_of(start)
    name = f"FY{year}" if start.month == 10 else f"FY{year}, from {start.isoformat()}"
    return Draft(ICD10CM, name, start, systems.fiscal_year(year)[1], kind, part.name, digest)


def start_of(job: Import, part: Part) -> dt.date:
    """First day of force: as said, by the addenda beside it, by the year in its name.

    Raises:
        RuleError: nothing says it.
    """
    return job.start or _start_by_neighbours(job, part) or _start_by_name(part)


def _start_by_name(part: Part) -> dt.date:
    found = re.search(r"(?<!\d)(20[1-9]\d)(?!\d)", part.name)
    if found is None:
        raise NeedsDay(f"{part.name} does not say for which year it is")
    return systems.fiscal_year(int(found[1]))[0]


def _start_by_neighbours(job: Import, part: Part) -> dt.date | None:
    """First day by the addenda in the same zip, whose trailer names the year."""
    for other in job.parts:
        if part.archive and other.archive == part.archive and looks_like_addenda(other.head):
            new = read_addenda(other.text()).new
            if new is not None:
                return systems.fiscal_year(new.year)[0]
    return None


def _import_order(job: Import, part: Part) -> ImportResult:
    order = read_order(part.text())
    job.progress(20, 100, f"Reading {part.name}")
    if len(order.rejected) * 20 > len(order.records):
        first = order.rejected[0]
        raise RuleError(f"{part.name} is damaged: line {first.number} is {first.text}.")
    if len(order.records) < _FEWEST_RECORDS:
        raise RuleError(
            f"{part.name} holds only {len(order.records):,} records, but every official order file "
            "has far more; it seems to be incomplete. Download it again."
        )
    start = start_of(job, part)
    draft = icd_draft(part, "order", job.digest, start)
    systems.refuse_if_shrunk(job.connection, draft, len(order.records))
    writer = NodeWriter(job.connection, systems.system_id(job.connection, ICD10CM))
    job.progress(30, 100, f"Reading {part.name}")
    nodes = nodes_around(writer, job.connection, draft, list(order.records))
    return save_release(
        job.connection, draft, nodes, job.now, job.progress, writer=writer, rejected=order.rejected
    )


def _import_addenda(job: Import, part: Part) -> ImportResult:
    addenda = read_addenda(part.text())
    old, new = addenda.old, addenda.new
    if old is None or new is None:
        raise RuleError(
            f"{part.name} lacks the counts that close the official file; download it again."
        )
    done = systems.covering(job.connection, ICD10CM, systems.fiscal_year(new.year)[0])
    if done is not None and (done.records, done.billable) == (new.headers + new.codes, new.codes):
        return ImportResult.unchanged(done, part.name, "addenda")
    start, end = systems.fiscal_year(old.year)
    base = systems.covering(job.connection, ICD10CM, end)
    if base is None or base.valid_from < start:
        raise RuleError(
            f"{part.name} changes the codes of fiscal year {old.year}, which are not loaded; "
            f"import icd10cm_order_{old.year}.txt first, or the order file of {new.year}."
        )
    number = systems.system_id(job.connection, ICD10CM)
    writer = NodeWriter(job.connection, number)
    job.progress(20, 100, f"Reading {part.name}")
    standing = writer.standing(end)
    job.progress(25, 100, f"Reading {part.name}")
    records, wrong = _apply(addenda, standing)
    job.progress(30, 100, f"Reading {part.name}")
    headers = sum(not r.billable for r in records)
    found = Counts(new.year, headers, len(records) - headers)
    loaded = Counts(old.year, base.records - base.billable, base.billable)
    for name, have, want in (("before", loaded, old), ("after", found, new)):
        if have != want:
            hint = f" (first wrong line: {wrong[0].number}, {wrong[0].text})" if wrong else ""
            raise RuleError(
                f"{part.name} closes with {want.headers:,} headers and {want.codes:,} codes "
                f"{name} its changes, but there are {have.headers:,} and {have.codes:,}; nothing "
                f"was imported. Import the full order file of {new.year} instead{hint}."
            )
    draft = icd_draft(part, "addenda", job.digest, systems.fiscal_year(new.year)[0])
    nodes = nodes_around(writer, job.connection, draft, records)
    return save_release(
        job.connection,
        draft,
        nodes,
        job.now,
        job.progress,
        writer=writer,
        rejected=(*addenda.rejected, *wrong),
    )


def _apply(
    addenda: Addenda, standing: dict[Key, Node]
) -> tuple[list[OrderRecord], list[RejectedLine]]:
    """The list after the addenda, in tabular order."""
    codes = {
        node.code: OrderRecord(node.code, node.billable, "", node.title)
        for (kind, _), node in standing.items()
        if kind == "code"
    }
    wrong: list[RejectedLine] = []
    families: dict[str, list[str]] = {}
    for code in codes:
        families.setdefault(code[:3], []).append(code)
    known = set(families)
    for number, code, _ in addenda.deleted:
        if codes.pop(code, None) is None:
            wrong.append(RejectedLine(number, f"{code} is to be deleted but was not there"))
    for number, record in addenda.revised:
        if record.code in codes:
            codes[record.code] = record
        else:
            wrong.append(RejectedLine(number, f"{record.code} is to be revised but is not there"))
    for number, record in sorted(addenda.added, key=lambda pair: pair[1].code):
        if record.code in codes:
            wrong.append(RejectedLine(number, f"{record.code} is to be added but is there"))
            continue
        codes[record.code] = record
        _place(families, record.code)
    order = [
        code for family in _in_order(families, set(families) - known) for code in families[family]
    ]
    return [codes[code] for code in order if code in codes], wrong


def _place(families: dict[str, list[str]], code: str) -> None:
    """Put a new code behind the codes of its family that come before it."""
    family = families.setdefault(code[:3], [])
    if code in family:
        return
    for length in range(len(code) - 1, 2, -1):
        near = [i for i, other in enumerate(family) if other.startswith(code[:length])]
        before = [i for i in near if family[i] < code]
        if near:
            family.insert(before[-1] + 1 if before else near[0], code)
            return
    family.append(code)


def _in_order(families: dict[str, list[str]], new: set[str]) -> list[str]:
    """Categories in tabular order, a new one behind those of its letter that come before it."""
    out = [family for family in families if family not in new]
    for family in sorted(new):
        near = [i for i, other in enumerate(out) if other[0] == family[0]]
        before = [i for i in near if out[i] < family]
        place = before[-1] + 1 if before else near[0] if near else len(out)
        out.insert(place, family)
    return out


def nodes_around(
    writer: NodeWriter, connection: Connection, draft: Draft, records: list[OrderRecord]
) -> list[Node]:
    """The records as nodes below their parents, with the chapters and sections of their time.

    A year before all loaded ones takes the headings of the first of them.
    """
    standing = writer.standing(draft.valid_from)
    if not standing:
        number = systems.system_id(connection, ICD10CM)
        following = systems.window(connection, number, draft.valid_from).following
        standing = writer.standing(following) if following else standing
    codes = {r.code for r in records}
    nodes: list[Node] = []
    section = ""
    heads = [n for n in standing.values() if n.kind != "code"]
    placed = {n.code for n in standing.values() if n.kind == "code" and len(n.code) == 3}
    pending = iter(heads)
    emitted: set[str] = set()
    for record in records:
        if len(record.code) == 3 and record.code in placed:
            section = standing[("code", record.code)].parent
            while section and section not in emitted:
                head = next(pending)
                emitted.add(head.code)
                nodes.append(head)
        parent = next(
            (
                record.code[:k]
                for k in range(len(record.code) - 1, 2, -1)
                if record.code[:k] in codes
            ),
            section,
        )
        known = standing.get(("code", record.code))
        title = record.title
        short = record.short or ("" if known is None or known.title != title else None)
        nodes.append(Node("code", record.code, parent, title, record.billable, short))
    nodes.extend(pending)
    return nodes


def _import_tabular(job: Import, part: Part) -> ImportResult:
    tabular = read_tabular(part.read())
    start = job.start or systems.fiscal_year(tabular.year)[0]
    draft = icd_draft(part, "tabular", job.digest, start)
    base = systems.covering(job.connection, ICD10CM, start)
    if base is None or base.valid_from != start:
        raise RuleError(
            f"{part.name} explains the codes of fiscal year {tabular.year}, whose code list is "
            f"not loaded yet; import icd10cm_order_{tabular.year}.txt first."
        )
    number = systems.system_id(job.connection, ICD10CM)
    writer = NodeWriter(job.connection, number)
    standing = writer.standing(start)
    codes = [node for (kind, _), node in standing.items() if kind == "code"]
    _refuse_part_of_a_list(part, tabular, {n.code for n in codes})
    explained = nodes_of(tabular, [n.code for n in codes])
    by_code = {n.code: n for n in codes}
    nodes = [
        replace(by_code[n.code], parent=n.parent) if n.kind == "code" else n for n in explained
    ]
    return save_release(
        job.connection, draft, nodes, job.now, job.progress, writer=writer, notes=tabular.notes
    )


def _refuse_part_of_a_list(part: Part, tabular: Tabular, codes: set[str]) -> None:
    explained = sum(n.kind == "code" for n in tabular.nodes)
    categories = {code for code in codes if len(code) == 3}
    missing = sorted(categories - {n.code for n in tabular.nodes if len(n.code) == 3})
    if missing:
        raise RuleError(
            f"{part.name} explains only {explained:,} codes; {len(missing):,} categories are "
            f"missing, first {missing[0]}. Choose the whole tabular list."
        )


KINDS = (
    FileKind(
        "order",
        ICD10CM,
        "the ICD-10-CM order file (icd10cm_order_YYYY.txt)",
        0,
        lambda part: looks_like_order(part.head),
        _import_order,
        replaces=frozenset({"codes", "codes_addenda"}),
        contains=frozenset({"addenda"}),
    ),
    FileKind(
        "addenda",
        ICD10CM,
        "its order addenda",
        1,
        lambda part: looks_like_addenda(part.head),
        _import_addenda,
    ),
    FileKind(
        "tabular",
        ICD10CM,
        "its tabular XML",
        2,
        lambda part: "<ICD10CM.tabular" in part.head[:4000],
        _import_tabular,
    ),
)
