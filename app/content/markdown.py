"""Markdown files to entries and translations, and back.

The front matter holds what is data; each `##` section is one of
`app.entry.SECTIONS`; each `###` item in Causes, Workarounds, Dead ends and
Examples carries its id as `{#id}` and its data in a `yaml meta` block below.
Format: docs/entry-format.md.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

import yaml
from pydantic import ValidationError

from app.content.complaints import problems_of
from app.content.located import LocatedError, Place, Places
from app.content.outline import Block, Outline, read_outline
from app.entry import META, PART_FIELDS, SECTIONS, Entry, TranslatedPart, Translation
from app.errors import ContentError, Problem

ITEM_SECTIONS: Final = ("causes", "workarounds", "dead-ends", "examples")
_FRONT_KEYS: Final = (
    "title message code aliases status category severity tags symptom first_seen signatures "
    "versions docs triggered_by related files provenance"
).split()
_BODY_FIELD: Final = {"examples": "text"}

Document = tuple[dict[str, Any], Places]


def read_entry(text: str, entry_id: str, path: str) -> tuple[Entry, Places]:
    """Read an English file; also the places of its values. Raises ContentError."""
    outline = _outline(text, path)
    problems: list[Problem] = []
    document, places = _entry_document(outline, path, problems)
    document["id"] = entry_id
    try:
        entry = Entry.model_validate(document)
    except ValidationError as error:
        problems += problems_of(error, Entry, path, places)
    if problems:
        raise ContentError(sorted(problems))
    return entry, places


def read_translation(text: str, path: str) -> tuple[Translation, dict[str, Place]]:
    """Read a translation; also the place of each part, by its key. Raises ContentError."""
    outline = _outline(text, path)
    problems: list[Problem] = []
    document, places = _translation_document(outline, path, problems)
    try:
        translation = Translation.model_validate({"parts": document})
    except ValidationError as error:
        located = {("parts", *where): place for where, place in places.items()}
        problems += problems_of(error, Translation, path, located)
    if problems:
        raise ContentError(sorted(problems))
    return translation, {str(where[0]): place for where, place in places.items() if len(where) == 1}


def _outline(text: str, path: str) -> Outline:
    try:
        return read_outline(text.replace("\r\n", "\n"))
    except LocatedError as error:
        problem = Problem(path, error.line, error.column, error.what, error.instead)
        raise ContentError([problem]) from None


def _entry_document(outline: Outline, path: str, problems: list[Problem]) -> Document:
    document = dict(outline.front.value)
    places = dict(outline.front.places)
    for key in sorted(set(document) - set(_FRONT_KEYS)):
        line, column = places[(key,)]
        problems.append(Problem(path, line, column, *_misplaced(key)))
        del document[key]
    for section_id, section in _known_sections(outline, path, problems):
        field = section_id.replace("-", "_")
        places[(field,)] = (section.line, 1)
        if section_id not in ITEM_SECTIONS:
            _no_items(section, path, problems)
            document[field] = section.text
            places[(field,)] = (section.text_line if section.text else section.line, 1)
            continue
        if section.text:
            what = f"text in `{section.title}` before its first item"
            problems.append(
                Problem(path, section.text_line, 1, what, "begin it with `### Title {#id}`")
            )
        document[field] = []
        for number, item in enumerate(section.items):
            document[field].append(_item(item, _BODY_FIELD.get(section_id, "explanation")))
            where = (field, number)
            places[where] = (item.line, 1)
            places.update(
                {(*where, *rest): place for rest, place in item.meta.places.items() if rest}
            )
    return document, places


def _misplaced(key: str) -> tuple[str, str]:
    if key == "id":
        return "`id` in the front matter", "remove it: the path of the file is the id"
    heading = SECTIONS.get(key.replace("_", "-"))
    if heading:
        return f"`{key}` in the front matter", f"write it as a section `## {heading}`"
    close = get_close_matches(key, _FRONT_KEYS, 1, 0.6)
    known = close or _FRONT_KEYS
    return f"unknown key `{key}`", f"write {'one of ' * (len(known) > 1)}`{'`, `'.join(known)}`"


def _known_sections(
    outline: Outline, path: str, problems: list[Problem]
) -> list[tuple[str, Block]]:
    headings = {heading.lower(): section_id for section_id, heading in SECTIONS.items()}
    found: dict[str, Block] = {}
    for section in outline.sections:
        section_id = section.id or headings.get(section.title.lower(), "")
        if section_id not in SECTIONS:
            close = get_close_matches(section.title.lower(), headings, 1, 0.5)
            names = [SECTIONS[headings[close[0]]]] if close else list(SECTIONS.values())
            instead = f"write {'one of ' * (len(names) > 1)}`## {'`, `## '.join(names)}`"
            what = f"unknown section `{section.title}`"
            problems.append(Problem(path, section.line, 1, what, instead))
        elif section_id in found:
            first = found[section_id].line
            what = f"the section `{section.title}` stands twice, first in line {first}"
            problems.append(Problem(path, section.line, 1, what, "join the two"))
        else:
            found[section_id] = section
    return list(found.items())


def _no_items(section: Block, path: str, problems: list[Problem]) -> None:
    for item in section.items:
        what = f"a heading of level 3 in `{section.title}`"
        problems.append(Problem(path, item.line, 1, what, "write `####`"))


def _item(item: Block, body: str) -> dict[str, Any]:
    document = dict(item.meta.value)
    document["title"] = item.title
    if item.id is not None:
        document["id"] = item.id
    document[body] = item.text
    return document


def _translation_document(outline: Outline, path: str, problems: list[Problem]) -> Document:
    document: dict[str, Any] = {}
    places: Places = {}
    for key, value in outline.front.value.items():
        if key == "title":
            document["title"] = value
            places[("title",)] = outline.front.places[("title",)]
        elif key == "notes" and isinstance(value, dict):
            document.update(value)
            places.update({(note,): outline.front.places[("notes", note)] for note in value})
        else:
            line, column = outline.front.places[(key,)]
            instead = "write `title` and `notes`; all else is taken from the English entry"
            problems.append(Problem(path, line, column, f"`{key}` in a translation", instead))
    for section_id, section in _known_sections(outline, path, problems):
        if section_id not in ITEM_SECTIONS:
            _no_items(section, path, problems)
            document[section_id] = {"of": section.of, "text": section.text}
            places[(section_id,)] = (section.line, 1)
        for item in section.items if section_id in ITEM_SECTIONS else ():
            key = f"{section_id}.{item.id}"
            if key in document:
                problems.append(Problem(path, item.line, 1, f"`{key}` stands twice", "keep one"))
            document[key] = {
                **item.meta.value,
                "of": item.of,
                "title": item.title,
                "text": item.text,
            }
            places[(key,)] = (item.line, 1)
    return document, places


class _Dumper(yaml.SafeDumper):
    """Block style, long texts as literal blocks, keys in the order of the model."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _yaml(value: Mapping[str, Any]) -> str:
    return yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=False,
    )


