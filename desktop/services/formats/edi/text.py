"""What a file says, in lines for a biller: `claimstead edi read FILE` without `--json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.formats.edi.acknowledgments import Acknowledgment, InterchangeAcknowledgment
from desktop.services.formats.edi.claim_status import ClaimStatusSet, Status
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.eligibility import Benefit, EligibilitySet
from desktop.services.formats.edi.plain import shown_name
from desktop.services.formats.edi.remittance import Adjustment, Remittance, RemittanceClaim

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from desktop.models.values.claim_record import Name
    from desktop.models.values.money import Money
    from desktop.services.formats.edi.read import EdiFile, Transaction

_KINDS = {
    "835": "payment advice",
    "837P": "professional claims",
    "999": "acknowledgment of a claim file",
    "TA1": "acknowledgment of an envelope",
    "277CA": "acknowledgment of claims",
    "277": "answer about claims",
    "276": "question about claims",
    "271": "eligibility answer",
    "270": "eligibility question",
}
_RESULTS = {
    "A": "accepted",
    "E": "accepted with errors",
    "P": "partly accepted",
    "R": "rejected",
    "M": "rejected (security)",
    "W": "rejected (security)",
    "X": "rejected (security)",
}
_METHODS = {
    "ACH": "bank transfer",
    "CHK": "check",
    "NON": "no payment",
    "FWT": "wire",
    "BOP": "bank's choice",
}
_CLAIM_STATES = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "processed as primary, forwarded",
    "20": "processed as secondary, forwarded",
    "21": "processed as tertiary, forwarded",
    "22": "reversal of an earlier payment",
    "23": "not this payer's claim, forwarded",
    "25": "estimate only, no payment",
}
_BENEFITS = {
    "1": "active",
    "6": "inactive",
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "D": "described",
    "F": "limit",
    "G": "out-of-pocket",
    "I": "not covered",
    "L": "primary care",
    "MC": "managed care",
    "R": "other payer",
    "U": "call",
    "V": "no answer",
    "W": "ask elsewhere",
    "Y": "spend-down",
}
_PERIODS = {
    "23": "calendar year",
    "22": "service year",
    "24": "to date",
    "25": "contract",
    "26": "episode",
    "27": "visit",
    "29": "remaining",
    "32": "lifetime",
    "33": "lifetime left",
    "34": "month",
}
_ACTIONS = {
    "C": "correct it and ask again",
    "R": "ask again",
    "N": "do not ask again",
    "S": "do not ask again",
    "P": "ask again with the original number",
    "W": "wait 30 days, then ask again",
    "X": "wait 10 days, then ask again",
    "Y": "do not ask again; they will answer",
}


def text_file(file: EdiFile) -> list[str]:
    """The whole file as lines of plain text, problems last."""
    lines = [
        f"Interchange {i.control_number} from {i.sender} to {i.receiver}"
        + (" (test)" if i.usage == "T" else "")
        for i in file.interchanges
    ]
    for transaction in file.transactions:
        lines.append("")
        title = f"{transaction.kind}: {_KINDS[transaction.kind]}"
        set_name = f", set {transaction.set_control}" if transaction.set_control else ""
        lines.append(title + set_name)
        lines.extend("  " + line for line in _body(transaction))
    if file.problems:
        lines += ["", f"Problems: {len(file.problems)}"]
        lines.extend(f"  {p.severity:7}  {p.where}: {p.text}" for p in file.problems)
    elif not file.transactions:
        lines += ["", "The file holds nothing that this program reads."]
    return [_printable(line) for line in lines]


def _printable(line: str) -> str:
    """Without control characters, which a terminal would obey."""
    return line if line.isprintable() else "".join(c if c.isprintable() else "?" for c in line)


def _body(transaction: Transaction) -> Iterator[str]:
    match transaction:
        case Remittance():
            yield from _remittance(transaction)
        case SentClaims():
            yield from _claims(transaction)
        case Acknowledgment():
            yield from _acknowledgment(transaction)
        case InterchangeAcknowledgment():
            result = _RESULTS.get(transaction.result, transaction.result)
            code = f", code {transaction.code}" if transaction.code else ""
            yield f"Interchange {transaction.control_number} was {result}{code}."
        case ClaimStatusSet():
            yield from _status_set(transaction)
        case EligibilitySet():
            yield from _eligibility(transaction)


def _table(rows: Sequence[Sequence[str]], right: frozenset[int]) -> list[str]:
    """Rows with aligned columns; the columns in `right` are figures."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _date(value: dt.date | None) -> str:
    return f"{value:%m/%d/%Y}" if value else "-"


