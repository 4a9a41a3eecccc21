"""The folder target with the real line: timed releases, a broken version, and 40 switches while rows come in."""

from __future__ import annotations

import csv
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.words import ReleaseState, Verdict
from aiqu_desktop.lifecycle.facts import facts_of, staging_files
from aiqu_desktop.lifecycle.targets.target import Placement
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import Version
from aiqu_desktop.services import releases
from tests.factories.bundles import toy_columns
from tests.lifecycle.engines.scenarios import EngineSite, engine_site
from tests.lifecycle.plant import running_line

pytestmark = pytest.mark.campaign

ROWS = 5  # in a file
SWITCHES = 40
AT_MOST = 10.0  # seconds for an automatic revert


def test_forty_switches_under_load_fail_no_prediction(tmp_path: Path) -> None:
    with engine_site(tmp_path) as site, running_line(site.registry.paths.line):
        site.take_in(1, 2)
        target = site.target
        assert wait_until(lambda: target.observe().alive, 30)
        assert site.promote(1).done
        placements = _placements(site)
        fed, enough = [0], threading.Event()
        folder = TargetFolder(site.registry.paths.line / "toy")

        def feed() -> None:
            while not enough.is_set():
                _put(folder, fed[0])
                fed[0] += 1
                enough.wait(0.005)

        feeder = threading.Thread(target=feed)
        feeder.start()
        begun, slowest = time.monotonic(), 0.0
        try:
            for turn in range(SWITCHES):
                wanted = placements[2 - turn % 2]
                asked = time.monotonic()
                target.switch(wanted)
                assert target.probe(wanted, 30).answers(wanted)
                slowest = max(slowest, time.monotonic() - asked)
            seconds = time.monotonic() - begun
        finally:
            enough.set()
            feeder.join()
        assert wait_until(lambda: not list(folder.incoming.glob("*.csv")), 60)
        answered, served = _answered(site.registry.paths.drop("toy"))
        expected = {f"{number}-{row}" for number in range(fed[0]) for row in range(ROWS)}
        failed = len(expected - set(answered)) + len(list(folder.rejected_files.glob("*.csv")))
        print(
            f"\nfolder: {SWITCHES} switches under load in {seconds:.1f} s (slowest {slowest:.2f} s): "
            f"{sum(answered.values()):,} predictions, {failed} failed"
        )
        assert failed == 0 and set(answered) == expected and set(answered.values()) == {1}
        assert set(served) == {placement.digest for placement in placements.values()}, "both versions answered"


def test_a_broken_version_leaves_the_old_one_serving_and_raises_one_alarm(tmp_path: Path) -> None:
    with engine_site(tmp_path) as site, running_line(site.registry.paths.line):
        site.take_in(1, 2, 3)
        target = site.target
        assert wait_until(lambda: target.observe().alive, 30)
        assert site.promote(1).done
        promoted, back = site.promote(2), site.roll_back()
        assert promoted.done and back.done and site.serving() == 1
        preview = releases.preview_promotion(site.registry, "toy", 3)
        assert preview.to_version is not None
        folder = TargetFolder(site.registry.paths.line / "toy").version_folder(preview.to_version.digest)
        begun = time.monotonic()
        outcome = site.promote(3, site.break_staged(folder / "model.onnx"))
        seconds = time.monotonic() - begun
        assert outcome.state is ReleaseState.REVERTED and seconds <= AT_MOST
        assert (site.champion(), site.serving(), site.alarms("release")) == (1, 1, 1)
        assert site.check().verdict is Verdict.GOOD and site.alarms("release", active=True) == 0
        print(
            f"\nfolder: promotion {promoted.wall_seconds:.2f} s, rollback {back.wall_seconds:.2f} s, "
            f"broken version reverted within {seconds:.2f} s"
        )


def _placements(site: EngineSite) -> dict[int, Placement]:
    store = ArtifactStore(site.registry.paths.artifacts, site.registry.clock)
    found = {}
    with site.registry.read() as session:
        versions = [facts_of(version) for version in session.query(Version)]
    for version in versions:
        placement = Placement(version.digest, version.number, f"by hand {version.number}")
        site.target.stage(placement, staging_files(store, version))
        found[version.number] = placement
    return found


def _put(folder: TargetFolder, number: int) -> None:
    columns = toy_columns(ROWS, seed=number)
    hidden = folder.incoming / f".{number:06d}.csv"
    with hidden.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["id", "event_time", *columns])
        for row in range(ROWS):
            cells = [column[row] for column in columns.values()]
            writer.writerow([f"{number}-{row}", "2026-01-01T00:00:00Z", *cells])
    hidden.rename(folder.incoming / f"{number:06d}.csv")


def _answered(drop: Path) -> tuple[Counter[str], Counter[str]]:
    ids: Counter[str] = Counter()
    served: Counter[str] = Counter()
    for path in drop.glob("obs-*.csv"):
        with path.open(newline="") as stream:
            for row in csv.DictReader(stream):
                ids[row["id"]] += 1
                served[row["served_digest"]] += 1
    return ids, served
