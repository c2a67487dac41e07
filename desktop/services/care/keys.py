"""Key slots: the random key of a practice, wrapped by each password and by the recovery key.

`practice.keys` is JSON beside the databases. A slot holds Argon2id parameters, a salt and the
32-byte key sealed by AES-256-GCM; practice id, slot kind, name and parameters are bound as
associated data, so an altered file does not open. The raw key is never on disk.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import secrets
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop.clock import SystemClock
from desktop.errors import EnvironmentProblem, Problem, RuleError

if TYPE_CHECKING:
    from pathlib import Path

KEYS_NAME: Final = "practice.keys"
ATTEMPTS_NAME: Final = "practice.attempts"
KEY_BYTES: Final = 32
MIN_PASSWORD: Final = 12
FREE_ATTEMPTS: Final = 5
# Crockford's base 32: no I, L, O or U, so a printed key is read back without doubt.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_COMMON: Final = frozenset(
    "password passwort letmein welcome qwerty claimstead practice doctor billing medical "
    "administrator 123456789012 qwertyuiop asdfghjkl iloveyou".split()
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id cost; the default takes a quarter of a second or more on an office PC."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapped copy of the key. `kind` is ``password`` or ``recovery``."""

    kind: str
    name: str
    cost: Cost
    salt: bytes
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All slots of one practice."""

    practice: str
    slots: tuple[Slot, ...]

    @property
    def user_names(self) -> tuple[str, ...]:
        """Names of users with a password, in the order in which they were added."""
        return tuple(s.name for s in self.slots if s.kind == "password")


def new_key() -> bytes:
    """A fresh random database key."""
    return secrets.token_bytes(KEY_BYTES)


def new_recovery_key() -> str:
    """A printable key of 160 random bits in eight groups of four."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(32))
    return "-".join(text[i : i + 4] for i in range(0, 32, 4))


def fold_recovery_key(text: str) -> str:
    """What was typed from paper, as it was printed: case, spaces and look-alikes do not matter."""
    bare = re.sub(r"[\s-]", "", text.upper()).translate(str.maketrans("OILU", "011V"))
    return "-".join(bare[i : i + 4] for i in range(0, len(bare), 4))


def password_problem(password: str) -> str | None:
    """None for a usable password: length is asked for, composition is not."""
    if len(password) < MIN_PASSWORD:
        return f"The password needs at least {MIN_PASSWORD} characters; a short sentence is good."
    guessed = len(set(password)) < 5 or password.isdigit()
    if guessed or password.lower().strip("0123456789!.?-_ ") in _COMMON:
        return "This password is among the first that are guessed; take a short sentence instead."
    return None


def new_key_file() -> KeyFile:
    """A key file without slots for a new practice."""
    return KeyFile(str(uuid.uuid4()), ())


def with_slot(
    keys: KeyFile, key: bytes, kind: str, name: str, secret: str, cost: Cost | None = None
) -> KeyFile:
    """The key file with one slot added, or replaced where kind and name exist."""
    cost = cost or Cost()
    salt, nonce = os.urandom(16), os.urandom(12)
    bound = _bound(keys.practice, kind, name, cost, salt)
    wrapped = AESGCM(_derive(secret, cost, salt)).encrypt(nonce, key, bound)
    slot = Slot(kind, name, cost, salt, nonce, wrapped)
    kept = tuple(s for s in keys.slots if (s.kind, s.name) != (kind, name))
    return replace(keys, slots=(*kept, slot))


def without_slot(keys: KeyFile, kind: str, name: str) -> KeyFile:
    """The key file without that slot."""
    return replace(keys, slots=tuple(s for s in keys.slots if (s.kind, s.name) != (kind, name)))


def unwrap(keys: KeyFile, kind: str, secret: str, name: str | None = None) -> tuple[str, bytes]:
    """Open a slot.

    Args:
        keys: the practice's slots.
        kind: ``password`` or ``recovery``.
        secret: the password, or the recovery key as typed.
        name: the user; None tries every slot of the kind.

    Returns:
        the slot's name and the 32-byte key.

    Raises:
        RuleError: no slot opens with this secret.
    """
    if kind == "recovery":
        secret = fold_recovery_key(secret)
    for slot in keys.slots:
        if slot.kind != kind or (name is not None and slot.name != name):
            continue
        bound = _bound(keys.practice, slot.kind, slot.name, slot.cost, slot.salt)
        try:
            derived = _derive(secret, slot.cost, slot.salt)
            return slot.name, AESGCM(derived).decrypt(slot.nonce, slot.wrapped, bound)
        except InvalidTag:
            continue
    if kind == "recovery":
        raise RuleError(Problem("secret", "This recovery key does not open this practice."))
    raise RuleError(
        Problem("secret", "The password is not right for this practice; nothing was opened.")
    )


