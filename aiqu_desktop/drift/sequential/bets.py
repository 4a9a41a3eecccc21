"""Bets that the mean loss has risen: what they pay, and a grid of rises to lay them on."""

from __future__ import annotations

import numpy as np

from aiqu_desktop.drift.values import Floats

# Rises on the arcsine scale of a rate, where its spread is the same at every level: from 5 % to 7 % up to 5 % to 81 %.
# Chosen on the tuning seeds of tests/benchmarks/detector_delay.py; twelve bets find nothing that eight miss.
RISES = np.geomspace(0.05, 0.8, 8)

_HIGHEST = 1.5  # angle of a raised rate of 99.5 %: a bet must survive a loss of 0
_CAP = np.sin(_HIGHEST) ** 2


def payoffs(losses: Floats, levels: Floats, rates: Floats) -> Floats:
    """Factor by which the wealth of a bet on each rate changes, of the shape of `rates`, never negative.

    losses: [rows, 1] or [rows] in [0, 1]. levels: the expected losses that the bets are laid against. rates: the raised
    ones, below 1, each at least its level and chosen before its loss is seen.

    A bet on rate q against level m pays q / m on an error and (1 - q) / (1 - m) on none: the likelihood ratio for 0/1
    losses, and 1 + lambda (x - m) with lambda = (q - m) / (m (1 - m)) for any loss in [0, 1] (I. Waudby-Smith & A.
    Ramdas, JRSS B 86, 2024). Its mean is at most 1 where the mean of the loss is at most m.
    """
    on_none = (1.0 - rates) / (1.0 - levels)
    gained: Floats = rates / levels - on_none
    gained = losses * gained
    gained += on_none
    return gained


def raised(levels: Floats, rises: Floats) -> Floats:
    """`levels` risen by `rises` on the arcsine scale; the two are broadcast against each other."""
    root, other = np.sqrt(levels), np.sqrt(1.0 - levels)
    rates: Floats = (root * np.cos(rises) + other * np.sin(rises)) ** 2  # sin^2(arcsin(root) + rise)
    if np.arcsin(np.max(root, initial=0.0)) + np.max(rises) > _HIGHEST:
        rates = np.where(np.arcsin(root) + rises > _HIGHEST, np.maximum(_CAP, levels), rates)
    return rates


def wagers(losses: Floats, levels: Floats, rises: Floats) -> Floats:
    """What a bet on each of `rises` pays at each row, [rows, bets]. losses, levels: [rows]."""
    if levels.size and levels[0] == levels[-1] and np.all(levels == levels[0]):
        levels = levels[:1]  # learned out: one row of payoffs serves all
    against = levels[:, np.newaxis]
    return payoffs(losses[:, np.newaxis], against, raised(against, rises))
