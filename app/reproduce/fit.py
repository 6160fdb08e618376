"""Whether a recipe fits its entry: all it names exists, and no remedy is passed over in silence."""

from collections.abc import Iterator
from difflib import get_close_matches

from app.content.located import Path, nearest_place
from app.entry import Entry, Remedy, is_meant_for
from app.errors import ContentError, Problem
from app.reproduce.recipe import LocatedRecipe, Recipe, Scenario


def applies(remedy: Remedy, scenario: Scenario) -> bool:
    """Whether the entry claims anything about this remedy in this scenario."""
    return is_meant_for(remedy.when, scenario.cause)


def require_fit(located: LocatedRecipe, entry: Entry) -> None:
    """Raises ContentError with every place where the recipe does not fit the entry."""
    if problems := problems_of_fit(located, entry):
        raise ContentError(problems)


def problems_of_fit(located: LocatedRecipe, entry: Entry) -> list[Problem]:
    """Every place where the recipe does not fit the entry, in the order of the file."""
    found = []
    for path, what, instead in _complaints(located.recipe, entry):
        line, column = nearest_place(located.places, path)
        found.append(Problem(located.path, line, column, what, instead))
    return sorted(found)


def _complaints(recipe: Recipe, entry: Entry) -> Iterator[tuple[Path, str, str]]:
    causes = [cause.id for cause in entry.causes]
    remedies = {remedy.id: remedy for remedy in entry.remedies}
    for number, scenario in enumerate(recipe.scenarios):
        for key in ("cause", "recognise"):
            name = getattr(scenario, key)
            if name is not None and name not in causes:
                what = f"{entry.id} has no cause `{name}`"
                yield ("scenarios", number, key), what, _nearest(name, causes)
    for name in recipe.remedies:
        if name not in remedies:
            what = f"{entry.id} has no remedy `{name}`"
            yield ("remedies", name), what, _nearest(name, list(remedies))
    for remedy in entry.remedies:
        yield from _complaints_of_remedy(recipe, remedy)


def _complaints_of_remedy(recipe: Recipe, remedy: Remedy) -> Iterator[tuple[Path, str, str]]:
    plan = recipe.remedies.get(remedy.id)
    if plan is None:
        what = f"the remedy `{remedy.id}` is neither tried nor skipped"
        yield ("remedies",), what, f"write `{remedy.id}:` with `apply`, `retry` or `skip`"
        return
    here = ("remedies", remedy.id)
    known = [scenario.id for scenario in recipe.scenarios]
    for name, attempt in plan.scenarios.items():
        if name not in known:
            yield (
                (*here, "scenarios", name),
                f"there is no scenario `{name}`",
                _nearest(name, known),
            )
        elif not attempt.stated:
            what = f"nothing is said about `{name}`"
            yield (*here, "scenarios", name), what, "write `apply`, `retry` or `skip`"
    concerned = [scenario for scenario in recipe.scenarios if applies(remedy, scenario)]
    for scenario in concerned:
        if plan.attempt(scenario.id) is None:
            what = f"`{remedy.id}` is not tried in the scenario `{scenario.id}`"
            yield here, what, "write `apply`, `retry` or `skip`, for all or below `scenarios`"
    if not concerned and not plan.skip and not plan.scenarios:
        what = f"`{remedy.id}` answers {', '.join(remedy.when)}, and no scenario has that cause"
        yield here, what, "add a scenario, or write `skip` with the reason"


def _nearest(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, 1, 0.6)
    return f"write `{close[0]}`" if close else f"write one of {', '.join(f'`{k}`' for k in known)}"