def read_key_file(folder: Path) -> KeyFile:
    """Read `practice.keys`.

    Raises:
        EnvironmentProblem: there is none, or it is damaged.
    """
    path = folder / KEYS_NAME
    try:
        plain = json.loads(path.read_text("utf-8"))
        slots = tuple(_slot(s) for s in plain["slots"])
        if plain["format"] != 1:
            raise EnvironmentProblem(
                "The key file of this practice was written by a newer Claimstead; update first."
            )
        return KeyFile(str(plain["practice"]), slots)
    except FileNotFoundError:
        raise EnvironmentProblem(
            f"There is no practice in “{folder}”; choose the folder that holds {KEYS_NAME}."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise EnvironmentProblem(
            f"{path} is damaged; put back the copy that lies in your newest backup."
        ) from None


def write_key_file(folder: Path, keys: KeyFile) -> None:
    """Replace `practice.keys` whole: temporary file, fsync, rename."""
    plain = {
        "format": 1,
        "practice": keys.practice,
        "slots": [
            {
                "kind": s.kind,
                "name": s.name,
                "kdf": _kdf(s.cost, s.salt),
                "nonce": _text(s.nonce),
                "wrapped": _text(s.wrapped),
            }
            for s in keys.slots
        ],
    }
    write_whole(folder / KEYS_NAME, json.dumps(plain, indent=1).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old or the new one, never a part.

    Raises:
        EnvironmentProblem: the folder is missing, full or read-only.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or "it cannot be written"
        raise EnvironmentProblem(
            f"“{path}” could not be written ({reason}); free some space or choose another folder."
        ) from error


class Attempts:
    """Counts wrong passwords; after five each further one doubles the wait.

    The count outlives a restart, and setting the clock back does not shorten the wait.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ATTEMPTS_NAME

    def wait_seconds(self, now: dt.datetime | None = None) -> int:
        """Seconds until the next try is allowed; 0 when it is."""
        count, last = self._read()
        if count < FREE_ATTEMPTS or last is None:
            return 0
        pause = min(30 * 2 ** (count - FREE_ATTEMPTS), 3600)
        passed = ((now or SystemClock().now()) - last).total_seconds()
        return int(max(0, pause - max(passed, 0)))

    def failed(self, now: dt.datetime | None = None) -> None:
        """Count one wrong secret."""
        count, _ = self._read()
        self._write(count + 1, now or SystemClock().now())

    def succeeded(self) -> None:
        """Forget the failures."""
        self._path.unlink(missing_ok=True)

    def _write(self, count: int, last: dt.datetime) -> None:
        plain = {"count": count, "last": last.isoformat()}
        write_whole(self._path, json.dumps(plain).encode())

    def _read(self) -> tuple[int, dt.datetime | None]:
        try:
            plain = json.loads(self._path.read_text("utf-8"))
            return int(plain["count"]), _moment(plain["last"])
        except FileNotFoundError:
            return 0, None
        except (OSError, ValueError, KeyError, TypeError):
            # A damaged counter must not open the door: count as if five had failed just now,
            # and write that down, so that the wait ends some time.
            now = SystemClock().now()
            self._write(FREE_ATTEMPTS, now)
            return FREE_ATTEMPTS, now


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _derive(secret: str, cost: Cost, salt: bytes) -> bytes:
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return kdf.derive(secret.encode("utf-8"))


def _kdf(cost: Cost, salt: bytes) -> dict[str, Any]:
    return {
        "algorithm": "argon2id",
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "memory_kib": cost.memory_kib,
        "salt": _text(salt),
    }


def _bound(practice: str, kind: str, name: str, cost: Cost, salt: bytes) -> bytes:
    plain = {"practice": practice, "kind": kind, "name": name, "kdf": _kdf(cost, salt)}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def _slot(plain: dict[str, Any]) -> Slot:
    kdf = plain["kdf"]
    cost = Cost(int(kdf["iterations"]), int(kdf["lanes"]), int(kdf["memory_kib"]))
    # Bounds: a doctored file must not make the program eat all memory before it is refused.
    if not (1 <= cost.iterations <= 20 and 1 <= cost.lanes <= 16):
        raise ValueError("cost")
    if not 8 * cost.lanes <= cost.memory_kib <= 1024 * 1024 or kdf["algorithm"] != "argon2id":
        raise ValueError("cost")
    return Slot(
        str(plain["kind"]),
        str(plain["name"]),
        cost,
        _bytes(kdf["salt"]),
        _bytes(plain["nonce"]),
        _bytes(plain["wrapped"]),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
