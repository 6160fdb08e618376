"""What is wrong with the recipe and the evidence beside an entry, without running anything.

A recipe must fit its entry. Evidence must be of this recipe and these claims,
and bear them out: where running has shown something else, the entry says so.
"""

from collections.abc import Iterator

from app.content.folder import LoadedEntry
from app.content.located import Path, nearest_place
from app.entry import DeadEnd, Entry, Remedy
from app.errors import Level, Problem
from app.reproduce.evidence import Evidence, trials
from app.reproduce.fit import problems_of_fit
from app.reproduce.recipe import Attempt, LocatedRecipe
from app.reproduce.reproduction import Reproduction


def check_reproduction(found: Reproduction) -> list[Problem]:
    """Everything wrong with what lies beside an entry."""
    problems = list(found.problems)
    if found.recipe:
        problems += problems_of_fit(found.recipe, found.entry)
    if found.changed:
        # A recipe that cannot be run has to be mended first.
        problems += [] if problems else [_out_of_date(found)]
    elif found.evidence:
        problems += _contradictions(found.loaded, found.evidence)
    if found.recipe and "zh" in found.entry.translations:
        problems += _untranslated(found.recipe)
    return problems


def _out_of_date(found: Reproduction) -> Problem:
    files = found.loaded.files
    run = f"run `wayout reproduce {found.entry.id}`"
    if found.evidence is None:
        shown = files.recipe.shown if files.recipe else files.english.shown
        return Problem(shown, 1, 1, "the recipe has no evidence", run, Level.WARNING)
    shown = files.evidence.shown if files.evidence else files.english.shown
    what = "the evidence is of another recipe, or of other claims of the entry"
    return Problem(shown, 1, 1, what, run, Level.WARNING)


def _untranslated(located: LocatedRecipe) -> Iterator[Problem]:
    """Words for readers that a Chinese page would show in English."""
    recipe = located.recipe
    places: list[tuple[Path, str]] = [
        (("scenarios", number, "title"), "title_zh")
        for number, scenario in enumerate(recipe.scenarios)
        if not scenario.title_zh
    ]
    attempts: list[tuple[Path, Attempt]] = []
    for remedy, plan in recipe.remedies.items():
        attempts.append((("remedies", remedy), plan))
        for scenario, attempt in plan.scenarios.items():
            attempts.append((("remedies", remedy, "scenarios", scenario), attempt))
    places += [
        ((*where, "skip"), "skip_zh")
        for where, attempt in attempts
        if attempt.skip and not attempt.skip_zh
    ]
    for where, key in places:
        line, column = nearest_place(located.places, where)
        what = f"`{where[-1]}` is not in Chinese, and the entry is"
        yield Problem(located.path, line, column, what, f"add `{key}`", Level.WARNING)


def _contradictions(loaded: LoadedEntry, evidence: Evidence) -> Iterator[Problem]:
    """Where running has shown something else than the entry says of a remedy."""
    found = trials(evidence)
    for where, remedy in _remedies(loaded.entry):
        tried = found.get(remedy.id)
        if tried is None:
            continue
        of_all = f"{tried.worked} of {tried.total} scenarios"
        level = Level.ERROR
        if isinstance(remedy, DeadEnd):
            if not tried.worked or remedy.harm or remedy.condition:
                continue
            what = f"the dead end `{remedy.id}` worked in {of_all}: {_worked(evidence, remedy.id)}"
            instead = "say its `harm`, or add `condition`: works when …, fails when …"
        elif not tried.worked:
            what = f"the workaround `{remedy.id}` worked in {of_all}"
            instead = "mend its commands, narrow `when`, or make it a dead end"
        elif tried.worked < tried.total and not remedy.condition:
            what = f"the workaround `{remedy.id}` worked in {of_all}"
            instead, level = "add `condition`: works when …, fails when …", Level.WARNING
        else:
            continue
        yield loaded.problem(where, what, instead, level)


def _remedies(entry: Entry) -> Iterator[tuple[Path, Remedy]]:
    for number, workaround in enumerate(entry.workarounds):
        yield ("workarounds", number), workaround
    for number, dead_end in enumerate(entry.dead_ends):
        yield ("dead_ends", number), dead_end


def _worked(evidence: Evidence, remedy: str) -> str:
    """The scenarios in which a remedy worked."""
    return ", ".join(
        trial.scenario
        for trial in evidence.trials
        if trial.remedy == remedy and trial.applies and trial.worked
    )
