"""JSON documents to entries and translations, and back: the same `Entry` as Markdown gives."""

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.content.complaints import problems_of
from app.content.located import Located, LocatedError, Place, Places, load_json, nearest_place
from app.entry import Entry, Translation
from app.errors import ContentError, Problem

_Model = TypeVar("_Model", bound=BaseModel)


def read_entry(text: str, entry_id: str, path: str) -> tuple[Entry, Places]:
    """Read an English document, whose `id` must agree with the path. Raises ContentError."""
    found = _mapping(text, path)
    found.value.pop("$schema", None)
    given = found.value.setdefault("id", entry_id)
    if given != entry_id:
        line, column = nearest_place(found.places, ("id",))
        instead = f"write `{entry_id}`, or move the file to {given}.json"
        problem = Problem(
            path, line, column, f"`id` is `{given}`, but the path says otherwise", instead
        )
        raise ContentError([problem])
    return _validated(found, Entry, path), found.places


def read_translation(text: str, path: str) -> tuple[Translation, dict[str, Place]]:
    """Read a translation; also the place of each part, by its key. Raises ContentError."""
    found = _mapping(text, path)
    found.value.pop("$schema", None)
    translation = _validated(found, Translation, path)
    return translation, {
        key: nearest_place(found.places, ("parts", key)) for key in translation.parts
    }


def _mapping(text: str, path: str) -> Located:
    try:
        found = load_json(text)
    except LocatedError as error:
        problem = Problem(path, error.line, error.column, error.what, error.instead)
        raise ContentError([problem]) from None
    if not isinstance(found.value, dict):
        problem = Problem(path, 1, 1, "the document is not a mapping", "begin it with `{`")
        raise ContentError([problem])
    return found


def _validated(found: Located, model: type[_Model], path: str) -> _Model:
    try:
        return model.model_validate(found.value)
    except ValidationError as error:
        raise ContentError(sorted(problems_of(error, model, path, found.places))) from None


def write_entry(entry: Entry, schema_url: str | None = None) -> str:
    """The JSON text of an entry with its translations; saved, it loads to the same entry."""
    document = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if schema_url:
        document = {"$schema": schema_url, **document}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
