"""The judge itself: it must find what is broken, or a clean verdict means nothing."""

from __future__ import annotations

import pytest

from tests.helpers.pyx12_gate import findings
from tests.helpers.shared import shared_dir


def good() -> bytes:
    data = (shared_dir("edi-samples") / "837P/generated-three-claims.837").read_bytes()
    return data.replace(b"~\n", b"~")


def test_a_clean_file_has_no_finding() -> None:
    assert findings(good()) == []


@pytest.mark.parametrize(
    ("right", "wrong", "segment"),
    [
        (b"DTP*472*D8*20240205~REF*6R*1~", b"REF*6R*1~", "DTP"),
        (b"SE*", b"SE*9", "SE count"),
        (b"HI*ABK:E119*", b"HI*XXX:E119*", "HI"),
        (b"REF*6R*1~", b"REF*6R*1*~", "REF"),
        (b"CLM*CLM-P-0001*300***11:B:1*Y", b"CLM*CLM-P-0001*300***11:B:1*Q", "CLM"),
    ],
)
def test_a_broken_file_is_found_out(right: bytes, wrong: bytes, segment: str) -> None:
    found = findings(good().replace(right, wrong, 1))
    assert any(segment in f for f in found)
