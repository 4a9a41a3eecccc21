"""A target in memory with faults to choose from, and models that are copied within a registry instead of imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import select

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.lifecycle import Observation, Placement, Smoke
from aiqu_desktop.lifecycle.targets.target import Stop, Wanted
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, Version, VersionFile


class Mood(Enum):
    """How the target behaves towards what it is told next."""

    WELL = "follows"
    REFUSES = "refuses"
    SILENT = "does not follow and does not say why"
    DEAD = "gives no sign of life"
    LOCKED = "cannot be written"
    UNSTAGEABLE = "has no room for a version"


@dataclass
class FakeTarget:
    """Follows its pointer at once when it is well; `mood` may be changed at any time."""

    mood: Mood = Mood.WELL
    pointed: Placement | None = None
    serving: Placement | None = None
    refused: Placement | None = None
    stopped_by: str = ""
    staged: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return "the fake"

    @property
    def patience(self) -> float:
        return 0.0

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        if self.mood is Mood.UNSTAGEABLE:
            raise EnvironmentFault("The fake has no room; make some.")
        assert set(files) == {"model.onnx", "golden.json", "schema.json"}
        self.staged.add(wanted.digest)

    def observe(self) -> Observation:
        self._follow()
        refused = self.refused
        return Observation(
            alive=self.mood is not Mood.DEAD,
            pointed=self.pointed,
            serving=self.serving,
            golden_passed=10 if self.serving else 0,
            golden_total=10 if self.serving else 0,
            largest_error=0.0,
            refusal="3 of 10 golden cases failed." if refused else "",
            refused_release=refused.release if refused else "",
            stopped_by=self.stopped_by,
        )

    def switch(self, wanted: Placement) -> None:
        self._write(wanted)

    def revert(self, former: Placement | None) -> None:
        self._write(former)

    def stop(self, order: Stop) -> None:
        self._write(None)
        self.stopped_by = order.release

    def probe(self, wanted: Wanted, timeout: float) -> Observation:
        del wanted, timeout
        return self.observe()

    def smoke(self, wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        assert set(files) == {"model.onnx", "golden.json", "schema.json"}
        return Smoke(10, 10, 0.0) if self.serving == wanted else Smoke(0, 0, 0.0)

    def _write(self, placement: Placement | None) -> None:
        if self.mood is Mood.LOCKED:
            raise EnvironmentFault("The fake cannot be written; correct its permissions.")
        self.pointed = placement
        self.stopped_by = ""

    def _follow(self) -> None:
        self.refused = None
        if self.mood in (Mood.DEAD, Mood.SILENT) or self.pointed == self.serving:
            return
        known = self.serving is not None and self.pointed is not None and self.pointed.digest == self.serving.digest
        if self.mood is Mood.REFUSES and not known:
            self.refused = self.pointed
        elif self.pointed is None or self.pointed.digest in self.staged:
            self.serving = self.pointed


def copy_model(registry: Registry, source: str, name: str) -> None:
    """A new model with the versions of another, all candidates: a few rows instead of an import."""
    with registry.write() as session:
        old = session.scalars(select(Model).where(Model.name == source)).one()
        new = Model(
            name=name, title=old.title, task=old.task, owner=old.owner, input_schema=old.input_schema,
            primary_metric=old.primary_metric, created_at=old.created_at,
        )  # fmt: skip
        session.add(new)
        session.flush()
        for version in old.versions:
            copy = Version(
                model_id=new.id, number=version.number, state=VersionState.CANDIDATE, digest=version.digest,
                input_schema=version.input_schema, metrics=version.metrics, notes=version.notes,
                author=version.author, created_at=version.created_at, imported_at=version.imported_at,
                imported_by=version.imported_by,
            )  # fmt: skip
            session.add(copy)
            session.flush()
            session.add_all(VersionFile(version_id=copy.id, name=f.name, sha256=f.sha256) for f in version.files)