def _money(value: Money | None) -> str:
    return "-" if value is None else value.shown


def _number(value: Decimal | None) -> str:
    return "-" if value is None else f"{value.normalize():f}"


def _who(name: Name, id_: str) -> str:
    return " ".join(p for p in (shown_name(name), f"({id_})" if id_ else "") if p)


# 835 -------------------------------------------------------------------------------------


def _remittance(r: Remittance) -> Iterator[str]:
    method = _METHODS.get(r.method, r.method or "unknown way")
    yield f"Payer    {r.payer_name}  (id {r.payer_id or '-'})"
    yield f"Payee    {r.payee_name}  (NPI {r.payee_npi or '-'}, tax id {r.payee_tax_id or '-'})"
    yield f"Payment  {r.amount.shown} by {method}, trace {r.trace or '-'}, {_date(r.on)}"
    if r.balanced:
        verdict = "balances"
    elif r.difference:
        verdict = f"DOES NOT BALANCE, difference {r.difference.shown}"
    else:
        verdict = "CANNOT BE CHECKED: an amount in it is unreadable"
    yield (
        f"Claims   {len(r.claims)}, paid {r.claims_paid.shown}; "
        f"provider adjustments {r.provider_total.shown}; the payment {verdict}"
    )
    for claim in r.claims:
        yield ""
        yield from _remittance_claim(claim)
    if r.provider_adjustments:
        yield ""
        yield "Provider adjustments (a positive amount lowers the payment)"
        rows = [(a.code, a.reference, a.amount.shown) for a in r.provider_adjustments]
        yield from ("  " + row for row in _table(rows, frozenset({2})))


def _remittance_claim(c: RemittanceClaim) -> Iterator[str]:
    state = _CLAIM_STATES.get(c.status, f"status {c.status}")
    yield f"Claim {c.control_number}  {_who(c.patient_name, c.patient_id)}  {state}"
    yield (
        f"  payer's number {c.payer_claim_number or '-'}; charge {c.charge.shown}, "
        f"paid {c.paid.shown}, patient {_money(c.patient_responsibility)}"
        + ("" if c.fully_balanced else f"; DOES NOT BALANCE, difference {c.difference.shown}")
    )
    if c.crossover_to:
        yield f"  forwarded to {c.crossover_to}"
    reasons = _reasons(c.adjustments, c.remarks)
    if reasons:
        yield f"  claim level: {reasons}"
    rows = [
        (
            " ".join((line.code, *line.modifiers)),
            _date(line.from_on or c.from_on),
            _number(line.units),
            line.charge.shown,
            line.paid.shown,
            _reasons(line.adjustments, line.remarks),
        )
        for line in c.lines
    ]
    if rows:
        rows.insert(0, ("Code", "Date", "Units", "Charge", "Paid", "Adjustments, remarks"))
    yield from ("  " + row for row in _table(rows, frozenset({2, 3, 4})))


def _reasons(adjustments: Iterable[Adjustment], remarks: Iterable[str]) -> str:
    parts = [f"{a.group} {a.reason} {a.amount.shown}" for a in adjustments]
    return ", ".join([*parts, *remarks])


# 837P ------------------------------------------------------------------------------------


def _claims(s: SentClaims) -> Iterator[str]:
    yield f"Batch {s.batch_reference or '-'}: {len(s.claims)} claims, {s.charge.shown}"
    for c in s.claims:
        yield ""
        frequency = {"1": "", "7": ", replaces ", "8": ", voids "}.get(c.frequency, ", frequency ")
        number = c.original_number if c.frequency in "78" else c.frequency.strip("1")
        yield (
            f"Claim {c.control_number}  {shown_name(c.patient.name)}  charge {c.charge.shown}"
            f"{frequency}{number if frequency else ''}"
        )
        yield f"  payer {_who(c.payer.name, c.payer.id)}, member {c.subscriber.id or '-'}"
        yield f"  place {c.place}, diagnoses {', '.join(c.diagnoses) or '-'}"
        rows = [
            (
                " ".join((line.code, *line.modifiers)),
                _date(line.from_on),
                _number(line.units),
                line.charge.shown,
                "points to " + " ".join(str(p) for p in line.pointers),
            )
            for line in c.lines
        ]
        yield from ("  " + row for row in _table(rows, frozenset({2, 3})))


