"""What running a recipe has shown: the model of `<slug>.evidence.json`, and what follows from it.

Only the runner writes evidence; only titles and reasons are taken from the
recipe again. It is sorted and holds no times, no paths of
this computer and nothing random, so two runs with one outcome differ in the
date alone.
"""

import json
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, ValidationError

from app.content.complaints import problems_of
from app.content.located import LocatedError, load_json
from app.entry import EntryId, Line, Model, Slug
from app.errors import ContentError, Problem
from app.rates import Trials
from app.reproduce.recipe import Recipe

FORMAT: Final = 1

CHECK_FAILED: Final = "it ended well, and the check failed"
"""How a run failed whose command succeeded; otherwise an exit status is told."""

PrintedLine = Annotated[str, StringConstraints(max_length=20_000)]


class Shown(Model):
    """What the trigger printed with one version of the tool, and what Wayout read from it.

    `variant` is such as `pip 26.3`, None where no tool is varied. `cause` is
    the cause that Wayout chose, None when it said that it cannot tell.
    """

    variant: Line | None
    status: int
    cause: Slug | None
    output: tuple[PrintedLine, ...]


class ReproducedScenario(Model):
    """One scenario of the recipe, in which the message was printed by every variant shown."""

    id: Slug
    title: Line
    title_zh: Line | None = None
    cause: Slug
    trigger: str
    shown: tuple[Shown, ...]


class Run(Model):
    """One remedy tried once. `then` is the entry whose message the tool printed afterwards."""

    variant: Line | None
    worked: bool
    why: Line | None = Field(None, description="How it failed")
    then: EntryId | None = None
    output: tuple[PrintedLine, ...] = Field(
        (), description="The last lines of a failed attempt, unless it is the same message"
    )


class Trial(Model):
    """One remedy in one scenario. `applies` says whether the entry claims anything about it."""

    remedy: Slug
    scenario: Slug
    applies: bool
    apply: str | None
    retry: str | None
    runs: tuple[Run, ...]

    @property
    def worked(self) -> bool:
        """Whether it was tried, and worked with every version of the tool."""
        return bool(self.runs) and all(run.worked for run in self.runs)


class Skipped(Model):
    """A remedy that was not tried, everywhere or in one scenario, with the recipe's reason."""

    remedy: Slug
    scenario: Slug | None
    why: Line
    why_zh: Line | None = None


class Evidence(Model):
    """The document. `basis` is a hash of all that was claimed and tried."""

    format: Literal[1] = FORMAT
    entry: EntryId
    basis: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    date: date
    sandbox: Literal["bubblewrap", "none"]
    tools: dict[str, str]
    scenarios: tuple[ReproducedScenario, ...]
    trials: tuple[Trial, ...]
    skipped: tuple[Skipped, ...]


def read_evidence(text: str, path: str) -> Evidence:
    """Read an evidence file. Raises ContentError."""
    try:
        located = load_json(text)
    except LocatedError as error:
        problem = Problem(path, error.line, error.column, error.what, error.instead)
        raise ContentError([problem]) from None
    try:
        return Evidence.model_validate(located.value)
    except ValidationError as error:
        raise ContentError(problems_of(error, Evidence, path, located.places)) from None


def write_evidence(evidence: Evidence) -> str:
    """The text of an evidence file, always the same for the same evidence."""
    return json.dumps(evidence.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def with_words_of(recipe: Recipe, evidence: Evidence) -> Evidence:
    """The evidence with titles and reasons as the recipe has them now: they prove nothing."""
    titles = {one.id: {"title": one.title, "title_zh": one.title_zh} for one in recipe.scenarios}
    return evidence.model_copy(
        update={
            "scenarios": tuple(
                one.model_copy(update=titles.get(one.id, {})) for one in evidence.scenarios
            ),
            "skipped": tuple(
                one.model_copy(update=_reason(recipe, one)) for one in evidence.skipped
            ),
        }
    )


def _reason(recipe: Recipe, skipped: Skipped) -> dict[str, str | None]:
    plan = recipe.remedies.get(skipped.remedy)
    attempt = plan.scenarios.get(skipped.scenario) if plan and skipped.scenario else plan
    return {"why": attempt.skip, "why_zh": attempt.skip_zh} if attempt and attempt.skip else {}


def trials(evidence: Evidence) -> dict[str, Trials]:
    """For each remedy that was tried where it is meant to be: worked in k of n scenarios.

    A scenario counts once, however many versions of the tool were tried in it,
    and as worked only if the remedy worked with all of them.
    """
    counts: dict[str, list[bool]] = {}
    for trial in evidence.trials:
        if trial.applies and trial.runs:
            counts.setdefault(trial.remedy, []).append(trial.worked)
    return {remedy: Trials(sum(worked), len(worked)) for remedy, worked in counts.items()}


def differences(one: Evidence, other: Evidence) -> list[str]:
    """The runs of which two evidences say something else; dates and outputs may differ."""
    left, right = _outcome(one), _outcome(other)
    runs = {**left, **right}
    return [" · ".join(filter(None, run)) for run in runs if left.get(run) is not right.get(run)]


def _outcome(evidence: Evidence) -> dict[tuple[str, str, str | None], bool]:
    return {
        (trial.remedy, trial.scenario, run.variant): run.worked
        for trial in evidence.trials
        for run in trial.runs
    }
