"""A line of a visit note as a query: what it asks for, and what it denies or tells of the past.

The cues are those of the suggestions (`context`), asked for each word here, since a
query's words need not be in any dictionary. The words of official titles (“without
complication”) are no cues by themselves, so a typed title stays one question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import fold, raw_words, stem, tokens
from desktop.services.coding.builtin.phrases import longest
from desktop.services.coding.notes.context import Reader
from desktop.services.coding.notes.sections import Sentence, Token, sentences
from desktop.services.coding.notes.values import Status

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

_SAID_OTHERWISE = (
    (re.compile(r"\bwas (?=[^,;.]{3,40}[,;] ?(?:is )?(?:now|currently)\b)", re.IGNORECASE),
     "previously had "),
    (re.compile(r"(?:^|(?<=of )|(?<=for )|(?<=with ))resolved (?=[a-z])", re.IGNORECASE),
     "history of "),
    (re.compile(r"\s+[-–—]\s+(?=no \w)", re.IGNORECASE), ", "),
)  # fmt: skip
"""What the cues know in another form only."""
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
_CURED = re.compile(r"^\s*(?:NED|no evidence of disease|cancer[- ]free)\b")
_VERBS = re.compile(
    r"^\s*(?:(?:has|had|have|having|with|was|is|diagnosed|died of)\s+)+", re.IGNORECASE
)
_ENDS = frozenset(
    "initial subsequent sequela first second third due after yet intractable here today".split()
)
"""Words that end what is denied: the rest is a matter of its own."""
_SIDED = frozenset(("left", "right", "bilateral", "both"))
_BOUND = frozenset("in of the on at his her my to or and from".split())
"""Before a side, these bind it to what is denied: “no fracture of the left wrist”."""
_SINCE = frozenset("after following from since due secondary because post".split())
"""What stands before these is there today, and comes of the past that follows."""
_OF_THE_DENIED = frozenset("acute chronic recurrent recent".split())
"""Words that a cue takes in (“no acute …”) and that belong to what it denies."""
_ALTERNATIVE = frozenset(("or", "nor"))
_NAME = 3
"""Words of a finding's name in a list of what is denied."""
_BREAKS = frozenset(",;:.!?()•\n")
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
    suspected: list[str] = field(default_factory=list)

    @property
    def cued(self) -> bool:
        """Whether anything is not simply present."""
        return bool(self.ruled_out or self.past or self.family or self.suspected)

    def add(self, status: Status, piece: str) -> None:
        """Put one piece where it belongs."""
        if status is Status.PRESENT and _CURED.search(piece):
            self.past.extend(text for text, _ in self.present)
            self.present.clear()
        elif status is Status.PRESENT:
            _present(piece, self)
        elif not _NO_SUBJECT.issuperset(tokens(piece)):
            places = {
                Status.NEGATED: self.ruled_out,
                Status.HISTORY: self.past,
                Status.FAMILY: self.family,
                Status.UNCERTAIN: self.suspected,
            }
            places[status].append(_VERBS.sub("", piece))


def read_line(text: str, on: dt.date) -> Line:
    """The parts of a text; a plain question is one part.

    Args:
        text: what was typed or pasted.
        on: the visit's day, which tells past years from this one.
    """
    words = _stems(text)
    if _phrase(words) == len(words):
        return Line(((text, 1.0),))
    told = text
    for pattern, words_instead in _SAID_OTHERWISE:
        told = pattern.sub(words_instead, told)
    found = _Pieces()
    count = 0
    for sentence in sentences(told):
        for status, piece in _chunks(sentence, on):
            count += 1
            found.add(status, piece)
    if not found.cued and (count < 2 or len(text.split()) < _NOTE_WORDS):
        return Line(((text, 1.0),))
    denied = found.ruled_out or found.past or found.family
    asked = _weighted(found.present) or tuple((piece, 1.0) for piece in found.suspected[:3])
    if not asked and not denied:
        asked = ((text, 1.0),)
    ruled_out = (*found.ruled_out, *found.past, *found.family)
    said = {word for piece, _ in asked[:1] for word in tokens(piece)}
    if found.present:
        ruled_out = (*ruled_out, *found.suspected)
    return Line(
        asked,
        tuple(piece for piece in ruled_out if not set(tokens(piece)) - _SINCE <= said),
        tuple(found.past),
        tuple(found.family),
    )


