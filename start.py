#!/usr/bin/env python3
"""Set Claimstead up in this folder and open it, or check it.

    python3 start.py          set up, then open the window
    python3 start.py setup    only set up: afterwards .venv/bin/claimstead runs
    python3 start.py test     set up, then run every check and test (extra words go to pytest)

Needs nothing but Python 3.11 or later. It uses the standard library alone, and no syntax that an
older Python cannot read, so that an old one gets a sentence instead of a traceback.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"
STAMP = VENV / "claimstead-setup.json"
LOG = VENV / "claimstead-setup.log"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = SCRIPTS / ("python" + SUFFIX)
PROGRAM = SCRIPTS / ("claimstead" + SUFFIX)
OLDEST_PYTHON = (3, 11)

# What Qt's wheels load from the system: shared object -> Debian and Ubuntu package.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}

NO_NETWORK = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Max retries exceeded",
    "name resolution",
    "getaddrinfo failed",
    "Network is unreachable",
    "Connection refused",
    "ProxyError",
    "Cannot connect to proxy",
)


class Refused(Exception):
    """Set-up cannot go on; the text is one sentence that says why and how to mend it."""


def system_problem(
    version: tuple[int, int], system: str, machine: str, release: tuple[int, ...]
) -> str | None:
    """Why Claimstead cannot run on this computer, or None.

    Args:
        version: Python's major and minor number.
        system: `platform.system()`.
        machine: `platform.machine()`; on Windows what Python itself was built for, since an
            ARM computer runs both kinds.
        release: of the C library on Linux, of macOS on a Mac; empty when not known.
    """
    if version < OLDEST_PYTHON:
        return (
            f"Claimstead needs Python 3.11 or later, and this is {version[0]}.{version[1]}: "
            "install a newer one and run start.py with it, for example 'python3.12 start.py'."
        )
    if system == "Linux":
        oldest = (2, 39) if machine in {"aarch64", "arm64"} else (2, 34)
        if release and release < oldest:
            return (
                f"Claimstead's window needs glibc {oldest[0]}.{oldest[1]} or later on {machine}, "
                "which Debian 12, Ubuntu 22.04 and Fedora 35 have (on ARM: Debian 13, Ubuntu "
                "24.04): this Linux is older or uses another C library."
            )
    if system == "Darwin" and (machine != "arm64" or release < (15,)):
        return "Claimstead needs macOS 15 or later on an Apple silicon Mac, and its own Python."
    if system == "Windows" and machine != "win-amd64":
        return "Claimstead needs 64-bit Windows and the 64-bit Python for Intel and AMD (x86-64)."
    return None


def numbers(text: str) -> tuple[int, ...]:
    """The leading dotted numbers of a version text: '2.36-9' is (2, 36)."""
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def this_release() -> tuple[int, ...]:
    """The C library's version on Linux, macOS's on a Mac; empty when not known."""
    if platform.system() == "Linux":
        return numbers(platform.libc_ver()[1])
    return numbers(platform.mac_ver()[0])


def check_system() -> None:
    """Refuse a machine for which there are no packages."""
    problem = system_problem(
        (sys.version_info[0], sys.version_info[1]),
        platform.system(),
        sysconfig.get_platform() if os.name == "nt" else platform.machine(),
        this_release(),
    )
    if problem:
        raise Refused(problem)


# --- the stamp: what .venv was made from ---------------------------------------------------------


def wanted_stamp(inputs: Iterable[bytes], root: Path, version: tuple[int, int]) -> dict[str, str]:
    """What a finished set-up of these inputs, here, with this Python writes down."""
    digest = hashlib.sha256()
    for data in inputs:
        digest.update(hashlib.sha256(data.replace(b"\r\n", b"\n")).digest())
    return {
        "inputs": digest.hexdigest(),
        "root": str(root),
        "python": f"{version[0]}.{version[1]}",
    }


def read_stamp(path: Path) -> dict[str, str] | None:
    """The stamp of the last finished set-up; None when there is none that can be read."""
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def what_to_do(
    stamp: Mapping[str, str] | None, wanted: Mapping[str, str], *, programs_there: bool
) -> str:
    """Compare stamps: 'nothing', 'update' the folder in place, or 'build' it anew.

    A folder without a stamp is what an interrupted set-up leaves: it is built anew, since nobody
    can tell which of its packages are whole.
    """
    if stamp is None or not programs_there:
        return "build"
    if any(stamp.get(key) != wanted[key] for key in ("root", "python")):
        return "build"
    return "nothing" if stamp == wanted else "update"


# --- messages ------------------------------------------------------------------------------------


def explain_pip(output: str) -> str:
    """One sentence for a failed `pip install`, out of what pip printed."""
    if "No space left on device" in output:
        return "The disk is full: free about 1 GB and run start.py again."
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one that requirements.lock names, so it was not "
            "installed: run start.py again, and if it repeats, ask who runs your package mirror."
        )
    if "CERTIFICATE_VERIFY_FAILED" in output or "SSLError" in output:
        return (
            "The package server's certificate was not accepted: check the computer's date, and "
            "behind an office proxy tell pip of its certificate ('pip config set global.cert FILE')"
            ", then run start.py again."
        )
    if any(sign in output for sign in NO_NETWORK):
        return (
            "The packages could not be downloaded: check the network (or pip's proxy setting) and "
            "run start.py again."
        )
    missing = re.search(r"No matching distribution found for ([\w.-]+)", output)
    if missing:
        return (
            f"There is no ready-built package of {missing.group(1)} for this computer and Python "
            f"{platform.python_version()}: run start.py with another Python from 3.11 on."
        )
    if "Permission denied" in output or "WinError 5" in output or "WinError 32" in output:
        return "A file in .venv is in use or read-only: close Claimstead and run start.py again."
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    reason = errors[-1][len("ERROR:") :].strip() if errors else "pip gave no reason"
    return f"The packages could not be installed ({reason}); the whole record is in {LOG}."


def unloadable(output: str) -> str | None:
    """The shared object that an import complained of: 'libfoo.so.1', or None."""
    found = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file", output)
    return found.group(1) if found else None


def library_command(missing: Mapping[str, str], has: Callable[[str], object]) -> str:
    """The one command that installs the missing shared objects on this kind of Linux."""
    if has("apt-get"):
        return "sudo apt-get install -y --no-install-recommends " + " ".join(missing.values())
    for tool in ("dnf", "zypper"):
        if has(tool):
            return f"sudo {tool} install " + " ".join(f"'{name}()(64bit)'" for name in missing)
    return "your system's package tool, for " + " ".join(missing)


# --- system libraries ----------------------------------------------------------------------------


def can_load(name: str) -> bool:
    """Whether the system has this shared object."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def libraries_wanted(environ: Mapping[str, str]) -> dict[str, str]:
    """Qt's libraries for this session: the base, and those of the display that is there."""
    wanted = dict(QT_LIBRARIES)
    if environ.get("DISPLAY"):
        wanted.update(X11_LIBRARIES)
    if environ.get("WAYLAND_DISPLAY"):
        wanted.update(WAYLAND_LIBRARIES)
    return wanted


