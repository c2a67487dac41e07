"""The whole job by script: the demo, and every command over the practice that it leaves."""

from __future__ import annotations

import csv
import filecmp
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from desktop import cli
from desktop.models.payments import Receipt
from desktop.models.people import Coverage
from desktop.models.practice import Payer
from desktop.models.values.money import Money, total
from desktop.services.care import practice_folder
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import Remittance
from tests.helpers.pyx12_gate import assert_837p_clean
from tests.helpers.shared import shared_dir
from tests.unit.payments.scene import Clp, Svc, era

if TYPE_CHECKING:
    from collections.abc import Sequence

Run = Any


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sample practice for all tests that only look."""
    folder = tmp_path_factory.mktemp("demo") / "one"
    assert cli.main(["demo", str(folder)]) == 0
    return folder


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMSTEAD_PASSPHRASE", "sample-practice")
    monkeypatch.setenv("CLAIMSTEAD_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def own(demo: Path, tmp_path: Path) -> Path:
    """A copy of the sample practice's folder, to change."""
    shutil.copytree(demo / "practice", tmp_path / "practice")
    return tmp_path / "practice"


def say(capsys: pytest.CaptureFixture[str], practice: Path, *words: str) -> tuple[int, Any]:
    """Run a command with --json; its exit code and what it printed."""
    capsys.readouterr()
    code = cli.main(["--practice", str(practice), *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def documents(folder: Path) -> list[str]:
    return sorted(
        str(p.relative_to(folder))
        for p in folder.rglob("*")
        if p.is_file() and "practice" not in p.relative_to(folder).parts
    )


def test_the_same_seed_gives_the_same_documents(demo: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert cli.main(["demo", str(again), "--seed", "1"]) == 0
    names = documents(demo)
    assert documents(again) == names
    assert {Path(n).suffix for n in names} >= {".837", ".pdf", ".835", ".999", ".277ca", ".json"}
    assert filecmp.cmpfiles(demo, again, names, shallow=False)[0] == names


def test_another_seed_gives_others(demo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert cli.main(["demo", str(other), "--seed", "2", "--today", "2026-08-31"]) == 0
    same, _, _ = filecmp.cmpfiles(demo, other, ["summary.json"], shallow=False)
    assert same == []


def test_the_summary_satisfies_the_identity(demo: Path) -> None:
    s = json.loads((demo / "summary.json").read_text())
    m = {k: Money.parse(v) for k, v in s.items() if isinstance(v, str)}
    assert m["closing_ar"] == (
        m["opening_ar"] + m["charges"] - m["payments"] - m["adjustments"] + m["refunds"]
    )
    assert m["insurance_ar"] + m["patient_ar"] == m["closing_ar"]
    assert s["claims_paid"] > 10
    assert s["claims_denied"] >= 1
    assert s["statements"] >= 3


def test_every_claim_file_passes_the_independent_validator(demo: Path) -> None:
    files = sorted((demo / "claims").glob("*.837"))
    assert len(files) >= 2
    for path in files:
        data = path.read_bytes()
        assert_837p_clean(data)
        read = read_file(data)
        assert read.problems == ()
        (batch,) = (t for t in read.transactions if isinstance(t, SentClaims))
        assert len(batch.claims) > 5


def test_every_remittance_of_the_demo_balances(demo: Path) -> None:
    payments = [
        t
        for path in (demo / "remittances").glob("*.835")
        for t in read_file(path.read_bytes()).transactions
        if isinstance(t, Remittance)
    ]
    assert len(payments) > 5
    assert all(p.fully_balanced for p in payments)
    statuses = {c.status for p in payments for c in p.claims}
    assert {"1", "2", "19", "22"} <= statuses
    assert any(a.code == "L6" for p in payments for a in p.provider_adjustments)


def test_doctor_finds_nothing_and_reports_agree(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = say(capsys, demo / "practice", "doctor")
    assert (code, report["sound"]) == (0, True)
    summary = json.loads((demo / "summary.json").read_text())
    _, payers = say(capsys, demo / "practice", "report", "aging-by-payer")
    _, patients = say(capsys, demo / "practice", "report", "aging-by-patient")
    assert payers["totals"]["total"] == summary["insurance_ar"]
    assert patients["totals"]["total"] == summary["patient_ar"]


@pytest.mark.parametrize(
    "name",
    [
        "aging-by-payer",
        "aging-by-patient",
        "day-sheet",
        "deposits",
        "period",
        "unapplied",
        "open-claims",
    ],
)
def test_reports_come_as_csv_and_pdf(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out, pdf = tmp_path / "r.csv", tmp_path / "r.pdf"
    words = ["--practice", str(demo / "practice"), "report", name, "--as-of", "2026-09-11"]
    assert cli.main([*words, "--csv", str(out), "--pdf", str(pdf)]) == 0
    assert pdf.read_bytes().startswith(b"%PDF")
    rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    _, plain = say(capsys, demo / "practice", "report", name, "--as-of", "2026-09-11")
    assert rows[0] == [c["title"] for c in plain["columns"]]
    assert cli.main(words) == 0
    assert plain["title"] in capsys.readouterr().out


def test_posting_the_same_file_again_changes_nothing(
    demo: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = say(capsys, own, "report", "period")[1]
    for path in sorted((demo / "remittances").iterdir()):
        code, told = say(capsys, own, "era", "post", str(path))
        assert code == 0, told
        (file,) = told["files"]
        assert all(r["state"] == "duplicate" for r in file["remittances"])
    assert say(capsys, own, "report", "period")[1] == before


def test_what_waits_is_checked_sent_and_printed(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, checked = say(capsys, own, "claims", "check")
    assert code == (1 if any(c["findings"] for c in checked["claims"]) else 0)
    outbox = tmp_path / "out"
    outbox.mkdir()
    code, sent = say(capsys, own, "claims", "send", "--to", str(outbox))
    assert len(sent["claims"]) >= 1
    (file,) = outbox.iterdir()
    assert_837p_clean(file.read_bytes())
    code, again = say(capsys, own, "claims", "send", "--to", str(outbox))
    assert again["claims"] == []
    code, printed = say(capsys, own, "claims", "print", "--to", str(tmp_path / "f.pdf"))
    assert printed["claims"] == []


def test_statements_are_not_issued_twice_a_day(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = say(capsys, own, "statements", "run", "--to", str(tmp_path / "s.pdf"))
    assert (code, told["statements"]) == (0, 0)
    assert all(a["reason"] for a in told["accounts"])


def test_backup_and_restore_by_script(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, new = tmp_path / "b.backup", tmp_path / "new"
    assert cli.main(["--practice", str(own), "backup", str(file)]) == 0
    assert cli.main(["--practice", str(new), "restore", str(file)]) == 0
    assert say(capsys, new, "report", "aging-by-payer") == say(
        capsys, own, "report", "aging-by-payer"
    )


def test_codes_are_searched_by_script(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, hits = say(capsys, own, "codes", "search", "type 2 diabetes", "--on", "2026-09-01")
    assert code == 0
    assert "E11.9" in {h["code"] for h in hits}
    assert set(hits[0]) == {"code", "title", "billable", "why", "score"}


@pytest.mark.parametrize("name", ["generated-two-payees.835", "generated-one-reversed.835"])
def test_balanced_remittances_of_others_post_to_the_cent_and_once(
    own: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Nobody in them is a patient here: their money stands unapplied, whole."""
    path = shared_dir("edi-samples") / "835" / name
    before = say(capsys, own, "report", "period")[1]["rows"]
    amounts = [
        t.claims_paid
        for t in read_file(path.read_bytes()).transactions
        if isinstance(t, Remittance)
    ]
    code, told = say(capsys, own, "era", "post", str(path))
    posted = told["files"][0]["remittances"]
    assert code == 1
    assert [r["state"] for r in posted] == ["posted", "posted"]
    assert [Money.parse(r["unapplied"]) for r in posted] == amounts
    after = say(capsys, own, "report", "period")[1]["rows"]
    paid = [Money.parse(rows[2]["amount"]) for rows in (before, after)]
    assert paid[1] - paid[0] == total(amounts)
    assert say(capsys, own, "era", "post", str(path))[0] == 0
    assert say(capsys, own, "report", "period")[1]["rows"] == after
    assert say(capsys, own, "doctor")[1]["sound"] is True


def test_an_unbalanced_remittance_of_others_is_held(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shared_dir("edi-samples") / "835" / "deidentified-3-interchanges.835"
    before = say(capsys, own, "report", "period")[1]
    code, told = say(capsys, own, "era", "post", str(path))
    states = {r["state"] for r in told["files"][0]["remittances"]}
    assert (code, states) == (1, {"held"})
    assert all(r["reason"] for r in told["files"][0]["remittances"])
    assert say(capsys, own, "report", "period")[1] == before


def refused(capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> str:
    """The one line of a refusal."""
    capsys.readouterr()
    assert cli.main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    return said.err


def test_bad_input_gets_one_clear_sentence(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = ["--practice", str(own)]
    torn = tmp_path / "torn.835"
    torn.write_bytes(era([Clp("C1", [Svc(100, 100)])], sender="TRAINING")[:40])
    fees = tmp_path / "fees.txt"
    fees.write_text("hello")
    assert "holds no" in refused(capsys, [*practice, "era", "post", str(torn)])
    assert "cannot be read" in refused(capsys, [*practice, "era", "post", str(tmp_path / "none")])
    assert "no report" in refused(capsys, [*practice, "report", "nothing"])
    assert "No code set" in refused(
        capsys, [*practice, "codes", "search", "flu", "--on", "2020-01-01"]
    )
    refused(capsys, [*practice, "codes", "import", str(fees)])
    refused(capsys, [*practice, "intake", str(fees)])
    refused(capsys, ["--practice", str(tmp_path), "doctor"])
    refused(capsys, [*practice, "claims", "send", "--to", str(tmp_path / "missing")])
    refused(capsys, [*practice, "backup", str(own / "inside.backup")])
    refused(capsys, ["edi", "read", str(tmp_path / "none")])
    assert "Name the practice" in refused(capsys, ["doctor"])
    monkeypatch.setenv("CLAIMSTEAD_PASSPHRASE", "wrong")
    assert "password is not right" in refused(capsys, [*practice, "doctor"])


def test_wrong_words_are_refused_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["report"])
    assert caught.value.code == 2
    assert "--help" in capsys.readouterr().err


def test_the_demo_refuses_a_folder_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").write_text("mine")
    assert "not empty" in refused(capsys, ["demo", str(tmp_path)])
    assert (tmp_path / "x").read_text() == "mine"


def test_nobody_asks_a_patient_who_may_not_be_billed(demo: Path) -> None:
    with practice_folder.open_practice(
        demo / "practice", practice_folder.Password("sample-practice")
    ) as database:
        asked = database.read(
            lambda w: w.session.scalars(
                select(Receipt.id)
                .join(Coverage, Coverage.patient_id == Receipt.patient_id)
                .join(Payer, Payer.id == Coverage.payer_id)
                .where(Payer.may_not_bill_patient)
            ).all()
        )
    assert asked == []
