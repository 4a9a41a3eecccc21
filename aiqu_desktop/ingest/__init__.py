"""Drop folders, the judgement of files, and the append-only observation store with its windows.

The way of a file: `Ingest.scan` finds it, `reading` judges it, `store` adds its new rows, `drop` puts it away.
The way back: `ObservationStore.window` reads a span of event time from the segments.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiqu_desktop.ingest.drop import drop_folder
    from aiqu_desktop.ingest.ingest import FileOutcome, Ingest, IngestReport
    from aiqu_desktop.ingest.tables import Table, read_table, scan_table
    from aiqu_desktop.ingest.window import ObservationStore, Window

__all__ = [
    "FileOutcome",
    "Ingest",
    "IngestReport",
    "ObservationStore",
    "Table",
    "Window",
    "drop_folder",
    "read_table",
    "scan_table",
]

_HOMES = {
    "FileOutcome": "ingest",
    "Ingest": "ingest",
    "IngestReport": "ingest",
    "ObservationStore": "window",
    "Table": "tables",
    "Window": "window",
    "drop_folder": "drop",
    "read_table": "tables",
    "scan_table": "tables",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: `aiqu drift` reads tables, and must not wait for the registry's libraries."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
