"""The languages of the site: their names, their tags, and the interface's translations.

Catalogues of messages are kept as `.po` files only and compiled in memory, so
a checkout and a wheel need no build step.
"""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALE_FOLDER: Final = Path(__file__).parent.parent / "locale"


@dataclass(frozen=True)
class SiteLanguage:
    """A language of the site.

    `code` stands in addresses, `tag` in HTML and HTTP (BCP 47), `prefix` before
    every path of its pages, `name` is what its own readers call it.
    """

    code: str
    tag: str
    prefix: str
    name: str
    locale: str


ENGLISH: Final = SiteLanguage("en", "en", "", "English", "en_US")
CHINESE: Final = SiteLanguage("zh", "zh-Hans", "/zh", "简体中文", "zh_Hans_CN")
SITE_LANGUAGES: Final = (ENGLISH, CHINESE)


def language_of(code: str) -> SiteLanguage:
    """The site language with this code. Raises KeyError."""
    return {language.code: language for language in SITE_LANGUAGES}[code]


@cache
def translations(code: str) -> Translations:
    """The interface's texts in a language; empty for English, which the templates hold."""
    file = LOCALE_FOLDER / code / "messages.po"
    if not file.is_file():
        return Translations()
    with file.open("rb") as source:
        catalog = read_po(source, locale=language_of(code).locale.partition("_")[0])
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