# Acknowledgments and status --------------------------------------------------------------


def _acknowledgment(a: Acknowledgment) -> Iterator[str]:
    yield (
        f"Group {a.group_control}: {_RESULTS.get(a.result, a.result or 'no result')}, "
        f"{a.passed} of {a.received} sets accepted"
    )
    for s in a.sets:
        yield f"Set {s.control_number}: {_RESULTS.get(s.result, s.result or 'no result')}"
        for error in s.errors:
            claim = f", claim {error.claim_number}" if error.claim_number else ""
            yield f"  segment {error.segment} at {error.position}{claim}: error {error.code}"
            for element in error.elements:
                value = f", value “{element.value}”" if element.value else ""
                yield f"    element {element.position}: error {element.code}{value}"


def _codes(statuses: Iterable[Status]) -> str:
    return ", ".join(":".join(p for p in (s.category, s.status, s.entity) if p) for s in statuses)


def _status_set(s: ClaimStatusSet) -> Iterator[str]:
    yield f"Payer {s.payer_name}  (id {s.payer_id or '-'})"
    if s.batch_reference:
        yield f"Batch {s.batch_reference}" + (": REJECTED AS A WHOLE" if s.rejected_whole else "")
    for level in s.levels:
        if level.statuses:
            yield f"{level.level.capitalize()} {level.name}: {_codes(level.statuses)}"
    verdicts = {True: "accepted", False: "REJECTED", None: ""}
    rows = [
        (
            c.control_number,
            shown_name(c.patient_name),
            _money(c.amount),
            verdicts[c.accepted] if c.accepted is not None else _paid(c.paid),
            _codes(c.statuses),
            c.payer_claim_number,
        )
        for c in s.claims
    ]
    if rows:
        rows.insert(0, ("Claim", "Patient", "Amount", "Result", "Status", "Payer's number"))
    yield from _table(rows, frozenset({2}))
    for c in s.claims:
        for line in c.lines:
            if line.statuses:
                yield f"Claim {c.control_number}, line {line.code}: {_codes(line.statuses)}"


def _paid(paid: Money | None) -> str:
    return "" if paid is None else f"paid {paid.shown}"


# Eligibility -----------------------------------------------------------------------------


def _eligibility(s: EligibilitySet) -> Iterator[str]:
    yield f"Payer     {s.payer_name}  (id {s.payer_id or '-'})"
    yield f"Provider  {s.provider_name}  (id {s.provider_id or '-'})"
    for m in s.members:
        asked = f", asks about {', '.join(m.service_types)}" if m.service_types else ""
        yield f"{m.level.capitalize()}  {_who(m.name, m.id)}, born {_date(m.birth_on)}{asked}"
        for kind, first, last in m.dates:
            until = "" if last == first else f" to {_date(last)}"
            yield f"  date {kind}: {_date(first)}{until}"
    for r in s.rejections:
        action = _ACTIONS.get(r.action, r.action or "no advice")
        yield f"REJECTED at the {r.where or 'file'} level, reason {r.code}: {action}"
    rows = [_benefit(b) for b in s.benefits]
    if rows:
        rows.insert(0, ("Kind", "Level", "Services", "Plan", "Period", "Amount", "Network", "Note"))
    yield from _table(rows, frozenset({5}))


def _benefit(b: Benefit) -> tuple[str, ...]:
    figure = _money(b.amount) if b.amount is not None else ""
    if b.percent is not None:
        figure = f"{_number(b.percent)} %"
    elif not figure and b.quantity is not None:
        figure = f"{_number(b.quantity)} {b.quantity_kind}".rstrip()
    notes = [*b.text, *b.entities]
    if b.procedure:
        notes.insert(0, f"procedure {b.procedure}")
    if b.authorization == "Y":
        notes.insert(0, "authorization needed")
    plan = " ".join(p for p in (b.insurance_type, b.plan) if p)
    services = " ".join(b.service_types)
    return (
        f"{b.kind} {_BENEFITS.get(b.kind, '')}".rstrip(),
        b.level,
        services,
        plan,
        _PERIODS.get(b.period, b.period),
        figure,
        b.in_network,
        "; ".join(notes),
    )
