"""The gate: no signature lands that lies.

A signature must say enough to identify something, find its own entry's
examples first, and never fire on a log of a command that succeeded.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from app.content.folder import LoadedEntry
from app.content.located import Path as Where
from app.content.located import nearest_place
from app.entry import Signature, fenced_code
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
            _problem(loaded, ("signatures", number), f"the signature {what}")
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
                    found.append(_problem(loaded, where, f"the signal {what}"))
    return found


def check_examples(
    loaded: Mapping[str, LoadedEntry], matcher: Matcher, progress: Progress | None = None
) -> tuple[list[Problem], Counter[str]]:
    """Each entry must come first on its own message and examples, for the cause they show.

    Also counts how often each entry was found in the examples of others.
    """
    problems: list[Problem] = []
    elsewhere: Counter[str] = Counter()
    for done, (entry_id, one) in enumerate(loaded.items(), 1):
        if not one.entry.examples:
            problems.append(_problem(one, (), "has no example", "add output that the tool printed"))
        problems += _check_message(one, matcher)
        for number, example in enumerate(one.entry.examples):
            where = ("examples", number)
            code = fenced_code(example.text)
            if not code:
                problems.append(
                    _problem(one, where, "the example has no output", "add a ```text block")
                )
                continue
            found = match(matcher, code[0].text).matches
            elsewhere.update(each.id for each in found if each.id != entry_id)
            what = f"the example `{example.id}`"
            problems += _not_first(one, where, what, found)
            problems += _wrong_cause(one, where, what, found, example.cause)
        if progress:
            progress(done, len(loaded))
    return problems, elsewhere


def _check_message(one: LoadedEntry, matcher: Matcher) -> Iterator[Problem]:
    if signature_problems(Signature(text=one.entry.message)):
        return  # says too little by itself, such as `KeyError: 'x'`
    message = _PLACEHOLDER.sub(_STAND_IN, one.entry.message)
    found = match(matcher, message).matches
    if not any(each.id == one.entry.id for each in found):
        what = "the message is found by none of the entry's signatures"
        yield _problem(one, ("message",), what, "write it as the tool prints it", Level.WARNING)


def _not_first(
    one: LoadedEntry, where: Where, what: str, found: Sequence[Match]
) -> Iterator[Problem]:
    if not found:
        yield _problem(
            one, where, f"{what} is found by none of the signatures", "add one that does"
        )
    elif one.entry.symptom and any(each.id == one.entry.id for each in found):
        return  # whatever says why comes first, as it should
    elif found[0].id != one.entry.id:
        instead = f"write the signatures of the two so that they tell them apart, see {found[0].id}"
        yield _problem(one, where, f"{what} finds `{found[0].id}` first", instead)


def _wrong_cause(
    one: LoadedEntry, where: Where, what: str, found: Sequence[Match], expected: str | None
) -> Iterator[Problem]:
    chosen = next((each.cause for each in found if each.id == one.entry.id), None)
    if chosen and expected and chosen.id != expected:
        instead = f"write signals that speak for `{expected}` here"
        yield _problem(one, where, f"{what} speaks for the cause `{chosen.id}`", instead)


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
            problems.append(_problem(loaded[found.id], where, f"the signature {what}", instead))
        if progress:
            progress(done, len(logs))
    return problems, reach


def _tolerated(folder: Path) -> dict[str, list[str]]:
    file = folder.parent / LABELS
    if not file.is_file():
        return {}
    labels = json.loads(file.read_text(encoding="utf-8"))
    return {name: label.get("also", []) for name, label in labels.items()}


def _problem(
    one: LoadedEntry, where: Where, what: str, instead: str = "", level: Level = Level.ERROR
) -> Problem:
    what, _, advice = what.partition("; ")
    line, column = nearest_place(one.places, where)
    return Problem(one.files.english.shown, line, column, what, instead or advice, level)
