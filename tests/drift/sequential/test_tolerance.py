import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.drift.sequential.tolerance import evidence_needed, log_evidence


def by_the_book(losses: list[float], tolerated: float) -> list[float]:
    """The recursion of the docstring, one loss and one bet at a time."""
    bets = [share / tolerated for share in np.geomspace(0.015, 0.9, 12)]
    levels, found = [0.0] * len(bets), []
    for loss in losses:
        levels = [(1 + level) * (1 + bet * (loss - tolerated)) for level, bet in zip(levels, bets, strict=True)]
        found.append(math.log(sum(levels) / len(levels)))
    return found


@given(
    st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=60),
    st.floats(0.01, 0.9),
)
@settings(max_examples=60, deadline=None)
def test_the_evidence_is_the_recursion(losses: list[float], tolerated: float) -> None:
    found = log_evidence(np.array(losses), tolerated)
    assert found == pytest.approx(by_the_book(losses, tolerated), rel=1e-9, abs=1e-9)


def test_starting_later_never_gives_more_evidence() -> None:
    losses = (np.random.default_rng(3).random(500) < 0.2).astype(float)
    whole = log_evidence(losses, 0.15)
    for start in (1, 100, 400):
        assert np.all(log_evidence(losses[start:], 0.15) <= whole[start:] + 1e-9)


def test_false_alarms_are_rarer_than_stated() -> None:
    rng, needed = np.random.default_rng(4), math.log(2_000)
    crossed = sum(
        bool(np.any(log_evidence((rng.random(2_000) < 0.1).astype(float), 0.1) >= needed)) for _ in range(100)
    )
    # With a mean run length of at least 2,000, a geometric law would give 63 of 100; the detector is well below.
    assert crossed < 63


def test_a_rise_is_found_about_when_the_growth_rate_says() -> None:
    rng, needed = np.random.default_rng(5), evidence_needed(10, 20)
    delays = []
    for _ in range(60):
        evidence = log_evidence((rng.random(3_000) < 0.3).astype(float), 0.13)
        delays.append(int(np.argmax(evidence >= needed)) + 1)
    bets = np.geomspace(0.015, 0.9, 12) / 0.13
    growth = 0.3 * np.log1p(bets * (1.0 - 0.13)) + 0.7 * np.log1p(-bets * 0.13)
    expected = (needed + math.log(bets.size)) / growth.max()  # Wald's identity for the best bet
    assert 0.5 * expected < np.mean(delays) < 1.3 * expected


@pytest.mark.parametrize(("losses", "tolerated"), [([1.5], 0.1), ([math.nan], 0.1), ([0.5], 1.0), ([0.5], -0.1)])
def test_impossible_input_is_refused(losses: list[float], tolerated: float) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        log_evidence(np.array(losses), tolerated)


def test_the_budget_grows_with_the_years_and_the_labels() -> None:
    assert evidence_needed(10, 20) == pytest.approx(math.log(73_050))
    with pytest.raises(ValueError, match="positive"):
        evidence_needed(0, 20)
