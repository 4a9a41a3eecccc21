"""The folder of a retraining request: the drifted window, its evidence and the site's wishes, to carry out on a stick.

| file | what |
|---|---|
| `observations.parquet` | the window with its labels, without the features that stay here |
| `evidence.json` | check runs, alarms, releases and why it drifted |
| `wishes.md` | what the site asks for, in its own words |
| `manifest.json` | format `aiqu-retraining-1`; SHA-256 and size of the others |

What stays here is in none of them, not even by name.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import canonical_json, fsync_directory, sha256_bytes, write_atomically
from aiqu_desktop.ingest.box import Box, quote_name, quote_text

FORMAT = "aiqu-retraining-1"
MANIFEST_FILE, DATA_FILE, EVIDENCE_FILE, WISHES_FILE = (
    "manifest.json", "observations.parquet", "evidence.json", "wishes.md",
)  # fmt: skip
LEFT_OUT = "(a feature that stays here)"


def without_names(value: Any, hidden: Collection[str]) -> Any:
    """Plain `value` with every hidden feature's name replaced in its texts, and entries under such a name gone."""
    if not hidden:
        return value
    # Longest first, so that `press_max` is not read as `press` with something behind it; whole names only.
    names = "|".join(re.escape(name) for name in sorted(hidden, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)")

    def clean(item: Any) -> Any:
        if isinstance(item, str):
            return pattern.sub(LEFT_OUT, item)
        if isinstance(item, Mapping):
            return {key: clean(held) for key, held in item.items() if key not in hidden}
        if isinstance(item, list | tuple):
            return [clean(held) for held in item]
        return item

    return clean(value)


@contextmanager
def drafted(
    output: Path,
    facts: Mapping[str, Any],
    columns: Mapping[str, NDArray[Any]],
    evidence: Mapping[str, Any],
    wishes: str,
) -> Iterator[dict[str, Any]]:
    """Write a request beside `output` and give its manifest; leaving without an error gives the folder its name.

    Args:
        facts: what the manifest says beside the files.
        columns: observations, [rows] each, without what stays here.
    Raises:
        UserError: if `output` is there already.
        EnvironmentFault: if it cannot be written.
    """
    output = output.expanduser().absolute()
    if output.exists():
        raise UserError(f"{output} is there already; name a folder that is not, and it will be made.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".aiqu-retraining-", dir=output.parent))
    except OSError as error:
        raise EnvironmentFault(f"{output} cannot be made ({error.strerror or error}); name another place.") from error
    try:
        manifest = _write(draft, facts, columns, evidence, wishes)
        yield manifest
        draft.chmod(0o755)
        draft.rename(output)
        fsync_directory(output.parent)
    except (OSError, duckdb.IOException) as error:
        raise EnvironmentFault(f"{output} cannot be written ({error}); free some space or name another.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(
    draft: Path, facts: Mapping[str, Any], columns: Mapping[str, NDArray[Any]], evidence: Mapping[str, Any], wishes: str
) -> dict[str, Any]:
    _write_parquet(draft / DATA_FILE, columns)
    write_atomically(draft / EVIDENCE_FILE, json.dumps(evidence, indent=2, ensure_ascii=False).encode() + b"\n")
    write_atomically(draft / WISHES_FILE, wishes.encode())
    files = {}
    for name in (DATA_FILE, EVIDENCE_FILE, WISHES_FILE):
        data = (draft / name).read_bytes()
        files[name] = {"sha256": sha256_bytes(data), "size": len(data)}
    manifest = {"format": FORMAT, **facts, "files": files}
    write_atomically(draft / MANIFEST_FILE, canonical_json(manifest) + b"\n")
    return manifest


def _write_parquet(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    box = Box(folders=(path.parent.resolve(),))
    try:
        connection = box.connection()
        connection.register("given", dict(columns))
        wish = ", ".join(f"{_typed(name, values)} AS {quote_name(name)}" for name, values in columns.items())
        place = quote_text(str(path.resolve()))
        connection.execute(f"COPY (SELECT {wish} FROM given) TO {place} (FORMAT parquet)")
        connection.unregister("given")
    finally:
        box.close()


def _typed(name: str, values: NDArray[Any]) -> str:
    quoted = quote_name(name)
    if values.dtype.kind == "M":
        return f"CAST({quoted} AS TIMESTAMPTZ)"
    if values.dtype.kind == "f":
        return f"CASE WHEN isnan({quoted}) THEN NULL ELSE {quoted} END"
    return f"CAST({quoted} AS VARCHAR)"
