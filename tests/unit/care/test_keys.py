"""Key slots: what opens, what does not, and how guessing is slowed down."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from desktop.errors import EnvironmentProblem, RuleError
from desktop.services.care import keys
from tests.conftest import CHEAP

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 9, 15, 9, tzinfo=dt.UTC)


def slots(key: bytes) -> keys.KeyFile:
    made = keys.with_slot(keys.new_key_file(), key, "password", "owner", "a long sentence", CHEAP)
    return keys.with_slot(made, key, "password", "biller", "another sentence", CHEAP)


def test_each_password_opens_the_same_key(tmp_path: Path) -> None:
    key = keys.new_key()
    keys.write_key_file(tmp_path, slots(key))
    read = keys.read_key_file(tmp_path)
    assert keys.unwrap(read, "password", "a long sentence") == ("owner", key)
    assert keys.unwrap(read, "password", "another sentence") == ("biller", key)
    with pytest.raises(RuleError):
        keys.unwrap(read, "password", "another sentence", "owner")


def test_the_raw_key_is_never_on_the_disk(tmp_path: Path) -> None:
    key = keys.new_key()
    keys.write_key_file(tmp_path, slots(key))
    data = (tmp_path / keys.KEYS_NAME).read_bytes()
    assert key not in data
    assert key.hex().encode() not in data


def test_recovery_key_is_read_as_people_type_it() -> None:
    key = keys.new_key()
    printed = keys.new_recovery_key()
    made = keys.with_slot(keys.new_key_file(), key, "recovery", "recovery", printed, CHEAP)
    typed = printed.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert keys.unwrap(made, "recovery", typed)[1] == key


@pytest.mark.parametrize("part", ["practice", "name", "salt", "iterations", "wrapped"])
def test_an_altered_slot_does_not_open(tmp_path: Path, part: str) -> None:
    keys.write_key_file(tmp_path, slots(keys.new_key()))
    path = tmp_path / keys.KEYS_NAME
    plain = json.loads(path.read_text())
    slot = plain["slots"][0]
    if part == "practice":
        plain["practice"] = "00000000-0000-0000-0000-000000000000"
    elif part == "name":
        slot["name"] = "somebody"
    elif part == "iterations":
        slot["kdf"]["iterations"] += 1
    elif part == "salt":
        slot["kdf"]["salt"] = "A" * len(slot["kdf"]["salt"][:-2]) + "=="
    else:
        slot["wrapped"] = slot["wrapped"][::-1].lstrip("=") + "=="
    plain["slots"] = [slot]
    path.write_text(json.dumps(plain))
    with pytest.raises((RuleError, EnvironmentProblem)):
        keys.unwrap(keys.read_key_file(tmp_path), "password", "a long sentence")


def test_costs_beyond_reason_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    keys.write_key_file(tmp_path, slots(keys.new_key()))
    path = tmp_path / keys.KEYS_NAME
    path.write_text(path.read_text().replace('"memory_kib": 1024', '"memory_kib": 99999999999'))
    with pytest.raises(EnvironmentProblem, match="damaged"):
        keys.read_key_file(tmp_path)


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaa", "Password1234!", "claimstead2026", "123456789012"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    assert keys.password_problem(password)


def test_long_sentences_are_taken_whatever_they_hold() -> None:
    assert keys.password_problem("my cat sleeps at noon") is None
    assert keys.password_problem("ä" * 30 + "bcdef") is None


def test_five_failures_then_the_wait_doubles(tmp_path: Path) -> None:
    attempts = keys.Attempts(tmp_path)
    for _ in range(4):
        attempts.failed(NOW)
    assert attempts.wait_seconds(NOW) == 0
    attempts.failed(NOW)
    assert attempts.wait_seconds(NOW) == 30
    attempts.failed(NOW)
    again = keys.Attempts(tmp_path)
    assert again.wait_seconds(NOW) == 60
    assert again.wait_seconds(NOW + dt.timedelta(seconds=45)) == 15
    assert again.wait_seconds(NOW - dt.timedelta(days=9)) == 60
    again.succeeded()
    assert again.wait_seconds(NOW) == 0
