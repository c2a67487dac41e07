"""A practice with one insured patient, for the visit tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktop.models.values.enums import FilingCode
from desktop.services.visits.values import LineDraft, VisitDraft
from tests import factories

if TYPE_CHECKING:
    from desktop.services.core.work import Work

ON = dt.date(2026, 9, 1)


@dataclass
class Scene:
    """Ids of what was made."""

    patient_id: int
    payers: dict[str, int] = field(default_factory=dict)
    coverages: dict[str, int] = field(default_factory=dict)

    def draft(self, **values: Any) -> VisitDraft:
        """A complete visit: two lines, two diagnoses."""
        return VisitDraft(
            **{
                "patient_id": self.patient_id,
                "service_on": ON,
                "place": "11",
                "diagnoses": ("E11.9", "I10"),
                "lines": (
                    LineDraft(procedure="99213", pointers=(1, 2)),
                    LineDraft(procedure="85025", pointers=(1,)),
                ),
                **values,
            }
        )


def make_scene(work: Work, *, insured: bool = True) -> Scene:
    """A patient with a commercial payer first and Medicaid second."""
    factories.set_up_practice(work)
    patient = factories.make_patient(work)
    scene = Scene(patient.id)
    if insured:
        for rank, (name, code) in enumerate(
            (("first", FilingCode.COMMERCIAL), ("second", FilingCode.MEDICAID)), 1
        ):
            payer = factories.make_payer(work, filing_code=code)
            coverage = factories.make_coverage(work, patient, payer, rank=rank)
            scene.payers[name] = payer.id
            scene.coverages[name] = coverage.id
    return scene
