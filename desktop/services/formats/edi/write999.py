"""The 999 writer (005010X231A1), for the training payer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.formats.edi.envelope import (
    Envelope,
    Folder,
    WrittenSet,
    segment,
    set_control,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.services.formats.edi.acknowledgments import (
        Acknowledgment,
        SegmentError,
        SetAcknowledgment,
    )

VERSION = "005010X231A1"


def write_999(
    envelope: Envelope, acknowledgments: Sequence[Acknowledgment], first_set_control: int = 1
) -> bytes:
    """One file with one 999 set for each group that is answered."""
    text = Folder()
    sets = [
        WrittenSet("999", set_control(first_set_control, index), list(_set(answer, text)))
        for index, answer in enumerate(acknowledgments)
    ]
    return wrap(envelope, "FA", VERSION, sets)


def _set(answer: Acknowledgment, text: Folder) -> Iterable[str]:
    yield segment("AK1", answer.group_kind, text(answer.group_control), text(answer.group_version))
    for one in answer.sets:
        yield from _one(one, text)
    counts = (answer.included, answer.received, answer.passed)
    yield segment("AK9", answer.result, *(str(n) for n in counts), *answer.codes[:5])


def _one(one: SetAcknowledgment, text: Folder) -> Iterable[str]:
    yield segment("AK2", one.kind, text(one.control_number), text(one.version))
    for error in one.errors:
        yield from _error(error, text)
    yield segment("IK5", one.result, *one.codes[:5])


def _error(error: SegmentError, text: Folder) -> Iterable[str]:
    yield segment("IK3", error.segment, str(error.position), text(error.loop, 4), error.code)
    # Only contexts that name the claim: a situational trigger needs more than we keep.
    for context in (c for c in error.context if c.startswith("CLM01:")):
        yield segment("CTX", ":".join(text(part, 35) for part in context.split(":")))
    for element in error.elements:
        yield segment("IK4", element.position, element.reference, element.code, text(element.value))
