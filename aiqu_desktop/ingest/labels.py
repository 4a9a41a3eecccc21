"""Bring labels to their observations by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.ingest.columns import Form


def join_labels(ids: NDArray[Any], parts: Sequence[dict[str, NDArray[Any]]], form: Form) -> dict[str, NDArray[Any]]:
    """`label` and `labelled_at` for each of `ids`; None or NaN, and NaT, where no label has come.

    Args:
        parts: label segments. The ledger lets each id be labelled once, so their order does not matter.
        form: TEXT for classes, NUMBER for a regression.
    """
    labels = np.full(ids.size, None, dtype=object) if form is Form.TEXT else np.full(ids.size, np.nan)
    instants = np.full(ids.size, np.datetime64("NaT", "us"))
    places = {observation: place for place, observation in enumerate(ids.tolist())}
    for part in parts:
        for row, observation in enumerate(part["id"].tolist()):
            place = places.get(observation)
            if place is not None:
                labels[place] = part["label"][row]
                instants[place] = part["labelled_at"][row]
    return {"label": labels, "labelled_at": instants}
