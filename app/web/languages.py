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

from app.answers.base import Language
from app.search import scripts

LOCALE_FOLDER: Final = Path(__file__).parent.parent / "locale"


@dataclass(frozen=True)
class SiteLanguage:
    """A language of the site.

    `code` is what the catalogue calls its texts, `tag` stands in HTML and HTTP
    (BCP 47), `prefix` before every path of its pages, `name` is what its own
    readers call it, `short` the same where there is no room. Pages of a language
    with a `source` are derived from the finished pages of that one, and have its
    `code`.
    """

    code: Language
    tag: str
    prefix: str
    name: str
    short: str
    locale: str
    source: "SiteLanguage | None" = None

    @property
    def og_locale(self) -> str:
        """Language and country, as Open Graph wants them."""
        language, country = self.locale.split("_")[0], self.locale.split("_")[-1]
        return f"{language}_{country}"

    @property
    def written(self) -> "SiteLanguage":
        """The language that people wrote: this one, or the one that it is derived from."""
        return self.source or self


ENGLISH: Final = SiteLanguage("en", "en", "", "English", "EN", "en_US")
CHINESE: Final = SiteLanguage("zh", "zh-Hans", "/zh", "简体中文", "简", "zh_Hans_CN")
TRADITIONAL: Final = SiteLanguage(
    "zh", "zh-Hant", "/zh-Hant", "繁體中文", "繁", "zh_Hant_TW", source=CHINESE
)
SITE_LANGUAGES: Final[tuple[SiteLanguage, ...]] = (
    ENGLISH,
    CHINESE,
    *((TRADITIONAL,) if scripts.AVAILABLE else ()),
)


def language_of(code: str) -> SiteLanguage:
    """The written language with this code. Raises KeyError."""
    written: dict[str, SiteLanguage] = {one.code: one.written for one in SITE_LANGUAGES}
    return written[code]


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
