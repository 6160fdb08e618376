"""Every question asked of the catalogue, one function each. Nothing here writes.

A `Catalogue` is one open file. It never changes; a rebuilt one is another file
under the same name, which `app.catalogue.current` notices.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from rapidfuzz import process
from sqlalchemy import create_engine, func
from sqlalchemy import select as columns
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session, col, select, text

from app.catalogue.results import MAX_LIMIT, Card, Count, Filters, Found, Hit, Listed, Page
from app.catalogue.schema import (
    AliasRow,
    AttachmentRow,
    EntryRow,
    EvidenceRow,
    MetaRow,
    PageRow,
    ProblemRow,
    TagRow,
)
from app.entry import Entry
from app.errors import CatalogueError, Level, Problem, UnknownEntry
from app.matching import Matcher, StaleMatcher
from app.rates import Trials
from app.reproduce.evidence import Evidence
from app.search import fts
from app.search.chinese import has_han
from app.search.parse import Query
from app.search.snippets import Words, snippet
from app.search.typos import Vocabulary, corrections


class Catalogue:
    """An open catalogue file, safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        """Open `path` read-only. Raises CatalogueError if it is no catalogue."""
        if not path.is_file():
            raise CatalogueError(path, "there is no catalogue: run `wayout build`")
        # `immutable` is true: a new catalogue is a new file, renamed over this one.
        address = f"sqlite:///file:{path.resolve()}?mode=ro&immutable=1&uri=true"
        self.path = path
        self._engine = create_engine(address, connect_args={"check_same_thread": False})
        try:
            with self._session() as session:
                self.built = self._meta(session, "built").decode()
                self.fingerprint = self._meta(session, "fingerprint").decode()
        except (DatabaseError, OperationalError, LookupError):
            raise CatalogueError(
                path, "is not a catalogue: delete it, and run `wayout build`"
            ) from None

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _session(self) -> Session:
        return Session(self._engine)

    @staticmethod
    def _meta(session: Session, key: str) -> bytes:
        row = session.get(MetaRow, key)
        if row is None:
            raise LookupError(key)
        return row.value

    @cached_property
    def matcher(self) -> Matcher:
        """The compiled matcher; compiled again where the stored one does not fit this machine."""
        with self._session() as session:
            stored = self._meta(session, "matcher")
        try:
            return Matcher.from_bytes(stored)
        except StaleMatcher:
            return Matcher.build(map(Entry.model_validate_json, self.documents()))

    def page(self, entry_id: str, language: str) -> Page:
        """An entry to be shown. Raises UnknownEntry."""
        with self._session() as session:
            found = session.exec(
                select(EntryRow, PageRow)
                .join(PageRow, col(PageRow.entry_id) == col(EntryRow.id))
                .where(EntryRow.id == entry_id, PageRow.language == language)
            ).first()
            if found is None:
                raise UnknownEntry(entry_id, self.near_ids(entry_id))
            row, page = found
            return Page(
                Entry.model_validate_json(row.document),
                _card(row, page),
                json.loads(page.parts),
                {name: Trials(*counts) for name, counts in json.loads(row.trials).items()},
                row.source,
                self._problems_of(session, entry_id),
            )

    def evidence(self, entry_id: str) -> Evidence | None:
        """What the entry's reproduction has shown, where there is one."""
        with self._session() as session:
            row = session.get(EvidenceRow, entry_id)
            return Evidence.model_validate_json(row.document) if row else None

    def entry(self, entry_id: str) -> Entry:
        """An entry as authored. Raises UnknownEntry."""
        with self._session() as session:
            row = session.get(EntryRow, entry_id)
            if row is None:
                raise UnknownEntry(entry_id, self.near_ids(entry_id))
            return Entry.model_validate_json(row.document)

    def documents(self) -> list[str]:
        """The JSON documents of all entries, by id."""
        with self._session() as session:
            return list(session.exec(select(EntryRow.document).order_by(EntryRow.id)))

    def alias(self, entry_id: str) -> str | None:
        """The entry that a former id now belongs to."""
        with self._session() as session:
            row = session.get(AliasRow, entry_id)
            return row.entry_id if row else None

    def attachment(self, name: str) -> AttachmentRow | None:
        """A file that lies beside an entry, by `ecosystem/name`."""
        with self._session() as session:
            return session.get(AttachmentRow, name)

    def near_ids(self, entry_id: str, limit: int = 5) -> list[str]:
        """Ids that look like this one, best first."""
        found = process.extract(entry_id, self._ids, score_cutoff=60, limit=limit)
        return [str(choice) for choice, _, _ in found]

    @cached_property
    def _ids(self) -> list[str]:
        with self._session() as session:
            return list(session.exec(select(EntryRow.id).order_by(EntryRow.id)))

    def cards(
        self, filters: Filters, language: str, offset: int = 0, limit: int = MAX_LIMIT
    ) -> Listed:
        """Entries that pass the filters, ordered by id."""
        condition = _conditions(filters)
        with self._session() as session:
            total = session.exec(select(func.count()).select_from(EntryRow).where(*condition)).one()
            rows = session.execute(
                columns(*_CARD_COLUMNS)
                .join(PageRow, col(PageRow.entry_id) == col(EntryRow.id))
                .where(col(PageRow.language) == language, *condition)
                .order_by(col(EntryRow.id))
                .offset(offset)
                .limit(min(limit, MAX_LIMIT))
            ).all()
            return Listed(tuple(Card(*row) for row in rows), total)

    def newest(self, language: str, limit: int = 20) -> list[Card]:
        """The entries written or reviewed last."""
        with self._session() as session:
            rows = session.execute(
                columns(*_CARD_COLUMNS)
                .join(PageRow, col(PageRow.entry_id) == col(EntryRow.id))
                .where(col(PageRow.language) == language)
                .order_by(col(EntryRow.changed).desc(), col(EntryRow.id))
                .limit(limit)
            ).all()
            return [Card(*row) for row in rows]

    def cards_of(self, entry_ids: Sequence[str], language: str) -> dict[str, Card]:
        """The cards of the given entries, those that exist, by id."""
        with self._session() as session:
            rows = session.execute(
                columns(*_CARD_COLUMNS)
                .join(PageRow, col(PageRow.entry_id) == col(EntryRow.id))
                .where(col(PageRow.language) == language, col(EntryRow.id).in_(entry_ids))
            ).all()
            return {row.id: Card(*row) for row in rows}

    def counts(self, field: str, filters: Filters | None = None) -> list[Count]:
        """How many entries each value of `ecosystem`, `category`, `severity` or `tag` has."""
        condition = _conditions(filters or Filters())
        with self._session() as session:
            if field == "tag":
                query = (
                    select(TagRow.tag, func.count())
                    .join(EntryRow, col(EntryRow.id) == col(TagRow.entry_id))
                    .where(*condition)
                    .group_by(TagRow.tag)
                    .order_by(func.count().desc(), col(TagRow.tag))
                )
            else:
                column = getattr(EntryRow, field)
                query = select(column, func.count()).where(*condition)
                query = query.group_by(column).order_by(column)
            return [Count(name, entries) for name, entries in session.exec(query).all()]

    def translated(self) -> int:
        """How many entries are in the index in more than one language."""
        query = "SELECT count(DISTINCT entry_id) FROM search WHERE language != 'en'"
        with self._session() as session:
            return int(session.execute(text(query)).scalar_one())

    def problems(self) -> list[Problem]:
        """Every complaint about the content."""
        with self._session() as session:
            rows = session.exec(select(ProblemRow).order_by(ProblemRow.path, col(ProblemRow.line)))
            return [_problem(row) for row in rows]

    @staticmethod
    def _problems_of(session: Session, entry_id: str) -> tuple[Problem, ...]:
        rows = session.exec(select(ProblemRow).where(ProblemRow.entry_id == entry_id))
        return tuple(_problem(row) for row in rows)

    def search(
        self,
        query: Query,
        language: str,
        filters: Filters | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Found:
        """Entries for a reader's words, best first; in any language, shown in `language`.

        When no entry has all terms, those with any of them are given, and
        `every` is false. A query without terms finds nothing.
        """
        corrected = corrections((word for term in query.terms for word in term.words), self._words)
        with self._session() as session:
            for every in (True, False):
                asked = fts.expression(query, corrected, every=every)
                ranked = _ranked(session, asked, filters or Filters()) if asked else []
                if ranked or not every:
                    break
            chosen = ranked[offset : offset + limit]
            cards = self._texts(session, [entry_id for entry_id, _ in chosen], language)
        words = Words(
            [
                *(word for term in query.terms for word in _shown_words(term.text, term.words)),
                *(other for found in corrected.values() for other in found),
            ]
        )
        hits = [
            Hit(
                card,
                score,
                words.spans(card.title),
                words.spans(card.message),
                snippet(_most_telling(card.summary, searched, words), words),
            )
            for entry_id, score in chosen
            for card, searched in (cards[entry_id],)
        ]
        return Found(tuple(hits), len(ranked), every, corrected)

    @staticmethod
    def _texts(
        session: Session, entry_ids: list[str], language: str
    ) -> dict[str, tuple[Card, str]]:
        rows = session.execute(
            columns(*_CARD_COLUMNS, col(PageRow.searched))
            .join(PageRow, col(PageRow.entry_id) == col(EntryRow.id))
            .where(col(PageRow.language) == language, col(EntryRow.id).in_(entry_ids))
        ).all()
        return {row.id: (Card(*row[:-1]), row.searched) for row in rows}

    @cached_property
    def _words(self) -> Vocabulary:
        """The words of the index, for correcting typos."""
        with self._session() as session:
            rows = session.execute(text("SELECT term FROM search_words")).scalars()
            return Vocabulary(rows)


def _ranked(session: Session, asked: str, filters: Filters) -> list[tuple[str, float]]:
    """(id, score) of all entries that fit, best first; an entry's best language counts."""
    condition, values = _sql(filters)
    rows = session.execute(
        text(
            "SELECT search.entry_id, search.rank FROM search "  # noqa: S608 - values are bound
            f"JOIN entry ON entry.id = search.entry_id WHERE search MATCH :asked AND {condition} "
            "ORDER BY search.rank, search.entry_id LIMIT 500"
        ),
        {"asked": asked, **values},
    )
    best: dict[str, float] = {}
    for entry_id, rank in rows:
        best.setdefault(entry_id, -rank)
    return list(best.items())


def _sql(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The filters as an SQL condition with named values."""
    clauses, values = ["1"], {}
    for name, value in vars(filters).items():
        if value is None:
            continue
        values[name] = value
        if name == "tag":
            clauses.append("entry.id IN (SELECT entry_id FROM tag WHERE tag = :tag)")
        else:
            clauses.append(f"entry.{name} = :{name}")
    return " AND ".join(clauses), values


def _conditions(filters: Filters) -> list[Any]:
    """The filters as SQLAlchemy conditions on `EntryRow`."""
    found: list[Any] = []
    for name, value in vars(filters).items():
        if value is None:
            continue
        if name == "tag":
            tagged = select(TagRow.entry_id).where(TagRow.tag == value)
            found.append(col(EntryRow.id).in_(tagged))
        else:
            found.append(getattr(EntryRow, name) == value)
    return found


_CARD_COLUMNS: Final[tuple[Any, ...]] = (
    EntryRow.id,
    PageRow.title,
    PageRow.message,
    PageRow.summary,
    EntryRow.code,
    EntryRow.category,
    EntryRow.severity,
    EntryRow.status,
    EntryRow.symptom,
    EntryRow.changed,
    PageRow.language,
)
"""The fields of a `Card`, in order: a list needs neither documents nor rendered parts."""


def _card(row: EntryRow, page: PageRow) -> Card:
    return Card(
        *(
            getattr(row if column.class_ is EntryRow else page, column.key)
            for column in _CARD_COLUMNS
        )
    )


def _problem(row: ProblemRow) -> Problem:
    return Problem(row.path, row.line, row.column, row.what, row.instead, Level(row.level))


def _shown_words(typed: str, words: tuple[str, ...]) -> list[str]:
    """What to mark in a text: a Chinese run as it was typed and its pairs, else the words."""
    return [typed, *words] if has_han(typed) else list(words)


def _most_telling(summary: str, searched: str, words: Words) -> str:
    """The summary, unless only the rest of the entry has the words."""
    return summary if words.in_text(summary) or not words.in_text(searched) else searched
