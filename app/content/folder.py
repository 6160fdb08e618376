"""Content folders: which files there are, which entry each belongs to, and reading them.

A folder holds `ecosystem/slug.md` or `ecosystem/slug.json`, translations beside
them as `slug.zh.md` or `slug.zh.json`, and attachments; `glossary.yaml` lies at its
top. Several folders are laid over one another: an entry in a later one replaces the
entry of the same id.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.content import json as json_documents
from app.content import markdown
from app.content.glossary import FILE_NAME as GLOSSARY
from app.content.glossary import Glossary, read_glossary
from app.content.located import Path as DocumentPath
from app.content.located import Place, Places, nearest_place
from app.content.translation import check_translation
from app.entry import LANGUAGES, RESERVED, SLUG, Entry
from app.errors import ContentError, Level, Problem

MAX_BYTES: Final = 1_000_000
"""The longest honest entry is below 60 kB; ten times more is a file in the wrong place."""
MAX_ATTACHMENT_BYTES: Final = 2_000_000

MEDIA_TYPES: Final = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "log": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
}
"""What may lie beside an entry."""

RECIPE_SUFFIX: Final = "repro.yaml"
EVIDENCE_SUFFIX: Final = "evidence.json"
"""What an entry's reproduction is read from, and what it has shown."""

_SLUG = re.compile(SLUG)
_NOT_CONTENT: Final = frozenset({"README.md", "LICENSE", "LICENSE.md"})


