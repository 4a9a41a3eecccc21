"""The same detections as River's, on streams made anew from a seed.

`river_detections.json` holds where River found changes; tests/benchmarks/peers/river_golden.py made it, and says how.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aiqu_desktop.drift.sequential.classical import (
    Adwin,
    Ddm,
    Detector,
    Eddm,
    HddmA,
    HddmW,
    Kswin,
    PageHinkley,
)
from tests.drift.sequential.streams import SHORT, stream

DETECTIONS: dict[str, dict[str, list[int]]] = json.loads(
    Path(__file__).with_name("river_detections.json").read_text(encoding="utf-8")
)["detections"]

OURS: dict[str, Callable[[], Detector]] = {
    "adwin": Adwin,
    "adwin eager": lambda: Adwin(delta=0.2, clock=1, buckets=3, least_side=2, warm_up=5),
    "adwin odd": lambda: Adwin(delta=0.05, clock=7, buckets=6, least_side=10, warm_up=40),
    "page-hinkley": PageHinkley,
    "page-hinkley up": lambda: PageHinkley(least=100, slack=0.01, limit=20.0, keep=1.0, side="up"),
    "page-hinkley down": lambda: PageHinkley(limit=15.0, keep=0.99, side="down"),
    "kswin": lambda: Kswin(seed=42),
    "kswin eager": lambda: Kswin(alpha=0.05, window=60, newest=20, seed=7),
    "ddm": Ddm,
    "ddm eager": lambda: Ddm(warm_up=10, limit=2.0),
    "eddm": Eddm,
    "eddm calm": lambda: Eddm(warm_up=200, limit=0.7),
    "hddm-a": HddmA,
    "hddm-a both": lambda: HddmA(confidence=0.01, both=True),
    "hddm-w": HddmW,
    "hddm-w both": lambda: HddmW(confidence=0.0001, weight=0.02, both=True),
}


@pytest.mark.parametrize("name", list(DETECTIONS))
def test_every_detection_is_where_river_has_it(name: str) -> None:
    for title, expected in DETECTIONS[name].items():
        rows = SHORT if name.startswith("kswin") else None
        assert OURS[name]().update(stream(title, rows)).tolist() == expected, title


def test_the_stored_detections_are_of_every_detector_and_not_empty() -> None:
    assert set(DETECTIONS) == set(OURS)
    assert all(any(found for found in streams.values()) for streams in DETECTIONS.values())
