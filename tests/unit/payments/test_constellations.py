"""Answers of payers as they really come: parts, crossovers, take-backs, strangers, duplicates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.claims import Claim
from desktop.models.payments import Remittance, RemittanceClaim
from desktop.models.values.enums import ClaimState, Party, TaskKind
from desktop.models.values.money import Money
from desktop.services.exchange import inbox_command as command
from desktop.services.payments import eob, matching, posting, staging, worklist
from desktop.services.payments.eob import EobClaim, EobDraft, EobLine
from tests.factories import LineSpec, make_payer
from tests.unit.payments.scene import PAYER_ID, Clp, Scene, Svc, era, make_scene
from tests.unit.payments.test_posting import (
    TWO,
    claim_state,
    entries,
    owed,
    post,
    stage,
    tasks,
    totals,
)

if TYPE_CHECKING:
    from desktop.services.core.database import Database

SECONDARY_ID = "1880000002"
FIVE_HUNDRED = (LineSpec(charge=Money(50000)),)


def states(database: Database) -> dict[int, str]:
    """State of each remittance."""
    return database.read(
        lambda w: {
            r.id: r.state for r in w.session.execute(select(Remittance.id, Remittance.state))
        }
    )


def post_by_id(database: Database, number: int) -> None:
    database.write(lambda w: posting.post_remittance(w, number))


def claims_by_rank(scene: Scene) -> list[tuple[int, ClaimState]]:
    return scene.database.read(
        lambda w: [
            (r.rank, r.state)
            for r in w.session.execute(
                select(Claim.rank, Claim.state)
                .where(Claim.visit_id == scene.visit, Claim.state != ClaimState.VOID)
                .order_by(Claim.rank)
            )
        ]
    )


def from_secondary(scene: Scene, svc: Svc) -> bytes:
    clp = Clp(scene.control, [svc], status="2", number="SEC1")
    return era([clp], trace="S1", payer_id=SECONDARY_ID, payer="VALLEY AID")


def primary_with_coinsurance(scene: Scene, **more: str) -> Clp:
    svc = Svc(50000, 30000, [("CO", "45", 12500), ("PR", "2", 7500)], scene.lines[0])
    return Clp(scene.control, [svc], **more)  # type: ignore[arg-type]


# -- payments in parts ------------------------------------------------------------------------


def two_parts(scene: Scene) -> tuple[bytes, bytes]:
    """A payment of 130.00 in two sets: the second one answers its claim as a whole."""
    first = Svc(10000, 10000, line=scene.lines[0])
    second = Svc(3000, 3000, line=scene.lines[1], code="85025")
    one = era([Clp(scene.control, [first])], amount=13000)
    two = era([Clp(scene.control, [second], number="B")], amount=13000)
    return one, two


def test_a_held_part_was_posted_with_the_part_that_was_not_held(database: Database) -> None:
    scene = make_scene(database, TWO)
    first = Svc(10000, 10000, line=scene.lines[0])
    stage(database, era([Clp(scene.control, [first])], amount=13000))
    whole = Clp("LATER", [], charge=3000, paid=3000, number="B", cas=())
    held = stage(database, era([whole], amount=13000))

    def match(work):  # type: ignore[no-untyped-def]
        row = work.session.scalars(
            select(RemittanceClaim.id).where(RemittanceClaim.remittance_id == held.id)
        ).one()
        worklist.choose_claim(work, row, scene.claim)

    database.write(match)
    for number in states(database):
        with pytest.raises(RuleError, match="whole"):
            post_by_id(database, number)
    assert set(states(database).values()) == {"held"}
    assert owed(scene) == {Party.PRIMARY: 10000}


def test_a_payment_in_parts_is_unposted_whole_and_posts_again(database: Database) -> None:
    scene = make_scene(database, TWO)
    one, two = two_parts(scene)
    stage(database, one)
    before = totals(database)
    last = stage(database, two)
    database.write(lambda w: posting.post_remittance(w, last.id))
    database.write(lambda w: posting.unpost_remittance(w, last.id, "wrong day"))
    assert set(states(database).values()) == {"unposted"}
    assert totals(database) == before
    stage(database, one)
    again = stage(database, two)
    assert again.outcome == "staged", again.reason
    database.write(lambda w: posting.post_remittance(w, again.id))
    assert totals(database).closing_ar == Money(0)


def test_discarding_a_part_left_the_other_ready_to_post(database: Database) -> None:
    scene = make_scene(database, TWO)
    one, two = two_parts(scene)
    first = stage(database, one)
    second = stage(database, two)
    assert second.outcome == "staged"
    database.write(lambda w: worklist.discard(w, first.id, "read by mistake"))
    assert states(database) == {first.id: "discarded", second.id: "held"}


# -- the same payment by another way ----------------------------------------------------------


def eob_draft(scene: Scene, **more: object) -> EobDraft:
    values: dict[str, object] = {
        "payer_id": scene.payer,
        "check_number": "T100",
        "paid_on": dt.date(2026, 9, 14),
        "amount": Money(10000),
        "claims": (EobClaim(scene.claim, (EobLine(scene.lines[0], Money(10000)),)),),
        **more,
    }
    return EobDraft(**values)  # type: ignore[arg-type]


def test_check_typed_from_paper_posted_again_from_its_835(database: Database) -> None:
    scene = make_scene(database)
    typed = database.write(lambda w: eob.stage_eob(w, eob_draft(scene)))
    database.write(lambda w: posting.post_remittance(w, typed.id))
    before = entries(database)
    read = stage(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])]))
    assert read.outcome == "held"
    assert "T100" in read.reason
    with pytest.raises(RuleError):
        database.write(lambda w: posting.post_remittance(w, read.id))
    assert entries(database) == before


def test_835_posted_again_from_its_paper(database: Database) -> None:
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])]))
    typed = database.write(lambda w: eob.stage_eob(w, eob_draft(scene)))
    assert typed.outcome == "held"


def test_paper_of_one_of_two_payers_with_the_same_electronic_id(database: Database) -> None:
    scene = make_scene(database)
    database.write(lambda w: make_payer(w, name="Prairie Twin", electronic_id=PAYER_ID))
    typed = database.write(lambda w: eob.stage_eob(w, eob_draft(scene)))
    payer = database.read(lambda w: w.session.get_one(Remittance, typed.id).payer_id)
    assert payer == scene.payer


# -- which payer ------------------------------------------------------------------------------


def test_two_payers_with_one_electronic_id_are_told_apart_by_name(database: Database) -> None:
    scene = make_scene(database)
    database.write(lambda w: make_payer(w, name="Prairie Twin", electronic_id=PAYER_ID))
    found = database.read(lambda w: matching.find_payer(w, (PAYER_ID,), "PRAIRIE HEALTH"))
    assert found == scene.payer


def test_tax_id_that_begins_with_ones_lost_them_all(database: Database) -> None:
    """TRN03 is 1 and the tax id: only that first 1 is not the payer's."""
    scene = make_scene(database)
    own = database.write(lambda w: make_payer(w, electronic_id="112345678").id)
    database.write(lambda w: make_payer(w, electronic_id="2345678"))
    clp = Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])
    read = stage(database, era([clp], payer_id="1112345678", payer="X"))
    payer = database.read(lambda w: w.session.get_one(Remittance, read.id).payer_id)
    assert payer == own


