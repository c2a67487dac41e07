"""Everything the coding rules need of many visits, read from code sets and practice at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from desktop.models.visits import ChargeLine, Visit, VisitDiagnosis
from desktop.services.coding.values import DiagnosisCheck
from desktop.services.rules.coding.diagnosis_reading import DiagnosisReader
from desktop.services.rules.coding.facts import CodingFacts
from desktop.services.work import Work


class CodingReader:
    """Reads for the visits of one run of the checks.

    Args:
        on: judge the codes as of this day instead of each visit's own.
    """

    def __init__(self, work: Work, on: dt.date | None = None) -> None:
        self._work = work
        self._on = on
        self._diagnoses = DiagnosisReader(work.codes)

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
        return {
            visit.id: self._of(visit, lines.get(visit.id, ()), diagnoses.get(visit.id, ()))
            for visit in visits.values()
        }

    def _of(
        self, visit: Visit, lines: Sequence[ChargeLine], diagnoses: Sequence[VisitDiagnosis]
    ) -> CodingFacts:
        on = self.day(visit)
        codes = [row.code for row in diagnoses]
        return CodingFacts(
            on=on,
            codes=tuple(dict.fromkeys(codes)),
            pointed=pointed(lines, codes),
            diagnoses=self._diagnoses.facts(on),
            order=self._diagnoses.order(on),
        )


def pointed(lines: Sequence[ChargeLine], codes: Sequence[str]) -> frozenset[str]:
    """The diagnoses that at least one line points to."""
    places = {int(p) for line in lines for p in re.findall(r"\d+", line.pointers)}
    return frozenset(code for place, code in enumerate(codes, 1) if place in places)
