"""What a power cut may leave by the letter of POSIX: the states that a traced release's changes allow on any disk.

An ext4 disk is kinder than POSIX: forcing one file carries every earlier name with it. Here nothing is on disk but what
was forced: a file's content by fsync of the file, its name by fsync of the folder. Whatever else was done may be there
or not, file by file and folder by folder, up to some point of each (the method of ALICE: Pillai et al., "All File
Systems Are Not Created Equal", OSDI 2014).
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_HEX = re.compile(r'["<]((?:\\x[0-9a-f]{2})*)[">]')
_NUMBER = re.compile(r", (\d+)(?=[,)]|$)")
_ROOT = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one node, which is a file or a folder.

    content: bytes put into a file at `at`; None: the file is cut there. name: an entry of a folder, which becomes
    `entry` (None: it goes). With neither, everything that was done to the node before is forced to disk.
    """

    node: int
    at: int | None = None
    content: bytes | None = None
    names: tuple[tuple[str, int | None], ...] = ()
    step: str = ""

    @property
    def forces(self) -> bool:
        return self.at is None and not self.names and not self.step


@dataclass
class Tree:
    """Files and folders by number. The root is folder 0."""

    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {_ROOT: {}})
    files: dict[int, bytes] = field(default_factory=dict)

    def copy(self) -> Tree:
        return Tree({node: dict(names) for node, names in self.folders.items()}, dict(self.files))

    def apply(self, change: Change) -> None:
        for name, entry in change.names:
            if entry is None:
                self.folders[change.node].pop(name, None)
            else:
                self.folders[change.node][name] = entry
        if change.at is not None:
            old = self.files.get(change.node, b"")
            if change.content is None:
                self.files[change.node] = old[: change.at].ljust(change.at, b"\0")
            else:
                end = change.at + len(change.content)
                self.files[change.node] = old[: change.at].ljust(change.at, b"\0") + change.content + old[end:]

    def add(self, path: str, *, folder: bool) -> int:
        """The node at `path`, made with its folders if it is new."""
        node = _ROOT
        parts = path.split("/")
        for place, part in enumerate(parts):
            known = self.folders[node].get(part)
            if known is None:
                known = self.new(folder=folder or place < len(parts) - 1)
                self.folders[node][part] = known
            node = known
        return node

    def new(self, *, folder: bool) -> int:
        node = len(self.folders) + len(self.files)
        if folder:
            self.folders[node] = {}
        else:
            self.files[node] = b""
        return node

    def content(self) -> dict[str, bytes | None]:
        """Every path with its content; None for a folder."""
        return dict(self._walk(_ROOT, ""))

    def _walk(self, folder: int, path: str) -> Iterator[tuple[str, bytes | None]]:
        for name, node in sorted(self.folders[folder].items()):
            if node in self.folders:
                yield path + name, None
                yield from self._walk(node, f"{path}{name}/")
            else:
                yield path + name, self.files[node]


@dataclass(frozen=True, slots=True)
class State:
    """What a cut left, and what the release had said until then. `cut`: what was about to be done."""

    content: dict[str, bytes | None]
    steps: tuple[str, ...]
    cut: str

    def __str__(self) -> str:
        said = self.steps[-1] if self.steps else "nothing"
        sizes = ", ".join(f"{path} {len(data)}" for path, data in self.content.items() if data is not None)
        return f"cut after '{said}' before {self.cut}, left: {sizes}"


