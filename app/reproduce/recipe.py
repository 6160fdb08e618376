"""What a reproduction is told to do: the model of `<slug>.repro.yaml`, and reading it.

A recipe makes a tool print the message of one entry, in one scenario or more
for each cause, and states for every remedy of the entry how to try it, or why
it cannot be tried. Whether a recipe fits its entry is for `app.reproduce.fit`.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from app.content.complaints import problems_of
from app.content.located import LocatedError, Places, load_yaml
from app.entry import Line, Model, Slug, Text, VersionRange
from app.errors import ContentError, Problem

MAX_BYTES: Final = 200_000
"""Ten times the longest recipe; a larger file is in the wrong place."""

ToolName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d[A-Za-z0-9.+-]*$", max_length=30)]
Requirement = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.+-]*$")
]
_NPM_NAME: Final = r"(?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][A-Za-z0-9._-]*"
NpmName = Annotated[str, StringConstraints(pattern=rf"^{_NPM_NAME}$")]
NpmRequirement = Annotated[str, StringConstraints(pattern=rf"^{_NPM_NAME}@[0-9][A-Za-z0-9.+-]*$")]
Shell = Text
"""Commands for `bash`, which stops a set-up or remedy at the first one that fails."""


@dataclass(frozen=True)
class Need:
    """One version of a package that `prepare` fetches.

    `kind` is how it is kept: as a wheel beside others, as a wheel unpacked
    (`pip`, and `programs` that are run from there), or installed by npm.
    """

    kind: Literal["wheels", "pip", "programs", "npm"]
    name: str
    version: str

    def __str__(self) -> str:
        """As its registry writes it."""
        return f"{self.name}{'@' if self.kind == 'npm' else '=='}{self.version}"


class Tool(Model):
    """A program that the recipe needs. `versions` are variants that `prepare` fetches."""

    name: ToolName
    version: Line | None = Field(
        None, description="Command that prints its version; `<name> --version` if absent"
    )
    versions: tuple[Version, ...] = ()
    npm: NpmName | None = Field(
        None, description="Package of npm that the `versions` are of; from PyPI if absent"
    )
    wheel: ToolName | None = Field(
        None,
        description="Package of PyPI that holds the program itself, of which the `versions` are",
    )

    @model_validator(mode="before")
    @classmethod
    def _a_word_is_a_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _from_one_registry(self) -> Self:
        if self.npm and self.wheel:
            raise ValueError("is of npm and of PyPI: keep either `npm` or `wheel`")
        if (self.npm or self.wheel) and not self.versions:
            key = "npm" if self.npm else "wheel"
            raise ValueError(f"has `{key}` without `versions`: say which ones are tried")
        return self

    def need(self, version: str) -> Need:
        """What `prepare` fetches for one of the versions."""
        if self.npm:
            return Need("npm", self.npm, version)
        if self.wheel:
            return Need("programs", self.wheel, version)
        return Need("pip" if self.name == "pip" else "wheels", self.name, version)


class Scenario(Model):
    """One way to get the message, and what counts as being out of it again.

    `trigger` must fail and print the message. A remedy has worked when the
    trigger, or what the remedy says to run instead, succeeds and `check`
    succeeds after it.
    """

    id: Slug
    title: Line
    title_zh: Line | None = Field(None, description="The title in Chinese")
    cause: Slug
    recognise: Slug | None = Field(
        None, description="Cause that Wayout must read from the output of the trigger"
    )
    versions: VersionRange | None = Field(
        None, description="Versions of the varied tool for which the scenario is meant"
    )
    setup: Shell | None = None
    trigger: Shell
    check: Shell | None = None


class Attempt(Model):
    """How to try a remedy: what to do (`apply`), what to run then (`retry`, else the trigger)."""

    apply: Shell | None = None
    retry: Shell | None = None
    skip: Line | None = Field(None, description="Why the remedy cannot be tried")
    skip_zh: Line | None = Field(None, description="The same in Chinese")

    @model_validator(mode="after")
    def _either_tried_or_skipped(self) -> Self:
        if self.skip and (self.apply or self.retry):
            raise ValueError("is both tried and skipped: keep either `skip` or the commands")
        if self.skip_zh and not self.skip:
            raise ValueError("has `skip_zh` without `skip`: write `skip` beside it")
        return self

    @property
    def stated(self) -> bool:
        """Whether it says anything at all."""
        return bool(self.apply or self.retry or self.skip)


class Plan(Attempt):
    """How to try a remedy everywhere, and where a scenario needs other commands."""

    scenarios: dict[Slug, Attempt] = Field(default_factory=dict)

    def attempt(self, scenario_id: str) -> Attempt | None:
        """What to do in one scenario; None when nothing is said about it."""
        own = self.scenarios.get(scenario_id)
        if own is not None and own.stated:
            return own
        return self if self.stated else None


class Limits(Model):
    """What one scenario may use up. Sizes are in MB, times in seconds of the clock."""

    stage_s: Annotated[float, Field(gt=0, le=600)] = 60
    memory_mb: Annotated[int, Field(ge=64, le=16_384)] = 2_048
    processes: Annotated[int, Field(ge=8, le=1_000)] = 150
    disk_mb: Annotated[int, Field(ge=1, le=8_192)] = 512
    output_kb: Annotated[int, Field(ge=1, le=16_384)] = 2_048


class Recipe(Model):
    """The document. `disk_kb` is the size of the tiny file system at `~/disk`, none if 0."""

    tools: tuple[Tool, ...] = Field(min_length=1)
    packages: tuple[Requirement, ...] = Field(
        (), description="Packages from PyPI, with what they need, that `prepare` fetches"
    )
    npm_packages: tuple[NpmRequirement, ...] = Field(
        (), description="Packages from npm, with what they need; their programs are on PATH"
    )
    environment: dict[
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], str
    ] = Field(default_factory=dict)
    disk_kb: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limits: Limits = Limits()
    setup: Shell | None = None
    scenarios: tuple[Scenario, ...] = Field(min_length=1)
    remedies: dict[Slug, Plan] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_used_once(self) -> Self:
        ids = [scenario.id for scenario in self.scenarios]
        for one in ids:
            if ids.count(one) > 1:
                raise ValueError(f"has two scenarios `{one}`: rename one of them")
        if sum(bool(tool.versions) for tool in self.tools) > 1:
            raise ValueError("varies two tools: keep `versions` at the one that prints the message")
        return self

    @property
    def varied(self) -> Tool | None:
        """The tool of which several versions are tried."""
        return next((tool for tool in self.tools if tool.versions), None)

    @property
    def needs(self) -> tuple[Need, ...]:
        """All that `prepare` fetches, the versions of the varied tool first."""
        versions = self.varied.versions if self.varied else ()
        return (*(need for version in versions for need in self.varying(version)), *self.constant)

    def varying(self, version: str | None) -> tuple[Need, ...]:
        """What is needed for one version of the varied tool."""
        return (self.varied.need(version),) if self.varied and version else ()

    @property
    def constant(self) -> tuple[Need, ...]:
        """What is needed with every version."""
        wheels = [Need("wheels", *what.split("==")) for what in self.packages]
        from_npm = [Need("npm", *what.rsplit("@", 1)) for what in self.npm_packages]
        return (*wheels, *from_npm)

    @property
    def deeds(self) -> dict[str, Any]:
        """All that is run, as plain data: without comments, titles and reasons.

        Defaults are left out, so that a key which is new in the format changes nothing.
        """
        document = self.model_dump(mode="json", exclude_defaults=True)
        for scenario in document["scenarios"]:
            _drop(scenario, "title", "title_zh")
        for plan in document.get("remedies", {}).values():
            for attempt in (plan, *plan.get("scenarios", {}).values()):
                _drop(attempt, "skip", "skip_zh")
        return document


def _drop(document: dict[str, Any], *keys: str) -> None:
    for key in keys:
        document.pop(key, None)


@dataclass(frozen=True)
class LocatedRecipe:
    """A recipe with its places, and its file name for complaints."""

    recipe: Recipe
    places: Places
    path: str


def read_recipe(text: str, path: str) -> LocatedRecipe:
    """Read a recipe. Raises ContentError with every complaint about its form."""
    if len(text.encode()) > MAX_BYTES:
        what = f"is longer than {MAX_BYTES:,} bytes"
        raise ContentError([Problem(path, 1, 1, what, "shorten it")])
    try:
        located = load_yaml(text)
    except LocatedError as error:
        problem = Problem(path, error.line, error.column, error.what, error.instead)
        raise ContentError([problem]) from None
    try:
        recipe = Recipe.model_validate(located.value)
    except ValidationError as error:
        raise ContentError(problems_of(error, Recipe, path, located.places)) from None
    return LocatedRecipe(recipe, located.places, path)


def schema() -> dict[str, Any]:
    """The JSON Schema of a recipe, for editors."""
    found = Recipe.model_json_schema()
    tool = found["$defs"]["Tool"]
    # The model reads a plain word as a tool's name, which pydantic cannot see.
    found["$defs"]["Tool"] = {"anyOf": [tool["properties"]["name"], tool]}
    return found
