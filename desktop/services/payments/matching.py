"""Which of our claims and lines a payer's answer speaks of. Never a guess.

Claims: CLP01 as echoed (payers drop leading zeros, case and dashes), else CLP07 against the
payer's number of an earlier answer, else member id with service date, charge and last name;
otherwise the claim goes to the worklist. A crossover payer echoes the primary's number: the
coverage is then chosen by payer and CLP02.
Lines: REF*6R, else code with modifiers, date and charge, else the code alone where it can
mean only one line. Several payments of one line are a split; lines never merge.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.models.claims import Claim, SubmissionClaim
from desktop.models.people import Coverage
from desktop.models.practice import Payer, PayerIdentifier
from desktop.services.claims.life.events import GONE
from desktop.services.payments.our_claims import OurClaim, OurLine, chunks, load_claims

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from desktop.services.core.work import Work
    from desktop.services.formats.edi.remittance import RemittanceClaim, RemittanceLine

_RANK_OF_STATUS: Final = {"1": 1, "2": 2, "3": 3, "19": 1, "20": 2, "21": 3}


def fold_number(text: str) -> str:
    """A claim number without what payers lose: case, dashes, spaces, leading zeros."""
    return re.sub(r"[^A-Z0-9]", "", text.upper()).lstrip("0")


def fold_name(text: str) -> str:
    """A last name for comparison: no accents, case, spaces or punctuation."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z]", "", plain.upper())


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """The claim found, the rank of the payer that answers, and how it was found."""

    claim: OurClaim
    rank: int
    matched_by: str


class ClaimIndex:
    """All claims of ours that one file may speak of, loaded in a few set-based queries."""

    def __init__(self, work: Work, answers: Iterable[RemittanceClaim]) -> None:
        answers = list(answers)
        self._by_number: dict[str, set[int]] = defaultdict(set)
        self._by_payer_number: dict[str, set[int]] = defaultdict(set)
        self._by_member: dict[tuple[str, dt.date, int], set[int]] = defaultdict(set)
        ids = self._find_ids(work, answers)
        # A crossover payer echoes the first payer's number: its own claim is of the same visit.
        self._claims = load_claims(work, ids | _of_the_same_visits(work, ids))
        self._by_rank = {(c.visit_id, c.rank): c for c in self._claims.values()}

    def _find_ids(self, work: Work, answers: Sequence[RemittanceClaim]) -> set[int]:
        ids: set[int] = set()
        wanted = {fold_number(a.control_number) for a in answers} - {""}
        spelled = {v for a in answers for v in _spellings(a.control_number)}
        for part in chunks(sorted(spelled)):
            sent = select(SubmissionClaim.control_number, SubmissionClaim.claim_id).where(
                SubmissionClaim.control_number.in_(part)
            )
            drafts = select(Claim.control_number, Claim.id).where(Claim.control_number.in_(part))
            for query in (sent, drafts):
                for number, claim_id in work.session.execute(query):
                    if fold_number(number) in wanted:
                        self._by_number[fold_number(number)].add(claim_id)
                        ids.add(claim_id)
        missing = [a for a in answers if not self._by_number.get(fold_number(a.control_number))]
        numbers = {a.payer_claim_number for a in missing} | {a.other_claim_number for a in missing}
        for part in chunks(sorted(numbers - {""})):
            rows = work.session.execute(
                select(Claim.payer_claim_number, Claim.id).where(Claim.payer_claim_number.in_(part))
            )
            for number, claim_id in rows:
                self._by_payer_number[number].add(claim_id)
                ids.add(claim_id)
        members = {m for a in missing for m in (a.patient_id, a.subscriber_id) if m}
        for part in chunks(sorted(members)):
            found = work.session.execute(
                select(Coverage.member_id, Claim.service_on, Claim.charge, Claim.id)
                .join(Claim, Claim.patient_id == Coverage.patient_id)
                .where(Coverage.member_id.in_(part))
            )
            for member, service_on, charge, claim_id in found:
                self._by_member[member, service_on, charge.cents].add(claim_id)
                ids.add(claim_id)
        return ids

    def match(self, answer: RemittanceClaim, payer_id: int | None) -> ClaimMatch | str:
        """The one claim that an answer speaks of, or a sentence why there is none."""
        found = self._by_number.get(fold_number(answer.control_number), set())
        how = "claim number"
        if not found:
            numbers = (answer.payer_claim_number, answer.other_claim_number)
            found = set().union(*(self._by_payer_number.get(n, set()) for n in numbers if n))
            how = "payer's claim number"
        if not found and answer.from_on:
            for member in (answer.patient_id, answer.subscriber_id):
                key = (member, answer.from_on, abs(answer.charge.cents))
                found = found | self._by_member.get(key, set())
            how = "member, date, charge and name"
        claims = [self._claims[i] for i in found if i in self._claims]
        if len(claims) > 1:
            claims = [c for c in claims if c.payer_id == payer_id] or claims
        visits = {c.visit_id for c in claims}
        if not claims:
            return "No claim of this practice has this number, member and date."
        if len(visits) > 1 or (len(claims) > 1 and len({c.rank for c in claims}) == 1):
            return "Several claims fit; choose the right one."
        claim = min(claims, key=lambda c: c.rank)
        if not _same_patient(answer, claim):
            return "The claim number is ours, but the patient's name and member id differ."
        rank = _rank(answer, claim, payer_id)
        if rank is None:
            return "The claim is ours, but this payer is none of the patient's for that date."
        exact = next((c for c in claims if c.rank == rank), None)
        exact = exact or self._own_claim(claim, rank) or claim
        return ClaimMatch(exact, rank, how)

    def _own_claim(self, claim: OurClaim, rank: int) -> OurClaim | None:
        """The claim of that rank for the same lines, where there is one."""
        found = self._by_rank.get((claim.visit_id, rank))
        same = found is not None and {x.id for x in claim.lines} <= {x.id for x in found.lines}
        return found if same else None

    def claim(self, claim_id: int) -> OurClaim | None:
        """A loaded claim by its id."""
        return self._claims.get(claim_id)