def write_entry(entry: Entry) -> str:
    """The Markdown of an entry, without its translations; reading it gives the entry back."""
    document = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    front = {key: document[key] for key in _FRONT_KEYS if key in document}
    front["signatures"] = [_short_signature(signature) for signature in front["signatures"]]
    chunks = [f"---\n{_yaml(front)}---"]
    for section_id, heading in SECTIONS.items():
        value = document.get(section_id.replace("-", "_"))
        if value is None:
            continue
        chunks.append(f"## {heading}")
        if isinstance(value, str):
            chunks.append(value)
        else:
            for item in value:
                chunks += _item_chunks(item, _BODY_FIELD.get(section_id, "explanation"))
    return "\n\n".join(chunks) + "\n"


def _short_signature(signature: dict[str, Any]) -> dict[str, Any] | str:
    return str(signature["text"]) if set(signature) == {"text"} else signature


def _item_chunks(item: dict[str, Any], body: str) -> list[str]:
    meta = {key: value for key, value in item.items() if key not in ("id", "title", body)}
    if "signals" in meta:
        meta["signals"] = {
            side: [_short_signature(signature) for signature in signatures]
            for side, signatures in meta["signals"].items()
        }
    chunks = [f"### {item['title']} {{#{item['id']}}}"]
    if meta:
        chunks.append(f"```{META}\n{_yaml(meta)}```")
    return [*chunks, item[body]]


def write_translation(translation: Translation, headings: Mapping[str, str]) -> str:
    """The Markdown of a translation; `headings` are the section titles in its language."""
    sections: dict[str, list[str]] = {}
    front: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    for key, part in translation.parts.items():
        section_id, _, item_id = key.partition(".")
        if section_id not in SECTIONS:
            value = part.model_dump(exclude_none=True)
            if key == "title":
                front["title"] = value
            else:
                notes[key] = value
        elif item_id:
            sections.setdefault(section_id, []).extend(_translated_item(item_id, part))
        else:
            sections[section_id] = [part.text or ""]
    if notes:
        front["notes"] = notes
    chunks = [f"---\n{_yaml(front)}---"]
    for section_id in SECTIONS:
        if section_id in sections:
            part_of = translation.parts.get(section_id)
            attributes = _attributes(section_id, part_of.of if part_of else None)
            chunks += [f"## {headings[section_id]} {attributes}", *sections[section_id]]
    return "\n\n".join(chunk for chunk in chunks if chunk) + "\n"


def _translated_item(item_id: str, part: TranslatedPart) -> list[str]:
    meta = {name: value for name, value in part.fields().items() if name in PART_FIELDS[2:]}
    chunks = [f"### {part.title or ''} {_attributes(item_id, part.of)}"]
    if meta:
        chunks.append(f"```{META}\n{_yaml(meta)}```")
    return [*chunks, part.text or ""]


def _attributes(block_id: str, of: str | None) -> str:
    return f"{{#{block_id} of={of}}}" if of else f"{{#{block_id}}}"
