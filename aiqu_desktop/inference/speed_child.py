"""The measured process: loads one model from a folder, answers with it, and prints times and memory as JSON.

    python -m aiqu_desktop.inference.speed_child FOLDER

FOLDER holds model.onnx, golden.json and schema.json. Nothing else runs here, so the memory is the model's own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.inference.encode import Columns
from aiqu_desktop.inference.golden import GoldenCases
from aiqu_desktop.inference.onnx_model import OnnxModel

BATCH_ROWS = 1000
_ROUNDS = 3  # the best one counts: what this machine can do, not what else it had to do in one of them
# Processor time of this one thread, which computes alone: a busy neighbour does not count. A coarse clock is no help.
_CLOCK = time.thread_time if time.get_clock_info("thread_time").resolution <= 1e-6 else time.perf_counter
_ROW_CALLS, _BATCH_CALLS = 200, 10
_ROUND_SECONDS = 2.0  # a slow model makes fewer calls
_FEWEST_CALLS = 5


def main(folder: Path) -> None:
    schema = InputSchema.from_json(json.loads((folder / "schema.json").read_text("utf-8")))
    cases = GoldenCases.from_bytes((folder / "golden.json").read_bytes())
    model = OnnxModel.from_bytes((folder / "model.onnx").read_bytes(), schema)
    columns = cases.columns(schema)
    repeats = -(-BATCH_ROWS // len(cases.cases))
    batch = {name: np.tile(values, repeats)[:BATCH_ROWS] for name, values in columns.items()}
    rows = [{name: values[at : at + 1] for name, values in columns.items()} for at in range(len(cases.cases))]
    print(
        json.dumps(
            {
                "row_p99_ms": _best_p99(model, rows, _ROW_CALLS),
                "batch_p99_ms": _best_p99(model, [batch], _BATCH_CALLS),
                "peak_mb": _peak_bytes() / (1 << 20),
            }
        )
    )


def _best_p99(model: OnnxModel, questions: Sequence[Columns], calls: int) -> float:
    """The least of the rounds' 99th percentiles, in milliseconds."""
    model.predict(questions[0])  # the first call allocates
    found = []
    for _ in range(_ROUNDS):
        taken: list[float] = []
        ends = time.perf_counter() + _ROUND_SECONDS
        while len(taken) < calls and (len(taken) < _FEWEST_CALLS or time.perf_counter() < ends):
            asked = questions[len(taken) % len(questions)]
            began = _CLOCK()
            model.predict(asked)
            taken.append(_CLOCK() - began)
        found.append(float(np.quantile(taken, 0.99)) * 1e3)
    return min(found)


def _peak_bytes() -> int:
    """The most memory that this process ever held resident.

    Linux's VmHWM begins anew with the program; getrusage would report the parent's peak where that was higher.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
