"""The developer's tool that tunes the search finds what it tunes."""

from __future__ import annotations

import pytest

from tests.tools.tune_search import OF_BEST, WEIGHTS, _value


@pytest.mark.parametrize("name", [*WEIGHTS, *OF_BEST])
def test_each_weight_is_where_the_tool_looks(name: str) -> None:
    assert _value(name) > 0
