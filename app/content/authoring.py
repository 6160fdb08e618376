"""Files that are written for authors: the skeleton of an entry, and of a translation."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from app.content import json as json_documents
from app.content import markdown
from app.content.folder import list_folders, read_files
from app.content.translation import stamped
from app.entry import (
    RESERVED,
    SLUG,
    Category,
    Cause,
    DeadEnd,
    Entry,
    Provenance,
    Signature,
    Source,
    TranslatedPart,
    Translation,
    Workaround,
    parts,
    without_code,
)
from app.errors import ContentError, UnknownEntry, WayoutError

HEADINGS: Final = {
    "zh": {
        "summary": "摘要",
        "meaning": "含义",
        "causes": "原因",
        "diagnose": "诊断",
        "workarounds": "解决办法",
        "dead-ends": "行不通的办法",
        "verify": "验证",
        "local": "在本地重现",
        "examples": "真实输出",
        "how-it-works": "工作原理",
        "prevention": "预防",
    }
}
"""Section headings of translations."""


def new_entry(entry_id: str, folder: Path) -> Path:
    """Write a skeleton. Raises WayoutError if there is an entry, or the id is bad."""
    ecosystem, _, slug = entry_id.partition("/")
    if not re.fullmatch(f"{SLUG}/{SLUG}", entry_id):
        raise WayoutError(f"{entry_id} is not an id: write it like pip/hash-mismatch")
    if ecosystem in RESERVED:
        raise WayoutError(f"{ecosystem} is the name of a page: choose another ecosystem")
    path = folder / ecosystem / f"{slug}.md"
    if path.exists() or path.with_suffix(".json").exists():
        raise WayoutError(f"{path} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown.write_entry(_skeleton(entry_id)), encoding="utf-8")
    return path


def _skeleton(entry_id: str) -> Entry:
    return Entry(
        id=entry_id,
        title="What happened, in the reader's words",
        message="error: the headline as the tool prints it, with <placeholders>",
        category=Category.RUNTIME,
        signatures=(Signature(text="the shortest text that means this error and no other"),),
        docs=(Source(title="Title of the official page", url="https://example.org/"),),
        provenance=Provenance(written_by="human", written=date.today(), basis=("experience",)),
        summary="One or two sentences: what happened.",
        meaning="What the tool was doing, and why it stopped.",
        causes=(Cause(id="first-cause", title="A reason", explanation="How it comes about."),),
        workarounds=(
            Workaround(
                id="first-workaround",
                title="What to do",
                when=("first-cause",),
                explanation="What it changes.\n\n```sh\ncommand <placeholder>\n```",
            ),
        ),
        dead_ends=(
            DeadEnd(id="first-dead-end", title="What people try", explanation="Why it fails."),
        ),
        verify="A command, and what it prints when all is well.",
    )


def stamp_translation(
    entry_id: str, language: str, confirmed: frozenset[str], folders: Sequence[Path]
) -> Path:
    """Write a new translation with the English texts in it, or complete the one that is there.

    Parts without `of` get the hash of the English text, so do stale ones named
    in `confirmed`; other parts are left alone. Returns the file. Raises
    UnknownEntry, ContentError.
    """
    listing = list_folders(folders)
    files = listing.entries.get(entry_id)
    if files is None:
        raise UnknownEntry(entry_id, [])
    loaded, problems = read_files(files)
    if loaded is None:
        raise ContentError(problems)
    keys = [part.key for part in parts(loaded.entry)]
    if unknown := sorted(confirmed - set(keys)):
        raise WayoutError(f"{entry_id} has no part {unknown[0]}: it has {', '.join(keys)}")
    file = files.translations.get(language)
    if file is None:
        path = files.english.path.with_name(f"{loaded.entry.slug}.{language}.md")
        translation = _untranslated(loaded.entry)
    else:
        path = file.path
        reader = json_documents if path.suffix == ".json" else markdown
        translation = stamped(
            loaded.entry, reader.read_translation(file.text, file.shown)[0], confirmed
        )
    order = {key: number for number, key in enumerate(keys)}
    found = sorted(translation.parts.items(), key=lambda item: order.get(item[0], len(order)))
    translation = Translation(parts=dict(found))
    if path.suffix == ".json":
        text = translation.model_dump_json(indent=2, exclude_none=True) + "\n"
    else:
        text = markdown.write_translation(translation, HEADINGS[language])
    path.write_text(text, encoding="utf-8")
    return path


def _untranslated(entry: Entry) -> Translation:
    """A translation whose texts are still English; `wayout check` says so of every part."""
    found = {}
    for part in parts(entry):
        texts = {name: without_code(text) for name, text in part.fields.items()}
        found[part.key] = TranslatedPart(of=part.hash, **texts)
    return Translation(parts=found)
