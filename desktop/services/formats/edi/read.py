"""The one entry for reading X12: bytes in, everything readable and every problem out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.formats.edi.acknowledgments import (
    Acknowledgment,
    InterchangeAcknowledgment,
    read_999,
    read_ta1,
)
from desktop.services.formats.edi.claim_status import ClaimStatusSet, read_status
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.collector import without_collector
from desktop.services.formats.edi.elements import at, clip
from desktop.services.formats.edi.eligibility import EligibilitySet, read_eligibility
from desktop.services.formats.edi.interchange import Interchange, TransactionSet, read_interchange
from desktop.services.formats.edi.problems import EdiProblem, ProblemList
from desktop.services.formats.edi.read835 import read_835
from desktop.services.formats.edi.read837 import read_837
from desktop.services.formats.edi.remittance import Remittance
from desktop.services.formats.edi.syntax import chunks, decode

if TYPE_CHECKING:
    from collections.abc import Callable

# A day's remittances of a large clinic are a tenth of this.
MAX_BYTES = 64 * 1024 * 1024

# More than any batch holds; bounds the memory that a file of garbage can take.
MAX_SETS = 20_000

Transaction = (
    Remittance
    | SentClaims
    | Acknowledgment
    | InterchangeAcknowledgment
    | ClaimStatusSet
    | EligibilitySet
)


@dataclass(frozen=True, slots=True)
class EdiFile:
    """What one file says.

    Attributes:
        sha256: of the file's bytes, in hex.
        transactions: every set of a kind that is read, in the file's order.
        problems: of the envelope and of every set.
    """

    sha256: str
    interchanges: tuple[Interchange, ...]
    transactions: tuple[Transaction, ...]
    problems: tuple[EdiProblem, ...]


def read_file(data: bytes) -> EdiFile:
    """Read an X12 file of any kind; never raises on what the bytes may be."""
    problems = ProblemList()
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        problems.error("file", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; not read.")
        return EdiFile(digest, (), (), problems.listed())
    interchanges: list[Interchange] = []
    transactions: list[Transaction] = []
    with without_collector():
        for number, chunk in enumerate(chunks(decode(data, problems), problems), 1):
            envelope, sets = read_interchange(chunk, number, problems)
            if envelope is not None:
                interchanges.append(envelope)
            if len(transactions) + len(sets) > MAX_SETS:
                problems.error("file", f"The file holds more than {MAX_SETS} sets; not all read.")
                sets = sets[: MAX_SETS - len(transactions)]
            for source in sets:
                transaction = _read_set(source, problems)
                if transaction is not None:
                    problems.extend(transaction.problems)
                    transactions.append(transaction)
    return EdiFile(digest, tuple(interchanges), tuple(transactions), problems.listed())


def _read_set(source: TransactionSet, problems: ProblemList) -> Transaction | None:
    kind = _kind(source)
    reader = _READERS.get(kind)
    where = f"ST {clip(source.control)}"
    if reader is None:
        problems.warning(where, f"Sets of kind “{clip(kind)}” are not read by this program.")
        return None
    if source.version != source.group_version and source.group_version:
        problems.warning(
            where,
            f"ST03 “{clip(source.version)}” differs from GS08 “{clip(source.group_version)}”.",
        )
    return reader(source)


def _kind(source: TransactionSet) -> str:
    """Which of the kinds we read a set is: 837 and 277 have several."""
    version = source.version
    if source.kind == "837":
        for mark, kind in (("X223", "837I"), ("X224", "837D"), ("X096", "837I"), ("X097", "837D")):
            if mark in version:
                return kind
        return "837P"
    if source.kind == "277":
        return "277CA" if "X214" in version or _purpose(source) == "0085" else "277"
    return source.kind


def _purpose(source: TransactionSet) -> str:
    """BHT01, which tells an acknowledgment (0085) from an answer (0010)."""
    sep = source.delimiters.element
    for segment in source.segments[:3]:
        if segment.startswith("BHT" + sep):
            return at(segment.split(sep), 1)
    return ""


_READERS: dict[str, Callable[[TransactionSet], Transaction]] = {
    "835": read_835,
    "837P": read_837,
    "999": read_999,
    "TA1": read_ta1,
    "277CA": lambda source: read_status(source, "277CA"),
    "277": lambda source: read_status(source, "277"),
    "276": lambda source: read_status(source, "276"),
    "271": lambda source: read_eligibility(source, "271"),
    "270": lambda source: read_eligibility(source, "270"),
}