def has_display(system: str, environ: Mapping[str, str]) -> bool:
    """Whether a window can open: always on Windows and macOS."""
    return system != "Linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def is_root_on_debian() -> bool:
    """Whether missing system packages can be installed without asking anyone."""
    geteuid = getattr(os, "geteuid", None)
    return shutil.which("apt-get") is not None and geteuid is not None and geteuid() == 0


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages as root; False when apt refuses."""
    print("Installing " + " ".join(packages) + " ...", flush=True)

    def apt(*words: str) -> bool:
        return not subprocess.run(
            ["apt-get", "-q", *words],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        ).returncode

    apt("update")  # May fail over one stale source; the install decides.
    return apt("install", "-y", "--no-install-recommends", *packages)


def check_libraries(environ: Mapping[str, str]) -> None:
    """See to it that Qt's system libraries are there (Linux; the other wheels bring all)."""
    if platform.system() != "Linux":
        return
    missing = {name: pkg for name, pkg in libraries_wanted(environ).items() if not can_load(name)}
    if not missing:
        return
    if is_root_on_debian() and apt_install(list(missing.values())):
        return
    command = library_command(missing, shutil.which)
    raise Refused(f"The window's system libraries are missing; install them with: {command}")


# --- setting up ----------------------------------------------------------------------------------


def run_logged(command: Sequence[str], *, fresh: bool = False) -> tuple[int, str]:
    """Run a command quietly; its output goes to the log and comes back."""
    environ = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if LOG.parent.is_dir():
        with LOG.open("w" if fresh else "a", encoding="utf-8") as log:
            log.write("$ " + " ".join(command) + "\n" + done.stdout + "\n")
    return done.returncode, done.stdout


