"""Over time: evidence that is valid whenever it is looked at."""

from aiqu_desktop.drift.sequential.confidence_sequence import (
    MeanSequence,
    confidence_sequence,
    running_intersection,
    windowed_band,
)
from aiqu_desktop.drift.sequential.e_process import RiskEProcess, risk_e_process

__all__ = [
    "MeanSequence",
    "RiskEProcess",
    "confidence_sequence",
    "risk_e_process",
    "running_intersection",
    "windowed_band",
]
