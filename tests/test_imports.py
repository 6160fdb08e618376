"""Imports go one way, as CONTRIBUTING says; a room may use those to its left."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"

LAYERS = (
    {"errors", "intake", "rates"},
    {"config", "entry"},
    {"render", "search", "matching"},
    {"content"},
    {"gate", "reproduce"},
    {"catalogue", "outcomes", "stats"},
    {"answers"},
    {"serve", "terminal", "web"},
    {"cli"},
)
"""Each layer may import those before it, and itself."""


def imported_rooms(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("app.")}
    return found - {"__version__"}


@pytest.mark.parametrize(
    "file", sorted(APP.rglob("*.py")), ids=lambda file: str(file.relative_to(APP))
)
def test_imports_go_one_way(file: Path):
    room = file.relative_to(APP).parts[0].removesuffix(".py")
    if room == "__init__":
        assert imported_rooms(file) == set()
        return
    (layer,) = [number for number, rooms in enumerate(LAYERS) if room in rooms]
    allowed = set().union(*LAYERS[:layer]) | {room}
    # Rooms of one layer are apart from each other; only the served ones share theirs.
    allowed |= LAYERS[layer] if room in ("config", "serve") else set()
    assert imported_rooms(file) <= allowed


def test_search_matching_and_rates_are_pure():
    forbidden = {"sqlite3", "sqlmodel", "sqlalchemy", "fastapi", "starlette", "jinja2"}
    for room in ("search", "matching"):
        for file in (APP / room).rglob("*.py"):
            assert not forbidden & _modules(file), file
    assert not forbidden & _modules(APP / "rates.py")


def _modules(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found
