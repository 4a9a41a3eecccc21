"""Where a site keeps things, and where the product keeps its own resources."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault


@dataclass(frozen=True, slots=True)
class SitePaths:
    """The folders of one site. Nothing of a site lives outside `root` except targets that the operator names."""

    root: Path

    @property
    def registry(self) -> Path:
        return self.root / "registry.db"

    @property
    def artifacts(self) -> Path:
        return self.root / "artifacts"

    @property
    def observations(self) -> Path:
        return self.root / "observations"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def policies(self) -> Path:
        """What each model's releases are held to: one TOML file a model, where the defaults do not suit."""
        return self.root / "policies"

    @property
    def line(self) -> Path:
        """The folder target: one folder a model, read by `aiqu-line`."""
        return self.root / "line"

    def drop(self, model: str) -> Path:
        """Where the files of one model's observations and labels arrive."""
        return self.root / "drop" / model

    def create(self) -> None:
        """Make every folder of the site."""
        folders = (
            self.artifacts, self.observations, self.reports, self.keys, self.logs, self.backups, self.line,
            self.policies, self.root / "drop",
        )  # fmt: skip
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)


def default_site() -> Path:
    """The user's own site when no `--site` is given: $AIQU_SITE, else the platform's data folder."""
    named = os.environ.get("AIQU_SITE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local")))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local" / "share")))
    return base / "aiqu" / "site"


def resources() -> Path:
    """The product's resources folder: $AIQU_RESOURCES, beside the package, or under the installation prefix.

    Raises:
        EnvironmentFault: if none of them exists.
    """
    candidates = [
        Path(__file__).resolve().parents[2] / "resources",
        Path(sys.prefix) / "share" / "aiqu-desktop" / "resources",
    ]
    named = os.environ.get("AIQU_RESOURCES")
    if named:
        candidates.insert(0, Path(named))
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise EnvironmentFault(f"The resources folder was not found at {candidates[0]}; install AiQu Desktop again.")
