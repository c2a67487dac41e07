"""Look-up in ``codes.db``: every answer is for a date of service."""

from __future__ import annotations

import datetime as dt
import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from desktop.services.coding.base.connection import connect, create, said, transaction
from desktop.services.coding.base.values import (
    BEST,
    BUILT_IN,
    ICD10CM,
    CodeHit,
    CodeInfo,
    CodeNote,
    CodePair,
    Description,
    DiagnosisCheck,
    ImportOptions,
    ImportResult,
    NoteKind,
    PatientFacts,
    Progress,
    Release,
    SourceFile,
    Standing,
    no_progress,
)
from desktop.services.coding.files import importing
from desktop.services.coding.releases import index, own_lists, systems
from desktop.services.coding.releases.directory import DirectoryProvider, find_providers
from desktop.services.coding.search.search import Searcher, Wish
from desktop.services.coding.vectors import index as vectors
from desktop.services.coding.vectors import model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from desktop.services.coding.vectors.index import Meaning

_NO_WEIGHTS: Mapping[str, int] = MappingProxyType({})
_COLUMNS = (
    "code, title, short_title, billable, parent, valid_from, valid_to, replaced_by, kind,"
    " attributes"
)
_AT_ONCE = 500
_ALL = 1_000_000
_IN_FORCE = "valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"
_SHOWN_DATE = "%m/%d/%Y"


