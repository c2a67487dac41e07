"""The 835 reader: every CLP, SVC, CAS and PLB, with the three balances of the standard."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from desktop.models.values.claim_record import Address, Name
from desktop.models.values.money import ZERO, Money
from desktop.services.formats.edi.elements import SetContext, at, clip, trimmed
from desktop.services.formats.edi.open835 import OpenClaim, OpenLine, set_hash
from desktop.services.formats.edi.remittance import (
    ONE,
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from decimal import Decimal

    from desktop.services.formats.edi.interchange import TransactionSet

_OTHER_COMPONENTS = ":>|^<\\"
_PAYER_REFERENCES = frozenset({"2U", "EO", "HI", "NF"})
_PADDING = [""] * 8
_GROUPS = frozenset({"CO", "OA", "PI", "PR", "CR"})


class _Reader835:
    """Walks the segments of one set."""

    def __init__(self, source: TransactionSet) -> None:
        self.source = source
        self.component = source.delimiters.component
        self.context = SetContext(clip(source.control))
        self.claims: list[RemittanceClaim] = []
        self.claim: OpenClaim | None = None
        self.line: OpenLine | None = None
        self.party = ""
        self.bpr: list[str] = []
        self.trn: list[str] = []
        self.payer_name = ""
        self.payer_ids: list[str] = []
        self.street = ("", "")
        self.town = ("", "", "")
        self.payee: dict[str, str] = {}
        self.produced_on: dt.date | None = None
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.readable = True
        self.warned_component = False

    def run(self) -> Remittance:
        steps: dict[str, Callable[[list[str]], None]] = {
            "CAS": self._cas,
            "SVC": self._svc,
            "DTM": self._dtm,
            "REF": self._ref,
            "AMT": self._amt,
            "LQ": self._lq,
            "CLP": self._clp,
            "NM1": self._nm1,
            "MOA": self._moa,
            "MIA": self._mia,
            "BPR": self._bpr,
            "TRN": self._trn,
            "N1": self._n1,
            "N3": self._n3,
            "N4": self._n4,
            "PLB": self._plb,
            "LX": self._lx,
            "SE": self._lx,
        }
        context = self.context
        sep = self.source.delimiters.element
        get = steps.get
        for number, segment in enumerate(self.source.segments, 1):
            e = segment.split(sep)
            step = get(e[0])
            if step is not None:
                context.segment = number
                step(e)
        self._end_claim()
        return self._remittance()

    # Header -----------------------------------------------------------------------------

    def _bpr(self, e: list[str]) -> None:
        if self.bpr:
            self.context.problem("A second BPR stands in one set; only the first was read.")
            return
        self.bpr = e

    def _trn(self, e: list[str]) -> None:
        if not self.trn:
            self.trn = e

    def _n1(self, e: list[str]) -> None:
        if self.claim is not None:
            return
        self.party = at(e, 1)
        kind, value = at(e, 3), at(e, 4)
        if self.party == "PR" and not self.payer_name:
            self.payer_name = at(e, 2)
            if value:
                self.payer_ids.append(value)
        elif self.party == "PE" and not self.payee:
            self.payee["name"] = at(e, 2)
            self.payee["id"] = value
            if kind == "XX":
                self.payee["npi"] = value
            elif kind == "FI":
                self.payee["tax"] = value

    def _n3(self, e: list[str]) -> None:
        if self.party == "PR" and self.claim is None:
            self.street = (at(e, 1), at(e, 2))

    def _n4(self, e: list[str]) -> None:
        if self.party == "PR" and self.claim is None:
            self.town = (at(e, 1), at(e, 2), at(e, 3))

    def _payer_address(self) -> Address | None:
        if not any(self.street) and not any(self.town):
            return None
        return Address(self.street[0], *self.town, self.street[1])

    def _header_ref(self, e: list[str]) -> None:
        kind, value = at(e, 1), at(e, 2)
        if self.party == "PR" and kind in _PAYER_REFERENCES and value:
            self.payer_ids.append(value)
        elif self.party == "PE" and kind == "TJ" and value:
            self.payee["tax"] = value

    def _lx(self, _e: list[str]) -> None:
        self._end_claim()

    # Claim ------------------------------------------------------------------------------

    def _clp(self, e: list[str]) -> None:
        self._end_claim()
        position = len(self.claims) + 1
        self.claim = OpenClaim(e, position)
        self.claim.segment = self.context.segment
        self.context.place = f"CLP {position}"

    def _nm1(self, e: list[str]) -> None:
        claim = self.claim
        if claim is None or self.line is not None:
            return
        e = e + [""] * (10 - len(e))
        claim.names.setdefault(e[1], (Name(e[3], e[4], e[5], e[7]), e[9]))

    def _moa(self, e: list[str]) -> None:
        if self.claim is not None:
            self.claim.remarks += trimmed(e[3:8])

    def _mia(self, e: list[str]) -> None:
        if self.claim is not None:
            self.claim.remarks += trimmed([at(e, 5), *e[20:24]])

    def _ref(self, e: list[str]) -> None:
        if self.line is not None:
            if at(e, 1) == "6R" and not self.line.number:
                self.line.number = at(e, 2)
        elif self.claim is not None:
            if at(e, 1) == "F8" and not self.claim.other_number:
                self.claim.other_number = at(e, 2)
        else:
            self._header_ref(e)

    def _dtm(self, e: list[str]) -> None:
        if len(e) < 3:
            return
        kind = e[1]
        on = self.context.date(e[2], "The DTM date")
        line = self.line
        if line is not None:
            if kind == "472":
                line.first = line.last = on
            elif kind == "150":
                line.first = on
            elif kind == "151":
                line.last = on
        elif self.claim is not None:
            self.claim.dates[kind] = on
        elif kind == "405":
            self.produced_on = on

    def _amt(self, e: list[str]) -> None:
        if len(e) < 3:
            return
        kind, context = e[1], self.context
        if self.line is not None:
            if kind == "B6":
                self.line.allowed = context.known_money(e[2])
        elif self.claim is not None:
            if kind == "AU":
                self.claim.allowed = context.known_money(e[2])
            elif kind == "I":
                self.claim.interest = context.known_money(e[2])

    def _cas(self, e: list[str]) -> None:
        claim = self.claim
        if claim is None:
            self.context.problem("A CAS segment stands outside any claim; not read.")
            return
        into = claim.adjustments if self.line is None else self.line.adjustments
        context = self.context
        group = at(e, 1)
        if group not in _GROUPS:
            context.problem(f"CAS01 “{clip(group)}” is not an adjustment group.", "warning")
        context.bad = False
        size = len(e)
        if size < 4:
            context.problem("A CAS segment holds no amount.")
        cents = 0
        for index in range(2, min(size, 20), 3):
            reason = e[index]
            text = e[index + 1] if index + 1 < size else ""
            quantity = e[index + 2] if index + 2 < size else ""
            if not reason and not text:
                continue
            amount = context.money(text, "The CAS amount")
            count = context.decimal(quantity, "The CAS quantity") if quantity else None
            into.append(Adjustment(group, reason, amount, count))
            cents += amount.cents
        if self.line is not None:
            self.line.adjusted += cents
        claim.adjusted += cents
        if group == "PR":
            claim.shared += cents
        if context.bad:
            self._mark_bad()

    def _mark_bad(self) -> None:
        if self.line is not None:
            self.line.bad = True
        if self.claim is not None:
            self.claim.bad = True

    def _end_claim(self) -> None:
        claim = self.claim
        if claim is None:
            return
        self._end_line()
        self.claim = None
        context = self.context
        here, context.segment = context.segment, claim.segment
        context.bad = False
        e = claim.e + [""] * (10 - len(claim.e))
        charge = context.money(e[3], "The claim's charge")
        bad, context.bad = context.bad, False
        paid = context.money(e[4], "The claim's payment")
        if not e[3] or not e[4]:
            context.problem("The claim has no charge or no paid amount.")
            context.bad = True
        self.readable = self.readable and not context.bad
        share = context.optional_money(e[5], "The patient's responsibility")
        readable = not (claim.bad or bad or context.bad)
        record = claim.record(e, (charge, paid, share), readable=readable)
        if readable:
            self._check_claim(claim, record)
        self.claims.append(record)
        context.segment = here
        context.place = ""

    def _check_claim(self, claim: OpenClaim, record: RemittanceClaim) -> None:
        context = self.context
        gap = record.charge.cents - claim.adjusted - record.paid.cents
        if gap:
            context.problem(
                f"Claim {clip(record.control_number)} does not balance: charge {record.charge} "
                f"less adjustments is not the {record.paid} paid; the difference is {Money(gap)}."
            )
        if record.lines and claim.charged != record.charge.cents:
            context.problem(
                f"The claim's charge is {record.charge}, but its lines add up to "
                f"{Money(claim.charged)}.",
                "warning",
            )
        share = record.patient_responsibility
        if share is not None and claim.shared != share.cents:
            context.problem(
                f"The patient's responsibility is given as {share}, but the PR adjustments "
                f"add up to {Money(claim.shared)}.",
                "warning",
            )

    # Line -------------------------------------------------------------------------------

    def _svc(self, e: list[str]) -> None:
        claim = self.claim
        if claim is None:
            self.context.problem("An SVC line stands outside any claim; not read.")
            return
        self._end_line()
        self.line = OpenLine(e, self.context.segment)
        self.context.place = f"CLP {claim.position}, line {len(claim.lines) + 1}"

    def _lq(self, e: list[str]) -> None:
        if self.line is not None and at(e, 2):
            self.line.remarks.append(e[2])

    def _composite(self, text: str) -> tuple[str, str, tuple[str, ...]]:
        """Qualifier, code and modifiers of SVC01 or SVC06."""
        component = self.component
        if component not in text and text[2:3] and text[2] in _OTHER_COMPONENTS:
            component = text[2]
            if not self.warned_component:
                self.warned_component = True
                self.context.problem(
                    f"Procedures are split by “{component}”, not by the “{self.component}” "
                    "of the header.",
                    "warning",
                )
        parts = text.split(component)
        if len(parts) == 1:
            return "", parts[0], ()
        return parts[0], parts[1], trimmed(parts[2:6]) if len(parts) > 2 else ()

    def _end_line(self) -> None:
        line, claim = self.line, self.claim
        if line is None or claim is None:
            return
        self.line = None
        context = self.context
        here, context.segment = context.segment, line.segment
        context.bad = False
        e = line.e
        if len(e) < 8:
            e += _PADDING[len(e) :]
        qualifier, code, modifiers = self._composite(e[1])
        submitted = ""
        submitted_modifiers: tuple[str, ...] = ()
        if e[6]:
            _, submitted, submitted_modifiers = self._composite(e[6])
        charge = context.money(e[2], "The line's charge")
        paid = context.money(e[3], "The line's payment")
        if context.bad:
            claim.bad = True
        record = RemittanceLine(
            position=len(claim.lines) + 1,
            code=code,
            charge=charge,
            paid=paid,
            modifiers=modifiers,
            qualifier=qualifier,
            submitted_code=submitted,
            submitted_modifiers=submitted_modifiers,
            units=ONE if e[5] in ("", "1") else self._units(e[5]) or ONE,
            original_units=self._units(e[7]) if e[7] else None,
            from_on=line.first,
            to_on=line.last or line.first,
            line_number=line.number,
            adjustments=tuple(line.adjustments),
            remarks=tuple(line.remarks),
            allowed=line.allowed,
            readable=not (line.bad or context.bad),
        )
        gap = charge.cents - line.adjusted - paid.cents
        if gap and record.readable:
            context.problem(
                f"The line does not balance: charge {charge} less adjustments is not the "
                f"{paid} paid; the difference is {Money(gap)}."
            )
        claim.charged += charge.cents
        claim.lines.append(record)
        context.segment = here
        context.place = f"CLP {claim.position}"

    def _units(self, text: str) -> Decimal | None:
        return self.context.decimal(text, "The units")

    # Payment ----------------------------------------------------------------------------

    def _plb(self, e: list[str]) -> None:
        self._end_claim()
        context = self.context
        context.place = "PLB"
        fiscal = context.date(at(e, 2), "PLB02")
        if len(e) < 5:
            context.problem("A PLB segment holds no amount.")
        for index in range(3, min(len(e), 15), 2):
            composite, text = e[index], at(e, index + 1)
            if not composite and not text:
                continue
            component = self.component
            if component not in composite and composite[2:3] and composite[2] in ":>|":
                component = composite[2]
            code, _, reference = composite.partition(component)
            context.bad = False
            amount = context.money(text, f"The {clip(code)} provider adjustment")
            self.readable = self.readable and not context.bad
            self.provider_adjustments.append(
                ProviderAdjustment(code, reference, amount, fiscal, at(e, 1))
            )
        context.place = ""

    def _remittance(self) -> Remittance:
        context = self.context
        context.segment, context.place = 2, "BPR"
        amount = ZERO
        on = None
        if self.bpr:
            context.bad = False
            amount = context.money(at(self.bpr, 2), "The payment's amount")
            self.readable = self.readable and not context.bad
            on = context.date(at(self.bpr, 16), "The payment date")
            if not at(self.bpr, 16):
                context.problem("The payment has no date (BPR16).", "warning")
            if amount < ZERO:
                context.problem(f"The payment's amount {amount} is negative.")
        else:
            self.readable = False
            context.problem("The set has no BPR segment: the amount paid is unknown.")
        if not at(self.trn, 2):
            context.problem("The set has no TRN trace number: the payment cannot be named.")
        remittance = Remittance(
            payer_name=self.payer_name,
            payer_id=at(self.trn, 3),
            trace=at(self.trn, 2),
            on=on,
            amount=amount,
            claims=tuple(self.claims),
            provider_adjustments=tuple(self.provider_adjustments),
            payer_ids=tuple(dict.fromkeys(self.payer_ids)),
            payer_address=self._payer_address(),
            payee_name=self.payee.get("name", ""),
            payee_npi=self.payee.get("npi", ""),
            payee_tax_id=self.payee.get("tax", ""),
            payee_id=self.payee.get("id", ""),
            handling=at(self.bpr, 1),
            method=at(self.bpr, 4),
            produced_on=self.produced_on,
            set_control=self.source.control,
            set_hash=set_hash(self.source.segments, self.source.delimiters),
            version=self.source.version,
            readable=self.readable,
            complete=self.source.complete,
        )
        gap = remittance.difference
        if gap and self.bpr:
            paid, held = remittance.claims_paid, remittance.provider_total
            context.problem(
                f"The payment does not balance: {amount} was paid, but claims {paid} less "
                f"provider adjustments {held} is {paid - held}; the difference is {gap}."
            )
        return remittance


def read_835(source: TransactionSet) -> Remittance:
    """Read one 835 set; its problems are on the record."""
    reader = _Reader835(source)
    remittance = reader.run()
    return dataclasses.replace(remittance, problems=reader.context.problems.listed())
