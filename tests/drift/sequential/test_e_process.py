"""Evidence that the running risk passed the tolerated one: rarely by chance, soon where it is true."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.sequential.e_process import RiskEProcess, risk_e_process

LIMIT = float(np.log(20.0))


def false_alarms(kind: str, rounds: int, rows: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    wrong = 0
    for _ in range(rounds):
        if kind == "errors":
            values = risk_e_process((rng.random(rows) < 0.1).astype(float), 0.1)
        elif kind == "sticky errors":  # the past decides, yet the running mean expected stays below: 0.05 first
            level = np.where(np.arange(rows) < rows // 2, 0.05, 0.15)
            values = risk_e_process((rng.random(rows) < level).astype(float), 0.1)
        else:
            values = risk_e_process(rng.lognormal(-0.5, 1.0, rows), 1.0, (0.0, None))
        wrong += bool(values.max() >= LIMIT)
    return wrong / rounds


@pytest.mark.parametrize("kind", ["errors", "sticky errors", "absolute errors"])
def test_at_the_tolerated_risk_an_alarm_is_as_rare_as_stated(kind: str) -> None:
    assert false_alarms(kind, rounds=80, rows=800, seed=1) <= 0.05 + 0.03


@pytest.mark.campaign
@pytest.mark.parametrize("kind", ["errors", "sticky errors", "absolute errors"])
def test_over_a_thousand_streams_an_alarm_is_as_rare_as_stated(kind: str) -> None:
    assert false_alarms(kind, rounds=1000, rows=5000, seed=2) <= 0.05


def test_a_risk_above_the_tolerated_one_is_found() -> None:
    rng = np.random.default_rng(0)
    errors = risk_e_process((rng.random(5000) < 0.15).astype(float), 0.1)
    assert 0 < int(np.argmax(errors >= LIMIT)) < 1500
    absolute = risk_e_process(rng.exponential(1.5, 5000), 1.0, (0.0, None))
    assert 0 < int(np.argmax(absolute >= LIMIT)) < 1000


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 300), max_size=4), bounded=st.booleans(), seed=st.integers(0, 100))
def test_any_split_into_batches_gives_the_evidence_of_one_pass(cuts: list[int], bounded: bool, seed: int) -> None:
    losses = np.random.default_rng(seed).random(300)
    bounds = (0.0, 1.0 if bounded else None)
    process = RiskEProcess(0.4, bounds)
    parts = []
    for batch in np.split(losses, sorted(cuts)):
        process = RiskEProcess.from_state(json.loads(json.dumps(process.state())))
        parts.append(process.update(batch))
    np.testing.assert_array_equal(np.concatenate(parts), risk_e_process(losses, 0.4, bounds))


def test_the_units_of_the_losses_do_not_matter() -> None:
    losses = np.random.default_rng(0).random(400)
    expected = risk_e_process(losses, 0.4)
    np.testing.assert_allclose(risk_e_process(100.0 * losses - 20.0, 20.0, (-20.0, 80.0)), expected, atol=1e-9)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="outside the bounds"):
        RiskEProcess(1.2)
    with pytest.raises(ValueError, match="upper bound"):
        RiskEProcess(0.0, (0.0, None))
    with pytest.raises(ValueError, match="two numbers in order"):
        RiskEProcess(0.0, (0.0, 0.0)).update(np.zeros(3))
    with pytest.raises(UserError, match="missing"):
        risk_e_process(np.array([np.nan]), 0.1)
    with pytest.raises(ValueError, match="state"):
        RiskEProcess.from_state({"format": "other"})
