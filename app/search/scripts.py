"""Simplified and Traditional Chinese, one from the other, by OpenCC's dictionaries.

Content is written in Simplified Chinese. What readers of Traditional Chinese
see is derived from it with the words of Taiwan (`软件包` to `軟體包`), and what
they type is brought back before it is searched for. OpenCC is compiled code
without a wheel for every platform: where it is missing nothing is derived.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from app.search.chinese import HAN

AVAILABLE: Final = find_spec("opencc") is not None
"""Whether this installation can derive the one script from the other."""

_RUN = re.compile(f"[{HAN}]+")

_ONE_WAY: Final = {
    "列印": "打印",
    "儲存庫": "仓库",
    "原始碼": "源码",
    "呼叫": "调用",
    "建立": "创建",
    "映象": "镜像",
    "登入": "登录",
    "重灌": "重装",
    "預設": "默认",
}
"""Words of Taiwan that OpenCC leaves as they are on the way back, or makes another word of."""
_WAY_BACK = re.compile("|".join(_ONE_WAY))


@cache
def _converter(name: str) -> Callable[[str], str]:
    # Loading the dictionaries takes a tenth of a second, so they wait for the first text.
    convert: Callable[[str], str] = import_module("opencc").OpenCC(name).convert
    return convert


def traditional(text: str) -> str:
    """The text with the words and characters of Taiwan; the text itself without OpenCC."""
    if not AVAILABLE or not _RUN.search(text):
        return text
    # OpenCC reads C strings: it would stop at the first NUL.
    return "\0".join(map(_converter("s2twp"), text.split("\0")))


def simplified(text: str, *, from_taiwan: bool = False) -> str:
    """A query in Simplified Chinese, whichever it was typed in; the text itself without OpenCC.

    Unless the reader is known to write as in Taiwan, only what has a Traditional
    character in it is changed: `建立` is a word here and there.
    """
    if not AVAILABLE:
        return text
    return _RUN.sub(lambda run: _simplified(run[0], from_taiwan), text)


@lru_cache(maxsize=1024)
def _simplified(run: str, from_taiwan: bool) -> str:
    if not from_taiwan and _converter("t2s")(run) == run:
        return run
    return _converter("tw2sp")(_WAY_BACK.sub(lambda word: _ONE_WAY[word[0]], run))
