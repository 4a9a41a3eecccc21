"""Why: which columns moved, how, how much that matters, and where it hurts; in English and Swedish."""

from aiqu_desktop.drift.explain.distributions import Distribution, side_by_side
from aiqu_desktop.drift.explain.movement import Movement, movement
from aiqu_desktop.drift.explain.reasons import Explanation, HurtSegment, Reason, explain
from aiqu_desktop.drift.explain.sentences import LANGUAGES, sentence

__all__ = [
    "LANGUAGES",
    "Distribution",
    "Explanation",
    "HurtSegment",
    "Movement",
    "Reason",
    "explain",
    "movement",
    "sentence",
    "side_by_side",
]
