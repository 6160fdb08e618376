"""Content folders to a new catalogue file, swapped in when it is whole.

An unchanged entry is taken over from the catalogue that is there. The new file
is written aside, synced and renamed, so a reader sees the old or the new one.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine
from sqlmodel import Session, insert, text

from app.catalogue.previous import PreviousCatalogue, program_hash
from app.catalogue.rendering import PAGE_LANGUAGES, page
from app.catalogue.schema import (
    METADATA,
    SEARCH_TABLES,
    AliasRow,
    AttachmentRow,
    EntryRow,
    EvidenceRow,
    MetaRow,
    PageRow,
    ProblemRow,
    TagRow,
)
from app.content import json as json_documents
from app.content.checks import check_all, check_entry
from app.content.folder import (
    MEDIA_TYPES,
    EntryFiles,
    Listing,
    LoadedEntry,
    list_folders,
    read_files,
)
from app.entry import Entry
from app.errors import CatalogueError, Problem
from app.gate import check_signatures
from app.matching.matcher import Matcher
from app.reproduce.checks import check_reproduction
from app.reproduce.evidence import trials
from app.reproduce.reproduction import Reproduction, read_reproduction
from app.search.fts import COLUMNS, indexed

Progress = Callable[[int, int], None]
"""Called with how many of how many entries are done."""

_PARALLEL_FROM: Final = 60
"""Starting processes costs about as much as reading this many entries."""


@dataclass(frozen=True)
class Built:
    """What a build did: how many entries the catalogue holds, how many were read anew."""

    path: Path
    entries: int
    read: int
    problems: tuple[Problem, ...]
    reused: bool = False


@dataclass(frozen=True)
class _Prepared:
    """An entry ready to be written, or only the problems that keep it out."""

    files: EntryFiles
    loaded: LoadedEntry | None
    problems: list[Problem]
    rows: dict[str, list[dict[str, Any]]]


def build(
    roots: Sequence[Path],
    path: Path,
    progress: Progress | None = None,
    *,
    keep_last_good: bool = False,
) -> Built:
    """Bring the catalogue at `path` up to date with the content folders.

    Broken files are listed in `problems` and left out; with `keep_last_good`,
    the version of them that is in the catalogue stays. Raises CatalogueError
    when the file cannot be written.
    """
    listing = list_folders(roots)
    wanted = _fingerprint(listing)
    old = PreviousCatalogue.open(path)
    if old and old.meta("fingerprint") == wanted.encode():
        problems, entries = old.problems(), old.count()
        old.close()
        return Built(path, entries, 0, problems, reused=True)
    try:
        built = _build(listing, path, old, wanted, progress, keep_last_good=keep_last_good)
    except OSError as error:
        raise CatalogueError(path, f"cannot be written: {error.strerror or error}") from None
    finally:
        if old:
            old.close()
    return built


def _build(
    listing: Listing,
    path: Path,
    old: "PreviousCatalogue | None",
    wanted: str,
    progress: Progress | None,
    *,
    keep_last_good: bool,
) -> Built:
    kept = old.unchanged(listing.entries) if old else {}
    fresh = [files for files in listing.entries.values() if files.id not in kept]
    prepared = list(_prepare_all(fresh, sorted(listing.attachments), progress))
    loaded = {one.files.id: one.loaded for one in prepared if one.loaded}
    broken = [one.files.id for one in prepared if not one.loaded]
    last_good = old.entries(broken) if old and keep_last_good else {}
    for entry_id, entry in (kept | last_good).items():
        loaded[entry_id] = LoadedEntry(entry, listing.entries[entry_id], {}, {})
    between = _check_between(loaded, kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.unlink(missing_ok=True)
        copied = old if kept or last_good else None
        engine = _new_file(aside, copied)
        with Session(engine) as session:
            if copied:
                _delete_shared(session)
                _delete(session, (copied.ids() - set(kept)) - set(last_good))
                _delete_problems(session, last_good)
            _insert(session, prepared)
            _insert_shared(session, listing, between)
            entries = [loaded[entry_id].entry for entry_id in sorted(loaded)]
            # A plain build has to notice that an entry here is older than its file.
            _insert_meta(session, entries, wanted if not last_good else f"{wanted} with last good")
            session.commit()
        _finish(engine, aside, whole=not copied)
        aside.replace(path)
        _sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)
    with PreviousCatalogue(path) as new:
        return Built(path, new.count(), len(prepared), new.problems())


def read_entry(
    files: EntryFiles, attachments: list[str]
) -> tuple[Reproduction | None, list[Problem]]:
    """An entry, what lies beside it, and all that is wrong; None when it cannot be read at all."""
    loaded, problems = read_files(files)
    if loaded is None:
        return None, sorted(set(problems))
    found = read_reproduction(loaded)
    problems = [
        *problems,
        *check_entry(loaded, attachments),
        *check_signatures(loaded),
        *check_reproduction(found),
    ]
    return found, sorted(set(problems))


def _prepare_all(
    fresh: list[EntryFiles], attachments: list[str], progress: Progress | None
) -> Iterator[_Prepared]:
    total = len(fresh)
    if total < _PARALLEL_FROM:
        results: Iterable[_Prepared] = (_prepare(files, attachments) for files in fresh)
        yield from _counted(results, total, progress)
        return
    with ProcessPoolExecutor() as pool:
        results = pool.map(_prepare, fresh, [attachments] * total, chunksize=16)
        yield from _counted(results, total, progress)


def _counted(
    results: Iterable[_Prepared], total: int, progress: Progress | None
) -> Iterator[_Prepared]:
    for done, result in enumerate(results, 1):
        yield result
        if progress:
            progress(done, total)


def _prepare(files: EntryFiles, attachments: list[str]) -> _Prepared:
    found, problems = read_entry(files, attachments)
    if found is None:
        return _Prepared(files, None, problems, {})
    entry, evidence = found.entry, found.evidence
    reproduced = trials(evidence) if evidence else {}
    row = {
        "id": entry.id,
        "ecosystem": entry.ecosystem,
        "category": entry.category.value,
        "severity": entry.severity.value,
        "status": entry.status.value,
        "symptom": entry.symptom,
        "code": entry.code,
        "document": json_documents.write_entry(entry),
        "trials": json.dumps(
            {name: (each.worked, each.total) for name, each in reproduced.items()}
        ),
        "source": files.english.shown,
        "source_hash": files.hash,
        "changed": (entry.provenance.reviewed or entry.provenance.written).isoformat(),
    }
    rows: dict[str, list[dict[str, Any]]] = {"entry": [row], "page": [], "search": []}
    for language in PAGE_LANGUAGES:
        row, texts = page(entry, language)
        rows["page"].append({"entry_id": entry.id, **row})
        if language == "en" or language in entry.translations:
            columns = indexed(texts)
            rows["search"].append({"entry_id": entry.id, "language": language, **columns})
    rows["tag"] = [{"tag": tag, "entry_id": entry.id} for tag in dict.fromkeys(entry.tags)]
    rows["alias"] = [{"alias": alias, "entry_id": entry.id} for alias in entry.aliases]
    if evidence:
        rows["evidence"] = [{"entry_id": entry.id, "document": evidence.model_dump_json()}]
    return _Prepared(files, found.loaded, problems, rows)


def _check_between(loaded: dict[str, LoadedEntry], kept: dict[str, Entry]) -> list[Problem]:
    """Problems between entries. An entry that was kept is read again when its lines are needed."""
    problems = check_all(loaded)
    shown = {
        file.shown: entry_id
        for entry_id in kept
        for file in (
            loaded[entry_id].files.english,
            *loaded[entry_id].files.translations.values(),
        )
    }
    again = {shown[problem.path] for problem in problems if problem.path in shown}
    if not again:
        return problems
    for entry_id in again:
        reread, _ = read_files(loaded[entry_id].files)
        loaded[entry_id] = reread or loaded[entry_id]
    return check_all(loaded)


def _new_file(aside: Path, copied: PreviousCatalogue | None) -> Engine:
    """An engine on a new file: a copy of the old catalogue, or an empty one with tables."""
    if copied:
        copied.copy_to(aside)
    engine = create_engine(f"sqlite:///{aside}")
    with engine.begin() as connection:
        # The file is thrown away if this process dies, and synced once at the end.
        connection.execute(text("PRAGMA synchronous = OFF"))
        if not copied:
            METADATA.create_all(connection)
            for statement in SEARCH_TABLES:
                connection.execute(statement)
    return engine


def _delete(session: Session, entry_ids: Iterable[str]) -> None:
    ids = [{"id": entry_id} for entry_id in entry_ids]
    if ids:
        for table in ("page", "tag", "alias", "evidence", "search", "problem"):
            session.execute(text(f"DELETE FROM {table} WHERE entry_id = :id"), ids)  # noqa: S608
        session.execute(text("DELETE FROM entry WHERE id = :id"), ids)


def _delete_problems(session: Session, entry_ids: Iterable[str]) -> None:
    for entry_id in entry_ids:
        session.execute(text("DELETE FROM problem WHERE entry_id = :id"), {"id": entry_id})


def _delete_shared(session: Session) -> None:
    for statement in ("attachment", "meta", "problem WHERE entry_id IS NULL"):
        session.execute(text(f"DELETE FROM {statement}"))  # noqa: S608 - our own table names


_TABLES: Final = (
    (EntryRow, "entry"),
    (PageRow, "page"),
    (TagRow, "tag"),
    (EvidenceRow, "evidence"),
)


def _insert(session: Session, prepared: list[_Prepared]) -> None:
    names = ("entry_id", "language", *COLUMNS)
    values = ", ".join(f":{name}" for name in names)
    search = text(f"INSERT INTO search ({', '.join(names)}) VALUES ({values})")  # noqa: S608
    for one in prepared:
        # An alias of two entries is a problem that is reported; the first one keeps it.
        for model, name in _TABLES:
            if one.rows.get(name):
                session.execute(insert(model), one.rows[name])
        for alias in one.rows.get("alias", ()):
            session.execute(insert(AliasRow).prefix_with("OR IGNORE"), alias)
        if one.rows:
            session.execute(search, one.rows["search"])
        _insert_problems(session, one.problems, one.files.id)


def _insert_problems(session: Session, problems: Iterable[Problem], entry_id: str | None) -> None:
    rows = [
        {
            "entry_id": entry_id,
            "path": problem.path,
            "line": problem.line,
            "column": problem.column,
            "what": problem.what,
            "instead": problem.instead,
            "level": problem.level.value,
        }
        for problem in problems
    ]
    if rows:
        session.execute(insert(ProblemRow), rows)


def _insert_shared(session: Session, listing: Listing, between: list[Problem]) -> None:
    attachments = [
        {"name": name, "media_type": MEDIA_TYPES[file.path.suffix[1:]], "body": file.data}
        for name, file in listing.attachments.items()
    ]
    if attachments:
        session.execute(insert(AttachmentRow), attachments)
    _insert_problems(session, [*listing.problems, *between], None)


def _insert_meta(session: Session, entries: list[Entry], fingerprint: str) -> None:
    values = {
        "built": datetime.now(UTC).isoformat(timespec="seconds").encode(),
        "fingerprint": fingerprint.encode(),
        "matcher": Matcher.build(entries).to_bytes(),
        "program": program_hash().encode(),
    }
    session.execute(insert(MetaRow), [{"key": key, "value": values[key]} for key in values])


def _finish(engine: Engine, aside: Path, *, whole: bool) -> None:
    if whole:
        # A few changed rows are not worth writing the whole index anew.
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO search (search) VALUES ('optimize')"))
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    engine.dispose()
    with aside.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no way to, and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _fingerprint(listing: Listing) -> str:
    """Changes whenever the catalogue would come out differently."""
    digest = hashlib.sha256(program_hash().encode())
    for entry_id, files in sorted(listing.entries.items()):
        digest.update(f"{entry_id}\0{files.hash}\0{files.english.shown}\0".encode())
    for name, file in sorted(listing.attachments.items()):
        digest.update(f"{name}\0{hashlib.sha256(file.data).hexdigest()}\0".encode())
    digest.update("\0".join(map(str, listing.problems)).encode())
    return digest.hexdigest()
