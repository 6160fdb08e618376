"""Puts templates, static files and content into a wheel; an editable install reads the checkout."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataFolders(BuildHookInterface):  # type: ignore[type-arg]
    """Run by hatchling before it writes a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map the folders at the top of the checkout into the package, where `app.config` looks."""
        if version == "standard":
            for name in ("content", "static", "templates"):
                build_data["force_include"][name] = f"app/data/{name}"
