"""What each page is made from: one frozen dataclass per template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.answers.excerpts import Excerpt
from app.answers.matches import MatchAnswer, MatchedEntry
from app.answers.reproduction import (
    Mark,
    ReproductionAnswer,
    RunAnswer,
    ScenarioAnswer,
    SkippedAnswer,
)
from app.catalogue.results import Card, Count, Filters, Found
from app.entry import Cause, Entry, Example, Related, Remedy, Software, SourceLocation
from app.errors import Problem
from app.outcomes.model import Report
from app.rates import Rate
from app.search.parse import Query


@dataclass(frozen=True)
class Text:
    """A rendered part: its fields as HTML, the language they are in, and how fresh they are."""

    fields: Mapping[str, Markup]
    language: str
    freshness: str

    @property
    def html(self) -> Markup:
        """The running text."""
        return self.fields["text"]

    @property
    def title(self) -> Markup:
        """The heading, for parts that have one."""
        return self.fields["title"]


@dataclass(frozen=True)
class RemedyView:
    """A workaround or dead end, with its rate and the titles of the causes it answers.

    `number` counts from 1 in the order of the page.
    """

    remedy: Remedy
    text: Text
    rate: Rate
    causes: Sequence[tuple[str, Markup]]
    number: int = 0

    @property
    def bar(self) -> tuple[int, int, int]:
        """Where the rate's interval begins, how wide it is, and its mean, in hundredths."""
        low, high = round(self.rate.low * 100), round(self.rate.high * 100)
        return low, max(high - low, 1), round(self.rate.mean * 100)


@dataclass(frozen=True)
class RelatedView:
    """A related entry; `card` is None when it has not been written."""

    related: Related
    note: Text | None
    card: Card | None


@dataclass(frozen=True)
class CapturedView:
    """What the tool printed in a scenario, and which version of it."""

    scenario: ScenarioAnswer
    variant: str | None
    output: Markup


@dataclass(frozen=True)
class ScenarioView:
    """A scenario; `versions` are given where not all of them were tried in it."""

    scenario: ScenarioAnswer
    versions: Sequence[str]


@dataclass(frozen=True)
class CellView:
    """A remedy in a scenario. `runs` are told by groups of versions that ended alike.

    `is_beyond` is for what was tried although the entry claims nothing about it.
    """

    scenario: ScenarioAnswer
    mark: Mark
    is_beyond: bool
    runs: Sequence[tuple[Sequence[str], RunAnswer]]
    skipped: SkippedAnswer | None


@dataclass(frozen=True)
class RowView:
    """A remedy in all scenarios, or why it was tried in none."""

    remedy: RemedyView
    cells: Sequence[CellView]
    skipped: SkippedAnswer | None


@dataclass(frozen=True)
class NoteView:
    """Why a remedy was not tried in the scenarios of these numbers, or how else it failed there.

    `then` is the entry of the other error and `line` its text, `versions` those
    that failed where others did not.
    """

    mark: Mark
    remedy: RemedyView
    numbers: Sequence[int]
    versions: Sequence[str]
    why: str
    then: str | None
    line: str


@dataclass(frozen=True)
class ReproductionView:
    """What was tried: the scenarios, then every remedy in each of them.

    `marks` are those that occur; `notes` say more than they do.
    """

    found: ReproductionAnswer
    date: date
    tools: Sequence[str]
    scenarios: Sequence[ScenarioView]
    workarounds: Sequence[RowView]
    dead_ends: Sequence[RowView]
    marks: Sequence[Mark]
    notes: Sequence[NoteView]
    command: Markup


@dataclass(frozen=True)
class HomePage:
    """The paste box, the ecosystems, what is new."""

    ecosystems: Sequence[Count]
    categories: Sequence[Count]
    newest: Sequence[Card]
    total: int


@dataclass(frozen=True)
class ListPage:
    """Entries of an ecosystem, tag or category, with the filters that can be combined.

    `kind` is `ecosystem`, `tag` or `category` and `name` its value; `facets`
    maps the other filters to their values with counts.
    """

    kind: str
    name: str
    cards: Sequence[Card]
    total: int
    page: int
    pages: int
    filters: Filters
    facets: Mapping[str, Sequence[Count]]


@dataclass(frozen=True)
class Said:
    """What a reader who comes from a report's form has said of its remedy; None if withdrawn."""

    remedy: str
    report: Report | None


@dataclass(frozen=True)
class EntryPage:
    """One entry. `parts` holds the sections' texts by key; `said` is a report just made.

    `captured` and `tried` are what its reproduction has shown, only on its own page.
    """

    entry: Entry
    card: Card
    message: Markup
    parts: Mapping[str, Text]
    causes: Sequence[tuple[Cause, Text]]
    workarounds: Sequence[RemedyView]
    dead_ends: Sequence[RemedyView]
    examples: Sequence[tuple[Example, Text]]
    versions: Sequence[tuple[Software, Text | None]]
    triggered_by: Sequence[tuple[SourceLocation, Text]]
    related: Sequence[RelatedView]
    stale: int
    missing: int
    problems: Sequence[Problem]
    source: str
    takes_reports: bool
    said: Said | None
    captured: Sequence[CapturedView] = ()
    tried: ReproductionView | None = None


@dataclass(frozen=True)
class SearchPage:
    """The result of a search, or the empty form when nothing was asked.

    `matched` are entries whose message the query is, if it is one.
    """

    query: Query
    found: Found | None
    matched: Sequence[Card]
    page: int
    pages: int


@dataclass(frozen=True)
class MatchView:
    """An entry that the reader's text speaks of.

    `entry` is its page, with the remedies that fit first, their commands filled
    in; `found` says where, how surely, and for which cause.
    """

    found: MatchedEntry
    entry: EntryPage


@dataclass(frozen=True)
class MatchPage:
    """What is known about a pasted text.

    `text` is what the form shows again, secrets masked; `error` says why nothing
    could be read, and then `answer` is None. `guesses` are near in words only.
    `excerpts` are the places of the text that decided.
    """

    text: str
    error: str | None
    answer: MatchAnswer | None
    matches: Sequence[MatchView]
    excerpts: Sequence[Excerpt]
    guesses: Sequence[Card]


@dataclass(frozen=True)
class StatusPage:
    """What is served, and what is wrong with the content.

    `reports` is their number, None where none are taken; `reports_problem` is
    why the database cannot be read.
    """

    built: str
    entries: int
    translated: int
    reports: int | None
    reports_problem: str | None
    problems: Sequence[Problem]


@dataclass(frozen=True)
class AboutPage:
    """What Wayout is; the template holds it all."""


@dataclass(frozen=True)
class ErrorPage:
    """Something that cannot be shown; `near` are entries that may have been meant."""

    status: int
    title: str
    detail: str
    near: Sequence[Card]


@dataclass(frozen=True)
class Operation:
    """An operation of the API. Parameters are (name, where, required, type, description)."""

    method: str
    path: str
    summary: str
    description: str
    parameters: Sequence[tuple[str, str, bool, str, str]]
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ReferencePage:
    """The API's reference."""

    operations: Sequence[Operation]
