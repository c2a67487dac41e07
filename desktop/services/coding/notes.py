"""A line of a visit note as a query: what it asks for, and what it denies or tells of the past.

Only cues that stand in the line count; the words of official titles (“without complication”)
are no cues by themselves, so a typed title stays one question. The suggestions read whole
notes with more care; this is for a line pasted or typed into the search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from desktop.services.coding.builtin.phrases import longest
from desktop.services.coding.words import fold, raw_words, stem, tokens

_PIECES = re.compile(
    r"([;:\n]|,(?!\d)|\.(?=\s|$)(?<!\bvs\.)(?<!\bhx\.)|\s[-–—]\s|"
    r"\b(?:but|however|although|though|except)\b|"
    r"(?=\b(?:here (?:for|with|to)|presents?|presenting|complains|c/o|now|today|den(?:ies|ied)|"
    r"neg(?:ative)? for)\b))",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:den(?:ies|ied|ying)|(?<!from )(?<!with )no (?:known |prior |evidence (?:of|for) |"
    r"signs? of |active |current |further |more |h/o |hx of |history of )*|neg(?:ative)? (?:for )?|"
    r"without (?:any )?(?:evidence of |signs? of )?|w/o |never (?:had |been )?|ruled out(?: for)?|"
    r"(?<!acquired )(?<!congenital )absence of|free of|"
    r"not (?!otherwise|elsewhere|carried|resuscitate|specified|intractable|at|improv\w*|control\w*|"
    r"respond\w*|better|taking|set|recurrent|able|only)|nor |r/o |rule out |possibl[ey] |"
    r"probabl[ey] |(?<!or )(?<!and )suspect(?:ed|s)? |concern for |worried about |\?)",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\b(?:(?:was |were |is |been )?(?:ruled out|excluded|unlikely|absent)|negative|neg|"
    r"not (?:seen|found|present|suspected))\s*$",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    r"\b(?:fam(?:ily|il)?\.? (?:history|hx)(?: (?:of|for|positive for))?|fhx?(?: of)?|"
    r"(?:maternal |paternal )?(?:grand)?(?:mother|father|mom|dad|sister|brother|aunt|uncle|"
    r"parents?|siblings?)(?:'s|s)?(?: (?:has|had|have|with|carries|died of|w/|diagnosed with))|"
    r"runs in (?:the |his |her )?family)(?!\w)",
    re.IGNORECASE,
)
_FAMILY_AFTER = re.compile(
    r"\bin (?:the |his |her )?(?:maternal |paternal )?(?:grand)?(?:mother|father|mom|dad|sister|"
    r"brother|aunt|uncle|parents?|family)\b|\bruns in (?:the |his |her )?family\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:(?:personal |past |prior |remote |pmh )?(?:history|hx)(?: of| for)?|h/o|pmhx?(?: of)?|"
    r"previous(?:ly)?|prior|remote|was|used to (?:have|be)|had)\b",
    re.IGNORECASE,
)
_PAST_AFTER = re.compile(
    r"\b(?:resolved|cured|healed|gone|in (?:19|20)\d\d|\d+ (?:years|yrs?) ago|years ago|"
    r"as a (?:child|kid)|in childhood)\b",
    re.IGNORECASE,
)
_MAIN = re.compile(
    r"^\s*(?:pt |patient )?(?:is )?(?:here|presents?|presenting|complain\w*|c/o)\b|\bconfirmed\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:here (?:for|with|to)|presents? (?:with|for|to)|presenting (?:with|for)|presents?|"
    r"complain(?:s|ing|ed)?(?: of)?|c/o|reports?|states?|endorses?|today|now|currently|"
    r"(?:the )?(?:patient|pt)(?: has| is| with| w/)?|\d+ ?-?(?:y/?o|yo|yrs?|years?|y)(?:[ -]old)?"
    r"(?: ?(?:m|f|male|female|man|woman))?|(?:x|for|since|past|last) ?\d+ ?(?:d|days?|wks?|weeks?|"
    r"mos?|months?|yrs?|years?|hrs?|hours?)|(?:x|for) (?:a|one|two|three|several) "
    r"(?:days?|weeks?|months?|years?)|started|on exam|noted|f/u (?:for|of)|"
    r"follow[- ]?up (?:for|of)|likely|only|known|just|yet|after (?:meals|eating)|(?:on|by|per) "
    r"(?:exam|biopsy|x-?ray|xr|ct|mri|us|ultrasound|film|echo|egd)|confirmed(?: (?:on|by) \w+)?|"
    r"others? ill|since (?:last )?\w+|"
    r"\d{2,}(?! ?w(?:ee)?ks?)|wants \w+)\b",
    re.IGNORECASE,
)
_RESIDUAL = re.compile(r"\b(?:residual|sequelae?|late effects?)\b", re.IGNORECASE)
_CURED = re.compile(r"^\s*(?:NED|no evidence of disease|cancer[- ]free)\b")
_BEYOND = re.compile(
    r"\b(?:with|on|in|from|for|after|at|due|initial|first|second|third|subsequent|left|right|"
    r"bilateral|both|\w+ trimester|yet|intractable)\b",
    re.IGNORECASE,
)
"""Ends what is denied: the rest is a matter of its own."""
_LISTED = re.compile(r"^\s*(?:and |or |nor |any )|^\s*[\w/-]+(?: [\w/-]+){0,2}\s*$")
_NO_SUBJECT = frozenset(
    "right left bilateral side sided handed initial subsequent encounter first second third "
    "trimester visit day week month year old skin mild moderate severe acute chronic stage pending "
    "drop yes ok intact normal stable controlled single fetus right-handed today in remission "
    "index benign bad good started".split()
)
"""Words that say something of another part, and nothing by themselves."""
_NOTE_WORDS = 7
_SAID_BESIDE = 0.97
_SAID_AS_REASON = 1.06


@dataclass(frozen=True, slots=True)
class Line:
    """What a text asks for.

    Attributes:
        asked: pieces that are present, with a weight each; the whole of them first.
        ruled_out: what is denied, past, only suspected or a relative's.
        past: what the patient had; asks for a code of history.
        family: what a relative has; asks for a code of family history.
    """

    asked: tuple[tuple[str, float], ...]
    ruled_out: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    family: tuple[str, ...] = ()

    @property
    def cued(self) -> bool:
        """Whether anything of the text is taken for denied, past or a relative's."""
        return bool(self.ruled_out or self.past or self.family)


