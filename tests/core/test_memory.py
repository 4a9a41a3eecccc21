"""Keeping freed memory: blocks that come and go do not ask the system for the same pages again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_FAULTS = """
import resource, sys
from aiqu_desktop.core.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
bytearray(8 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    bytearray(8 << 20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of the GNU C library")
def test_a_block_of_the_same_size_is_taken_from_what_was_freed():
    plain, kept = (
        int(subprocess.run([sys.executable, "-c", _FAULTS, how], capture_output=True, check=True, text=True).stdout)
        for how in ("plain", "kept")
    )
    assert kept * 10 < plain
