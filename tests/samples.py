"""A small entry that has every part, and its Chinese translation."""

from typing import Any

from app.entry import Entry

_SAMPLE: dict[str, Any] = {
    "id": "pip/hash-mismatch",
    "title": "A package's hash is not the expected one",
    "message": "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
    "code": "HASH_MISMATCH",
    "category": "install",
    "tags": ("hash", "requirements"),
    "first_seen": "2016-01-21",
    "signatures": ({"text": "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE"},),
    "versions": (
        {"name": "pip", "affected": ">=8.0", "notes": "Every version since hash checking."},
    ),
    "docs": (
        {
            "title": "Secure installs",
            "url": "https://pip.pypa.io/en/stable/topics/secure-installs/",
        },
    ),
    "triggered_by": (
        {
            "repository": "https://github.com/pypa/pip",
            "tag": "26.3",
            "path": "src/pip/_internal/exceptions/hashes.py",
            "line": 172,
            "when": "A downloaded file has none of the allowed digests.",
        },
    ),
    "files": ("requirements.txt",),
    "provenance": {"written_by": "machine", "written": "2026-11-21", "basis": ("source",)},
    "summary": "pip refuses a file whose digest differs from the expected one.",
    "meaning": "The file is *not* installed.",
    "causes": (
        {
            "id": "stale-hash",
            "title": "The requirements file is out of date",
            "explanation": "It was edited.",
        },
        {
            "id": "index-hash",
            "title": "The index supplied the hash",
            "signals": {"for": ({"text": "#sha256=<digest> Expected sha256 <digest>"},)},
            "explanation": "A proxy altered the file.",
        },
    ),
    "diagnose": "1. Is there a `--hash`?\n2. Is there a proxy?",
    "workarounds": (
        {
            "id": "regenerate",
            "title": "Regenerate the hashes",
            "when": ("stale-hash",),
            "estimate": 0.9,
            "explanation": "Compile the file again:\n\n```sh\npip-compile --generate-hashes <file>\n```",
        },
        {
            "id": "drop-hashes",
            "title": "Remove the hashes",
            "risk": "weakens-security",
            "risk_reason": "Nothing protects the download any more.",
            "condition": "Works when nothing was tampered with; fails when the file is broken.",
            "explanation": "Delete every `--hash`.",
        },
    ),
    "dead_ends": (
        {
            "id": "reinstall-pip",
            "title": "Reinstall pip",
            "estimate": 0.02,
            "explanation": "pip is not at fault.",
        },
        {
            "id": "switch-off",
            "title": "Install without checking",
            "harm": "A file that was tampered with is installed.",
            "explanation": "The message is gone, and so is the protection.",
        },
    ),
    "verify": "```console\n$ pip install -r requirements.txt\nSuccessfully installed\n```",
    "examples": (
        {
            "id": "wrong-digest",
            "title": "A wrong digest",
            "cause": "stale-hash",
            "produced_by": "pip 26.3",
            "text": "```text\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n```",
        },
    ),
}

CHINESE = """---
title: 软件包的哈希值与预期不符
notes:
  versions.pip: 自支持哈希校验以来的所有版本。
---

## 摘要 {#summary}

下载的文件与预期的哈希值不一致，pip 拒绝安装。

## 原因 {#causes}

### 需求文件过期 {#stale-hash}

文件被改动过。

## 解决办法 {#workarounds}

### 重新生成哈希值 {#regenerate}

重新编译：

{code 1}
"""


_PLAIN: dict[str, Any] = {
    "meaning": "See above.",
    "causes": ({"id": "only", "title": "One reason", "explanation": "It happens."},),
    "diagnose": None,
    "workarounds": ({"id": "do", "title": "Do it", "explanation": "Like this."},),
    "dead_ends": ({"id": "do-not", "title": "Wait", "explanation": "Nothing changes."},),
    "verify": "Run it again.",
    "examples": None,
    "versions": None,
    "triggered_by": None,
    "files": None,
}


def make_plain_entry(**changes: Any) -> Entry:
    """An entry that shares no words with the sample."""
    return make_entry(**{**_PLAIN, **changes})


def make_entry(**changes: Any) -> Entry:
    """The sample entry with some of its fields changed; None removes one."""
    document = {**_SAMPLE, **changes}
    return Entry.model_validate(
        {key: value for key, value in document.items() if value is not None}
    )
