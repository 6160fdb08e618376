"""Masking of secrets in whatever of a log is shown back.

Line breaks stay where they are. Digests, as pip and docker print them, are no
secrets and stay readable.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "***"

_TOKENS: Final = (
    r"gh[pousr]_[A-Za-z0-9]{20,255}",
    r"github_pat_[A-Za-z0-9_]{20,255}",
    r"gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|imt|ffct)-[A-Za-z0-9_.-]{16,255}",
    r"xox[abcdeprs]-[A-Za-z0-9-]{10,255}",
    r"xapp-[A-Za-z0-9-]{10,255}",
    r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{10,255}",
    r"pypi-[A-Za-z0-9_-]{20,1000}",
    r"npm_[A-Za-z0-9]{30,255}",
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}",
    r"AIza[A-Za-z0-9_-]{35}",
    r"ya29\.[A-Za-z0-9_-]{20,1000}",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,255}",
    r"sk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{20,255}",
    r"hf_[A-Za-z0-9]{30,255}",
    r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,255}",
    r"do[opr]_v1_[a-f0-9]{64}",
    r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}",
    r"hv[sbr]\.[A-Za-z0-9_-]{20,255}",
    r"dop_v1_[a-f0-9]{64}",
    r"cio[A-Za-z0-9]{32}|crates-io-[A-Za-z0-9]{20,}",
    r"eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,8000}(?:\.[A-Za-z0-9_-]{0,2000})?",
)
_NAMES: Final = (
    r"(?:[\w.-]{0,60}[_.-])?(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|apikey|access[_-]?key"
    r"|auth[_-]?key|private[_-]?key|secret[_-]?key|account[_-]?key|encryption[_-]?key|client[_-]?secret"
    r"|_auth(?:token)?|authtoken|access[_-]?token|refresh[_-]?token|id[_-]?token|sig(?:nature)?|sas"
    r"|session(?:id)?|credentials?|密码|口令)"
    r"(?:[_.-](?:key|id|value|hash|token|base64|prod|production|staging|dev|test|\d+)){0,2}"
)
# A value is a quoted string or a run without blanks. What is plainly a word of a
# sentence ("password: must not be empty") or a reference ($TOKEN) is no secret.
_VALUE: Final = r"(?:\"[^\"\n]{1,2000}\"|'[^'\n]{1,2000}'|[^\s\"'&;,<>(){}\[\]|]{1,2000})"
_SCHEMES: Final = r"(?:basic|bearer|token|digest|negotiate|apikey|aws4-hmac-sha256)"

_PRIVATE_KEY: Final = re.compile(
    r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(.{0,20000}?)"
    r"(-----END [A-Z0-9 ]{0,40}PRIVATE KEY|\Z)",
    re.DOTALL,
)
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(_TOKENS) + r")")
_USERINFO: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,30}://)([^\s/@'\"<>?#]{1,500})@")
_HEADER: Final = re.compile(
    rf"(?i)((?:proxy-)?authorization|x-[a-z-]{{0,30}}(?:token|key|auth)[a-z-]{{0,20}}|(?:set-)?cookie|private-token|job-token)"
    rf"(['\"]?\s{{0,4}}[:=]\s{{0,4}}['\"]?)((?:{_SCHEMES}\s{{1,4}})?)([^\s'\"][^'\"\n]{{0,4000}})"
)
_BEARER: Final = re.compile(r"\b((?i:bearer|basic)\s{1,4})([A-Za-z0-9+/_.~-]{16,4000}={0,2})")
_PAIR: Final = re.compile(
    rf"(?i)(?<![A-Za-z0-9])({_NAMES}['\"]?\s{{0,4}}(?:=|:|=>|:=)\s{{0,4}})({_VALUE})"
)
_OPTION: Final = re.compile(rf"(?i)(?<!\S)(--?{_NAMES}(?:\s{{1,4}}|=))({_VALUE})")
_USER_OPTION: Final = re.compile(
    r"(?<!\S)((?:-u|--user|--proxy-user)[ =]?['\"]?[^\s:'\"]{1,200}:)([^\s'\"]{1,500})"
)
_AZURE_KEY: Final = re.compile(r"(?i)\b((?:account|sharedaccess)key=)([A-Za-z0-9+/=]{20,200})")

_NO_SECRET: Final = re.compile(
    r"(?i)['\"]?(?:\$.*|%\w+%|<.*|\*+|\[?(?:redacted|masked|hidden|filtered|secret)\]?|x{3,}"
    r"|true|false|null|none|nil|undefined|required|missing|invalid|expired|empty|yes|no|not|must|is|was|the|for|unexpected"
    r"|authentication|incorrect|wrong|failed|error|\d{1,3}|sha\d{1,3}:[0-9a-f]+|/.*)['\"]?[.,:;!]*"
)
# Parsers speak of tokens too; what follows such a word must look like a secret.
_VAGUE: Final = re.compile(
    r"(?i)(?:token|sig|signature|session|credentials?|pass|id[_-]?token|secret)['\"]?\s*[:=]"
)
_RANDOM: Final = re.compile(r"['\"]?(?=[^\d]*\d)\S{8,}")
_DIGEST: Final = re.compile(
    r"(?i)(?:sha(?:1|224|256|384|512)|md5|blake2b)[:= -]{1,2}$|digest|hash|checksum|integrity"
)


def mask(text: str) -> str:
    """The text with every secret replaced by `***`; masking twice changes nothing."""
    text = _PRIVATE_KEY.sub(_mask_lines, text)
    text = _USERINFO.sub(lambda found: f"{found[1]}{MASK}@", text)
    text = _TOKEN.sub(MASK, text)
    text = _HEADER.sub(lambda found: f"{found[1]}{found[2]}{found[3]}{MASK}", text)
    text = _BEARER.sub(lambda found: f"{found[1]}{MASK}", text)
    text = _USER_OPTION.sub(lambda found: f"{found[1]}{MASK}", text)
    text = _AZURE_KEY.sub(lambda found: f"{found[1]}{MASK}", text)
    text = _OPTION.sub(_mask_value, text)
    return _PAIR.sub(_mask_value, text)


def _mask_lines(found: re.Match[str]) -> str:
    return (
        found[1]
        + "\n".join(MASK if line.strip() else line for line in found[2].split("\n"))
        + found[3]
    )


def _mask_value(found: re.Match[str]) -> str:
    if _NO_SECRET.fullmatch(found[2]) or _DIGEST.search(found[1]):
        return found[0]
    if _VAGUE.match(found[1]) and not _RANDOM.fullmatch(found[2]):
        return found[0]
    quote = found[2][0] if found[2][0] in "\"'" else ""
    return f"{found[1]}{quote}{MASK}{quote}"
