"""What running an entry's recipe has shown: as an answer, and row by row for those who draw it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from pydantic import Field

from app.answers.base import Answer, Language
from app.entry import is_meant_for
from app.render import printable
from app.reproduce.evidence import CHECK_FAILED, Evidence, Run, Trial

Failure: TypeAlias = Literal["same-message", "other-error", "check-failed"]
Mark: TypeAlias = Literal[
    "worked",
    "at-a-price",
    "depends-on-version",
    "same-message",
    "other-error",
    "check-failed",
    "not-meant",
    "not-tried",
]


class ShownAnswer(Answer):
    """What the command printed with one version of the tool."""

    variant: str | None = Field(description="Such as `pip 26.3`; null where one version was tried")
    status: int = Field(description="Exit status")
    cause: str | None = Field(description="The cause read from the output, null if it cannot tell")
    output: str


class ScenarioAnswer(Answer):
    """One way in which the message was brought about."""

    number: int = Field(description="From 1, as the page counts them")
    id: str
    title: str
    language: Language
    cause: str
    trigger: str = Field(description="The command that failed")
    shown: tuple[ShownAnswer, ...]


class RunAnswer(Answer):
    """A remedy tried once, with one version of the tool."""

    variant: str | None
    worked: bool
    failure: Failure | None = Field(
        description="`same-message` again, an `other-error`, or all seemed well and `check-failed`"
    )
    why: str | None
    then: str | None = Field(description="The entry whose message was printed afterwards")
    output: str = Field(description="Last lines of a failed attempt, unless it is the same message")


class TrialAnswer(Answer):
    """A remedy tried in a scenario, with every version of the tool."""

    remedy: str
    scenario: str
    outcome: Literal["worked", "failed", "depends-on-version"]
    applies: bool = Field(description="Whether the entry says anything of the remedy in this case")
    apply: str | None = Field(description="What was done")
    retry: str | None = Field(description="What was run then; the trigger if null")
    runs: tuple[RunAnswer, ...]


class SkippedAnswer(Answer):
    """A remedy that was not tried, in one scenario or, when that is null, anywhere."""

    remedy: str
    scenario: str | None
    why: str
    language: Language


class ReproductionAnswer(Answer):
    """What was tried with the real tool: `wayout reproduce` does it again."""

    date: str
    sandbox: Literal["bubblewrap", "none"]
    tools: dict[str, str] = Field(description="What each tool says of its version")
    scenarios: tuple[ScenarioAnswer, ...]
    trials: tuple[TrialAnswer, ...]
    skipped: tuple[SkippedAnswer, ...]


@dataclass(frozen=True)
class Cell:
    """One remedy in one scenario. `trial` is None where it was not tried, `skipped` says why not.

    `mark` is what came of it in short: of a failure, how it failed first. What
    ends the message and does harm is `at-a-price`.
    """

    scenario: ScenarioAnswer
    mark: Mark
    trial: TrialAnswer | None = None
    skipped: SkippedAnswer | None = None


@dataclass(frozen=True)
class Row:
    """One remedy in all scenarios; `skipped` when it was tried in none, and then without cells."""

    remedy: str
    cells: tuple[Cell, ...] = ()
    skipped: SkippedAnswer | None = None


def reproduction_answer(evidence: Evidence, language: Language) -> ReproductionAnswer:
    """The evidence with its words in a language, English where there are no others."""
    return ReproductionAnswer(
        date=evidence.date.isoformat(),
        sandbox=evidence.sandbox,
        tools=evidence.tools,
        scenarios=tuple(
            ScenarioAnswer(
                number=number,
                id=one.id,
                **_worded("title", one.title, one.title_zh, language),
                cause=one.cause,
                trigger=one.trigger,
                shown=tuple(
                    ShownAnswer(
                        variant=shown.variant,
                        status=shown.status,
                        cause=shown.cause,
                        output=printable("\n".join(shown.output)),
                    )
                    for shown in one.shown
                ),
            )
            for number, one in enumerate(evidence.scenarios, 1)
        ),
        trials=tuple(_trial(one, evidence.entry) for one in evidence.trials if one.runs),
        skipped=tuple(
            SkippedAnswer(
                remedy=one.remedy,
                scenario=one.scenario,
                **_worded("why", one.why, one.why_zh, language),
            )
            for one in evidence.skipped
        ),
    )


def _worded(key: str, english: str, chinese: str | None, language: Language) -> dict[str, str]:
    is_chinese = language == "zh" and chinese
    return (
        {key: chinese or "", "language": "zh"} if is_chinese else {key: english, "language": "en"}
    )


def _trial(trial: Trial, entry_id: str) -> TrialAnswer:
    partly = any(run.worked for run in trial.runs)
    return TrialAnswer(
        remedy=trial.remedy,
        scenario=trial.scenario,
        outcome="worked" if trial.worked else "depends-on-version" if partly else "failed",
        applies=trial.applies,
        apply=trial.apply,
        retry=trial.retry,
        runs=tuple(
            RunAnswer(
                variant=run.variant,
                worked=run.worked,
                failure=None if run.worked else _failure(run, entry_id),
                why=run.why,
                then=run.then,
                output=printable("\n".join(run.output)),
            )
            for run in trial.runs
        ),
    )


def _failure(run: Run, entry_id: str) -> Failure:
    if run.why == CHECK_FAILED:
        return "check-failed"
    return "same-message" if run.then == entry_id else "other-error"


class AnyRemedy(Protocol):
    """A remedy of an entry or of an answer; of those that do `harm`, what it is."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def when(self) -> tuple[str, ...]: ...  # noqa: D102


def rows(found: ReproductionAnswer, remedies: Iterable[AnyRemedy]) -> list[Row]:
    """A row for each remedy, in the given order; those of which nothing is told are left out."""
    trials = {(one.remedy, one.scenario): one for one in found.trials}
    skipped = {(one.remedy, one.scenario): one for one in found.skipped}
    made = []
    for remedy in remedies:
        cells = []
        for scenario in found.scenarios:
            key = (remedy.id, scenario.id)
            mark = _mark(trials.get(key), key in skipped, remedy, scenario)
            cells.append(Cell(scenario, mark, trials.get(key), skipped.get(key)))
        if any(cell.trial for cell in cells):
            made.append(Row(remedy.id, tuple(cells)))
        elif everywhere := skipped.get((remedy.id, None)) or next(
            (cell.skipped for cell in cells if cell.skipped), None
        ):
            made.append(Row(remedy.id, skipped=everywhere))
    return made


def _mark(
    trial: TrialAnswer | None, is_skipped: bool, remedy: AnyRemedy, scenario: ScenarioAnswer
) -> Mark:
    if trial is None:
        is_meant = is_meant_for(remedy.when, scenario.cause)
        return "not-tried" if is_skipped or is_meant else "not-meant"
    if trial.outcome == "worked" and getattr(remedy, "harm", None):
        return "at-a-price"
    if trial.outcome != "failed":
        return trial.outcome
    return trial.runs[0].failure or "other-error"
