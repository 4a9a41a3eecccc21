"""The classical change detectors, each fast over blocks and resumable from plain numbers."""

from __future__ import annotations

from typing import Any

from aiqu_desktop.drift.sequential.classical.adwin import Adwin
from aiqu_desktop.drift.sequential.classical.cusum import Cusum
from aiqu_desktop.drift.sequential.classical.ddm import Ddm
from aiqu_desktop.drift.sequential.classical.detector import Detector
from aiqu_desktop.drift.sequential.classical.eddm import Eddm
from aiqu_desktop.drift.sequential.classical.ewma import Ewma
from aiqu_desktop.drift.sequential.classical.hddm import HddmA, HddmW
from aiqu_desktop.drift.sequential.classical.kswin import Kswin
from aiqu_desktop.drift.sequential.classical.page_hinkley import PageHinkley

__all__ = [
    "DETECTORS",
    "Adwin",
    "Cusum",
    "Ddm",
    "Detector",
    "Eddm",
    "Ewma",
    "HddmA",
    "HddmW",
    "Kswin",
    "PageHinkley",
    "detector_from_state",
]

DETECTORS: dict[str, type[Detector]] = {
    kind.NAME: kind for kind in (Adwin, Cusum, Ddm, Eddm, Ewma, HddmA, HddmW, Kswin, PageHinkley)
}


def detector_from_state(state: dict[str, Any]) -> Detector:
    """The detector whose `state` this is, ready to go on.

    Raises:
        ValueError: if no detector has such a state.
    """
    kind = DETECTORS.get(str(state.get("detector")))
    if kind is None:
        raise ValueError(f"There is no detector {state.get('detector')!r}.")
    return kind.from_state(state)
