"""No bytes make the readers raise, hang or lose what stands beside the damage."""

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.formats.edi.plain import plain_file
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import Remittance
from desktop.services.formats.edi.text import text_file
from tests.helpers.shared import shared_dir

if TYPE_CHECKING:
    from pathlib import Path

LONG = os.environ.get("CLAIMSTEAD_LONG") == "1"
ROUNDS = 10_000 if LONG else 500
SEED = int(os.environ.get("CLAIMSTEAD_SEED", "20260915"))
LIMIT_SECONDS = 2.0
DELIMITERS = b"*~:^>|\n\r<\\!_ "


def samples() -> list[Path]:
    folder = shared_dir("edi-samples")
    return sorted(
        p
        for kind in folder.iterdir()
        if kind.is_dir() and kind.name not in ("spec-tables", "LICENSES")
        for p in kind.iterdir()
    )


def delete(data: bytearray, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice([1, 1, 2, 10, 200])]
    return bytes(data)


def duplicate(data: bytearray, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    piece = data[start : start + rng.choice([1, 5, 50, 500])]
    data[start:start] = piece * rng.choice([1, 2, 20])
    return bytes(data)


def flip(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 3, 30])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def truncate(data: bytearray, rng: random.Random) -> bytes:
    return bytes(data[: rng.randrange(len(data))])


def swap_delimiters(data: bytearray, rng: random.Random) -> bytes:
    first, second = rng.choice(DELIMITERS), rng.choice(DELIMITERS)
    return bytes(data.translate(bytes.maketrans(bytes([first, second]), bytes([second, first]))))


def insert_delimiters(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 5, 40])):
        data.insert(rng.randrange(len(data)), rng.choice(DELIMITERS))
    return bytes(data)


def odd_numbers(data: bytearray, rng: random.Random) -> bytes:
    odd = rng.choice(
        [b"NaN", b"1E+30", b"1_000", b"-", b".", b"9" * 400, "٣".encode(), b"Infinity", b"0x10"]
    )
    at = data.find(rng.choice([b"*1", b"*2", b"*9", b"*5"]), rng.randrange(len(data)))
    if at >= 0:
        data[at + 1 : at + 2] = odd
    return bytes(data)


def shuffle_segments(data: bytearray, rng: random.Random) -> bytes:
    parts = bytes(data).split(b"~")
    head, rest = parts[:1], parts[1:]
    rng.shuffle(rest)
    return b"~".join(head + rest)


MUTATIONS = [
    delete,
    duplicate,
    flip,
    truncate,
    swap_delimiters,
    insert_delimiters,
    odd_numbers,
    shuffle_segments,
]


def test_mutated_samples_are_read_without_exception_and_in_time() -> None:
    rng = random.Random(SEED)
    files = [(p.name, p.read_bytes()) for p in samples()]
    print(f"seed {SEED}, {ROUNDS} rounds over {len(files)} files")
    slowest = 0.0
    for number in range(ROUNDS):
        name, data = files[number % len(files)]
        for _ in range(rng.choice([1, 1, 2, 4])):
            if data:
                data = rng.choice(MUTATIONS)(bytearray(data), rng)
        started = time.process_time()
        try:
            file = read_file(data)
            json.dumps(plain_file(file), allow_nan=False).encode("utf-8", "replace")
            text_file(file)
        except Exception as error:  # noqa: BLE001
            pytest.fail(f"round {number} of seed {SEED}, {name}: {error!r}")
        slowest = max(slowest, time.process_time() - started)
        for transaction in file.transactions:
            if isinstance(transaction, Remittance) and not file.problems:
                assert transaction.fully_balanced, (name, number)
    assert slowest < LIMIT_SECONDS


@settings(max_examples=2000 if LONG else 100, deadline=None)
@given(st.binary(max_size=2000) | st.text("ISAGSTE*~:^0129 \n", max_size=600).map(str.encode))
def test_any_bytes_give_a_file_and_at_least_one_problem(data: bytes) -> None:
    file = read_file(data)
    assert file.problems or file.transactions


def hostile() -> list[bytes]:
    head = (
        b"ISA*00*          *00*          *ZZ*A              *ZZ*B              "
        b"*260915*0900*^*00501*000000001*0*T*:~GS*HP*A*B*20260915*0900*1*X*005010X221A1~"
    )
    return [
        head + b"ST*835*1~" * 50_000,
        head + b"ST*835*1~" + b"CLP*1*1*X*Y~" * 50_000,
        head + b"ST*835*1~CLP*1*1*1*1~" + b"CAS*CO*1*1" * 50_000,
        head + b"~" * 1_000_000,
        b"ISA*" * 200_000,
        head + b"ST*271*1*005010X279A1~HL*1**22~" + b"EB*1~" + b"MSG*A~" * 5_000,
        head + b"ST*277*1*005010X214~HL*1**PT~TRN*2*1~" + b"SVC*HC:1*1~STC*A1~" * 10_000,
        b"\x00" * 1_000_000,
    ]


@pytest.mark.parametrize("index", range(8))
def test_hostile_files_stay_bounded_in_time_and_problems(index: int) -> None:
    data = hostile()[index]
    started = time.process_time()
    file = read_file(data)
    assert time.process_time() - started < 10
    assert len(file.problems) <= 501