def test_choosing_the_payer_finds_the_claims_that_only_it_can_mean(database: Database) -> None:
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    post(database, era([primary_with_coinsurance(scene)]))
    svc = Svc(50000, 7500, [("OA", "23", 42500)], scene.lines[0])
    other = database.write(lambda w: make_payer(w, electronic_id="1770000003").id)
    clp = Clp(scene.control, [svc], status="2", number="SEC1")
    read = stage(database, era([clp], trace="S1", payer_id="1770000003", payer="STRANGER"))
    assert read.unmatched == 1
    assert other != scene.secondary
    database.write(lambda w: worklist.choose_payer(w, read.id, scene.secondary, remember=False))
    database.write(lambda w: posting.post_remittance(w, read.id))
    assert owed(scene) == {}


# -- crossovers -------------------------------------------------------------------------------


def test_the_secondarys_answer_changed_the_primarys_claim(database: Database) -> None:
    """Nobody said “forwarded”, but the secondary answers: the primary's claim stays paid."""
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    post(database, era([primary_with_coinsurance(scene)]))
    post(database, from_secondary(scene, Svc(50000, 0, [("CO", "16", 50000)], scene.lines[0])))
    assert claims_by_rank(scene) == [(1, ClaimState.PAID), (2, ClaimState.DENIED)]
    number = database.read(lambda w: w.session.get_one(Claim, scene.claim).payer_claim_number)
    assert number == "PCN1"


