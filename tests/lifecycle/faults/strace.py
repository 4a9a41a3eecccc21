"""System calls of a stopped process from now on, and faults injected at the n-th call of a name (strace -p)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Every call by which a process can change what is on disk.
_MUTATING = (
    "openat", "open", "creat", "write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range",
    "fsync", "fdatasync", "sync_file_range", "msync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir",
    "mkdir", "mkdirat", "ftruncate", "truncate", "fallocate", "link", "linkat", "symlink", "symlinkat", "chmod",
    "fchmod", "fchmodat",
)  # fmt: skip
_OPENS_TO_CHANGE = ("O_CREAT", "O_TRUNC", "O_WRONLY", "O_RDWR")
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
_PATH = re.compile(r'"(/[^"]*)"|<(/[^>]*)>')
_CHANCE = re.compile(r"(?<=\.)[0-9a-f]{16}(?=\.tmp)|(?<=\.staging-)[0-9a-f]{16}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that changes the site.

    number: its place among the calls of its name, from 1 on, as strace counts.
    place: what it works on, without what differs between runs.
    """

    process: int
    name: str
    number: int
    place: str
    text: str

    @property
    def injected(self) -> bool:
        return "(INJECTED)" in self.text


def traced(pid: int, log: Path, *injections: str, whole: bool = False) -> subprocess.Popen[str]:
    """Attach to a process that has stopped itself, and let it go on; every call counts from here.

    injections: strace's own words, for example "fsync:error=EIO:when=3". whole: also what is written, all in hex.
    """
    detail = ["-xx", "-s", "1048576"] if whole else ["-s", "0"]
    command = ["strace", "-f", "-y", *detail, "-p", str(pid), "-o", str(log), "-e", "trace=" + ",".join(_MUTATING)]
    for injection in injections:
        command += ["-e", f"inject={injection}"]
    assert shutil.which("strace"), "strace is not installed; 'sh packaging/test.sh' installs it"
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    first = process.stderr.readline()
    if "attached" not in first:
        process.kill()
        raise AssertionError(f"strace could not attach to the process: {first}{process.communicate()[1]}")
    os.kill(pid, signal.SIGCONT)
    return process


def changes(log: Path, root: Path) -> list[Call]:
    """The calls in a trace that change something under `root`, in their order."""
    counts: dict[str, int] = {}
    found = []
    for text in log.read_text(errors="replace").splitlines():
        line = _LINE.match(text)
        if line is None:
            continue
        process, name, rest = int(line[1]), line[2], line[3]
        counts[name] = counts.get(name, 0) + 1
        paths = [first or second for first, second in _PATH.findall(rest)]
        inside = [path for path in paths if Path(path).is_relative_to(root)]
        opens = name == "openat" and not any(flag in rest for flag in _OPENS_TO_CHANGE)
        if inside and not opens:
            place = " ".join(dict.fromkeys(_plain(path, root) for path in inside))
            found.append(Call(process, name, counts[name], place, text))
    return found


def _plain(path: str, root: Path) -> str:
    return _DIGEST.sub("<digest>", _CHANCE.sub("*", path.removeprefix(str(root)))) or "/"
