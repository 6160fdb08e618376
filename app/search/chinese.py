"""Chinese for a full-text index: runs of Han characters as overlapping pairs.

`哈希值` is indexed as `哈希 希值`, and queried the same way, so that words of
two characters are found. Dictionary segmenters lose recall on jargon.
"""

import re
from typing import Final

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(f"[{HAN}]+")


def has_han(text: str) -> bool:
    """Whether there is any Han character in the text."""
    return _RUN.search(text) is not None


def pairs(run: str) -> list[str]:
    """The overlapping pairs of a run of Han characters; a single one stays alone."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