def test_both_payers_answers_read_before_either_is_posted(database: Database) -> None:
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    first = stage(
        database, era([primary_with_coinsurance(scene, status="19", crossover="VALLEY AID")])
    )
    svc = Svc(50000, 7500, [("OA", "23", 42500)], scene.lines[0])
    second = stage(database, from_secondary(scene, svc))
    for staged in (first, second):
        post_by_id(database, staged.id)
    assert claims_by_rank(scene) == [(1, ClaimState.PAID), (2, ClaimState.PAID)]
    assert owed(scene) == {}


def test_share_forwarded_to_a_payer_who_is_not_on_file_is_told(database: Database) -> None:
    scene = make_scene(database, FIVE_HUNDRED)
    post(database, era([primary_with_coinsurance(scene, status="19", crossover="OTHER PLAN")]))
    assert (TaskKind.SECONDARY, 7500) in tasks(database)


def test_share_that_the_payer_paid_to_the_patient_was_asked_of_the_next_payer(
    database: Database,
) -> None:
    """PR 100: the patient holds the money and owes it, whoever comes next."""
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    svc = Svc(50000, 0, [("CO", "45", 12500), ("PR", "2", 7500), ("PR", "100", 30000)])
    post(database, era([Clp(scene.control, [svc])]))
    assert owed(scene) == {Party.SECONDARY: 7500, Party.PATIENT: 30000}


def test_incentive_of_a_later_payer_left_a_false_credit(database: Database) -> None:
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    post(database, era([primary_with_coinsurance(scene)]))
    svc = Svc(50000, 8000, [("OA", "23", 42500), ("CO", "144", -500)], scene.lines[0])
    post(database, from_secondary(scene, svc))
    assert owed(scene) == {}
    assert totals(database).adjustments == Money(12000)


def test_take_back_of_the_primary_flags_the_claim_that_is_out_to_the_next(
    database: Database,
) -> None:
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    post(database, era([primary_with_coinsurance(scene, status="19", crossover="VALLEY AID")]))
    back = Svc(-50000, -30000, [("CO", "45", -12500), ("PR", "2", -7500)], scene.lines[0])
    post(
        database,
        era(
            [Clp(scene.control, [back], status="22")],
            trace="B",
            amount=None,
            plb=[("FB", "X", -30000)],
        ),
    )
    assert TaskKind.SECONDARY in {kind for kind, _ in tasks(database)}


# -- claims' states ---------------------------------------------------------------------------


def test_duplicate_denial_made_a_paid_claim_denied(database: Database) -> None:
    """OA 18 is a task, but what was paid stays paid."""
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])]))
    again = Svc(10000, 0, [("OA", "18", 10000)], scene.lines[0])
    post(database, era([Clp(scene.control, [again], number="PCN9")], trace="B"))
    assert claim_state(scene) is ClaimState.PAID
    assert (TaskKind.DENIAL, 10000) in tasks(database)
    assert owed(scene) == {}


def test_answer_without_the_payers_number_erased_it(database: Database) -> None:
    scene = make_scene(database)
    denied = Svc(10000, 0, [("CO", "16", 10000)], scene.lines[0])
    post(database, era([Clp(scene.control, [denied])]))
    paid = Svc(10000, 10000, line=scene.lines[0])
    post(database, era([Clp(scene.control, [paid], number="")], trace="B"))
    number = database.read(lambda w: w.session.get_one(Claim, scene.claim).payer_claim_number)
    assert number == "PCN1"


def test_unposting_an_older_answer_undid_the_state_of_the_newer(database: Database) -> None:
    scene = make_scene(database)
    denied = Svc(10000, 0, [("CO", "16", 10000)], scene.lines[0])
    staged = stage(database, era([Clp(scene.control, [denied])]))
    database.write(lambda w: posting.post_remittance(w, staged.id))
    post(database, era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])], trace="B"))
    database.write(lambda w: posting.unpost_remittance(w, staged.id, "read twice"))
    assert claim_state(scene) is ClaimState.PAID


