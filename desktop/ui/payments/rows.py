"""One payment as rows of a table: the payer's side left, ours right. Pure; no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.money import Money
from desktop.services.coding.builtin.reasons import reason_hint
from desktop.services.payments.adjustments import Reduction, is_denied
from desktop.ui.lib.table import Tone
from desktop.ui.payments import words

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.payments.claim_views import ClaimView, LineView, ReasonView
    from desktop.services.payments.views import RemittanceView


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a claim, a line of it, a reason, or an adjustment of the payer's account.

    Attributes:
        id: unique within the table, so that the cursor stays after a refresh.
        reduced: what a reason or a provider adjustment takes from the payment.
        state, tone: what is known or will be done, in words with a mark.
        group: patient and numbers of the claim, by which the filter finds all its rows.
        explained: sentences shown below the table for the row with the cursor.
    """

    id: str
    kind: str
    says: str
    service_on: dt.date | None
    charge: Money | None
    paid: Money | None
    reduced: Money | None
    state: str
    tone: Tone
    ours: str
    our_charge: Money | None
    owed: str
    group: str
    explained: tuple[str, ...]
    claim: ClaimView | None = None
    line: LineView | None = None


def rows_of(view: RemittanceView) -> list[Row]:
    """All rows of a payment: claims with lines and reasons, then the provider adjustments."""
    out: list[Row] = []
    for claim in view.claims:
        out.append(_claim(claim))
        out.extend(_reason(claim, None, n, r) for n, r in enumerate(claim.reasons))
        for line in claim.lines:
            out.append(_line(claim, line))
            out.extend(_reason(claim, line, n, r) for n, r in enumerate(line.reasons))
    for n, a in enumerate(view.provider_adjustments):
        what = words.provider_adjustment(a.code)
        side = "lowered" if a.amount.cents > 0 else "raised"
        where = "as interest" if a.code == "L6" else "to the payer's account"
        out.append(
            Row(
                f"p{n}",
                "provider",
                f"{a.code}  {what}",
                None,
                None,
                None,
                a.amount,
                where,
                Tone.NEUTRAL,
                f"reference {a.reference}" if a.reference else "",
                None,
                "",
                "payer account",
                (f"{what.capitalize()}: it {side} the payment by {abs(a.amount).shown}.",),
            )
        )
    return out


def claim_gap(claim: ClaimView) -> Money:
    """What is unexplained between charge, reasons and payment of a whole claim."""
    reduced = sum(r.amount.cents for line in claim.lines for r in line.reasons)
    # A confirmed split puts the claim's reasons on its lines and keeps them for information.
    if not claim.note.startswith("Split over"):
        reduced += sum(r.amount.cents for r in claim.reasons)
    return Money(claim.charge.cents - reduced - claim.paid.cents)


def line_gap(line: LineView) -> Money:
    """What is unexplained on one line."""
    reduced = sum(r.amount.cents for r in line.reasons)
    return Money(line.charge.cents - reduced - line.paid.cents)


def _group(claim: ClaimView) -> str:
    parts = (claim.patient_name, claim.our_patient, claim.control_number, claim.payer_claim_number)
    return " ".join(part for part in parts if part)


def _claim(claim: ClaimView) -> Row:
    status = words.STATUSES.get(claim.status, f"status {claim.status}")
    state = words.CLAIM_WORDS.get(claim.state, claim.state)
    tone = words.CLAIM_TONES.get(claim.state, Tone.NEUTRAL)
    gap = claim_gap(claim)
    if gap.cents and claim.status not in {"23", "25"}:
        state, tone = f"{gap.shown} unexplained", Tone.BAD
    elif claim.needs_split and claim.state == "matched":
        state, tone = "confirm the split", Tone.WARN
    explained = [f"{status.capitalize()}. The payer's number: {claim.payer_claim_number or 'none'}"]
    explained[0] += f"; member {claim.member_id}." if claim.member_id else "."
    if claim.patient_responsibility is not None:
        explained.append(f"Patient's share by the payer: {claim.patient_responsibility.shown}.")
    if claim.matched_by:
        explained.append(f"Matched by {claim.matched_by}.")
    if claim.crossover_to:
        explained.append(f"Sent on to {claim.crossover_to}.")
    if claim.remarks:
        explained.append(f"Remarks: {claim.remarks}.")
    if claim.note:
        explained.append(claim.note)
    who = claim.patient_name or "no name"
    ours = f"{claim.our_patient}, claim {claim.claim_id}" if claim.claim_id else "none yet"
    return Row(
        f"c{claim.id}",
        "claim",
        f"{who}  {claim.control_number}",
        claim.service_on,
        claim.charge,
        claim.paid,
        None,
        state,
        tone,
        ours,
        None,
        "",
        _group(claim),
        tuple(explained),
        claim,
    )


