"""From a posted answer back to its bytes: the CLP and SVC segments of the stored 835."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.formats.edi.interchange import TransactionSet, read_interchange
from desktop.services.formats.edi.problems import ProblemList
from desktop.services.formats.edi.read835 import read_835
from desktop.services.formats.edi.syntax import chunks, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDS_CLAIM = ("LX", "CLP", "PLB", "SE", "TS2", "TS3")


def segments_of(
    data: bytes, set_control: str, set_hash: str, claim: int, line: int | None
) -> tuple[str, ...]:
    """The segments that say what a payer did, exactly as they stand in the file.

    Args:
        data: of the whole file.
        set_control: ST02 of the payment; `set_hash` tells sets of one number apart.
        set_hash: as kept with the remittance.
        claim: position of the claim in the payment, from 1.
        line: position of the service in the claim, from 1; None for the claim alone.

    Returns:
        the claim's CLP and its own CAS, then the line's SVC with all up to the next; empty when
        the file has no such place.
    """
    found = _set(data, set_control, set_hash)
    if found is None:
        return ()
    sep = found.delimiters.element
    tagged = [(s.split(sep, 1)[0].strip(), s) for s in found.segments]
    own = _claim(tagged, claim)
    lines = [i for i, (tag, _) in enumerate(own) if tag == "SVC"]
    head = own[: lines[0]] if lines else own
    out = [s for tag, s in head if tag in {"CLP", "CAS", "MOA"}]
    if line is not None and line <= len(lines):
        end = lines[line] if line < len(lines) else len(own)
        out += [s for _, s in own[lines[line - 1] : end]]
    return tuple(out)


def _set(data: bytes, control: str, set_hash: str) -> TransactionSet | None:
    problems = ProblemList()
    sets: list[TransactionSet] = []
    for number, chunk in enumerate(chunks(decode(data, problems), problems), 1):
        sets += read_interchange(chunk, number, problems)[1]
    same = [s for s in sets if s.kind == "835" and s.control == control]
    if len(same) > 1:
        same = [s for s in same if read_835(s).set_hash == set_hash]
    return same[0] if same else None


def _claim(tagged: Sequence[tuple[str, str]], position: int) -> list[tuple[str, str]]:
    own: list[tuple[str, str]] = []
    count = 0
    for tag, segment in tagged:
        if tag == "CLP":
            count += 1
        elif tag in _ENDS_CLAIM and count == position:
            break
        if count == position:
            own.append((tag, segment))
        elif count > position:
            break
    return own
