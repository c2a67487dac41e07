"""Words and marks of the payments page: states, actions, parties, provider adjustments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.enums import Party
from desktop.ui.lib.table import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.models.values.money import Money

STATE_WORDS = {
    "held": "held",
    "staged": "ready to post",
    "posted": "posted",
    "unposted": "un-posted",
    "discarded": "discarded",
}
STATE_TONES = {
    "held": Tone.BAD,
    "staged": Tone.WARN,
    "posted": Tone.GOOD,
    "unposted": Tone.NEUTRAL,
    "discarded": Tone.NEUTRAL,
}
CLAIM_WORDS = {
    "matched": "matched",
    "unmatched": "no claim of ours",
    "held": "held",
    "posted": "posted",
    "unapplied": "money unapplied",
    "information": "information only",
}
CLAIM_TONES = {
    "matched": Tone.GOOD,
    "unmatched": Tone.BAD,
    "held": Tone.BAD,
    "posted": Tone.GOOD,
    "unapplied": Tone.BAD,
    "information": Tone.NEUTRAL,
}
ACTION_TONES = {
    "write off": Tone.NEUTRAL,
    "patient": Tone.NEUTRAL,
    "hold": Tone.WARN,
    "information": Tone.NEUTRAL,
}
PARTIES = {
    Party.PATIENT: "patient",
    Party.PRIMARY: "first payer",
    Party.SECONDARY: "second payer",
    Party.TERTIARY: "third payer",
}
STATUSES = {
    "1": "processed as first payer",
    "2": "processed as second payer",
    "3": "processed as third payer",
    "4": "denied",
    "19": "processed as first payer, sent on",
    "20": "processed as second payer, sent on",
    "21": "processed as third payer, sent on",
    "22": "taken back",
    "23": "not ours, sent on",
    "25": "predetermination",
}
# Provider adjustments (PLB) in our own words.
PROVIDER = {
    "WO": "overpayment taken back",
    "FB": "balance carried forward",
    "72": "refund received by the payer",
    "L6": "interest",
    "CS": "adjustment",
    "IR": "tax withheld",
    "LE": "levy",
    "J1": "not reimbursed",
    "50": "late filing charge",
    "51": "interest penalty",
    "90": "early payment",
    "AM": "applied to a loan",
    "CT": "capitation",
    "CR": "interest on capitation",
    "BN": "bonus",
    "IP": "incentive",
    "E3": "withheld",
    "LS": "lump sum",
    "CV": "pass-through",
    "PI": "periodic payment",
    "RA": "retroactive adjustment",
}


def does(action: str, *, next_party: str = "next payer or patient") -> str:
    """What the posting does with a reason, in words."""
    return {
        "write off": "written off",
        "patient": f"to {next_party}",
        "hold": "held, with a task",
        "information": "information only",
    }.get(action, action)


def owed(parts: Sequence[tuple[Party, Money]]) -> str:
    """Who owes what on a line: ``first payer 100.00; patient 16.00``."""
    if not parts:
        return "nothing"
    return "; ".join(f"{PARTIES[party]} {amount.shown}" for party, amount in parts)


def provider_adjustment(code: str) -> str:
    """A PLB code in words."""
    return PROVIDER.get(code, "adjustment of the payer")


def many(count: int, one: str, more: str = "") -> str:
    """A count with its noun: ``1 claim``, ``3 claims``."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
