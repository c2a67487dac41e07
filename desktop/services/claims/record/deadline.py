"""The last day on which a payer takes a claim."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.models.values.enums import FilingCode, Frequency
from desktop.services.claims.record.build import first_service

if TYPE_CHECKING:
    from desktop.models.practice import Payer
    from desktop.models.values.claim_record import ClaimRecord


def file_by(payer: Payer, record: ClaimRecord) -> dt.date | None:
    """The last day on which the payer takes this claim; None where no limit is known.

    Counted from the first date of service; a later payer's limit from the day of the earlier
    payer's answer where the payer says so, but for Medicare always from the date of service.
    """
    start = first_service(record)
    days = payer.days_original
    if record.frequency is not Frequency.ORIGINAL:
        days = payer.days_corrected or days
    elif record.payer_rank > 1:
        days = payer.days_secondary or days
        answers = [c.answer for c in record.coverages if c.rank < record.payer_rank]
        answered = max((a.adjudicated_on for a in answers if a is not None), default=None)
        medicare = payer.filing_code is FilingCode.MEDICARE_B
        if answered is not None and payer.secondary_starts_at_answer and not medicare:
            start = answered
    return start + dt.timedelta(days=days) if start is not None and days else None
