"""Why a model drifted, in numbers, arrays and plain words."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile, compare
from aiqu_desktop.drift.explain import explain, movement, side_by_side
from aiqu_desktop.drift.explain.sentences import number, percent
from aiqu_desktop.drift.segments import worst_segment

N, C = ColumnKind.NUMERIC, ColumnKind.CATEGORICAL


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(90)
    kinds = {"pressure": N, "speed": N, "idle": N, "recipe": C}
    reference = {
        "pressure": rng.normal(5, 0.1, 4_000),
        "speed": rng.normal(1_200, 50, 4_000),
        "idle": rng.normal(size=4_000),
        "recipe": rng.choice(["A", "B"], 4_000).astype(object),
    }
    window = {
        "pressure": rng.normal(5.1, 0.1, 1_000),
        "speed": rng.normal(1_100, 50, 1_000),
        "idle": rng.normal(size=1_000),
        "recipe": rng.choice(["A", "B", "C"], 1_000, p=[0.4, 0.3, 0.3]).astype(object),
    }
    profile = build_profile(reference, kinds)
    return profile, window, compare(profile, window)


def _one(reference, window, kind=N):
    (column,) = build_profile({"x": np.array(reference)}, {"x": kind}).columns
    return movement(column, np.array(window))


def test_reasons_are_ranked_by_effect_times_importance(case):
    profile, window, result = case
    plain = explain(result, profile=profile, window=window)
    weighed = explain(result, {"pressure": 8.0, "speed": 1.0, "recipe": 1.0}, profile=profile, window=window)
    assert plain.reasons[0].feature == "recipe" or plain.reasons[0].feature == "speed"
    assert weighed.reasons[0].feature == "pressure" and weighed.reasons[0].importance == pytest.approx(0.8)
    assert {reason.feature for reason in plain.reasons} == {"pressure", "speed", "recipe"}
    assert [reason.weight for reason in weighed.reasons] == sorted((r.weight for r in weighed.reasons), reverse=True)
    ways = {reason.feature: reason.moved.way for reason in plain.reasons}
    assert ways == {"pressure": "up", "speed": "down", "recipe": "unseen"}


def test_the_sentences_are_plain_in_both_languages(case):
    profile, window, result = case
    rng = np.random.default_rng(91)
    line = rng.choice(["1", "2"], 1_000)
    losses = (rng.random(1_000) < np.where(line == "2", 0.4, 0.1)).astype(float)
    worst = worst_segment(losses, line)
    found = explain(
        result, {"speed": 0.6, "pressure": 0.4}, profile=profile, window=window, segment_column="line", segment=worst
    )
    english, swedish = found.sentence("en"), found.sentence("sv")
    assert english.startswith("3 of 4 columns have changed. What matters most is “speed”, which has fallen from 1,199")
    assert "carries 60% of the decision" in english and "It hurts most for line = 2: the mean loss is 0.4" in english
    assert swedish.startswith("3 av 4 kolumner har ändrats. Mest betyder ”speed”, som har sjunkit från 1\u00a0199")
    assert "väger 60\u00a0% i modellens beslut" in swedish and "Värst drabbat är line = 2: medelfelet är 0,4" in swedish
    assert "nya värdet ”C” på" in swedish and "new value “C” in" in english
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert data["sentences"]["sv"] == swedish and data["segment"] == {"column": "line", "name": "2"}
    with pytest.raises(ValueError, match="'de'"):
        found.sentence("de")


def test_no_drift_and_no_data_are_said_too(case):
    profile, window, _ = case
    quiet = explain(compare(profile, {**window, **{n: window[n] for n in ()}}, limits=_loose()))
    assert quiet.sentence("en") == "None of the 4 compared columns has changed noticeably."
    assert quiet.sentence("sv") == "Ingen av de 4 jämförda kolumnerna har ändrats nämnvärt."
    empty = explain(compare(profile, {name: values[:5] for name, values in window.items()}))
    assert empty.sentence("en") == "There is too little data to compare."
    assert empty.sentence("sv") == "Det finns för lite data att jämföra."


def _loose():
    from aiqu_desktop.drift import DriftLimits

    return DriftLimits(numeric_limit=100.0, categorical_limit=2.0)


def test_changes_that_hardly_matter_are_said_to(case):
    profile, window, _ = case
    importance = {"idle": 0.999, "pressure": 0.001}
    result = compare(profile, window, importance=importance)
    assert not result.drifted
    assert "matter too little to the model" in explain(result, importance).sentence("en")
    assert "betyder för lite för modellen" in explain(result, importance).sentence("sv")


def test_the_way_of_a_movement():
    rng = np.random.default_rng(92)
    usual = rng.normal(size=3_000)
    assert _one(usual, rng.normal(0.5, 1, 1_000)).way == "up"
    assert _one(usual, rng.normal(-0.5, 1, 1_000)).way == "down"
    assert _one(usual, rng.normal(0, 2, 1_000)).way == "wider"
    assert _one(usual, rng.normal(0, 0.5, 1_000)).way == "narrower"
    assert _one(usual, np.where(rng.random(1_000) < 0.3, np.nan, rng.normal(size=1_000))).way == "missing"
    assert _one(usual, np.full(100, np.nan)).way == "missing"
    assert _one(usual, usual[:1_000]).way == "shape"
    names = np.array(["A"] * 50 + ["B"] * 50, dtype=object)
    assert _one(names, ["A"] * 80 + ["B"] * 20, C) == movement_of("more", 0.5, 0.8, "A")
    assert _one(names, ["A"] * 50 + ["D"] * 50, C).way == "unseen"
    assert _one(names, np.array([None] * 60 + ["A"] * 20 + ["B"] * 20, dtype=object), C).way == "missing"
    assert _one(np.zeros(200), np.r_[np.zeros(150), np.ones(50)]).way in ("up", "wider")


def movement_of(*parts):
    from aiqu_desktop.drift.explain import Movement

    return Movement(*parts)


def test_side_by_side_shows_the_true_shares():
    rng = np.random.default_rng(93)
    usual, window = rng.normal(size=20_000), rng.normal(1.0, 1.0, 2_000)
    window[:100] = np.nan
    (column,) = build_profile({"x": usual}, {"x": N}).columns
    sides = side_by_side(column, window)
    inner = np.histogram(usual, sides.edges)[0] / usual.size
    assert sides.reference.size == sides.window.size == sides.edges.size - 1 == 40
    assert sides.reference[1:-1] == pytest.approx(inner[1:-1], abs=2e-3)
    assert sides.reference.sum() == pytest.approx(1.0) and sides.window.sum() == pytest.approx(1.0)
    assert sides.window_missing == pytest.approx(0.05)
    json.dumps(sides.to_json(), allow_nan=False)


def test_whole_numbers_get_bins_of_equally_many_numbers():
    rng = np.random.default_rng(94)
    (column,) = build_profile({"x": rng.integers(0, 7, 5_000)}, {"x": ColumnKind.INTEGER}).columns
    sides = side_by_side(column, rng.integers(0, 9, 500))
    assert sides.edges.tolist() == (np.arange(10) - 0.5).tolist()
    assert sides.reference[:7] == pytest.approx(np.full(7, 1 / 7), abs=0.02)


def test_many_categories_are_gathered_in_the_last():
    names = np.array([f"c{i}" for i in range(30) for _ in range(30 - i)], dtype=object)
    (column,) = build_profile({"x": names}, {"x": C}).columns
    sides = side_by_side(column, np.array(["c0"] * 10 + ["new"] * 10, dtype=object))
    assert len(sides.categories) == 12 and sides.categories[-1] is None and "new" in sides.categories
    assert sides.reference.sum() == pytest.approx(1.0) and sides.window.sum() == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6) | st.just(float("nan"))),
    arrays(np.float64, st.integers(0, 60), elements=st.floats(-1e9, 1e9) | st.just(float("nan"))),
)
def test_shares_add_up_whatever_the_values(usual, window):
    (column,) = build_profile({"x": usual}, {"x": N}).columns
    sides = side_by_side(column, window)
    assert np.all(np.diff(sides.edges) > 0) and np.all(sides.reference >= 0)
    assert sides.reference.sum() == pytest.approx(float(np.isfinite(usual).any()))
    assert sides.window.sum() == pytest.approx(float(np.isfinite(window).any()))
    movement(column, window)


@pytest.mark.parametrize(
    ("value", "english", "swedish"),
    [
        (0.12345, "0.123", "0,123"), (0.1, "0.1", "0,1"), (12_345.6, "12,346", "12\u00a0346"), (-3.0, "−3", "−3"),
        (0.0, "0", "0"), (1e-7, "1.00e-07", "1,00e-07"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_language_writes_them(value, english, swedish):
    assert (number(value, "en"), number(value, "sv")) == (english, swedish)
    assert (percent(0.004, "en"), percent(0.004, "sv")) == ("0.4%", "0,4\u00a0%")
