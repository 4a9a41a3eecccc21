"""The start scripts, as far as they can be asked without setting anything up."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_SCRIPTS = sorted((_ROOT / "packaging").glob("*.sh"))
_SHELL = shutil.which("sh") or ""

pytestmark = pytest.mark.skipif(not _SHELL, reason="needs a POSIX shell")


def test_a_window_without_a_screen_is_refused_in_one_sentence_that_names_the_way_out() -> None:
    screenless = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    answer = subprocess.run(
        [_SHELL, str(_ROOT / "packaging" / "run.sh")], env=screenless, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
    assert "sh packaging/run.sh --headless" in answer.stderr


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.name)
def test_a_script_parses_and_leaves_the_choice_of_index_to_the_user(script: Path) -> None:
    subprocess.run([_SHELL, "-n", str(script)], check=True, timeout=60)
    text = script.read_text(encoding="utf-8")
    assert not [word for word in ("http:", "https:", "--index-url", "--extra-index", "--find-links") if word in text]
