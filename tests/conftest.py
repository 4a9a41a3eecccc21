"""What every test may rely on: no screen, a home of its own, and no thread or window left behind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

# Before anything imports Qt or NumPy: no screen is asked for, and two test processes share a small machine.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.inference.speed import Speed, measure_speed

# A loaded machine is no failure, so examples have no deadline; in CI the same commit draws the same examples.
settings.register_profile("aiqu", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("aiqu")

_SPEEDS: dict[str, Speed] = {}
_THREADS_MUST_END_WITHIN = 5.0  # seconds


@pytest.fixture(scope="session")
def private_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that belongs to this run."""
    home = tmp_path_factory.mktemp("home")
    (home / "runtime").mkdir(mode=0o700)
    return home


@pytest.fixture(autouse=True)
def no_test_touches_the_users_own_site(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Default site, Qt settings and caches land in `private_home`, in this process and in those that it starts."""
    for name in ("AIQU_SITE", "AIQU_RESOURCES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(private_home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(private_home / "runtime"))
    for name, folder in (("DATA", "share"), ("CONFIG", "config"), ("CACHE", "cache"), ("STATE", "state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(private_home / folder))


@pytest.fixture(autouse=True)
def a_speed_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests import the same toys on sites of their own: each toy is measured once a run, not once a site."""

    def measured(files: Mapping[str, bytes]) -> Speed:
        key = sha256_bytes(b"".join(sha256_bytes(files[name]).encode() for name in sorted(files)))
        if key not in _SPEEDS:
            _SPEEDS[key] = measure_speed(files)
        return _SPEEDS[key]

    monkeypatch.setattr("aiqu_desktop.lifecycle.evaluation.speed.measure_speed", measured)


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread running or a window open: the next one would suffer for it."""
    before = set(threading.enumerate())
    yield
    wait_until(lambda: not _new_threads(before), timeout=_THREADS_MUST_END_WITHIN)
    threads = _new_threads(before)
    windows = _close_open_windows()
    assert not threads, f"the test left threads running: {sorted(thread.name for thread in threads)}"
    assert not windows, f"the test left windows open: {windows}"


def _new_threads(before: set[threading.Thread]) -> set[threading.Thread]:
    """Threads started since `before`; Python's stand-ins for foreign threads (Qt's) never end and do not count."""
    return {
        thread
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    }


def _close_open_windows() -> list[str]:
    """Close every visible top-level widget and name them; nothing to do where Qt's widgets were never loaded."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    visible = [widget for widget in widgets.QApplication.topLevelWidgets() if widget.isVisible()]
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in visible]
    for widget in visible:
        widget.close()
    return names
