"""A tool that prints an error until it is mended, its entry, and recipes for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.entry import Entry
from app.matching import Matcher
from app.reproduce import bubblewrap
from app.reproduce.cell import Bench
from app.reproduce.recipe import LocatedRecipe, Recipe, read_recipe
from app.reproduce.runner import Report, reproduce
from tests.samples import make_plain_entry

needs_bwrap = pytest.mark.skipif(
    not bubblewrap.available(), reason="bubblewrap is not installed (apt install bubblewrap)"
)

RECIPE = """\
tools: [bash]
setup: |
  echo 'grep -q good state || { echo "frobnicate: the state of $PWD is not good enough"; exit 3; }' > tool
scenarios:
  - id: bad-state
    title: The state is bad
    cause: bad
    setup: echo bad > state
    trigger: bash tool
    check: test ! -e broken
remedies:
  mend:
    apply: echo good > state
  swear:
    apply: echo damn > state
"""


@pytest.fixture
def entry() -> Entry:
    return make_plain_entry(
        id="frob/bad-state",
        signatures=({"text": "frobnicate: the state of <folder> is not good enough"},),
        causes=({"id": "bad", "title": "It is bad", "explanation": "It is."},),
        workarounds=({"id": "mend", "title": "Mend it", "explanation": "Do."},),
        dead_ends=({"id": "swear", "title": "Swear", "explanation": "It does not hear."},),
    )


@pytest.fixture
def matcher(entry: Entry) -> Matcher:
    return Matcher.build([entry])


@pytest.fixture
def recipe() -> LocatedRecipe:
    return read_recipe(RECIPE, "frob/bad-state.repro.yaml")


@pytest.fixture
def run(entry: Entry, matcher: Matcher, tmp_path: Path) -> Callable[..., Report]:
    def run_recipe(text: str = RECIPE, **options: object) -> Report:
        recipe = read_recipe(text, "frob/bad-state.repro.yaml")
        return reproduce(entry, recipe, matcher, tmp_path, **options)

    return run_recipe


@pytest.fixture
def bench(matcher: Matcher, tmp_path: Path) -> Callable[..., Bench]:
    def make(recipe: Recipe) -> Bench:
        return Bench(recipe, matcher, "frob/bad-state", tmp_path)

    return make
