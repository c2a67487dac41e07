"""Everything the coding rules need of many visits, read from code sets and practice at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.models.coding import ArticleChoice, ReviewVerdict, VisitReview
from desktop.services.claims.rules.coding.diagnosis_reading import DiagnosisReader
from desktop.services.claims.rules.coding.facts import (
    Article,
    Asked,
    CodingFacts,
    ProcedureFacts,
    Service,
)
from desktop.services.claims.rules.coding.global_days import DAYS
from desktop.services.claims.rules.coding.history import History
from desktop.services.claims.rules.coding.new_patient import NEW
from desktop.services.claims.rules.coding.procedure_reading import Choices, ProcedureReader
from desktop.services.coding.base.values import LCD, MPFS, NCCI, CodePair, DiagnosisCheck

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from desktop.models.visits import ChargeLine, Visit, VisitDiagnosis
    from desktop.services.core.work import Work

_LONGEST = max(DAYS.values())
_AT_ONCE = 1000


class CodingReader:
    """Reads for the visits of one run of the checks.

    Args:
        on: judge the codes as of this day instead of each visit's own.
    """

    def __init__(self, work: Work, on: dt.date | None = None) -> None:
        self._work = work
        self._on = on
        self._diagnoses = DiagnosisReader(work.codes)
        self._procedures = ProcedureReader(work.codes)

    def day(self, visit: Visit) -> dt.date:
        """The day by which a visit's diagnoses are judged."""
        return self._on or visit.service_on

    def verdicts(self, visit: Visit, codes: Sequence[str]) -> dict[str, DiagnosisCheck]:
        """The code set's answer for each diagnosis of a visit."""
        on = self.day(visit)
        return {code: self._diagnoses.verdict(code, on) for code in dict.fromkeys(codes)}

    def read(
        self,
        visits: Mapping[int, Visit],
        lines: Mapping[int, Sequence[ChargeLine]],
        diagnoses: Mapping[int, Sequence[VisitDiagnosis]],
    ) -> dict[int, CodingFacts]:
        """The facts of each visit."""
        by_day: dict[dt.date, list[str]] = {}
        for visit in visits.values():
            rows = diagnoses.get(visit.id, ())
            by_day.setdefault(self.day(visit), []).extend(row.code for row in rows)
        for day, codes in by_day.items():
            self._diagnoses.read(codes, day)
        history = History(self._work)
        own = {v.id: history.own(v, lines.get(v.id, ())) for v in visits.values()}
        others = self._others(history, visits, own)
        self._read_procedures(own)
        choices = self._choices() if self._procedures.knows(LCD) else {}
        in_review = self._in_review(visits)
        asked = self._asked(sorted(visits))
        return {
            visit.id: self._of(
                visit,
                own[visit.id],
                others.get(visit.id, []),
                [row.code for row in diagnoses.get(visit.id, ())],
                pointed(lines.get(visit.id, ()), diagnoses.get(visit.id, ())),
                choices,
                in_review=visit.id in in_review,
                asked=tuple(asked.get(visit.id, ())),
            )
            for visit in visits.values()
        }

    def _others(
        self,
        history: History,
        visits: Mapping[int, Visit],
        own: Mapping[int, Mapping[int, Service]],
    ) -> dict[int, list[Service]]:
        new = [
            v for v, lines in own.items() if any(NEW.fullmatch(s.procedure) for s in lines.values())
        ]
        back = _LONGEST if self._procedures.knows(MPFS) else 0
        return history.around(visits, back, new)

    def _asof(self, service: Service) -> dt.date:
        return self._on or service.on

    def _read_procedures(self, own: Mapping[int, Mapping[int, Service]]) -> None:
        by_day: dict[dt.date, set[str]] = {}
        for services in own.values():
            for service in services.values():
                by_day.setdefault(self._asof(service), set()).add(service.procedure)
        for day, codes in by_day.items():
            self._procedures.read(codes, day)

    def _of(
        self,
        visit: Visit,
        own: Mapping[int, Service],
        others: list[Service],
        codes: Sequence[str],
        pointed_to: frozenset[str],
        choices: Choices,
        *,
        in_review: bool,
        asked: tuple[Asked, ...],
    ) -> CodingFacts:
        on = self.day(visit)
        return CodingFacts(
            on=on,
            codes=tuple(dict.fromkeys(codes)),
            pointed=pointed_to,
            diagnoses=self._diagnoses.facts(on),
            order=self._diagnoses.order(on),
            procedures=self._known(on, own.values(), others),
            pairs=self._pairs(own.values(), others),
            services=own,
            others=tuple(others),
            articles=self._articles(own.values(), codes, choices),
            loaded=self._procedures.loaded(on),
            ran_out=self._procedures.ran_out(on),
            in_review=in_review,
            asked=asked,
        )

    def _known(
        self, on: dt.date, own: Iterable[Service], others: Iterable[Service]
    ) -> dict[tuple[str, dt.date], ProcedureFacts]:
        known = {
            (s.procedure, s.on): self._procedures.facts(s.procedure, self._asof(s)) for s in own
        }
        if self._procedures.covers(MPFS, on):
            # Only their global days are asked for, by the fee schedule of the visit's own day.
            self._procedures.read((s.procedure for s in others), on)
            for s in others:
                facts = self._procedures.facts(s.procedure, on)
                known.setdefault((s.procedure, s.on), facts)
        return known

    def _pairs(
        self, own: Iterable[Service], others: Iterable[Service]
    ) -> dict[tuple[str, str, dt.date], CodePair]:
        found: dict[tuple[str, str, dt.date], CodePair] = {}
        if not self._procedures.knows(NCCI):
            return found
        by_day: dict[dt.date, tuple[set[str], set[str]]] = {}
        for service in own:
            mine, beside = by_day.setdefault(service.on, (set(), set()))
            mine.add(service.procedure)
            beside.add(service.procedure)
        for service in others:
            if service.same_group and service.on in by_day:
                by_day[service.on][1].add(service.procedure)
        for day, (mine, beside) in by_day.items():
            asof = self._on or day
            for a in mine:
                for b in beside - {a}:
                    for first, second in ((a, b), (b, a)):
                        pair = self._procedures.pair(first, second, asof)
                        if pair is not None:
                            found[first, second, day] = pair
        return found

    def _articles(
        self, own: Iterable[Service], codes: Sequence[str], choices: Choices
    ) -> dict[str, tuple[Article, ...]]:
        found: dict[str, tuple[Article, ...]] = {}
        if not self._procedures.knows(LCD):
            return found
        for service in own:
            articles = self._procedures.articles(
                service.procedure, self._asof(service), choices, codes
            )
            if articles:
                found[service.procedure] = articles
        return found

    def _choices(self) -> dict[tuple[str, str], tuple[str, ...]]:
        rows = self._work.session.execute(
            select(ArticleChoice.article, ArticleChoice.procedure, ArticleChoice.groups)
        )
        return {(r.article, r.procedure): tuple(r.groups.split()) for r in rows}

    def _in_review(self, visits: Mapping[int, Visit]) -> set[int]:
        open_reviews = select(VisitReview.visit_id).where(VisitReview.closed_at.is_(None))
        return set(self._work.session.scalars(open_reviews)) & visits.keys()

    def _asked(self, ids: Sequence[int]) -> dict[int, list[Asked]]:
        """What the last closed review of each visit asked for."""
        found: dict[int, list[Asked]] = {}
        for start in range(0, len(ids), _AT_ONCE):
            last = (
                select(func.max(VisitReview.id))
                .where(
                    VisitReview.visit_id.in_(ids[start : start + _AT_ONCE]),
                    VisitReview.closed_at.is_not(None),
                )
                .group_by(VisitReview.visit_id)
            )
            rows = self._work.session.execute(
                select(VisitReview.visit_id, ReviewVerdict)
                .join(ReviewVerdict, ReviewVerdict.review_id == VisitReview.id)
                .where(VisitReview.id.in_(last), ReviewVerdict.verdict != "agree")
                .order_by(ReviewVerdict.id)
            )
            for visit_id, v in rows:
                asked = Asked(v.kind, v.position, v.code, v.verdict, v.better_code)
                found.setdefault(visit_id, []).append(asked)
        return found


def pointed(lines: Sequence[ChargeLine], diagnoses: Sequence[VisitDiagnosis]) -> frozenset[str]:
    """The diagnoses that at least one line points to."""
    places = {int(p) for line in lines for p in re.findall(r"\d+", line.pointers)}
    return frozenset(row.code for place, row in enumerate(diagnoses, 1) if place in places)
