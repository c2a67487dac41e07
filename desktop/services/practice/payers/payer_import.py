"""Payers taken over from a clearinghouse's list: shown row by row before anything is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.models.values import text as plain_text
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.lists.payers import (
    FIELDS,
    PayerFile,
    check_mapping,
    kind_of,
    read_payers,
)
from desktop.services.practice.payers import payers
from desktop.services.practice.payers.payers import PayerDraft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_REPORT_EVERY = 50


class RowResult(StrEnum):
    """What a row of the list does to the practice's payers."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a known payer that the list states otherwise."""

    field: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """``Phone: 5125550100 instead of 5125550199``."""
        return f"{FIELDS[self.field]}: {self.after} instead of {self.before or 'nothing'}"


@dataclass(frozen=True, slots=True)
class PayerRow:
    """One row of the list and what it does, or would do.

    Attributes:
        number: as a spreadsheet counts it.
        changes: for `RowResult.CHANGED`.
        why: for `RowResult.REJECTED`, a sentence.
    """

    number: int
    name: str
    electronic_id: str
    result: RowResult
    changes: tuple[FieldChange, ...] = ()
    why: str = ""

    @property
    def text(self) -> str:
        """One line for a report."""
        said = self.why or "; ".join(change.text for change in self.changes)
        what = f"Row {self.number}, {self.name or 'no name'} ({self.electronic_id}): {self.result}"
        return f"{what}. {said}".rstrip(". ") + "."


@dataclass(frozen=True, slots=True)
class PayerImport:
    """What a whole list does, or did."""

    rows: tuple[PayerRow, ...]

    def count(self, result: RowResult) -> int:
        """How many rows do this."""
        return sum(row.result is result for row in self.rows)

    @property
    def text(self) -> str:
        """One sentence for the status line."""
        return ", ".join(f"{self.count(each):,} {each}" for each in RowResult) + "."


@dataclass
class _Known:
    """The practice's payers by id and by name."""

    by_id: dict[str, list[PayerDraft]] = field(default_factory=dict)
    by_name: dict[str, list[PayerDraft]] = field(default_factory=dict)

    def add(self, payer: PayerDraft) -> None:
        """Know one more."""
        if payer.electronic_id:
            self.by_id.setdefault(payer.electronic_id, []).append(payer)
        else:
            self.by_name.setdefault(plain_text.fold(payer.name), []).append(payer)

    def matching(self, name: str, electronic_id: str) -> PayerDraft | None:
        """The payer of this id, or the one of this name that has none yet.

        Raises:
            RuleError: several have the id, and none of them the name.
        """
        found = self.by_id.get(electronic_id) or self.by_name.get(plain_text.fold(name)) or []
        same = [payer for payer in found if plain_text.fold(payer.name) == plain_text.fold(name)]
        if len(found) > 1 and len(same) != 1:
            raise RuleError(
                f"{len(found)} payers have the id {electronic_id}; change the right one by hand."
            )
        return next(iter(same or found), None)


@needs(Permission.SET_UP)
def preview_payers(
    work: Work, file: PayerFile, mapping: Mapping[str, int], limit: int = 20
) -> PayerImport:
    """What the first rows would do; nothing is kept.

    Raises:
        RuleError: the mapping is not complete.
    """
    planned = _planned(work, replace(file, rows=file.rows[:limit]), mapping)
    return PayerImport(tuple(row for row, _ in planned))


@needs(Permission.SET_UP)
def import_payers(work: Work, data: bytes, mapping: Mapping[str, int]) -> PayerImport:
    """Add the payers of a list, and change those whose electronic id is known.

    An empty cell changes nothing, and what is not in the mapping stays as it is. A wrong row is
    left out and named; the others are kept.

    Args:
        work: the writer's.
        data: the file.
        mapping: fields of `payer_file.FIELDS` to columns from 0.

    Raises:
        RuleError: the file cannot be read, or the mapping is not complete.
        Cancelled: from the progress of the work; nothing is kept.
    """
    file = read_payers(data)
    rows = []
    for row, draft in _planned(work, file, mapping):
        if draft is not None:
            payers.save(work, draft)
        rows.append(row)
        if len(rows) % _REPORT_EVERY == 0:
            text = f"Reading payers: {len(rows):,} of {len(file.rows):,}"
            work.progress.report(len(rows), len(file.rows), text)
    return PayerImport(tuple(rows))


def _planned(
    work: Work, file: PayerFile, mapping: Mapping[str, int]
) -> Iterator[tuple[PayerRow, PayerDraft | None]]:
    """Each row with what is to be saved for it, if anything."""
    check_mapping(file, mapping)
    known = _Known()
    for payer in payers.all_payers(work):
        if not payer.is_training:
            known.add(payer)
    seen: dict[str, int] = {}
    for number, cells in file.rows:
        values = {name: cells[at] for name, at in mapping.items()}
        name, electronic_id = values["name"], plain_text.code(values["electronic_id"])
        if electronic_id in seen:
            why = f"The id {electronic_id} stands in row {seen[electronic_id]} already."
            yield PayerRow(number, name, electronic_id, RowResult.REJECTED, why=why), None
            continue
        if electronic_id:
            seen[electronic_id] = number
        try:
            row, draft = _plan(work, known, number, values)
        except RuleError as e:
            row = PayerRow(number, name, electronic_id, RowResult.REJECTED, why=str(e))
            draft = None
        yield row, draft


def _plan(
    work: Work, known: _Known, number: int, values: Mapping[str, str]
) -> tuple[PayerRow, PayerDraft | None]:
    electronic_id = plain_text.code(values["electronic_id"])
    if not electronic_id:
        raise RuleError("The electronic id is missing.")
    given: dict[str, object] = {n: v for n, v in values.items() if v and n != "filing_code"}
    kind = values.get("filing_code", "")
    if kind:
        given["filing_code"] = kind_of(kind)
        if given["filing_code"] is None:
            raise RuleError(
                f"“{kind[:30]}” is no kind of payer that is known; leave that column out, or write "
                "a word such as Commercial or Medicaid."
            )
    before = known.matching(values["name"], electronic_id)
    if before is None:
        draft = payers.checked(work, payers.with_presets(_with(PayerDraft(name=""), given)))
        return PayerRow(number, draft.name, electronic_id, RowResult.ADDED), draft
    draft = payers.checked(work, _with(before, given))
    changes = _changes(before, draft, list(given))
    result = RowResult.CHANGED if changes else RowResult.UNCHANGED
    row = PayerRow(number, draft.name, electronic_id, result, changes)
    return row, draft if changes else None


def _with(draft: PayerDraft, given: Mapping[str, object]) -> PayerDraft:
    return replace(draft, **given)  # type: ignore[arg-type]  # names and types of its own fields


def _changes(
    before: PayerDraft, after: PayerDraft, names: Sequence[str]
) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return tuple(FieldChange(name, str(old), str(new)) for name, old, new in pairs if old != new)
