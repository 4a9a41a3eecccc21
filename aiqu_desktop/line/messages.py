"""What the desktop and the line write for each other, as frozen values with their JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from aiqu_desktop.core.clock import as_utc, iso


class LineState(StrEnum):
    """HELD: the line lives and answers nothing for this model, as it was told. STOPPED: the line itself has ended."""

    STARTING = "starting"
    SERVING = "serving"
    HELD = "held"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version the line shall serve. `digest` is the SHA-256 of its model.onnx, `release` the release's id."""

    digest: str
    version: int
    release: str
    written_at: datetime

    def to_json(self) -> dict[str, Any]:
        return {
            "digest": self.digest,
            "version": self.version,
            "release": self.release,
            "written_at": iso(self.written_at),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Pointer:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        return cls(
            digest_text(data["digest"]), int(data["version"]), str(data["release"]), _instant(data["written_at"])
        )


@dataclass(frozen=True, slots=True)
class StopOrder:
    """Stands in the pointer's place when the line shall answer nothing; `release` is the stop's id."""

    release: str
    written_at: datetime

    def to_json(self) -> dict[str, Any]:
        return {"stopped": True, "release": self.release, "written_at": iso(self.written_at)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StopOrder:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        if data["stopped"] is not True:
            raise ValueError("not an order to stop")
        release = str(data["release"])
        if not release.isalnum():
            raise ValueError("not a release's id")  # it becomes a folder's name
        return cls(release, _instant(data["written_at"]))


def read_order(data: Mapping[str, Any]) -> Pointer | StopOrder:
    """What the line is told; KeyError, TypeError or ValueError when it is neither of the two."""
    return StopOrder.from_json(data) if "stopped" in data else Pointer.from_json(data)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Files of rows that came while the model was stopped, and how many rows they hold."""

    files: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Serving:
    """The version that the line answers with."""

    digest: str
    version: int
    release: str
    loaded_at: datetime

    def to_json(self) -> dict[str, Any]:
        return {
            "digest": self.digest,
            "version": self.version,
            "release": self.release,
            "loaded_at": iso(self.loaded_at),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Serving:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        return cls(digest_text(data["digest"]), int(data["version"]), str(data["release"]), _instant(data["loaded_at"]))


@dataclass(frozen=True, slots=True)
class Rejected:
    """A pointer that the line did not follow, and why in one sentence."""

    digest: str
    version: int
    release: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"digest": self.digest, "version": self.version, "release": self.release, "reason": self.reason}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rejected:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        return cls(str(data["digest"]), int(data["version"]), str(data["release"]), str(data["reason"]))


@dataclass(frozen=True, slots=True)
class GoldenSummary:
    """How the served version answered its golden cases when it was loaded."""

    passed: int
    total: int
    largest_error: float

    def to_json(self) -> dict[str, Any]:
        return {"passed": self.passed, "total": self.total, "largest_error": self.largest_error}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GoldenSummary:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        return cls(int(data["passed"]), int(data["total"]), float(data["largest_error"]))


@dataclass(frozen=True, slots=True)
class ShadowStatus:
    """What runs beside the champion, and how it keeps up. `serving` is None until it has proven itself.

    pid: of its own process; None while there is none. problem: why it does not answer, or what it failed on last.
    rows_answered, rows_failed, rows_dropped: since the shadow was begun; dropped ones never reached it. A kill loses
        the last second's counts: what was truly answered is what the site has taken in.
    seconds: spent on the answered rows.
    """

    act: str
    digest: str
    version: int
    serving: Serving | None
    golden: GoldenSummary | None
    pid: int | None
    heartbeat: datetime
    rows_answered: int = 0
    rows_failed: int = 0
    rows_dropped: int = 0
    seconds: float = 0.0
    problem: str | None = None

    @classmethod
    def of(cls, pointer: Pointer, heartbeat: datetime) -> ShadowStatus:
        """A shadow that has not said anything yet."""
        return cls(pointer.release, pointer.digest, pointer.version, None, None, None, heartbeat)

    def to_json(self) -> dict[str, Any]:
        return {
            "act": self.act,
            "digest": self.digest,
            "version": self.version,
            "serving": self.serving.to_json() if self.serving else None,
            "golden": self.golden.to_json() if self.golden else None,
            "pid": self.pid,
            "heartbeat": iso(self.heartbeat),
            "rows_answered": self.rows_answered,
            "rows_failed": self.rows_failed,
            "rows_dropped": self.rows_dropped,
            "seconds": self.seconds,
            "problem": self.problem,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ShadowStatus:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        return cls(
            act=str(data["act"]),
            digest=digest_text(data["digest"]),
            version=int(data["version"]),
            serving=Serving.from_json(data["serving"]) if data["serving"] is not None else None,
            golden=GoldenSummary.from_json(data["golden"]) if data["golden"] is not None else None,
            pid=None if data["pid"] is None else int(data["pid"]),
            heartbeat=_instant(data["heartbeat"]),
            rows_answered=int(data["rows_answered"]),
            rows_failed=int(data["rows_failed"]),
            rows_dropped=int(data["rows_dropped"]),
            seconds=float(data["seconds"]),
            problem=None if data["problem"] is None else str(data["problem"]),
        )


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What the line says of one model.

    serving, golden: None until a version serves, and when the line has stopped: nothing answers then.
    rejected: the present pointer when the line does not follow it.
    heartbeat: wall time of the last sign of life.
    rows_served: rows predicted since the line process started.
    problem: what stands in the way of the line's work, in one sentence; None when nothing does.
    seconds: spent on predicting these rows. shadow: what runs beside the served version; None without any.
    stopped_by: the release of the stop that the line obeys; None when it obeys none.
    set_aside: what came during that stop and was not answered.
    """

    state: LineState
    serving: Serving | None
    golden: GoldenSummary | None
    rejected: Rejected | None
    pid: int
    heartbeat: datetime
    rows_served: int
    problem: str | None = None
    seconds: float = 0.0
    shadow: ShadowStatus | None = None
    stopped_by: str | None = None
    set_aside: SetAside = SetAside()

    def alive(self, now_wall: datetime, within: float = 5.0) -> bool:
        """True when the line has not stopped and gave a sign of life in the last `within` seconds of wall time.

        A heartbeat from the future (the clock was set back) counts as alive only within the same span.
        """
        age = abs((as_utc(now_wall) - self.heartbeat).total_seconds())
        return self.state is not LineState.STOPPED and age <= within

    def at(self, heartbeat: datetime) -> LineStatus:
        """The same status with a new sign of life."""
        return replace(self, heartbeat=heartbeat)

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state.value,
            "serving": self.serving.to_json() if self.serving else None,
            "golden": self.golden.to_json() if self.golden else None,
            "rejected": self.rejected.to_json() if self.rejected else None,
            "pid": self.pid,
            "heartbeat": iso(self.heartbeat),
            "rows_served": self.rows_served,
            "problem": self.problem,
            "seconds": self.seconds,
            "shadow": self.shadow.to_json() if self.shadow else None,
            "stopped_by": self.stopped_by,
            "set_aside": {"files": self.set_aside.files, "rows": self.set_aside.rows},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LineStatus:
        """Read what `to_json` wrote; KeyError, TypeError or ValueError when it is something else."""
        return cls(
            state=LineState(data["state"]),
            serving=Serving.from_json(data["serving"]) if data["serving"] is not None else None,
            golden=GoldenSummary.from_json(data["golden"]) if data["golden"] is not None else None,
            rejected=Rejected.from_json(data["rejected"]) if data["rejected"] is not None else None,
            pid=int(data["pid"]),
            heartbeat=_instant(data["heartbeat"]),
            rows_served=int(data["rows_served"]),
            problem=None if data.get("problem") is None else str(data["problem"]),
            # A line of an earlier edition says nothing of these.
            seconds=float(data.get("seconds", 0.0)),
            shadow=None if data.get("shadow") is None else ShadowStatus.from_json(data["shadow"]),
            stopped_by=None if data.get("stopped_by") is None else str(data["stopped_by"]),
            set_aside=SetAside(**{name: int(n) for name, n in data.get("set_aside", {}).items()}),
        )


def digest_text(value: Any) -> str:
    """`value` if it is a SHA-256 in 64 lower-case hexadecimal digits: it becomes a folder's name.

    Raises:
        ValueError: if it is anything else.
    """
    if not (isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")):
        raise ValueError("not a SHA-256 in 64 hexadecimal digits")
    return value


def _instant(value: Any) -> datetime:
    return as_utc(datetime.fromisoformat(value))
