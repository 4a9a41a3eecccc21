"""What a target is to a release: a place that can be told which version to serve, and asked what it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Placement:
    """One version on a target: SHA-256 of its model.onnx, its number, and the release that puts or put it there."""

    digest: str
    version: int
    release: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The safe state on a target: it answers nothing, because of this release."""

    release: str


Wanted = Placement | Stop | None


@dataclass(frozen=True, slots=True)
class Smoke:
    """How the version that serves on a target answered its golden cases there.

    failure: what is wrong with the first case that failed, in one sentence; empty when none did.
    """

    passed: int
    total: int
    largest_error: float
    failure: str = ""

    @property
    def ok(self) -> bool:
        """True when all cases passed; no case at all proves nothing."""
        return 0 < self.total == self.passed


@dataclass(frozen=True, slots=True)
class Observation:
    """What a target answers when it is asked.

    alive: it gave a sign of life just now (wall time).
    pointed: what it is told to serve. serving: what it answers with. None where there is nothing.
    golden_passed, golden_total: how the serving version answered its golden cases on the target itself.
    refusal: the target's own reason for not serving what it is told to; empty when it has none.
    refused_release: which release that reason is about.
    serving_observed: False where nothing on the target can say what it serves, only what it was told: `serving` is then
        None whatever serves, and nothing is ever proven.
    foreign: something answers there, or may do so, that is none of ours: it does not stand still.
    stopped_by: the release of the stop that the target says it obeys; "" where it says of none; None where it can say
        no more than what it serves.
    """

    alive: bool
    pointed: Placement | None
    serving: Placement | None
    golden_passed: int
    golden_total: int
    largest_error: float
    refusal: str = ""
    refused_release: str = ""
    serving_observed: bool = True
    foreign: bool = False
    stopped_by: str | None = None

    def answers(self, wanted: Wanted) -> bool:
        """True when the target, alive, answers with just this version; with None: with no version at all.

        With a stop: with nothing at all, and because of this stop where it can say so.
        """
        observed = self.alive and self.serving_observed
        if isinstance(wanted, Placement):
            return observed and self.serving == wanted
        obeys = wanted is None or self.stopped_by in (None, wanted.release)
        return observed and self.serving is None and not self.foreign and obeys

    def proves(self, wanted: Wanted) -> bool:
        """True when the target, alive, answers with just this version and all golden cases pass there.

        Where nothing shall serve: when it answers with nothing.
        """
        golden = not isinstance(wanted, Placement) or 0 < self.golden_total == self.golden_passed
        return self.answers(wanted) and golden

    def told(self, wanted: Wanted) -> bool:
        """True when the target, alive, is told to serve this version (or none) and can say no more than that."""
        named = wanted if isinstance(wanted, Placement) else None
        return self.alive and not self.serving_observed and self.pointed == named

    def refuses(self, wanted: Wanted) -> bool:
        """True when the target has said that it will not serve `wanted`."""
        return wanted is not None and bool(self.refusal) and self.refused_release == wanted.release

    def with_smoke(self, smoke: Smoke) -> Observation:
        """The same, with how the golden cases went."""
        return replace(self, golden_passed=smoke.passed, golden_total=smoke.total, largest_error=smoke.largest_error)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, kept as the proof of a release."""
        return {
            "alive": self.alive,
            "pointed": _json(self.pointed),
            "serving": _json(self.serving),
            "golden": {"passed": self.golden_passed, "total": self.golden_total},
            "refusal": self.refusal,
            "serving_observed": self.serving_observed,
            "stopped_by": self.stopped_by,
            "foreign": self.foreign,
        }


class Target(Protocol):
    """Where one model runs: stage, observe, switch, probe, smoke, and revert when one of them says no; and stop.

    Every method raises an AiquError with one sentence when the target cannot be reached or written, or refuses.
    `switch`, `revert` and `stop` may be repeated; a kill inside leaves the target with the former or the new placement.
    """

    @property
    def name(self) -> str:
        """What to call it on screen, for example "the line"."""
        ...

    @property
    def patience(self) -> float:
        """Seconds that it has to answer with what it was told, where the caller does not say otherwise."""
        ...

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        """Lay a version's files ready without serving them; repeating it repairs what is damaged there."""
        ...

    def observe(self) -> Observation:
        """What it is told, what it serves and whether it lives: one look, which changes nothing."""
        ...

    def switch(self, wanted: Placement) -> None:
        """Tell it to serve a staged version; this returns when it is told, not when it serves."""
        ...

    def probe(self, wanted: Wanted, timeout: float) -> Observation:
        """Wait until it answers, after this call, with `wanted` (None or a stop: with no version).

        Returns at once when it refuses `wanted` or can never say what it serves, and the last observation after
        `timeout` seconds.
        """
        ...

    def smoke(self, wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        """Have the golden cases of `wanted` answered by what serves on the target, through the target's own way in.

        Args:
            files: what was staged: model.onnx, golden.json and schema.json.
            timeout: seconds for all of them together.
        """
        ...

    def revert(self, former: Placement | None) -> None:
        """Tell it to serve the former version again; with None, to be told of none, as before the first release."""
        ...

    def stop(self, order: Stop) -> None:
        """Tell it to answer nothing until another version is put there, also after it starts anew.

        This returns when it is told; `probe` sees whether it obeys. The next `switch` ends it.
        """
        ...


def _json(placement: Placement | None) -> dict[str, Any] | None:
    if placement is None:
        return None
    return {"digest": placement.digest, "version": placement.version, "release": placement.release}
