"""An entry in one language as the fragments that pages are put together from."""

import json
from collections.abc import Mapping
from typing import Any, Final

from app import render
from app.content.translation import Freshness, LocalPart, localized
from app.entry import LANGUAGES, PART_FIELDS, Entry

PAGE_LANGUAGES: Final = ("en", *LANGUAGES)

_IN_LINE: Final = frozenset(PART_FIELDS) - {"text"}
_LINE_PARTS: Final = frozenset({"title", "versions", "triggered-by", "related"})


def page(entry: Entry, language: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The columns of a `PageRow` but for the entry's id, and the texts to search by column."""
    local = localized(entry, language)
    texts = _search_texts(entry, local)
    row = {
        "language": language,
        "title": texts["title"],
        "message": entry.message,
        "summary": texts["summary"],
        "searched": texts["body"],
        "parts": json.dumps(_parts(entry, local, language), ensure_ascii=False),
    }
    return row, texts


def _texts(local: Mapping[str, LocalPart], key: str) -> str:
    return local[key].fields["text"]


def _parts(entry: Entry, local: Mapping[str, LocalPart], language: str) -> dict[str, Any]:
    """Each part's fields as HTML, with `lang` where it is not the page's, and its freshness."""
    found: dict[str, Any] = {}
    base = f"/{entry.ecosystem}/"
    for key, part in local.items():
        section = key.partition(".")[0]
        fields = {
            name: str(
                render.inline(text)
                if name in _IN_LINE or section in _LINE_PARTS
                else render.markdown(text, base)
            )
            for name, text in part.fields.items()
        }
        shown = language if part.freshness is Freshness.CURRENT else "en"
        found[key] = {"fields": fields, "language": shown, "freshness": part.freshness}
    return found


def _search_texts(entry: Entry, local: Mapping[str, LocalPart]) -> dict[str, str]:
    """What full-text search knows of an entry in one language, by column."""
    headings = [part.fields["title"] for part in local.values() if "title" in part.fields]
    return {
        "id": entry.id,
        "title": render.plain(_texts(local, "title")),
        "message": entry.message,
        "code": entry.code or "",
        "tags": " ".join((*entry.tags, entry.category.value, entry.ecosystem)),
        "summary": render.plain(_texts(local, "summary")),
        "headings": "\n".join(map(render.plain, headings)),
        "body": _searched(entry, local),
    }


def _searched(entry: Entry, local: Mapping[str, LocalPart]) -> str:
    """The running text that snippets are cut from."""
    bodies = [
        render.plain(part.fields["text"])
        for key, part in local.items()
        if "text" in part.fields and key not in ("title", "summary")
    ]
    signatures = [signature.text for signature in entry.signatures if signature.text]
    return " ".join((*bodies, *signatures))
