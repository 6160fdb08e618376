"""What a report is, how it is stored, and how it travels between databases."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic import Field as PydanticField
from sqlalchemy import Column, DateTime, Index, MetaData, UniqueConstraint
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from app.entry import EntryId, Slug
from app.matching.secrets import mask

FORMAT = 1
"""Of the tables and of the export; another one is refused."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def _in_one_line(value: object) -> object:
    """Without control characters, which no database keeps alike; None when nothing is left."""
    return (_CONTROL.sub(" ", value).strip() or None) if isinstance(value, str) else value


def _without_secrets(value: object) -> object:
    value = _in_one_line(value)
    return mask(value) if isinstance(value, str) else value


Words = Annotated[
    Annotated[str, StringConstraints(max_length=80)] | None, BeforeValidator(_in_one_line)
]
Note = Annotated[
    Annotated[str, StringConstraints(max_length=1000)] | None, BeforeValidator(_without_secrets)
]


class Report(BaseModel):
    """What a reader says of one remedy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worked: bool = PydanticField(description="Whether the error was gone afterwards")
    tool_version: Words = PydanticField(None, description="Version of the tool", examples=["26.3"])
    os: Words = PydanticField(None, description="Operating system", examples=["Debian 12"])
    note: Note = PydanticField(
        None, description="For the maintainers; not shown on the page, secrets are masked"
    )


class Outcome(Report):
    """A stored report as it is exported and imported.

    `voice` stands for one reader; `source` for the address the report came
    from. Both are keyed hashes: neither can be turned back.
    """

    entry: EntryId
    remedy: Slug
    voice: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    source: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    reported: AwareDatetime
    changed: AwareDatetime


class _Utc(TypeDecorator[datetime]):
    """A time in UTC; SQLite keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Any) -> datetime | None:  # noqa: ANN401
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _: Any) -> datetime | None:  # noqa: ANN401
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class _Table(SQLModel):
    metadata = MetaData()


class OutcomeRow(_Table, table=True):
    """One report. There is one for each voice and remedy, which the voice may change."""

    __tablename__: ClassVar[Any] = "outcome"
    __table_args__ = (
        UniqueConstraint("entry", "remedy", "voice"),
        Index("outcome_counts", "entry", "remedy", "worked"),
    )
    id: int | None = Field(None, primary_key=True)
    entry: str
    remedy: str
    voice: str
    source: str
    worked: bool
    tool_version: str | None
    os: str | None
    note: str | None
    reported: datetime = Field(sa_column=Column(_Utc, nullable=False))
    changed: datetime = Field(sa_column=Column(_Utc, nullable=False))


class FactRow(_Table, table=True):
    """A fact about the database: its format, and the key of its hashes."""

    __tablename__: ClassVar[Any] = "outcome_fact"
    name: str = Field(primary_key=True)
    value: str


METADATA = _Table.metadata
