"""Segment by segment, like with like, and where it hurts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile, compare
from aiqu_desktop.drift.segments import (
    SegmentProfiles,
    compare_by_segment,
    compare_like_with_like,
    segment_losses,
    worst_segment,
)

KINDS = {"x": ColumnKind.NUMERIC, "y": ColumnKind.NUMERIC, "grade": ColumnKind.CATEGORICAL}
LEVELS = {"A": 0.0, "B": 3.0, "C": -3.0}


def _draw(rng, rows, mix=(0.5, 0.3, 0.2), shift=None):
    line = rng.choice(list(LEVELS), rows, p=mix)
    level = np.array([LEVELS[name] for name in line])
    columns = {"line": line.astype(object), "x": rng.normal(size=rows) + level, "y": rng.normal(size=rows)}
    columns["grade"] = rng.choice(["1", "2"], rows).astype(object)
    for segment, size in (shift or {}).items():
        columns["x"][line == segment] += size
    return columns


@pytest.fixture(scope="module")
def reference():
    return SegmentProfiles.build(_draw(np.random.default_rng(80), 6_000), KINDS, "line")


def test_a_shift_on_one_line_is_found_there_and_named(reference):
    result = compare_by_segment(reference, _draw(np.random.default_rng(81), 1_500, shift={"C": 0.8}))
    assert result.worst == "C" and result.segments[0].segment == "C"
    assert [found.segment for found in result.segments if found.drifted] == ["C"]
    assert result.segments[0].result.drifted_columns == ("x",)
    assert not result.composition.drifted
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["worst"] == "C"


def test_segments_without_a_change_are_hardly_ever_flagged(reference):
    rng = np.random.default_rng(82)
    assert sum(compare_by_segment(reference, _draw(rng, 900)).drifted for _ in range(40)) <= 1


def test_another_mix_is_no_drift_of_the_columns_but_is_said(reference):
    rng = np.random.default_rng(83)
    window = _draw(rng, 1_500, mix=(0.2, 0.7, 0.1))
    whole = build_profile({n: v for n, v in _draw(rng, 6_000).items() if n != "line"}, KINDS)
    assert compare(whole, window).drifted  # without the segments, the mix looks like drift
    result, composition = compare_like_with_like(reference, window)
    assert not result.drifted and result.enough_data
    assert composition.drifted and composition.window["B"] == pytest.approx(0.7, abs=0.05)
    assert composition.reference["B"] == pytest.approx(0.3, abs=0.03)


def test_a_shift_on_every_line_is_found_like_with_like(reference):
    shifted = _draw(np.random.default_rng(84), 1_500, shift=dict.fromkeys(LEVELS, 0.4))
    result, _ = compare_like_with_like(reference, shifted)
    assert result.drifted_columns == ("x",)
    assert result.columns[0].effect == pytest.approx(0.4, abs=0.1)
    json.dumps(result.to_json(), allow_nan=False)


def test_a_segment_that_the_reference_does_not_know_is_named_and_not_judged(reference):
    window = _draw(np.random.default_rng(85), 900)
    window["line"][:100] = "D"
    window["line"][100:110] = None
    result = compare_by_segment(reference, window)
    stranger = next(found for found in result.segments if found.segment == "D")
    assert stranger.result is None and not stranger.drifted
    assert dict(result.composition.unknown) == {"D": 100}
    like, _ = compare_like_with_like(reference, window)
    assert like.n_current == 790


def test_a_window_of_strangers_only_says_nothing(reference):
    window = _draw(np.random.default_rng(86), 200)
    window["line"][:] = "Z"
    result, composition = compare_like_with_like(reference, window)
    assert not result.enough_data and not result.drifted and dict(composition.unknown) == {"Z": 200}
    assert compare_by_segment(reference, window).worst is None


def test_the_segment_column_must_be_there(reference):
    with pytest.raises(UserError, match="no column 'line'"):
        compare_by_segment(reference, {"x": np.zeros(10)})


def test_the_segment_where_it_hurts_is_named_with_its_excess():
    rng = np.random.default_rng(87)
    segments = rng.choice(["A", "B", "C"], 2_000)
    losses = (rng.random(2_000) < np.where(segments == "B", 0.3, 0.1)).astype(float)
    worst = worst_segment(losses, segments)
    assert worst.segment == "B" and worst.low < 0.2 < worst.high and worst.p_value < 1e-4
    assert segment_losses(losses, segments)[0] == worst
    json.dumps(worst.to_json(), allow_nan=False)


def test_equal_segments_have_no_worst_one_even_when_rows_depend():
    rng = np.random.default_rng(88)
    called = 0
    for _ in range(60):
        noise = np.convolve(rng.normal(size=1_049), np.ones(50) / np.sqrt(50), mode="valid")
        called += worst_segment(noise, np.repeat(list("ABCDE"), 200)) is not None
    assert called <= 6


def test_losses_that_cannot_be_compared_are_left_out():
    losses = np.array([1.0] * 50 + [0.0] * 50)
    names = ["A"] * 50 + ["B"] * 45 + ["C"] * 5
    assert [found.segment for found in segment_losses(losses, names)] == ["A", "B"]
    assert worst_segment(losses, names).segment == "A"
    assert segment_losses(losses, ["A"] * 100) == ()
    with pytest.raises(ValueError, match="losses of"):
        segment_losses(losses, ["A"])
