"""What every command uses: the parser that refuses in one line, files, the open practice.

Services are imported when a command asks for them: one that needs no practice loads none.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from desktop.errors import EnvironmentProblem, RuleError

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Progress

DONE, FINDINGS, REFUSED = 0, 1, 2
PASSPHRASE = "CLAIMSTEAD_PASSPHRASE"  # noqa: S105 - the name of a variable, no password


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, with where to look, and end with 2."""
        self.exit(REFUSED, f"{self.prog}: {message} (see {self.prog} --help)\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 - it has no public name
"""What commands are added to."""


def refuse(sentence: str) -> None:
    """Say one sentence on standard error."""
    sys.stderr.write(" ".join(sentence.split()) + "\n")


def json_option(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def day(text: str) -> dt.date:
    """An ISO date of the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no date; write it like 2026-09-15") from None


def print_json(value: object) -> None:
    """Print JSON as the commands give it."""
    print(json.dumps(value, ensure_ascii=False, indent=1))


def read_bytes(path: Path) -> bytes:
    """All bytes of a file that was named.

    Raises:
        EnvironmentProblem: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            f"“{path}” cannot be read ({error.strerror}); check the name and its permissions."
        ) from error


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file or none."""
    from desktop.services.care.keys import write_whole

    write_whole(path, data)


def open_practice(options: argparse.Namespace) -> Database:
    """Open the practice that the options name, by environment or keyring."""
    from desktop.services.care import practice_folder as folder

    if options.practice is None:
        raise RuleError("Name the practice first: claimstead --practice DIR …")
    text = os.environ.get(PASSPHRASE)
    if text is not None:
        secret: folder.Secret = folder.Password(text, options.user)
    else:
        secret = folder.MachineKeyring()
    database = folder.open_practice(options.practice, secret)
    if database.warning:
        sys.stderr.write(database.warning + "\n")
    return database


def progress() -> Progress:
    """Progress on a terminal; nothing where the output is read by a program."""
    from desktop.services.core.work import Progress

    class Shown(Progress):
        def report(self, done: int, total: int, text: str = "") -> None:
            if sys.stderr.isatty():
                end = "\n" if done >= total else "\r"
                sys.stderr.write(f"\r{text} {done:,} of {total:,}{end}")

    return Shown()
