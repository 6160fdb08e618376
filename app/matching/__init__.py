"""Pasted text to entries, in memory: no files, SQL or web."""

from app.errors import UnreadableInput
from app.matching.advice import problems
from app.matching.answer import Answer, CauseChoice, ErrorLine, Evidence, Match
from app.matching.encoding import Decoded, decode
from app.matching.fill import Filled, fill
from app.matching.match import match
from app.matching.matcher import Matcher, StaleMatcher
from app.matching.secrets import mask

__all__ = [
    "Answer",
    "CauseChoice",
    "Decoded",
    "ErrorLine",
    "Evidence",
    "Filled",
    "Match",
    "Matcher",
    "StaleMatcher",
    "UnreadableInput",
    "decode",
    "fill",
    "mask",
    "match",
    "problems",
]
