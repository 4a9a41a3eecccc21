"""Seconds of a rollback from the press of the button to the proof, on the folder target with a real line process.

    python -m tests.benchmarks.rollback_time [--times 40] [--busy 0] [--model gas-classifier] [--json]

"Press" is the call that window and command line make once the hold is over: gates looked at again, intent, staging,
switch, the line's answer with the digest and all golden cases, completion, each on disk. `--busy N` keeps N processes
busy meanwhile. Between two rollbacks the newer version is promoted again, which is measured beside it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.paths import SitePaths, resources
from aiqu_desktop.lifecycle import ReleaseOutcome, folder_target
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.opening import close_site, open_site
from tests.lifecycle.faults.acts import done, let_two_people_sign, prepared

_PROMISE = 3.0  # seconds


def _spin() -> None:
    while True:
        pass


@contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """Processes that do nothing but keep a core each from idling."""
    spinning = [multiprocessing.get_context("spawn").Process(target=_spin, daemon=True) for _ in range(count)]
    for process in spinning:
        process.start()
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.join()


@contextmanager
def site_with_line(folder: Path, model: str) -> Iterator[Registry]:
    """A new site with the demo's versions 1 and 2 of a model, and the line on it as it is started in a plant."""
    registry = open_site(folder / "site", create=True)
    for number in (1, 2):
        import_bundle(registry, resources() / "demo" / "bundles" / model / f"v{number}", actor="Eva")
    root = SitePaths(folder / "site").line
    line = subprocess.Popen([sys.executable, "-m", "aiqu_desktop.line", "--root", str(root)])
    try:
        target = folder_target(registry.paths, model)
        assert wait_until(lambda: target.observe().alive, 60), "the line does not answer"
        yield registry
    finally:
        line.kill()
        line.wait()
        close_site(registry)


def timed(press: Callable[[], ReleaseOutcome]) -> float:
    """Seconds until the release is proven and completed."""
    started = time.perf_counter()
    outcome = press()
    seconds = time.perf_counter() - started
    assert outcome.done, outcome.sentence
    return seconds


def measure(model: str, times: int, busy: int) -> dict[str, list[float]]:
    """Seconds of each rollback and of each promotion."""
    found: dict[str, list[float]] = {"rollback": [], "promotion": []}
    with tempfile.TemporaryDirectory() as folder, site_with_line(Path(folder), model) as registry, busy_cores(busy):
        done(registry, model, "promote 1")
        for _ in range(times):
            let_two_people_sign(registry, model, 2)
            found["promotion"].append(timed(prepared(registry, model, "promote 2")))
            found["rollback"].append(timed(prepared(registry, model, "rollback")))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--model", default="gas-classifier")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.model, options.times, options.busy)
    if options.json:
        print(json.dumps(found))
        return
    for kind, seconds in found.items():
        low, median, high = np.quantile(seconds, [0.0, 0.5, 0.95])
        print(
            f"{kind}: {len(seconds)} times beside {options.busy} busy processes: fastest {low:.2f} s, "
            f"median {median:.2f} s, 95 % within {high:.2f} s, slowest {max(seconds):.2f} s"
        )
    kept = sum(second <= _PROMISE for second in found["rollback"])
    print(f"{kept} of {options.times} rollbacks were proven within {_PROMISE:g} s")


if __name__ == "__main__":
    main()
