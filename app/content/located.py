"""Data with places: YAML and JSON read to plain values that remember their line and column.

Every YAML scalar stays a string, because the entry's types decide what it
means: `no` is a word and `8.10` a version. Anchors and aliases are refused, so
a small file cannot unfold into a large one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

MAX_DEPTH: Final = 20
"""Nesting of an honest document is 5; the limit keeps hostile ones from exhausting the stack."""

Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]
Places: TypeAlias = dict[Path, Place]


class LocatedError(Exception):
    """The text is not YAML or JSON. `line` and `column` are 1-based."""

    def __init__(self, line: int, column: int, what: str, instead: str = "") -> None:
        super().__init__(what)
        self.line, self.column, self.what, self.instead = line, column, what, instead


@dataclass
class Located:
    """A value of dicts, lists and scalars; `places` maps a path in it to line and column."""

    value: Any
    places: Places = field(default_factory=dict)


def nearest_place(places: Places, path: Path) -> Place:
    """The place of a path, or of the nearest thing around it."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))


@dataclass
class _Open:
    """A mapping or sequence whose end has not been read."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


def load_yaml(text: str, first_line: int = 1) -> Located:
    """Read one YAML document. Raises LocatedError at the first thing that is not allowed."""
    loader = yaml.CSafeLoader(text) if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader(text)
    found = Located(None)
    stack: list[_Open] = []
    documents = 0
    try:
        while loader.check_event():
            event: Any = loader.get_event()
            place = (event.start_mark.line + first_line, event.start_mark.column + 1)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise LocatedError(
                    *place, "anchors and aliases are not allowed", "write the value out"
                )
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise LocatedError(*place, "a second YAML document", "write only one")
            elif isinstance(event, yaml.ScalarEvent):
                _add(found, stack, event.value, place)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                if len(stack) == MAX_DEPTH:
                    raise LocatedError(*place, f"nested more than {MAX_DEPTH} deep")
                value: dict[str, Any] | list[Any] = (
                    {} if isinstance(event, yaml.MappingStartEvent) else []
                )
                stack.append(_Open(value, _add(found, stack, value, place)))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column + 1) if mark else (0, 1)
        raise LocatedError(line + first_line, column, f"is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise LocatedError(first_line, 1, f"is not YAML: {reason}") from None
    finally:
        loader.dispose()
    return found


def _add(found: Located, stack: list[_Open], value: Any, place: Place) -> Path:
    """Put a value where the innermost open collection expects one; its path is returned."""
    if not stack:
        found.value = value
        found.places[()] = place
        return ()
    top = stack[-1]
    if isinstance(top.value, list):
        path = (*top.path, len(top.value))
        top.value.append(value)
        found.places[path] = place
        return path
    if top.key is None:
        if not isinstance(value, str):
            raise LocatedError(*place, "a key that is a list or mapping", "write a word as key")
        if value in top.value:
            first = found.places[(*top.path, value)][0]
            raise LocatedError(*place, f"`{value}` stands twice, first in line {first}", "keep one")
        top.key = value
        found.places[(*top.path, value)] = place
        return (*top.path, value)
    path = (*top.path, top.key)
    top.value[top.key] = value
    top.key = None
    return path


def load_json(text: str) -> Located:
    """Read a JSON document. Raises LocatedError where it is not one, or a key stands twice."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise LocatedError(error.lineno, error.colno, f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise LocatedError(1, 1, f"nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise LocatedError(1, 1, f"is not JSON: {error}") from None
    return Located(value, dict(_json_places(text)))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def _json_places(text: str) -> Iterator[tuple[Path, Place]]:
    """Places of the keys and list items of a text that is known to be JSON."""
    path: list[str | int] = []
    is_key: list[bool] = []
    seen: set[Path] = set()
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    line = 0
    for match in _JSON_TOKEN.finditer(text):
        token = match[0]
        while line + 1 < len(starts) and starts[line + 1] <= match.start():
            line += 1
        place = (line + 1, match.start() - starts[line] + 1)
        if token in "]}":
            path.pop()
            is_key.pop()
        elif token == ",":
            if isinstance(path[-1], int):
                path[-1] += 1
            else:
                is_key[-1] = True
        elif token == ":":
            is_key[-1] = False
        elif is_key and is_key[-1]:
            path[-1] = json.loads(token)
            here = tuple(path)
            if here in seen:
                raise LocatedError(*place, f"`{path[-1]}` stands twice", "keep one")
            seen.add(here)
            yield here, place
        else:
            if not path or isinstance(path[-1], int):
                yield tuple(path), place
            if token in "[{":
                if len(path) == MAX_DEPTH:
                    raise LocatedError(*place, f"nested more than {MAX_DEPTH} deep")
                path.append(0 if token == "[" else "")
                is_key.append(token == "{")
