"""A recipe for the sample entry, and evidence as if it had been run."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.entry import Entry
from app.reproduce.evidence import Evidence, ReproducedScenario, Run, Shown, Skipped, Trial
from app.reproduce.fit import applies
from app.reproduce.recipe import Recipe, read_recipe
from app.reproduce.reproduction import basis_of

RECIPE = """\
tools: [{name: pip, versions: [23.3.2, "26.3"]}, python3]
scenarios:
  - id: version-raised
    title: The version was raised and the hash was not
    title_zh: 版本号改高了，哈希值没有跟着改
    cause: stale-hash
    recognise: stale-hash
    trigger: pip install -r requirements.txt
  - id: other-file
    title: The mirror sends another file
    cause: index-hash
    trigger: pip install tinycolors
remedies:
  regenerate: {retry: pip-compile}
  drop-hashes: {apply: sed -i s/--hash.*// requirements.txt}
  reinstall-pip:
    scenarios:
      version-raised: {retry: python -m ensurepip}
      other-file:
        skip: the mirror has no pip
        skip_zh: 镜像源没有 pip
  switch-off: {skip: nobody should, skip_zh: 谁也不该这么做}
"""
MESSAGE = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
OUTPUTS = {
    "version-raised": (MESSAGE, "    Expected sha256 00", "         Got        11"),
    "other-file": (MESSAGE, "    tinycolors from http://mirror", "         Got        22"),
}
WORKED = {
    ("regenerate", "version-raised"): (True, True),
    ("drop-hashes", "version-raised"): (True, True),
    ("drop-hashes", "other-file"): (False, True),
    ("reinstall-pip", "version-raised"): (False, False),
}


def make_evidence(
    entry: Entry,
    recipe: str = RECIPE,
    worked: Mapping[tuple[str, str], Iterable[bool]] = WORKED,
    outputs: Mapping[str, tuple[str, ...]] = OUTPUTS,
    **changes: Any,
) -> Evidence:
    """Evidence for an entry: what each remedy gave in each scenario, by version."""
    located = read_recipe(recipe, "x.repro.yaml")
    remedies = {remedy.id: remedy for remedy in entry.remedies}
    scenarios = {scenario.id: scenario for scenario in located.recipe.scenarios}
    variants = _variants(located.recipe)
    evidence = Evidence(
        entry=entry.id,
        basis=basis_of(entry, located),
        date="2026-11-21",
        sandbox="bubblewrap",
        tools={"python3": "Python 3.11.2"},
        scenarios=tuple(
            ReproducedScenario(
                id=one.id,
                title=one.title,
                cause=one.cause,
                trigger=one.trigger,
                shown=tuple(
                    Shown(variant=variant, status=1, cause=None, output=outputs[one.id])
                    for variant in variants
                ),
            )
            for one in scenarios.values()
        ),
        trials=tuple(
            Trial(
                remedy=remedy,
                scenario=scenario,
                applies=applies(remedies[remedy], scenarios[scenario]),
                apply=None,
                retry=None,
                runs=tuple(
                    Run(variant=variant, worked=each, why=None if each else "exit status 1")
                    for variant, each in zip(variants, runs, strict=True)
                ),
            )
            for (remedy, scenario), runs in worked.items()
        ),
        skipped=tuple(_skipped(located.recipe, {remedy for remedy, _ in worked})),
    )
    return evidence.model_copy(update=changes)


def _skipped(recipe: Recipe, tried: set[str]) -> Iterator[Skipped]:
    for remedy, plan in recipe.remedies.items():
        if plan.skip and remedy not in tried:
            yield Skipped(remedy=remedy, scenario=None, why=plan.skip)
        for scenario, attempt in plan.scenarios.items():
            if attempt.skip:
                yield Skipped(remedy=remedy, scenario=scenario, why=attempt.skip)


def _variants(recipe: Recipe) -> list[str | None]:
    varied = recipe.varied
    return [f"{varied.name} {each}" for each in varied.versions] if varied else [None]
