"""The front door of the statistics: every name is there, and none is imported before it is asked for."""

from __future__ import annotations

import subprocess
import sys
from types import UnionType

import pytest

from aiqu_desktop import drift


@pytest.mark.parametrize("name", drift.__all__)
def test_every_name_of_the_front_door_is_there(name):
    found = getattr(drift, name)
    assert isinstance(found, UnionType) or found.__name__ == name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'compere'"):
        _ = drift.compere


def test_drift_between_two_files_waits_for_nothing_that_only_a_models_checks_need():
    code = "import sys, aiqu_desktop.cli.commands.drift; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    heavy = {"scipy.stats", "scipy.optimize", "scipy.signal", "sqlalchemy", "rich", "onnxruntime"}
    assert heavy & set(loaded) == set()
    assert not {"aiqu_desktop.drift.estimation", "aiqu_desktop.drift.sequential"} & set(loaded)
