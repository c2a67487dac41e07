"""What the code sets answer: frozen, free of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop.errors import RuleError

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.enums import Sex

ICD10CM = "icd10cm"
HCPCS = "hcpcs"
CPT = "cpt"
MODIFIER = "modifier"
POS = "pos"
NUCC = "nucc"
CARC = "carc"
RARC = "rarc"
NCCI = "ncci"
"""Pairs: first = column 1, second = column 2 (the one denied), indicator 0 or 1."""
MUE = "mue"
"""Codes with attributes value, indicator (1 line, 2 date by policy, 3 date), rationale."""
ADD_ON = "add_on"
"""Pairs: first = add-on code, second = primary ("CCCCC": the contractor says), type 1-3."""
MPFS = "mpfs"
"""Codes, or CODE-MODIFIER, with the Medicare fee schedule's values and flags."""
GPCI = "gpci"
"""STATE-LOCALITY with the three cost indices of the place."""
LCD = "lcd"
"""Articles, their diagnosis groups ("99999/1", "99999/n1"), and pairs: procedure and article
(indicator = procedure group), group and diagnosis ("covered" or "noncovered")."""
NPPES = "nppes"
"""The national provider file; its rows lie in `directory_provider`."""

BUILT_IN = "built-in"
BEST = "best"
"""Modes of search: by words alone, and by meaning as well."""

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); may raise `desktop.errors.Cancelled`."""


class NeedsLicence(RuleError):
    """The owner of a code set asks for a licence that the practice has not confirmed.

    Attributes:
        system: the code system.
    """

    def __init__(self, system: str, name: str) -> None:
        self.system = system
        super().__init__(
            f"{name} belongs to the owner of {system.upper()}, who licenses it: confirm once "
            f"that the practice holds a licence, in the window when the file is loaded or with "
            f"codes import --licensed {system}."
        )


class NeedsDay(RuleError):
    """Nothing says from which day a file holds, or its name and content contradict each other."""

    def __init__(self, said: str, example: str = "2026-10-01") -> None:
        super().__init__(f"{said}; give the first day of force, for example {example}.")


def no_progress(_done: int, _total: int, _text: str) -> None:
    """Say nothing, never cancel."""


class Standing(StrEnum):
    """How a diagnosis code stands on a date of service."""

    VALID = "valid"
    NOT_BILLABLE = "not_billable"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    ENDED = "ended"
    NO_CODE_SET = "no_code_set"


class NoteKind(StrEnum):
    """The containers of the tabular list; `SEVENTH` is one 7th character with its meaning."""

    INCLUDES = "includes"
    INCLUSION_TERM = "inclusionTerm"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "codeFirst"
    USE_ADDITIONAL = "useAdditionalCode"
    CODE_ALSO = "codeAlso"
    NOTES = "notes"
    SEVENTH_NOTE = "sevenChrNote"
    SEVENTH = "sevenChrDef"


@dataclass(frozen=True, slots=True)
class Release:
    """One published version of a code system.

    Attributes:
        valid_to: last day of force; None while no end is known.
        records: all codes in it, headings that cannot be billed included.
    """

    system: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None
    records: int
    billable: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that a release was made of."""

    release: str
    kind: str
    name: str
    sha256: str
    records: int
    rejected: int
    imported_at: str


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """A code as it stood on one date.

    Attributes:
        code: without dot; `dotted` is as printed.
        parent: the node above it: a code, a section ("E08-E13"), a chapter, or empty.
        kind: code, section or chapter.
        attributes: what only this system has; see the names of the systems.
        valid_to: last day; None while it is in the newest release.
    """

    system: str
    code: str
    dotted: str
    title: str
    short_title: str
    billable: bool
    parent: str
    valid_from: dt.date
    valid_to: dt.date | None
    replaced_by: str = ""
    kind: str = "code"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodePair:
    """What a set says of two codes on a date; what it means is said at the system's name.

    Attributes:
        note: the reason in the file's words; else empty.
        valid_to: last day; None while no end is known.
    """

    system: str
    first: str
    second: str
    indicator: str
    note: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a person says beside the file.

    Attributes:
        valid_from: first day of force, where neither content nor name tells it.
        licensed: systems whose licence the practice has confirmed.
        states: of the national provider file, only practices in these states.
        npis: of the national provider file, these providers too.
    """

    valid_from: dt.date | None = None
    licensed: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    npis: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DiagnosisCheck:
    """The answer to “may this diagnosis be billed on this date?”, with a sentence to show.

    Attributes:
        text: one plain sentence; empty when the code is valid.
        choices: billable codes to offer instead, in tabular order.
    """

    standing: Standing
    code: str
    text: str
    info: CodeInfo | None = None
    choices: tuple[CodeInfo, ...] = ()

    @property
    def ok(self) -> bool:
        """Valid and billable on the date."""
        return self.standing is Standing.VALID


@dataclass(frozen=True, slots=True)
class CodeHit:
    """One line of a type-ahead list, best first.

    Attributes:
        why: what matched, in words: "code", "title", or the term that led here.
        score: higher is better; comparable inside one answer only.
    """

    code: str
    dotted: str
    title: str
    billable: bool
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class CodeNote:
    """An instruction of the tabular list.

    Attributes:
        from_code: the node that carries it: the code itself, one above it, a section
            ("J09-J18") or a chapter ("10").
        inherited: it stands on a node above the code.
        mark: the 7th character for `NoteKind.SEVENTH`, else empty.
    """

    kind: NoteKind
    text: str
    from_code: str
    inherited: bool
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A code with everything that the tabular list says about it, nearest first.

    Attributes:
        path: titles from the chapter down to the code's parent.
        notes_release: the release whose tabular list the notes are from; an older one where
            only the code list of a later year was imported.
    """

    info: CodeInfo
    path: tuple[tuple[str, str], ...]
    notes: tuple[CodeNote, ...]
    notes_release: str = ""

    def of(self, kind: NoteKind) -> tuple[CodeNote, ...]:
        """The notes of one kind."""
        return tuple(n for n in self.notes if n.kind is kind)


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line of an import that was left out, by its number in the file (from 1)."""

    number: int
    text: str


_BILLED = frozenset({ICD10CM, HCPCS, CPT})
_OF_PAIRS = frozenset({NCCI, ADD_ON})
# Before a release's name, where that is a year or a quarter alone.
_LEADS = {
    ICD10CM: "ICD-10-CM ",
    NCCI: "NCCI ",
    MUE: "MUE ",
    ADD_ON: "Add-on codes ",
    MPFS: "Medicare fee schedule ",
    GPCI: "GPCI ",
    LCD: "Coverage articles ",
    NPPES: "National provider file ",
    POS: "Places of service, ",
}


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    Attributes:
        already_loaded: the same file had been imported before; nothing was changed.
        added, changed, ended: codes compared with the release before.
    """

    release: Release
    file_name: str
    kind: str
    already_loaded: bool
    added: int
    changed: int
    ended: int
    rejected: tuple[RejectedLine, ...]

    @classmethod
    def unchanged(cls, release: Release, file_name: str, kind: str) -> ImportResult:
        """The answer to a file that was imported before."""
        return cls(
            release, file_name, kind, already_loaded=True, added=0, changed=0, ended=0, rejected=()
        )

    @property
    def text(self) -> str:
        """One sentence for the status line."""
        release = self.release
        lead = _LEADS.get(release.system, "")
        noun = "pair" if release.system in _OF_PAIRS else "record"
        what = f"{lead}{release.name}: {_counted(release.records, noun)}"
        if release.system in _BILLED:
            what += f", {release.billable:,} billable"
        if self.already_loaded:
            return f"{self.file_name} was imported before; nothing changed ({what})."
        done = f"{what}; {self.added:,} new, {self.changed:,} changed, {self.ended:,} ended"
        if self.rejected:
            done += f"; {_counted(len(self.rejected), 'line')} left out"
        return done + "."


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What matters of a patient to the choice of a code, on one date.

    Attributes:
        age: in completed years; None when not known.
        sex: administrative sex; None when not known.
    """

    age: int | None
    sex: Sex | None
