"""The addresses of the pages, by the names that routes and templates use."""

from collections.abc import Mapping
from typing import Final

from app.web.languages import ENGLISH, SITE_LANGUAGES, SiteLanguage

PATHS: Final[Mapping[str, str]] = {
    "home": "/",
    "tag": "/tags/{name}",
    "category": "/categories/{name}",
    "search": "/search",
    "match": "/match",
    "status": "/status",
    "about": "/about",
    "ecosystem": "/{name}",
    "entry": "/{id}",
}


def language_of_path(path: str) -> SiteLanguage:
    """The site language whose prefix a path has."""
    for language in SITE_LANGUAGES:
        if language.prefix and (path == language.prefix or path.startswith(language.prefix + "/")):
            return language
    return ENGLISH


def path_without_language(path: str) -> str:
    """The path of the English twin."""
    return path.removeprefix(language_of_path(path).prefix) or "/"
