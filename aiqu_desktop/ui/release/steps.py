"""The steps of a release as the sheet shows them, moved on by the names that the lifecycle reports. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class StepState(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """key: the committed state that ends the step; title: what is being done; detail: the target's own sentence."""

    key: str
    title: str
    detail: str = ""
    state: StepState = StepState.WAITING


START = (
    Step("intended", "Write down the intent", state=StepState.RUNNING),
    Step("staged", "Stage the version on the target"),
    Step("switched", "Switch the target to it"),
    Step("completed", "Wait for the target's proof"),
)
STOP = (
    Step("intended", "Write down the stop", state=StepState.RUNNING),
    Step("switched", "Tell the target to answer nothing"),
    Step("completed", "Wait until it is seen to stand still"),
)
_PART_OF = {"laid": "staged", "pointed": "switched", "probed": "completed", "proven": "completed"}
_WAY_BACK = ("reverting", "restored", "reverted", "unknown")


def advance(steps: tuple[Step, ...], name: str, detail: str) -> tuple[Step, ...]:
    """The steps after the lifecycle reported `name`; a name that is not known here changes nothing."""
    if name in _WAY_BACK:
        return _go_back(steps, name, detail)
    keys = [step.key for step in steps]
    if name in keys:
        place = keys.index(name)
        done = tuple(replace(s, state=StepState.DONE) for s in steps[: place + 1])
        ended = replace(done[-1], detail=done[-1].detail or detail)
        rest = steps[place + 1 :]
        following = tuple(replace(s, state=StepState.RUNNING) for s in rest[:1])
        return (*done[:-1], ended, *following, *rest[1:])
    part = _PART_OF.get(name)
    return tuple(replace(s, detail=detail) if s.key == part else s for s in steps)


def fail(steps: tuple[Step, ...], detail: str) -> tuple[Step, ...]:
    """Mark the running step as the one that failed."""
    return tuple(
        replace(s, state=StepState.FAILED, detail=detail) if s.state is StepState.RUNNING else s for s in steps
    )


def _go_back(steps: tuple[Step, ...], name: str, detail: str) -> tuple[Step, ...]:
    """Add the way back as a step of its own, after the one that failed."""
    if name == "reverting":
        back = Step("reverted", "Restore the former version", "", StepState.RUNNING)
        return (*(s for s in fail(steps, detail) if s.state is not StepState.WAITING), back)
    if name == "restored":
        return tuple(replace(s, detail=detail) if s.key == "reverted" else s for s in steps)
    state = StepState.DONE if name == "reverted" else StepState.FAILED
    if not any(s.key == "reverted" for s in steps):  # nothing had been switched: the running step is what failed
        return fail(steps, detail)
    return tuple(replace(s, state=state) if s.key == "reverted" else s for s in steps)
