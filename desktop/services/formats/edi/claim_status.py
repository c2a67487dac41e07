"""277CA (X214), 277 and 276 (X212): where a claim stands, level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.claim_record import Name
from desktop.services.formats.edi.elements import SetContext, at, clip, read_period, trimmed

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.money import Money
    from desktop.services.formats.edi.interchange import TransactionSet
    from desktop.services.formats.edi.problems import EdiProblem

# Categories after which the claim never entered the payer's system (A4: not found there).
REJECTING = frozenset({"A3", "A4", "A6", "A7", "A8"})

_LEVELS = {"20": "payer", "21": "receiver", "19": "provider", "22": "subscriber"}


@dataclass(frozen=True, slots=True)
class Status:
    """One category, status and entity code of an STC.

    Attributes:
        action: STC03: WQ accepted, U rejected; empty in a 277.
        on: STC02.
        amount: STC04; `paid`: STC05 (277).
        text: STC12.
    """

    category: str
    status: str
    entity: str = ""
    action: str = ""
    on: dt.date | None = None
    amount: Money | None = None
    paid: Money | None = None
    text: str = ""

    @property
    def rejects(self) -> bool:
        """Whether this status says that the claim (or all below) was not taken in."""
        return self.action == "U" or self.category in REJECTING


@dataclass(frozen=True, slots=True)
class LineStatus:
    """A service line with its own status; `line_number` is REF*FJ."""

    code: str
    modifiers: tuple[str, ...]
    charge: Money | None
    line_number: str = ""
    statuses: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelStatus:
    """What was said of a level above the claims.

    Attributes:
        level: payer, receiver or provider.
        trace: TRN02; at the receiver level of a 277CA it echoes our BHT03.
    """

    level: str
    name: str
    id: str
    trace: str = ""
    statuses: tuple[Status, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether everything below this level was rejected."""
        return any(s.rejects for s in self.statuses)


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """One claim.

    Attributes:
        control_number: TRN02, our claim's CLM01 (277CA) or our inquiry's trace (277).
        payer_claim_number: REF*1K; wanted for REF*F8 later.
        clearinghouse_number: REF*D9.
        accepted: 277CA only: not rejected here nor at a level above; else None.
        amount: STC04 (277CA, 277) or AMT*T3 (276); `paid` is STC05.
    """

    position: int
    control_number: str
    patient_name: Name
    patient_id: str = ""
    payer_claim_number: str = ""
    clearinghouse_number: str = ""
    patient_account: str = ""
    accepted: bool | None = None
    amount: Money | None = None
    paid: Money | None = None
    statuses: tuple[Status, ...] = ()
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    provider_id: str = ""
    lines: tuple[LineStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimStatusSet:
    """One 277CA, 277 or 276 set.

    Attributes:
        kind: "277CA", "277" or "276".
        reference: BHT03.
        batch_reference: TRN02 of the receiver level: our BHT03 in a 277CA.
        rejected_whole: the payer or receiver level rejects all that was sent.
    """

    kind: str
    payer_name: str
    payer_id: str
    receiver_name: str = ""
    receiver_id: str = ""
    reference: str = ""
    batch_reference: str = ""
    on: dt.date | None = None
    levels: tuple[LevelStatus, ...] = ()
    claims: tuple[ClaimStatus, ...] = ()
    set_control: str = ""
    version: str = ""
    problems: tuple[EdiProblem, ...] = ()

    @property
    def rejected_whole(self) -> bool:
        """Whether nothing of what was sent was taken in."""
        return any(v.rejected for v in self.levels if v.level != "provider")


class _Level:
    """One HL being read."""

    def __init__(self, code: str, parent: _Level | None) -> None:
        self.code = code
        self.parent = parent
        self.name = Name("")
        self.id = ""
        self.claims = 0

    def rejected(self, statuses: dict[int, list[Status]]) -> bool:
        """Whether this level or one above it rejects."""
        level: _Level | None = self
        while level is not None:
            if any(s.rejects for s in statuses.get(id(level), [])):
                return True
            level = level.parent
        return False


class _Claim:
    """One TRN at claim level being read."""

    def __init__(self, level: _Level, trace: str) -> None:
        self.level = level
        self.trace = trace
        self.statuses: list[Status] = []
        self.references: dict[str, str] = {}
        self.first: dt.date | None = None
        self.last: dt.date | None = None
        self.amount: Money | None = None
        self.lines: list[LineStatus] = []


class _StatusReader:
    """Walks the segments of one set."""

    def __init__(self, source: TransactionSet, kind: str) -> None:
        self.source = source
        self.kind = kind
        self.component = source.delimiters.component
        self.context = SetContext(clip(source.control))
        self.bht: list[str] = []
        self.by_number: dict[str, _Level] = {}
        self.order: list[_Level] = []
        self.level: _Level | None = None
        self.traces: dict[int, str] = {}
        self.statuses: dict[int, list[Status]] = {}
        self.claim: _Claim | None = None
        self.line_open = False
        self.claims: list[_Claim] = []

    def run(self) -> ClaimStatusSet:
        steps = {
            "BHT": self._bht,
            "HL": self._hl,
            "NM1": self._nm1,
            "TRN": self._trn,
            "STC": self._stc,
            "REF": self._ref,
            "DTP": self._dtp,
            "AMT": self._amt,
            "SVC": self._svc,
        }
        sep = self.source.delimiters.element
        for number, segment in enumerate(self.source.segments, 1):
            e = segment.split(sep)
            step = steps.get(e[0])
            if step is not None:
                self.context.segment = number
                step(e)
        payer = next((v for v in self.order if v.code == "20"), None)
        receiver = next((v for v in self.order if v.code == "21"), None)
        return ClaimStatusSet(
            kind=self.kind,
            payer_name=payer.name.last if payer else "",
            payer_id=payer.id if payer else "",
            receiver_name=receiver.name.last if receiver else "",
            receiver_id=receiver.id if receiver else "",
            reference=at(self.bht, 3),
            batch_reference=self.traces.get(id(receiver), "") if receiver else "",
            on=self.context.date(at(self.bht, 4), "BHT04"),
            levels=self._levels(),
            claims=tuple(self._record(c, n) for n, c in enumerate(self.claims, 1)),
            set_control=self.source.control,
            version=self.source.version,
            problems=self.context.problems.listed(),
        )

    def _levels(self) -> tuple[LevelStatus, ...]:
        return tuple(
            LevelStatus(
                level=_LEVELS.get(v.code, v.code),
                name=v.name.last,
                id=v.id,
                trace=self.traces.get(id(v), ""),
                statuses=tuple(self.statuses.get(id(v), ())),
            )
            for v in self.order
            if v.code in ("20", "21", "19")
        )

    def _bht(self, e: list[str]) -> None:
        self.bht = e

    def _hl(self, e: list[str]) -> None:
        self.claim = None
        parent = self.by_number.get(at(e, 2))
        if at(e, 2) and parent is None:
            self.context.problem(f"HL02 names level “{clip(at(e, 2))}”, which is not there.")
        self.level = _Level(at(e, 3), parent)
        self.by_number[at(e, 1)] = self.level
        self.order.append(self.level)

    def _nm1(self, e: list[str]) -> None:
        if self.level is not None and not self.level.name.last:
            e = e + [""] * (10 - len(e))
            self.level.name = Name(e[3], e[4], e[5], e[7])
            self.level.id = e[9]

    def _trn(self, e: list[str]) -> None:
        level = self.level
        if level is None:
            return
        self.line_open = False
        if level.code in ("20", "21", "19"):
            self.traces.setdefault(id(level), at(e, 2))
            return
        level.claims += 1
        self.claim = _Claim(level, at(e, 2))
        self.claims.append(self.claim)
        self.context.place = f"claim {len(self.claims)}"

    def _stc(self, e: list[str]) -> None:
        found = self._statuses(e)
        if not found:
            self.context.problem("An STC segment holds no status.")
            return
        if self.claim is None:
            if self.level is not None:
                self.statuses.setdefault(id(self.level), []).extend(found)
        elif self.line_open:
            line = self.claim.lines[-1]
            statuses = self.context.grown(line.statuses, *found)
            self.claim.lines[-1] = LineStatus(
                line.code, line.modifiers, line.charge, line.line_number, statuses
            )
        else:
            self.claim.statuses.extend(found)

    def _statuses(self, e: list[str]) -> list[Status]:
        on = self.context.date(at(e, 2), "STC02")
        amount = self.context.optional_money(at(e, 4), "STC04")
        paid = self.context.optional_money(at(e, 5), "STC05")
        found = []
        for composite in trimmed((at(e, 1), at(e, 10), at(e, 11))):
            component = self.component
            if component not in composite and len(composite) > 2 and composite[2] in ":>|^":
                component = composite[2]
            parts = composite.split(component)
            found.append(
                Status(
                    category=parts[0],
                    status=at(parts, 1),
                    entity=at(parts, 2),
                    action=at(e, 3),
                    on=on,
                    amount=amount,
                    paid=paid,
                    text=at(e, 12),
                )
            )
        return found

    def _ref(self, e: list[str]) -> None:
        if self.claim is None:
            return
        if self.line_open:
            if at(e, 1) == "FJ":
                line = self.claim.lines[-1]
                self.claim.lines[-1] = LineStatus(
                    line.code, line.modifiers, line.charge, at(e, 2), line.statuses
                )
        else:
            self.claim.references.setdefault(at(e, 1), at(e, 2))

    def _dtp(self, e: list[str]) -> None:
        if self.claim is not None and not self.line_open and at(e, 1) in ("472", "232"):
            self.claim.first, self.claim.last = read_period(at(e, 2), at(e, 3))

    def _amt(self, e: list[str]) -> None:
        if self.claim is not None and at(e, 1) == "T3":
            self.claim.amount = self.context.optional_money(at(e, 2), "AMT*T3")

    def _svc(self, e: list[str]) -> None:
        if self.claim is None:
            return
        parts = at(e, 1).split(self.component)
        charge = self.context.optional_money(at(e, 2), "The line's charge")
        self.claim.lines.append(LineStatus(at(parts, 1), trimmed(parts[2:6]), charge))
        self.line_open = True

    def _record(self, claim: _Claim, position: int) -> ClaimStatus:
        accepted = None
        if self.kind == "277CA":
            above = claim.level.rejected(self.statuses)
            accepted = not above and not any(s.rejects for s in claim.statuses)
        first = claim.statuses[0] if claim.statuses else None
        provider = claim.level
        while provider.code != "19" and provider.parent is not None:
            provider = provider.parent
        return ClaimStatus(
            position=position,
            control_number=claim.trace,
            patient_name=claim.level.name,
            patient_id=claim.level.id,
            payer_claim_number=claim.references.get("1K", ""),
            clearinghouse_number=claim.references.get("D9", ""),
            patient_account=claim.references.get("EJ", ""),
            accepted=accepted,
            amount=first.amount if first else claim.amount,
            paid=first.paid if first else None,
            statuses=tuple(claim.statuses),
            from_on=claim.first,
            to_on=claim.last,
            provider_id=provider.id,
            lines=tuple(claim.lines),
        )


def read_status(source: TransactionSet, kind: str) -> ClaimStatusSet:
    """Read one 277CA, 277 or 276 set; its problems are on the record."""
    return _StatusReader(source, kind).run()
