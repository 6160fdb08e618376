"""Reports as NDJSON: a first line about the file, then one report a line."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.content.complaints import problems_of
from app.content.located import LocatedError, load_json
from app.errors import ContentError, Problem
from app.outcomes.model import FORMAT, Outcome

_Model = TypeVar("_Model", bound=BaseModel)


class Heading(BaseModel):
    """The first line. With `key`, another database goes on knowing the voices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wayout_outcomes: int
    key: str


def write_lines(key: str, outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The lines of an export, each with its end."""
    yield json.dumps(Heading(wayout_outcomes=FORMAT, key=key).model_dump()) + "\n"
    for outcome in outcomes:
        row = outcome.model_dump(mode="json", exclude_none=True)
        yield json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def read_lines(lines: Iterable[str], path: str) -> tuple[str, list[Outcome]]:
    """The key and the reports of an export. Raises ContentError naming every bad line."""
    problems: list[Problem] = []
    key, found = None, []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            if key is None:
                heading = _read(line, Heading, path, number)
                if heading.wayout_outcomes != FORMAT:
                    what = f"has format {heading.wayout_outcomes}, this version reads {FORMAT}"
                    raise ContentError([Problem(path, number, 1, what)])
                key = heading.key
            else:
                found.append(_read(line, Outcome, path, number))
        except ContentError as error:
            problems += error.problems
            if key is None:
                break
    if key is None and not problems:
        instead = "export it with `wayout outcomes export`"
        problems.append(Problem(path, 1, 1, "is empty", instead))
    if problems or key is None:
        raise ContentError(problems)
    return key, found


def _read(line: str, model: type[_Model], path: str, number: int) -> _Model:
    """One line as a model. Raises ContentError."""
    try:
        located = load_json(line)
        return model.model_validate(located.value)
    except LocatedError as error:
        problem = Problem(path, number, error.column, error.what, error.instead)
        raise ContentError([problem]) from None
    except ValidationError as error:
        problems = problems_of(error, model, path, located.places)
        raise ContentError([replace(one, line=number) for one in problems]) from None
