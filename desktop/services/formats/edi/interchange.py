"""Segments to transaction sets: ISA/GS/ST and their trailers, counts and control numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.services.formats.edi.elements import at, clip

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.formats.edi.problems import ProblemList
    from desktop.services.formats.edi.syntax import Chunk, Delimiters


@dataclass(frozen=True, slots=True)
class Interchange:
    """One ISA envelope.

    Attributes:
        control_number: ISA13.
        sender: ISA06, trimmed.
        receiver: ISA08, trimmed.
        usage: ISA15, "P" production or "T" test.
    """

    control_number: str
    sender: str
    receiver: str
    usage: str
    sender_qualifier: str = ""
    receiver_qualifier: str = ""
    date: str = ""
    time: str = ""
    version: str = ""


@dataclass(slots=True)
class TransactionSet:
    """One ST..SE (or one TA1) as text, with what its envelope says.

    Attributes:
        kind: ST01, or "TA1".
        version: ST03, else GS08: the implementation guide, such as 005010X221A1.
        segments: ST to SE, as they stand in the file.
    """

    kind: str
    control: str
    version: str
    group_version: str
    delimiters: Delimiters
    segments: list[str] = field(default_factory=list)
    group_control: str = ""
    complete: bool = False


class _Builder:
    """Walks one interchange's segments and closes what is left open, with a problem each."""

    def __init__(self, chunk: Chunk, problems: ProblemList, label: str) -> None:
        self.sep = chunk.delimiters.element
        self.delimiters = chunk.delimiters
        self.problems = problems
        self.label = label
        self.header = chunk.header
        self.sets: list[TransactionSet] = []
        self.open: TransactionSet | None = None
        self.group: list[str] | None = None
        self.groups = 0
        self.group_sets = 0
        self.closed = False
        self.strays = 0

    def run(self, segments: list[str]) -> None:
        sep = self.sep
        steps: dict[str, Callable[[list[str], str], None]] = {
            "ST" + sep: self._st,
            "SE" + sep: self._se,
            "GS" + sep: self._gs,
            "GE" + sep: self._ge,
            "ST": self._st,
            "SE": self._se,
            "GS": self._gs,
            "GE": self._ge,
            "IEA": self._iea,
            "TA1": self._ta1,
        }
        current = self.open
        for segment in segments:
            step = steps.get(segment[:3])
            if step is None:
                if current is None:
                    self.strays += 1
                else:
                    current.segments.append(segment)
            else:
                step(segment.split(sep), segment)
                current = self.open
        self._finish()

    def _st(self, e: list[str], segment: str) -> None:
        if self.open is not None:
            self._missing_se()
        if self.group is None and self.header:
            self.problems.warning(self._st_label(at(e, 2)), "The set stands outside any GS group.")
        group_version = at(self.group, 8) if self.group else ""
        self.open = TransactionSet(
            kind=at(e, 1).strip(),
            control=at(e, 2).strip(),
            version=at(e, 3).strip() or group_version.strip(),
            group_version=group_version.strip(),
            delimiters=self.delimiters,
            segments=[segment],
            group_control=at(self.group, 6).strip() if self.group else "",
        )
        self.group_sets += 1

    def _se(self, e: list[str], segment: str) -> None:
        if self.open is None:
            self.problems.error(self.label, "An SE trailer stands without its ST header.")
            return
        current = self.open
        current.segments.append(segment)
        where = self._st_label(current.control)
        count = at(e, 1).strip()
        if count.lstrip("0") != str(len(current.segments)):
            said = f"“{clip(count)}”"
            self.problems.error(
                where, f"SE01 says {said} segments; there are {len(current.segments)}."
            )
        if at(e, 2).strip() != current.control:
            self.problems.warning(
                where, f"SE02 “{clip(at(e, 2))}” differs from ST02 “{clip(current.control)}”."
            )
        current.complete = True
        self._close_set()

    def _gs(self, e: list[str], _segment: str) -> None:
        if self.open is not None:
            self._missing_se()
        if self.group is not None:
            self._missing_ge()
        self.group = e
        self.groups += 1
        self.group_sets = 0

    def _ge(self, e: list[str], _segment: str) -> None:
        if self.open is not None:
            self._missing_se()
        if self.group is None:
            self.problems.error(self.label, "A GE trailer stands without its GS header.")
            return
        control = at(self.group, 6).strip()
        where = f"{self.label}, GS {clip(control)}"
        if at(e, 1).strip().lstrip("0") != str(self.group_sets or ""):
            self.problems.error(
                where, f"GE01 says “{clip(at(e, 1))}” sets; there are {self.group_sets}."
            )
        if at(e, 2).strip() != control:
            self.problems.warning(
                where, f"GE02 “{clip(at(e, 2))}” differs from GS06 “{clip(control)}”."
            )
        self.group = None

    def _iea(self, e: list[str], _segment: str) -> None:
        if self.open is not None:
            self._missing_se()
        if self.group is not None:
            self._missing_ge()
        self.closed = True
        if not self.header:
            return
        control = self.header[13]
        if at(e, 1).strip().lstrip("0") != str(self.groups or ""):
            self.problems.error(
                self.label, f"IEA01 says “{clip(at(e, 1))}” groups; there are {self.groups}."
            )
        if at(e, 2).strip() != control:
            self.problems.warning(
                self.label, f"IEA02 “{clip(at(e, 2))}” differs from ISA13 “{clip(control)}”."
            )

    def _ta1(self, e: list[str], segment: str) -> None:
        if self.open is not None:
            self.open.segments.append(segment)
            return
        version = self.header[12] if self.header else ""
        self.sets.append(
            TransactionSet(
                kind="TA1",
                control=at(e, 1),
                version=version,
                group_version=version,
                delimiters=self.delimiters,
                segments=[segment],
                complete=True,
            )
        )

    def _missing_se(self) -> None:
        current = self.open
        if current is not None:
            self.problems.error(
                self._st_label(current.control),
                "The SE trailer is missing: the set may have been cut off.",
            )
            self._close_set()

    def _missing_ge(self) -> None:
        control = at(self.group or [], 6)
        self.problems.error(f"{self.label}, GS {clip(control)}", "The GE trailer is missing.")
        self.group = None

    def _close_set(self) -> None:
        if self.open is not None:
            self.sets.append(self.open)
            self.open = None

    def _finish(self) -> None:
        if self.open is not None:
            self._missing_se()
        if self.group is not None:
            self._missing_ge()
        if not self.closed:
            self.problems.error(
                self.label, "The IEA trailer is missing: the file may have been cut off."
            )
        if self.strays:
            self.problems.error(
                self.label, f"{self.strays} segments stand outside any transaction set; not read."
            )

    def _st_label(self, control: str) -> str:
        return f"ST {clip(control)}"


def read_interchange(
    chunk: Chunk, number: int, problems: ProblemList
) -> tuple[Interchange | None, list[TransactionSet]]:
    """The envelope of one interchange (None without header) and its transaction sets."""
    header = chunk.header
    label = f"ISA {clip(header[13])}" if header else f"interchange {number}"
    builder = _Builder(chunk, problems, label)
    builder.run(chunk.segments)
    if not header:
        return None, builder.sets
    envelope = Interchange(
        control_number=header[13],
        sender=header[6],
        receiver=header[8],
        usage=header[15],
        sender_qualifier=header[5],
        receiver_qualifier=header[7],
        date=header[9],
        time=header[10],
        version=header[12],
    )
    return envelope, builder.sets
