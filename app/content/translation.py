"""What a translation lags behind: each part against the English part it was made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from app.content.located import Place
from app.content.prose import INLINE_CODE
from app.entry import (
    CODE_REFERENCE,
    Entry,
    Part,
    TranslatedPart,
    Translation,
    fenced_code,
    parts,
    with_code,
)
from app.errors import Level, Problem


class Freshness(StrEnum):
    """Whether a part's translation was made from the English that stands there now."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class LocalPart:
    """A part as a reader gets it: its fields, and whether they are in the reader's language."""

    fields: Mapping[str, str]
    freshness: Freshness


def localized(entry: Entry, language: str) -> dict[str, LocalPart]:
    """Every part in a language; where the translation is stale or missing, in English."""
    if language == "en":
        return {part.key: LocalPart(part.fields, Freshness.CURRENT) for part in parts(entry)}
    translation = entry.translations.get(language, Translation())  # type: ignore[call-overload]
    return {part.key: _local(part, translation.parts.get(part.key)) for part in parts(entry)}


def _local(part: Part, translated: TranslatedPart | None) -> LocalPart:
    if translated is None:
        return LocalPart(part.fields, Freshness.MISSING)
    if translated.of != part.hash:
        return LocalPart(part.fields, Freshness.STALE)
    fields = {**part.fields, **translated.fields()}
    if "text" in fields:
        fields["text"] = with_code(fields["text"], part.code)
    return LocalPart(fields, Freshness.CURRENT)


def localized_entry(entry: Entry, language: str) -> Entry:
    """The entry with its texts in a language, without its translations: what a reader saves."""
    local = localized(entry, language)
    changes: dict[str, object] = {"translations": {}}
    for section in ("causes", "workarounds", "dead_ends", "examples"):
        key = section.replace("_", "-")
        body = "text" if section == "examples" else "explanation"
        items = []
        for item in getattr(entry, section):
            fields = dict(local[f"{key}.{item.id}"].fields)
            items.append(item.model_copy(update={**fields, body: fields.pop("text")}))
        changes[section] = tuple(items)
    for key, part in local.items():
        field = key.replace("-", "_")
        if "." not in key:
            changes[field] = part.fields["text"]
    for field, prefix, note in (
        ("versions", "versions.{item.name}", "notes"),
        ("triggered_by", "triggered-by.{number}", "when"),
        ("related", "related.{item.id}", "note"),
    ):
        noted = []
        for number, item in enumerate(getattr(entry, field), 1):
            found = local.get(prefix.format(item=item, number=number))
            noted.append(item.model_copy(update={note: found.fields["text"]}) if found else item)
        changes[field] = tuple(noted)
    return entry.model_copy(update=changes)


def check_translation(
    entry: Entry, translation: Translation, places: Mapping[str, Place], path: str
) -> Iterator[Problem]:
    """What is wrong with a translation, at the places of its parts."""
    english = {part.key: part for part in parts(entry)}
    for key, translated in translation.parts.items():
        line, column = places.get(key, (1, 1))
        part = english.get(key)
        if part is None:
            close = get_close_matches(key, english, 1, 0.5)
            instead = f"write `{close[0]}`" if close else "remove it"
            yield Problem(path, line, column, f"the English entry has no part `{key}`", instead)
            continue
        for what, instead, level in _part_problems(part, translated):
            yield Problem(path, line, column, what, instead, level)
    missing = [key for key in english if key not in translation.parts]
    if missing:
        what = (
            f"{len(missing)} of {len(english)} parts are not translated: `{'`, `'.join(missing)}`"
        )
        yield Problem(path, 1, 1, what, "add them", Level.WARNING)


def _part_problems(part: Part, translated: TranslatedPart) -> Iterator[tuple[str, str, Level]]:
    if translated.of is None:
        what = f"`{part.key}` does not say which English text it was made from"
        yield what, f"write `of={part.hash}`, or run `wayout translate`", Level.ERROR
    elif translated.of != part.hash:
        what = f"`{part.key}` is stale: the English was changed since"
        yield what, f"bring the text up to date and write `of={part.hash}`", Level.WARNING
        return
    fields = translated.fields()
    for name in part.fields:
        if name not in fields:
            yield f"`{part.key}` lacks `{name}`", f"write `{name}`", Level.ERROR
    for name in fields:
        if name not in part.fields:
            yield f"`{part.key}` has a `{name}`, the English has none", "remove it", Level.ERROR
    text = fields.get("text", "")
    if fenced_code(text):
        instead = "write `{code 1}` for the first block of the English part"
        yield f"`{part.key}` has code of its own", instead, Level.ERROR
    referred = [int(match["number"]) for match in CODE_REFERENCE.finditer(text)]
    expected = list(range(1, len(part.code) + 1))
    if sorted(referred) != expected:
        wanted = ", ".join(f"{{code {number}}}" for number in expected) or "no code"
        yield f"`{part.key}` refers to the wrong code", f"write {wanted}, once each", Level.ERROR
    unknown = _inline_code(text) - _inline_code(part.fields.get("text", ""))
    if unknown:
        what = f"`{part.key}` has inline code that the English lacks: {', '.join(sorted(unknown))}"
        yield what, "take it from the English, letter by letter", Level.WARNING


def _inline_code(markdown: str) -> set[str]:
    return {" ".join(match[2].split()) for match in INLINE_CODE.finditer(markdown)}


def stamped(entry: Entry, translation: Translation, confirmed: frozenset[str]) -> Translation:
    """The translation with `of` set where it is absent, or where the part is in `confirmed`."""
    changed = {}
    hashes = {part.key: part.hash for part in parts(entry)}
    for key, part in translation.parts.items():
        renewed = key in hashes and (part.of is None or key in confirmed)
        changed[key] = part.model_copy(update={"of": hashes[key]}) if renewed else part
    return Translation(parts=changed)
