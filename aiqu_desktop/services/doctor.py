"""Is everything here that the product stands on? Versions, the SQLite library, disk, lease, line, audit chain."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from aiqu_desktop.core.clock import SystemClock, iso
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.paths import SitePaths, resources
from aiqu_desktop.core.words import TargetKind
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.lifecycle.targets.choice import setting_of
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.database import journal_mode, sqlite_module
from aiqu_desktop.registry.migrate import current_revision, newest_revision
from aiqu_desktop.registry.tables import Model
from aiqu_desktop.scheduling.lease import holder
from aiqu_desktop.services.audit import verify_chain
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.serving import serving_of
from aiqu_desktop.services.stopped import stop_view

_LIBRARIES = (
    "PySide6-Essentials", "pyqtgraph", "SQLAlchemy", "alembic", "numpy", "scipy", "joblib", "APScheduler", "duckdb",
    "onnxruntime", "typst",
)  # fmt: skip
_LOW_DISK_BYTES = 1_000_000_000
_LINE_ALIVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ok None: nothing to judge, only told."""

    topic: str
    ok: bool | None
    sentence: str


def examine(root: Path) -> tuple[Finding, ...]:
    """Look at the installation and at the site in `root`, if there is one. Never raises for what it finds."""
    root = root.expanduser().absolute()
    findings = [*_installation(), _disk(root)]
    if not SitePaths(root).registry.is_file():
        return (*findings, Finding("site", None, f"There is no site in {root} yet."))
    try:
        registry = open_site(root)
    except AiquError as error:
        return (*findings, Finding("site", False, str(error)))
    try:
        return (*findings, *_site(registry))
    finally:
        registry.close()


def _installation() -> list[Finding]:
    found = [f"Python {platform.python_version()}", *(f"{name} {_version(name)}" for name in _LIBRARIES)]
    missing = [name for name in _LIBRARIES if _version(name) == "missing"]
    sqlite = sqlite_module().sqlite_version
    safe = journal_mode() == "WAL"
    mode = "safe for WAL" if safe else "too old for WAL, so the slower TRUNCATE journal is used"
    return [
        Finding("versions", not missing, ", ".join(found) + "."),
        Finding("sqlite", True, f"SQLite {sqlite} is {mode}."),
        _resources(),
    ]


def _resources() -> Finding:
    try:
        return Finding("resources", True, f"The resources are in {resources()}.")
    except AiquError as error:
        return Finding("resources", False, str(error))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _disk(root: Path) -> Finding:
    folder = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(folder).free
    return Finding("disk", free > _LOW_DISK_BYTES, f"{free / 1e9:.1f} GB are free at {folder}.")


def _site(registry: Registry) -> list[Finding]:
    findings = [_schema(registry), _quick_check(registry), _lease(registry)]
    chain = verify_chain(registry)
    findings.append(Finding("audit", chain.intact, chain.finding))
    with registry.read() as session:
        models = session.scalars(select(Model.name).order_by(Model.name)).all()
    findings.extend(_target(registry, model) for model in models)
    return findings


def _schema(registry: Registry) -> Finding:
    current, newest = current_revision(registry.engine), newest_revision()
    return Finding("schema", current == newest, f"The registry's schema is {current}; this version writes {newest}.")


def _quick_check(registry: Registry) -> Finding:
    with registry.read() as session:
        answer = str(session.execute(text("PRAGMA quick_check(1)")).scalar_one())
        mode = str(session.execute(text("PRAGMA journal_mode")).scalar_one()).upper()
    return Finding("database", answer == "ok", f"The registry's quick check says {answer!r}; journal mode {mode}.")


def _lease(registry: Registry) -> Finding:
    with registry.read() as session:
        held = holder(session)
    if held is None:
        return Finding("scheduler", False, "Nobody has ever scheduled checks here; start 'aiqu monitor'.")
    if not held.alive:
        return Finding(
            "scheduler", False, f"The last scheduler ({held.role}, pid {held.pid}) is gone; start 'aiqu monitor'."
        )
    return Finding("scheduler", True, f"The {held.role} (pid {held.pid}) schedules; beat {held.age_seconds:.0f} s ago.")


def _target(registry: Registry, model: str) -> Finding:
    """The line is asked; of any other target the newest check is told, so that no connection is made."""
    with registry.read() as session:
        found = model_named(session, model)
        stop = stop_view(session, registry.paths, found)
        if stop is not None:
            return Finding(f"target {model}", stop.proven, stop.words)
        if setting_of(session, found.id).kind is TargetKind.FOLDER:
            return _line(registry, model)
        live = champion_of(found)
        serving = serving_of(session, registry.paths, found, live, registry.clock.now())
    return Finding(f"target {model}", None if live is None else serving.proven, f"{serving.place}: {serving.sentence}")


def _line(registry: Registry, model: str) -> Finding:
    target = TargetFolder(registry.paths.line / model)
    status = target.status()
    topic = f"line {model}"
    if problems := target.problems():
        return Finding(topic, False, " ".join(problems))
    if status is None:
        return Finding(topic, None, "No line has served this model yet; start 'aiqu-line'.")
    if not status.alive(SystemClock().now(), _LINE_ALIVE_SECONDS):
        return Finding(topic, False, f"The line was last heard of at {iso(status.heartbeat)}; start 'aiqu-line'.")
    serves = "nothing" if status.serving is None else f"version {status.serving.version}"
    return Finding(topic, status.serving is not None, f"The line serves {serves}.")
