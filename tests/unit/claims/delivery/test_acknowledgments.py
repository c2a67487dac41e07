"""TA1, 999 and 277CA bring claims to their states, once, with the file on record."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop.errors import RuleError
from desktop.models.claims import Claim, ClaimEvent, Submission, SubmissionClaim, Task
from desktop.models.values.claim_record import Name
from desktop.models.values.enums import ClaimState, TaskKind
from desktop.services.claims.delivery import sending
from desktop.services.claims.delivery.acknowledgments import (
    AcknowledgmentResult,
    read_acknowledgment,
)
from desktop.services.claims.life.events import Step, move_many
from desktop.services.claims.life.lifecycle import resend, void_before_sending
from desktop.services.formats.edi.acknowledgments import (
    Acknowledgment,
    SegmentError,
    SetAcknowledgment,
)
from desktop.services.formats.edi.claim_status import (
    ClaimStatus,
    ClaimStatusSet,
    LevelStatus,
    Status,
)
from desktop.services.formats.edi.envelope import Envelope
from desktop.services.formats.edi.write277ca import write_277ca
from desktop.services.formats.edi.write999 import write_999
from tests.unit.claims.shop import add_claim, open_shop
from tests.unit.claims.shop import outbox as make_outbox

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

AT = dt.datetime(2026, 9, 16, 8, 0, tzinfo=dt.UTC)
ENVELOPE = Envelope("CLEARHOUSE", "MILLBROOK", 501, 601, AT)


def send(database: Database, tmp_path: Path, claims: int = 2) -> list[int]:
    shop = open_shop(database)
    ids = [add_claim(database, shop) for _ in range(claims)]
    sending.send(database, make_outbox(tmp_path))
    return ids


def read(database: Database, data: bytes) -> AcknowledgmentResult:
    return database.write(lambda work: read_acknowledgment(work, data, "answer.x12"))


def claim_of(database: Database, claim_id: int) -> Claim:
    def take(work: Work) -> Claim:
        claim = work.session.get_one(Claim, claim_id)
        work.session.expunge(claim)
        return claim

    return database.read(take)


def tasks(database: Database) -> list[Task]:
    def take(work: Work) -> list[Task]:
        rows = list(work.session.query(Task))
        work.session.expunge_all()
        return rows

    return database.read(take)


def group_of(database: Database) -> str:
    def newest(work: Work) -> str:
        row = work.session.query(Submission).order_by(Submission.id.desc()).first()
        assert row is not None
        return str(row.group_control)

    return database.read(newest)


def answer_999(database: Database, result: str, *errors: SegmentError) -> bytes:
    one = SetAcknowledgment("837", "0001", result, "005010X222A1", (), errors)
    accepted = result in "AE"
    whole = Acknowledgment(
        "HC", group_of(database), "005010X222A1", result, 1, 1, int(accepted), (), (one,)
    )
    return write_999(ENVELOPE, [whole])


def answer_277ca(*claims: ClaimStatus, levels: tuple[LevelStatus, ...] = ()) -> bytes:
    whole = ClaimStatusSet(
        kind="277CA",
        payer_name="Clear House",
        payer_id="CLEARHOUSE",
        receiver_name="Millbrook",
        receiver_id="MILLBROOK",
        reference="X1",
        batch_reference="B000000001",
        on=dt.date(2026, 9, 16),
        levels=levels,
        claims=claims,
    )
    return write_277ca(ENVELOPE, [whole])


def _status(text: str) -> Status:
    category, code, entity = text.split(":")
    return Status(category, code, entity)


def status(number: str, *codes: str, payer_number: str = "") -> ClaimStatus:
    return ClaimStatus(
        position=1,
        control_number=number,
        patient_name=Name("QUILL", "DORA"),
        patient_id="M1",
        payer_claim_number=payer_number,
        accepted=not any(c[:2] in ("A3", "A6", "A7", "A8") for c in codes),
        statuses=tuple(_status(c) for c in codes),
        provider_id="1234567893",
    )


def test_an_accepted_999_leaves_the_claims_sent_and_says_so(
    database: Database, tmp_path: Path
) -> None:
    ids = send(database, tmp_path)
    result = read(database, answer_999(database, "A"))
    assert [a.claim_id for a in result.answers] == ids
    assert claim_of(database, ids[0]).state is ClaimState.SENT
    events = database.read(
        lambda w: [e.document_sha for e in w.session.query(ClaimEvent) if "999" in e.text]
    )
    assert events == [result.document_sha] * 2


def test_a_rejected_set_brings_every_claim_of_it_back_to_ready_under_a_new_number(
    database: Database, tmp_path: Path
) -> None:
    ids = send(database, tmp_path)
    before = claim_of(database, ids[0]).control_number
    error = SegmentError("CLM", 25, "8", "2300", (f"CLM01:{before}",))
    result = read(database, answer_999(database, "R", error))
    assert result.rejected == 2
    for claim_id in ids:
        assert claim_of(database, claim_id).state is ClaimState.READY
    assert claim_of(database, ids[0]).control_number != before
    assert "This claim: segment CLM" in result.answers[0].text
    assert "This claim" not in result.answers[1].text
    [task] = tasks(database)
    assert task.kind is TaskKind.REJECTION
    batch, _ = sending.send(database, make_outbox(tmp_path))
    assert batch.claim_ids == tuple(ids)


def test_a_ta1_that_rejects_brings_the_whole_file_back(database: Database, tmp_path: Path) -> None:
    ids = send(database, tmp_path)
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'CLEARHOUSE':15}*ZZ*{'MILLBROOK':15}*260916*0800*^*00501"
        "*000000777*0*P*:~TA1*000000001*260915*0900*R*022~IEA*0*000000777~"
    )
    result = read(database, isa.encode())
    assert result.kinds == ("TA1",)
    assert [claim_of(database, i).state for i in ids] == [ClaimState.READY] * 2
    assert "code 022" in result.answers[0].text


def test_a_277ca_accepts_one_claim_and_rejects_the_other(
    database: Database, tmp_path: Path
) -> None:
    good, bad = send(database, tmp_path)
    numbers = [claim_of(database, i).control_number for i in (good, bad)]
    data = answer_277ca(
        status(numbers[0], "A2:20:PR", payer_number="ICN9"), status(numbers[1], "A7:562:85")
    )
    result = read(database, data)
    assert (result.accepted, result.rejected) == (1, 1)
    assert claim_of(database, good).state is ClaimState.ACCEPTED
    assert claim_of(database, good).payer_claim_number == "ICN9"
    assert claim_of(database, bad).state is ClaimState.REJECTED
    [task] = tasks(database)
    assert task.claim_id == bad
    assert "A7:562:85 information is invalid" in task.detail
    assert task.due_on == dt.date(2026, 9, 22)
    database.write(lambda work: resend(work, bad, "NPI corrected."))
    [closed] = tasks(database)
    assert closed.state == "done"


def test_a_rejected_claim_can_be_dropped_for_no_payer_holds_it(
    database: Database, tmp_path: Path
) -> None:
    [claim] = send(database, tmp_path, 1)
    read(database, answer_277ca(status(claim_of(database, claim).control_number, "A7:21:PR")))
    database.write(lambda work: void_before_sending(work, claim, "The patient pays."))
    assert claim_of(database, claim).state is ClaimState.VOID
    assert [t.state for t in tasks(database)] == ["done"]


def test_the_same_file_twice_is_taken_once(database: Database, tmp_path: Path) -> None:
    [claim] = send(database, tmp_path, 1)
    data = answer_277ca(status(claim_of(database, claim).control_number, "A3:21:PR"))
    assert not read(database, data).read_before
    database.write(lambda work: resend(work, claim, "Corrected."))
    again = read(database, data)
    assert again.read_before
    assert again.answers == ()
    assert claim_of(database, claim).state is ClaimState.READY


def test_an_answer_about_an_earlier_submission_moves_nothing(
    database: Database, tmp_path: Path
) -> None:
    [claim] = send(database, tmp_path, 1)
    old = claim_of(database, claim).control_number
    database.write(lambda work: resend(work, claim, "The file was lost."))
    result = read(database, answer_277ca(status(old, "A7:21:PR")))
    assert "earlier submission" in result.answers[0].text
    assert claim_of(database, claim).state is ClaimState.READY


def test_a_late_acknowledgment_does_not_undo_the_payers_decision(
    database: Database, tmp_path: Path
) -> None:
    [claim] = send(database, tmp_path, 1)
    database.write(lambda w: move_many(w, [Step(claim, ClaimState.PAID, "Paid.")]))
    number = claim_of(database, claim).control_number
    read(database, answer_277ca(status(number, "A7:21:PR")))
    assert claim_of(database, claim).state is ClaimState.PAID


def test_a_refusal_at_the_receivers_level_rejects_all_below_it(
    database: Database, tmp_path: Path
) -> None:
    ids = send(database, tmp_path)
    numbers = [claim_of(database, i).control_number for i in ids]
    level = LevelStatus("receiver", "Millbrook", "MILLBROOK", "B000000001",
                        (Status("A3", "24", "41", action="U"),))  # fmt: skip
    read(database, answer_277ca(status(numbers[0], "A1:19:PR"), levels=(level,)))
    assert claim_of(database, ids[0]).state is ClaimState.REJECTED
    # Without any claim listed, the batch reference says which they are.
    read(database, answer_277ca(levels=(level,)))
    assert claim_of(database, ids[1]).state is ClaimState.REJECTED


def test_numbers_that_are_not_ours_are_reported(database: Database, tmp_path: Path) -> None:
    send(database, tmp_path, 1)
    result = read(database, answer_277ca(status("SOMEONE-ELSE", "A2:20:PR")))
    assert result.unknown == ("SOMEONE-ELSE",)


def test_control_numbers_that_no_counter_gave_are_reported_not_looked_up(
    database: Database, tmp_path: Path
) -> None:
    send(database, tmp_path, 1)
    for number in ("9" * 40, "-1", "1e3", ""):
        isa = (
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{'CLEARHOUSE':15}*ZZ*{'MILLBROOK':15}*260916*0800*^"
            f"*00501*000000777*0*P*:~TA1*{number}*260915*0900*R*022~IEA*0*000000777~"
        )
        result = read(database, isa.encode())
        assert result.unknown == (number,)


def test_a_file_without_acknowledgments_is_refused(database: Database, tmp_path: Path) -> None:
    send(database, tmp_path, 1)
    [path] = make_outbox(tmp_path).iterdir()
    with pytest.raises(RuleError, match="holds no acknowledgment"):
        read(database, path.read_bytes())
    with pytest.raises(RuleError, match="holds no acknowledgment"):
        read(database, b"hello")


def test_a_real_practice_refuses_the_training_payers_answers(
    database: Database, tmp_path: Path
) -> None:
    [claim] = send(database, tmp_path, 1)
    whole = ClaimStatusSet(
        kind="277CA",
        payer_name="T",
        payer_id="T",
        receiver_name="M",
        receiver_id="M",
        reference="1",
        batch_reference="B1",
        on=dt.date(2026, 9, 16),
        claims=(status(claim_of(database, claim).control_number, "A2:20:PR"),),
    )
    training = replace(ENVELOPE, sender_id="TRAINING")
    with pytest.raises(RuleError, match="training payer"):
        read(database, write_277ca(training, [whole]))
    assert claim_of(database, claim).state is ClaimState.SENT


def test_every_number_ever_sent_is_kept(database: Database, tmp_path: Path) -> None:
    [claim] = send(database, tmp_path, 1)
    database.write(lambda work: resend(work, claim, "Lost."))
    sending.send(database, make_outbox(tmp_path))
    kept = database.read(lambda w: w.session.query(SubmissionClaim).count())
    assert kept == 2


def test_no_torn_or_garbled_answer_file_breaks_anything(database: Database, tmp_path: Path) -> None:
    ids = send(database, tmp_path)
    numbers = [claim_of(database, i).control_number for i in ids]
    good = (
        answer_277ca(status(numbers[0], "A2:20:PR"), status(numbers[1], "A7:562:85")),
        answer_999(database, "R", SegmentError("CLM", 25, "8", "2300", (f"CLM01:{numbers[0]}",))),
    )
    dice = random.Random(7)
    for _ in range(150):
        data = bytearray(dice.choice(good))
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data) or 1)
            match dice.randrange(4):
                case 0:
                    data[at : at + 1] = bytes((dice.randrange(256),))
                case 1:
                    del data[at : at + dice.randint(1, 40)]
                case 2:
                    data[at:at] = dice.choice((b"~", b"*", b":", b"\x00", b"9" * 30, b"\xff"))
                case _:
                    data = data[: max(at, 1)]
        with contextlib.suppress(RuleError):
            read(database, bytes(data))
