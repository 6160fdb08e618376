"""Everything that is wrong with the content, without building anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.catalogue.build import Progress, read_entry
from app.content.checks import check_all
from app.content.folder import LoadedEntry, list_folders
from app.errors import Problem
from app.gate import check_examples, check_green
from app.matching import Matcher


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
    problems = list(listing.problems)
    for done, files in enumerate(listing.entries.values(), 1):
        one, found = read_entry(files, sorted(listing.attachments))
        problems += found
        if one:
            loaded[files.id] = one
        if progress:
            progress(done, len(listing.entries))
    problems += check_all(loaded)
    matcher = Matcher.build([one.entry for one in loaded.values()])
    found, elsewhere = check_examples(loaded, matcher, progress)
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
