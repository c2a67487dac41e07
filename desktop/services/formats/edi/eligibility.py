"""271 and 270: who asks about whom, and every benefit the payer names, one row each."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.claim_record import Name
from desktop.services.formats.edi.elements import SetContext, at, clip, read_period, trimmed

if TYPE_CHECKING:
    from decimal import Decimal

    from desktop.models.values.money import Money
    from desktop.services.formats.edi.interchange import TransactionSet
    from desktop.services.formats.edi.problems import EdiProblem

_LEVELS = {"20": "payer", "21": "provider", "22": "subscriber", "23": "dependent"}

Period = tuple[str, dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Member:
    """A subscriber or dependent.

    Attributes:
        level: subscriber or dependent.
        trace: TRN02 that echoes our own (TRN01 2), else the first.
        dates: (DTP01, from, to), inherited by benefits without dates of their own.
        service_types: EQ01 (270 only).
    """

    level: str
    name: Name
    id: str = ""
    birth_on: dt.date | None = None
    sex: str = ""
    trace: str = ""
    dates: tuple[Period, ...] = ()
    service_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Benefit:
    """One EB.

    Attributes:
        kind: EB01; `level`: EB02; `insurance_type`: EB04; `plan`: EB05; `period`: EB06.
        amount: EB07; `percent`: EB08 times 100.
        authorization: EB11; `in_network`: EB12 (Y, N, W either, U unknown), as sent.
        procedure: EB13, code only.
        text: MSG texts; `places`: III; `entities`: names in loop 2120.
        member: position in the set's members, None when the payer names nobody.
    """

    kind: str
    level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    amount: Money | None = None
    percent: Decimal | None = None
    quantity_kind: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    in_network: str = ""
    procedure: str = ""
    dates: tuple[Period, ...] = ()
    text: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    entities: tuple[str, ...] = ()
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """An AAA.

    Attributes:
        code: AAA03; `action`: AAA04 (C correct and send again, R send again, N, S: do not).
        where: payer, provider, subscriber or dependent.
    """

    code: str
    action: str
    where: str


@dataclass(frozen=True, slots=True)
class EligibilitySet:
    """One 271 or 270 set.

    Attributes:
        kind: "271" or "270".
        reference: BHT03.
        members: in the file's order; a dependent follows its subscriber.
    """

    kind: str
    payer_name: str
    payer_id: str
    provider_name: str = ""
    provider_id: str = ""
    reference: str = ""
    members: tuple[Member, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    set_control: str = ""
    version: str = ""
    problems: tuple[EdiProblem, ...] = ()

    @property
    def subscriber(self) -> Member | None:
        """The first subscriber, if the file names one."""
        return next((m for m in self.members if m.level == "subscriber"), None)


class _EligibilityReader:
    """Walks the segments of one set."""

    def __init__(self, source: TransactionSet, kind: str) -> None:
        self.source = source
        self.kind = kind
        self.component = source.delimiters.component
        self.repetition = source.delimiters.repetition
        self.context = SetContext(clip(source.control))
        self.bht: list[str] = []
        self.level = ""
        self.payer = ("", "")
        self.provider = ("", "")
        self.members: list[Member] = []
        self.benefits: list[Benefit] = []
        self.rejections: list[Rejection] = []
        self.benefit: Benefit | None = None

    def run(self) -> EligibilitySet:
        steps = {
            "BHT": self._bht,
            "HL": self._hl,
            "NM1": self._nm1,
            "TRN": self._trn,
            "DMG": self._dmg,
            "DTP": self._dtp,
            "EQ": self._eq,
            "EB": self._eb,
            "MSG": self._msg,
            "III": self._iii,
            "REF": self._ref,
            "AAA": self._aaa,
        }
        sep = self.source.delimiters.element
        for number, segment in enumerate(self.source.segments, 1):
            e = segment.split(sep)
            step = steps.get(e[0])
            if step is not None:
                self.context.segment = number
                step(e)
        self._end_benefit()
        return EligibilitySet(
            kind=self.kind,
            payer_name=self.payer[0],
            payer_id=self.payer[1],
            provider_name=self.provider[0],
            provider_id=self.provider[1],
            reference=at(self.bht, 3),
            members=tuple(self.members),
            benefits=tuple(self.benefits),
            rejections=tuple(self.rejections),
            set_control=self.source.control,
            version=self.source.version,
            problems=self.context.problems.listed(),
        )

    def _bht(self, e: list[str]) -> None:
        self.bht = e

    def _hl(self, e: list[str]) -> None:
        self._end_benefit()
        self.level = _LEVELS.get(at(e, 3), "")
        if not self.level:
            self.context.problem(f"HL03 “{clip(at(e, 3))}” is not a level of this set.")
        if self.level in ("subscriber", "dependent"):
            self.members.append(Member(self.level, Name("")))
            self.context.place = f"{self.level} {len(self.members)}"

    def _change(self, **changes: object) -> None:
        """Replace fields of the member that is open."""
        if self.members and self.level in ("subscriber", "dependent"):
            self.members[-1] = dataclasses.replace(self.members[-1], **changes)  # type: ignore[arg-type]

    def _nm1(self, e: list[str]) -> None:
        e = e + [""] * (10 - len(e))
        name = Name(e[3], e[4], e[5], e[7])
        shown = " ".join(p for p in (e[4], e[3]) if p) or e[9]
        if self.benefit is not None:
            if shown:
                entities = self.context.grown(self.benefit.entities, shown)
                self.benefit = dataclasses.replace(self.benefit, entities=entities)
        elif self.level == "payer":
            self.payer = (shown, e[9])
        elif self.level == "provider":
            self.provider = (shown, e[9])
        elif self.members and not self.members[-1].name.last and not self.members[-1].id:
            self._change(name=name, id=e[9])

    def _trn(self, e: list[str]) -> None:
        if self.members and (at(e, 1) == "2" or not self.members[-1].trace):
            self._change(trace=at(e, 2))

    def _dmg(self, e: list[str]) -> None:
        if self.benefit is None:
            self._change(birth_on=self.context.date(at(e, 2), "The birth date"), sex=at(e, 3))

    def _dtp(self, e: list[str]) -> None:
        first, last = read_period(at(e, 2), at(e, 3))
        if first is None and at(e, 3):
            self.context.problem(
                f"DTP*{clip(at(e, 1), 3)} “{clip(at(e, 3))}” is not a date.", "warning"
            )
        period = (at(e, 1), first, last)
        if self.benefit is not None:
            dates = self.context.grown(self.benefit.dates, period)
            self.benefit = dataclasses.replace(self.benefit, dates=dates)
        elif self.members:
            self._change(dates=self.context.grown(self.members[-1].dates, period))

    def _eq(self, e: list[str]) -> None:
        if self.members:
            types = self.context.grown(self.members[-1].service_types, *self._repeats(at(e, 1)))
            self._change(service_types=types)

    def _repeats(self, text: str) -> tuple[str, ...]:
        return trimmed(text.split(self.repetition)) if self.repetition else trimmed((text,))

    def _eb(self, e: list[str]) -> None:
        self._end_benefit()
        e = e + [""] * (14 - len(e))
        share = self.context.decimal(e[8], "EB08")
        procedure = e[13].split(self.component)
        self.benefit = Benefit(
            kind=e[1],
            level=e[2],
            service_types=self._repeats(e[3]),
            insurance_type=e[4],
            plan=e[5],
            period=e[6],
            amount=self.context.optional_money(e[7], "EB07"),
            percent=None if share is None else share * 100,
            quantity_kind=e[9],
            quantity=self.context.decimal(e[10], "EB10"),
            authorization=e[11],
            in_network=e[12],
            procedure=at(procedure, 1),
            member=len(self.members) - 1 if self.members else None,
        )

    def _end_benefit(self) -> None:
        if self.benefit is not None:
            self.benefits.append(self.benefit)
        self.benefit = None

    def _msg(self, e: list[str]) -> None:
        if self.benefit is not None:
            text = self.context.grown(self.benefit.text, at(e, 1))
            self.benefit = dataclasses.replace(self.benefit, text=text)

    def _iii(self, e: list[str]) -> None:
        if self.benefit is not None and at(e, 2):
            places = self.context.grown(self.benefit.places, at(e, 2))
            self.benefit = dataclasses.replace(self.benefit, places=places)

    def _ref(self, e: list[str]) -> None:
        if self.benefit is not None:
            references = self.context.grown(self.benefit.references, (at(e, 1), at(e, 2)))
            self.benefit = dataclasses.replace(self.benefit, references=references)

    def _aaa(self, e: list[str]) -> None:
        self.rejections.append(Rejection(at(e, 3), at(e, 4), self.level))


def read_eligibility(source: TransactionSet, kind: str) -> EligibilitySet:
    """Read one 271 or 270 set; its problems are on the record."""
    return _EligibilityReader(source, kind).run()
