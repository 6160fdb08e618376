"""Both kinds of database, real ones, for the same tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.outcomes.database import Database
from app.outcomes.model import METADATA
from app.outcomes.store import Outcomes
from tests.outcomes.postgres import Server, programs


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for the session."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL's initdb is not here: apt install postgresql")
    started = Server(folder)
    yield started
    started.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/outcomes.sqlite"
        return
    url = request.getfixturevalue("server").url
    yield url
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    METADATA.drop_all(engine)
    engine.dispose()


@pytest.fixture
def outcomes(url: str) -> Iterator[Outcomes]:
    """An empty store."""
    opened = Outcomes(url)
    yield opened
    opened.database.close()


@pytest.fixture
def database(outcomes: Outcomes) -> Database:
    """The database of the store."""
    return outcomes.database
