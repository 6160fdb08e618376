"""Versions of tools: told apart, ordered, and held against a range such as `>=23,<25.1`."""

import re
from typing import Final

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")
_CLAUSE: Final = re.compile(r"(<=|>=|<|>|==|!=)\s*v?(\d[\w.+-]*)")


def number_in(text: str) -> str:
    """The first dotted number of what a tool prints about itself, or an empty string."""
    found = _NUMBER.search(text)
    return found[0] if found else ""


def in_order(version: str) -> list[int]:
    """What to sort versions by."""
    return [int(part) for part in number_in(version).split(".") if part]


def within(version: str, versions: str | None) -> bool:
    """Whether a version lies in a range; an absent range holds every version.

    Only the leading numbers count: `26.0rc1` is taken as 26.0.
    """
    clauses = _CLAUSE.findall(versions or "")
    return all(_holds(version, operator, bound) for operator, bound in clauses)


def _holds(version: str, operator: str, bound: str) -> bool:
    left, right = _padded(version, bound)
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case _:
            return left != right


def _padded(one: str, other: str) -> tuple[list[int], list[int]]:
    """Both as lists of numbers of one length, so that 26 equals 26.0."""
    lists = [in_order(text) for text in (one, other)]
    length = max(map(len, lists))
    left, right = ([*numbers, *[0] * (length - len(numbers))] for numbers in lists)
    return left, right
