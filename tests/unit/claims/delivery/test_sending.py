"""Numbers, bytes and state are one commit; the file follows whole; a crash loses neither."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from desktop.errors import EnvironmentProblem, RuleError
from desktop.models.claims import Claim, ClaimEvent, Submission, SubmissionClaim
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer, Practice
from desktop.models.values.enums import ClaimState, Severity
from desktop.models.values.identifiers import undotted
from desktop.services.claims.delivery import outbox, printing, sending
from desktop.services.claims.life.checking import ClaimFinding
from desktop.services.claims.life.create import check_claims, create_claims, create_for_visits
from desktop.services.claims.life.events import Step, move_many
from desktop.services.claims.life.lifecycle import (
    drop_unsent,
    history,
    replace_claim,
    resend,
    void_before_sending,
    void_sent,
)
from desktop.services.claims.record import codec
from desktop.services.formats.documents.cms1500 import PrinterProfile
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.read import read_file
from tests.helpers.pyx12_gate import assert_837p_clean
from tests.unit.claims.shop import (
    add_claim,
    add_visit,
    lines,
    make_sample,
    open_shop,
)
from tests.unit.claims.shop import outbox as make_outbox
from tests.unit.formats.documents.records import shown_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


def state(database: Database, claim_id: int) -> ClaimState:
    return database.read(lambda work: work.session.get_one(Claim, claim_id).state)


def sent_claim(database: Database, claim_id: int, number: str = "ICN77") -> None:
    """As if the payer had taken the claim and named its own number."""

    def accept(work: Work) -> None:
        work.session.get_one(Claim, claim_id).payer_claim_number = number
        move_many(work, [Step(claim_id, ClaimState.ACCEPTED, "Accepted.")])

    database.write(accept)


def test_claims_go_from_the_visit_to_a_file_that_reads_back_as_the_same_claims(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    ids = [add_claim(database, shop), add_claim(database, shop, lines=lines(3))]
    folder = make_outbox(tmp_path)
    batch, delivery = sending.send(database, folder)
    assert batch.claim_ids == tuple(ids)
    assert delivery is not None
    assert delivery.path is not None
    data = delivery.path.read_bytes()
    assert_837p_clean(data)
    [transaction] = read_file(data).transactions
    assert isinstance(transaction, SentClaims)

    def stored(work: Work) -> list[ClaimRecord]:
        return [codec.load(work.session.get_one(Claim, i).record) for i in ids]

    for said, record in zip(transaction.claims, database.read(stored), strict=True):
        assert said.control_number == record.control_number
        assert said.charge == record.charge
        assert said.diagnoses == tuple(undotted(d.code) for d in record.diagnoses)
        assert [(x.code, x.charge, x.line_number, x.from_on) for x in said.lines] == [
            (x.procedure, x.charge, str(x.number), x.from_on) for x in record.lines
        ]
    assert [state(database, i) for i in ids] == [ClaimState.SENT] * 2
    said_states = [(e.from_state, e.to_state) for e in database.read(lambda w: history(w, ids[0]))]
    assert said_states[-4:] == [
        ("draft", "checked"),
        ("checked", "ready"),
        ("ready", "queued"),
        ("queued", "sent"),
    ]


def test_the_bytes_sent_are_kept_and_every_event_names_them(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    _, delivery = sending.send(database, make_outbox(tmp_path))
    assert delivery is not None
    assert delivery.path is not None
    events = database.read(lambda w: history(w, claim))
    shas = {e.document_sha for e in events if e.to_state in ("queued", "sent")}
    [sha] = shas
    assert sha is not None
    assert database.documents.get(sha).data == delivery.path.read_bytes()


def test_openemr_6900_isa13_never_repeats_across_batches(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    controls = set()
    for _ in range(4):
        add_claim(database, shop)
        _, delivery = sending.send(database, make_outbox(tmp_path))
        assert delivery is not None
        assert delivery.path is not None
        file = read_file(delivery.path.read_bytes())
        controls.add(file.interchanges[0].control_number)
    assert len(controls) == 4


def test_lh_ehr_1022_two_batches_in_one_minute_are_two_files(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    folder = make_outbox(tmp_path)
    for _ in range(2):
        add_claim(database, shop)
        sending.send(database, folder)
    files = sorted(folder.iterdir())
    assert len(files) == 2
    for path in files:
        assert len(read_file(path.read_bytes()).interchanges) == 1


def test_an_existing_file_of_that_name_is_never_overwritten(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)
    foreign = folder / "claims-000000001.837"
    foreign.write_text("something else")
    with pytest.raises(EnvironmentProblem, match="exists already"):
        sending.send(database, folder)
    assert foreign.read_text() == "something else"
    assert state(database, claim) is ClaimState.QUEUED
    foreign.unlink()
    [delivery] = sending.resume_queued(database)
    assert delivery.problem == ""
    assert state(database, claim) is ClaimState.SENT
    assert [p.name for p in folder.iterdir()] == [foreign.name]


def test_a_crash_after_queueing_sends_the_same_bytes_at_the_next_start(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)
    batch = database.write(lambda work: sending.prepare_batch(work, None, str(folder)))
    assert list(folder.iterdir()) == []
    assert state(database, claim) is ClaimState.QUEUED
    [delivery] = sending.resume_queued(database)
    assert delivery.submission_id == batch.submission_id
    assert [p.name for p in folder.iterdir()] == [batch.file_name]
    assert state(database, claim) is ClaimState.SENT


def test_a_crash_between_the_file_and_the_note_of_it_sends_nothing_twice(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)

    def crash(_work: Work, _submission_id: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sending, "mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            sending.send(database, folder)
    [path] = list(folder.iterdir())
    before = path.read_bytes()
    assert state(database, claim) is ClaimState.QUEUED
    sending.resume_queued(database)
    assert [p.read_bytes() for p in folder.iterdir()] == [before]
    assert state(database, claim) is ClaimState.SENT
    assert sending.resume_queued(database) == []


def test_a_crash_before_the_commit_leaves_the_claims_ready_and_no_number_used(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)

    def crash(*_args: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_move_all", crash)
        with pytest.raises(RuntimeError):
            sending.send(database, folder)
    assert state(database, claim) is ClaimState.READY
    assert list(folder.iterdir()) == []
    assert database.read(lambda w: w.session.query(Submission).count()) == 0
    batch, _ = sending.send(database, folder)
    assert batch.file_name == "claims-000000001.837"


def test_a_disk_that_fills_up_leaves_no_torn_file_and_the_claims_queued(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(EnvironmentProblem, match=r"No space left.*stay queued"):
            sending.send(database, folder)
    assert list(folder.iterdir()) == []
    assert state(database, claim) is ClaimState.QUEUED


def test_an_outbox_that_is_not_there_is_refused_before_any_number_is_given(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    with pytest.raises(EnvironmentProblem, match="does not exist"):
        sending.send(database, tmp_path / "nowhere")
    assert state(database, claim) is ClaimState.READY


def test_an_outbox_inside_the_practice_folder_is_refused(database: Database) -> None:
    with pytest.raises(RuleError, match="inside the practice folder"):
        outbox.check_folder(database.folder, database.folder)


def test_an_unwritable_outbox_that_comes_back_is_resumed(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)
    database.write(lambda work: sending.prepare_batch(work, None, str(folder)))
    folder.rmdir()
    [delivery] = sending.resume_queued(database)
    assert "stay queued" in delivery.problem
    assert state(database, claim) is ClaimState.QUEUED
    folder.mkdir()
    sending.resume_queued(database)
    assert state(database, claim) is ClaimState.SENT


def test_a_claim_that_does_not_pass_is_left_out_and_named(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    good = add_claim(database, shop)
    bad_visit = add_visit(database, shop, diagnoses=())
    [bad] = database.write(lambda work: create_claims(work, bad_visit))
    assert state(database, bad) is ClaimState.DRAFT
    batch, _ = sending.send(database, make_outbox(tmp_path))
    assert batch.claim_ids == (good,)
    [left] = batch.left_out
    assert left.claim_id == bad
    assert "diagnos" in left.text
    assert left.field.startswith("diagnoses")


def test_a_claim_is_checked_again_as_its_visit_stands_when_it_is_sent(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)

    def lose_birth_date(work: Work) -> None:
        patient = work.session.get_one(Patient, shop.patient_id)
        work.session.get_one(Person, patient.person_id).birth_on = None

    database.write(lose_birth_date)
    batch, delivery = sending.send(database, make_outbox(tmp_path))
    assert delivery is None
    assert [x.claim_id for x in batch.left_out] == [claim]
    assert state(database, claim) is ClaimState.DRAFT


def test_an_open_warning_holds_a_claim_until_it_is_passed(database: Database) -> None:
    shop = open_shop(database)
    open_warnings = [ClaimFinding(Severity.WARNING, "lines", "Odd.")]

    def warn(_work: Work, visit_ids: Sequence[int], _rank: int) -> dict[int, list[ClaimFinding]]:
        return dict.fromkeys(visit_ids, open_warnings)

    visit = add_visit(database, shop)
    [claim] = database.write(lambda work: create_claims(work, visit, checker=warn))
    assert state(database, claim) is ClaimState.CHECKED
    open_warnings.clear()
    database.write(lambda work: check_claims(work, [claim], warn))
    assert state(database, claim) is ClaimState.READY


def test_settings_that_a_file_needs_are_named_before_anything_is_queued(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)

    def forget(work: Work) -> None:
        work.session.get_one(Practice, 1).receiver_id = ""

    database.write(forget)
    with pytest.raises(RuleError, match="clearinghouse's id") as caught:
        sending.send(database, make_outbox(tmp_path))
    assert caught.value.problems[0].field == "receiver_id"
    assert state(database, claim) is ClaimState.READY


def test_openemr_unique_clm01_each_submission_has_its_own_and_old_ones_stay_known(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    sending.send(database, make_outbox(tmp_path))

    def numbers(work: Work) -> list[str]:
        return list(work.session.scalars(_numbers_query(claim)))

    [first] = database.read(numbers)
    database.write(lambda w: move_many(w, [Step(claim, ClaimState.REJECTED, "No.")]))
    database.write(lambda work: resend(work, claim, "Member id corrected."))
    assert state(database, claim) is ClaimState.READY
    sending.send(database, make_outbox(tmp_path))
    [again, second] = database.read(numbers)
    assert again == first
    assert second != first
    assert len(second) <= 14
    assert second[0].isalpha()


def _numbers_query(claim_id: int):  # type: ignore[no-untyped-def]
    return (
        select(SubmissionClaim.control_number)
        .where(SubmissionClaim.claim_id == claim_id)
        .order_by(SubmissionClaim.submission_id)
    )


def test_a_sent_claim_is_not_edited_when_its_visit_changes(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    sending.send(database, make_outbox(tmp_path))
    before = database.read(lambda w: w.session.get_one(Claim, claim).record)
    with pytest.raises(RuleError, match="sent as it is"):
        database.write(lambda work: check_claims(work, [claim]))
    visit = database.read(lambda w: w.session.get_one(Claim, claim).visit_id)
    with pytest.raises(RuleError, match="replace, void or resend"):
        database.write(lambda work: create_claims(work, visit))
    with pytest.raises(RuleError, match="was sent"):
        database.write(lambda work: void_before_sending(work, claim, "Oops."))
    with pytest.raises(RuleError, match="replace or void it with the payer"):
        database.write(lambda work: drop_unsent(work, visit, "Visit opened again."))
    assert database.read(lambda w: w.session.get_one(Claim, claim).record) == before


def test_a_replacement_names_the_payers_number_and_closes_the_old_claim_when_it_is_sent(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)
    sending.send(database, folder)
    with pytest.raises(RuleError, match="payer's own number"):
        database.write(lambda work: replace_claim(work, claim, "Units were wrong."))
    sent_claim(database, claim)
    new = database.write(lambda work: replace_claim(work, claim, "Units were wrong."))
    assert state(database, claim) is ClaimState.ACCEPTED
    with pytest.raises(RuleError, match="already replaces"):
        database.write(lambda work: void_sent(work, claim, "No."))
    _, delivery = sending.send(database, folder)
    assert delivery is not None
    assert delivery.path is not None
    data = delivery.path.read_bytes()
    assert_837p_clean(data)
    [transaction] = read_file(data).transactions
    assert isinstance(transaction, SentClaims)
    [said] = transaction.claims
    assert (said.frequency, said.original_number) == ("7", "ICN77")
    assert state(database, new) is ClaimState.SENT
    assert state(database, claim) is ClaimState.CLOSED


def test_a_void_repeats_what_was_sent_whatever_the_visit_says_now(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)
    sending.send(database, folder)
    sent_claim(database, claim)

    def move_house(work: Work) -> None:
        patient = work.session.get_one(Patient, shop.patient_id)
        work.session.get_one(Person, patient.person_id).line1 = "1 New Street"

    database.write(move_house)
    database.write(lambda work: void_sent(work, claim, "Billed by mistake."))
    _, delivery = sending.send(database, folder)
    assert delivery is not None
    assert delivery.path is not None
    [transaction] = read_file(delivery.path.read_bytes()).transactions
    assert isinstance(transaction, SentClaims)
    [said] = transaction.claims
    assert said.frequency == "8"
    assert said.subscriber.address is not None
    assert said.subscriber.address.line1 == "4 ORCHARD LANE"


def test_medicare_takes_no_replacement_and_the_refusal_says_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database, corrects_as_original=True)
    claim = add_claim(database, shop)
    sending.send(database, make_outbox(tmp_path))
    sent_claim(database, claim)
    with pytest.raises(RuleError, match="reopening or appeal"):
        database.write(lambda work: replace_claim(work, claim, "Wrong."))
    with pytest.raises(RuleError, match="reopening or appeal"):
        database.write(lambda work: void_sent(work, claim, "Wrong."))


def test_only_an_unprocessable_denial_is_sent_anew(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    sending.send(database, make_outbox(tmp_path))
    database.write(lambda w: move_many(w, [Step(claim, ClaimState.DENIED, "Denied.")]))
    with pytest.raises(RuleError, match="MA130"):
        database.write(lambda work: resend(work, claim, "Try again."))
    database.write(lambda work: resend(work, claim, "MA130.", unprocessable=True))
    assert state(database, claim) is ClaimState.READY


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        ({"days_original": 180}, dt.date(2027, 2, 28)),
        ({"days_original": 0}, None),
    ],
)
def test_the_filing_limit_counts_from_the_date_of_service(
    database: Database, limits: dict[str, int], wanted: dt.date | None
) -> None:
    shop = open_shop(database, **limits)
    claim = add_claim(database, shop, service_on=dt.date(2026, 9, 1))
    assert database.read(lambda w: w.session.get_one(Claim, claim).file_by) == wanted


def test_an_unsent_claim_is_dropped_with_a_reason_and_made_anew(database: Database) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    with pytest.raises(RuleError, match="Say why"):
        database.write(lambda work: void_before_sending(work, claim, " "))
    database.write(lambda work: void_before_sending(work, claim, "Patient pays."))
    assert state(database, claim) is ClaimState.VOID
    visit = database.read(lambda w: w.session.get_one(Claim, claim).visit_id)
    [new] = database.write(lambda work: create_claims(work, visit))
    assert new != claim


def test_making_claims_twice_doubles_nothing(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop)
    database.write(lambda work: create_claims(work, visit))
    database.write(lambda work: create_claims(work, visit))
    live = database.read(
        lambda w: w.session.query(Claim).filter(Claim.state != ClaimState.VOID).count()
    )
    assert live == 1


def test_a_visit_that_is_not_posted_gives_no_claim(database: Database) -> None:
    shop = open_shop(database)
    visit = add_visit(database, shop, posted=False)
    with pytest.raises(RuleError, match="post it"):
        database.write(lambda work: create_claims(work, visit))


def test_a_withdrawn_batch_frees_its_claims_under_new_numbers(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    folder = make_outbox(tmp_path)
    batch = database.write(lambda work: sending.prepare_batch(work, None, str(folder)))
    assert batch.submission_id is not None
    before = database.read(lambda w: w.session.get_one(Claim, claim).control_number)
    sending.withdraw(database, batch.submission_id, "Wrong day.")
    assert state(database, claim) is ClaimState.READY
    assert database.read(lambda w: w.session.get_one(Claim, claim).control_number) != before
    assert sending.resume_queued(database) == []
    assert list(folder.iterdir()) == []


def test_paper_claims_are_printed_and_sent_and_never_put_into_a_file(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database, on_paper=True)
    visit = add_visit(database, shop, lines(8))
    ids = database.write(lambda work: create_claims(work, visit))
    batch, delivery = sending.send(database, make_outbox(tmp_path), ids)
    assert delivery is None
    assert all("print it" in x.text for x in batch.left_out)
    run = database.write(printing.print_claims)
    assert run.batch.claim_ids == tuple(ids)
    pages = shown_texts(run.pdf)
    assert len(pages) == 2
    numbers = database.read(lambda w: [w.session.get_one(Claim, i).control_number for i in ids])
    for page, number in zip(pages, numbers, strict=True):
        assert number in [text for _x, _y, text in page]
    assert [state(database, i) for i in ids] == [ClaimState.SENT] * 2
    assert run.batch.submission_id is not None
    submission = run.batch.submission_id
    assert database.write(lambda w: printing.print_again(w, submission)) == run.pdf
    moved = database.write(
        lambda w: printing.print_again(w, submission, PrinterProfile(x_offset=10))
    )
    assert moved != run.pdf


def test_a_preview_changes_nothing(database: Database) -> None:
    shop = open_shop(database)
    claim = add_claim(database, shop)
    pdf = database.read(lambda work: printing.preview(work, claim))
    assert pdf.startswith(b"%PDF")
    assert state(database, claim) is ClaimState.READY


def test_a_sample_practice_sends_to_the_training_payer_alone(
    database: Database, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_claim(database, shop)
    make_sample(database)

    def real(work: Work) -> None:
        work.session.get_one(Payer, shop.payer_id).is_training = False

    database.write(real)
    folder = make_outbox(tmp_path)
    with pytest.raises(RuleError, match="not a training payer"):
        sending.send(database, folder)
    make_sample(database)
    _, delivery = sending.send(database, folder)
    assert delivery is not None
    assert delivery.path is not None
    [envelope] = read_file(delivery.path.read_bytes()).interchanges
    assert (envelope.sender, envelope.receiver, envelope.usage) == (
        "TRAININGOFFICE",
        "TRAINING",
        "T",
    )
    assert delivery.path.name.startswith("training-")


def test_real_and_sample_files_never_share_a_folder(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    add_claim(database, shop)
    folder = make_outbox(tmp_path)
    sending.send(database, folder)
    make_sample(database)
    with pytest.raises(RuleError, match="holds real claim files"):
        sending.send(database, folder)


def test_many_visits_are_claimed_in_one_go(database: Database) -> None:
    shop = open_shop(database)
    visits = [add_visit(database, shop) for _ in range(5)]
    ids = database.write(lambda work: create_for_visits(work, visits))
    assert len(ids) == 5
    events = database.read(lambda w: w.session.query(ClaimEvent).count())
    assert events == 15