def test_unposting_voided_claims_that_another_payment_of_the_file_forwarded(
    database: Database,
) -> None:
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    one = era([primary_with_coinsurance(scene, status="19", crossover="VALLEY AID")])
    two = era([Clp("NOBODY", [Svc(100, 100)], name="X")], trace="T200")
    # Two payments in one file: the second set goes into the first one's envelope.
    head, rest = one.split(b"GE*1*1~")
    body = two[two.index(b"ST*835") : two.index(b"GE*1*1~")].replace(b"*0001", b"*0002")
    both = head + body + b"GE*2*1~" + rest
    file = database.write(lambda w: staging.stage_file(w, both, "two.835"))
    assert [s.outcome for s in file.remittances] == ["staged", "staged"]
    for staged in file.remittances:
        post_by_id(database, staged.id)
    other = file.remittances[1].id
    database.write(lambda w: posting.unpost_remittance(w, other, "not ours"))
    assert claims_by_rank(scene) == [(1, ClaimState.PAID), (2, ClaimState.FORWARDED)]


# -- the worklist -----------------------------------------------------------------------------


def unapplied_rows(database: Database) -> list[int]:
    return database.read(
        lambda w: list(
            w.session.scalars(
                select(RemittanceClaim.id)
                .where(RemittanceClaim.state == "unapplied")
                .order_by(RemittanceClaim.position)
            )
        )
    )


def test_matching_one_stray_claim_closed_the_tasks_of_others(database: Database) -> None:
    """Numbers within numbers, equal numbers, and none at all: one task each."""
    scene = make_scene(database)
    strays = [
        Clp("", [Svc(10000, 10000)]),
        Clp("S1", [Svc(700, 700)], name="A"),
        Clp("S12", [Svc(800, 800)], name="B"),
        Clp("S12", [Svc(800, 800)], name="B"),
    ]
    post(database, era(strays))
    rows = unapplied_rows(database)
    database.write(lambda w: worklist.choose_claim(w, rows[0], scene.claim))
    assert sorted(tasks(database)) == [
        (TaskKind.UNMATCHED, 700),
        (TaskKind.UNMATCHED, 800),
        (TaskKind.UNMATCHED, 800),
    ]


def test_claims_of_a_discarded_remittance_are_not_matched(database: Database) -> None:
    scene = make_scene(database)
    read = stage(database, era([Clp("LOST", [Svc(10000, 10000)])]))
    database.write(lambda w: worklist.discard(w, read.id, "not ours"))
    row = database.read(lambda w: w.session.scalars(select(RemittanceClaim.id)).one())
    with pytest.raises(RuleError, match="discarded"):
        database.write(lambda w: worklist.choose_claim(w, row, scene.claim))


def test_claim_chosen_for_a_payer_whom_the_visit_does_not_have(database: Database) -> None:
    scene = make_scene(database)
    post(database, era([Clp("LOST", [Svc(10000, 10000)])]))
    (row,) = unapplied_rows(database)
    with pytest.raises(RuleError, match="payer"):
        database.write(lambda w: worklist.choose_claim(w, row, scene.claim, 3))


def test_one_line_paid_in_two_pieces_without_its_number(database: Database) -> None:
    scene = make_scene(database)
    pieces = [Svc(6000, 5000, [("CO", "45", 1000)]), Svc(4000, 3000, [("CO", "45", 1000)])]
    done = post(database, era([Clp(scene.control, pieces)]))
    assert done.claims_unapplied == 0
    assert owed(scene) == {}


# -- two processes ----------------------------------------------------------------------------


def test_payment_that_another_window_posted_meanwhile_is_a_duplicate(database: Database) -> None:
    scene = make_scene(database)
    data = era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])])
    real = command._post_one

    def late(db: Database, number: int) -> posting.Posted:
        db.write(lambda w: posting.post_remittance(w, number))
        return real(db, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "_post_one", late)
        result = command.post_file(database, data, "a.835")
    assert [p.state for p in result.payments] == ["duplicate"]
    assert not result.has_findings
    assert totals(database).payments == Money(10000)


def test_stranger_under_the_primarys_number_was_taken_for_the_primary(database: Database) -> None:
    """A secondary whose id is unknown and who says 1: which payer it is, a person says."""
    scene = make_scene(database, FIVE_HUNDRED, secondary=True)
    post(database, era([primary_with_coinsurance(scene)]))
    svc = Svc(50000, 7500, [("OA", "23", 42500)], scene.lines[0])
    clp = Clp(scene.control, [svc], number="SEC1")
    read = stage(database, era([clp], trace="S1", payer_id="1770000003", payer="STRANGER"))
    assert read.outcome == "held"
    assert "choose who pays" in read.reason
    database.write(lambda w: worklist.choose_payer(w, read.id, scene.secondary))
    post_by_id(database, read.id)
    assert owed(scene) == {}
    assert claims_by_rank(scene) == [(1, ClaimState.PAID), (2, ClaimState.PAID)]
