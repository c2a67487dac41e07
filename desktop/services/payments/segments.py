"""The very segments of a stored 835 behind one payment, claim or line that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.errors import NotFound
from desktop.models.payments import Remittance, RemittanceClaim, RemittanceLine
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.edi.interchange import read_interchange
from desktop.services.formats.edi.problems import ProblemList
from desktop.services.formats.edi.read835 import read_835
from desktop.services.formats.edi.syntax import chunks, decode

if TYPE_CHECKING:
    from collections.abc import Sequence


@needs(Permission.VIEW)
def segments_of(
    work: Work, remittance_id: int, claim_row_id: int | None = None, line_row_id: int | None = None
) -> list[str]:
    """The segments as they stand in the file that was read, one a row.

    Without a claim: the payment's own (header and PLB). A paper EOB gives what was typed.

    Raises:
        NotFound: the remittance, or its document, is not here.
    """
    row = work.session.get(Remittance, remittance_id)
    if row is None or row.document_sha is None:
        raise NotFound(f"There is no document behind remittance {remittance_id}.")
    data = work.documents.get(row.document_sha).data
    if row.kind != "835":
        return data.decode("utf-8", errors="replace").splitlines()
    whole, element = _set(data, row)
    starts = [n for n, s in enumerate(whole) if _is(s, element, "CLP")]
    if claim_row_id is None:
        first = starts[0] if starts else len(whole)
        head = [s for s in whole[:first] if not _is(s, element, "LX", "TS3", "TS2")]
        return head + [s for s in whole[first:] if _is(s, element, "PLB", "SE")]
    claim = work.session.get(RemittanceClaim, claim_row_id)
    if claim is None or not 0 < claim.position <= len(starts):
        raise NotFound(f"Claim payment {claim_row_id} does not stand in the file.")
    part = _until(whole, starts[claim.position - 1], element, "CLP", "LX", "PLB", "SE", "TS3")
    if line_row_id is None:
        return part
    line = work.session.get(RemittanceLine, line_row_id)
    services = [n for n, s in enumerate(part) if _is(s, element, "SVC")]
    if line is None or not 0 < line.position <= len(services):
        return part
    return _until(part, services[line.position - 1], element, "SVC")


def _set(data: bytes, row: Remittance) -> tuple[list[str], str]:
    problems = ProblemList()
    for number, chunk in enumerate(chunks(decode(data, problems), problems), 1):
        _envelope, sets = read_interchange(chunk, number, problems)
        for source in sets:
            if source.kind == "835" and source.control == row.set_control:
                read = read_835(source)
                if read.set_hash == row.set_hash:
                    return source.segments, source.delimiters.element
    raise NotFound(f"Remittance {row.id} does not stand in its file.")


def _is(segment: str, element: str, *names: str) -> bool:
    return segment.split(element, 1)[0].strip() in names


def _until(segments: Sequence[str], start: int, element: str, *ends: str) -> list[str]:
    stop = start + 1
    while stop < len(segments) and not _is(segments[stop], element, *ends):
        stop += 1
    return list(segments[start:stop])
