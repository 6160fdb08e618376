"""What lies beside an entry: the recipe of its reproduction, and the evidence there is so far."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from app.content.folder import EVIDENCE_SUFFIX, LoadedEntry
from app.entry import Entry
from app.errors import ContentError, Problem
from app.reproduce.evidence import Evidence, read_evidence, with_words_of
from app.reproduce.recipe import LocatedRecipe, read_recipe


@dataclass(frozen=True)
class Reproduction:
    """An entry with its recipe and evidence, None where there is none.

    `problems` says why a file that is there could not be read.
    """

    loaded: LoadedEntry
    recipe: LocatedRecipe | None
    evidence: Evidence | None
    problems: tuple[Problem, ...] = ()

    @property
    def entry(self) -> Entry:
        """The entry."""
        return self.loaded.entry

    @property
    def changed(self) -> bool:
        """Whether recipe or claims are others than those the evidence was made from."""
        if self.recipe is None:
            return False
        return self.evidence is None or self.evidence.basis != basis_of(self.entry, self.recipe)

    @property
    def runs(self) -> int:
        """How many runs the evidence tells of, and about as many a new one takes."""
        if self.evidence is None:
            return 0
        scenarios = sum(len(one.shown) for one in self.evidence.scenarios)
        return scenarios + sum(len(one.runs) for one in self.evidence.trials)

    @property
    def evidence_path(self) -> Path:
        """Where the evidence is kept."""
        return self.loaded.files.english.path.parent / f"{self.entry.slug}.{EVIDENCE_SUFFIX}"


def read_reproduction(loaded: LoadedEntry) -> Reproduction:
    """Read what lies beside an entry; the evidence has the words of the recipe as it is now."""
    recipe, evidence, problems = None, None, []
    files = loaded.files
    if files.recipe:
        try:
            recipe = read_recipe(files.recipe.text, files.recipe.shown)
        except ContentError as error:
            problems += error.problems
    if files.evidence:
        try:
            evidence = read_evidence(files.evidence.text, files.evidence.shown)
        except ContentError as error:
            problems += error.problems
    if recipe and evidence:
        evidence = with_words_of(recipe.recipe, evidence)
    return Reproduction(loaded, recipe, evidence, tuple(problems))


def basis_of(entry: Entry, located: LocatedRecipe) -> str:
    """A hash that changes when the recipe changes, or what the entry claims about its remedies."""
    claims = {
        "recipe": located.recipe.deeds,
        "signatures": [signature.model_dump(mode="json") for signature in entry.signatures],
        "causes": [[cause.id, cause.signals.model_dump(mode="json")] for cause in entry.causes],
        "remedies": [
            [type(remedy).__name__, remedy.id, remedy.when, remedy.versions]
            for remedy in entry.remedies
        ],
    }
    return hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()[:16]
