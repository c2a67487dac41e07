"""What a CMS-1500 (02/12) says for a claim, item by item, by the NUCC fill rules.

`fields` is pure: a claim record in, placed texts out. Medicare's own rules (items 4, 7, 9, 11,
11d, 24E, 29, 32) apply where the claim goes to Medicare Part B.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.models.values.claim_record import ClaimRecord, PriorAnswer
from desktop.models.values.money import ZERO
from desktop.services.formats.documents.cms1500_claim import put_claim
from desktop.services.formats.documents.cms1500_footer import put_footer
from desktop.services.formats.documents.cms1500_grid import LINES_A_FORM, PlacedField
from desktop.services.formats.documents.cms1500_header import put_header
from desktop.services.formats.documents.cms1500_lines import put_lines
from desktop.services.formats.documents.cms1500_writer import (
    DEFAULT,
    FormOptions,
    FormWriter,
    no_coverage,
)

if TYPE_CHECKING:
    from desktop.errors import Problem


def fields(record: ClaimRecord, options: FormOptions = DEFAULT) -> tuple[PlacedField, ...]:
    """Every text of the claim's first form with its place on the grid.

    Lines beyond the sixth and diagnoses beyond the twelfth are left out here; `forms` parts
    them and `form_problems` names them.

    Raises:
        RuleError: the claim has no coverage of the rank it goes to.
    """
    return tuple(_filled(record, options).placed)


def form_problems(record: ClaimRecord, options: FormOptions = DEFAULT) -> tuple[Problem, ...]:
    """What of the claim the paper form cannot say: cut values, two numbers for one item."""
    if not any(c.rank == record.payer_rank for c in record.coverages):
        return (no_coverage(record),)
    problems: list[Problem] = []
    for part in forms(record):
        for problem in _filled(part, options).problems:
            if problem not in problems:
                problems.append(problem)
    return tuple(problems)


def forms(record: ClaimRecord) -> tuple[ClaimRecord, ...]:
    """The claim parted into forms of at most six lines, with the header repeated on each.

    Each form totals its own lines; what the patient and other payers paid stands on the first.
    """
    groups = [record.lines[i : i + LINES_A_FORM] for i in range(0, len(record.lines), LINES_A_FORM)]
    if len(groups) <= 1:
        return (record,)
    unpaid = tuple(
        replace(c, answer=PriorAnswer(ZERO, c.answer.adjudicated_on)) if c.answer else c
        for c in record.coverages
    )
    first = replace(record, lines=groups[0])
    further = (
        replace(record, lines=group, patient_paid=ZERO, coverages=unpaid) for group in groups[1:]
    )
    return (first, *further)


def _filled(record: ClaimRecord, options: FormOptions) -> FormWriter:
    form = FormWriter(record, options)
    put_header(form)
    put_claim(form)
    put_lines(form)
    put_footer(form)
    return form
