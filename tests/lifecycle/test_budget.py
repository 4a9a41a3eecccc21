"""Time and memory are measured in a process of its own, once, and held to the policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.inference.speed import Speed, measure_speed
from aiqu_desktop.lifecycle.evaluation.speed import speed_here
from aiqu_desktop.lifecycle.facts import VersionFacts, staging_files
from aiqu_desktop.registry import ArtifactStore
from tests.lifecycle.laboratory import Laboratory, laboratory

_MEASURED = "aiqu_desktop.lifecycle.evaluation.speed.measure_speed"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    with laboratory(tmp_path) as made:
        made.take_in(2)
        yield made


def _files(lab: Laboratory) -> dict[str, bytes]:
    return staging_files(ArtifactStore(lab.registry.paths.artifacts, lab.clock), _version(lab))


def _version(lab: Laboratory) -> VersionFacts:
    version = lab.preview(2).to_version
    assert version is not None
    return version


def test_a_toy_is_measured_in_a_process_of_its_own(lab: Laboratory) -> None:
    speed = measure_speed(_files(lab))
    assert 0 < speed.row_p99_ms < 1000 and 0 < speed.batch_p99_ms < 10_000
    assert 20 < speed.peak_mb < 400, "the peak is the child's own and not that of the process that started it"


def test_a_model_that_cannot_be_measured_says_why(lab: Laboratory) -> None:
    with pytest.raises(UserError, match=r"could not be measured: .*ONNX"):
        measure_speed(_files(lab) | {"model.onnx": b"no model"})
    with pytest.raises(UserError, match="too slow for this machine"):
        measure_speed(_files(lab), timeout=0.01)


def test_the_figures_stand_still_until_they_are_measured_again(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([Speed(1.0, 2.0, 70.0), Speed(3.0, 4.0, 71.0)])
    first = lab.preview(2)
    monkeypatch.setattr(_MEASURED, lambda _files: next(figures))
    assert lab.preview(2).evidence_digest == first.evidence_digest
    assert speed_here(lab.registry, _version(lab), again=True)["row_p99_ms"] == 1.0
    assert lab.gate(2, "budget").evidence["version"]["row_p99_ms"] == 1.0
    assert lab.preview(2).evidence_digest != first.evidence_digest


@pytest.mark.parametrize(("policy", "passes", "said"), [
    ("", True, "within its budget"),
    ("[budget]\nrow_ms = 0.001\n", False, "at most 0.001 ms (the policy's)"),
    ("[budget]\nmemory_mb = 1\n", False, "at most 1 MB"),
    ('[budget]\nmemory_mb = 1\nmode = "advise"\n', None, "at most 1 MB"),
])  # fmt: skip
def test_figures_beyond_a_budget_block(lab: Laboratory, policy: str, passes: bool | None, said: str) -> None:
    lab.policy(policy)
    gate = lab.gate(2, "budget")
    assert gate.passed is passes and said in gate.finding and gate.overridable


def test_many_times_the_champions_figure_blocks_and_trifles_do_not(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_MEASURED, lambda _files: Speed(30.0, 40.0, 70.0))
    speed_here(lab.registry, _version(lab), again=True)
    gate = lab.gate(2, "budget")
    assert gate.passed is False and "4 times the champion's, at least 5" in gate.finding
    monkeypatch.setattr(_MEASURED, lambda _files: Speed(4.9, 49.0, 70.0))
    speed_here(lab.registry, _version(lab), again=True)
    assert lab.gate(2, "budget").passed, "a hundred times next to nothing is next to nothing"
