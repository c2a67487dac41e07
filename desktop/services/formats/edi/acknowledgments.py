"""TA1 and 999: whether a file was taken in, and which segment stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from desktop.services.formats.edi.elements import SetContext, at, clip, trimmed

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.formats.edi.interchange import TransactionSet
    from desktop.services.formats.edi.problems import EdiProblem

ACCEPTED = frozenset({"A", "E"})


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """A TA1.

    Attributes:
        control_number: TA101, the ISA13 that is answered.
        on: TA102; `time` is TA103.
        result: TA104: A accepted, E accepted with errors, R rejected (nothing was read).
        code: TA105.
    """

    kind: ClassVar[str] = "TA1"

    control_number: str
    result: str
    code: str
    on: dt.date | None = None
    time: str = ""
    set_control: str = ""
    version: str = ""
    problems: tuple[EdiProblem, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the interchange was read."""
        return self.result in ACCEPTED


@dataclass(frozen=True, slots=True)
class ElementError:
    """An IK4.

    Attributes:
        position: IK401, such as "2" or "5:1"; `reference` is its data element number.
        code: IK403; `value` the bad value (IK404).
    """

    position: str
    code: str
    reference: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class SegmentError:
    """An IK3 with its IK4s.

    Attributes:
        segment: IK301, such as CLM; `position` counts from the ST, which is 1.
        loop: IK303; `code` is IK304.
        context: CTX01 texts, such as ``CLM01:123456789``, which name the claim.
    """

    segment: str
    position: int
    code: str
    loop: str = ""
    context: tuple[str, ...] = ()
    elements: tuple[ElementError, ...] = ()

    @property
    def claim_number(self) -> str:
        """The claim's CLM01 where a CTX names it, else empty."""
        for text in self.context:
            name, _, value = text.partition(":")
            if name == "CLM01":
                return value
        return ""


@dataclass(frozen=True, slots=True)
class SetAcknowledgment:
    """An AK2 to IK5.

    Attributes:
        kind: AK201, such as 837; `control_number` AK202, our ST02.
        result: IK501: A, E, R, M, W or X; empty when the file stops before it.
        codes: IK502-06.
    """

    kind: str
    control_number: str
    result: str
    version: str = ""
    codes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether this set passed; every claim in a set that did not goes back to ready."""
        return self.result in ACCEPTED


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """A 999 set: the answer to one functional group.

    Attributes:
        group_kind: AK101 (HC); `group_control` AK102, our GS06.
        result: AK901: A, E, P, R, M, W or X.
        included, received, passed: AK902-04.
    """

    kind: ClassVar[str] = "999"

    group_kind: str
    group_control: str
    group_version: str
    result: str
    included: int = 0
    received: int = 0
    passed: int = 0
    codes: tuple[str, ...] = ()
    sets: tuple[SetAcknowledgment, ...] = ()
    set_control: str = ""
    version: str = ""
    problems: tuple[EdiProblem, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the whole group passed."""
        return self.result in ACCEPTED


def read_ta1(source: TransactionSet) -> InterchangeAcknowledgment:
    """Read one TA1 segment."""
    context = SetContext("TA1")
    e = source.segments[0].split(source.delimiters.element)
    day = at(e, 2)
    if len(day) == 6 and day.isdigit():
        day = "20" + day
    on = context.date(day, "TA102")
    result = at(e, 4)
    if result not in ("A", "E", "R"):
        context.problem(f"TA104 “{clip(result)}” is not A, E or R.")
    return InterchangeAcknowledgment(
        control_number=at(e, 1),
        result=result,
        code=at(e, 5),
        on=on,
        time=at(e, 3),
        version=source.version,
        problems=context.problems.listed(),
    )


class _Reader999:
    """Walks the segments of one set."""

    def __init__(self, source: TransactionSet) -> None:
        self.source = source
        self.context = SetContext(clip(source.control))
        self.ak1: list[str] = []
        self.ak2: list[str] = []
        self.ak9: list[str] = []
        self.sets: list[SetAcknowledgment] = []
        self.errors: list[SegmentError] = []
        self.ik3: list[str] = []
        self.contexts: list[str] = []
        self.elements: list[ElementError] = []

    def run(self) -> Acknowledgment:
        sep = self.source.delimiters.element
        for number, segment in enumerate(self.source.segments, 1):
            self.context.segment = number
            e = segment.split(sep)
            self._step(e)
        if self.ak2:
            self.context.problem("The answer to a set has no IK5: its result is unknown.")
            self._end_set([])
        if not self.ak1:
            self.context.problem("The 999 has no AK1: which group it answers is unknown.")
        if not self.ak9:
            self.context.problem("The 999 has no AK9: the group's result is unknown.")
        return Acknowledgment(
            group_kind=at(self.ak1, 1),
            group_control=at(self.ak1, 2),
            group_version=at(self.ak1, 3),
            result=at(self.ak9, 1),
            included=self._count(at(self.ak9, 2)),
            received=self._count(at(self.ak9, 3)),
            passed=self._count(at(self.ak9, 4)),
            codes=trimmed(self.ak9[5:10]),
            sets=tuple(self.sets),
            set_control=self.source.control,
            version=self.source.version,
            problems=self.context.problems.listed(),
        )

    def _step(self, e: list[str]) -> None:
        tag = e[0]
        if tag == "AK1":
            self.ak1 = e
        elif tag == "AK2":
            if self.ak2:
                self.context.problem("The answer to a set has no IK5: its result is unknown.")
                self._end_set([])
            self.ak2 = e
        elif tag in ("IK3", "AK3"):
            self._end_error()
            self.ik3 = e
        elif tag == "CTX":
            self.contexts.append(at(e, 1))
        elif tag in ("IK4", "AK4"):
            component = self.source.delimiters.component
            position = at(e, 1).replace(component, ":")
            self.elements.append(ElementError(position, at(e, 3), at(e, 2), at(e, 4)))
        elif tag in ("IK5", "AK5"):
            self._end_set(e)
        elif tag == "AK9":
            self.ak9 = e

    def _end_error(self) -> None:
        if self.ik3:
            component = self.source.delimiters.component
            self.errors.append(
                SegmentError(
                    segment=at(self.ik3, 1),
                    position=self._count(at(self.ik3, 2)),
                    code=at(self.ik3, 4),
                    loop=at(self.ik3, 3),
                    context=tuple(c.replace(component, ":") for c in self.contexts),
                    elements=tuple(self.elements),
                )
            )
        self.ik3, self.contexts, self.elements = [], [], []

    def _end_set(self, ik5: list[str]) -> None:
        self._end_error()
        self.sets.append(
            SetAcknowledgment(
                kind=at(self.ak2, 1),
                control_number=at(self.ak2, 2),
                version=at(self.ak2, 3),
                result=at(ik5, 1),
                codes=trimmed(ik5[2:7]),
                errors=tuple(self.errors),
            )
        )
        self.ak2, self.errors = [], []

    def _count(self, text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        self.context.problem(f"“{clip(text)}” is not a count.", "warning")
        return 0


def read_999(source: TransactionSet) -> Acknowledgment:
    """Read one 999 set; its problems are on the record."""
    return _Reader999(source).run()
