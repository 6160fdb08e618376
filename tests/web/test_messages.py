"""The interface's words: each is translated, none is left over, and Chinese is set as Chinese."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.web.languages import LOCALE_FOLDER, SITE_LANGUAGES

ROOT = LOCALE_FOLDER.parent.parent
METHODS = [("app/web/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "term": ((1, "c"), 2),
}
PO_FILES = [
    LOCALE_FOLDER / language.code / "messages.po"
    for language in SITE_LANGUAGES
    if language.code != "en"
]
UPDATE = "run `make messages`, and translate what it added"


def _asked_for() -> set[tuple[str | None, str]]:
    found = set()
    folders = {name: (ROOT / name) for name in ("app", "templates")}
    for name, folder in folders.items():
        methods = [
            (pattern.removeprefix(f"{name}/"), method)
            for pattern, method in METHODS
            if pattern.startswith(name)
        ]
        options = {"**.html": {"trimmed": "true"}}
        for _, _, message, _, context in extract_from_dir(
            folder, methods, options, keywords=KEYWORDS, strip_comment_tags=True
        ):
            found.add((context, message[0] if isinstance(message, tuple) else message))
    return found


def _translated(file: Path) -> dict[tuple[str | None, str], list[str]]:
    with file.open("rb") as source:
        catalog = read_po(source)
    found = {}
    for message in catalog:
        if not message.id:
            continue
        is_plural = isinstance(message.id, tuple)
        key = message.id[0] if is_plural else message.id
        texts = list(message.string) if is_plural else [message.string]
        found[message.context, key] = [] if message.fuzzy else [text for text in texts if text]
    assert not catalog.obsolete, UPDATE
    return found


@pytest.mark.parametrize("file", PO_FILES, ids=lambda file: file.parent.name)
def test_every_word_is_translated_and_none_is_left_over(file):
    asked, translated = _asked_for(), _translated(file)
    assert asked - {key for key, texts in translated.items() if texts} == set(), UPDATE
    assert set(translated) - asked == set(), UPDATE


@pytest.mark.parametrize("file", PO_FILES, ids=lambda file: file.parent.name)
def test_a_translation_has_the_placeholders_of_its_original(file):
    names = re.compile(r"%\((\w+)\)s")
    for (_, english), texts in _translated(file).items():
        for text in texts:
            assert set(names.findall(text)) == set(names.findall(english)), english


HAN = r"[\u4e00-\u9fff]"
BAD_CHINESE = {
    "half-width punctuation after Chinese": rf"{HAN}[,;:?!]",
    "half-width brackets around Chinese": rf"\({HAN}|{HAN}\)",
    "no space between Chinese and Latin": rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}",
    "a space beside full-width punctuation": r" [，。：；？！（）「」]|[，。；？！（）「」] ",
    "a placeholder that touches Chinese": rf"{HAN}%\((?!share|low|high|guess)|\)s{HAN}",
}


@pytest.mark.parametrize("rule", BAD_CHINESE)
def test_chinese_is_set_as_chinese(rule):
    pattern = re.compile(BAD_CHINESE[rule])
    texts = [
        text
        for found in _translated(LOCALE_FOLDER / "zh" / "messages.po").values()
        for text in found
    ]
    assert [text for text in texts if pattern.search(text)] == []
