"""Pydantic's errors in the author's words: where it is, what is wrong, what to write instead."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.content.located import Path, Places, nearest_place
from app.errors import Problem

_KEYS_READERS_TRY: Final[Mapping[str, str]] = {
    "workaround": "workarounds",
    "deadends": "dead_ends",
    "cause": "causes",
    "success_rate": "estimate",
    "links": "docs",
    "sources": "docs",
    "tag": "tags",
}


def problems_of(
    error: ValidationError, model: type[BaseModel], path: str, places: Places
) -> list[Problem]:
    """One problem for each error, at the place of the value that caused it."""
    return [_problem(detail, model, path, places) for detail in error.errors()]


def _problem(detail: ErrorDetails, model: type[BaseModel], file: str, places: Places) -> Problem:
    where = tuple(detail["loc"])
    what, instead = _sentence(detail, model, where)
    line, column = nearest_place(places, where)
    return Problem(file, line, column, what, instead)


def _sentence(detail: ErrorDetails, model: type[BaseModel], where: Path) -> tuple[str, str]:
    name = _name(where)
    context = detail.get("ctx", {})
    given = _shown(detail["input"])
    match detail["type"]:
        case "missing":
            return f"{name} is missing", f"write `{where[-1]}`"
        case "extra_forbidden":
            return f"unknown key `{where[-1]}`", _nearest_key(str(where[-1]), model, where[:-1])
        case "enum" | "literal_error":
            return f"{name} is {given}", f"write {context['expected'].replace(chr(39), '`')}"
        case "value_error":
            what, _, instead = str(context["error"]).partition(": ")
            return f"{name} {what}", instead
        case "string_type":
            return f"{name} is {given}, not a text", "put it in quotes"
        case "string_pattern_mismatch":
            return f"{name} is {given}", _expected_form(context["pattern"])
        case "string_too_short" | "too_short":
            return f"{name} is empty", "write at least one"
        case "string_too_long":
            return f"{name} is longer than {context['max_length']} characters", "shorten it"
        case "tuple_type":
            return f"{name} is {given}, not a list", "write `- ` before each item"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{name} is {given}, not a mapping", "write `key: value` lines"
        case _:
            return f"{name} is {given}: {detail['msg'][0].lower()}{detail['msg'][1:]}", ""


def _name(where: Path) -> str:
    words = ""
    for step in where:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return f"`{words}`" if words else "the document"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


_FORMS: Final = {
    "https?": "write an address that begins with https://",
    "/": "write an id such as `pip/hash-mismatch`, in lower case",
    "a-z0-9": "write lower-case letters, digits and single hyphens",
    "0-9a-f": "write the eight hex digits that `wayout check` prints",
    r"\n": "write it in one line",
    r"\S": "write it without spaces",
}


def _expected_form(pattern: str) -> str:
    for mark, form in _FORMS.items():
        if mark in pattern.removeprefix("^"):
            return form
    return f"write it like {pattern}"


def _nearest_key(key: str, model: type[BaseModel], where: Path) -> str:
    known = sorted(_keys_at(model, where))
    if _KEYS_READERS_TRY.get(key) in known:
        return f"write `{_KEYS_READERS_TRY[key]}`"
    close = get_close_matches(key, known, 1, 0.6)
    if close:
        return f"write `{close[0]}`"
    return f"write one of {', '.join(f'`{name}`' for name in known)}"


def _keys_at(model: type[BaseModel], where: Path) -> set[str]:
    """The keys allowed at a path, found by walking the published schema."""
    schema = model.model_json_schema()
    node: Any = schema
    for step in where:
        node = _resolved(node, schema)
        if isinstance(step, int):
            node = node.get("items", {})
        else:
            properties = node.get("properties", {})
            node = properties.get(step) or node.get("additionalProperties") or {}
    return set(_resolved(node, schema).get("properties", {}))


def _resolved(node: Any, schema: dict[str, Any]) -> Any:
    while True:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        elif "anyOf" in node:
            node = node["anyOf"][0]
        else:
            return node
