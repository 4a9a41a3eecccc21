"""A registry with two models, for what happens to alarms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock
from tests.monitoring.alarm_desk import START, AlarmDesk, made_registry


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AlarmDesk]:
    registry = made_registry(tmp_path, ReplayClock(START))
    yield AlarmDesk(registry)
    registry.close()
