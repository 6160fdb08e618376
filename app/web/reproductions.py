"""What was reproduced, as an entry's page shows it: captured outputs, and every remedy tried."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final, get_args

from app import render
from app.answers.reproduction import Cell, Mark, ReproductionAnswer, RunAnswer, rows
from app.entry import Entry, fenced_code
from app.reproduce.versions import in_order, number_in
from app.web.contexts import (
    CapturedView,
    CellView,
    NoteView,
    RemedyView,
    ReproductionView,
    RowView,
    ScenarioView,
)

_HEAD: Final = 4
_TAIL: Final = 16
_WIDTH: Final = 240
"""Of a longer output the beginning is shown, and the end, where tools say what went wrong."""

_ADVICE: Final = re.compile(r"complete log of this run|^Node\.js v|--help|^(?:hint|note): ")
"""Lines at the end that do not say it."""


def captured_views(found: ReproductionAnswer, entry: Entry) -> list[CapturedView]:
    """One output for each scenario, by the newest version; none that is shown already."""
    seen = [_words(code[0].text) for one in entry.examples if (code := fenced_code(one.text))]
    views = []
    for scenario in found.scenarios:
        shown = scenario.shown[-1]
        words = _words(shown.output)
        if any(words in other for other in seen):
            continue
        seen.append(words)
        output = render.code_block(_trimmed(shown.output), "text")
        views.append(CapturedView(scenario, shown.variant, output))
    return views


def _words(output: str) -> str:
    return " ".join(output.split())


def _trimmed(output: str) -> str:
    lines = [line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…" for line in output.split("\n")]
    if len(lines) > _HEAD + _TAIL + 1:
        lines = [*lines[:_HEAD], "…", *lines[-_TAIL:]]
    return "\n".join(lines)


def reproduction_view(
    found: ReproductionAnswer,
    entry: Entry,
    workarounds: Sequence[RemedyView],
    dead_ends: Sequence[RemedyView],
) -> ReproductionView:
    """Who did what when, and the matrix of remedies and scenarios in the order of the page."""
    variants = list(
        dict.fromkeys(
            shown.variant for one in found.scenarios for shown in one.shown if shown.variant
        )
    )
    groups = [_rows(found, views) for views in (workarounds, dead_ends)]
    made = [row for group in groups for row in group]
    marks = {cell.mark for row in made for cell in row.cells}
    marks |= {"not-tried" for row in made if row.skipped}
    return ReproductionView(
        found=found,
        date=date.fromisoformat(found.date),
        tools=[*_versions(variants), *_tools(found.tools)],
        scenarios=[
            ScenarioView(one, _versions(here) if len(here) < len(variants) else [])
            for one in found.scenarios
            for here in ([shown.variant for shown in one.shown if shown.variant],)
        ],
        workarounds=groups[0],
        dead_ends=groups[1],
        marks=[mark for mark in get_args(Mark) if mark in marks],
        notes=[note for row in made for note in _notes(row)],
        command=render.code_block(f"wayout reproduce {entry.id}", "sh"),
    )


def _rows(found: ReproductionAnswer, views: Sequence[RemedyView]) -> list[RowView]:
    by_id = {view.remedy.id: view for view in views}
    return [
        RowView(by_id[row.remedy], [_cell(cell) for cell in row.cells], row.skipped)
        for row in rows(found, (view.remedy for view in views))
    ]


def _cell(cell: Cell) -> CellView:
    runs = cell.trial.runs if cell.trial else ()
    return CellView(
        cell.scenario,
        cell.mark,
        is_beyond=cell.trial is not None and not cell.trial.applies,
        runs=[
            (_versions([run.variant for run in alike if run.variant]), alike[0])
            for alike in _alike(runs)
        ],
        skipped=cell.skipped,
    )


def _alike(runs: Sequence[RunAnswer]) -> Iterator[list[RunAnswer]]:
    """The runs in groups that ended in the same way."""

    def end(run: RunAnswer) -> tuple[str, str]:
        return run.failure or "", run.then or ""

    for _, group in groupby(sorted(runs, key=end), end):
        yield list(group)


def _notes(row: RowView) -> Iterator[NoteView]:
    """Why a remedy was not tried, or which other error it led to, by what is alike."""
    alike: dict[tuple[Mark, tuple[str, ...], str, str | None, str], list[int]] = {}
    for cell in row.cells:
        number = cell.scenario.number
        if cell.skipped:
            alike.setdefault(("not-tried", (), cell.skipped.why, None, ""), []).append(number)
        for versions, run in cell.runs:
            is_part = len(cell.runs) > 1
            if run.failure and (is_part or run.failure == "other-error"):
                here = tuple(versions) if is_part else ()
                key = (run.failure, here, "", run.then, _last(run.output))
                alike.setdefault(key, []).append(number)
    for (mark, versions, why, then, line), numbers in alike.items():
        yield NoteView(mark, row.remedy, numbers, versions, why, then, line)


def _last(output: str) -> str:
    """The last line that says something of its own."""
    lines = [line.strip() for line in output.split("\n") if not _ADVICE.search(line)]
    return next((line[:_WIDTH] for line in reversed(lines) if line), "")


def _versions(variants: Iterable[str]) -> list[str]:
    """`pip 23.3.2` and `pip 26.3` as `pip 23.3.2, 26.3`."""
    versions: dict[str, list[str]] = {}
    for variant in variants:
        tool, _, version = variant.rpartition(" ")
        versions.setdefault(tool, []).append(version)
    return [f"{tool} {', '.join(sorted(found, key=in_order))}" for tool, found in versions.items()]


def _tools(tools: dict[str, str]) -> Iterator[str]:
    for name, version in tools.items():
        yield f"{name} {number_in(version)}".rstrip()
