"""The tables of the catalogue. It is a build product, so there are no migrations.

`document`, `trials` and `parts` are JSON texts: the entry as authored, what was
reproduced, and the rendered fragments. All else exists to be filtered, sorted or searched by.
"""

from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary, MetaData, text
from sqlmodel import Field, SQLModel

from app.search.fts import COLUMNS, RANK, TOKENIZER


class _Table(SQLModel):
    """The base of the catalogue's tables, apart from those of the outcomes."""

    metadata = MetaData()


class EntryRow(_Table, table=True):
    """One entry. `source_hash` changes with any of its files; `position` is the order of ids."""

    __tablename__: ClassVar[Any] = "entry"
    id: str = Field(primary_key=True)
    ecosystem: str = Field(index=True)
    category: str = Field(index=True)
    severity: str
    status: str
    symptom: bool
    code: str | None = Field(index=True)
    document: str
    trials: str
    source: str
    source_hash: str
    changed: str


class PageRow(_Table, table=True):
    """An entry in one language, rendered. `summary` is plain text; `parts` maps keys to HTML."""

    __tablename__: ClassVar[Any] = "page"
    entry_id: str = Field(primary_key=True, foreign_key="entry.id")
    language: str = Field(primary_key=True)
    title: str
    message: str
    summary: str
    searched: str
    parts: str


class TagRow(_Table, table=True):
    """A tag of an entry."""

    __tablename__: ClassVar[Any] = "tag"
    tag: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True, foreign_key="entry.id")


class AliasRow(_Table, table=True):
    """A former id, and the entry that answers for it."""

    __tablename__: ClassVar[Any] = "alias"
    alias: str = Field(primary_key=True)
    entry_id: str = Field(foreign_key="entry.id")


class EvidenceRow(_Table, table=True):
    """What running an entry's recipe has shown, with the recipe's words for readers."""

    __tablename__: ClassVar[Any] = "evidence"
    entry_id: str = Field(primary_key=True, foreign_key="entry.id")
    document: str


class AttachmentRow(_Table, table=True):
    """A file beside an entry; `name` is `ecosystem/file.ext`."""

    __tablename__: ClassVar[Any] = "attachment"
    name: str = Field(primary_key=True)
    media_type: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ProblemRow(_Table, table=True):
    """A complaint about the content. `entry_id` is set where one entry's own files cause it."""

    __tablename__: ClassVar[Any] = "problem"
    number: int | None = Field(None, primary_key=True)
    entry_id: str | None = Field(index=True)
    path: str
    line: int
    column: int
    what: str
    instead: str
    level: str


class MetaRow(_Table, table=True):
    """Facts about the build, by key."""

    __tablename__: ClassVar[Any] = "meta"
    key: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


METADATA = _Table.metadata

SEARCH_TABLES = (
    text(
        "CREATE VIRTUAL TABLE search USING fts5("
        f"entry_id UNINDEXED, language UNINDEXED, {', '.join(COLUMNS)}, "
        f"tokenize = '{TOKENIZER}', prefix = '2 3')"
    ),
    text("CREATE VIRTUAL TABLE search_words USING fts5vocab(search, 'row')"),
    text(f"INSERT INTO search (search, rank) VALUES ('rank', 'bm25({RANK})')"),  # noqa: S608
)
