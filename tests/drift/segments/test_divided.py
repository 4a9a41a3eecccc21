"""A window as a whole and segment by segment: one error rate over all of it, and like held against like."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import DriftLimits, build_profile, compare
from aiqu_desktop.drift.evidence.multiple import benjamini_hochberg
from aiqu_desktop.drift.segments import DividedReference, SegmentProfiles, compare_divided

CATEGORICAL = ColumnKind.CATEGORICAL
KINDS = {"x": ColumnKind.NUMERIC, "y": ColumnKind.NUMERIC, "line": CATEGORICAL, "recipe": CATEGORICAL}
LEVELS = {"hot": 4.0, "cold": 0.0}


def draw(seed, rows, hot=0.5, shift=None):
    """The recipe sets the level of x; `shift` moves x on one line."""
    rng = np.random.default_rng(seed)
    recipe = np.where(rng.random(rows) < hot, "hot", "cold").astype(object)
    line = rng.choice(["L1", "L2", "L3"], rows).astype(object)
    x = rng.normal(size=rows) + np.array([LEVELS[name] for name in recipe])
    for name, size in (shift or {}).items():
        x[line == name] += size
    return {"x": x, "y": rng.normal(size=rows), "line": line, "recipe": recipe}


ROWS = draw(1, 5_000)
PROFILE = build_profile(ROWS, KINDS)


def divided(**how):
    return DividedReference.build(PROFILE, ROWS, KINDS, **how)


BY_LINE = divided(segment_by=("line",))
LIKE = divided(segment_by=("line",), like="recipe")


def test_without_a_division_it_is_the_plain_comparison():
    window = draw(2, 800, shift={"L1": 1.0})
    found = compare_divided(DividedReference(PROFILE), window)
    assert found.result == compare(PROFILE, window)
    assert found.segments == () and found.mix is None and found.worst is None


def test_a_shift_on_one_line_that_the_whole_hardly_shows_is_found_there_and_named():
    limits = DriftLimits(min_share=0.2)
    found = compare_divided(BY_LINE, draw(3, 2_400, shift={"L2": 0.9}), limits=limits)
    assert found.worst is not None and found.worst[0] == "line" and found.worst[1].segment == "L2"
    assert [s.segment for s in found.segments[0].segments if s.drifted] == ["L2"]
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert plain["segments"][0]["segments"][0]["columns"][0]["name"] == "x"
    assert plain["like"] is None


def test_one_error_rate_covers_the_whole_and_all_segments():
    found = compare_divided(LIKE, draw(4, 2_000, shift={"L3": 0.5}))
    results = [found.result, *(s.result for part in found.segments for s in part.segments if s.result is not None)]
    columns = [column for result in results for column in result.columns]
    assert len(columns) == 3 + 2 * 3 + 3 * 2  # whole, by recipe, by line: without the columns that divide
    wanted = benjamini_hochberg(np.array([column.p_value for column in columns]))
    assert [column.q_value for column in columns] == pytest.approx(wanted.tolist())


def test_another_mix_of_recipes_is_drift_only_where_like_is_not_held_against_like():
    window = draw(5, 2_000, hot=0.85)
    assert compare_divided(BY_LINE, window).drifted
    found = compare_divided(LIKE, window)
    assert not found.drifted  # neither the whole nor any line: within a line, like is held against like as well
    assert found.mix is not None and found.mix.drifted
    assert {part.column for part in found.segments} == {"recipe", "line"}


def test_a_shift_within_a_recipe_is_found_like_with_like():
    window = draw(6, 2_000, hot=0.85)
    window["x"][window["recipe"] == "cold"] += 1.0
    found = compare_divided(LIKE, window)
    assert found.worst is not None and (found.worst[0], found.worst[1].segment) == ("recipe", "cold")


def test_hardly_ever_is_anything_flagged_where_nothing_changed():
    assert sum(compare_divided(LIKE, draw(100 + seed, 900)).drifted for seed in range(40)) <= 1


def test_rows_of_a_recipe_without_a_reference_are_left_out_and_named():
    window = draw(7, 900)
    window["recipe"][:200] = "new"
    window["x"][:200] += 50.0
    found = compare_divided(LIKE, window)
    assert found.mix is not None and dict(found.mix.unknown) == {"new": 200}
    assert not found.result.drifted and found.result.n_current == 700


def test_a_segment_whose_every_like_is_too_small_has_no_profile():
    rows = draw(8, 400)
    rows["line"][:] = "L1"
    rows["line"][:120] = "L2"
    kept = SegmentProfiles.build(rows, KINDS, "line", min_rows=100, like="recipe")
    assert set(kept.profiles) == {"L1"} and kept.names == ("x", "y")
