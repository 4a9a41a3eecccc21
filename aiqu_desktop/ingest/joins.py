"""Bring labels, and what a shadow answered, to their observations by id."""

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


def pair_answers(
    ids: NDArray[Any], parts: Sequence[dict[str, NDArray[Any]]], challenger: str
) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Which of `ids` a challenger has answered too, in their order: their places, and its answers, [pairs] each.

    Args:
        parts: segments of shadow answers, of any versions; the ledger lets each version answer an id once.
        challenger: digest of the version that is meant.
    """
    answers: dict[str, Any] = {}
    for part in parts:
        own = np.flatnonzero(part["shadow_digest"] == challenger)
        answers.update(zip(part["id"][own].tolist(), part["shadow_prediction"][own].tolist(), strict=True))
    places = np.array([place for place, row in enumerate(ids.tolist()) if row in answers], dtype=np.intp)
    kind = next((part["shadow_prediction"].dtype for part in parts), np.dtype(object))
    found = np.array([answers[row] for row in ids[places].tolist()], dtype=kind)
    return places, found
