"""Remittance remark codes that an office meets often, in our own words.

Keyed by X12 remittance advice remark code (code source 411: LQ, MIA and MOA of the remittance).
The standard's texts are X12's and stand nowhere here; a code that is not listed has no hint.
"""

from __future__ import annotations

_LINES = """
M15 | Counted as part of another service and not paid apart.
M20 | The procedure code is missing or wrong.
M25 | What was sent does not show that so high a level was needed.
M50 | The revenue code is missing or wrong.
M51 | A procedure code is missing or wrong.
M52 | The first date of service is missing or wrong.
M53 | Days or units are missing or wrong.
M59 | The last date of service is missing or wrong.
M62 | The authorization number is missing or wrong.
M64 | A further diagnosis is missing or wrong.
M76 | The diagnosis is missing or wrong.
M77 | The place of service is missing or wrong.
M79 | The charge is missing or wrong.
M80 | Not covered together with another service of the same day.
M81 | The diagnosis needs all the characters that it can have.
M86 | The same or a similar service was already paid within the set time.
M97 | Not paid to the practitioner in this place; the facility is paid.
M119 | The drug's NDC number is missing or wrong.
M127 | The patient's record of this service is missing.
M144 | Care before and after surgery is paid with the surgery.
MA01 | Notice: how to appeal this decision.
MA04 | The first payer's answer is missing, so the second cannot pay.
MA07 | Notice: the claim was passed on to Medicaid.
MA13 | Notice: the patient owes only what the remittance puts on the patient.
MA15 | Notice: the claim was split; the rest is answered apart.
MA18 | Notice: the claim was passed on to the supplemental insurer.
MA27 | The patient's member number or name is missing or wrong.
MA36 | The patient's name is missing or wrong.
MA61 | The patient's identity number is missing or wrong.
MA63 | The first diagnosis is missing or wrong.
MA67 | This corrects an earlier answer.
MA83 | The claim does not say whether this payer comes first.
MA92 | Data of the other insurance are missing or wrong.
MA112 | Data of the group practice are missing or wrong.
MA114 | Data of where the service was given are missing or wrong.
MA120 | The CLIA number is missing or wrong.
MA130 | The claim cannot be processed and has no appeal: mend it and send it as a new one.
N4 | The answer of an earlier payer is missing or wrong.
N19 | Incidental to the main procedure.
N20 | Not payable with another service of the same day.
N29 | Records, orders or notes are missing.
N30 | The patient is not eligible for this service.
N56 | The code does not fit the service or the date of service.
N95 | This type of provider or specialty may not bill the service.
N115 | Decided by a local coverage determination.
N122 | An add-on code came without its main procedure.
N130 | The plan's benefit documents say what limits this service.
N179 | The payer asked the member for information and waits for it.
N211 | This decision has no appeal.
N257 | The billing provider's main identifier is missing or wrong.
N265 | The ordering provider's main identifier is missing or wrong.
N285 | The referring provider's name is missing or wrong.
N286 | The referring provider's main identifier is missing or wrong.
N290 | The rendering provider's main identifier is missing or wrong.
N362 | More days or units than the payer accepts.
N381 | The contract says how this is billed and paid.
N382 | The patient's identifier is missing or wrong.
N386 | Decided by a national coverage determination.
N390 | Not billed apart from another service.
N418 | The claim belongs to another payer or contractor.
N425 | Excluded by law.
N428 | Not covered in this place of service.
N435 | More often than approved in the period, without papers to show why.
N448 | Not in the fee schedule or contract.
N519 | These modifiers do not go together.
N522 | The same claim already came by crossover.
N569 | Not covered for the diagnosis given.
N657 | Another code describes these services.
N674 | Not covered without the service that has to come first.
N822 | A modifier of the procedure is missing.
N823 | A modifier of the procedure is incomplete or wrong.
"""


def _read() -> dict[str, str]:
    pairs = (line.split(" | ") for line in _LINES.strip().splitlines())
    return {code.strip(): meaning.strip() for code, meaning in pairs}


REMARKS: dict[str, str] = _read()
"""Meaning by code."""
