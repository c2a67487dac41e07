from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import start
from tests.helpers.shared import ROOT

HERE = Path("/somewhere/claimstead")


@pytest.mark.parametrize(
    ("version", "system", "machine", "release", "says"),
    [
        ((3, 9), "Linux", "x86_64", (2, 36), "Python 3.11 or later, and this is 3.9"),
        ((3, 10), "Windows", "win-amd64", (), "Python 3.11 or later, and this is 3.10"),
        ((3, 11), "Linux", "x86_64", (2, 31), "glibc 2.34"),
        ((3, 11), "Linux", "aarch64", (2, 36), "glibc 2.39"),
        ((3, 12), "Darwin", "x86_64", (15, 1), "Apple silicon"),
        ((3, 12), "Darwin", "arm64", (14, 6), "macOS 15"),
        ((3, 12), "Windows", "win32", (), "64-bit"),
        ((3, 12), "Windows", "win-arm64", (), "64-bit Python for Intel"),
    ],
)
def test_an_unfit_computer_gets_one_sentence(
    version: tuple[int, int], system: str, machine: str, release: tuple[int, ...], says: str
) -> None:
    problem = start.system_problem(version, system, machine, release)
    assert problem is not None
    assert says in problem
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("version", "system", "machine", "release"),
    [
        ((3, 11), "Linux", "x86_64", (2, 34)),
        ((3, 11), "Linux", "x86_64", ()),  # a Python that cannot tell: pip decides
        ((3, 13), "Linux", "aarch64", (2, 41)),
        ((3, 12), "Darwin", "arm64", (15,)),
        ((3, 14), "Windows", "win-amd64", ()),
    ],
)
def test_fit_computers_pass(
    version: tuple[int, int], system: str, machine: str, release: tuple[int, ...]
) -> None:
    assert start.system_problem(version, system, machine, release) is None


def test_the_oldest_python_agrees_with_pyproject() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">={}.{}"'.format(*start.OLDEST_PYTHON) in text


def test_an_old_python_can_at_least_read_start_py() -> None:
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_start_py_imports_the_standard_library_alone() -> None:
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_version_texts_are_read_by_their_leading_numbers() -> None:
    assert start.numbers("2.36-9+deb12u10") == (2, 36)
    assert start.numbers("15.1") == (15, 1)
    assert start.numbers("") == ()


def stamp(inputs: bytes = b"lock", root: Path = HERE, minor: int = 11) -> dict[str, str]:
    return start.wanted_stamp([inputs], root, (3, minor))


def test_a_finished_set_up_is_left_alone() -> None:
    assert start.what_to_do(stamp(), stamp(), programs_there=True) == "nothing"


def test_a_changed_lock_updates_in_place() -> None:
    assert start.what_to_do(stamp(), stamp(b"other"), programs_there=True) == "update"


@pytest.mark.parametrize(
    "wanted", [stamp(root=Path("/moved/claimstead")), stamp(minor=12)], ids=["moved", "new python"]
)
def test_a_moved_folder_or_another_python_is_built_anew(wanted: dict[str, str]) -> None:
    assert start.what_to_do(stamp(), wanted, programs_there=True) == "build"


def test_an_interrupted_set_up_is_built_anew() -> None:
    assert start.what_to_do(None, stamp(), programs_there=True) == "build"
    assert start.what_to_do(stamp(), stamp(), programs_there=False) == "build"


def test_a_torn_stamp_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "stamp.json"
    assert start.read_stamp(path) is None
    for torn in ("", '{"inputs": "ab', "[]", "\x00"):
        path.write_text(torn, encoding="utf-8")
        assert start.read_stamp(path) is None


def test_a_windows_checkout_has_the_same_stamp() -> None:
    assert stamp(b"a\nb\n") == stamp(b"a\r\nb\r\n")


def test_inputs_do_not_run_into_each_other() -> None:
    one = start.wanted_stamp([b"ab", b"c"], HERE, (3, 11))
    assert one != start.wanted_stamp([b"a", b"bc"], HERE, (3, 11))


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (
            "NewConnectionError: no\nERROR: No matching distribution found for alembic==1.20.1",
            "check the network",
        ),
        ("[Errno -3] Temporary failure in name resolution", "check the network"),
        ("ERROR: No matching distribution found for sqlcipher3==0.6.4", "package of sqlcipher3"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "requirements.lock"),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
            "certificate was not accepted",
        ),
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [WinError 32] The process cannot access the file", "close Claimstead"),
        ("WARNING: x\nERROR: Something new\nmore", "(Something new)"),
        ("", "gave no reason"),
    ],
)
def test_pip_failures_become_one_sentence(output: str, says: str) -> None:
    sentence = start.explain_pip(output)
    assert says in sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence


