from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.library.store import CodeStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = dt.datetime(2026, 9, 15, 9, tzinfo=dt.UTC)
IN_2026 = dt.date(2026, 9, 15)
IN_2027 = dt.date(2026, 10, 1)


@pytest.fixture(scope="session")
def packaged_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """codes.db with the release that comes with the program; copy it before changing it."""
    path = tmp_path_factory.mktemp("codes") / "codes.db"
    with CodeStore.create(path) as store:
        store.load_packaged(NOW)
    return path


@pytest.fixture(scope="session")
def packaged(packaged_file: Path) -> Iterator[CodeStore]:
    """For reading only."""
    with CodeStore(packaged_file) as store:
        yield store


@pytest.fixture
def own_store(packaged_file: Path, tmp_path: Path) -> Iterator[CodeStore]:
    """A copy of the packaged file to change."""
    path = tmp_path / "codes.db"
    shutil.copy(packaged_file, path)
    with CodeStore(path) as store:
        yield store


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[CodeStore]:
    with CodeStore.create(tmp_path / "empty.db") as store:
        yield store
