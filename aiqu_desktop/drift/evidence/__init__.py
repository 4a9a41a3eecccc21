"""What keeps false alarms away: effective sample sizes and control over many tests and over time."""

from aiqu_desktop.drift.evidence.budget import AlarmBudget
from aiqu_desktop.drift.evidence.e_values import ELond, e_benjamini_hochberg, from_p_values
from aiqu_desktop.drift.evidence.multiple import benjamini_hochberg, cauchy_combination, holm
from aiqu_desktop.drift.evidence.online import Decisions, OnlineFdr
from aiqu_desktop.drift.evidence.permutation import block_permutation_p

__all__ = [
    "AlarmBudget",
    "Decisions",
    "ELond",
    "OnlineFdr",
    "benjamini_hochberg",
    "block_permutation_p",
    "cauchy_combination",
    "e_benjamini_hochberg",
    "from_p_values",
    "holm",
]
