"""The 837P reader: claims with their people, payers, lines and earlier payers' answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from desktop.services.formats.edi.claims837 import (
    SentClaim,
    SentClaims,
    SentDrug,
    SentLine,
    SentPriorLine,
)
from desktop.services.formats.edi.elements import SetContext, at, clip, read_period, trimmed
from desktop.services.formats.edi.open837 import OpenClaim, OpenCoverage, OpenLine, OpenParty
from desktop.services.formats.edi.remittance import Adjustment

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from desktop.services.formats.edi.interchange import TransactionSet

_DIAGNOSIS = frozenset({"ABK", "ABF", "BK", "BF"})


_NOBODY = OpenParty([])


class _Reader837:
    """Walks the segments of one set."""

    def __init__(self, source: TransactionSet) -> None:
        self.source = source
        self.component = source.delimiters.component
        self.context = SetContext(clip(source.control))
        self.claims: list[SentClaim] = []
        self.bht: list[str] = []
        self.submitter: OpenParty | None = None
        self.receiver: OpenParty | None = None
        self.billing: OpenParty | None = None
        self.pay_to: OpenParty | None = None
        self.subscriber: OpenParty | None = None
        self.patient: OpenParty | None = None
        self.payer: OpenParty | None = None
        self.taxonomy = ""
        self.sbr: list[str] = [""] * 10
        self.relation = ""
        self.levels = 0
        self.party: OpenParty | None = None
        self.claim: OpenClaim | None = None
        self.coverage: OpenCoverage | None = None
        self.line: OpenLine | None = None

    def run(self) -> SentClaims:
        steps: dict[str, Callable[[list[str]], None]] = {
            "BHT": self._bht,
            "HL": self._hl,
            "SBR": self._sbr,
            "PAT": self._pat,
            "NM1": self._nm1,
            "N3": self._n3,
            "N4": self._n4,
            "DMG": self._dmg,
            "PRV": self._prv,
            "REF": self._ref,
            "CLM": self._clm,
            "DTP": self._dtp,
            "AMT": self._amt,
            "NTE": self._nte,
            "HI": self._hi,
            "OI": self._oi,
            "CAS": self._cas,
            "LX": self._lx,
            "SV1": self._sv1,
            "LIN": self._lin,
            "CTP": self._ctp,
            "SVD": self._svd,
        }
        sep = self.source.delimiters.element
        for number, segment in enumerate(self.source.segments, 1):
            e = segment.split(sep)
            step = steps.get(e[0])
            if step is not None:
                self.context.segment = number
                step(e)
        self._end_claim()
        return SentClaims(
            claims=tuple(self.claims),
            batch_reference=at(self.bht, 3),
            submitter=self.submitter.record() if self.submitter else None,
            receiver=self.receiver.record() if self.receiver else None,
            set_control=self.source.control,
            group_control=self.source.group_control,
            version=self.source.version,
            complete=self.source.complete,
            problems=self.context.problems.listed(),
        )

    # Levels -----------------------------------------------------------------------------

    def _bht(self, e: list[str]) -> None:
        self.bht = e

    def _hl(self, e: list[str]) -> None:
        self._end_claim()
        self.levels += 1
        if at(e, 1) != str(self.levels):
            self.context.problem(
                f"HL01 is “{clip(at(e, 1))}” where {self.levels} is next.", "warning"
            )
            if at(e, 1).isdigit() and len(at(e, 1)) < 9:
                self.levels = int(e[1])
        self.party = None
        level = at(e, 3)
        if level == "20":
            self.billing = self.pay_to = None
            self.taxonomy = ""
        if level in ("20", "22"):
            self.subscriber = self.payer = None
            self.sbr = [""] * 10
        self.patient = None
        self.relation = ""

    def _sbr(self, e: list[str]) -> None:
        self.party = None
        if self.claim is None:
            self.sbr = e + [""] * (10 - len(e))
            return
        self._end_line()
        self.coverage = OpenCoverage(e)
        self.claim.coverages.append(self.coverage)

    def _pat(self, e: list[str]) -> None:
        self.relation = at(e, 1)

    def _nm1(self, e: list[str]) -> None:
        party = OpenParty(e)
        self.party = party
        if not party.role:
            self.context.problem("An NM1 segment does not say whom it names (NM101 is empty).")
        if self.line is not None:
            self.line.parties.append(party)
        elif self.coverage is not None:
            self.coverage.parties.setdefault(party.role, party)
        elif self.claim is not None:
            self.claim.parties.append(party)
        else:
            self._level_party(party)

    def _level_party(self, party: OpenParty) -> None:
        if party.role == "85":
            party.taxonomy = self.taxonomy
            self.billing = party
        elif party.role == "87":
            self.pay_to = party
        elif party.role == "IL":
            self.subscriber = party
        elif party.role == "PR":
            self.payer = party
        elif party.role == "QC":
            self.patient = party
        elif party.role == "41":
            self.submitter = party
        elif party.role == "40":
            self.receiver = party

    def _n3(self, e: list[str]) -> None:
        if self.party is not None:
            self.party.street = (at(e, 1), at(e, 2))

    def _n4(self, e: list[str]) -> None:
        if self.party is not None:
            self.party.town = (at(e, 1), at(e, 2), at(e, 3))

    def _dmg(self, e: list[str]) -> None:
        if self.party is not None:
            self.party.birth_on = self.context.date(at(e, 2), "The birth date")
            self.party.sex = at(e, 3)

    def _prv(self, e: list[str]) -> None:
        if self.party is not None:
            self.party.taxonomy = at(e, 3)
        elif at(e, 1) == "BI":
            self.taxonomy = at(e, 3)

    def _ref(self, e: list[str]) -> None:
        pair = (at(e, 1), at(e, 2))
        if self.party is not None:
            self.party.references.append(pair)
        elif self.line is not None:
            if pair[0] == "XZ" and self.line.drug is not None:
                self.line.drug = dataclasses.replace(self.line.drug, prescription_number=pair[1])
            else:
                self.line.references.append(pair)
        elif self.claim is not None and self.coverage is None:
            self.claim.references.append(pair)

    # Claim ------------------------------------------------------------------------------

    def _clm(self, e: list[str]) -> None:
        self._end_claim()
        self.claim = OpenClaim(e, self.context.segment)
        self.party = None
        self.context.place = f"CLM {len(self.claims) + 1}"
        self.context.money(at(e, 2), "The claim's charge")

    def _dtp(self, e: list[str]) -> None:
        kind = at(e, 1)
        first, last = read_period(at(e, 2), at(e, 3))
        if first is None and at(e, 3):
            self.context.problem(
                f"DTP*{clip(kind, 3)} “{clip(at(e, 3))}” is not a date.", "warning"
            )
        if self.line is not None:
            if kind == "472":
                self.line.first, self.line.last = first, last
            elif kind == "573" and self.line.prior:
                self.line.prior[-1] = dataclasses.replace(self.line.prior[-1], adjudicated_on=first)
        elif self.party is not None and kind == "573":
            self.party.adjudicated_on = first
        elif self.claim is not None and self.coverage is None:
            self.claim.dates.append((kind, first, last))

    def _amt(self, e: list[str]) -> None:
        if self.line is not None or self.claim is None:
            return
        kind = at(e, 1)
        if kind not in ("D", "EAF", "F5"):
            return
        amount = self.context.money(at(e, 2), f"AMT*{kind}")
        if self.coverage is None:
            if kind == "F5":
                self.claim.patient_paid = amount
        elif kind == "D":
            self.coverage.paid = amount
        elif kind == "EAF":
            self.coverage.remaining = amount

    def _nte(self, e: list[str]) -> None:
        if self.line is not None:
            self.line.note = at(e, 2)
        elif self.claim is not None:
            self.claim.note = at(e, 2)

    def _hi(self, e: list[str]) -> None:
        if self.claim is None or self.line is not None:
            return
        composites = trimmed(e[1:])
        if len(composites) > 1 and composites[0] in _DIAGNOSIS:
            self.context.problem("HI splits qualifier and code by the element separator.")
            composites = self._rejoined(composites)
        for composite in composites:
            parts = composite.split(self.component)
            kind, code = parts[0], at(parts, 1)
            if not code:
                self.context.problem(f"HI holds “{clip(composite)}” without a code.")
            elif kind in _DIAGNOSIS:
                self.claim.diagnoses.append((kind, code))
            elif kind == "BG":
                self.claim.conditions.append(code)

    def _rejoined(self, composites: tuple[str, ...]) -> tuple[str, ...]:
        """``BK``, ``8901``, ``BF:872`` as the composites that were meant."""
        joined: list[str] = []
        for part in composites:
            if joined and joined[-1] in _DIAGNOSIS and self.component not in part:
                joined[-1] += self.component + part
            else:
                joined.append(part)
        return tuple(joined)

    def _oi(self, e: list[str]) -> None:
        if self.coverage is not None:
            self.coverage.benefits = at(e, 3)

    def _cas(self, e: list[str]) -> None:
        found = self._adjustments(e)
        if self.line is not None:
            if self.line.prior:
                last = self.line.prior[-1]
                self.line.prior[-1] = dataclasses.replace(
                    last, adjustments=self.context.grown(last.adjustments, *found)
                )
        elif self.coverage is not None:
            self.coverage.adjustments += found

    def _adjustments(self, e: list[str]) -> tuple[Adjustment, ...]:
        found = []
        for index in range(2, min(len(e), 20), 3):
            if e[index]:
                amount = self.context.money(at(e, index + 1), "The adjustment")
                quantity = self.context.decimal(at(e, index + 2), "The CAS quantity")
                found.append(Adjustment(at(e, 1), e[index], amount, quantity))
        return tuple(found)

    def _end_claim(self) -> None:
        claim = self.claim
        if claim is None:
            return
        self._end_line()
        self.claim = self.coverage = self.party = None
        here, self.context.segment = self.context.segment, claim.segment
        e = claim.e
        place = e[5].split(self.component)
        causes = e[11].split(self.component)
        sbr = self.sbr
        subscriber = (self.subscriber or _NOBODY).record()
        record = SentClaim(
            position=len(self.claims) + 1,
            control_number=e[1],
            charge=self.context.money(e[2], "The claim's charge"),
            place=place[0],
            frequency=at(place, 2),
            subscriber=subscriber,
            patient=self.patient.record() if self.patient else subscriber,
            payer=(self.payer or _NOBODY).record(),
            billing=(self.billing or _NOBODY).record(),
            lines=tuple(claim.lines),
            sequence=sbr[1],
            relationship=self.relation or sbr[2],
            group_number=sbr[3],
            plan_name=sbr[4],
            insurance_type=sbr[5],
            filing_code=sbr[9],
            diagnoses=tuple(code for _, code in claim.diagnoses),
            diagnosis_kinds=tuple(kind for kind, _ in claim.diagnoses),
            condition_codes=tuple(claim.conditions),
            accept_assignment=e[7],
            benefits_assigned=e[8],
            release_of_information=e[9],
            related_causes=trimmed(causes[:3]),
            accident_state=at(causes, 3),
            delay_reason=e[20],
            dates=tuple(claim.dates),
            references=tuple(claim.references),
            note=claim.note,
            patient_paid=claim.patient_paid,
            pay_to=self.pay_to.record() if self.pay_to else None,
            parties=tuple(p.record() for p in claim.parties if p.role),
            coverages=tuple(c.record() for c in claim.coverages),
        )
        self._check(record)
        self.claims.append(record)
        self.context.segment, self.context.place = here, ""

    def _check(self, claim: SentClaim) -> None:
        problem = self.context.problem
        if self.billing is None:
            problem("The claim has no billing provider (loop 2010AA).")
        if self.subscriber is None:
            problem("The claim has no subscriber (loop 2010BA).")
        if claim.lines_charge != claim.charge:
            problem(
                f"The claim's charge is {claim.charge}, but its lines add up to "
                f"{claim.lines_charge}.",
                "warning",
            )
        for line in claim.lines:
            if any(p > len(claim.diagnoses) or p < 1 for p in line.pointers):
                problem(f"Line {line.position} points to a diagnosis that is not there.", "warning")

    # Line -------------------------------------------------------------------------------

    def _lx(self, _e: list[str]) -> None:
        if self.claim is None:
            self.context.problem("A line (LX) stands outside any claim; not read.")
            return
        self._end_line()
        self.coverage = self.party = None
        position = len(self.claim.lines) + 1
        self.line = OpenLine(position, self.context.segment)
        self.context.place = f"CLM {len(self.claims) + 1}, line {position}"

    def _sv1(self, e: list[str]) -> None:
        if self.line is None:
            self._lx(e)
        if self.line is not None:
            self.line.service = e

    def _lin(self, e: list[str]) -> None:
        self.party = None
        if self.line is not None:
            self.line.drug = SentDrug(at(e, 3), None, "")

    def _ctp(self, e: list[str]) -> None:
        if self.line is not None and self.line.drug is not None:
            quantity = self.context.decimal(at(e, 4), "The drug quantity")
            unit = at(e, 5).split(self.component)[0]
            self.line.drug = dataclasses.replace(self.line.drug, quantity=quantity, unit=unit)

    def _svd(self, e: list[str]) -> None:
        self.party = None
        if self.line is not None:
            parts = at(e, 3).split(self.component)
            self.line.prior.append(
                SentPriorLine(
                    payer_id=at(e, 1),
                    paid=self.context.money(at(e, 2), "The earlier payer's payment"),
                    code=at(parts, 1),
                    modifiers=trimmed(parts[2:6]),
                    units=self.context.decimal(at(e, 5), "The paid units"),
                    adjudicated_on=None,
                )
            )

    def _end_line(self) -> None:
        line, claim = self.line, self.claim
        if line is None or claim is None:
            return
        self.line = None
        here, self.context.segment = self.context.segment, line.segment
        e = line.service + [""] * (13 - len(line.service))
        if not line.service:
            self.context.problem("The line has no SV1 segment.")
        parts = e[1].split(self.component)
        claim.lines.append(
            SentLine(
                position=line.position,
                code=at(parts, 1),
                charge=self.context.money(e[2], "The line's charge"),
                modifiers=trimmed(parts[2:6]),
                qualifier=parts[0],
                description=at(parts, 6),
                units=self._units(e[4]),
                unit_kind=e[3],
                place=e[5] or claim.e[5].split(self.component)[0],
                pointers=self._pointers(e[7]),
                emergency=e[9] == "Y",
                epsdt=e[11] == "Y",
                family_planning=e[12] == "Y",
                from_on=line.first,
                to_on=line.last or line.first,
                line_number=next((v for k, v in line.references if k == "6R"), ""),
                note=line.note,
                drug=line.drug,
                references=tuple(line.references),
                parties=tuple(p.record() for p in line.parties if p.role),
                prior=tuple(line.prior),
            )
        )
        self.context.segment, self.context.place = here, f"CLM {len(self.claims) + 1}"

    def _units(self, text: str) -> Decimal | None:
        return self.context.decimal(text, "The units")

    def _pointers(self, text: str) -> tuple[int, ...]:
        parts = trimmed(text.split(self.component))
        if not all(p.isascii() and p.isdigit() and len(p) <= 2 for p in parts):
            self.context.problem(f"The diagnosis pointers “{clip(text)}” are not numbers.")
            return ()
        return tuple(int(p) for p in parts)


def read_837(source: TransactionSet) -> SentClaims:
    """Read one 837P set; its problems are on the record."""
    return _Reader837(source).run()