@dataclass
class _Pieces:
    present: list[tuple[str, bool]] = field(default_factory=list)
    ruled_out: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)


def read_line(text: str) -> Line:
    """The parts of a text; a plain question is one part."""
    words = _stems(text)
    if _phrase(words) == len(words):
        return Line(((text, 1.0),))
    split = _PIECES.split(text)
    pieces = [
        (piece, mark == ",")
        for mark, piece in zip(["", *split[1::2]], split[::2], strict=True)
        if piece.strip()
    ]
    found = _Pieces()
    running = False
    for piece, listed in pieces:
        running = _sort(piece, found, running=running and listed)
    cued = bool(found.ruled_out or found.past or found.family)
    if not cued and (len(pieces) < 2 or len(text.split()) < _NOTE_WORDS):
        return Line(((text, 1.0),))
    asked = _weighted(found.present) or ((text, 1.0),) * (not found.ruled_out)
    said = set(tokens(asked[0][0])) if found.present else set()
    ruled_out = (*found.ruled_out, *found.past, *found.family)
    return Line(
        asked,
        tuple(text for text in ruled_out if not set(tokens(text)) <= said),
        tuple(text for text in found.past if text.strip()),
        tuple(text for text in found.family if text.strip()),
    )


def _sort(piece: str, found: _Pieces, *, running: bool) -> bool:
    """Put one piece where it belongs; returns whether a denial runs on into the next."""
    if _FAMILY_AFTER.search(piece):
        found.family.append(_FAMILY_AFTER.sub(" ", piece))
        return False
    family = _FAMILY.search(piece)
    if family is not None:
        _present(piece[: family.start()], found)
        found.family.append(piece[family.end() :])
        return False
    if _CURED.search(piece):
        found.past.extend(text for text, _ in found.present)
        found.present.clear()
        return False
    after = _DENIED_AFTER.search(piece)
    if after is not None and piece[: after.start()].strip():
        found.ruled_out.append(piece[: after.start()])
        return False
    denied = _denial(piece)
    if denied is not None:
        beyond = _BEYOND.search(piece, denied.end() + 1)
        end = len(piece) if beyond is None else beyond.start()
        rest = "" if beyond is None else piece[beyond.start() :]
        _present(f"{piece[: denied.start()]} {rest}", found)
        found.ruled_out.append(piece[denied.end() : end])
        return bool(re.match(r"den|neg", denied.group(), re.IGNORECASE))
    if running and _LISTED.match(piece):
        found.ruled_out.append(re.sub(r"^\s*(?:and|or|nor|any)\b", " ", piece))
        return True
    past = None if _RESIDUAL.search(piece) else _PAST.search(piece)
    if past is not None:
        _present(piece[: past.start()], found)
        found.past.append(_PAST_AFTER.sub(" ", piece[past.end() :]))
        return False
    past = _PAST_AFTER.search(piece)
    if past is not None:
        found.past.append(piece[: past.start()])
        _present(piece[past.end() :], found)
        return False
    _present(piece, found)
    return False


def _denial(piece: str) -> re.Match[str] | None:
    """The first cue that denies; “no appetite” and its like are complaints, not denials."""
    denied = _DENIED.search(piece)
    while (
        denied is not None
        and piece[denied.start()] in "nN"
        and _phrase(_stems(piece[denied.start() :])) > 1
    ):
        denied = _DENIED.search(piece, denied.end())
    return denied


def _stems(text: str) -> list[str]:
    return [stem(word) for word in raw_words(fold(text))]


def _phrase(words: list[str]) -> int:
    """How many words the phrase of the dictionary takes that a text begins with."""
    found = longest(words, 0) if words else None
    return 0 if found is None else found[0]


def _present(piece: str, found: _Pieces) -> None:
    kept = _FILLER.sub(" ", piece).strip(" .,")
    if kept:
        found.present.append((kept, bool(_MAIN.match(piece))))


def _weighted(present: list[tuple[str, bool]]) -> tuple[tuple[str, float], ...]:
    if len(present) < 2:
        return tuple((text, 1.0) for text, _ in present)
    whole = " ".join(text for text, _ in present)
    parts = [
        (text, _SAID_AS_REASON if main else 1.0 if i == 0 else _SAID_BESIDE)
        for i, (text, main) in enumerate(present)
        if not _NO_SUBJECT.issuperset(tokens(text))
    ]
    return ((whole, 1.0), *parts)
