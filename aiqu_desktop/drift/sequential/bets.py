"""Bets that the mean loss has risen, over a grid of rises."""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats

# Rises on the arcsine scale of a rate, where its spread is the same at every level: from 5 % to 7 % up to 5 % to 81 %.
# Chosen on the tuning seeds of tests/benchmarks/detector_delay.py; twelve bets find nothing that eight miss.
RISES = np.geomspace(0.05, 0.8, 8)
# A single group has fewer rows, so only larger rises can be told there.
GROUP_RISES = np.geomspace(0.1, 0.8, 8)

_HIGHEST = 1.5  # angle of a raised rate of 99.5 %: a bet must survive a loss of 0
_CAP = np.sin(_HIGHEST) ** 2


def wagers(losses: Floats, levels: Floats, rises: Floats) -> Floats:
    """Factor by which each bet's wealth changes at each row, [rows, bets], never negative.

    losses: [rows] in [0, 1]. levels: [rows], the expected loss that the bets are laid against, between 0 and 1.

    A bet on rate q against level m pays q / m on an error and (1 - q) / (1 - m) on none: the likelihood ratio for 0/1
    losses, and 1 + lambda (x - m) with lambda = (q - m) / (m (1 - m)) for any loss in [0, 1] (I. Waudby-Smith & A.
    Ramdas, JRSS B 86, 2024). Its mean is at most 1 where the mean of the loss is at most m.
    """
    if levels.size and levels[0] == levels[-1] and np.all(levels == levels[0]):
        levels = levels[:1]  # learned out: one row of payoffs serves all
    root, other = np.sqrt(levels)[:, np.newaxis], np.sqrt(1.0 - levels)[:, np.newaxis]
    raised = (root * np.cos(rises) + other * np.sin(rises)) ** 2  # sin^2(arcsin(root) + rise)
    if np.arcsin(root.max(initial=0.0)) + rises.max() > _HIGHEST:
        raised = np.where(np.arcsin(root) + rises > _HIGHEST, np.maximum(_CAP, levels[:, np.newaxis]), raised)
    on_none = (1.0 - raised) / (1.0 - levels)[:, np.newaxis]
    gained: Floats = raised / levels[:, np.newaxis] - on_none
    gained = losses[:, np.newaxis] * gained
    gained += on_none
    return gained
