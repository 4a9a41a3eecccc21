"""What a target is to a release: a place that can be told which version to serve, and asked what it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Placement:
    """One version on a target: SHA-256 of its model.onnx, its number, and the release that puts or put it there."""

    digest: str
    version: int
    release: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What a target answers when it is asked.

    alive: it gave a sign of life just now (wall time).
    pointed: what it is told to serve. serving: what it answers with. None where there is nothing.
    golden_passed, golden_total: how the serving version answered its golden cases on the target itself.
    refusal: the target's own reason for not serving what it is told to; empty when it has none.
    refused_release: which release that reason is about.
    """

    alive: bool
    pointed: Placement | None
    serving: Placement | None
    golden_passed: int
    golden_total: int
    largest_error: float
    refusal: str = ""
    refused_release: str = ""

    def proves(self, wanted: Placement | None) -> bool:
        """True when the target, alive, answers with just this version and all golden cases pass there.

        With None: when it answers with no version at all.
        """
        if not self.alive:
            return False
        if wanted is None:
            return self.serving is None
        return self.serving == wanted and 0 < self.golden_total == self.golden_passed

    def refuses(self, wanted: Placement | None) -> bool:
        """True when the target has said that it will not serve `wanted`."""
        return wanted is not None and bool(self.refusal) and self.refused_release == wanted.release

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, kept as the proof of a release."""
        return {
            "alive": self.alive,
            "pointed": _json(self.pointed),
            "serving": _json(self.serving),
            "golden": {"passed": self.golden_passed, "total": self.golden_total},
            "refusal": self.refusal,
        }


class Target(Protocol):
    """Where one model runs.

    Every method raises UserError or EnvironmentFault with one sentence when the target cannot be reached or written.
    `switch` and `revert` are atomic: a kill inside leaves the target with the former or the new placement.
    """

    @property
    def name(self) -> str:
        """What to call it on screen, for example "the line"."""
        ...

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        """Lay a version's files ready without serving them; repeating it repairs what is damaged there."""
        ...

    def observe(self) -> Observation:
        """What it is told, what it serves and whether it lives."""
        ...

    def switch(self, wanted: Placement) -> None:
        """Tell it to serve a staged version."""
        ...

    def wait_until_serving(self, wanted: Placement | None, timeout: float) -> Observation:
        """Wait until it proves, by an answer given after this call, that it serves `wanted` (None: nothing).

        Returns at once when it refuses `wanted`, and the last observation after `timeout` seconds.
        """
        ...

    def revert(self, former: Placement | None) -> None:
        """Tell it to serve the former version again; with None, to be told of none, as before the first release."""
        ...


def _json(placement: Placement | None) -> dict[str, Any] | None:
    if placement is None:
        return None
    return {"digest": placement.digest, "version": placement.version, "release": placement.release}
