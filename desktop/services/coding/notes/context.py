# ruff: noqa: E501 (tables of patterns)
"""Whether a phrase is present, denied, past, the family's or only suspected.

After NegEx and ConText: cue words act forward or backward over a scope, which other words and
the end of the sentence cut off; what only looks like a cue is set aside first.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from desktop.services.coding.notes.sections import Section, Sentence
from desktop.services.coding.notes.values import Status

if TYPE_CHECKING:
    import datetime as dt


class _Reach(Enum):
    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    status: Status | None
    reach: _Reach
    short: bool


# None as status: the phrase is advice, a risk or a plan, and no finding at all.
_PSEUDO = re.compile(
    r"\bno (?:significant |interval |real )?(?:change|increase|improvement|relief|doubt|question)\b"
    r"|\bno longer (?:able|control\w*|respond\w*|on|tak\w+|tolerat\w+|work\w*|effective|help\w*|reliev\w*)\b"
    r"|\bnot only\b|\bnot (?:significantly )?(?:improv|respond|controll|resolv|reliev|better)\w*"
    r"|\bno better\b|\bnot been (?:able|well)\b|\bnot (?:at goal|taking|using)\b"
    r"|\bwithout (?:difficulty|improvement|relief|change)\b|\bgram[- ]negative\b"
    r"|\bnot certain (?:if|whether)\b|\bnot (?:necessarily|drain)\w*|\bno (?:further )?follow\b"
    r"|\bhistory (?:and|&) physical\b|\b(?:good|poor|reliable) historian\b"
    r"|\b(?:mother|father|mom|dad|parents?|wife|husband|son|daughter|sister|brother|family)"
    r"(?=\s+(?:reports?|states?|says?|notes?|noticed?|brought|brings|denies|worr\w+|is concerned|"
    r"concerned|called|accompan\w+|thinks|gave|describes|present\b|at bedside))"
    r"|\b(?:daughter|son|wife|husband) (?:says|reports|states|thinks|notes)(?: that)? (?:her |his )?(?:mom|dad|mother|father|wife|husband)\b"
    r"|\b(?:accompanied by|with|per|by|lives with|brought in by|caring for|cares for) (?:his |her |"
    r"the |their )?(?:mother|father|mom|dad|parents?|daughter|son|sister|brother)\b"
    r"|\bnegative (?:affect|mood|thoughts)\b|\bno known (?:drug )?allerg\w+|\bprior to\b"
    r"|\bprevious(?:ly)? (?:visit|prescribed|seen|treated)\b|\bprior (?:visit|imaging|labs)\b"
    r"|\bold (?:male|female|man|woman|boy|girl|records?|patient)\b|\bs/p (?=fall|mva|mvc|injury|"
    r"trauma|motor|bike|assault)|\bstatus post (?=fall|mva|motor|injury)|\bsocial history\b"
    r"|\blikely (?:to need|will)\b|\bnot previously\b|\bpast (?:few|several|\d+|two|three|week|"
    r"month|year|day|couple|24)\b|\bold fracture\b"
)
_NEGATED_BEFORE = (
    r"\bden(?:ies|ying)\b|(?<!all )(?<!was )(?<!were )(?<!is )(?<!are )(?<!both )(?<![-–:] )(?<![-–:])\bdenied\b"
    r"|\bdoubt(?:s|ed)?\b(?! that| about)|(?<!\w)[(][-–−][)](?=\s*[a-z])(?!.*[(][-+–−][)]\s*$)"
    r"|(?<=[,;] )[-–−](?=[a-z])|\bwithout (?:any )?(?:evidence of |signs? of |sx of )?|\bw/o\b"
    r"|\bno(?! longer) (?:known |prior |previous |past |personal |current |active |recent |acute |obvious |"
    r"clinical |radiographic |further |more |new |sig(?:nificant)? |focal )*(?:evidence (?:of|for) "
    r"|signs? (?:of|or symptoms of) |sx of |symptoms of |h/o |hx of |history of |family history "
    r"of |fhx of |complaints? of |concern for |indication of |suspicion (?:of|for) |findings of )?"
    r"|\bnegative (?:for|except)\b|\bneg (?:for)?\b|\bfree of\b|\babsence of\b|\bdoes(?:n't| not) "
    r"(?:have|report|show|endorse|appear)\b|\bdid(?:n't| not) (?:have|show|report|lose|pass out)\b"
    r"|\bnever (?:had|been diagnosed with|diagnosed with|a)\b|\bnever\b|\bnor\b|\bneither\b"
    r"|\bnot (?:have|having|experienc\w+|report\w*|show\w*|suggestive of|consistent with|due to|"
    r"suspicious for|currently|pregnant|associated with)\b|\bhas(?:n't| not) (?:had|noticed)\b"
    r"|\bhave not\b|\bisn't\b|\bis not\b|\bare not\b|\bwas not\b|\bnot\b|\bruled out\b(?! by\b| with\b|[.,;]|\s*$)|\brule out\b(?= for\b)"
    r"|\brules out\b|\bexclud(?:ed|es)\b|\bunremarkable for\b|\bnontender\b|\bunlikely(?: to be)?\b"
    r"|\bnone of\b|\black of\b|\bdenial of\b|\bcleared (?:of|for)\b|\bas opposed to\b"
    r"|\brather than\b|\bø\b|\binstead of\b"
)
_NEGATED_AFTER = (
    r"\b(?:was|were|is|are|has been|have been|been|now)? ?(?:effectively )?ruled out\b"
    r"|(?::|\s[-–])\s*(?:not present|denied|denies|absent|negative|neg|none|no)\b"
    r"|[(][-–−][)](?=\s*(?:[,;.]|$|.*[(][-+–−][)]\s*$))"
    r"|\b(?:all|both) (?:were |was |are )?(?:denied|negative|absent|ruled out|resolved)\b"
    r"|\b(?:is|was|are|were|seems?|felt|thought|very|highly|considered)? ?(?:to be )?(?:very |less |"
    r"felt )?unlikely\b|\b(?:was|is|are|were|been)? ?(?:excluded|absent|denied)\b"
    r"|\b(?:is|was|are|were)? ?not (?:seen|present|found|identified|noted|suspected|appreciated|"
    r"detected|likely|evident|visuali[sz]ed)\b|(?::|\bis|\bare|\bwas|\bwere|\btest(?:ing|s)?|"
    r"\bscreen|\bswab|\brapid|\bantigen)\s*(?:neg\b|negative\b|none\b|no\b)|\bneg(?:ative)?\b(?! "
    r"for)|\bdoubt(?:ed|ful)\b|\bnone\b|:\s*(?:[\w-]+ ){0,2}(?:was |is )?neg(?:ative)?\b"
)
_HISTORY_BEFORE = (
    r"\b(?:personal |past |prior |remote |known |medical |significant |childhood |distant |pos(?:"
    r"itive)? |strong |past medical )*(?:history|hx)\b(?: is)?(?: significant| notable| remarkable|"
    r" positive)?(?: of| for|:)|\bh/o\b|\bhx\b(?! of\b)(?=\s?:?\s\w)|\bs/p\b|\bstatus[- ]post\b|\bp?mhx?:? (?:of|significant "
    r"for)\b|\bpreviously (?:had|diagnosed with)\b|\bprevious(?:ly)?\b|\bprior\b|\bremote\b"
    r"|\bhad (?=[^,;]{0,60}?\b(?:in|back in|at age|as a child|as a teen\w*|\d+ (?:years|yrs) ago|"
    r"years ago|last year)\b)|\bused to have\b|\bno longer(?: ha(?:s|ve|ving))?\b|\bsurviv(?:or of|ed)\b|\bafter completing treatment "
    r"for\b|\brecovered from\b|\bcured of\b|\btreated for (?=[^,;.]{0,50}\b(?:in|ago|as a)\b)"
    r"|\bformer(?:ly)?\b|\bchildhood\b|\bin remission from\b|\bhistory\b(?= [a-z]+ ca\b)"
    r"|\bold (?=mi\b|cva\b|stroke\b|infarct|myocardial|tia\b)|\bstatus following\b"
)
_HISTORY_AFTER = (
    r"\b(?:has |have |had |is |was |since |now |fully |completely |all )*(?:resolved|cured|healed)\b"
    r"|\bsurvivor\b|\b(?:back )?in (?:19\d\d|20\d\d)\b|\((?:19\d\d|20\d\d)\)|\b(?:19|20)\d\d\b"
    r"|\b(?:\d+|a few|several|many|two|three|four|five|ten|some) (?:years|yrs?|y) ago\b"
    r"|\b(?:many |several )?years ago\b|\bas (?:a )?(?:child|kid|teen(?:ager)?|baby|young)\b"
    r"|\bin (?:childhood|infancy|(?:his|her) (?:teens|twenties|youth|20s|30s|40s))\b"
    r"|\bat age \d+\b|\bwhen (?:he|she) was (?:a |\d+|young)\w*|\bin the past\b|\boutg(?:rown|rew)\b|\bin remission\b"
    r"(?= since|,? no evidence)|\bno longer (?:present|a problem|active|an issue)\b|\bhistory\b(?! of)"
    r"|\b(?:treated|removed|repaired|excised|resected) (?:in|with .{1,30} in)\b"
    r"|\bat (?:age )?\d{1,2} ?(?:yo|years)\b"
)
_FAMILY_BEFORE = (
    r"\bfam(?:ily|ilial)?(?: medical)? (?:history|hx)(?: is)?(?: also)?(?: significant| positive|"
    r" notable| remarkable)?(?: of| for|:)?|\bf(?:m)?hx?(?: of|:| sig| significant for|\+)"
    r"|\bf(?:m)?hx?\b"
    r"|\b(?:maternal|paternal) (?:history|grand\w+|aunt|uncle|cousin|side|great\w*)"
    r"|\b(?:mother|father|mom|dad|brother|sister|sibling|parent|grandmother|grandfather|grandma|"
    r"grandpa|grandparent|aunt|uncle|cousin|nephew|niece|half[- ]brother|half[- ]sister)s?\b"
    r"|\bfirst[- ]degree relative\w*|\brelatives?\b|\b(?:son|daughter)s?(?: also)? (?:has|had|with|"
    r"have|died|diagnosed)\b|\bmgm\b|\bmgf\b|\bpgm\b|\bpgf\b"
)
_FAMILY_AFTER = (
    r"\bin (?:his |her |the |their |a |both )?(?:maternal |paternal |first[- ]degree )?(?:mother|"
    r"father|mom|dad|brother|sister|sibling|parent|grandmother|grandfather|aunt|uncle|cousin|"
    r"family|relative)s?\b|\bruns in (?:the|his|her) family\b|\((?:mother|father|mom|dad|brother|"
    r"sister|parent|aunt|uncle|mgm|mgf|pgm|pgf|grand\w+|maternal \w+|paternal \w+)\)"
)
_UNCERTAIN_BEFORE = (
    r"\bprobabl[ey]\b|\bpossibl[ey]\b|\bpossibility of\b|\bsuspect(?:s|ed|ing)?(?: for| of)?\b"
    r"|\bsuspicio(?:us|n) (?:for|of)\b|\b(?:most |very |more )?likely\b|\brule[- ]?out\b"
    r"|\br/o\b|\bto exclude\b|\bquestion(?:able| of)\b|\bconsistent with\b|\bcompatible with\b"
    r"|\b(?:some |high |low )?concern(?:s|ed|ing)? (?:for|about)\b|\bmay (?:have|be|represent)\b"
    r"|\bmight (?:have|be)\b|\bcould (?:have|be|represent)\b|\bworri(?:some|ed) (?:for|about)\b"
    r"|\bpresum(?:ed|ptive|ably)\b|\bdifferential(?: diagnosis)?(?: includes?|:| of)?|\bddx\b:?"
    r"|\b(?:evaluate|eval|assess|work ?up|workup|test|check(?:ing)?) for\b|\?+(?=\s?[a-z])"
    r"|\bvs\.?|\bversus\b|\bsuggest(?:s|ive|ing)?(?: of)?\b|\bappears to (?:be|have)\b"
    r"|\bworking diagnosis(?: of)?:?|\bprovisional\b|\bequivocal\b|\bborderline (?=pneumonia)"
    r"|\bcannot (?:rule out|exclude)\b|\bcan't rule out\b|\bunable to (?:rule out|exclude)\b"
    r"|\b(?:thinks?|believes?|wonders if) (?:he|she|it|they)\b|\bindicative of\b|\bquery\b|\bconsider(?:ing)?\b|\bimpression of\b|\bpoints? to(?:ward)?\b"
)
_UNCERTAIN_AFTER = (
    r"\bvs\.?(?= )|\bversus\b|^\s?\?|\bis (?:suspected|possible|likely|probable)\b|\bsuspected\b"
    r"|\b(?:not|cannot be|can't be) (?:yet )?(?:excluded|ruled out)\b|\(\?\)|\bquestionable\b"
    r"|\bin the differential\b|\bpossible\b|\bto be ruled out\b|\bis a (?:concern|consideration)\b"
)
_ADVICE_BEFORE = (
    r"\b(?:wife|husband|spouse|roommate|co-?worker|partner|classmates?|boyfriend|girlfriend|friends?|"
    r"kids?|someone|household contact)\b(?: at \w+)? (?:has|had|have|with|is|was|tested|diagnosed|sick)\b"
    r"|\b(?:risk|risks) (?:of|for)\b|\bat risk\b|\b(?:return|call|come back|rtc|(?:go|return) to (?:the )?e[rd])"
    r"(?! visits?\b)(?: \w+){0,3} (?:if|for)\b|\bfollow ?-?up (?:in|with|at|as|on|again|sooner)(?: \w+){0,3} for\b"
    r"|\b(?:follow ?-?up|e[rd])(?: \w+){0,3} if\b|(?<!as )\bif\b"
    r"|\bprevent(?:ion|ing|s|ive)?(?: of)?\b|\bprophyla(?:xis|ctic) (?:for|against)\b|\bfear of\b"
    r"|\b(?:educat\w+|counsel\w+|discuss\w+) (?:on|about|regarding|re)? ?(?:signs? (?:and symptoms )?of|"
    r"risk of)?\b|\bside effects?\b|\bwatch for\b|\bmonitor (?:for|closely for)\b|\bwarning signs"
    r"\b|\bto avoid\b|\bin case of\b|\bas needed for\b|\bprn\b(?: for)?|\bhandout\b|\breview(?:ed)? "
    r"red flags\b|\breturn precautions\b|\bvaccin\w+ (?:for|against)\b|\bworried (?=about)"
)
_ADVICE_AFTER = (
    r"\b(?:up[- ]to[- ]date|utd|precautions|vaccine|vaccination|shot|booster|immunization|prophylaxis|prevention|"
    r"education|handout|risk)\b"
)
_STOP = re.compile(
    r"\b(?:but|however|although|though|except|aside from|apart from|other than|yet|still|nevertheless|"
    r"presents?|presenting|complain\w*|c/o|reports?|reported|endorses?|admits?|now|currently|"
    r"today|here (?:for|today|with)|is (?:here|taking|on)|positive for|because|since|until|"
    r"has (?:a |an |had |been )?|have (?:a |had )?|found|shows?|showed|reveal\w*|noted|which|who|therefore|"
    r"so|started|start|treat\w*|continue\w*|prescribe\w*|will|patient|pt|she|he|due to|secondary to|"
    r"felt to be|causing|caused by|after|following|when|while|during)\b|[;:]|\s[-–—]\s|\+|→"
)
_STOP_BACK = re.compile(
    r"\b(?:but|however|although|except|because|patient|pt|she|he|presents?|complain\w*|reports?|now|"
    r"today|which|with|for|due to|secondary to|no|denies|without|and has|then)\b|[;:,]|\.\s"
)
_FOUND = re.compile(r"[\s:(-]*(?:is |was |test )?(?:positive|confirmed)\b(?! for)")
_WORD = re.compile(r"\S+")
_AFTER_COMMA = re.compile(r",\s*(?:and |but )?$")
_OR = re.compile(r"\bn?or\b")

_TABLE: tuple[tuple[re.Pattern[str], Status | None, _Reach, bool], ...] = (
    (re.compile(_NEGATED_BEFORE), Status.NEGATED, _Reach.FORWARD, False),
    (re.compile(_NEGATED_AFTER), Status.NEGATED, _Reach.BACKWARD, False),
    (re.compile(_FAMILY_BEFORE), Status.FAMILY, _Reach.FORWARD, False),
    (re.compile(_FAMILY_AFTER), Status.FAMILY, _Reach.BACKWARD, False),
    (re.compile(_HISTORY_BEFORE), Status.HISTORY, _Reach.FORWARD, False),
    (re.compile(_HISTORY_AFTER), Status.HISTORY, _Reach.BACKWARD, False),
    (re.compile(_UNCERTAIN_BEFORE), Status.UNCERTAIN, _Reach.FORWARD, True),
    (re.compile(_UNCERTAIN_AFTER), Status.UNCERTAIN, _Reach.BACKWARD, True),
    (re.compile(_ADVICE_BEFORE), None, _Reach.FORWARD, False),
    (re.compile(_ADVICE_AFTER), None, _Reach.BACKWARD, True),
)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_ENDED = re.compile(r"resolved|cured|healed|no longer|recovered|outg|used to have")
_NOW = re.compile(
    r"[^,;.]{0,20}?\b(?:today|now|currently|this (?:morning|week|am|afternoon)|x ?\d+ (?:days?|hours?)"
    r"|for (?:the (?:last|past) )?(?:\d+|a few|two|three|several) (?:days|hours))\b"
)
_OF_ANOTHER = re.compile(
    r"\b(?:patient|pt|she|he|but|denies|reports|i|brought|brings|(?<!as a )child|infant|baby)\b|;"
    r"|\bhere (?:for|today)\b"
)
_LEFT_OPEN = re.compile(r"\bnot (?:yet )?(?:been )?(?:fully )?(?:ruled out|excluded)\b")
_FARTHEST: dict[Status | None, int] = {
    Status.NEGATED: 30,
    Status.HISTORY: 25,
    Status.FAMILY: 10_000,
}
_FARTHEST_BACK = 12
"""Words between a cue and a phrase."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the words around a phrase say of it.

    Attributes:
        status: as said; present when nothing is said.
        advice: a risk, a plan or advice speaks of it; no finding.
        said: a cue said so, not the section alone.
        ended: it is said to be over, not only to lie in the past.
    """

    status: Status
    advice: bool = False
    said: bool = False
    ended: bool = False


class Reader:
    """Reads the status of any phrase of one sentence."""

    def __init__(self, sentence: Sentence, on: dt.date) -> None:
        self._sentence = sentence
        self._text = sentence.text.lower()
        self._on = on
        masked = _PSEUDO.sub(lambda m: "_" * len(m.group()), self._text)
        self._masked = masked
        self._cues = [
            _Cue(m.start(), m.end(), status, reach, short)
            for pattern, status, reach, short in _TABLE
            for m in pattern.finditer(masked)
            if m.end() > m.start() and self._counts(m, status)
        ]
        end = len(masked)
        if sentence.asked:
            self._cues.append(_Cue(end, end + 1, Status.UNCERTAIN, _Reach.BACKWARD, short=True))
        self._words = [m.start() for m in _WORD.finditer(masked)]
        self._stops = [m.span() for m in _STOP.finditer(masked)]
        self._restarts = [
            cue.start
            for cue in self._cues
            if cue.reach is _Reach.FORWARD
            and cue.status in {Status.UNCERTAIN, Status.FAMILY, Status.HISTORY}
            and _AFTER_COMMA.search(masked, max(0, cue.start - 8), cue.start)
            and _OR.search(masked, cue.start) is None
        ]
        self._known: dict[tuple[int, int], Finding] = {}

    def _counts(self, match: re.Match[str], status: Status | None) -> bool:
        """A year counts as past only when it is not this or last year."""
        year = _YEAR.search(match.group())
        return status is not Status.HISTORY or year is None or int(year[1]) < self._on.year - 1

    def cues(self) -> list[tuple[int, int, Status | None, bool]]:
        """Start and end of each cue in the note, what it says, and whether of what follows it."""
        at = self._sentence.start
        return [
            (c.start + at, c.end + at, c.status, c.reach is not _Reach.BACKWARD) for c in self._cues
        ]

    def finding(self, start: int, end: int) -> Finding:
        """The status of the phrase from `start` to `end` (offsets into the whole note)."""
        a, b = start - self._sentence.start, end - self._sentence.start
        if (a, b) not in self._known:
            self._known[a, b] = self._read(a, b)
        return self._known[a, b]

    def _read(self, a: int, b: int) -> Finding:
        held: dict[Status | None, _Cue] = {}
        for cue in self._cues:
            if cue.status not in held and self._reaches(cue, a, b):
                held[cue.status] = cue
        if self._denied(held, a, b):
            return Finding(Status.NEGATED, said=True)
        if Status.FAMILY in held:
            return Finding(Status.FAMILY, said=True)
        if None in held and Status.UNCERTAIN not in held:
            return Finding(Status.PRESENT, advice=True, said=True)
        if Status.UNCERTAIN in held:
            return Finding(Status.UNCERTAIN, said=True)
        past = held.get(Status.HISTORY)
        if past is not None and not self._again(past, a, b):
            ended = _ENDED.search(self._masked, past.start, past.end) is not None
            return Finding(Status.HISTORY, said=True, ended=ended or self._is_over(a, b))
        return Finding(_default(self._sentence.section))

    def _is_over(self, a: int, b: int) -> bool:
        """Whether one more cue says that what lies in the past is over."""
        return any(
            cue.status is Status.HISTORY
            and _ENDED.search(self._masked, cue.start, cue.end) is not None
            and self._reaches(cue, a, b)
            for cue in self._cues
        )

    def _again(self, cue: _Cue, a: int, b: int) -> bool:
        """Whether the phrase stands in a later part of the sentence that speaks of now."""
        between = self._masked[cue.end : a] if cue.end <= a else ""
        return "," in between and _NOW.match(self._masked, b) is not None

    def _denied(self, held: dict[Status | None, _Cue], a: int, b: int) -> bool:
        cue = held.get(Status.NEGATED)
        if cue is None:
            return False
        after = self._masked[b : b + 30]
        if cue.start < a and _FOUND.match(after):
            return False
        if _LEFT_OPEN.search(self._text, b, b + 60) and Status.UNCERTAIN in held:
            return False
        past = held.get(Status.UNCERTAIN)
        return not (
            past is not None
            and re.search(r"cannot|can't|unable|not", self._masked[past.start : past.end])
        )

    def _reaches(self, cue: _Cue, a: int, b: int) -> bool:
        if cue.reach is _Reach.FORWARD:
            if cue.start < a and cue.end > a and cue.end < b:
                return True
            if cue.end > a or self._between(cue.end, a) > _FARTHEST.get(cue.status, 14):
                return False
            return self._forward(cue, a)
        if cue.end <= b or cue.start < a or self._between(b, cue.start) > _FARTHEST_BACK:
            return False
        return self._backward(cue, self._masked[b : max(b, cue.start)])

    def _between(self, start: int, end: int) -> int:
        """Words that begin between two places."""
        return bisect_left(self._words, end) - bisect_left(self._words, start)

    def _stopped(self, start: int, end: int) -> bool:
        """Whether a word between two places ends the scope of a cue before it."""
        at = bisect_left(self._stops, (start, 0))
        while at < len(self._stops) and self._stops[at][0] < end:
            if (
                self._stops[at][1] <= end
                and self._masked[start : self._stops[at][1]].strip() != ":"
            ):
                return True
            at += 1
        return False

    def _forward(self, cue: _Cue, a: int) -> bool:
        if cue.status is Status.FAMILY:
            between = self._masked[cue.end : a]
            return not _OF_ANOTHER.search(between) or bool(
                re.match(r"^\W*(?:who|she|he)\b(?! (?:denies|reports))[^,;]*$", between)
            )
        if self._stopped(cue.end, a):
            return False
        between = self._masked[cue.end : a]
        if cue.short:
            if "," in between and not re.search(
                r",\s*(?:or|vs|versus|and)\b|\bvs\b|\bversus\b", between
            ):
                return False
            return len(between.split()) <= 8 and not re.search(r"\b(?:with|in|for)\b", between)
        if cue.status is Status.NEGATED:
            if self._masked[cue.start : cue.start + 1] in {"(", "-", "–", "−"}:
                return "," not in between
            if any(cue.end <= at < a for at in self._restarts):
                return False
            return not (
                "," in between and re.search(r"\bwith\b|\bin (?:setting|the setting)\b", between)
            )
        return True

    def _backward(self, cue: _Cue, between: str) -> bool:
        if cue.status is Status.FAMILY:
            return not re.search(r"[;]|\bbut\b|\bpatient\b", between) and len(between.split()) <= 8
        if cue.status is Status.HISTORY and re.fullmatch(
            r"\s*,\s*(?:now |is |has |all )*", between
        ):
            return True
        if cue.status is Status.HISTORY and re.fullmatch(r"\s*\(?[^,;]{0,40}", between):
            return not re.search(r"\b(?:and|now|but|here|today|with|presents)\b", between)
        if self._masked.startswith(("all ", "both "), cue.start):
            between = between.replace(",", " ")
        if _STOP_BACK.search(between):
            return False
        limit = 3 if cue.short else 5
        return len(between.split()) <= limit


def _default(section: Section) -> Status:
    if section is Section.FAMILY:
        return Status.FAMILY
    if section in {Section.PAST, Section.SURGICAL}:
        return Status.HISTORY
    return Status.PRESENT
