"""Online control of false discoveries: its promise, its power, and that it goes on from stored state."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiqu_desktop.drift.evidence import ELond, OnlineFdr, e_benjamini_hochberg, from_p_values
from aiqu_desktop.drift.evidence.online import METHODS

p_lists = arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1))


def _stream(rng, tests, share_changed):
    changed = rng.random(tests) < share_changed
    p_values = rng.random(tests)
    p_values[changed] = p_values[changed] ** 12
    return p_values, changed


@pytest.mark.parametrize("method", METHODS)
def test_the_share_of_false_discoveries_stays_below_alpha(method):
    shares, found = [], []
    for seed in range(40):
        p_values, changed = _stream(np.random.default_rng([1, seed]), 600, 0.2)
        rejected = OnlineFdr(method, alpha=0.1).test(p_values).rejected
        shares.append(np.sum(rejected & ~changed) / max(1, rejected.sum()))
        found.append(np.sum(rejected & changed) / changed.sum())
    assert np.mean(shares) <= 0.1 + 3 * np.std(shares) / np.sqrt(len(shares))
    assert np.mean(found) > {"lord": 0.5, "saffron": 0.6, "addis": 0.6, "lond": 0.2}[method]


@pytest.mark.parametrize("method", METHODS)
def test_a_quiet_year_hardly_ever_holds_a_discovery(method):
    calls = [
        bool(OnlineFdr(method, 0.05).test(np.random.default_rng([2, s]).random(400)).rejected.any()) for s in range(100)
    ]
    assert sum(calls) <= 12


@given(p_lists, st.integers(0, 60), st.sampled_from(METHODS))
def test_a_stored_state_goes_on_as_if_nothing_had_happened(p_values, cut, method):
    whole = OnlineFdr(method).test(p_values)
    first = OnlineFdr(method)
    start = first.test(p_values[:cut])
    rest = OnlineFdr(method, state=json.loads(json.dumps(first.state()))).test(p_values[cut:])
    assert np.array_equal(whole.levels, np.concatenate((start.levels, rest.levels)))
    assert np.array_equal(whole.rejected, np.concatenate((start.rejected, rest.rejected)))


def test_lord_spends_no_more_than_alpha_before_its_first_discovery():
    assert OnlineFdr("lord", 0.05).test(np.ones(20_000)).levels.sum() <= 0.025


def test_a_discovery_raises_the_level_of_the_next_test():
    for method in METHODS:
        fdr = OnlineFdr(method)
        fdr.test(np.full(50, 0.4))
        before = fdr.level
        fdr.test(np.array([0.0]))
        assert fdr.level > before


def test_a_missing_p_value_is_no_test():
    fdr = OnlineFdr()
    decided = fdr.test(np.array([np.nan, np.nan]))
    assert not decided.rejected.any() and fdr.state() == OnlineFdr().state()


def test_the_state_stays_small_however_many_discoveries():
    fdr = OnlineFdr("saffron")
    fdr.test(np.zeros(1_000))
    assert len(json.dumps(fdr.state())) < 3_000


def test_a_state_of_another_kind_is_refused():
    state = OnlineFdr("lord", 0.05).state()
    for wrong in (("saffron", 0.05), ("lord", 0.1)):
        with pytest.raises(ValueError, match="the state is of lord"):
            OnlineFdr(*wrong, state=state)
    with pytest.raises(ValueError, match="method"):
        OnlineFdr("bonferroni")
    with pytest.raises(ValueError, match="alpha"):
        ELond(0.05, ELond(0.1).state())


@settings(max_examples=50)
@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1e6)))
def test_e_bh_rejects_what_its_definition_rejects(e_values):
    rates, alpha = e_benjamini_hochberg(e_values), 0.1
    ordered = np.sort(e_values)[::-1]
    passing = [k for k in range(1, e_values.size + 1) if ordered[k - 1] * k * alpha >= e_values.size]
    assert np.sum(rates <= alpha * (1 + 1e-12)) >= (max(passing) if passing else 0)
    assert np.sum(rates <= alpha * (1 - 1e-12)) <= (max(passing) if passing else 0)


def test_e_values_of_fair_p_values_have_a_mean_of_one_at_most():
    grid = (np.arange(1_000_000) + 0.5) / 1_000_000
    assert from_p_values(grid).mean() == pytest.approx(1.0, abs=2e-3)


def test_e_lond_finds_strong_evidence_and_resumes():
    e_values = np.ones(300)
    e_values[[50, 51, 200]] = 1e7
    lond = ELond(0.05)
    start = lond.test(e_values[:100])
    rest = ELond(0.05, json.loads(json.dumps(lond.state()))).test(e_values[100:])
    assert np.flatnonzero(np.concatenate((start.rejected, rest.rejected))).tolist() == [50, 51, 200]
    assert not ELond().test(np.array([np.nan])).rejected.any()
