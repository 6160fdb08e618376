"""A whole entry as an answer, with the rates of its remedies."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field

from app.answers.base import Answer, EntrySummary, Language, TextAnswer
from app.answers.reproduction import ReproductionAnswer, reproduction_answer
from app.catalogue.queries import Catalogue
from app.content.prose import SHELLS
from app.content.translation import Freshness, LocalPart, localized
from app.entry import (
    SECTIONS,
    Cause,
    DeadEnd,
    Example,
    Related,
    Remedy,
    Software,
    Source,
    SourceLocation,
    Workaround,
    fenced_code,
)
from app.outcomes.live import NOTHING_REPORTED, Reported
from app.rates import Rate, Trials, rate


class RateAnswer(Answer):
    """How often a remedy worked. Shares are 0..1; `low` to `high` is a 90 % interval."""

    mean: float
    low: float
    high: float
    worked: int = Field(description="Trials in which it worked, reproduced and reported together")
    trials: int
    reproduced: tuple[int, int] = Field(description="Worked, and all reproduced scenarios")
    reported: tuple[int, int] = Field(description="Worked, and all readers' reports")
    estimate: float | None = Field(
        description="The author's guess, which weighs as little as two trials"
    )

    @classmethod
    def of(cls, found: Rate) -> "RateAnswer":
        """The parts of a rate, rounded to what they are worth."""
        return cls(
            mean=round(found.mean, 3),
            low=round(found.low, 3),
            high=round(found.high, 3),
            worked=found.trials.worked,
            trials=found.trials.total,
            reproduced=(found.reproduced.worked, found.reproduced.total),
            reported=(found.reported.worked, found.reported.total),
            estimate=found.estimate,
        )


class CommandAnswer(Answer):
    """A block to be typed. `language` is `sh`, `powershell`, `bat` or `console`."""

    language: str
    text: str


class CauseAnswer(TextAnswer):
    """One reason for the message."""

    id: str
    title: str


class RemedyAnswer(TextAnswer):
    """Something to try: a workaround or a dead end, with its rate."""

    id: str
    title: str
    kind: Literal["workaround", "dead-end"]
    when: tuple[str, ...]
    condition: str | None
    risk: str | None
    risk_reason: str | None
    harm: str | None = Field(description="What a dead end breaks, also where it ends the message")
    versions: str | None
    sources: tuple[Source, ...]
    commands: tuple[CommandAnswer, ...]
    rate: RateAnswer


class ExampleAnswer(TextAnswer):
    """Output that the tool really printed."""

    id: str
    title: str
    cause: str | None
    produced_by: str | None


class EntryAnswer(EntrySummary):
    """A whole entry."""

    first_seen: str | None
    tags: tuple[str, ...]
    translations: tuple[str, ...]
    sections: dict[str, TextAnswer]
    causes: tuple[CauseAnswer, ...]
    workarounds: tuple[RemedyAnswer, ...]
    dead_ends: tuple[RemedyAnswer, ...]
    examples: tuple[ExampleAnswer, ...]
    versions: tuple[Software, ...]
    docs: tuple[Source, ...]
    triggered_by: tuple[SourceLocation, ...]
    related: tuple[Related, ...]
    files: tuple[str, ...]
    reproduction: ReproductionAnswer | None = Field(
        description="What was tried with the real tool; null if nothing was"
    )
    provenance: dict[str, Any]


def ordered(
    remedies: Iterable[Remedy], reproduced: Mapping[str, Trials], reported: Mapping[str, Trials]
) -> list[tuple[Remedy, Rate]]:
    """Remedies with their rates: safe ones first, then by the rate's lower bound.

    Dead ends, and remedies of one rank, keep the author's order.
    """
    rated = [
        (remedy, rate(remedy.estimate, reproduced.get(remedy.id), reported.get(remedy.id)))
        for remedy in remedies
    ]

    def rank(pair: tuple[Remedy, Rate]) -> tuple[int, float]:
        remedy, found = pair
        if isinstance(remedy, Workaround):
            return (
                ["safe", "weakens-security", "destructive"].index(remedy.risk.value),
                -found.low,
            )
        return (0, 0.0)

    return sorted(rated, key=rank)


def entry_answer(
    catalogue: Catalogue,
    entry_id: str,
    language: Language,
    base_url: str,
    reported: Reported = NOTHING_REPORTED,
    *,
    with_reproduction: bool = True,
) -> EntryAnswer:
    """A whole entry in a language, with what readers reported. Raises UnknownEntry."""
    page = catalogue.page(entry_id, language)
    evidence = catalogue.evidence(entry_id) if with_reproduction else None
    entry = page.entry
    local = localized(entry, language)
    texts = {
        section: TextAnswer(**_text(local[section], language))
        for section in SECTIONS
        if section in local
    }
    return EntryAnswer(
        **EntrySummary.of(page.card, base_url).model_dump(),
        first_seen=entry.first_seen.isoformat() if entry.first_seen else None,
        tags=entry.tags,
        translations=tuple(entry.translations),
        sections=texts,
        causes=tuple(_cause(cause, local, language) for cause in entry.causes),
        workarounds=tuple(
            _remedy(*pair, local, language)
            for pair in ordered(entry.workarounds, page.trials, reported.of(page.entry.id))
        ),
        dead_ends=tuple(
            _remedy(*pair, local, language)
            for pair in ordered(entry.dead_ends, page.trials, reported.of(page.entry.id))
        ),
        examples=tuple(_example(example, local, language) for example in entry.examples),
        versions=tuple(
            _noted(software, "notes", f"versions.{software.name}", local)
            for software in entry.versions
        ),
        docs=entry.docs,
        triggered_by=tuple(
            _noted(location, "when", f"triggered-by.{number}", local)
            for number, location in enumerate(entry.triggered_by, 1)
        ),
        related=tuple(
            _noted(related, "note", f"related.{related.id}", local) for related in entry.related
        ),
        files=entry.files,
        reproduction=reproduction_answer(evidence, language) if evidence else None,
        provenance=entry.provenance.model_dump(mode="json", exclude_none=True),
    )


def _text(part: LocalPart, language: Language) -> dict[str, Any]:
    current = part.freshness is Freshness.CURRENT
    return {
        "text": part.fields["text"],
        "language": language if current else "en",
        "stale": part.freshness is Freshness.STALE,
    }


def _cause(cause: Cause, local: dict[str, LocalPart], language: Language) -> CauseAnswer:
    part = local[f"causes.{cause.id}"]
    return CauseAnswer(id=cause.id, title=part.fields["title"], **_text(part, language))


def _remedy(
    remedy: Remedy, found: Rate, local: dict[str, LocalPart], language: Language
) -> RemedyAnswer:
    section = "dead-ends" if isinstance(remedy, DeadEnd) else "workarounds"
    part = local[f"{section}.{remedy.id}"]
    return RemedyAnswer(
        id=remedy.id,
        title=part.fields["title"],
        kind="dead-end" if isinstance(remedy, DeadEnd) else "workaround",
        when=remedy.when,
        condition=part.fields.get("condition"),
        risk=remedy.risk.value if isinstance(remedy, Workaround) else None,
        risk_reason=part.fields.get("risk_reason"),
        harm=part.fields.get("harm"),
        versions=remedy.versions,
        sources=remedy.sources,
        commands=tuple(
            CommandAnswer(language=code.language, text=code.text)
            for code in fenced_code(remedy.explanation)
            if code.language in SHELLS
        ),
        rate=RateAnswer.of(found),
        **_text(part, language),
    )


def _example(example: Example, local: dict[str, LocalPart], language: Language) -> ExampleAnswer:
    part = local[f"examples.{example.id}"]
    return ExampleAnswer(
        id=example.id,
        title=part.fields["title"],
        cause=example.cause,
        produced_by=example.produced_by,
        **_text(part, language),
    )


def _noted(item: Any, field: str, key: str, local: dict[str, LocalPart]) -> Any:  # noqa: ANN401
    """The item with its note in the reader's language."""
    return item.model_copy(update={field: local[key].fields["text"]}) if key in local else item
