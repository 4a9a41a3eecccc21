"""One worsened model for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lifecycle.automatic.case import Case, case


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Case]:
    with case(tmp_path) as made:
        yield made


@pytest.fixture
def worse(site: Case) -> Case:
    """Version 2 answered half of the last day's rows wrong, and its alarm rang; nobody signed anything."""
    onset = site.clock.now()
    site.served()
    site.alarm(onset=onset)
    return site