class Recording:
    """The changes in a trace made with `strace -xx -y`, in their order."""

    def __init__(self, log: Path, root: Path, first: dict[str, bytes | None]) -> None:
        self.first = Tree()
        for path, data in first.items():
            node = self.first.add(path, folder=data is None)
            if data is not None:
                self.first.files[node] = data
        self._now = self.first.copy()
        self._root = f"{root}/"
        self._ends: dict[str, int] = {}  # where the next write to an open file goes
        self.changes: list[Change] = []
        for line in log.read_text().splitlines():
            call = _LINE.match(line)
            if call is not None and int(call[3]) >= 0:
                self._read(call[1], call[2], int(call[3]))

    def states(self, *, folders_are_forced: bool = True) -> Iterator[State]:
        """Every different state that a cut before some change, or at the end, may leave.

        folders_are_forced: False as if the product forced no folder; the site's own is SQLite's work and stays so.
        """
        seen: set[bytes] = set()
        ours = self._now.folders.keys() - {_ROOT}
        changes = [c for c in self.changes if folders_are_forced or not (c.forces and c.node in ours)]
        for cut in range(len(changes) + 1):
            done, steps = changes[:cut], tuple(change.step for change in changes[:cut] if change.step)
            what = f"change {cut} of {len(changes)}"
            for tree in self._outcomes([change for change in done if not change.step]):
                state = State(tree.content(), steps, what)
                mark = hashlib.sha256(repr((state.content, steps)).encode()).digest()
                if mark not in seen:
                    seen.add(mark)
                    yield state

    def _outcomes(self, done: list[Change]) -> Iterator[Tree]:
        forced = {change.node: n for n, change in enumerate(done) if change.forces}
        pending: dict[int, list[int]] = {}
        for n, change in enumerate(done):
            if not change.forces and n > forced.get(change.node, -1):
                pending.setdefault(change.node, []).append(n)
        for choice in itertools.product(*(_beginnings(places) for places in pending.values())):
            absent = {n for places, kept in zip(pending.values(), choice, strict=True) for n in places[kept:]}
            tree = self.first.copy()
            for node in self._now.folders.keys() - tree.folders.keys():
                tree.folders[node] = {}
            for node in self._now.files.keys() - tree.files.keys():
                tree.files[node] = b""
            for n, change in enumerate(done):
                if n not in absent:
                    tree.apply(change)
            yield tree

    # --- reading the trace

    def _read(self, name: str, arguments: str, result: int) -> None:
        texts = [_bytes(text) for text in _HEX.findall(arguments)]
        if name == "write" and texts[0] == b"/dev/null":
            self.changes.append(Change(-1, step=texts[1].decode()))
            return
        paths = [text.decode().removeprefix(self._root) for text in texts if text.startswith(self._root.encode())]
        if texts and texts[0].decode(errors="replace") + "/" == self._root:
            paths.insert(0, "")
        if not paths or paths[0].endswith("-shm"):
            return
        path = paths[0]
        numbers = [int(number) for number in _NUMBER.findall(arguments)]
        if name == "openat":
            if "O_CREAT" in arguments and self._node(path) is None:
                self._name(path, self._now.new(folder=False))
            if "O_TRUNC" in arguments:
                self._change(Change(self._file(path), at=0))
            if any(flag in arguments for flag in ("O_CREAT", "O_TRUNC", "O_WRONLY")):
                self._ends[path] = 0
        elif name == "write":
            end = self._ends.get(path, 0)
            self._change(Change(self._file(path), at=end, content=texts[1][:result]))
            self._ends[path] = end + result
        elif name == "pwrite64":
            self._change(Change(self._file(path), at=numbers[-1], content=texts[1][:result]))
        elif name == "ftruncate":
            self._change(Change(self._file(path), at=numbers[-1]))
        elif name in ("fsync", "fdatasync"):
            node = self._node(path)
            assert node is not None, f"{path} was forced to disk and is not known"
            self.changes.append(Change(node))
        elif name == "rename":
            self._rename(path, paths[1])
        elif name == "unlink":
            self._name(path, None)
        elif name == "mkdir":
            self._name(path, self._now.new(folder=True))
        else:
            raise AssertionError(f"{name} changes {path}, and its replay is not known")

    def _rename(self, path: str, to: str) -> None:
        (folder, name), (other, new) = self._split(path), self._split(to)
        assert folder == other, "a rename from folder to folder needs both forced; its replay is not known"
        self._change(Change(folder, names=((new, self._node(path)), (name, None))))

    def _name(self, path: str, entry: int | None) -> None:
        folder, name = self._split(path)
        self._change(Change(folder, names=((name, entry),)))

    def _change(self, change: Change) -> None:
        self.changes.append(change)
        self._now.apply(change)

    def _file(self, path: str) -> int:
        node = self._node(path)
        if node is None:  # made before the trace began, and nobody has forced its name to disk since
            node = self._now.new(folder=False)
            self._name(path, node)
        return node

    def _node(self, path: str) -> int | None:
        node: int | None = _ROOT
        for part in path.split("/") if path else ():
            node = self._now.folders[node].get(part) if node in self._now.folders else None
        return node

    def _split(self, path: str) -> tuple[int, str]:
        parent, _, name = path.rpartition("/")
        folder = self._node(parent)
        assert folder is not None, f"{path} is changed, and its folder is not known"
        return folder, name


def _beginnings(places: list[int]) -> list[int]:
    """How many of a node's pending changes are kept: none, half, all but one, all."""
    count = len(places)
    return sorted({0, count // 2, count - 1, count})


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
