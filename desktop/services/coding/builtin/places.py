"""Place of service codes (CMS's two-digit list), named in our own short words.

The facility flag says which Medicare rate a professional service gets there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place of service: item 24B, CLM05-1, SV105."""

    code: str
    name: str
    facility: bool


# code, F = facility rate or N, name
_LINES = """
01 N Pharmacy
02 F Telehealth, patient elsewhere than at home
03 N School
04 N Homeless shelter
05 N Indian Health Service, free-standing
06 F Indian Health Service, with a hospital
07 N Tribal 638, free-standing
08 F Tribal 638, with a hospital
09 N Prison or jail
10 N Telehealth, patient at home
11 N Office
12 N Patient's home
13 N Assisted living
14 N Group home
15 N Mobile unit
16 N Temporary lodging
17 N Walk-in clinic in a store
18 N Workplace
19 F Hospital outpatient, off campus
20 N Urgent care
21 F Hospital inpatient
22 F Hospital outpatient, on campus
23 F Emergency room
24 F Surgery center
25 N Birthing center
26 F Military facility
27 N Outreach site or street
31 F Skilled nursing facility
32 N Nursing facility
33 N Custodial care
34 F Hospice
41 F Ambulance on land
42 F Ambulance by air or water
49 N Independent clinic
50 N Federally qualified health center
51 F Psychiatric hospital, inpatient
52 F Psychiatric day hospital
53 F Community mental health center
54 N Care facility for intellectual disabilities
55 N Residential addiction treatment
56 F Residential psychiatric treatment
57 N Addiction treatment, not residential
58 N Opioid treatment program
60 N Mass immunization site
61 F Inpatient rehabilitation
62 N Outpatient rehabilitation
65 N Dialysis center
66 N PACE center
71 N Public health clinic
72 N Rural health clinic
81 N Independent laboratory
99 N Other place
"""

PLACES: dict[str, Place] = {
    line[:2]: Place(line[:2], line[5:], line[3] == "F") for line in _LINES.strip().splitlines()
}
"""All places by code, in order of the codes."""