def _of_the_same_visits(work: Work, ids: set[int]) -> set[int]:
    """Claims for later payers that stand beside the claims found."""
    out: set[int] = set()
    for part in chunks(sorted(ids)):
        visits = select(Claim.visit_id).where(Claim.id.in_(part))
        later = select(Claim.id).where(
            Claim.visit_id.in_(visits), Claim.rank > 1, Claim.state.not_in(GONE)
        )
        out.update(work.session.scalars(later))
    return out


def match_lines(claim: OurClaim, answer: RemittanceClaim) -> list[tuple[int | None, str]]:
    """For each line of the answer: our charge line's id (or None) and how it was found."""
    by_id = {str(line.id): line for line in claim.lines}
    taken: set[int] = set()
    out: list[tuple[int | None, str]] = [(None, "")] * len(answer.lines)
    for i, theirs in enumerate(answer.lines):
        ours = by_id.get(theirs.line_number.strip().lstrip("0"))
        if ours and _agrees(ours, theirs):
            out[i] = (ours.id, "line number")
            taken.add(ours.id)
    for how, test in (
        ("code, modifiers, date and charge", _exact),
        ("code, date and charge", _without_modifiers),
        ("code", _code_only),
    ):
        for i, theirs in enumerate(answer.lines):
            if out[i][0] is not None:
                continue
            fits = [o for o in claim.lines if o.id not in taken and test(o, theirs)]
            # Equal lines of one claim are the same to payer and ledger alike: take the first.
            if len(fits) == 1 or (fits and test is _exact):
                out[i] = (fits[0].id, how)
                taken.add(fits[0].id)
    _join_pieces(claim, answer, out)
    return out


