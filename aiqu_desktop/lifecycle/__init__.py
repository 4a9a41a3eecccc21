"""What happens to a version after its import: gates, previews, releases on a target, recovery, history."""

from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.history import Span, span_at, spans
from aiqu_desktop.lifecycle.preview import Preview, preview_promotion, preview_rollback
from aiqu_desktop.lifecycle.recovery import settle_unfinished
from aiqu_desktop.lifecycle.release import ReleaseOutcome, promote, roll_back
from aiqu_desktop.lifecycle.targets.folder import FolderTarget, folder_target, folder_targets
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Smoke, Target

__all__ = [
    "FolderTarget",
    "GateResult",
    "Observation",
    "Placement",
    "Preview",
    "ReleaseOutcome",
    "Smoke",
    "Span",
    "Target",
    "folder_target",
    "folder_targets",
    "preview_promotion",
    "preview_rollback",
    "promote",
    "roll_back",
    "settle_unfinished",
    "span_at",
    "spans",
]
