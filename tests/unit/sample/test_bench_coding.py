"""The figures of code search: scored by the published rules, beside the floors of the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.errors import RuleError
from desktop.services.coding.vectors import model
from desktop.services.sample import bench
from desktop.services.sample.bench import coding
from desktop.services.sample.bench.queries import VARIABLE, Query, QuerySet, marks, place, read_set

if TYPE_CHECKING:
    from pathlib import Path

BILLABLE = {"E119", "M7220", "M7221", "I10", "J069"}
HEAD = "id\tkind\tquery\taccept\treject\n"


def query(accept: str, reject: str = "", kind: str = "lay") -> Query:
    return Query(kind, "some words", tuple(accept.split()), tuple(reject.split()))


def test_the_first_right_code_gives_the_place() -> None:
    assert place(query("I10 J069"), ["E119", "J069", "I10"], BILLABLE) == 2
    assert place(query("I10"), ["E119"], BILLABLE) == 0
    assert place(query("I10"), ["E119"] * 10 + ["I10"], BILLABLE) == 0


def test_a_code_cut_finer_in_the_next_year_counts_in_either_form() -> None:
    assert place(query("M722"), ["M7220"], BILLABLE) == 1
    assert place(query("M7220"), ["M722"], {"M722"}) == 1
    assert place(query("E119"), ["E11"], BILLABLE) == 0
    assert place(query("M7220"), ["M7221"], BILLABLE) == 0


def test_marks_are_shares_over_the_queries_of_a_kind() -> None:
    asked = [query("I10"), query("E119"), query("J069", "E119", "note")]
    found = [["I10"], ["I10", "J069", "E119"], ["I10", "E119"]]
    whole = marks(asked, found, BILLABLE)
    assert (whole.queries, whole.ruled_out, whole.notes) == (3, 1, 1)
    assert whole.r1 == pytest.approx(1 / 3)
    assert whole.r5 == whole.r10 == pytest.approx(2 / 3)
    assert whole.mrr == pytest.approx((1 + 1 / 3) / 3)
    assert marks(asked, found, BILLABLE, "lay").notes == 0


def test_a_rejected_heading_rules_out_what_stands_below_it() -> None:
    below = [["I10", "J069", "M7220", "M7221", "E119"]]
    assert marks([query("I10", "E11", "note")], below, BILLABLE).ruled_out == 1
    sixth = [["I10", "J069", "M7220", "M7221", "A000", "E119"]]
    assert marks([query("I10", "E11", "note")], sixth, BILLABLE).ruled_out == 0


def test_a_set_is_read_with_dots_and_several_codes(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_text(HEAD + 'a1\tnote\tno "flu", now HTN\tI10 J06.9\te11.9\n', encoding="utf-8")
    (read,) = read_set(path).queries
    assert read == Query("note", 'no "flu", now HTN', ("I10", "J069"), ("E119",))


@pytest.mark.parametrize("text", ["id\tquery\n1\tx\n", HEAD + "1\tlay\tx\t\t\n", "\xff\xfe"])
def test_a_set_that_cannot_be_scored_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RuleError, match=r"bad\.tsv"):
        read_set(path)


def test_the_table_holds_each_method_on_each_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = QuerySet("tiny", (query("I10"), Query("typo", "hypertenson", ("I10",), ())))
    monkeypatch.setattr(model, "available", lambda: False)  # whole vectors take minutes
    table = coding.table(tmp_path, [asked])
    methods = [line.method for line in table.lines]
    assert methods[:3] == ["FTS5 titles", "FTS5 titles, inclusions", "built-in"]
    built_in = table.lines[2]
    assert dict(built_in.by_kind)["typo"].r1 == 1
    assert all(line.p99_ms >= line.p50_ms > 0 for line in table.lines)
    assert dict(table.index_mb)["codes.db"] < 100
    plain = table.plain()
    assert plain["notes"] == [f"best was not measured: {model.MISSING}", coding.CHOSEN_ON]
    assert "hypertenson" not in table.text


def test_a_missing_set_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "dev.tsv").write_text(HEAD + "1\tlay\tx\tI10\t\n", encoding="utf-8")
    found, missing = coding.query_sets()
    assert found[0].name == "dev"
    assert [text for text in missing if text.startswith("doid-dev was not measured")]
    assert VARIABLE in missing[0]


def test_the_table_is_made_on_request_only() -> None:
    assert coding.NAME not in bench.NAMES
    with pytest.raises(RuleError, match="coding"):
        bench.run(["codng"])