def _join_pieces(
    claim: OurClaim, answer: RemittanceClaim, out: list[tuple[int | None, str]]
) -> None:
    """Payments of one code and day whose charges add up to one line of ours are its pieces."""
    for ours in claim.lines:
        pieces = [
            i
            for i, theirs in enumerate(answer.lines)
            if _code_only(ours, theirs) and out[i] in ((None, ""), (ours.id, "code"))
        ]
        lost = any(out[i][0] is None for i in pieces)
        charge = sum(abs(answer.lines[i].charge.cents) for i in pieces)
        if lost and charge == ours.charge.cents:
            for i in pieces:
                out[i] = (ours.id, "pieces of one line")


def _submitted(theirs: RemittanceLine) -> tuple[str, tuple[str, ...]]:
    if theirs.submitted_code:
        return theirs.submitted_code, theirs.submitted_modifiers
    return theirs.code, theirs.modifiers


def _agrees(ours: OurLine, theirs: RemittanceLine) -> bool:
    code = _submitted(theirs)[0]
    return ours.procedure in {code, theirs.code} or abs(theirs.charge.cents) == ours.charge.cents


def _exact(ours: OurLine, theirs: RemittanceLine) -> bool:
    code, modifiers = _submitted(theirs)
    return (
        ours.procedure == code
        and set(ours.modifiers) == set(modifiers)
        and theirs.from_on in {None, ours.service_on}
        and abs(theirs.charge.cents) == ours.charge.cents
    )


def _without_modifiers(ours: OurLine, theirs: RemittanceLine) -> bool:
    return (
        ours.procedure == _submitted(theirs)[0]
        and theirs.from_on in {None, ours.service_on}
        and abs(theirs.charge.cents) == ours.charge.cents
    )


def _code_only(ours: OurLine, theirs: RemittanceLine) -> bool:
    return ours.procedure == _submitted(theirs)[0] and theirs.from_on in {None, ours.service_on}


def _same_patient(answer: RemittanceClaim, claim: OurClaim) -> bool:
    theirs = fold_name(answer.patient_name.last)
    ours = fold_name(claim.last_name)
    if not theirs or theirs.startswith(ours) or ours.startswith(theirs):
        return True
    members = {fold_number(member) for _, member in claim.coverages.values()}
    said = {fold_number(i) for i in (answer.patient_id, answer.subscriber_id) if i}
    return bool(members & said)


def _rank(answer: RemittanceClaim, claim: OurClaim, payer_id: int | None) -> int | None:
    of_payer = sorted(r for r, (p, _) in claim.coverages.items() if p == payer_id)
    said = _RANK_OF_STATUS.get(answer.status)
    if said is not None and (said in of_payer or (payer_id is None and said in claim.coverages)):
        return said
    if payer_id == claim.payer_id or payer_id is None:
        # The visit's insurance may have been changed after the claim went out.
        return claim.rank if claim.rank in claim.coverages else None
    return of_payer[0] if of_payer else None


def _spellings(number: str) -> set[str]:
    """Forms under which we may have sent a number that comes back as `number`."""
    bare = number.strip()
    return {bare, bare.upper(), fold_number(bare)} - {""}


def find_payer(work: Work, identifiers: Iterable[str], name: str) -> int | None:
    """The payer that names itself so in an 835, by id, else by its exact name if unique."""
    wanted = [i for i in identifiers if i]
    session = work.session
    found = set(
        session.scalars(
            select(PayerIdentifier.payer_id).where(PayerIdentifier.identifier.in_(wanted))
        )
    ) or set(session.scalars(select(Payer.id).where(Payer.electronic_id.in_(wanted))))
    plain = name.strip().upper()
    if not found:
        rows = session.execute(select(Payer.id, Payer.name).where(Payer.is_active))
        found = {r.id for r in rows if r.name.strip().upper() == plain}
    elif len(found) > 1:
        # Plans of one house share an electronic id; the name tells which one writes.
        rows = session.execute(select(Payer.id, Payer.name).where(Payer.id.in_(found)))
        found = {r.id for r in rows if r.name.strip().upper() == plain}
    return found.pop() if len(found) == 1 else None
