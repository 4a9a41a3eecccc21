"""Answers for people and for machines. Machine output is JSON in UTC and the C locale; progress goes to stderr."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from aiqu_desktop.core.clock import iso

if TYPE_CHECKING:
    from rich.progress import Progress


def plain(value: Any) -> Any:
    """`value` as JSON types: dataclasses become objects, instants ISO 8601 in UTC, enumerations their words."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and value != value:
        return None
    return value


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table that fits the terminal; a plain one when the output is not a terminal."""
    from rich.console import Console  # paid when something is shown
    from rich.table import Table

    console = Console(highlight=False, width=None if Console().is_terminal else 160)
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console.print(table)


@contextmanager
def progress_bar(description: str) -> Iterator[ProgressBar]:
    """A bar on stderr where that is a terminal, and silence otherwise."""
    from rich.console import Console  # paid when something is shown
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not Console(stderr=True).is_terminal,
    ) as progress:
        yield ProgressBar(progress, description)


class ProgressBar:
    """One task of a progress display."""

    def __init__(self, progress: Progress, description: str) -> None:
        self._progress = progress
        self._task = progress.add_task(description, total=1.0)

    def update(self, done: float, total: float, what: str) -> None:
        self._progress.update(self._task, completed=done, total=max(total, 1e-9), description=what)
