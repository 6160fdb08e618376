"""The settings, read once from the environment, and where the program's own files lie."""

import hashlib
import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import ConfigError

_PACKAGE: Final = Path(__file__).parent


def own_folder(name: str) -> Path:
    """`content`, `static` or `templates`: in an installed wheel, or at the top of a checkout."""
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def cache_home() -> Path:
    """Where rebuildable files go, by the XDG base directory specification."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    return Path(given) if given.startswith("/") else Path.home() / ".cache"


def data_home() -> Path:
    """Where files go that cannot be made again, by the same specification."""
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if given.startswith("/") else Path.home() / ".local" / "share"


class Settings(BaseSettings):
    """Everything that can be set. Each field is the variable `WAYOUT_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="WAYOUT_", frozen=True, extra="ignore")

    content: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=lambda: (own_folder("content"),),
        description="Content folders, later ones over earlier ones, separated like PATH",
    )
    catalogue: Path | None = Field(
        None, description="The catalogue file; a file in the user's cache folder if absent"
    )
    base_url: str = Field(
        "", description="Public address of the site, for canonical links; the request's if absent"
    )
    max_paste_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="The longest text that matching accepts"
    )
    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_home() / 'wayout' / 'outcomes.sqlite'}",
        description="Where readers' reports are kept: SQLite, or PostgreSQL for several servers",
    )
    outcomes: bool = Field(True, description="Whether readers can report what worked")
    workers: int = Field(1, ge=1, le=64, description="Server processes of `wayout serve`")

    @field_validator("content", mode="before")
    @classmethod
    def _split_like_path(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part) for part in value.split(os.pathsep) if part)
        return value

    @field_validator("base_url")
    @classmethod
    def _without_trailing_slash(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("an address that begins with http:// or https://")
        return value.rstrip("/")

    @cached_property
    def catalogue_path(self) -> Path:
        """The catalogue file. Other content folders have another one, so that two can be served."""
        if self.catalogue is not None:
            return self.catalogue
        folders = "\0".join(str(folder.resolve()) for folder in self.content)
        name = hashlib.sha256(folders.encode()).hexdigest()[:12]
        return cache_home() / "wayout" / f"catalogue-{name}.sqlite"


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - passed on to the model, which checks
    """The settings, arguments before environment. Raises ConfigError naming the variable."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        detail = error.errors()[0]
        name = "WAYOUT_" + str(detail["loc"][0]).upper()
        accepted = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        raise ConfigError(name, str(detail["input"]), accepted) from None


def terminal_width() -> int:
    """Columns to print in, within what reads well."""
    return min(shutil.get_terminal_size().columns, 100)
