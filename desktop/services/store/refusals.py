"""What the engine's errors mean to people, told apart by their codes.

A text that the engine wrote is never read, for it may change with a release or a language. What
a trigger of our own refuses comes with one code and our own text, which is a constant here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import sqlcipher3.dbapi2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from desktop.errors import AppError, EnvironmentProblem, LostUpdate, RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD_CLOSED: Final = "the period of this accounting date is closed"
"""What the ledger's trigger says of an entry dated in a closed period."""

_CONSTRAINT: Final = 19
"""A constraint was broken, or a trigger of ours refused the row with a text of ours."""
_PRIMARY: Final = 0xFF
"""An extended code holds its primary code in the lowest byte."""

_SENTENCES: Final = {
    5: "Another program is busy with this practice; try again in a moment.",  # BUSY
    6: "Another program is busy with this practice; try again in a moment.",  # LOCKED
    8: "The practice's folder cannot be written; check its permissions.",  # READONLY
    10: "The disk reports a fault; nothing was saved. Check it and try again.",  # IOERR
    11: "The file is damaged; restore your newest backup into an empty folder.",  # CORRUPT
    13: "The disk is full; nothing was saved. Free some space and try again.",  # FULL
    14: "The practice's folder cannot be read; check its permissions.",  # CANTOPEN
    26: "The key does not open this file, or the file is damaged.",  # NOTADB
}


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the engine's errors into sentences; what is a bug of ours passes through as it is.

    Raises:
        LostUpdate: somebody else changed the record since it was read.
        RuleError: the books are closed through the accounting date.
        EnvironmentProblem: busy, full, damaged, not writable, or the wrong key.
    """
    try:
        yield
    except StaleDataError:
        raise LostUpdate(
            "Somebody else changed this record meanwhile; look at it again, then repeat the change."
        ) from None
    except DBAPIError as error:
        found = _meaning(error.orig)
        if found is None:
            raise
        raise found from error
    except sqlcipher3.dbapi2.DatabaseError as error:
        found = _meaning(error)
        if found is None:
            raise
        raise found from error


def _meaning(error: BaseException | None) -> AppError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    code &= _PRIMARY
    if code == _CONSTRAINT and error is not None and error.args == (PERIOD_CLOSED,):
        return RuleError(
            "The books are closed through this date, so nothing was saved; money can be "
            "entered again from the day after the last closed one."
        )
    sentence = _SENTENCES.get(code)
    return None if sentence is None else EnvironmentProblem(sentence)
