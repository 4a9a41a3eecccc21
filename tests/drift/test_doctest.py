"""The examples of the room's front door and of its manual page run as written."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

from aiqu_desktop import drift


def test_the_example_of_the_front_door_runs_as_written():
    result = doctest.testmod(drift)
    assert result.attempted >= 8 and result.failed == 0


def test_the_examples_of_the_manual_run_as_written(capsys):
    page = Path(__file__).parents[2] / "resources" / "help" / "statistics.md"
    examples = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    for example in examples:
        exec(compile(example, str(page), "exec"), names)
    said = capsys.readouterr().out
    assert len(examples) >= 3
    assert "('pressure',)" in said and "Detection(row=2" in said and "At most one false alarm" in said
