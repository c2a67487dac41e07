"""The quarterly list of procedure pairs: how long its import takes, and one look-up in it."""

from __future__ import annotations

import functools
import random
import shutil
from itertools import islice
from typing import TYPE_CHECKING, Final

from desktop.clock import SampleClock
from desktop.services.coding.base.connection import connect, transaction
from desktop.services.coding.base.values import NCCI
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.releases import systems
from desktop.services.sample.bench.practice import TODAY, Bench
from desktop.services.sample.bench.result import MILLISECONDS, BenchResult, p99, timed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMPORT_MS: Final = 60_000.0
LOOKUP_MS: Final = 1.0
_NAME: Final = "ncci-pairs.txt"
_HEADER: Final = (
    "Invented pairs in the published layout.\n\n"
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\t"
    "Modifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\n"
)
_REASONS: Final = (
    "Misuse of Column Two code with Column One code",
    "Mutually exclusive procedures",
    "Standards of medical/surgical practice",
    "More extensive procedure",
)
_DAYS: Final = ("20150101", "20190401", "20210701", "20240101", "20260401", "20260701")
_SECONDS: Final = 300
_INSERT: Final = (
    "INSERT INTO code_pair (system_id, first, second, valid_from, valid_to, indicator, note)"
    " VALUES (?,?,?,?,?,?,?)"
)


def invented_pairs(count: int) -> Iterator[str]:
    """So many lines as published, in order, each pair once; the same ones every time."""
    chance = random.Random(20260701)  # noqa: S311 - invented data
    for number in range(count):
        first, second = divmod(number, _SECONDS)
        ends = "20260331" if number % 9 == 0 else "*"
        yield (
            f"{'ABCEGHJKLMPQRSTV'[first // 1000 % 16]}{first % 1000:04}\tZ{second * 7:04}\t\t"
            f"{chance.choice(_DAYS[:4])}\t{ends}\t{number % 3 == 0:d}\t{chance.choice(_REASONS)}\n"
        )


def write_pairs(path: Path, count: int) -> Path:
    """A file of so many pairs, of the third quarter of 2026."""
    with path.open("w", encoding="ascii", newline="\r\n") as file:
        file.write(_HEADER)
        file.writelines(invented_pairs(count))
        file.write("V9999\tZ9999\t\t20260701\t*\t1\tMutually exclusive procedures\n")
    return path


def ncci_import(bench: Bench) -> BenchResult:
    """A quarter's pairs from the file to the end of the transaction."""
    folder, path = _folder(bench), _file(bench)
    with CodeStore.create(folder / "ours.db") as store:
        ours, (result,) = timed(
            lambda: store.import_file(path, SampleClock(TODAY).now(), progress=lambda *_: None)
        )
    CodeStore.create(folder / "floor.db").close()
    floor, _ = timed(lambda: _floor(path, folder / "floor.db"))
    (folder / "floor.db").unlink()
    return BenchResult(
        "ncci-import",
        ours,
        floor,
        IMPORT_MS,
        MILLISECONDS,
        f"{result.release.records:,} pairs, {path.stat().st_size / 1e6:.0f} MB of text, once each; "
        "floor: split each line and insert it",
    )


def ncci_lookup(bench: Bench) -> BenchResult:
    """Whether two procedures are a pair on a date; half of those asked for are none."""
    folder, path = _folder(bench), _file(bench)
    if not (folder / "ours.db").is_file():
        ncci_import(bench)
    with path.open(encoding="ascii") as file:
        step = max(bench.scale.pairs // bench.scale.keys, 1)
        lines = [line.split("\t") for line in islice(file, 3, None, step)]
    asked = [(a, b if i % 2 else "X0000") for i, (a, b, *_) in enumerate(lines)]
    with CodeStore(folder / "ours.db") as store:
        times = [timed(functools.partial(store.pair, NCCI, a, b, TODAY))[0] for a, b in asked]
    connection = connect(folder / "ours.db")
    number = systems.system_id(connection, NCCI)
    sql = "SELECT * FROM code_pair WHERE system_id = ? AND first = ? AND second = ?"
    floor = [
        timed(lambda a=a, b=b: connection.execute(sql, (number, a, b)).fetchall())[0]  # type: ignore[misc]
        for a, b in asked
    ]
    connection.close()
    return BenchResult(
        "ncci-lookup",
        p99(times),
        p99(floor),
        LOOKUP_MS,
        MILLISECONDS,
        f"p99 of {len(asked):,} look-ups among {bench.scale.pairs:,} pairs; "
        "floor: one bare statement each",
    )


def _folder(bench: Bench) -> Path:
    folder = bench.folder / "ncci"
    folder.mkdir(exist_ok=True)
    return folder


def _file(bench: Bench) -> Path:
    path = _folder(bench) / _NAME
    if not path.is_file():
        part = path.with_suffix(".part")
        write_pairs(part, bench.scale.pairs - 1)
        shutil.move(part, path)
    return path


def _floor(path: Path, database: Path) -> None:
    connection = connect(database)
    with transaction(connection):
        number = systems.system_id(connection, NCCI)
        with path.open(encoding="ascii") as file:
            rows = (line.split("\t") for line in islice(file, 3, None))
            pairs = (
                (number, a, b, v0, None if v1 == "*" else v1, m, note)
                for a, b, _, v0, v1, m, note in rows
            )
            while some := list(islice(pairs, 50_000)):
                connection.executemany(_INSERT, some)
    connection.close()