def _line(claim: ClaimView, line: LineView) -> Row:
    gap = line_gap(line)
    if gap.cents:
        state, tone = f"{gap.shown} unexplained", Tone.BAD
    elif line.charge_line_id is None and claim.claim_id is not None:
        state, tone = "choose our line", Tone.BAD
    elif claim.status != "22" and _denied(line):
        state, tone = "denied", Tone.WARN
    else:
        state, tone = "adds up", Tone.GOOD
    explained = []
    if line.allowed is not None:
        explained.append(f"Allowed {line.allowed.shown}.")
    if line.matched_by:
        explained.append(f"Matched by {line.matched_by}.")
    if line.remarks:
        explained.append(f"Remarks: {line.remarks}.")
    if line.our_charge is not None and line.our_charge != line.charge:
        explained.append(f"Our charge is {line.our_charge.shown}, not {line.charge.shown}.")
    ours = ""
    if line.our_procedure is not None:
        charge = line.our_charge.shown if line.our_charge is not None else ""
        ours = f"    {line.our_procedure}  {charge}"
    return Row(
        f"l{line.id}",
        "line",
        f"    {line.code} {line.modifiers}".rstrip(),
        line.service_on,
        line.charge,
        line.paid,
        None,
        state,
        tone,
        ours,
        line.our_charge,
        words.owed(line.owed) if line.charge_line_id is not None else "",
        _group(claim),
        tuple(explained),
        claim,
        line,
    )


def _denied(line: LineView) -> bool:
    found = [Reduction(r.group, r.reason, r.amount, r.action) for r in line.reasons]  # type: ignore[arg-type]
    return is_denied(line.charge, line.paid, found)


def _does(claim: ClaimView, line: LineView | None, reason: ReasonView) -> tuple[str, Tone]:
    """What the posting does with a reason, or did, as the claim and the line stand."""
    if claim.status == "22":
        return "taken back", Tone.NEUTRAL
    if claim.state == "information":
        return words.does("information"), Tone.NEUTRAL
    if claim.state in {"unmatched", "unapplied"}:
        return "nothing until matched", Tone.WARN
    if line is None and claim.needs_split:
        return "nothing until split", Tone.WARN
    if reason.action == "write off":
        if line is not None and _denied(line):
            return words.does("hold"), Tone.WARN
        if claim.rank is not None and claim.rank > 1:
            return "written off, if still owed", Tone.NEUTRAL
    return words.does(reason.action), words.ACTION_TONES.get(reason.action, Tone.NEUTRAL)


def _reason(claim: ClaimView, line: LineView | None, number: int, reason: ReasonView) -> Row:
    hint = reason_hint(reason.group, reason.reason)
    where = f"l{line.id}" if line is not None else f"c{claim.id}"
    state, tone = _does(claim, line, reason)
    explained = [f"{reason.group} {reason.reason}: {hint.meaning}"]
    if reason.action == "hold" or not hint.known:
        explained.append(f"Next: {hint.next_step}")
    return Row(
        f"r{where}.{number}",
        "reason",
        f"        {reason.group} {reason.reason}  {hint.meaning}",
        None,
        None,
        None,
        reason.amount,
        state,
        tone,
        "",
        None,
        "",
        _group(claim),
        tuple(explained),
        claim,
        line,
    )
