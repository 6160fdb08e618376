"""What holds inside an entry beyond its types, and what holds between entries.

Each check takes what was read and yields problems at their places. What a
signature may be is checked in `app.matching`, freshness in `translation`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from app.content import prose
from app.content.folder import LoadedEntry
from app.content.located import Path
from app.entry import (
    SECTIONS,
    DeadEnd,
    Entry,
    Remedy,
    Risk,
    fenced_code,
    parts,
    without_code,
)
from app.errors import Level, Problem

_LINK = re.compile(r"(?P<image>!?)\[[^\]]*\]\((?P<target>[^)\s]+)")
_PLACEHOLDER = re.compile(r"<[^<>\s]+>")
_DEAD_END_LIMIT: Final = 0.5
"""What the author expects to help every second reader is no dead end, unless it does harm."""


def check_entry(loaded: LoadedEntry, attachments: Iterable[str]) -> list[Problem]:
    """Everything wrong inside one entry; `attachments` are the known `ecosystem/name`."""
    known = set(attachments)
    found = [
        *_unique_ids(loaded),
        *_references(loaded),
        *_remedies(loaded),
        *_texts(loaded, known),
        *_chinese(loaded),
    ]
    return sorted(set(found))


def _unique_ids(loaded: LoadedEntry) -> Iterator[Problem]:
    entry = loaded.entry
    groups: list[list[tuple[Path, str]]] = [
        [(("causes", number), cause.id) for number, cause in enumerate(entry.causes)],
        [*_places_of("workarounds", entry.workarounds), *_places_of("dead_ends", entry.dead_ends)],
        [(("examples", number), example.id) for number, example in enumerate(entry.examples)],
    ]
    for group in groups:
        seen: set[str] = set()
        for where, item_id in group:
            if item_id in seen:
                yield loaded.problem(where, f"the id `{item_id}` stands twice", "choose another")
            seen.add(item_id)


def _places_of(field: str, remedies: Iterable[Remedy]) -> Iterator[tuple[Path, str]]:
    for number, remedy in enumerate(remedies):
        yield (field, number), remedy.id


def _references(loaded: LoadedEntry) -> Iterator[Problem]:
    entry = loaded.entry
    causes = [cause.id for cause in entry.causes]
    for field, remedies in (("workarounds", entry.workarounds), ("dead_ends", entry.dead_ends)):
        for number, remedy in enumerate(remedies):
            for position, cause in enumerate(remedy.when):
                at: Path = (field, number, "when", position)
                yield from _unknown(loaded, at, f"the cause `{cause}`", cause, causes)
    for number, example in enumerate(entry.examples):
        if example.cause:
            where = ("examples", number, "cause")
            yield from _unknown(
                loaded, where, f"the cause `{example.cause}`", example.cause, causes
            )


def _unknown(
    loaded: LoadedEntry, where: Path, what: str, name: str, known: Iterable[str]
) -> Iterator[Problem]:
    names = sorted(known)
    if name not in names:
        close = get_close_matches(name, names, 1, 0.5)
        instead = f"write `{close[0]}`" if close else f"write one of `{'`, `'.join(names[:12])}`"
        yield loaded.problem(where, f"{what} does not exist", instead)


def _remedies(loaded: LoadedEntry) -> Iterator[Problem]:
    entry = loaded.entry
    if entry.workarounds[0].risk is not Risk.SAFE:
        what = f"the first workaround is {entry.workarounds[0].risk.value}"
        yield loaded.problem(("workarounds", 0), what, "put a safe one first")
    for number, dead_end in enumerate(entry.dead_ends):
        too_good = dead_end.estimate is not None and dead_end.estimate >= _DEAD_END_LIMIT
        if too_good and not dead_end.harm:
            what = f"a dead end that is expected to help {dead_end.estimate:.0%} of readers"
            where = ("dead_ends", number, "estimate")
            instead = "write it as a workaround, lower `estimate`, or say its `harm`"
            yield loaded.problem(where, what, instead)


def _texts(loaded: LoadedEntry, attachments: set[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for part in parts(loaded.entry):
        where = place_of_part(loaded.entry, part.key)
        text = part.fields.get("text", "")
        for what, instead in (*prose.raw_html(text), *prose.fences(text)):
            yield loaded.problem(where, f"`{part.key}` {what}", instead)
        for sentence in prose.sentences(text):
            if sentence in seen:
                what = f"`{part.key}` says again what `{seen[sentence]}` says: “{sentence[:50]}…”"
                yield loaded.problem(where, what, "say it once", Level.WARNING)
            seen[sentence] = part.key
        for link in _LINK.finditer(without_code(text)):
            target = link["target"]
            if link["image"] and not target.startswith("/"):
                name = f"{loaded.entry.ecosystem}/{target}"
                if name not in attachments:
                    what = f"`{part.key}` shows the image {target}, which is not beside the entry"
                    yield loaded.problem(
                        where, what, f"add {name}, without dots in the name's stem"
                    )


def _chinese(loaded: LoadedEntry) -> Iterator[Problem]:
    translation = loaded.entry.translations.get("zh")
    if translation is None:
        return
    file = loaded.files.translations.get("zh", loaded.files.english)
    glossary = loaded.files.glossary
    english: dict[str, Mapping[str, str]] = {}
    for key, part in translation.parts.items():
        line, column = loaded.translated_places["zh"].get(key, (1, 1))
        for name, text in part.fields().items():
            if name == "text" and not prose.prose_only(text).strip():
                continue
            found = list(prose.chinese(text))
            if glossary and glossary.suspects(text):
                english = english or {part.key: part.fields for part in parts(loaded.entry)}
                found += glossary.complaints(english.get(key, {}).get(name, ""), text)
            for what, instead in found:
                yield Problem(file.shown, line, column, f"`{key}` {what}", instead, Level.WARNING)


def place_of_part(entry: Entry, key: str) -> Path:
    """The path in the document of a translatable part, for its place."""
    section, _, item_id = key.partition(".")
    field = section.replace("-", "_")
    if field == "triggered_by":
        return (field, int(item_id) - 1)
    for number, item in enumerate(getattr(entry, field) if item_id else ()):
        if getattr(item, "id", getattr(item, "name", None)) == item_id:
            return (field, number)
    return (field,)


def check_all(loaded: Mapping[str, LoadedEntry]) -> list[Problem]:
    """Everything wrong between entries, given all that could be read."""
    found = [
        *_related(loaded),
        *_aliases(loaded),
        *_same_titles(loaded),
        *_links(loaded),
        *_contested(loaded),
    ]
    return sorted(set(found))


def _related(loaded: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    for entry_id, one in loaded.items():
        for number, related in enumerate(one.entry.related):
            where = ("related", number, "id")
            if related.id == entry_id:
                yield one.problem(where, "is related to itself", "remove it")
            else:
                yield from _unknown(one, where, f"the entry `{related.id}`", related.id, loaded)


def _aliases(loaded: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for entry_id, one in loaded.items():
        for number, alias in enumerate(one.entry.aliases):
            other = alias if alias in loaded else owner.get(alias)
            if other:
                what = f"the alias `{alias}` is taken by `{other}`"
                yield one.problem(("aliases", number), what, "remove it")
            owner[alias] = entry_id


def _same_titles(loaded: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for entry_id, one in loaded.items():
        title = one.entry.title.casefold()
        if title in first:
            yield one.problem(("title",), f"`{first[title]}` has the same title", "tell them apart")
        first.setdefault(title, entry_id)


def _links(loaded: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    for one in loaded.values():
        for part in parts(one.entry):
            where = place_of_part(one.entry, part.key)
            for what, name, known in _broken_links(one, part.fields.get("text", ""), loaded):
                yield from _unknown(one, where, what, name, known)
        for language, translation in one.entry.translations.items():
            file = one.files.translations.get(language, one.files.english)
            for key, translated in translation.parts.items():
                for what, _, _ in _broken_links(one, translated.text or "", loaded):
                    places = one.translated_places.get(language, {})
                    line, column = places.get(key, (1, 1))
                    instead = "write the link as in the English"
                    yield Problem(file.shown, line, column, f"{what} does not exist", instead)


def _broken_links(
    one: LoadedEntry, body: str, loaded: Mapping[str, LoadedEntry]
) -> Iterator[tuple[str, str, Iterable[str]]]:
    """What is wrong with the links of a text: what is linked, its name, and the names there are."""
    if "](/" not in body and "](#" not in body:
        return
    for link in _LINK.finditer(without_code(body)):
        path, _, anchor = link["target"].partition("#")
        target = path.removeprefix("/")
        if path.startswith("/") and target not in loaded:
            yield f"the linked entry `{target}`", target, loaded
        elif anchor and (path.startswith("/") or not path):
            known = _anchors(loaded[target].entry if path else one.entry)
            if anchor not in known:
                yield f"the linked place `#{anchor}`", anchor, known


def _anchors(entry: Entry) -> set[str]:
    """The places of an entry's page that a link can lead to."""
    return {
        *SECTIONS,
        *(f"cause-{cause.id}" for cause in entry.causes),
        *(f"workaround-{one.id}" for one in entry.workarounds),
        *(f"dead-end-{one.id}" for one in entry.dead_ends),
        *(f"example-{one.id}" for one in entry.examples),
    }


