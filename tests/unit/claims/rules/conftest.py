from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.library.store import CodeStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def codes(template: tuple[Path, bytes]) -> Iterator[CodeStore]:
    """The code sets of a new practice, for reading only."""
    with CodeStore(template[0] / "codes.db") as store:
        yield store
