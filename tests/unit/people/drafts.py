"""Drafts of invented people and places for the tests of registration."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.models.values.enums import FilingCode, Sex
from desktop.services.people import coverages, patients
from desktop.services.people.coverages import CoverageDraft
from desktop.services.people.patients import PatientDraft
from desktop.services.people.people import PersonDraft
from desktop.services.practice.office.providers import ProviderDraft
from desktop.services.practice.payers import payers
from desktop.services.practice.payers.payers import PayerDraft

if TYPE_CHECKING:
    from desktop.services.core.work import Work

ADDRESS = {"line1": "4 Orchard Lane", "city": "Springfield", "state": "IL", "zip_code": "62701"}


def person(**values: Any) -> PersonDraft:
    base = PersonDraft(
        last="Quillfeather",
        first="Dora",
        birth_on=dt.date(1980, 4, 5),
        sex=Sex.FEMALE,
        phone="2175550123",
        line1="4 Orchard Lane",
        city="Springfield",
        state="IL",
        zip_code="62701",
    )
    return replace(base, **values)


def patient(**values: Any) -> PatientDraft:
    own = {k: values.pop(k) for k in list(values) if k in PatientDraft.__dataclass_fields__}
    return PatientDraft(person=person(**values), **{"signature_on": dt.date(2026, 1, 2), **own})


def register(work: Work, **values: Any) -> int:
    return patients.register(work, patient(**values), accept_duplicate=True)


def payer(work: Work, **values: Any) -> int:
    base = PayerDraft(name="Prairie Health", electronic_id="60054")
    return payers.save(work, replace(base, **values))


def medicare(work: Work) -> int:
    draft = PayerDraft(
        name="Medicare Illinois", electronic_id="00952", filing_code=FilingCode.MEDICARE_B
    )
    return payers.save(work, payers.with_presets(draft))


def coverage(work: Work, patient_id: int, payer_id: int, **values: Any) -> int:
    base = CoverageDraft(
        patient_id=patient_id,
        payer_id=payer_id,
        rank=1,
        member_id="W123456",
        valid_from=dt.date(2026, 1, 1),
    )
    return coverages.save(work, replace(base, **values))


def provider(**values: Any) -> ProviderDraft:
    base = ProviderDraft(
        last="Millbrook Family Care",
        is_person=False,
        is_billing=True,
        npi="1234567893",
        taxonomy="207Q00000X",
        tax_id="371234567",
        line1="12 Mill Road",
        city="Springfield",
        state="IL",
        zip_code="627010001",
        phone="2175550100",
    )
    return replace(base, **values)
