"""The columns of one window over threads: NumPy lets the others run while it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def shared(work: Callable[[Item], Answer], items: Sequence[Item], jobs: int) -> list[Answer]:
    """`work` of every item, in their order, by up to `jobs` threads; the first error that a item raises is raised."""
    if jobs <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(jobs, len(items)), thread_name_prefix="aiqu-columns") as pool:
        return list(pool.map(work, items))
