"""Several recipes: finding them beside their entries, choosing, running, keeping the evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from app.content.folder import EVIDENCE_SUFFIX, RECIPE_SUFFIX, list_folders, read_files
from app.entry import Entry
from app.errors import ContentError, UnknownEntry
from app.matching import Matcher
from app.reproduce.evidence import Evidence, read_evidence, same_outcome, write_evidence
from app.reproduce.prepare import default_cache
from app.reproduce.recipe import LocatedRecipe, read_recipe
from app.reproduce.runner import Progress, Report, basis_of, reproduce

JOBS: Final = 2


@dataclass(frozen=True)
class Reproduction:
    """An entry with its recipe, and the evidence there is so far."""

    entry: Entry
    recipe: LocatedRecipe
    folder: Path
    evidence: Evidence | None = None

    @property
    def changed(self) -> bool:
        """Whether recipe or claims are others than those the evidence was made from."""
        return self.evidence is None or self.evidence.basis != basis_of(self.entry, self.recipe)

    @property
    def evidence_path(self) -> Path:
        """Where the evidence is kept."""
        return self.folder / f"{self.entry.slug}.{EVIDENCE_SUFFIX}"


def reproductions(entries: Iterable[tuple[Entry, Path]]) -> Iterator[Reproduction]:
    """The entries that have a recipe; each is given with the folder its file lies in.

    Raises ContentError for a recipe or an evidence file that cannot be read.
    """
    for entry, folder in entries:
        path = folder / f"{entry.slug}.{RECIPE_SUFFIX}"
        if not path.is_file():
            continue
        recipe = read_recipe(path.read_text(encoding="utf-8"), f"{folder.name}/{path.name}")
        found = Reproduction(entry, recipe, folder)
        kept = found.evidence_path
        if kept.is_file():
            shown = f"{folder.name}/{kept.name}"
            evidence = read_evidence(kept.read_text(encoding="utf-8"), shown)
            found = Reproduction(entry, recipe, folder, evidence)
        yield found


def choose(
    roots: Iterable[Path], wanted: frozenset[str], *, changed: bool = False
) -> tuple[list[Reproduction], Matcher]:
    """The reproductions of the wanted entries, or of all when none is named, and the matcher.

    With `changed` only those whose evidence is out of date. Raises UnknownEntry
    for an entry that is not there or has no recipe.
    """
    files = list_folders(roots).entries
    loaded = {entry_id: one for entry_id, each in files.items() if (one := read_files(each)[0])}
    found = reproductions((one.entry, one.files.english.path.parent) for one in loaded.values())
    chosen = [
        one
        for one in found
        if (not wanted or one.entry.id in wanted) and (not changed or one.changed)
    ]
    for entry_id in sorted(wanted):
        if entry_id not in files or files[entry_id].recipe is None:
            with_recipe = [name for name, each in files.items() if each.recipe]
            raise UnknownEntry(entry_id, get_close_matches(entry_id, with_recipe, 3))
    return chosen, Matcher.build([one.entry for one in loaded.values()])


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

    With `check` nothing is written; evidence whose outcomes differ from the
    kept one is a problem instead. A recipe that does not fit its entry gives a
    report with the complaints. Raises NoSandbox.
    """
    for one in chosen:
        try:
            report = reproduce(
                one.entry,
                one.recipe,
                matcher,
                cache or default_cache(),
                jobs=jobs,
                unsafe=unsafe,
                progress=progress,
            )
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
    if report.evidence is None:
        return report
    if one.evidence is None:
        why = "there is no evidence file: run `wayout reproduce`"
    elif not same_outcome(report.evidence, one.evidence):
        why = "the outcomes differ from the evidence file: run `wayout reproduce`"
    else:
        return report
    return Report(report.entry_id, report.evidence, problems=(*report.problems, why))
