"""Everything that is wrong with the content, without building anything."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.catalogue.build import Progress, read_entry
from app.content.checks import check_all
from app.content.folder import LoadedEntry, list_folders
from app.content.located import nearest_place
from app.errors import Problem
from app.gate import Sample, check_examples, check_green
from app.matching import Matcher
from app.reproduce.reproduction import Reproduction


@dataclass(frozen=True)
class Reach:
    """Where an entry was found in a check: examples of other entries, and logs of successes."""

    entry_id: str
    signatures: int
    other_examples: int
    green_logs: int


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    problems: tuple[Problem, ...]
    reach: tuple[Reach, ...]


def check(
    roots: Sequence[Path], green: Sequence[Path] = (), progress: Progress | None = None
) -> Checked:
    """Check every entry by itself, against the others, and against logs of successes.

    `green` are folders of such logs. Broken files are left out of what comes after.
    """
    listing = list_folders(roots)
    loaded: dict[str, LoadedEntry] = {}
    captured: dict[str, list[Sample]] = {}
    problems = list(listing.problems)
    for done, files in enumerate(listing.entries.values(), 1):
        one, found = read_entry(files, sorted(listing.attachments))
        problems += found
        if one:
            loaded[files.id] = one.loaded
            captured[files.id] = list(_captured(one))
        if progress:
            progress(done, len(listing.entries))
    problems += check_all(loaded)
    matcher = Matcher.build([one.entry for one in loaded.values()])
    found, elsewhere = check_examples(loaded, matcher, captured, progress)
    problems += found
    in_green: Counter[str] = Counter()
    for folder in green:
        found, counted = check_green(loaded, matcher, folder, progress)
        problems += found
        in_green += counted
    reach = [
        Reach(entry_id, len(one.entry.signatures), elsewhere[entry_id], in_green[entry_id])
        for entry_id, one in sorted(loaded.items())
    ]
    return Checked(tuple(sorted(set(problems))), tuple(reach))


def _captured(found: Reproduction) -> Iterator[Sample]:
    """The outputs that the reproduction captured, told at their scenarios in the recipe."""
    if found.recipe is None or found.evidence is None:
        return
    stated = {one.id: (number, one) for number, one in enumerate(found.recipe.recipe.scenarios)}
    for scenario in found.evidence.scenarios:
        if scenario.id not in stated:
            continue  # the evidence is out of date, which is said elsewhere
        number, now = stated[scenario.id]
        place = nearest_place(found.recipe.places, ("scenarios", number))
        for shown in scenario.shown:
            what = f"the output of `{scenario.id}`" + (
                f" by {shown.variant}" if shown.variant else ""
            )
            text = "\n".join(shown.output)
            yield Sample(what, text, now.recognise, found.recipe.path, place)
