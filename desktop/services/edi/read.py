"""The one entry for reading X12: bytes in, everything readable and every problem out."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from desktop.services.edi.elements import clip
from desktop.services.edi.interchange import Interchange, TransactionSet, read_interchange
from desktop.services.edi.problems import EdiProblem, ProblemList
from desktop.services.edi.read835 import read_835
from desktop.services.edi.remittance import Remittance
from desktop.services.edi.syntax import chunks, decode

# A day's remittances of a large clinic are a tenth of this.
MAX_BYTES = 64 * 1024 * 1024

Transaction = Remittance


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
    with _without_collector():
        for number, chunk in enumerate(chunks(decode(data, problems), problems), 1):
            envelope, sets = read_interchange(chunk, number, problems)
            if envelope is not None:
                interchanges.append(envelope)
            for source in sets:
                transaction = _read_set(source, problems)
                if transaction is not None:
                    problems.extend(transaction.problems)
                    transactions.append(transaction)
    return EdiFile(digest, tuple(interchanges), tuple(transactions), problems.listed())


@contextmanager
def _without_collector() -> Iterator[None]:
    """Records hold no cycles: pausing the collector halves the time of a large file."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_set(source: TransactionSet, problems: ProblemList) -> Transaction | None:
    reader = _READERS.get(source.kind)
    if reader is None:
        problems.warning(
            f"ST {clip(source.control)}",
            f"Sets of kind “{clip(source.kind)}” are not read by this program.",
        )
        return None
    return reader(source)


_READERS: dict[str, Callable[[TransactionSet], Transaction]] = {"835": read_835}
