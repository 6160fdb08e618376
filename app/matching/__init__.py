"""Pasted text to entries, in memory: no files, SQL or web."""

from app.errors import UnreadableInput
from app.matching.answer import Answer, CauseChoice, ErrorLine, Evidence, Match
from app.matching.encoding import Decoded, decode
from app.matching.match import match
from app.matching.matcher import Matcher, StaleMatcher

__all__ = [
    "Answer",
    "CauseChoice",
    "Decoded",
    "ErrorLine",
    "Evidence",
    "Match",
    "Matcher",
    "StaleMatcher",
    "UnreadableInput",
    "decode",
    "match",
]
