"""Products, lines, shifts, recipes: judged one by one, or like against like."""

from aiqu_desktop.drift.segments.collapse import PairedSegment, compare_segments
from aiqu_desktop.drift.segments.comparison import (
    Composition,
    SegmentComparison,
    SegmentDrift,
    compare_by_segment,
    compare_like_with_like,
)
from aiqu_desktop.drift.segments.divided import DividedReference, DividedResult, compare_divided
from aiqu_desktop.drift.segments.losses import SegmentLoss, segment_losses, worst_segment
from aiqu_desktop.drift.segments.profiles import SegmentProfiles

__all__ = [
    "Composition",
    "DividedReference",
    "DividedResult",
    "PairedSegment",
    "SegmentComparison",
    "SegmentDrift",
    "SegmentLoss",
    "SegmentProfiles",
    "compare_by_segment",
    "compare_divided",
    "compare_like_with_like",
    "compare_segments",
    "segment_losses",
    "worst_segment",
]
