from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.services.coding.library.store import CodeStore


@pytest.fixture(scope="session")
def codes(template: tuple[Path, bytes]) -> Iterator[CodeStore]:
    """The code sets of a new practice, for reading only."""
    with CodeStore(template[0] / "codes.db") as store:
        yield store
