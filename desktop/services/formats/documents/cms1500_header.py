"""Items 1 to 13 of the CMS-1500: payer, patient, insured, conditions, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.enums import FilingCode, Relationship
from desktop.services.formats.documents.cms1500_writer import FormWriter, city_line, person_name
from desktop.services.formats.documents.text import identifier, plain

if TYPE_CHECKING:
    from desktop.models.values.claim_record import CoverageRecord

_BOX_1 = {
    FilingCode.MEDICARE_B: "1.medicare",
    FilingCode.MEDICAID: "1.medicaid",
    FilingCode.TRICARE: "1.tricare",
    FilingCode.CHAMPVA: "1.champva",
    FilingCode.FECA: "1.feca",
}
# Plans that are a group's where the card names a group, else individual ("other").
_GROUP_PLANS = frozenset(
    {
        FilingCode.COMMERCIAL,
        FilingCode.BLUES,
        FilingCode.HMO,
        FilingCode.PPO,
        FilingCode.POS_PLAN,
        FilingCode.EPO,
        FilingCode.INDEMNITY,
    }
)
# CMS numbers Medigap insurers for crossover (COBA) in this range.
_MEDIGAP = range(55000, 60000)


def put_header(form: FormWriter) -> None:
    """Place the carrier block and items 1 to 13."""
    _carrier(form)
    _patient(form)
    _insured(form)
    _other_insured(form)
    _conditions(form)
    _signatures(form)


def _carrier(form: FormWriter) -> None:
    payer = form.coverage.payer
    if not form.options.carrier:
        return
    form.put("carrier.1", plain(payer.name), "payer.name")
    if payer.address is None:
        return
    first, second = plain(payer.address.line1), plain(payer.address.line2)
    attention, street = (first, second) if second else ("", first)
    form.put("carrier.2", attention, "payer.address.line1")
    form.put("carrier.3", street, "payer.address.line2" if second else "payer.address.line1")
    form.put("carrier.4", city_line(payer.address), "payer.address.city")


def _patient(form: FormWriter) -> None:
    patient, coverage = form.record.patient, form.coverage
    code = coverage.payer.filing_code
    grouped = code in _GROUP_PLANS and coverage.group_number
    form.mark(_BOX_1.get(code, "1.group" if grouped else "1.other"))
    form.put("1a", identifier(coverage.member_id), "coverage.member_id")
    form.put("2", person_name(patient.name), "patient.name")
    form.date("3", patient.birth_on, full=True)
    form.sex("3", patient.sex)
    form.address("5", patient.address, patient.phone, "patient")


def _insured_coverage(form: FormWriter) -> CoverageRecord | None:
    """Whose insurance items 4, 6, 7 and 11 describe; None where Medicare is primary."""
    if not form.medicare:
        return form.coverage
    before = [c for c in form.record.coverages if c.rank < form.record.payer_rank]
    return min(before, key=lambda c: c.rank) if before else None


def _insured(form: FormWriter) -> None:
    insured = _insured_coverage(form)
    if insured is None:
        form.put("11", "NONE")
        return
    person = insured.subscriber
    form.put("4", person_name(person.name), "coverage.subscriber.name")
    form.mark(f"6.{insured.relationship.value}")
    address = person.address
    if address is None and insured.relationship is Relationship.SELF:
        address = form.record.patient.address
    form.address("7", address, person.phone, "coverage.subscriber")
    group = insured.group_number or (insured.member_id if form.medicare else "")
    form.put("11", identifier(group), "coverage.group_number")
    form.date("11a", person.birth_on, full=True)
    form.sex("11a", person.sex)
    if form.record.property_casualty_number:
        form.put("11b.qualifier", "Y4")
        number = identifier(form.record.property_casualty_number)
        form.put("11b", number, "property_casualty_number")
    plan = plain(insured.plan_name or insured.payer.name)
    form.put("11c", plan, "coverage.plan_name")


def _other_insured(form: FormWriter) -> None:
    others = [c for c in form.record.coverages if c.rank != form.record.payer_rank]
    if form.medicare:
        medigap = next((c for c in others if _coba(c)), None)
        if medigap is not None and medigap.rank > form.record.payer_rank:
            form.put("9", person_name(medigap.subscriber.name), "other.subscriber.name")
            policy = f"MEDIGAP {identifier(medigap.member_id)}"
            form.put("9a", policy, "other.member_id")
            form.put("9d", _coba(medigap))
        return
    form.yes_no("11d", yes=bool(others))
    if not others:
        return
    other = min(others, key=lambda c: c.rank)
    form.put("9", person_name(other.subscriber.name), "other.subscriber.name")
    form.put("9a", identifier(other.member_id or other.group_number), "other.member_id")
    form.put("9d", plain(other.plan_name or other.payer.name), "other.plan_name")


def _conditions(form: FormWriter) -> None:
    causes = form.record.related_causes
    form.yes_no("10a", yes="EM" in causes)
    form.yes_no("10b", yes="AA" in causes)
    form.yes_no("10c", yes="OA" in causes)
    if "AA" in causes:
        form.put("10b.state", plain(form.record.accident_state), "accident_state")
    codes = "   ".join(identifier(code) for code in form.record.condition_codes)
    form.put("10d", codes, "condition_codes")


def _signatures(form: FormWriter) -> None:
    signed = form.options.signature_text
    if form.record.signature_on_file:
        form.put("12", signed)
        on = form.record.signature_date
        if on is not None:
            form.put("12.date", f"{on.month:02d} {on.day:02d} {form.year(on)}")
    if form.coverage.benefits_assigned:
        form.put("13", signed)


def _coba(coverage: CoverageRecord) -> str:
    """The Medigap insurer's crossover number, or empty where the coverage is no Medigap."""
    for number in (coverage.claim_office_number, coverage.payer.electronic_id):
        if len(number) == 5 and number.isdigit() and int(number) in _MEDIGAP:
            return number
    return ""