def make_venv() -> None:
    """Lay down an empty .venv with pip, in place of whatever is there."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise Refused("Run start.py with the computer's own Python, not the one in .venv.")
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not (is_root_on_debian() and apt_install([package])):
            raise Refused(
                "This Python cannot make its own folder for packages; install what is missing "
                f"(on Debian and Ubuntu: 'sudo apt-get install -y {package}') and run start.py "
                "again."
            )
    code, output = run_logged([sys.executable, "-m", "venv", "--clear", str(VENV)], fresh=True)
    if code:
        last = (output.strip().splitlines() or ["no reason given"])[-1]
        raise Refused(f"The folder .venv could not be made ({last}).")


def install() -> None:
    """Install the locked packages by their hashes, then the project itself, without a network."""
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--progress-bar=off", "--no-deps"]
    for arguments in (
        ["--require-hashes", "--only-binary=:all:", "-r", str(LOCK)],
        ["--no-index", "--no-build-isolation", "-e", str(ROOT)],
    ):
        code, output = run_logged([*pip, *arguments])
        if code:
            raise Refused(explain_pip(output))


def set_up() -> None:
    """Bring .venv to what the lock says; at once when it is there already."""
    version = (sys.version_info[0], sys.version_info[1])
    wanted = wanted_stamp([LOCK.read_bytes(), PYPROJECT.read_bytes()], ROOT, version)
    stamp = read_stamp(STAMP)
    step = what_to_do(stamp, wanted, programs_there=PYTHON.exists() and PROGRAM.exists())
    if step != "nothing":
        began = time.monotonic()
        if step == "build":
            print(f"Setting Claimstead up in {VENV} (fetches about 150 MB) ...", flush=True)
        else:
            print(f"Updating Claimstead in {VENV} ...", flush=True)
        if step == "build":
            make_venv()
        # No stamp while packages change: an interrupted run is then seen, and mended, next time.
        STAMP.unlink(missing_ok=True)
        try:
            install()
        except Refused:
            # pip fetches everything before it changes anything: without a network an update
            # leaves the packages as they were, and the old program usable.
            if stamp is not None and step == "update" and probe() is None:
                STAMP.write_text(json.dumps(stamp), encoding="utf-8")
            raise
        STAMP.write_text(json.dumps(wanted), encoding="utf-8")
        print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)
    check_libraries(os.environ)
    if step != "nothing":
        complaint = probe()
        if complaint:
            raise Refused(complaint)


def probe() -> str | None:
    """Import what is built natively; the sentence for what failed, or None."""
    modules = "PySide6.QtWidgets, PySide6.QtPdf, sqlcipher3.dbapi2, cryptography.fernet, pikepdf"
    code, output = run_logged([str(PYTHON), "-c", f"import {modules}"])
    if not code:
        return None
    library = unloadable(output)
    if library:
        return f"The system library {library} is missing: install the package that holds it."
    last = (output.strip().splitlines() or ["no reason given"])[-1]
    return f"The installed packages do not load ({last}): delete .venv and run start.py again."


# --- what start.py is asked to do ----------------------------------------------------------------


def fresh_folder(base: Path) -> Path:
    """The folder itself, or with a number behind it, such that nothing is written over."""
    folder, number = base, 1
    while folder.exists():
        number += 1
        folder = base.with_name(f"{base.name}-{number}")
    return folder


def open_program() -> int:
    """Open the window; without a display make the sample practice and its documents."""
    if has_display(platform.system(), os.environ):
        return subprocess.call([str(PROGRAM)])
    folder = fresh_folder(ROOT / "claimstead-demo")
    print(f"There is no display here, so the sample practice is made in {folder} instead.")
    sys.stdout.flush()
    return subprocess.call([str(PROGRAM), "demo", str(folder)])


def run_checks(pytest_words: Sequence[str]) -> int:
    """Run lint, types, import contracts and tests; 0 only when all pass."""
    python = str(PYTHON)
    steps = [
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("lint", [python, "-m", "ruff", "check", "."]),
        ("types", [python, "-m", "mypy"]),
        ("import contracts", [str(SCRIPTS / ("lint-imports" + SUFFIX)), "--no-logo"]),
        ("tests", [python, "-m", "pytest", "-q", "-n", "auto", "--maxprocesses=4", *pytest_words]),
    ]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    failed = []
    for name, command in steps:
        print(f"== {name}", flush=True)
        if subprocess.call(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL):
            failed.append(name)
    if failed:
        print("Failed: " + ", ".join(failed) + ".", file=sys.stderr)
    return 1 if failed else 0


def main(words: Sequence[str]) -> int:
    """Do what the words ask; the exit code."""
    parser = argparse.ArgumentParser(prog="start.py", description="Set up and open Claimstead.")
    parser.add_argument("what", nargs="?", choices=["open", "setup", "test"], default="open")
    asked, rest = parser.parse_known_args(words)
    if rest and asked.what != "test":
        parser.error("unknown words: " + " ".join(rest))
    try:
        check_system()
        set_up()
        if asked.what == "test":
            return run_checks(rest)
        if asked.what == "open":
            return open_program()
        print(f"Claimstead is ready: {PROGRAM}")
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; run start.py again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