def test_an_unloadable_library_is_named() -> None:
    complaint = "ImportError: libGL.so.1: cannot open shared object file: No such file"
    assert start.unloadable(complaint) == "libGL.so.1"
    assert start.unloadable("ImportError: No module named PySide6") is None


def test_the_libraries_of_a_display_are_wanted_only_where_it_is() -> None:
    bare = start.libraries_wanted({})
    assert "libGL.so.1" in bare
    assert "libxcb-cursor.so.0" not in bare
    assert "libxcb-cursor.so.0" in start.libraries_wanted({"DISPLAY": ":0"})
    assert "libwayland-client.so.0" in start.libraries_wanted({"WAYLAND_DISPLAY": "wayland-0"})


def test_missing_libraries_give_one_command_of_the_system() -> None:
    missing = {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1"}
    debian = start.library_command(missing, lambda tool: tool == "apt-get")
    assert debian == "sudo apt-get install -y --no-install-recommends libgl1 libegl1"
    fedora = start.library_command(missing, lambda tool: tool == "dnf")
    assert fedora == "sudo dnf install 'libGL.so.1()(64bit)' 'libEGL.so.1()(64bit)'"
    assert "libGL.so.1" in start.library_command(missing, lambda tool: False)


def test_no_display_is_seen_on_linux_alone() -> None:
    assert not start.has_display("Linux", {"DISPLAY": ""})
    assert start.has_display("Linux", {"DISPLAY": ":0"})
    assert start.has_display("Linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert start.has_display("Windows", {})
    assert start.has_display("Darwin", {})


def test_the_demo_never_writes_over_an_earlier_one(tmp_path: Path) -> None:
    base = tmp_path / "demo"
    assert start.fresh_folder(base) == base
    base.mkdir()
    assert start.fresh_folder(base) == tmp_path / "demo-2"


def test_a_wrong_word_is_refused_without_setting_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "set_up", lambda: pytest.fail("set up all the same"))
    with pytest.raises(SystemExit) as stop:
        start.main(["opne"])
    assert stop.value.code == 2
    assert "opne" in capsys.readouterr().err


def test_a_refusal_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise start.Refused("Why, and how to mend it.")

    monkeypatch.setattr(start, "set_up", refuse)
    assert start.main(["setup"]) == 2
    assert capsys.readouterr().err == "Why, and how to mend it.\n"


def test_a_full_disk_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device", ".venv/x")

    monkeypatch.setattr(start, "set_up", fail)
    assert start.main(["setup"]) == 2
    assert capsys.readouterr().err == ".venv/x: No space left on device.\n"


def test_a_failed_check_is_named_and_the_rest_still_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def call(command: list[str], **_: object) -> int:
        ran.append(command[2] if "-m" in command else Path(command[0]).stem)
        return int(ran[-1] == "mypy")

    monkeypatch.setattr("subprocess.call", call)
    assert start.run_checks([]) == 1
    assert ran == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert capsys.readouterr().err == "Failed: types.\n"


def test_the_lock_is_whole_hashed_and_names_no_server() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    pins = [block for block in text.replace("\\\n", "").splitlines() if "==" in block]
    assert all("--hash=sha256:" in pin for pin in pins)
    names = {pin.partition("==")[0] for pin in pins}
    assert {"pyside6-essentials", "sqlcipher3", "setuptools", "pytest", "ruff"} <= names
    # Each system's own dependencies are locked on every system.
    assert {"pywin32-ctypes", "colorama", "secretstorage", "macholib"} <= names


def test_the_lock_satisfies_pyproject() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==([\w.]+)", lock, flags=re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for text in wanted:
        requirement = Requirement(text)
        name = requirement.name.lower().replace("_", "-")
        assert name in pinned, f"{name} is not in requirements.lock"
        assert requirement.specifier.contains(pinned[name]), text