@dataclass(frozen=True)
class ContentFile:
    """A file of a content folder. `shown` is its path for readers, `content/pip/x.md`."""

    path: Path
    shown: str
    data: bytes

    @property
    def text(self) -> str:
        """The text of the file. Raises ContentError if it is not UTF-8."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = self.data[: error.start]
            line = before.count(b"\n") + 1
            column = error.start - (before.rfind(b"\n") + 1) + 1
            what = f"is not UTF-8: byte 0x{self.data[error.start]:02x}"
            raise ContentError(
                [Problem(self.shown, line, column, what, "save the file as UTF-8")]
            ) from None


@dataclass
class EntryFiles:
    """The files of one entry: the English one, translations by language, recipe and evidence.

    `glossary` is that of the content folder they lie in.
    """

    id: str
    english: ContentFile
    translations: dict[str, ContentFile] = field(default_factory=dict)
    recipe: ContentFile | None = None
    evidence: ContentFile | None = None
    glossary: Glossary | None = None

    @property
    def hash(self) -> str:
        """Changes when any byte of any of the files changes, or of what they are checked by."""
        digest = hashlib.sha256()
        if self.glossary:
            digest.update(self.glossary.digest.encode())
        others = [self.translations[name] for name in sorted(self.translations)]
        for file in (self.english, *others, self.recipe, self.evidence):
            if file is None:
                continue
            digest.update(f"{file.path.name}\0{len(file.data)}\0".encode() + file.data)
        return digest.hexdigest()


@dataclass(frozen=True)
class LoadedEntry:
    """An entry as read, with the places of its values and of its translated parts."""

    entry: Entry
    files: EntryFiles
    places: Places
    translated_places: dict[str, dict[str, Place]]

    def problem(
        self, where: DocumentPath, what: str, instead: str = "", level: Level = Level.ERROR
    ) -> Problem:
        """A complaint about a value of the English document, at its place."""
        line, column = nearest_place(self.places, where)
        return Problem(self.files.english.shown, line, column, what, instead, level)


@dataclass
class Listing:
    """What lies in the content folders: entries by id, attachments by `ecosystem/name`."""

    entries: dict[str, EntryFiles] = field(default_factory=dict)
    attachments: dict[str, ContentFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def list_folders(roots: Iterable[Path]) -> Listing:
    """List content folders, later ones over earlier ones. Missing and empty ones are problems."""
    whole = Listing()
    for root in roots:
        listing = _list_folder(root)
        whole.entries |= listing.entries
        whole.attachments |= listing.attachments
        whole.problems += listing.problems
    return whole


def _list_folder(root: Path) -> Listing:
    listing = Listing()
    shown = root.name
    if not root.is_dir():
        what = "the content folder does not exist" if not root.exists() else "is not a folder"
        listing.problems.append(Problem(str(root), 1, 1, what, "set WAYOUT_CONTENT to a folder"))
        return listing
    beside: list[tuple[str, str, ContentFile]] = []
    glossary = None
    for file in _files(root, listing.problems):
        if file.path == root / GLOSSARY:
            glossary = _glossary(file, listing.problems)
        else:
            _place_file(file, root, listing, beside)
    for entry_id, kind, file in beside:
        _place_beside(entry_id, kind, file, listing)
    for files in listing.entries.values():
        files.glossary = glossary
    if not listing.entries and not listing.problems:
        what = "the content folder holds no entries"
        listing.problems.append(Problem(shown, 1, 1, what, "add one, such as pip/hash-mismatch.md"))
    return listing


def _glossary(file: ContentFile, problems: list[Problem]) -> Glossary | None:
    try:
        glossary, found = read_glossary(file.text, file.shown)
    except ContentError as error:
        glossary, found = None, error.problems
    problems += found
    return glossary


def _files(root: Path, problems: list[Problem]) -> Iterator[ContentFile]:
    """Readable files two levels deep; hidden ones and README files are passed over."""
    inside = root.resolve()
    for path in sorted(root.glob("*")) + sorted(root.glob("*/*")):
        shown = f"{root.name}/{path.relative_to(root).as_posix()}"
        if path.name.startswith((".", "_")) or path.name in _NOT_CONTENT:
            continue
        if path.is_symlink() and not _leads_into(path, inside):
            what = "is a symbolic link out of the content folder"
            problems.append(Problem(shown, 1, 1, what, "copy the file here"))
        elif path.is_dir():
            if path.parent != root:
                what = "is a folder below an ecosystem"
                problems.append(Problem(shown, 1, 1, what, "put its files beside the entries"))
        else:
            limit = MAX_BYTES if path.suffix in (".md", ".json") else MAX_ATTACHMENT_BYTES
            try:
                size = path.stat().st_size
                data = path.read_bytes() if size <= limit else b""
            except OSError as error:
                problems.append(Problem(shown, 1, 1, f"cannot be read: {error.strerror}"))
                continue
            if size > limit:
                what = f"is {size:,} bytes long, over the limit of {limit:,}"
                problems.append(Problem(shown, 1, 1, what, "split it, or move it out"))
            else:
                yield ContentFile(path, shown, data)


def _leads_into(link: Path, folder: Path) -> bool:
    try:
        return link.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):
        return False  # a link to itself


def _place_file(
    file: ContentFile,
    root: Path,
    listing: Listing,
    beside: list[tuple[str, str, ContentFile]],
) -> None:
    def complain(what: str, instead: str) -> None:
        listing.problems.append(Problem(file.shown, 1, 1, what, instead))

    if file.path.parent == root:
        complain("lies outside an ecosystem's folder", f"move it to {root.name}/<ecosystem>/")
        return
    ecosystem = file.path.parent.name
    slug, _, suffix = file.path.name.partition(".")
    if not _SLUG.fullmatch(ecosystem) or ecosystem in RESERVED:
        why = "is the name of a page" if ecosystem in RESERVED else "is not a name in lower case"
        complain(f"the folder `{ecosystem}` {why}", "rename the folder")
    elif not _SLUG.fullmatch(slug):
        good = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-") or "hash-mismatch"
        complain(
            f"`{slug}` is not a name in lower case with hyphens", f"rename it to `{good}.{suffix}`"
        )
    elif suffix in ("md", "json"):
        entry_id = f"{ecosystem}/{slug}"
        if entry_id in listing.entries:
            other = listing.entries[entry_id].english.path.name
            complain(f"the id `{entry_id}` is taken by {other}", "keep one of the two")
        else:
            listing.entries[entry_id] = EntryFiles(entry_id, file)
    elif suffix in (f"{language}.{kind}" for language in LANGUAGES for kind in ("md", "json")):
        beside.append((f"{ecosystem}/{slug}", suffix.partition(".")[0], file))
    elif suffix in (RECIPE_SUFFIX, EVIDENCE_SUFFIX):
        beside.append((f"{ecosystem}/{slug}", suffix, file))
    elif suffix in MEDIA_TYPES:
        listing.attachments[f"{ecosystem}/{file.path.name}"] = file
    else:
        known = ", ".join(f".{name}" for name in MEDIA_TYPES)
        complain(
            f"files of the kind `.{suffix}` are not served", f"write .md, .json or one of {known}"
        )


def _place_beside(entry_id: str, kind: str, file: ContentFile, listing: Listing) -> None:
    """Give a translation (`kind` is its language), a recipe or evidence to its entry."""
    entry = listing.entries.get(entry_id)
    if entry is None:
        what = f"belongs to `{entry_id}`, which does not exist"
        problem = Problem(file.shown, 1, 1, what, f"write {entry_id}.md first, or rename this file")
        listing.problems.append(problem)
    elif kind == RECIPE_SUFFIX:
        entry.recipe = file
    elif kind == EVIDENCE_SUFFIX:
        entry.evidence = file
    elif kind in entry.translations:
        what = f"the translation is also in {entry.translations[kind].path.name}"
        listing.problems.append(Problem(file.shown, 1, 1, what, "keep one of the two"))
    else:
        entry.translations[kind] = file


def read_files(files: EntryFiles) -> tuple[LoadedEntry | None, list[Problem]]:
    """Read one entry with its translations.

    A broken English file gives no entry; a broken translation gives the entry
    without it. Either way every problem is returned, warnings too.
    """
    problems: list[Problem] = []
    english = files.english
    reader = json_documents if english.path.suffix == ".json" else markdown
    try:
        entry, places = reader.read_entry(english.text, files.id, english.shown)
    except ContentError as error:
        return None, error.problems
    translated_places: dict[str, dict[str, Place]] = {}
    translations = dict(entry.translations)
    for language, translation in translations.items():
        in_document = {
            key: places.get(("translations", language, "parts", key), (1, 1))
            for key in translation.parts
        }
        translated_places[language] = in_document
        problems += check_translation(entry, translation, in_document, english.shown)
    for language, file in files.translations.items():
        if language in translations:
            what = f"{english.path.name} already holds the translation"
            problems.append(Problem(file.shown, 1, 1, what, "keep one of the two"))
            continue
        reader = json_documents if file.path.suffix == ".json" else markdown
        try:
            translation, part_places = reader.read_translation(file.text, file.shown)
        except ContentError as error:
            problems += error.problems
            continue
        translations[language] = translation
        translated_places[language] = part_places
        problems += check_translation(entry, translation, part_places, file.shown)
    entry = entry.model_copy(update={"translations": translations})
    return LoadedEntry(entry, files, places, translated_places), problems
