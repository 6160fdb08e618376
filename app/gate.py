"""The gate: no signature lands that lies.

A signature must say enough to identify something, find its own entry's
examples first, and never fire on a log of a command that succeeded.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.content.folder import LoadedEntry
from app.content.located import Path as Where
from app.content.located import Place, nearest_place
from app.entry import Entry, Signature, fenced_code
from app.errors import Level, Problem
from app.matching import Match, Matcher, match
from app.matching.advice import problems as signature_problems

Progress = Callable[[int, int], None]

_PLACEHOLDER = re.compile(r"(?<!\\)<[A-Za-z][\w-]*>")
_STAND_IN: Final = "some-name"
LABELS: Final = "labels.json"
"""Beside a folder of logs: what is known of each, so that a tolerated error is no false alarm."""


def check_signatures(loaded: LoadedEntry) -> list[Problem]:
    """What is wrong with the signatures and signals of an entry by themselves."""
    found: list[Problem] = []
    for number, signature in enumerate(loaded.entry.signatures):
        found += [
            _complaint(loaded, ("signatures", number), f"the signature {what}")
            for what in signature_problems(signature)
        ]
    for number, cause in enumerate(loaded.entry.causes):
        for side, signals in (
            ("for", cause.signals.supporting),
            ("against", cause.signals.opposing),
        ):
            for place, signal in enumerate(signals):
                for what in signature_problems(signal, identifies=False):
                    where = ("causes", number, "signals", side, place)
                    found.append(_complaint(loaded, where, f"the signal {what}"))
    return found


@dataclass(frozen=True)
class Sample:
    """Output that must lead to its entry. `what` names it; `path` and `place` say where it is told.

    `cause` is the one that it shows, None when it does not say.
    """

    what: str
    text: str
    cause: str | None
    path: str
    place: Place


def _complaint(loaded: LoadedEntry, where: Where, sentence: str) -> Problem:
    """A problem from one sentence: what is wrong, a semicolon, what to write instead."""
    what, _, instead = sentence.partition("; ")
    return loaded.problem(where, what, instead)


def check_examples(
    loaded: Mapping[str, LoadedEntry],
    matcher: Matcher,
    captured: Mapping[str, Sequence[Sample]],
    progress: Progress | None = None,
) -> tuple[list[Problem], Counter[str]]:
    """Each entry must come first on its own message and examples, for the cause they show.

    `captured` are outputs of reproductions by entry, which count as examples.
    Also counts how often each entry was found in the examples of others.
    """
    problems: list[Problem] = []
    elsewhere: Counter[str] = Counter()
    for done, (entry_id, one) in enumerate(loaded.items(), 1):
        samples = [*_examples(one, problems), *captured.get(entry_id, ())]
        if not one.entry.examples and not samples:
            instead = "add output that the tool printed, or a recipe that makes it print"
            problems.append(one.problem((), "has no example", instead))
        problems += _check_message(one, matcher)
        for sample in samples:
            found = match(matcher, sample.text).matches
            elsewhere.update(each.id for each in found if each.id != entry_id)
            problems += _not_first(one.entry, sample, found)
            problems += _wrong_cause(one.entry, sample, found)
        if progress:
            progress(done, len(loaded))
    return problems, elsewhere


def _examples(one: LoadedEntry, problems: list[Problem]) -> Iterator[Sample]:
    for number, example in enumerate(one.entry.examples):
        where = ("examples", number)
        code = fenced_code(example.text)
        if not code:
            what = "the example has no output"
            problems.append(one.problem(where, what, "add a ```text block"))
            continue
        place = nearest_place(one.places, where)
        what = f"the example `{example.id}`"
        yield Sample(what, code[0].text, example.cause, one.files.english.shown, place)


def _check_message(one: LoadedEntry, matcher: Matcher) -> Iterator[Problem]:
    if signature_problems(Signature(text=one.entry.message)):
        return  # says too little by itself, such as `KeyError: 'x'`
    message = _PLACEHOLDER.sub(_STAND_IN, one.entry.message)
    found = match(matcher, message).matches
    if not any(each.id == one.entry.id for each in found):
        what = "the message is found by none of the entry's signatures"
        yield one.problem(("message",), what, "write it as the tool prints it", Level.WARNING)


def _not_first(entry: Entry, sample: Sample, found: Sequence[Match]) -> Iterator[Problem]:
    if not found:
        what = f"{sample.what} is found by none of the signatures"
        yield Problem(sample.path, *sample.place, what, "add one that does")
    elif entry.symptom and any(each.id == entry.id for each in found):
        return  # whatever says why comes first, as it should
    elif found[0].id != entry.id:
        instead = f"write the signatures of the two so that they tell them apart, see {found[0].id}"
        what = f"{sample.what} finds `{found[0].id}` first"
        yield Problem(sample.path, *sample.place, what, instead)


def _wrong_cause(entry: Entry, sample: Sample, found: Sequence[Match]) -> Iterator[Problem]:
    chosen = next((each.cause for each in found if each.id == entry.id), None)
    if chosen and sample.cause and chosen.id != sample.cause:
        instead = f"write signals that speak for `{sample.cause}` here"
        what = f"{sample.what} speaks for the cause `{chosen.id}`"
        yield Problem(sample.path, *sample.place, what, instead)


def check_green(
    loaded: Mapping[str, LoadedEntry],
    matcher: Matcher,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[list[Problem], Counter[str]]:
    """No entry may be found in a log of a success, unless its label says that it was tolerated.

    Also counts the logs in which each entry was found.
    """
    tolerated = _tolerated(folder)
    logs = sorted(folder.glob("*.log"))
    problems: list[Problem] = []
    reach: Counter[str] = Counter()
    for done, log in enumerate(logs, 1):
        for found in match(matcher, log.read_bytes()).matches:
            if found.id in tolerated.get(f"{folder.name}/{log.name}", ()):
                continue
            reach[found.id] += 1
            line = found.evidence[0].line
            what = f"fires on {folder.name}/{log.name}, line {line}, where nothing failed"
            where: Where = ("signatures", found.signature)
            instead = "write more of the message, or add `requires` or `unless`"
            problems.append(loaded[found.id].problem(where, f"the signature {what}", instead))
        if progress:
            progress(done, len(logs))
    return problems, reach


def _tolerated(folder: Path) -> dict[str, list[str]]:
    file = folder.parent / LABELS
    if not file.is_file():
        return {}
    labels = json.loads(file.read_text(encoding="utf-8"))
    return {name: label.get("also", []) for name, label in labels.items()}
