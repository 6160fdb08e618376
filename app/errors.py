"""The exceptions raised on purpose, and the complaint that the content checks print.

An exception holds data and makes its sentence once; turning it into a response
or an exit status is left to the web and the command line.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """How bad a problem is: an error keeps the file out, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Problem:
    """One complaint about one place in a content file.

    `path` is relative to the content folder with forward slashes; `line` and
    `column` are 1-based. `instead` says what to write, and may be empty.
    """

    path: str
    line: int
    column: int
    what: str
    instead: str = ""
    level: Level = Level.ERROR

    def __str__(self) -> str:
        """The complaint in one line, as compilers print theirs."""
        label = "" if self.level is Level.ERROR else "warning: "
        tail = f"; {self.instead}" if self.instead else ""
        return f"{self.path}:{self.line}:{self.column}: {label}{self.what}{tail}"


class WayoutError(Exception):
    """The base of every error meant for the reader: its text is one plain line."""


class ConfigError(WayoutError):
    """A setting cannot be used; the start is refused."""

    def __init__(self, variable: str, value: str, accepted: str) -> None:
        super().__init__(f"{variable}={value!r} cannot be used: write {accepted}")
        self.variable, self.value, self.accepted = variable, value, accepted


class ContentError(WayoutError):
    """A content file breaks the format; `problems` is never empty."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class CatalogueError(WayoutError):
    """The catalogue file is missing, damaged or of another version."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


class OutcomesUnavailable(WayoutError):  # noqa: N818 - reads as what it is
    """The database of the outcomes cannot be read or written now; nothing was stored."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the outcomes cannot be reached: {why}")
        self.why = why


class TooManyReports(WayoutError):  # noqa: N818 - reads as what it is
    """Too many reports came from one address; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many reports came from your address")
        self.retry_after = retry_after


class UnreadableInput(WayoutError):  # noqa: N818 - reads as what it is
    """What was pasted is not text; `why` says what it looks like instead."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is not text: it looks like {why}; paste or upload the log itself")
        self.why = why


class UnknownEntry(WayoutError):  # noqa: N818 - reads as what it is
    """No entry has this id; `near` holds ids that look like it."""

    def __init__(self, entry_id: str, near: list[str]) -> None:
        hint = f"; did you mean {near[0]}?" if near else ""
        super().__init__(f"no entry {entry_id}{hint}")
        self.entry_id, self.near = entry_id, near
