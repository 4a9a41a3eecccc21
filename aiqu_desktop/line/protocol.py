"""The folder target: one folder a model, through which the desktop tells the line what to serve and the line answers.

    line.json        desktop → line: the model's name and where its observations go
    versions/<sha256 of model.onnx>/   model.onnx, golden.json, schema.json
    champion.json    desktop → line: the pointer, or in its place the order to stop, replaced atomically
    status.json      line → desktop: what it serves, how its golden cases went, that it is alive
    served.json      line → itself: the last pointer or stop that it obeyed, for a start with a broken pointer
    incoming/        rows to predict; incoming/rejected/ those that could not be, each with its reason;
                     incoming/unanswered/<stop>/ those that came while the model was stopped
    shadow/          the same again for a challenger that answers beside the champion, see `line.shadow`

A file that is not whole reads as None, and `problems` says which and why: a reader never meets a traceback, and a
broken pointer is never taken for another one.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import (
    fsync_directory,
    make_folder,
    remove_leftovers,
    sha256_bytes,
    write_atomically,
    write_json_atomically,
)
from aiqu_desktop.core.locks import lock_file
from aiqu_desktop.line.messages import LineStatus, Pointer, StopOrder, digest_text, read_order

MODEL_FILE = "model.onnx"
GOLDEN_FILE = "golden.json"
SCHEMA_FILE = "schema.json"
VERSION_FILES = (MODEL_FILE, GOLDEN_FILE, SCHEMA_FILE)
_STAGING_PATIENCE = 10.0  # seconds to wait for another process that stages

T = TypeVar("T")


class TargetFolder:
    """One model's folder under the line's root. Reading and writing it is all that the two sides ever do together."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # --- where things are

    @property
    def model(self) -> str:
        """The model's name: what line.json says, else the folder's own name."""
        config = self.read("line.json", dict)
        return str(config["model"]) if config and config.get("model") else self.path.name

    @property
    def drop(self) -> Path | None:
        """The folder that observations go to; None while line.json is absent or unreadable."""
        return self.read("line.json", self._drop_of)

    @property
    def incoming(self) -> Path:
        return self.path / "incoming"

    @property
    def rejected_files(self) -> Path:
        return self.incoming / "rejected"

    @property
    def unanswered_files(self) -> Path:
        return self.incoming / "unanswered"

    @property
    def versions(self) -> Path:
        return self.path / "versions"

    @property
    def pointer_file(self) -> Path:
        return self.path / "champion.json"

    def version_folder(self, digest: str) -> Path:
        """Where the version with this digest is staged.

        Raises:
            UserError: if `digest` is not a SHA-256.
        """
        try:
            return self.versions / digest_text(digest)
        except ValueError as error:
            raise UserError(f"{digest!r} is {error}; give the digest of a model.onnx.") from error

    # --- the desktop writes

    def configure(self, drop: Path, model: str | None = None) -> None:
        """Make the folder and say where observations go; `drop` may be relative to the folder."""
        make_folder(self.incoming)
        make_folder(self.versions)
        write_json_atomically(self.path / "line.json", {"model": model or self.path.name, "drop": str(drop)})

    def stage(self, digest: str, files: Mapping[str, bytes]) -> Path:
        """Lay a version ready, without serving it; done before, it costs a read and changes nothing.

        What a kill left half laid is cleared away. A release, a drill and a stand-by check may stage at once: one waits
        for the other.

        Raises:
            UserError: if model.onnx is not what `digest` says, or golden.json or schema.json is not among `files`.
            EnvironmentFault: if another process stages into this folder and does not come to an end.
        """
        folder = self.version_folder(digest)
        absent = [name for name in VERSION_FILES if name not in files]
        if absent:
            raise UserError(f"The version cannot be staged without {absent[0]}; build its bundle again.")
        if any(Path(name).name != name or name.startswith(".") for name in files):
            raise UserError("A staged file has a path for its name; name files plainly.")
        if sha256_bytes(files[MODEL_FILE]) != digest:
            raise UserError(f"The model.onnx to be staged is not the one with digest {digest[:12]}…; import it again.")
        make_folder(self.versions)
        with self._sole_stager():
            for half_laid in self.versions.glob(".staging-*"):
                shutil.rmtree(half_laid, ignore_errors=True)
            if folder.is_dir():
                self._repair(folder, files)
            else:
                self._lay(folder, files)
            fsync_directory(self.versions)  # also for one who was killed just before he did
        return folder

    def is_staged(self, digest: str) -> bool:
        """True when the version's three files are there and model.onnx has this digest."""
        folder = self.version_folder(digest)
        if not all((folder / name).is_file() for name in VERSION_FILES):
            return False
        return sha256_bytes((folder / MODEL_FILE).read_bytes()) == digest

    def point(self, pointer: Pointer | StopOrder) -> None:
        """Tell the line to serve another version, or none: one atomic replacement, on disk before this returns.

        Only for who holds the model's lock.
        """
        remove_leftovers(self.pointer_file)
        write_json_atomically(self.pointer_file, pointer.to_json())

    # --- both read

    def order(self) -> Pointer | StopOrder | None:
        """What the line is told; None when nothing readable says so (see `problems`)."""
        return self.read("champion.json", read_order)

    def pointer(self) -> Pointer | None:
        """Which version the line is told to serve; None when it is told to stop, or nothing readable says so."""
        told = self.order()
        return told if isinstance(told, Pointer) else None

    def status(self) -> LineStatus | None:
        """What the line last said; None when nothing readable is there (see `problems`)."""
        return self.read("status.json", LineStatus.from_json)

    def last_served(self) -> Pointer | StopOrder | None:
        """The version that the line served last, or the stop that it obeys since, by its own record."""
        return self.read("served.json", read_order)

    def problems(self) -> tuple[str, ...]:
        """One sentence for each file that is there but cannot be read."""
        readers: dict[str, tuple[Callable[[Any], Any], str]] = {
            "line.json": (self._drop_of, "set the target up again"),
            "champion.json": (read_order, "promote or roll back again"),
            "status.json": (LineStatus.from_json, "start the line again"),
            "served.json": (read_order, "promote or roll back again"),
        }
        found = []
        for name, (reader, advice) in readers.items():
            data = self._bytes(name)
            if data is not None and _parsed(data, reader) is None:
                found.append(f"{self.path / name} is damaged; {advice}.")
        return tuple(found)

    # --- the line writes

    def write_status(self, status: LineStatus) -> None:
        """Replace status.json."""
        self.write_answer(json.dumps(status.to_json(), indent=2).encode())

    def write_answer(self, status: bytes) -> None:
        """Replace status.json. Not forced to disk: after a power cut no line is alive to be told of."""
        temporary = self.path / ".status.json.tmp"
        temporary.write_bytes(status)
        temporary.replace(self.path / "status.json")

    def write_last_served(self, told: Pointer | StopOrder) -> None:
        """Record what is served, or that nothing shall be, so that a start with a broken pointer does the same."""
        remove_leftovers(self.path / "served.json")  # one line serves a root, so nobody else writes it
        write_json_atomically(self.path / "served.json", told.to_json())

    # --- inside

    def _drop_of(self, config: Mapping[str, Any]) -> Path:
        drop = config["drop"]
        if not isinstance(drop, str) or not drop:
            raise ValueError("no drop folder")
        return (self.path / drop).resolve()

    @contextmanager
    def _sole_stager(self) -> Iterator[None]:
        place = self.path / ".staging.lock"
        handle = lock_file(place, _STAGING_PATIENCE)
        if handle is None:
            raise EnvironmentFault(f"Another process stages into {self.versions} for too long ({place}); end it.")
        try:
            yield
        finally:
            os.close(handle)

    def _lay(self, folder: Path, files: Mapping[str, bytes]) -> None:
        temporary = self.versions / f".staging-{secrets.token_hex(8)}"
        temporary.mkdir()
        try:
            for name, content in files.items():
                write_atomically(temporary / name, content)
            temporary.rename(folder)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    def _repair(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Write only what differs; model.onnx last, so that a fault before leaves the old refusal standing."""
        for name in sorted(files, key=lambda name: name == MODEL_FILE):
            place = folder / name
            remove_leftovers(place)
            if not place.is_file() or place.read_bytes() != files[name]:
                write_atomically(place, files[name])

    def read(self, name: str, reader: Callable[[Any], T]) -> T | None:
        """A JSON file of the folder as `reader` takes it; None when nothing readable is there."""
        data = self._bytes(name)
        return None if data is None else _parsed(data, reader)

    def _bytes(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            reason = error.strerror or error
            raise EnvironmentFault(f"{self.path / name} cannot be opened ({reason}); check its permissions.") from error


def _parsed(data: bytes, reader: Callable[[Any], T]) -> T | None:
    try:
        content = json.loads(data)
        return reader(content) if isinstance(content, dict) else None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return None


def model_folders(root: Path) -> list[TargetFolder]:
    """Every model folder under the line's root that has been configured, by name."""
    try:
        entries = [entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    return [TargetFolder(root / name) for name in sorted(entries) if (root / name / "line.json").is_file()]
