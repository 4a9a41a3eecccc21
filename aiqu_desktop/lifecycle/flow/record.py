"""The rows of the flow: asked for, begun, a step found something, ended. Each with its audit record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import FlowState
from aiqu_desktop.lifecycle.flow.steps import Step
from aiqu_desktop.lifecycle.gates.gate import WAITING, GateResult
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import FlowRun, FlowStepResult, Model, Version
from aiqu_desktop.security import audit

ACTOR = "flow"
_OPEN = tuple(state for state in FlowState if state.open)
_MOST_ATTEMPTS = 3  # a model that takes the whole process down must not do so for ever


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that this process carries out. done: names of the steps that an earlier attempt ended."""

    run_id: int
    model: str
    number: int
    done: frozenset[str]


def ask_for_tests(session: Session, registry: Registry, version: Version, *, by: str) -> None:
    """Have a version tested, in the caller's transaction; the next tick of whoever schedules begins it.

    Raises:
        Refused: if its tests wait or run already.
    """
    model = session.get_one(Model, version.model_id)
    query = select(FlowRun.id).where(FlowRun.version_id == version.id, FlowRun.state.in_(_OPEN))
    if session.scalars(query).first() is not None:
        raise Refused(f"Version {version.number} of {model.name} is being tested already; wait, or stop that first.")
    run = FlowRun(version_id=version.id, state=FlowState.WAITING, asked_by=by, asked_at=registry.clock.now())
    session.add(run)
    session.flush()
    _note(session, registry, run, "flow.asked", actor=by)


def cancel_tests(session: Session, registry: Registry, version: Version, *, by: str) -> None:
    """Stop the tests of a version: what runs ends after its present step, and what it found is not kept.

    Raises:
        Refused: if none wait or run.
    """
    query = select(FlowRun).where(FlowRun.version_id == version.id, FlowRun.state.in_(_OPEN))
    run = session.scalars(query).first()
    if run is None:
        raise Refused(f"Version {version.number} is not being tested, so there is nothing to stop.")
    _end(session, registry, run, FlowState.CANCELLED, f"Stopped by {by}.", actor=by)


def anything_to_do(session: Session) -> bool:
    """Whether a run waits, or was begun by a process that is gone."""
    return session.scalars(select(FlowRun.id).where(FlowRun.state.in_(_OPEN)).limit(1)).first() is not None


def anything_awaited(session: Session) -> bool:
    """Whether a run waits for rows."""
    query = select(FlowRun.id).where(FlowRun.state == FlowState.AWAITING_ROWS).limit(1)
    return session.scalars(query).first() is not None


def begin(registry: Registry) -> Begun | None:
    """Claim the oldest open run; only the one thread of the one process that schedules asks. None without any."""
    with registry.write() as session:
        run = session.scalars(select(FlowRun).where(FlowRun.state.in_(_OPEN)).order_by(FlowRun.id).limit(1)).first()
        if run is None:
            return None
        version = session.get_one(Version, run.version_id)
        model = session.get_one(Model, version.model_id)
        begun = Begun(run.id, model.name, version.number, frozenset(step.step for step in run.steps))
        run.attempt += 1
        if run.attempt > _MOST_ATTEMPTS:
            sentence = f"It was begun {_MOST_ATTEMPTS} times and never ended; see the log."
            _end(session, registry, run, FlowState.FAILED, sentence)
            return begun
        run.state = FlowState.RUNNING
        _note(session, registry, run, "flow.begun")
        return begun


def keep_step(registry: Registry, run_id: int, step: Step, gates: Sequence[GateResult], seconds: float) -> bool:
    """Write what a step found; False, and nothing written, where the run was stopped meanwhile."""
    worst = min(gates, key=lambda gate: {False: 0, None: 1, True: 2}[gate.passed])
    with registry.write() as session:
        run = session.get_one(FlowRun, run_id)
        if run.state is not FlowState.RUNNING:
            return False
        session.add(
            FlowStepResult(
                run_id=run_id,
                step=step.name,
                title=step.title,
                passed=worst.passed,
                finding=finding_of(gates),
                gates={gate.name: gate.to_json() for gate in gates},
                at=registry.clock.now(),
                wall_seconds=seconds,
            )
        )
        _note(session, registry, run, "flow.step", step=step.name, passed=worst.to_json()["passed"])
    return True


