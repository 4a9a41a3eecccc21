"""The columns of one window over threads: NumPy lets the others run while it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def shared(work: Callable[[Item], Answer], items: Sequence[Item], jobs: int) -> list[Answer]:
    """`work` of every item, in their order, by up to `jobs` threads; the first error that an item raises is raised."""
    if jobs <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    from joblib import Parallel, delayed

    answers: list[Answer] = Parallel(n_jobs=min(jobs, len(items)), prefer="threads")(
        delayed(work)(item) for item in items
    )
    return answers
