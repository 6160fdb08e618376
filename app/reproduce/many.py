"""Several recipes: finding them beside their entries, choosing, running, keeping the evidence."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Final

from app.content.folder import list_folders, read_files
from app.errors import ContentError, UnknownEntry
from app.matching import Matcher
from app.reproduce.evidence import Evidence, differences, write_evidence
from app.reproduce.prepare import default_cache
from app.reproduce.reproduction import Reproduction, read_reproduction
from app.reproduce.runner import Progress, Report, reproduce

JOBS: Final = 2


def choose(
    roots: Iterable[Path], wanted: frozenset[str], *, changed: bool = False
) -> tuple[list[Reproduction], Matcher]:
    """The reproductions of the wanted entries, or of all when none is named, and the matcher.

    With `changed` only those whose evidence is out of date. Raises UnknownEntry
    for a wanted entry that is not there or has no recipe, and ContentError for
    one that cannot be read.
    """
    files = list_folders(roots).entries
    with_recipe = [name for name, each in files.items() if each.recipe]
    for entry_id in sorted(wanted):
        if entry_id not in with_recipe:
            raise UnknownEntry(entry_id, get_close_matches(entry_id, with_recipe, 3))
    loaded = {}
    for entry_id, each in files.items():
        one, problems = read_files(each)
        if one:
            loaded[entry_id] = one
        elif entry_id in wanted:
            raise ContentError(problems)
    found = (
        read_reproduction(loaded[entry_id])
        for entry_id in with_recipe
        if entry_id in loaded and (not wanted or entry_id in wanted)
    )
    chosen = [one for one in found if not changed or one.changed or one.problems]
    return chosen, Matcher.build([one.entry for one in loaded.values()])


def quickest(chosen: Iterable[Reproduction], runs: int) -> list[Reproduction]:
    """Those with the fewest runs, as many as take `runs` together; the same ones everywhere."""
    found = []
    for one in sorted(chosen, key=lambda one: (one.runs, one.entry.id)):
        runs -= one.runs
        if runs < 0:
            break
        found.append(one)
    return found


def reproduce_all(
    chosen: Iterable[Reproduction],
    matcher: Matcher,
    cache: Path | None = None,
    *,
    jobs: int = JOBS,
    unsafe: bool = False,
    check: bool = False,
    progress: Progress | None = None,
) -> Iterator[Report]:
    """Run recipes one after another, and keep the evidence of those without problems.

    With `check` nothing is written; that there is no evidence is a problem, and
    so are runs that come out otherwise. A recipe that cannot be read, or does
    not fit its entry, gives a report with the complaints. Raises NoSandbox.
    """
    for one in chosen:
        if one.recipe is None:
            yield Report(one.entry.id, problems=tuple(map(str, one.problems)))
            continue
        if check and one.evidence is None:
            why = f"there is no evidence: run `wayout reproduce {one.entry.id}`"
            yield Report(one.entry.id, problems=(why,))
            continue
        run = partial(
            reproduce,
            one.entry,
            one.recipe,
            matcher,
            cache or default_cache(),
            unsafe=unsafe,
            progress=progress,
        )
        try:
            report = run(jobs=jobs)
            if check and _checked(report, one).problems:
                # A busy machine can cut a run short; what a second look, one run at a
                # time, shows again is no accident.
                report = run(jobs=1)
        except ContentError as error:
            yield Report(one.entry.id, problems=tuple(map(str, error.problems)))
            continue
        if check:
            yield _checked(report, one)
            continue
        if report.evidence and not report.problems:
            keep(report.evidence, one.evidence_path)
        yield report


def keep(evidence: Evidence, path: Path) -> None:
    """Write an evidence file whole or not at all."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(write_evidence(evidence), encoding="utf-8")
    aside.replace(path)


def _checked(report: Report, one: Reproduction) -> Report:
    if report.evidence is None or one.evidence is None:
        return report
    why = [
        f"{what} came out otherwise than the evidence says"
        for what in differences(report.evidence, one.evidence)
    ]
    return Report(report.entry_id, report.evidence, problems=(*report.problems, *why))
