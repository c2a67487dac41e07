"""What the sample office enters on its first day: providers, place, payers, procedures, prices."""

from __future__ import annotations

from typing import Final

from desktop.models.values.enums import FilingCode
from desktop.services.practice.office.locations import LocationDraft
from desktop.services.practice.office.providers import ProviderDraft
from desktop.services.practice.payers.payers import PayerDraft
from desktop.services.sample.demo.invented import npi

PHONE: Final = "2175550100"
_FAMILY_MEDICINE: Final = "207Q00000X"

GROUP: Final = ProviderDraft(
    last="Millbrook Family Medicine",
    is_person=False,
    is_billing=True,
    npi=npi(10),
    taxonomy=_FAMILY_MEDICINE,
    tax_id="370000001",
    line1="12 Mill Road",
    city="Springfield",
    state="IL",
    zip_code="627040012",
    phone=PHONE,
    pay_to_line1="PO Box 12",
    pay_to_city="Springfield",
    pay_to_state="IL",
    pay_to_zip="627050012",
)
PHYSICIANS: Final = tuple(
    ProviderDraft(
        last=last,
        first=first,
        credential="MD",
        npi=npi(number),
        taxonomy=_FAMILY_MEDICINE,
        is_rendering=True,
    )
    for number, (last, first) in enumerate((("Hartwell", "Nora"), ("Osgood", "Elias")), 11)
)
REFERRING: Final = ProviderDraft(
    last="Winterbourne", first="Clara", credential="DO", npi=npi(20), is_referring=True
)
LOCATION: Final = LocationDraft(
    name="Millbrook office",
    npi=npi(30),
    clia="14D0000001",
    line1="12 Mill Road",
    city="Springfield",
    state="IL",
    zip_code="627040012",
    phone=PHONE,
)

# code, our own words, cents, needs CLIA
PROCEDURES: Final = (
    ("99202", "New patient visit, short", 11500, False),
    ("99203", "New patient visit, medium", 16500, False),
    ("99212", "Office visit, brief", 7800, False),
    ("99213", "Office visit, medium", 12500, False),
    ("99214", "Office visit, long", 18200, False),
    ("99396", "Yearly check-up, age 40 to 64", 21000, False),
    ("81002", "Urine dip test", 1400, True),
    ("82947", "Blood sugar test", 1900, True),
    ("83036", "Three-month blood sugar test", 3600, True),
    ("85025", "Blood count", 3200, True),
    ("87880", "Strep throat quick test", 3400, True),
    ("93000", "Heart tracing with reading", 5600, False),
    ("94010", "Lung function test", 7400, False),
    ("96372", "Injection into skin or muscle", 4200, False),
    ("J1885", "Pain medicine for injection, per 15 mg", 1800, False),
    ("90471", "Giving a vaccine", 3900, False),
    ("90686", "Flu vaccine", 4400, False),
    ("12001", "Simple wound repair, small", 28500, False),
)
PAYERS: Final = {
    "prairie": PayerDraft(
        name="Prairie Mutual (training)",
        filing_code=FilingCode.PPO,
        electronic_id="TRN01",
        line1="100 Practice Plaza",
        city="Peoria",
        state="IL",
        zip_code="616020100",
        days_original=180,
        days_corrected=365,
        days_secondary=180,
        days_appeal=180,
    ),
    "lakeshore": PayerDraft(
        name="Lakeshore Health Plan (training)",
        filing_code=FilingCode.HMO,
        electronic_id="TRN02",
        line1="7 Pier Street",
        city="Evanston",
        state="IL",
        zip_code="602010007",
        days_original=90,
        days_corrected=180,
        days_secondary=90,
        days_appeal=60,
    ),
    "medicare": PayerDraft(
        name="Medicare Part B (training)",
        filing_code=FilingCode.MEDICARE_B,
        electronic_id="TRN03",
        line1="PO Box 1000",
        city="Springfield",
        state="IL",
        zip_code="627081000",
    ),
    "medicaid": PayerDraft(
        name="State Medical Aid (training)",
        filing_code=FilingCode.MEDICAID,
        electronic_id="TRN04",
        line1="PO Box 2000",
        city="Springfield",
        state="IL",
        zip_code="627082000",
        days_original=180,
        days_corrected=365,
        days_secondary=180,
        days_appeal=90,
        may_not_bill_patient=True,
    ),
    "harbor": PayerDraft(
        name="Harbor Supplement (training)",
        filing_code=FilingCode.COMMERCIAL,
        electronic_id="TRN05",
        line1="22 Breakwater Road",
        city="Rockford",
        state="IL",
        zip_code="611010022",
        days_original=365,
        days_corrected=365,
        days_secondary=365,
        days_appeal=180,
    ),
    "cobalt": PayerDraft(
        name="Cobalt Workers Fund (training)",
        filing_code=FilingCode.WORKERS_COMPENSATION,
        line1="5 Smelter Way",
        city="Decatur",
        state="IL",
        zip_code="625210005",
        on_paper=True,
        days_original=365,
        may_not_bill_patient=True,
    ),
}
