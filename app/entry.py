"""What an entry is: its parts, and the rules that hold inside one of them.

No files, SQL or HTML here. Markdown and JSON are read in `app.content`; what
holds between entries is checked in `app.content.checks`. Every text called
Markdown is English, unless it stands in a `Translation`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

FORMAT: Final = 1
"""The version of the document format, published in the schema's address."""

SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
RESERVED: Final = frozenset(
    "about api categories docs en feed healthz llms match mcp metrics openapi opensearch outcomes "
    "readyz redoc robots search sitemap static status tags zh zh-hans zh-hant".split()
)
"""Ecosystem names that would hide a page of the site."""

LANGUAGES: Final = ("zh",)
"""Languages a translation may have, as they stand in addresses and file names."""

Slug = Annotated[str, StringConstraints(pattern=rf"^{SLUG}$", max_length=80)]
EntryId = Annotated[str, StringConstraints(pattern=rf"^{SLUG}/{SLUG}$", max_length=120)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HEADING = re.compile(r"^#{1,3}(?:\s|$)")


def _plain(value: object) -> object:
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if found := _CONTROL.search(value):
            raise ValueError(f"has the control character U+{ord(found[0]):04X}: remove it")
    return value


def _structure(value: str) -> str:
    """Refuse what would change the document's own structure when written as Markdown."""
    inside: set[int] = set()
    for code in fenced_code(value):
        inside.update(range(code.first, code.last + 1))
        if code.last == value.count("\n") + 1:
            raise ValueError("has a fenced block without an end: close it with the same fence")
        if code.info == META:
            raise ValueError(f"has a second `{META}` block: move it right below the heading")
    for number, line in enumerate(value.split("\n")):
        if number not in inside and _HEADING.match(line):
            raise ValueError(f"has a heading of level 1 to 3 ({line[:40]!r}): write `####`")
    return value


META: Final = "yaml meta"
"""The info string of the block below a heading that holds the data of a cause or remedy."""

Text = Annotated[
    str,
    BeforeValidator(_plain),
    StringConstraints(min_length=1, max_length=10_000),
]
Line = Annotated[Text, StringConstraints(pattern=r"^[^\n]+$", max_length=300)]
Markdown = Annotated[
    str,
    BeforeValidator(_plain),
    StringConstraints(min_length=1, max_length=60_000),
    AfterValidator(_structure),
]

_VERSION_CLAUSE = re.compile(r"(?:<=|>=|<|>|==|!=)\s*v?\d[\w.+-]*")


def _version_range(value: str) -> str:
    clauses = [clause.strip() for clause in value.split(",")]
    if not all(_VERSION_CLAUSE.fullmatch(clause) for clause in clauses):
        raise ValueError('is not a range of versions: write one like ">=8.0" or ">=8.0,<23"')
    return ",".join(clauses)


VersionRange = Annotated[str, AfterValidator(_version_range)]


class Model(BaseModel):
    """The base of all parts: immutable, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Category(StrEnum):
    """The kind of thing that went wrong, the same words in every ecosystem."""

    AUTHENTICATION = "authentication"
    BUILD = "build"
    CONFIGURATION = "configuration"
    CONTAINER = "container"
    DATA = "data"
    DEPENDENCY = "dependency"
    DEPLOYMENT = "deployment"
    ENCODING = "encoding"
    ENVIRONMENT = "environment"
    IMPORT = "import"
    INSTALL = "install"
    NETWORK = "network"
    PERMISSION = "permission"
    RESOURCE = "resource"
    RUNTIME = "runtime"
    SECURITY = "security"
    SYNTAX = "syntax"
    TEST = "test"
    TYPE = "type"
    VERSION_CONTROL = "version-control"


class Status(StrEnum):
    """How far an entry has come; a retired one stays, marked."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    RETIRED = "retired"


class Severity(StrEnum):
    """What the tool does after printing the message: go on, stop this step, or stop everything."""

    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"


class Risk(StrEnum):
    """What a workaround can cost. Only a safe one may come first."""

    SAFE = "safe"
    WEAKENS_SECURITY = "weakens-security"
    DESTRUCTIVE = "destructive"


class Relation(StrEnum):
    """How another entry is related to this one."""

    LEADS_TO = "leads-to"
    CAUSED_BY = "caused-by"
    CONFUSED_WITH = "confused-with"


class Signature(Model):
    """Printed text that identifies an entry, or speaks for or against a cause.

    Exactly one of `text` (a template with `<placeholders>`) and `regex` (RE2
    syntax, named groups capture) is set. `requires` and `unless` are templates
    of text that must, or must not, stand somewhere in the same input.
    """

    text: Text | None = None
    regex: Annotated[str, StringConstraints(min_length=1)] | None = None
    language: str | None = Field(
        None, description="Language of the printed text; English if absent"
    )
    versions: VersionRange | None = Field(None, description="Versions of the tool that print it")
    requires: tuple[Text, ...] = ()
    unless: tuple[Text, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _a_plain_string_is_a_template(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _either_text_or_regex(self) -> Self:
        if (self.text is None) == (self.regex is None):
            raise ValueError("a signature has either `text` or `regex`: write exactly one of them")
        return self


class Signals(Model):
    """Signatures in the reader's own text that speak for or against a cause."""

    supporting: tuple[Signature, ...] = Field((), alias="for")
    opposing: tuple[Signature, ...] = Field((), alias="against")

    model_config = ConfigDict(populate_by_name=True)


class Cause(Model):
    """One reason for the message."""

    id: Slug
    title: Line
    signals: Signals = Signals()
    explanation: Markdown


class Source(Model):
    """Where a statement can be checked."""

    title: Line
    url: Url


class Remedy(Model):
    """Anything one can try. The commands are the fenced code of the explanation.

    `when` holds ids of causes, empty for all. `estimate` is the author's honest
    guess of the share of readers (0..1) whom it helps. `action` names what is
    done, so that the same action elsewhere is found; `condition` explains when
    it works and when it fails.
    """

    id: Slug
    title: Line
    when: tuple[Slug, ...] = ()
    action: Slug | None = None
    condition: Line | None = None
    estimate: Annotated[float, Field(ge=0, le=1)] | None = None
    versions: VersionRange | None = None
    sources: tuple[Source, ...] = ()
    explanation: Markdown


def is_meant_for(when: tuple[str, ...], cause: str) -> bool:
    """Whether a remedy with this `when` claims to help with a cause."""
    return not when or cause in when


class Workaround(Remedy):
    """A remedy that can work for the causes in `when`, with its risk."""

    risk: Risk = Risk.SAFE
    risk_reason: Line | None = None

    @model_validator(mode="after")
    def _a_risk_has_a_reason(self) -> Self:
        if self.risk is not Risk.SAFE and not self.risk_reason:
            raise ValueError(f"risk is {self.risk.value} without a reason: add `risk_reason`")
        return self


class DeadEnd(Remedy):
    """A remedy that people try and that does not work; the explanation says why.

    `harm` is for those that do end the message: what they break instead.
    """

    harm: Line | None = None


class Example(Model):
    """Output as the tool really printed it, and how it came about."""

    id: Slug
    title: Line
    cause: Slug | None = None
    produced_by: Line | None = Field(None, description="Tool and version that printed it")
    text: Markdown = Field(description="Markdown with the output in its first fenced block")


class Software(Model):
    """Which versions of one program are concerned."""

    name: Line
    affected: VersionRange | None = None
    introduced: str | None = Field(None, description="First version that prints the message")
    deprecated: str | None = None
    fixed: str | None = None
    notes: Line | None = None


class SourceLocation(Model):
    """A place in a tool's source that raises the error, pinned to a tag."""

    repository: Url
    tag: Line
    path: Line
    line: Annotated[int, Field(ge=1)] | None = None
    symbol: Line | None = None
    when: Line

    @property
    def url(self) -> str:
        """The address of the line, in the form that GitHub and GitLab both answer."""
        anchor = f"#L{self.line}" if self.line else ""
        return f"{self.repository.rstrip('/')}/blob/{self.tag}/{self.path}{anchor}"


class Related(Model):
    """Another entry, how it is related, and how to tell the two apart."""

    id: EntryId
    relation: Relation
    note: Line | None = None

    @model_validator(mode="after")
    def _confused_entries_are_told_apart(self) -> Self:
        if self.relation is Relation.CONFUSED_WITH and not self.note:
            raise ValueError("is confused with another entry: add `note` that tells the two apart")
        return self


class Provenance(Model):
    """Who or what wrote the entry, on what basis, and who has reviewed it when."""

    written_by: Literal["machine", "human"]
    author: Line | None = None
    written: date
    basis: tuple[Literal["source", "documentation", "reproduction", "experience"], ...] = Field(
        min_length=1
    )
    reviewed_by: Line | None = None
    reviewed: date | None = None


class TranslatedPart(Model):
    """The translation of one part. `of` is the `Part.hash` of the English it was made from."""

    of: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")] | None = None
    title: Line | None = None
    text: Markdown | None = None
    condition: Line | None = None
    risk_reason: Line | None = None
    harm: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_plain_string_is_a_text(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value

    def fields(self) -> dict[str, str]:
        """The translated texts by field name."""
        return {name: value for name in PART_FIELDS if (value := getattr(self, name)) is not None}


class Translation(Model):
    """An entry in another language: only the translatable parts, by their key."""

    parts: dict[str, TranslatedPart] = {}


SECTIONS: Final[Mapping[str, str]] = {
    "summary": "Summary",
    "meaning": "What it means",
    "causes": "Causes",
    "diagnose": "Diagnose",
    "workarounds": "Workarounds",
    "dead-ends": "Dead ends",
    "verify": "Verify",
    "local": "Try it locally",
    "examples": "Examples",
    "how-it-works": "How it works",
    "prevention": "Prevention",
}
"""Section ids with their English headings, in the order of the document."""

PART_FIELDS: Final = ("title", "text", "condition", "risk_reason", "harm")


class Entry(Model):
    """One error. `id` is `ecosystem/slug`, the path of its file."""

    id: EntryId
    title: Line
    message: Text
    code: Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=60)] | None = None
    aliases: tuple[EntryId, ...] = ()
    status: Status = Status.DRAFT
    category: Category
    severity: Severity = Severity.ERROR
    tags: tuple[Slug, ...] = ()
    symptom: bool = False
    first_seen: date | None = Field(None, description="Day a release with this message came out")
    signatures: tuple[Signature, ...] = Field(min_length=1)
    versions: tuple[Software, ...] = ()
    docs: tuple[Source, ...] = Field(min_length=1)
    triggered_by: tuple[SourceLocation, ...] = ()
    related: tuple[Related, ...] = ()
    files: tuple[Line, ...] = Field((), description="Files that are likely to be edited")
    provenance: Provenance
    summary: Markdown
    meaning: Markdown
    causes: tuple[Cause, ...] = Field(min_length=1)
    diagnose: Markdown | None = None
    workarounds: tuple[Workaround, ...] = Field(min_length=1)
    dead_ends: tuple[DeadEnd, ...] = Field(min_length=1)
    verify: Markdown
    local: Markdown | None = None
    examples: tuple[Example, ...] = ()
    how_it_works: Markdown | None = None
    prevention: Markdown | None = None
    translations: dict[Literal["zh"], Translation] = {}

    @property
    def ecosystem(self) -> str:
        """The tool or language that prints the message."""
        return self.id.partition("/")[0]

    @property
    def slug(self) -> str:
        """The last part of the id."""
        return self.id.partition("/")[2]

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """Workarounds, then dead ends, as the author ordered them."""
        return (*self.workarounds, *self.dead_ends)


@dataclass(frozen=True)
class Part:
    """A piece of an entry that is translated on its own, with its English texts by field name."""

    key: str
    fields: Mapping[str, str]

    @property
    def hash(self) -> str:
        """Eight hex digits of the English prose; a changed command does not change them."""
        prose = {name: without_code(text) for name, text in self.fields.items()}
        text = json.dumps(prose, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def code(self) -> list["Code"]:
        """The fenced blocks that a translation refers to as `{code 1}`, `{code 2}` and so on."""
        return fenced_code(self.fields.get("text", ""))


def parts(entry: Entry) -> Iterator[Part]:
    """Every translatable part of an entry, in the order of the document."""
    yield Part("title", {"text": entry.title})
    for software in entry.versions:
        if software.notes:
            yield Part(f"versions.{software.name}", {"text": software.notes})
    for number, location in enumerate(entry.triggered_by, 1):
        yield Part(f"triggered-by.{number}", {"text": location.when})
    for related in entry.related:
        if related.note:
            yield Part(f"related.{related.id}", {"text": related.note})
    for section in SECTIONS:
        value = getattr(entry, section.replace("-", "_"))
        if isinstance(value, str):
            yield Part(section, {"text": value})
        elif value:
            for item in value:
                yield Part(f"{section}.{item.id}", _item_fields(item))


def _item_fields(item: Cause | Remedy | Example) -> dict[str, str]:
    text = item.text if isinstance(item, Example) else item.explanation
    found: dict[str, Any] = {"title": item.title, "text": text}
    for name in PART_FIELDS[2:]:
        found[name] = getattr(item, name, None)
    return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Code:
    """A fenced block: its info string, its text without indentation, and its lines in the Markdown.

    `first` and `last` are 0-based numbers of the fence lines themselves.
    """

    info: str
    text: str
    indent: str
    first: int
    last: int

    @property
    def language(self) -> str:
        """The first word of the info string, lower case."""
        return (self.info.split() or [""])[0].lower()


_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")


def fenced_code(markdown: str) -> list[Code]:
    """The fenced blocks of a Markdown text, also those inside lists, in order."""
    found: list[Code] = []
    lines = markdown.split("\n")
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        last = _closing_fence(lines, number, opening["fence"])
        indent = opening["indent"]
        body = [line.removeprefix(indent) for line in lines[number + 1 : last]]
        found.append(Code(opening["info"].strip(), "\n".join(body), indent, number, last))
        number = last + 1
    return found


def _closing_fence(lines: list[str], opening: int, fence: str) -> int:
    for number in range(opening + 1, len(lines)):
        line = lines[number].strip()
        if len(line) >= len(fence) and set(line) == {fence[0]}:
            return number
    return len(lines)


def without_code(markdown: str) -> str:
    """The text with every fenced block replaced by `{code N}`, as translations write it."""
    lines = markdown.split("\n")
    for number, code in reversed(list(enumerate(fenced_code(markdown), 1))):
        lines[code.first : code.last + 1] = [f"{code.indent}{{code {number}}}"]
    return "\n".join(lines)


CODE_REFERENCE: Final = re.compile(
    r"^(?P<indent>[ \t]*)\{code (?P<number>\d+)\}[ \t]*$", re.MULTILINE
)


def with_code(translated: str, code: list[Code]) -> str:
    """The translated text with its `{code N}` lines replaced by the English entry's blocks."""

    def block(match: re.Match[str]) -> str:
        number = int(match["number"])
        if not 1 <= number <= len(code):
            return match[0]
        chosen = code[number - 1]
        lines = [f"```{chosen.info}", *chosen.text.split("\n"), "```"]
        return "\n".join(match["indent"] + line for line in lines)

    return CODE_REFERENCE.sub(block, translated)
