"""Peers that the benchmarks are held against, each in an environment of its own; never a dependency of the product.

    python -m tests.benchmarks.peers river nannyml      make these environments (all of them without names)

An environment is a folder `.peers/<name>` beside the repository's other dot folders, which git ignores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import environments

ROOT = Path(__file__).resolve().parents[3] / ".peers"

# What was measured, pinned: a peer's figure means nothing without its version.
REQUIREMENTS = {
    "river": ("river==0.26.1",),
    # It imports statsmodels without asking for it, and the LightGBM that it asks for needs an older scikit-learn.
    "nannyml": ("nannyml==0.13.1", "setuptools<81", "statsmodels", "scikit-learn<1.8"),
    "evidently": ("evidently==0.7.23", "pandas<3"),
    "frouros": ("frouros==0.9.0", "pyarrow"),
    "alibi-detect": ("alibi-detect==0.13.0", "setuptools<81"),
    "deepchecks": (
        "deepchecks==0.19.1",
        "numpy<2",
        "pandas<3",
        "scikit-learn<1.6",
        "category-encoders<2.7",
        "setuptools<81",
    ),
}

# No peer may call home from a closed site, nor from a benchmark.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "NML_DISABLE_USAGE_LOGGING": "1",
    "DISABLE_TELEMETRY": "1",
    "DEEPCHECKS_DISABLE_LATEST": "true",
    "EVIDENTLY_DISABLE_TELEMETRY": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONNOUSERSITE": "1",
}


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment."""
    return environments.python_in(ROOT / name)


def is_made(name: str) -> bool:
    """Whether the peer's environment is complete."""
    return environments.is_made(ROOT / name)


def make(name: str) -> None:
    """Make the environment of one peer, or leave a complete one as it is.

    Raises:
        subprocess.CalledProcessError: if its packages cannot be installed.
    """
    environments.make(ROOT / name, *REQUIREMENTS[name])


def ask(name: str, script: Path, *arguments: str) -> Any:
    """Run `script` with a peer's interpreter, in a process of its own, and return the JSON on its last line.

    Raises:
        RuntimeError: if it fails, with the end of what it said.
    """
    done = subprocess.run(
        [python_of(name), script, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **_QUIET},
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(REQUIREMENTS))
    if unknown:
        sys.exit(f"There is no peer {unknown[0]!r}; there are {', '.join(REQUIREMENTS)}.")
    for name in names or REQUIREMENTS:
        print(f"{name}: {', '.join(REQUIREMENTS[name])}", flush=True)
        make(name)