def finding_of(gates: Sequence[GateResult]) -> str:
    """What a step found, in the words of its gates."""
    return " ".join(gate.finding for gate in gates)


def awaiting(registry: Registry) -> tuple[Begun, ...]:
    """The runs that wait for rows, each the newest of its version; `done` leaves out the steps that wait."""
    newest = select(func.max(FlowRun.id)).group_by(FlowRun.version_id)
    query = select(FlowRun, Version, Model).join(Version, Version.id == FlowRun.version_id)
    query = query.join(Model, Model.id == Version.model_id)
    query = query.where(FlowRun.id.in_(newest), FlowRun.state == FlowState.AWAITING_ROWS)
    with registry.read() as session:
        return tuple(
            Begun(run.id, model.name, version.number, frozenset(n for n, s in _last(run).items() if not _waits(s)))
            for run, version, model in session.execute(query)
        )


def go_on(registry: Registry, run_id: int, finding: str) -> bool:
    """Take up a run that waited for rows; False where it no longer waits, or its last step found just this before."""
    with registry.write() as session:
        run = session.get_one(FlowRun, run_id)
        if run.state is not FlowState.AWAITING_ROWS or run.steps[-1].finding == finding:
            return False
        run.state, run.finished_at, run.sentence = FlowState.RUNNING, None, ""
        _note(session, registry, run, "flow.begun")
        return True


def conclude(registry: Registry, run_id: int) -> None:
    """End a run by what its steps found, each by its last word."""
    with registry.write() as session:
        run = session.get_one(FlowRun, run_id)
        if run.state is not FlowState.RUNNING:
            return
        last = _last(run).values()
        waiting = [step for step in last if _waits(step)]
        failed = [step for step in last if step.passed is False and not _waits(step)]
        advice = sum(step.passed is None for step in last)
        if waiting and not failed:
            _end(session, registry, run, FlowState.AWAITING_ROWS, f"Waiting for rows: {waiting[0].finding}")
            return
        if failed:
            names = ", ".join(step.title for step in failed)
            _end(session, registry, run, FlowState.NOT_READY, f"Not ready: {names} did not pass.")
            return
        weigh = f", {advice} with something to weigh" if advice else ""
        sentence = f"Ready for approval: {len(last)} steps passed{weigh}."
        _end(session, registry, run, FlowState.READY, sentence)


def _last(run: FlowRun) -> dict[str, FlowStepResult]:
    """Each step's newest result: one that waited has several."""
    return {step.step: step for step in run.steps}


def _waits(step: FlowStepResult) -> bool:
    return step.passed is False and all(
        gate["evidence"].get(WAITING) for gate in step.gates.values() if gate["passed"] is False
    )


def fail(registry: Registry, run_id: int, sentence: str) -> None:
    """End a run that broke off."""
    with registry.write() as session:
        run = session.get_one(FlowRun, run_id)
        if run.state.open:
            _end(session, registry, run, FlowState.FAILED, sentence)


def is_wanted(registry: Registry, run_id: int) -> bool:
    """Whether the run still runs: nobody stopped it."""
    with registry.read() as session:
        return session.get_one(FlowRun, run_id).state is FlowState.RUNNING


def _end(
    session: Session, registry: Registry, run: FlowRun, state: FlowState, sentence: str, *, actor: str = ACTOR
) -> None:
    run.state, run.sentence, run.finished_at = state, sentence, registry.clock.now()
    _note(session, registry, run, f"flow.{state.value}", actor=actor, reason=sentence)


def _note(
    session: Session,
    registry: Registry,
    run: FlowRun,
    action: str,
    *,
    actor: str = ACTOR,
    reason: str = "",
    **new: object,
) -> None:
    version = session.get_one(Version, run.version_id)
    model = session.get_one(Model, version.model_id)
    audit.record(
        session,
        at=registry.clock.now(),
        actor=actor,
        action=action,
        subject=f"model {model.name}",
        new={"flow": run.id, "version": version.number, **new},
        reason=reason,
    )