def _contested(loaded: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    """The same action recommended here and called a dead end there, without saying when."""
    by_action: dict[tuple[str, str], list[tuple[str, Path, Remedy]]] = defaultdict(list)
    for entry_id, one in loaded.items():
        for field in ("workarounds", "dead_ends"):
            for number, remedy in enumerate(getattr(one.entry, field)):
                for action in _actions(remedy):
                    key = (one.entry.ecosystem, action)
                    by_action[key].append((entry_id, (field, number), remedy))
    for (_, action), found in by_action.items():
        dead = [one for one in found if isinstance(one[2], DeadEnd)]
        alive = [one for one in found if not isinstance(one[2], DeadEnd)]
        if not dead or not alive:
            continue
        for entry_id, where, remedy in found:
            if remedy.condition is None:
                other = next(
                    one
                    for one in (*dead, *alive)
                    if isinstance(one[2], DeadEnd) != isinstance(remedy, DeadEnd)
                )
                kind = "a dead end" if isinstance(other[2], DeadEnd) else "a workaround"
                what = f"`{action}` is {kind} in {other[0]}#{other[2].id}"
                instead = "add `condition`: works when …, fails when …"
                yield loaded[entry_id].problem(where, what, instead)


def _actions(remedy: Remedy) -> Iterator[str]:
    """The named action, and the commands themselves with their placeholders made alike."""
    if remedy.action:
        yield remedy.action
    commands = [
        " ".join(_PLACEHOLDER.sub("<>", code.text).split())
        for code in fenced_code(remedy.explanation)
        if code.language in prose.SHELLS
    ]
    if commands:
        yield " && ".join(commands)
