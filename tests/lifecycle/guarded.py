"""A model with versions 1, 2 and 3, tested, of which the first is live, and its people: made once, copied each time."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle import preview_promotion
from aiqu_desktop.lifecycle.flow import ask_for_tests, run_next
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Version
from tests.factories.bundles import make_bundle
from tests.factories.people import enrol, promoted
from tests.lifecycle.fake_target import FakeTarget

START = datetime(2026, 3, 1, 6, tzinfo=UTC)


def guarded_site(folder: Path) -> tuple[Registry, ReplayClock, FakeTarget]:
    """A copy in `folder`, with a clock of its own and a target that serves version 1 of "toy"."""
    made, served = _template()
    shutil.copytree(made, folder / "site")
    clock, target = ReplayClock(START), FakeTarget()
    target.staged, target.pointed, target.serving = set(served.staged), served.pointed, served.serving
    return Registry.open(SitePaths(folder / "site"), clock), clock, target


@cache
def _template() -> tuple[Path, FakeTarget]:
    folder = Path(tempfile.mkdtemp(prefix="aiqu-guarded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    registry, target = Registry.create(SitePaths(folder / "site"), ReplayClock(START)), FakeTarget()
    for number in (1, 2, 3):
        import_bundle(registry, make_bundle(folder / str(number), "toy", number), actor="Eva")
    enrol(registry)
    assert promoted(registry, target, preview_promotion(registry, "toy", 1, target=target), timeout=0).done
    with registry.write() as session:
        for version in session.scalars(select(Version).where(Version.number > 1)).all():
            ask_for_tests(session, registry, version, by="Eva")
    while run_next(registry, lambda: True):
        pass
    registry.close()
    return folder / "site", target
