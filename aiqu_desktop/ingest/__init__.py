"""Drop folders, the judgement of files, and the append-only observation store with its windows.

The way of a file: `Ingest.scan` finds it, `reading` judges it, `store` adds its new rows, `drop` puts it away.
The way back: `ObservationStore.window` reads a span of event time from the segments.
"""

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
