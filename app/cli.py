"""The command line, `wayout COMMAND`.

Each command parses its arguments, calls one function of the core, and prints.
The heavy modules are imported inside the commands, so that `wayout --help` and
shell completion answer at once.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

import app
from app.errors import Level, Problem, UnreadableInput, WayoutError

cli = typer.Typer(
    name="wayout",
    help="An error knowledge base you run yourself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FAILED: Final = 1
BAD_USAGE: Final = 2

Content = Annotated[
    list[Path] | None,
    typer.Option(
        "--content", help="Content folder; later ones go over earlier ones. [WAYOUT_CONTENT]"
    ),
]
CatalogueFile = Annotated[
    Path | None, typer.Option("--catalogue", help="The catalogue file. [WAYOUT_CATALOGUE]")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Lang = Annotated[str, typer.Option("--lang", help="Language of the texts: en or zh.")]


def main() -> None:
    """Run the command line; deliberate errors become one line on stderr and a status."""
    try:
        cli()
    except WayoutError as error:
        _fail(str(error))
    except BrokenPipeError:
        # The reader of our output has gone, `wayout show … | head`; nothing is left to be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)


def _fail(message: str, status: int = FAILED) -> NoReturn:
    print(f"wayout: {message}", file=sys.stderr)
    sys.exit(status)


def _settings(content: list[Path] | None, catalogue: Path | None) -> Any:  # noqa: ANN401
    from app.config import read_settings

    return read_settings(content=tuple(content) if content else None, catalogue=catalogue)


def _catalogue(content: list[Path] | None, catalogue: Path | None) -> Any:  # noqa: ANN401
    """The catalogue, brought up to date first; `check` tells of the content's problems."""
    from app.catalogue.build import build
    from app.catalogue.queries import Catalogue

    settings = _settings(content, catalogue)
    with _progress("Building") as progress:
        build(settings.content, settings.catalogue_path, progress)
    return Catalogue(settings.catalogue_path)


def _reported(content: list[Path] | None, catalogue: Path | None) -> Any:  # noqa: ANN401
    """What readers have reported, as far as the database can be read."""
    from app.outcomes.live import LiveOutcomes
    from app.outcomes.store import Outcomes

    live = LiveOutcomes(Outcomes(_settings(content, catalogue).database_url))
    file = live.outcomes.database.path
    if file is None or file.exists():
        live.refresh()
    return live.reported


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal's stderr; nothing when piped."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_json(value: Any) -> None:  # noqa: ANN401
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_problems(problems: list[Problem], as_json: bool) -> None:
    if as_json:
        rows = [{**vars(problem), "level": problem.level.value} for problem in problems]
        _print_json(rows)
        return
    for problem in problems:
        print(problem)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@cli.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"wayout {app.__version__}")
        raise typer.Exit


@cli.command()
def build(content: Content = None, catalogue: CatalogueFile = None) -> None:
    """Build the catalogue. Broken entries are printed and left out, with exit status 1."""
    from app.catalogue.build import build as build_catalogue

    settings = _settings(content, catalogue)
    with _progress("Building") as progress:
        built = build_catalogue(settings.content, settings.catalogue_path, progress)
    errors = [problem for problem in built.problems if problem.level is Level.ERROR]
    for problem in errors:
        print(problem, file=sys.stderr)
    what = "unchanged" if built.reused else f"{built.read} read"
    print(f"{built.path}: {_counted(built.entries, 'entry').replace('entrys', 'entries')}, {what}")
    if errors:
        sys.exit(FAILED)


