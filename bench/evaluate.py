"""How often the matcher is right, on real logs and on mangled copies of them.

    python -m bench.evaluate            print the figures; write docs/evaluation.md and .svg
    python -m bench.evaluate --fit      also refit app/matching/calibration.tsv
    python -m bench.evaluate --quick    plain logs only, nothing written
    python -m bench.evaluate --misses   also name every log that was answered wrongly

The logs are tests/logs/red and green with the labels of tests/logs/labels.json,
where an expected entry that the catalogue lacks counts as "none known", and the
outputs that reproductions captured, labelled by their recipes. Evidence is kept
only if the matcher put the entry first, so these say nothing of its confidence
and are left out of the calibration; what is mangled of them does tell.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from app.content.folder import LoadedEntry, list_folders, read_files
from app.entry import Entry
from app.matching import Answer, Matcher, match
from app.matching.ranking import CALIBRATION_FILE
from app.reproduce.reproduction import read_reproduction
from bench.matching_mangle import VARIANTS

_ROOT: Final = Path(__file__).parent.parent
_LOGS: Final = _ROOT / "tests/logs"
_REPORT: Final = _ROOT / "docs/evaluation.md"
_PLOT: Final = _ROOT / "docs/evaluation.svg"
_PLAIN: Final = "plain"
_CUTS: Final = ("head cut off", "tail cut off")


@dataclass(frozen=True)
class Case:
    """One real log with its label; `expects` is None where no known entry is right.

    `captured` is one of a reproduction.
    """

    name: str
    red: bool
    data: bytes
    expects: str | None
    cause: str | None
    accepts: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    captured: bool = False


@dataclass(frozen=True)
class Result:
    """What one log, in one variant, was answered with; `best` also if it was too doubtful."""

    case: Case
    variant: str
    ids: tuple[str, ...]
    best: str | None
    score: float
    confidence: float
    cause: str | None

    @property
    def right(self) -> bool:
        """Whether the first answer, or saying nothing, was right."""
        first = self.ids[0] if self.ids else None
        if not self.case.red:
            return self.case.also.issuperset(self.ids)  # a step that was allowed to fail
        if self.case.expects is None:
            return first is None or first in self.case.accepts | self.case.also
        return first == self.case.expects or first in self.case.accepts

    @property
    def in_three(self) -> bool:
        """Whether the right entry is among the first three."""
        return self.right or self.case.expects in self.ids[:3]


def main() -> None:
    """Evaluate, print, write."""
    arguments = _arguments()
    loaded = _loaded(_ROOT / "content")
    entries = [one.entry for one in loaded]
    matcher = Matcher.build(entries)
    cases = [*_cases(entries), *_captured(loaded)]
    variants = [_PLAIN] if arguments.quick else [*VARIANTS, *_CUTS]
    results = [result for case in cases for result in _results(matcher, case, variants)]
    if arguments.fit:
        _fit(results)
    report = _report(entries, cases, results)
    print(report)
    if arguments.misses:
        _name_misses(results)
    if not arguments.quick:
        _REPORT.write_text(report, encoding="utf-8")
        _PLOT.write_text(_plot(results), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for flag in ("--fit", "--quick", "--misses"):
        parser.add_argument(flag, action="store_true")
    return parser.parse_args()


def entries_of(folder: Path) -> list[Entry]:
    """The entries of a content folder; files with errors are left out."""
    return [one.entry for one in _loaded(folder)]


def _loaded(folder: Path) -> list[LoadedEntry]:
    loaded = (read_files(files)[0] for files in list_folders([folder]).entries.values())
    return [each for each in loaded if each]


def _captured(loaded: Iterable[LoadedEntry]) -> Iterator[Case]:
    """What the tools printed when recipes were run; alike outputs of versions are one case."""
    for found in map(read_reproduction, loaded):
        if found.recipe is None or found.evidence is None:
            continue
        recognised = {one.id: one.recognise for one in found.recipe.recipe.scenarios}
        for scenario in found.evidence.scenarios:
            for output in dict.fromkeys("\n".join(shown.output) for shown in scenario.shown):
                yield Case(
                    name=f"{found.entry.id}#{scenario.id}",
                    red=True,
                    data=output.encode(),
                    expects=found.entry.id,
                    cause=recognised.get(scenario.id),
                    captured=True,
                )


def _cases(entries: Iterable[Entry]) -> Iterator[Case]:
    known = {entry.id for entry in entries}
    labels = json.loads((_LOGS / "labels.json").read_text(encoding="utf-8"))
    for path in sorted(_LOGS.glob("red/*.log")) + sorted(_LOGS.glob("green/*.log")):
        name = f"{path.parent.name}/{path.name}"
        label = labels.get(name, {})
        expects = label.get("expects")
        yield Case(
            name=name,
            red=path.parent.name == "red",
            data=path.read_bytes(),
            expects=expects if expects in known else None,
            cause=label.get("cause") if label.get("decidable", True) else None,
            accepts=frozenset(label.get("accepts", ())),
            also=frozenset(label.get("also", ())),
        )


def _results(matcher: Matcher, case: Case, variants: Iterable[str]) -> Iterator[Result]:
    plain = match(matcher, case.data)
    text = case.data.decode("utf-8", "replace")
    for variant in variants:
        if variant == _PLAIN:
            yield _result(case, variant, plain)
        elif case.red and variant in VARIANTS:
            yield _result(case, variant, match(matcher, VARIANTS[variant](text)))
        elif case.red and plain.matches:
            yield _result(case, variant, match(matcher, _cut(text, plain, variant)))


def _cut(text: str, plain: Answer, variant: str) -> str:
    """The log without what stands before, or after, the lines that decided."""
    lines = text.split("\n")
    places = plain.matches[0].evidence
    if variant == _CUTS[0]:
        return "\n".join(lines[max(0, places[0].line - 2) :])
    return "\n".join(lines[: places[-1].last_line + 1])


def _result(case: Case, variant: str, answer: Answer) -> Result:
    best = [*answer.matches, *answer.weak]
    cause = answer.matches[0].cause if answer.matches else None
    return Result(
        case,
        variant,
        tuple(each.id for each in answer.matches),
        best[0].id if best else None,
        best[0].score if best else 0.0,
        best[0].confidence if best else 0.0,
        cause.id if cause else None,
    )


def _share(results: list[Result], attribute: str) -> str:
    good = sum(getattr(result, attribute) for result in results)
    return f"{good} of {len(results)} ({100 * good / len(results):.1f} %)" if results else "none"


def _report(entries: list[Entry], cases: list[Case], results: list[Result]) -> str:
    plain = [each for each in results if each.variant == _PLAIN]
    red = [each for each in plain if each.case.red]
    known = [each for each in red if each.case.expects]
    captured = [each for each in known if each.case.captured]
    unknown = [each for each in red if not each.case.expects]
    green = [each for each in plain if not each.case.red]
    mangled = [each for each in results if each.variant != _PLAIN and each.case.expects]
    causes = [each for each in known if each.case.cause and each.right]
    decided = sum(each.cause == each.case.cause for each in causes)
    rows = [
        ("known errors, right entry first", _share(known, "right")),
        ("those of them that reproductions captured", _share(captured, "right")),
        ("known errors, right entry among three", _share(known, "in_three")),
        ("mangled copies of them, right entry first", _share(mangled, "right")),
        ("right cause, where the log shows it", f"{decided} of {len(causes)}"),
        ("unknown errors, nothing claimed", _share(unknown, "right")),
        ("logs of success, nothing claimed", _share(green, "right")),
    ]
    lines = [
        "# How often the matcher is right",
        "",
        f"Written by `make evaluate` on {date.today().isoformat()} with {len(entries)} entries and "
        f"{len(cases)} real logs (Python {platform.python_version()}): those of `tests/logs`, and "
        f"{len(captured)} outputs that reproductions captured.",
        "",
        "| measured | result |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows),
        "",
        "## What happens between terminal and paste box",
        "",
        "| variant | right entry first |",
        "|---|---|",
        *(f"| {name} | {_share(each, 'right')} |" for name, each in _by_variant(results)),
        "",
        "## Calibration",
        "",
        "Of the answers given with this confidence, so many were right:",
        "",
        "| confidence | answers | right |",
        "|---|---|---|",
        *(f"| {a:.2f} to {b:.2f} | {n} | {share:.3f} |" for a, b, n, share in _bins(results)),
        "",
        "![The share of right answers by variant and by confidence](evaluation.svg)",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _by_variant(results: list[Result]) -> list[tuple[str, list[Result]]]:
    names = list(dict.fromkeys(each.variant for each in results))
    return [(n, [r for r in results if r.variant == n and r.case.expects]) for n in names]


def _bins(results: list[Result]) -> list[tuple[float, float, int, float]]:
    edges = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.001)
    told = _telling(results)
    rows = []
    for low, high in pairwise(edges):
        inside = [each for each in told if each.ids and low <= each.confidence < high]
        if inside:
            rows.append(
                (low, min(high, 1.0), len(inside), sum(r.right for r in inside) / len(inside))
            )
    return rows


def _telling(results: Iterable[Result]) -> list[Result]:
    """Without the captured outputs as they are, which could only be right."""
    return [each for each in results if not (each.case.captured and each.variant == _PLAIN)]


def _fit(results: list[Result]) -> None:
    """The share of best candidates that were right, by score, made to rise with it.

    Two wrong answers are added to each stretch, so that few cases, all of them
    right, are not called certain, and a stretch without any is not believed.
    """
    rows: list[tuple[float, float]] = [(0.0, 0.0)]
    told = _telling(results)
    for low, high in pairwise(_FIT_EDGES):
        inside = [each for each in told if low <= each.score < high and each.best]
        right = sum(_was_right(each) for each in inside)
        share = right / (len(inside) + 2)
        middle = statistics.median([each.score for each in inside] or [(low + high) / 2])
        rows.append((middle, max(share, rows[-1][1])))
    CALIBRATION_FILE.write_text(
        "".join(f"{score:.1f}\t{share:.3f}\n" for score, share in rows), encoding="utf-8"
    )


_FIT_EDGES: Final = (0.0, 8.0, 12.0, 16.0, 20.0, 25.0, 32.0, 42.0, 60.0, 1000.0)
"""Bits; wide enough that each stretch has answers in it."""


def _was_right(result: Result) -> bool:
    allowed = result.case.accepts | result.case.also
    return result.best in allowed or (result.best == result.case.expects and result.case.red)


def _name_misses(results: list[Result]) -> None:
    for each in results:
        if not each.right:
            expected = each.case.expects or "none"
            print(f"{each.case.name} [{each.variant}] expects {expected}, got {each.ids[:3]}")
        elif each.case.cause and each.cause != each.case.cause and each.case.expects:
            print(f"{each.case.name} [{each.variant}] cause {each.case.cause}, got {each.cause}")


def _plot(results: list[Result]) -> str:
    """Bars of the share of right answers by variant, and the calibration curve beside it."""
    bars = []
    for row, (name, each) in enumerate(_by_variant(results)):
        share = sum(r.right for r in each) / len(each) if each else 0.0
        y = 30 + 20 * row
        bars.append(
            f'<text x="170" y="{y + 11}" text-anchor="end">{name}</text>'
            f'<rect x="180" y="{y}" width="{200 * share:.1f}" height="14" fill="#2a6f97"/>'
            f'<text x="{186 + 200 * share:.1f}" y="{y + 11}">{100 * share:.1f}</text>'
        )
    dots = [
        f'<circle cx="{520 + 100 * (low + high):.1f}" cy="{240 - 200 * share:.1f}" '
        f'r="4" fill="#c12">'
        f"<title>{count} answers</title></circle>"
        for low, high, count, share in _bins(results)
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 520" '
        'font-family="sans-serif" font-size="11" role="img" '
        'aria-label="Share of right answers by variant and by confidence">'
        '<rect width="760" height="520" fill="#fff"/>'
        '<text x="180" y="18" font-weight="bold">right entry first, %</text>'
        + "".join(bars)
        + '<text x="520" y="18" font-weight="bold">share right by confidence</text>'
        '<path d="M520 40V240H720" fill="none" stroke="#333"/>'
        '<path d="M520 240L720 40" stroke="#bbb" stroke-dasharray="4 3"/>'
        '<text x="520" y="256">0</text><text x="712" y="256">1</text><text x="506" y="46">1</text>'
        + "".join(dots)
        + "</svg>\n"
    )


if __name__ == "__main__":
    main()