class CodeStore:
    """The code sets of one practice, for one thread; instances are cheap, make one a thread.

    Raises:
        EnvironmentProblem: the file is missing or no code-set file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make an empty file with the newest schema (a practice migrates its own instead)."""
        create(path)
        return cls(path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what is loaded -----------------------------------------------------------------

    @said()
    def releases(self, system: str | None = None) -> list[Release]:
        """All loaded releases, of one system or of all, by system and first day."""
        return systems.all_releases(self._connection, system)

    @said()
    def source_files(self, system: str = ICD10CM) -> list[SourceFile]:
        """The files that were imported for a system, oldest first."""
        return systems.source_files(self._connection, system)

    @said()
    def coverage(self, system: str, on: dt.date) -> Release | None:
        """The release in force on a date, or None: no code set for this date."""
        return systems.covering(self._connection, system, on)

    def load_packaged(self, now: dt.datetime, progress: Progress = no_progress) -> ImportResult:
        """Load the ICD-10-CM release that comes with the program; twice is harmless."""
        return importing.load_packaged(self._connection, now, progress)

    def load_built_in(self, now: dt.datetime) -> list[ImportResult]:
        """Load the lists in the program's own words; those that stand change nothing."""
        return own_lists.load(self._connection, now)

    def keep_current(self, now: dt.datetime, progress: Progress = no_progress) -> None:
        """Bring along what a newer edition of the program says of loaded sets and indexes."""
        with transaction(self._connection):
            index.keep_current(self._connection, progress)
        own_lists.load(self._connection, now)

    def import_file(
        self,
        path: Path,
        now: dt.datetime,
        valid_from: dt.date | None = None,
        progress: Progress = no_progress,
    ) -> list[ImportResult]:
        """Import one published file or zip; see `importing.import_files`."""
        options = ImportOptions(valid_from=valid_from)
        return self.import_files([path], now, options, progress)

    def import_files(
        self,
        paths: Sequence[Path],
        now: dt.datetime,
        options: ImportOptions | None = None,
        progress: Progress = no_progress,
    ) -> list[ImportResult]:
        """Import published files in one transaction; see `importing.import_files`."""
        return importing.import_files(self._connection, paths, now, options, progress)

    # --- one code -----------------------------------------------------------------------

    @said()
    def lookup(self, system: str, code: str, on: dt.date) -> CodeInfo | None:
        """A code as it stood on a date; None when it did not, or no release covers the date."""
        if self.coverage(system, on) is None:
            return None
        found = self._select(system, "kind = 'code' AND code = ?", (normal(code),), on)
        return found[0] if found else None

    @said()
    def lookups(self, system: str, codes: Iterable[str], on: dt.date) -> dict[str, CodeInfo]:
        """Those of many codes that stood on a date, by code; one query for hundreds of them."""
        if self.coverage(system, on) is None:
            return {}
        wanted = sorted({normal(code) for code in codes})
        out: dict[str, CodeInfo] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            where = f"kind = 'code' AND code IN ({','.join('?' * len(some))})"
            out.update((info.code, info) for info in self._select(system, where, tuple(some), on))
        return out

    @said()
    def pair(self, system: str, first: str, second: str, on: dt.date) -> CodePair | None:
        """What a set says of two codes on a date, in this order; None when nothing."""
        found = self._pairs(system, "first = ? AND second = ?", (first, second), on)
        return found[0] if found else None

    @said()
    def pairs(self, system: str, firsts: Iterable[str], on: dt.date) -> list[CodePair]:
        """All pairs in force on a date whose first code is one of these."""
        wanted = sorted(set(firsts))
        out: list[CodePair] = []
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            where = f"first IN ({','.join('?' * len(some))})"
            out.extend(self._pairs(system, where, tuple(some), on))
        return out

    def _pairs(
        self, system: str, where: str, given: tuple[object, ...], on: dt.date
    ) -> list[CodePair]:
        number, _ = self._system(system)
        rows = self._connection.execute(
            "SELECT first, second, indicator, note, valid_from, valid_to FROM code_pair"
            f" WHERE system_id = ? AND {where} AND {_IN_FORCE}",
            (number, *given, on.isoformat(), on.isoformat()),
        )
        return [
            CodePair(
                *(system, first, second, indicator, note, dt.date.fromisoformat(v0)),
                None if v1 is None else dt.date.fromisoformat(v1),
            )
            for first, second, indicator, note, v0, v1 in rows
        ]

    @said()
    def providers(self, npi: str, names: Sequence[str], limit: int) -> list[DirectoryProvider]:
        """Providers of the national file by the beginning of an NPI or of folded names."""
        return find_providers(self._connection, npi, names, limit)

    @said()
    def children(
        self, code: str, on: dt.date, system: str = ICD10CM, limit: int = 5000
    ) -> list[CodeInfo]:
        """The nodes right below a code, section ("I10-I1A") or chapter; of "", the chapters."""
        given = (code.strip().upper().replace(".", ""),)
        return self._select(system, "parent = ?", given, on, limit)

    @said()
    def heading(self, code: str, on: dt.date, system: str = ICD10CM) -> CodeInfo | None:
        """A section ("E08-E13") or chapter ("4") as it stood on a date."""
        found = self._select(system, "kind <> 'code' AND code = ?", (normal(code),), on)
        return found[0] if found else None

    @said()
    def history(self, code: str, system: str = ICD10CM) -> list[CodeInfo]:
        """Every interval of a code, oldest first; gaps are times without it."""
        return self._select(system, "kind = 'code' AND code = ?", (normal(code),), None)

    @said()
    def moved(
        self, system: str, day: dt.date, following: dt.date | None
    ) -> tuple[list[CodeInfo], list[CodeInfo]]:
        """The intervals of codes that end from the eve of a day on, and that begin from it on.

        Only as far as the first day of the release that follows has not the word; None = any.
        """
        eve = day - dt.timedelta(days=1)
        until = following or dt.date.max
        last = until - dt.timedelta(days=1)
        where = "kind = 'code' AND {0} >= ? AND {0} < ?"
        given = (eve.isoformat(), last.isoformat())
        ended = self._select(system, where.format("valid_to"), given, None, _ALL)
        given = (day.isoformat(), until.isoformat())
        begun = self._select(system, where.format("valid_from"), given, None, _ALL)
        return ended, begun

    @said()
    def billable_below(
        self, code: str, on: dt.date, limit: int = 40, system: str = ICD10CM
    ) -> list[CodeInfo]:
        """The billable codes that begin with a code, in tabular order."""
        start = normal(code)
        where = "kind = 'code' AND billable = 1 AND code > ? AND code < ?"
        return self._select(system, where, (start, start + "~"), on, limit)

    @said()
    def order_keys(
        self, codes: Iterable[str], on: dt.date, system: str = ICD10CM
    ) -> dict[str, int]:
        """Where codes and headings stand in tabular order; those not in force are left out."""
        number, _ = self._system(system)
        wanted, found = sorted(set(codes)), dict[str, int]()
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._connection.execute(
                "SELECT code, order_key FROM code WHERE system_id = ? AND kind = 'code'"
                f" AND code IN ({marks}) AND {_IN_FORCE}",
                (number, *part, on.isoformat(), on.isoformat()),
            )
            found.update((str(code), int(key)) for code, key in rows)
        return found

    def _system(self, name: str) -> tuple[int, int]:
        row = self._connection.execute(
            "SELECT id, dot_after FROM code_system WHERE name = ?", (name,)
        ).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def _select(
        self,
        system: str,
        where: str,
        given: tuple[object, ...],
        on: dt.date | None,
        limit: int = 5000,
    ) -> list[CodeInfo]:
        number, dot_after = self._system(system)
        if on is not None:
            where, given = f"{where} AND {_IN_FORCE}", (*given, on.isoformat(), on.isoformat())
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM code WHERE system_id = ? AND {where}"
            " ORDER BY order_key, valid_from LIMIT ?",
            (number, *given, limit),
        )
        out = []
        for code, title, short, billable, parent, v0, v1, replaced, kind, more in rows:
            end = None if v1 is None else dt.date.fromisoformat(v1)
            start = dt.date.fromisoformat(v0)
            shown = systems.dotted(code, dot_after) if kind == "code" else code
            info = CodeInfo(
                system, code, shown, title, short or title, bool(billable), parent, start, end,
                systems.dotted(replaced or "", dot_after), kind,
                json.loads(more) if more else {},
            )  # fmt: skip
            out.append(info)
        return out

    # --- a diagnosis on a date ----------------------------------------------------------

    @said()
    def check_diagnosis(self, code: str, on: dt.date) -> DiagnosisCheck:
        """Whether a diagnosis may be billed on a date, and what to do when not."""
        wanted = normal(code)
        shown = systems.dotted(wanted, 3)
        if self.coverage(ICD10CM, on) is None:
            return DiagnosisCheck(Standing.NO_CODE_SET, wanted, self._no_set_text(on))
        found = self._select(ICD10CM, "kind = 'code' AND code = ?", (wanted,), on)
        if found and found[0].billable:
            return DiagnosisCheck(Standing.VALID, wanted, "", found[0])
        if found:
            choices = tuple(self.billable_below(wanted, on))
            text = f"{shown} ({found[0].title}) needs more characters to be billed"
            text += f": choose one of its codes, such as {choices[0].dotted}." if choices else "."
            return DiagnosisCheck(Standing.NOT_BILLABLE, wanted, text, found[0], choices)
        other = self._select(ICD10CM, "kind = 'code' AND code = ?", (wanted,), None)
        later = [c for c in other if c.valid_from > on]
        if later and not any(c.valid_to and c.valid_to < on for c in other):
            text = f"{shown} is valid only from {later[0].valid_from:{_SHOWN_DATE}}, after the date of service {on:{_SHOWN_DATE}}."  # noqa: E501
            return DiagnosisCheck(Standing.NOT_YET, wanted, text, later[0], self._near(wanted, on))
        ended = [c for c in other if c.valid_to is not None and c.valid_to < on]
        if ended:
            return self._ended(ended[-1], on)
        choices = self._near(wanted, on)
        day = on.strftime(_SHOWN_DATE)
        text = f"{shown or 'This'} is not an ICD-10-CM code on {day}; check its characters."
        return DiagnosisCheck(Standing.UNKNOWN, wanted, text, None, choices)

    def _ended(self, info: CodeInfo, on: dt.date) -> DiagnosisCheck:
        text = f"{info.dotted} ended on {info.valid_to:{_SHOWN_DATE}}, before the date of service"
        choices = self._near(info.code, on)
        if info.replaced_by:
            text += f"; it was replaced by {info.replaced_by}"
            choices = tuple(
                self._select(ICD10CM, "code = ? AND billable = 1", (normal(info.replaced_by),), on)
            )
        return DiagnosisCheck(Standing.ENDED, info.code, text + ".", info, choices)

    def _near(self, code: str, on: dt.date) -> tuple[CodeInfo, ...]:
        """Billable codes of the narrowest family that the wrong code would belong to."""
        for length in range(len(code), 2, -1):
            found = self._select(ICD10CM, "kind = 'code' AND code = ?", (code[:length],), on)
            if found:
                below = () if found[0].billable else self.billable_below(code[:length], on)
                return tuple(below) or (found[0],)
        return ()

    def _no_set_text(self, on: dt.date) -> str:
        loaded = self.releases(ICD10CM)
        text = f"No code set for this date: no ICD-10-CM release that is loaded covers {on:{_SHOWN_DATE}}"  # noqa: E501
        if loaded:
            spans = ", ".join(
                f"{r.valid_from:{_SHOWN_DATE}}–{r.valid_to:{_SHOWN_DATE}}"
                if r.valid_to
                else f"from {r.valid_from:{_SHOWN_DATE}}"
                for r in loaded
            )
            text += f" (loaded: {spans})"
        year = systems.fiscal_year_of(on)
        return f"{text}; import the ICD-10-CM files of fiscal year {year}."

    # --- notes --------------------------------------------------------------------------

    @said()
    def describe(self, code: str, on: dt.date, system: str = ICD10CM) -> Description | None:
        """A code with all notes that hold for it, nearest first; 7th characters of the nearest."""
        info = self.lookup(system, code, on)
        return None if info is None else self.describe_node(info, on)

    @said()
    def describe_node(self, info: CodeInfo, on: dt.date) -> Description:
        """The same for what was looked up before, a section or chapter included."""
        system = info.system
        chain = self._chain(info, on)
        notes: list[CodeNote] = []
        has_sevenths = False
        for node in chain:
            own = self._notes(node, on, inherited=node is not info)
            if has_sevenths:
                own = [n for n in own if n.kind is not NoteKind.SEVENTH]
            has_sevenths = has_sevenths or any(n.kind is NoteKind.SEVENTH for n in own)
            notes.extend(own)
        path = tuple((n.dotted, n.title) for n in reversed(chain[1:]))
        explained = systems.explaining(self._connection, system, on)
        return Description(info, path, tuple(notes), explained)

    def _chain(self, info: CodeInfo, on: dt.date) -> list[CodeInfo]:
        chain = [info]
        while chain[-1].parent and len(chain) < 20:
            above = self._select(info.system, "code = ?", (chain[-1].parent,), on)
            if not above:
                break
            chain.append(above[0])
        return chain

    def _notes(self, node: CodeInfo, on: dt.date, *, inherited: bool) -> list[CodeNote]:
        number, _ = self._system(node.system)
        day = on.isoformat()
        rows = self._connection.execute(
            "SELECT kind, text, mark FROM note WHERE system_id = ? AND node = ? AND node_kind = ?"
            f" AND {_IN_FORCE} ORDER BY position",
            (number, node.code, node.kind, day, day),
        )
        return [
            CodeNote(NoteKind(kind), text, node.dotted, inherited, mark)
            for kind, text, mark in rows
        ]

    # --- type-ahead ---------------------------------------------------------------------

    @said()
    def search(
        self,
        text: str,
        on: dt.date,
        limit: int = 12,
        system: str = ICD10CM,
        weights: Mapping[str, int] = _NO_WEIGHTS,
        *,
        billable_only: bool = True,
        patient: PatientFacts | None = None,
        mode: str = BUILT_IN,
        progress: Progress = no_progress,
    ) -> list[CodeHit]:
        """Codes for what was typed so far, best first.

        Args:
            text: a code or its beginning, with or without dot, or words in any order;
                abbreviations, patients' words and misspellings are understood. Empty text
                lists the codes with the greatest weights.
            on: date of service; a date that no release covers gives an empty list.
            limit: at most so many.
            system: name of the code system.
            weights: how often this practice uses a code (without dot); they rank first among
                codes that fit about as well.
            billable_only: leave out headings; a heading that matches gives the billable code
                below it that says least more.
            patient: diagnoses that age or sex speaks against rank lower.
            mode: `BUILT_IN`, or `BEST`: by meaning as well, with the optional packages; its
                first use takes minutes (see `prepare_best`).
            progress: hears of that first use; may raise `Cancelled`.

        Raises:
            RuleError: best search without its packages.
        """
        number, dot_after = self._system(system)
        if not number or limit < 1 or self.coverage(system, on) is None:
            return []
        searcher = Searcher(self._connection, system, number, dot_after)
        meaning = self._meaning(number, progress) if mode == BEST else None
        return searcher.search(text, Wish(on, limit, weights, billable_only, patient, meaning))

    @said()
    def best_ready(self, system: str = ICD10CM) -> bool:
        """Whether best search can answer at once: its packages and all vectors are there."""
        number, _ = self._system(system)
        return model.available() and vectors.ready(self.path, self._connection, number)

    @said()
    def prepare_best(self, system: str = ICD10CM, progress: Progress = no_progress) -> None:
        """Make the vectors that best search lacks; what was made before is kept.

        Raises:
            RuleError: the optional packages are missing.
            EnvironmentProblem: the file beside the code sets cannot be written.
        """
        number, _ = self._system(system)
        self._meaning(number, progress)

    def _meaning(self, number: int, progress: Progress) -> Meaning:
        return vectors.meaning(self.path, self._connection, number, progress)


def normal(code: str) -> str:
    """A code as kept: capitals, without dot or blanks."""
    return re.sub(r"[\s.]", "", code).upper()[:20]
