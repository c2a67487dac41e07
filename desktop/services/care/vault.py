"""The only door to the operating system's keyring.

Only backends that keep secrets encrypted under the user's login are taken; a plain-text
backend that happens to be installed is as good as none.
"""

from __future__ import annotations

import base64
from typing import Final

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.errors

from desktop.errors import EnvironmentProblem

SERVICE: Final = "Claimstead"
SAFE_BACKENDS: Final = frozenset(
    {
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
    }
)


def _name(backend: keyring.backend.KeyringBackend) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def safe_backend() -> keyring.backend.KeyringBackend | None:
    """The first safe backend of this machine, looking inside a chain; None if there is none."""
    found = keyring.get_keyring()
    inner = (
        list(found.backends)
        if isinstance(found, keyring.backends.chainer.ChainerBackend)
        else [found]
    )
    return next((b for b in inner if _name(b) in SAFE_BACKENDS), None)


def backend_name() -> str:
    """What the keyring of this machine is called, or that there is none."""
    backend = safe_backend()
    return _name(backend) if backend else "none"


def remember(practice: str, key: bytes) -> None:
    """Keep a practice's key in the keyring of this machine.

    Raises:
        EnvironmentProblem: there is no safe keyring, or it is locked.
    """
    backend = safe_backend()
    if backend is None:
        raise EnvironmentProblem(
            "This machine has no keyring that keeps secrets safe; go on with your password."
        )
    try:
        backend.set_password(SERVICE, practice, base64.b64encode(key).decode("ascii"))
    except keyring.errors.KeyringError as error:
        raise EnvironmentProblem(
            "The keyring of this machine is locked; unlock it by logging in, then try again."
        ) from error


def recall(practice: str) -> bytes | None:
    """The remembered key, or None when there is none or the keyring cannot be asked."""
    backend = safe_backend()
    if backend is None:
        return None
    try:
        text = backend.get_password(SERVICE, practice)
    except keyring.errors.KeyringError:
        return None
    return base64.b64decode(text) if text else None


def forget(practice: str) -> None:
    """Remove the remembered key, if there is one."""
    backend = safe_backend()
    if backend is None or recall(practice) is None:
        return
    try:
        backend.delete_password(SERVICE, practice)
    except keyring.errors.KeyringError as error:
        raise EnvironmentProblem(
            "The keyring of this machine is locked; unlock it by logging in, then try again."
        ) from error
