"""The training payer in a sample practice: asked, answered, read; never in a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.errors import RuleError
from desktop.models.claims import Claim
from desktop.models.values.enums import ClaimState
from desktop.services.claims.delivery import sending
from desktop.services.claims.delivery.acknowledgments import read_acknowledgment
from desktop.services.sample.payer.adjudicate import Scenario
from desktop.services.sample.payer.service import answer_submission, sent_files
from tests.unit.claims.shop import add_claim, make_sample, open_shop
from tests.unit.claims.shop import outbox as make_outbox

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database


def test_a_real_practice_cannot_ask_it(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    add_claim(database, shop)
    batch, _ = sending.send(database, make_outbox(tmp_path))
    assert batch.submission_id is not None
    submission = batch.submission_id
    with pytest.raises(RuleError, match="sample practices only"):
        database.write(lambda work: answer_submission(work, submission))


def test_its_answers_bring_the_claims_to_their_states(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    ids = [add_claim(database, shop) for _ in range(3)]
    make_sample(database)
    sending.send(database, make_outbox(tmp_path))
    [file] = database.read(sent_files)
    numbers = database.read(lambda w: [w.session.get_one(Claim, i).control_number for i in ids])
    wanted = {numbers[0]: Scenario.CLAIM_REJECTED}
    answers = database.write(lambda w: answer_submission(w, file.submission_id, wanted))
    assert answers.ack277ca is not None
    acknowledgment = answers.ack277ca
    database.write(lambda w: read_acknowledgment(w, answers.ack999.data, answers.ack999.name))
    result = database.write(
        lambda w: read_acknowledgment(w, acknowledgment.data, acknowledgment.name)
    )
    assert (result.accepted, result.rejected) == (2, 1)
    states = database.read(lambda w: [w.session.get_one(Claim, i).state for i in ids])
    assert states == [ClaimState.REJECTED, ClaimState.ACCEPTED, ClaimState.ACCEPTED]
