"""Over time: evidence that is valid whenever it is looked at."""

from aiqu_desktop.drift.sequential.baseline import Baseline
from aiqu_desktop.drift.sequential.classical import (
    Adwin,
    Cusum,
    Ddm,
    Detector,
    Eddm,
    Ewma,
    HddmA,
    HddmW,
    Kswin,
    PageHinkley,
    detector_from_state,
)
from aiqu_desktop.drift.sequential.confidence_sequence import (
    MeanSequence,
    confidence_sequence,
    running_intersection,
    windowed_band,
)
from aiqu_desktop.drift.sequential.e_process import RiskEProcess, risk_e_process
from aiqu_desktop.drift.sequential.edetector import Detection, EDetector
from aiqu_desktop.drift.sequential.guarantee import Guarantee, limit_for

__all__ = [
    "Adwin",
    "Baseline",
    "Cusum",
    "Ddm",
    "Detection",
    "Detector",
    "EDetector",
    "Eddm",
    "Ewma",
    "Guarantee",
    "HddmA",
    "HddmW",
    "Kswin",
    "MeanSequence",
    "PageHinkley",
    "RiskEProcess",
    "confidence_sequence",
    "detector_from_state",
    "limit_for",
    "risk_e_process",
    "running_intersection",
    "windowed_band",
]
