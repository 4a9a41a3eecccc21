"""Write, name and re-check the append-only Parquet segments of the observation store."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.files import fsync_directory, sha256_file
from aiqu_desktop.ingest.box import Box, quote_name, quote_text
from aiqu_desktop.ingest.columns import Column, Form

# Numbers are stored as they are held; a text column without a single value has no type of its own.
_STORED = {
    Form.INTEGER: "CASE WHEN isnan({0}) THEN NULL ELSE CAST({0} AS BIGINT) END",
    Form.BOOLEAN: "CASE WHEN isnan({0}) THEN NULL ELSE {0} <> 0 END",
    Form.TEXT: "CAST({} AS VARCHAR)",
    Form.INSTANT: "CAST({} AS TIMESTAMPTZ)",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment that is whole and on disk under a temporary name; nothing refers to it yet.

    first, last: the range that the segment is found by.
    """

    temporary: Path
    final: Path
    sha256: str
    rows: int
    first: datetime
    last: datetime

    def publish(self) -> None:
        """Give the segment its name, durably. Only ever inside a registry write transaction: that lock is what tells
        `sweep_orphans` a segment about to be recorded from one that a crash left behind.

        Raises:
            FileNotFoundError: if the temporary file was swept away meanwhile; write it again.
        """
        self.temporary.replace(self.final)
        fsync_directory(self.final.parent)

    def discard(self) -> None:
        """Remove the temporary file."""
        self.temporary.unlink(missing_ok=True)


def write_draft(
    box: Box,
    folder: Path,
    kind: str,
    columns: Sequence[Column],
    values: dict[str, NDArray[Any]],
    first: datetime,
    last: datetime,
) -> Draft:
    """Write a segment's Parquet file and force it to disk.

    Args:
        folder: the model's folder in the observation store, resolved; made when missing.
        values: an array for each of `columns`, all of one length above 0.

    Raises:
        EnvironmentFault: if the disk does not take it.
    """
    temporary = folder / f".{secrets.token_hex(8)}.tmp"
    # A star with exceptions: naming each of a hundred columns costs DuckDB's binder more than writing a small file.
    exceptions = ", ".join(
        f"{_STORED[column.form].format(quote_name(column.name))} AS {quote_name(column.name)}"
        for column in columns
        if column.form in _STORED
    )
    query = f"SELECT * REPLACE ({exceptions}) FROM draft"
    held = {column.name: values[column.name] for column in columns}
    connection = box.connection()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection.register("draft", held)
        try:
            connection.execute(f"COPY ({query}) TO {quote_text(str(temporary))} (FORMAT parquet)")
        finally:
            connection.unregister("draft")
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        sha256 = sha256_file(temporary)
    except (OSError, duckdb.IOException) as error:
        temporary.unlink(missing_ok=True)
        raise EnvironmentFault(
            f"The observations cannot be written to {folder} ({error}); free some space or mend its permissions."
        ) from error
    final = folder / f"{kind}-{first:%Y%m%dT%H%M%S}-{sha256[:16]}.parquet"
    return Draft(temporary, final, sha256, len(values[columns[0].name]), first, last)


def as_instant(value: np.datetime64) -> datetime:
    """One element of an event_time column as an aware datetime."""
    instant: datetime = value.astype("datetime64[us]").item()
    return instant.replace(tzinfo=UTC)
