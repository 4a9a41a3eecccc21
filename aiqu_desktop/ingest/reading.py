"""From a file on disk to a batch that fits the model's schema, or to the sentence that says why not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.ingest import csv_file, parquet_file
from aiqu_desktop.ingest.batch import Batch
from aiqu_desktop.ingest.box import Box
from aiqu_desktop.ingest.checks import first_fault
from aiqu_desktop.ingest.columns import Column, columns_of
from aiqu_desktop.ingest.faults import BadFile, check_header, kind_of, shown

_LARGEST = 512 << 20
_CSV, _PARQUET = ".csv", ".parquet"


def read_batch(box: Box, path: Path, schema: InputSchema, now: datetime) -> Batch:
    """Read and judge one file.

    Args:
        path: absolute, resolved, inside the box.
        now: the site's instant; event times far after it are wrong dates.

    Raises:
        BadFile: with one sentence on the first thing that does not fit.
        FileNotFoundError: if the file is gone.
    """
    name = path.name
    _refuse_by_name(path, name)
    if path.suffix.casefold() == _CSV:
        header = csv_file.read_header(path, name)
        kind, wanted, note = _judge_header(name, header, schema)
        columns = csv_file.read_csv(box, path, name, kind, header, wanted)
        fault = first_fault(columns, wanted, now)
        if fault is not None:
            raise BadFile(csv_file.sentence(path, name, header, fault), kind)
    else:
        types = parquet_file.read_types(box, path, name)
        kind, wanted, note = _judge_header(name, list(types), schema)
        columns = parquet_file.read_parquet(box, path, name, kind, types, wanted)
        fault = first_fault(columns, wanted, now)
        if fault is not None:
            raise BadFile(parquet_file.sentence(box, path, name, fault), kind)
    return Batch(kind, dict(columns), note)


def _refuse_by_name(path: Path, name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BadFile(f"{shown(name)}: the file's name is not valid UTF-8; expected a name that it is.") from error
    if path.suffix.casefold() not in (_CSV, _PARQUET):
        raise BadFile(f"{name}: expected a file that ends in .csv or .parquet, found {shown(path.suffix)}.")
    size = path.stat().st_size
    if size > _LARGEST:
        raise BadFile(f"{name}: expected at most {_LARGEST >> 20} MB in one file, found {size >> 20} MB; split it.")


def _judge_header(name: str, header: list[str], schema: InputSchema) -> tuple[str, list[Column], str]:
    kind = kind_of(name, header)
    columns = columns_of(kind, schema)
    required = [column.name for column in columns if not column.optional]
    optional = [column.name for column in columns if column.optional]
    note = check_header(name, kind, header, required, optional)
    present = set(header)
    return kind, [column for column in columns if column.name in present], note