def _chunks(sentence: Sentence, on: dt.date) -> Iterator[tuple[Status, str]]:
    """The runs of words of one status, cues left out, in order."""
    told = _Told(sentence, on)
    pieces = list(_pieces(sentence))
    for number, piece in enumerate(pieces):
        given = _statuses(piece, told)
        if number and not _runs_on(pieces[number:], told):
            given = [Status.PRESENT if s is Status.NEGATED else s for s in given]
        start = end = 0
        current: Status | None = None
        for token, status in [*zip(piece, given, strict=True), (piece[-1], None)]:
            if status is not current and current is not None:
                yield current, sentence.text[start - sentence.start : end - sentence.start]
            if status is not None:
                start = start if status is current else token.start
                end = token.end
            current = status


def _pieces(sentence: Sentence) -> Iterator[list[Token]]:
    """The words of a sentence between its marks."""
    piece: list[Token] = []
    for token in sentence.tokens:
        dash = token.text in "-–—" and sentence.text[token.start - sentence.start - 1] == " "
        if token.stem:
            piece.append(token)
        elif piece and (token.text in _BREAKS or dash):
            yield piece
            piece = []
    if piece:
        yield piece


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that say what the others mean; offsets into the note; None as status: a plan."""

    start: int
    end: int
    status: Status | None
    forward: bool

    def holds(self, token: Token) -> bool:
        """Whether a word is one of the cue."""
        return token.start < self.end and self.start < token.end


class _Told:
    """One sentence with its cues."""

    def __init__(self, sentence: Sentence, on: dt.date) -> None:
        self.reader = Reader(sentence, on)
        self._sentence = sentence
        self.cues = [_Cue(*cue) for cue in self.reader.cues()]

    def text(self, cue: _Cue) -> str:
        """The cue's words."""
        start = self._sentence.start
        return self._sentence.text[cue.start - start : cue.end - start].strip().lower()

    def pieces_of(self, cue: _Cue) -> int:
        """How many commas follow a cue."""
        return self._sentence.text[cue.end - self._sentence.start :].count(",")


def _statuses(piece: Sequence[Token], told: _Told) -> list[Status | None]:
    """The status of each word; None for the words of a cue."""
    out = [_status(token, told) for token in piece]
    for i, token in enumerate(piece):  # “no appetite” is a complaint and no denial
        if out[i] is None and token.text[:1] == "n":
            words = [t.stem for t in piece[i:]]
            taken = _phrase(words)
            if taken > 1 and taken > _phrase(words[1:]):  # but not “no sleep” of “no sleep apnea”
                out[i : i + taken] = [Status.PRESENT] * taken
    for i, token in enumerate(piece):
        before = piece[i - 1].text if i else ""
        ends = token.text in _ENDS or (token.text in _SIDED and before not in _BOUND)
        if i and ends and out[i] is Status.NEGATED and out[i - 1] is Status.NEGATED:
            rest = (Status.PRESENT if s is Status.NEGATED else s for s in out[i:])
            return [*out[:i], *rest]
        if i and token.text in _SINCE and not _told_past(piece[:i], told):
            return [Status.PRESENT if s is Status.HISTORY else s for s in out]
    return out


def _runs_on(pieces: Sequence[Sequence[Token]], told: _Told) -> bool:
    """Whether a denial before a comma goes on behind it: “denies fever, cough or rash”.

    Of “no gout, knee pain” and “neg strep, viral pharyngitis” what follows is there; a list of
    short names goes on.
    """
    first, *more = pieces
    own = [
        cue
        for cue in told.cues
        if cue.status is Status.NEGATED and any(cue.holds(token) for token in first)
    ]
    before = [
        cue
        for cue in told.cues
        if cue.status is Status.NEGATED and cue.forward and cue.end <= first[0].start
    ]
    if own or not before:
        return True
    words = told.text(before[-1])
    if words.startswith(("den", "without")) or words.endswith((" for", " any")):
        return True
    if any(token.text in _ALTERNATIVE for piece in pieces for token in piece):
        return True
    listed = all(len(piece) <= _NAME for piece in pieces)
    return words.startswith("no") and listed and (bool(more) or told.pieces_of(before[-1]) > 1)


def _told_past(piece: Sequence[Token], told: _Told) -> bool:
    """Whether a cue among these words tells of the past."""
    return any(
        cue.status is Status.HISTORY and cue.holds(token) for token in piece for cue in told.cues
    )


def _status(token: Token, told: _Told) -> Status | None:
    for cue in told.cues:
        if (cue.status is not None or cue.forward) and cue.holds(token):
            denied = cue.status is Status.NEGATED and token.stem in _OF_THE_DENIED
            return Status.NEGATED if denied else None
    finding = told.reader.finding(token.start, token.end)
    if not finding.advice:
        return finding.status
    warned = any(cue.status is None and cue.forward and cue.end <= token.start for cue in told.cues)
    return Status.UNCERTAIN if warned else Status.PRESENT


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
