"""A code's page as a document."""

from __future__ import annotations

import datetime as dt

from desktop.services.coding.base.values import CodeInfo
from desktop.services.coding.library.browser import CodePage
from desktop.services.practice.codes.code_pages import ShownCode
from desktop.ui.fees import code_html

ON = dt.date(2026, 9, 15)


def test_markup_in_a_published_title_stays_inert() -> None:
    title = 'Fee <b onclick="x">raised</b> & <img src="http://example.com/a.png">'
    info = CodeInfo("hcpcs", "A0001", "A0001", title, title, True, "", ON, None)  # noqa: FBT003
    page = CodePage(
        info, ON, "In force.", is_good=True, in_force=True, facts=(("Note", "<script>"),)
    )
    text = code_html.document(ShownCode(page, is_favourite=True), adds_to_visit=False)
    assert "<img" not in text
    assert "<script" not in text
    assert "&lt;img" in text
    assert "★" in text
