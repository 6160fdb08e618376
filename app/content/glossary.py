"""One word for each term: a content folder's `glossary.yaml`, and what breaks it in a translation.

A term has the one Chinese word for it, other words that are wrong where the
English part says the term, and words that are wrong everywhere.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.content import prose
from app.content.complaints import problems_of
from app.content.located import LocatedError, Places, load_yaml
from app.errors import Problem

FILE_NAME: Final = "glossary.yaml"

_Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^\S(?:[^\n]*\S)?$")]


class Term(BaseModel):
    """A term of the English entries and its word in Chinese."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: _Word
    also: tuple[_Word, ...] = ()
    zh: _Word
    not_: tuple[_Word, ...] = Field((), alias="not")
    never: tuple[_Word, ...] = ()


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Glossary:
    """The terms of a folder. `digest` changes with the file."""

    terms: tuple[Term, ...]
    digest: str

    def suspects(self, chinese: str) -> bool:
        """Whether a Chinese part may say anything otherwise. Most do not, and this is quick."""
        return any(word in chinese for word in self._wrong)

    def complaints(self, english: str, chinese: str) -> Iterator[tuple[str, str]]:
        """What a Chinese part says otherwise than the glossary, given the English part."""
        shown = prose.prose_only(chinese, "`")
        found = {match[0] for match in self._words.finditer(shown)}
        for word in sorted(found - self._right):
            if word in self._never:
                yield f"says `{word}`", f"write `{self._never[word].zh}`"
                continue
            for term in self._other[word]:
                if _says(english, term):
                    yield f"says `{word}` for “{term.term}”", f"write `{term.zh}`"

    @cached_property
    def _right(self) -> frozenset[str]:
        return frozenset(term.zh for term in self.terms)

    @cached_property
    def _wrong(self) -> frozenset[str]:
        return frozenset({*self._never, *self._other}) - self._right

    @cached_property
    def _never(self) -> dict[str, Term]:
        return {word: term for term in self.terms for word in term.never}

    @cached_property
    def _other(self) -> dict[str, list[Term]]:
        words = {word for term in self.terms for word in term.not_}
        return {word: [term for term in self.terms if word in term.not_] for word in words}

    @cached_property
    def _words(self) -> re.Pattern[str]:
        # The right words are looked for, too: one may hold a wrong one, and is read first.
        words = {*self._right, *self._never, *self._other}
        by_length = sorted(words, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(re.escape, by_length)) or r"(?!)")


def _says(english: str, term: Term) -> bool:
    text = prose.prose_only(english)
    names = "|".join(
        r"[\s-]+".join(map(re.escape, name.split())) for name in (term.term, *term.also)
    )
    return re.search(rf"\b(?:{names})(?:e?s)?\b", text, re.IGNORECASE) is not None


def read_glossary(text: str, path: str) -> tuple[Glossary | None, list[Problem]]:
    """The glossary of a file's text, or what is wrong with it."""
    try:
        located = load_yaml(text)
    except LocatedError as error:
        return None, [Problem(path, error.line, error.column, error.what, error.instead)]
    try:
        document = _Document.model_validate(located.value)
    except ValidationError as error:
        return None, problems_of(error, _Document, path, located.places)
    problems = list(_contradictions(document.terms, path, located.places))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Glossary(document.terms, digest), problems


def _contradictions(terms: tuple[Term, ...], path: str, places: Places) -> Iterator[Problem]:
    seen: dict[str, Term] = {}
    for number, term in enumerate(terms):
        line, column = places.get(("terms", number), (1, 1))
        for name in (term.term, *term.also):
            if name.casefold() in seen:
                yield Problem(path, line, column, f"the term `{name}` stands twice", "keep one")
            seen[name.casefold()] = term
        for word in {term.zh} & {*term.not_, *term.never}:
            what = f"`{word}` is the word for `{term.term}`, and forbidden"
            yield Problem(path, line, column, what, "keep one of the two")