@cli.command()
def check(
    content: Content = None,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
    green: Annotated[
        list[Path] | None,
        typer.Option("--green", help="Folder with logs of successes, which nothing may match."),
    ] = None,
    reach: Annotated[
        bool, typer.Option("--reach", help="Print where else each entry was found.")
    ] = False,
) -> None:
    """Print everything that is wrong with the content, like a compiler; exit 1 if anything is."""
    from app.catalogue.check import check as check_content

    settings = _settings(content, None)
    for folder in green or ():
        if not folder.is_dir():
            _fail(f"--green {folder}: there is no such folder", BAD_USAGE)
    with _progress("Checking") as progress:
        checked = check_content(settings.content, green or (), progress)
    problems, entries = list(checked.problems), len(checked.reach)
    _print_problems(problems, as_json)
    if reach and not as_json:
        _print_table([vars(row) for row in checked.reach])
    errors = sum(problem.level is Level.ERROR for problem in problems)
    warnings = len(problems) - errors
    if not as_json:
        summary = f"{entries} entries, {_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
        print(summary, file=sys.stderr)
    if errors or (strict and warnings):
        sys.exit(FAILED)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    watch: Annotated[bool, typer.Option("--watch", help="Rebuild when content changes.")] = False,
    content: Content = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Build the catalogue if needed, and serve the site."""
    from app.serve import serve as serve_site

    settings = _settings(content, catalogue)
    with _progress("Building") as progress:
        serve_site(settings, host, port, watch=watch, progress=progress)


@cli.command()
def match(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A log; - for standard input.")],
    lang: Lang = "en",
    as_json: AsJson = False,
    content: Content = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Find the entries that a log speaks of; exit 1 when none is known, 2 if it cannot be read."""
    from app.answers.matches import match_answer
    from app.intake import open_log
    from app.terminal import print_matches

    found_in = _catalogue(content, catalogue)
    language = _language(lang)
    try:
        with _progress("Reading") as progress, open_log(file, progress) as log:
            reported = _reported(content, catalogue)
            answer = match_answer(found_in, log, language, "", reported)  # type: ignore[arg-type]
    except OSError as error:
        _fail(f"{file}: {error.strerror}", BAD_USAGE)
    except UnreadableInput as error:
        _fail(f"{file}: {error}", BAD_USAGE)
    if as_json:
        _print_json(answer.model_dump(mode="json"))
    else:
        print_matches(answer)
    if not answer.matches:
        sys.exit(FAILED)


@cli.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words in English or Chinese.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Results at most.")] = 10,
    lang: Lang = "en",
    as_json: AsJson = False,
    content: Content = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Find entries by words; exit 1 when there are none."""
    from app.answers.search import search_answer
    from app.search.parse import parse

    found_in = _catalogue(content, catalogue)
    query = parse(" ".join(words))
    found = found_in.search(query, _language(lang), limit=limit)
    if as_json:
        _print_json(search_answer(found, query, "").model_dump(mode="json"))
    else:
        if found.hits and not found.every:
            print(f"nothing has all of: {query.text}; these have some of it", file=sys.stderr)
        for hit in found.hits:
            print(f"{hit.card.id}\n    {hit.card.title}")
    if not found.hits:
        _fail(f"nothing found for {query.text!r}")


def _language(lang: str) -> str:
    if lang not in ("en", "zh"):
        _fail(f"--lang {lang}: write en or zh", BAD_USAGE)
    return lang


@cli.command()
def show(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="Such as pip/hash-mismatch.")],
    lang: Lang = "en",
    as_json: AsJson = False,
    content: Content = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Print an entry."""
    from app.answers.entries import entry_answer
    from app.terminal import print_entry

    found_in = _catalogue(content, catalogue)
    reported = _reported(content, catalogue)
    answer = entry_answer(found_in, entry_id, _language(lang), "", reported)  # type: ignore[arg-type]
    if as_json:
        _print_json(answer.model_dump(mode="json"))
    else:
        print_entry(answer)


