"""How late labels come, with the outstanding ones counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.estimation import label_delay
from aiqu_desktop.drift.estimation.delay import survival


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=40))
def test_the_share_still_out_is_kaplan_and_meiers(rows):
    waited, came = np.array([float(row[0]) for row in rows]), np.array([row[1] for row in rows])
    times, left = survival(waited, came)
    if came.any():
        data = stats.CensoredData(uncensored=waited[came], right=waited[~came])
        expected = stats.ecdf(data).sf
        assert left == pytest.approx(expected.evaluate(times), abs=1e-9)
    else:
        assert times.size == left.size == 0


def test_outstanding_labels_do_not_make_a_plant_look_prompt():
    rng = np.random.default_rng(120)
    events = np.sort(rng.uniform(0, 10 * 86_400, 5_000))
    delays = rng.exponential(3 * 86_400, 5_000)
    now = 10 * 86_400.0
    labels = np.where(events + delays <= now, events + delays, np.nan)
    found = label_delay(events, labels, now)
    naive = np.nanmedian(labels - events)
    truth = 3 * 86_400 * np.log(2)
    assert found.quantiles[0.5] == pytest.approx(truth, rel=0.08)
    assert naive < 0.85 * truth
    assert found.coverage.value == pytest.approx(np.isfinite(labels).mean())
    assert found.oldest_open > 86_400


def test_a_share_that_has_never_been_seen_is_not_made_up():
    found = label_delay(np.zeros(4), np.array([5.0, np.nan, np.nan, np.nan]), 10.0)
    assert found.quantiles == {0.5: None, 0.9: None, 0.99: None}
    assert (found.observations, found.labelled, found.oldest_open) == (4, 1, 10.0)


def test_instants_of_any_kind_are_taken_and_later_ones_are_not_there_yet():
    start = datetime(2009, 1, 1, tzinfo=UTC)
    events = [start, start, start, start + timedelta(days=9)]
    labels = [start + timedelta(hours=1), start + timedelta(hours=3), start + timedelta(days=5), None]
    now = start + timedelta(days=1)
    found = label_delay(np.array(events, dtype=object), np.array(labels, dtype=object), now)
    assert (found.observations, found.labelled) == (3, 2)
    assert found.quantiles[0.5] == 3 * 3_600
    stamps = [np.array([None if one is None else one.replace(tzinfo=None) for one in many], dtype="datetime64[us]")
              for many in (events, labels)]  # fmt: skip
    assert label_delay(*stamps, np.datetime64(now.replace(tzinfo=None))) == found


def test_no_rows_have_no_delay_and_nonsense_is_refused():
    empty = label_delay(np.empty(0), np.empty(0), 1.0)
    assert (empty.observations, empty.coverage.value, empty.oldest_open) == (0, 0.0, None)
    with pytest.raises(UserError, match="one of each"):
        label_delay(np.zeros(2), np.zeros(3), 1.0)
    with pytest.raises(UserError, match="between 0 and 1"):
        label_delay(np.zeros(2), np.zeros(2), 1.0, quantiles=[50])
