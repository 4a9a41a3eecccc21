"""The latest rows of a stream, whatever blocks they came in."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.drift.profiles.latest import LatestRows


@given(st.integers(1, 20), st.lists(st.integers(0, 50), max_size=12))
def test_the_latest_rows_are_the_end_of_what_came_in_order(most, sizes):
    latest = LatestRows(most)
    stream = np.arange(float(sum(sizes)))
    for block in np.split(stream, np.cumsum(sizes)[:-1]) if sizes else []:
        latest.add(block)
    assert np.array_equal(latest.in_order(), stream[-most:])