@cli.command()
def export(
    to: Annotated[
        Path | None, typer.Argument(help="File to write; standard output if absent.")
    ] = None,
    content: Content = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Write all entries as NDJSON, one document with its translations a line."""
    lines = [
        json.dumps(json.loads(one), ensure_ascii=False)
        for one in _catalogue(content, catalogue).documents()
    ]
    text = "".join(line + "\n" for line in lines)
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")


@cli.command()
def stats(content: Content = None, as_json: AsJson = False) -> None:
    """Count entries, translations, causes, remedies and reproductions, by ecosystem."""
    from app.stats import count_folders

    rows = count_folders(_settings(content, None).content)
    if as_json:
        _print_json([vars(row) for row in rows])
        return
    _print_table([vars(row) for row in rows])


def _print_table(rows: list[dict[str, Any]]) -> None:
    """Columns, the first to the left and numbers to the right."""
    names = list(rows[0]) if rows else []
    table = [names, *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(names))]
    for line in table:
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  ".join(cells))


@cli.command()
def reproduce(
    entry_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID…]", help="Such as pip/hash-mismatch.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every entry that has a recipe.")] = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="Those whose recipe or claims have changed since.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where the evidence disagrees.")
    ] = False,
    fetch: Annotated[
        bool, typer.Option("--prepare", help="Fetch the tools that recipes need first.")
    ] = False,
    quick: Annotated[
        int | None,
        typer.Option(min=1, metavar="RUNS", help="Only the shortest recipes, RUNS together."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Tries at the same time.")] = 2,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run without a sandbox where there is none.")
    ] = False,
    content: Content = None,
) -> None:
    """Make the real tool print the error, try every remedy on it, and keep the evidence.

    Exit 1 when something did not go as the recipe or the evidence says.
    """
    from app.reproduce.many import choose, quickest, reproduce_all
    from app.reproduce.prepare import default_cache, prepare

    if not (entry_ids or every or changed):
        _fail("name an entry, or write --all or --changed", BAD_USAGE)
    chosen, matcher = choose(
        _settings(content, None).content, frozenset(entry_ids or ()), changed=changed
    )
    if quick:
        chosen = quickest(chosen, quick)
    if fetch:
        for what in prepare((one.recipe.recipe for one in chosen if one.recipe), default_cache()):
            print(f"fetched {what}", file=sys.stderr)
    failed = False
    with _progress("Reproducing") as bar:
        reports = reproduce_all(
            chosen,
            matcher,
            jobs=jobs,
            unsafe=unsafe,
            check=verify,
            progress=(lambda _, done, total, __: bar(done, total)) if bar else None,
        )
        for report in reports:
            print(report.summary)
            failed = failed or bool(report.problems)
    if failed:
        sys.exit(FAILED)


@cli.command()
def new(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="Such as pip/hash-mismatch.")],
    content: Content = None,
) -> None:
    """Write the skeleton of an entry into the content folder."""
    from app.content.authoring import new_entry

    print(new_entry(entry_id, _settings(content, None).content[-1]))


@cli.command()
def translate(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="Such as pip/hash-mismatch.")],
    language: Annotated[str, typer.Argument(help="zh")] = "zh",
    confirm: Annotated[
        list[str] | None,
        typer.Option(
            "--confirm", metavar="PART", help="A stale part whose text is up to date again."
        ),
    ] = None,
    content: Content = None,
) -> None:
    """Write a translation's skeleton, or fill in which English text its parts were made from."""
    from app.content.authoring import stamp_translation

    folder = _settings(content, None).content
    print(stamp_translation(entry_id, _language(language), frozenset(confirm or ()), folder))


outcomes = typer.Typer(help="Readers' reports: export, import, delete.", no_args_is_help=True)
cli.add_typer(outcomes, name="outcomes")
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="The database. [WAYOUT_DATABASE_URL]")
]


def _outcomes(database_url: str | None) -> Any:  # noqa: ANN401
    from app.config import read_settings
    from app.outcomes.store import Outcomes

    return Outcomes(read_settings(database_url=database_url).database_url)


@outcomes.command("export")
def export_outcomes(
    to: Annotated[
        Path | None, typer.Argument(help="File to write; standard output if absent.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write all reports as NDJSON. The file holds the key of the voices: keep it to yourself."""
    from app.outcomes.transfer import write_lines

    store = _outcomes(database_url)
    lines = write_lines(store.database.key, store.all())
    if to is None:
        sys.stdout.writelines(lines)
        return
    with _writing(to) as file:
        file.writelines(lines)


@contextmanager
def _writing(path: Path) -> Iterator[Any]:
    """A new file for its owner's eyes, which is there whole or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            yield file
        aside.replace(path)
    except OSError as error:
        _fail(f"{path}: {error.strerror}")
    finally:
        aside.unlink(missing_ok=True)


@outcomes.command("import")
def import_outcomes(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="An export; - for standard input.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Add the reports of an export, all or none; what a reader said last counts."""
    from app.outcomes.transfer import read_lines

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        _fail(f"{file}: {error.strerror}", BAD_USAGE)
    except UnicodeDecodeError:
        _fail(f"{file}: is not UTF-8", BAD_USAGE)
    key, found = read_lines(text.splitlines(), file)
    store = _outcomes(database_url)
    if not store.adopt(key) and store.database.key != key:
        what = "it has another key: readers who report again will be counted as new ones"
        print(f"wayout: {file}: {what}", file=sys.stderr)
    print(_counted(store.load(found), "report"))


@outcomes.command("delete")
def delete_outcomes(
    entry: Annotated[str | None, typer.Option(help="Only of this entry.")] = None,
    remedy: Annotated[str | None, typer.Option(help="Only of this remedy.")] = None,
    voice: Annotated[str | None, typer.Option(help="Only of this reader.")] = None,
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only last changed before (UTC).")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete the reports that fit all options, of which there must be one."""
    if before:
        before = before.replace(tzinfo=UTC)
    if not (entry or remedy or voice or before):
        _fail("say which: --entry, --remedy, --voice or --before", BAD_USAGE)
    print(_counted(_outcomes(database_url).delete(entry, remedy, voice, before), "report"))


if __name__ == "__main__":
    main()
