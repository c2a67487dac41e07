"""Diagnoses against age and sex: a short table of our own by code ranges, warnings only."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.age import age_on
from desktop.models.values.enums import Sex
from desktop.services.claims.rules.coding.facts import CodingFacts, codes_of
from desktop.services.claims.rules.findings import CheckContext, Finding, first_day, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

_OLDEST = 130


@dataclass(frozen=True, slots=True)
class Expected:
    """Who has the diagnoses of a pattern: ages in whole years, both ends included."""

    pattern: str
    what: str
    youngest: int = 0
    oldest: int = _OLDEST
    sex: Sex | None = None
    source: str = "tabular list, chapter notes"

    def fits(self, code: str) -> bool:
        """Whether the row speaks about this code."""
        return re.match(self.pattern, code) is not None


_F, _M = Sex.FEMALE, Sex.MALE
_CHILDBIRTH = "ICD-10-CM guideline I.C.15"
_STATUS = "ICD-10-CM guideline I.C.21"

TABLE: tuple[Expected, ...] = (
    Expected(
        r"P", "a condition of the perinatal period", oldest=17, source="ICD-10-CM guideline I.C.16"
    ),
    Expected(r"Z38|Z0011", "a code for the newborn", oldest=0, source="ICD-10-CM guideline I.C.16"),
    Expected(r"Z0012", "a routine examination of a child", oldest=17, source=_STATUS),
    Expected(r"Z000[01]", "a general examination of an adult", youngest=15, source=_STATUS),
    Expected(r"Z68[1-4]", "a body mass index of adults", youngest=20, source="tabular note at Z68"),
    Expected(
        r"Z685",
        "a body mass index of children",
        youngest=2,
        oldest=19,
        source="tabular note at Z68",
    ),
    Expected(
        r"O|Z3[34]|Z3A|Z36|Z37|Z39",
        "a code of pregnancy and childbirth",
        youngest=9,
        oldest=64,
        sex=_F,
        source=_CHILDBIRTH,
    ),
    Expected(r"H25|M8[01]0|F03|G30", "a disease of adults", youngest=15),
    Expected(r"C5[1-8]|D06|D07[0-3]|D2[5-8]|D39", "a neoplasm of female organs", sex=_F),
    Expected(r"C6[0-3]|D07[4-6]|D29|D40", "a neoplasm of male organs", sex=_M),
    Expected(r"C50.1", "a neoplasm of the female breast", sex=_F),
    Expected(r"C50.2", "a neoplasm of the male breast", sex=_M),
    Expected(r"N7[0-7]|N8[0-9]|N9[0-8]", "a disease of female organs", sex=_F),
    Expected(r"N4[0-9]|N5[0-3]", "a disease of male organs", sex=_M),
    Expected(r"E28|Q5[0-2]|R87|B373|A5602", "a condition of female organs", sex=_F),
    Expected(r"E29|Q5[345]|R86|R972|B3742", "a condition of male organs", sex=_M),
    Expected(
        r"Z0141|Z0142|Z124|Z854[0-4]|Z8741|Z8742|Z9071|Z9072|Z780|Z30430|Z30433",
        "a code for women",
        sex=_F,
        source=_STATUS,
    ),
    Expected(r"Z125|Z854[5-9]|Z8743|Z9852", "a code for men", sex=_M, source=_STATUS),
)


@functools.lru_cache(maxsize=20_000)
def rows_for(code: str) -> tuple[Expected, ...]:
    """The rows that speak about a code."""
    return tuple(row for row in TABLE if row.fits(code))


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    facts = context.coding
    age = _age(record, facts)
    for position, code in enumerate(codes_of(record, facts), 1):
        where = f"diagnoses.{context.diagnosis_positions.get(code, position)}"
        shown = facts.diagnoses[code].dotted if code in facts.diagnoses else code
        for row in rows_for(code):
            if age is not None and not row.youngest <= age <= row.oldest:
                yield warning(
                    "diagnosis.age",
                    where,
                    f"{shown} is {row.what}, and the patient is {age} years old; check the code "
                    "and the birth date.",
                    row.source,
                )
            if row.sex is not None and record.patient.sex not in {row.sex, Sex.UNKNOWN}:
                yield warning(
                    "diagnosis.sex",
                    where,
                    f"{shown} is {row.what}, and the patient's record says "
                    f"{record.patient.sex.value}; check both, or say why it is right.",
                    row.source,
                )


def _age(record: ClaimRecord, facts: CodingFacts) -> int | None:
    on, born = facts.on or first_day(record), record.patient.birth_on
    return None if on is None or born is None or on < born else age_on(born, on)
