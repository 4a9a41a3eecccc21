"""A target behind the V2 model-repository protocol: we write the repository's folder, and tell the engine to load it.

The pointer is a file in that folder, replaced atomically, so that an engine that starts anew loads what the registry
says. A version that cannot be loaded leaves the old one serving.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from aiqu_desktop.bundles.names import checked_model_name
from aiqu_desktop.core.errors import AiquError, EnvironmentFault, Refused, UserError
from aiqu_desktop.core.files import fsync_directory, sha256_bytes, write_atomically
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.inference import OnnxModel
from aiqu_desktop.lifecycle.targets.address import address_of
from aiqu_desktop.lifecycle.targets.engine_layout import (
    TENSORS_FILE,
    EngineLayout,
    MLServerLayout,
    TritonLayout,
    describe_tensors,
)
from aiqu_desktop.lifecycle.targets.http_client import Answered, HttpClient, Unreachable
from aiqu_desktop.lifecycle.targets.probing import observe_until_settled
from aiqu_desktop.lifecycle.targets.remote_smoke import answer_golden_cases, staged_schema
from aiqu_desktop.lifecycle.targets.setting import RepositorySetting, TritonSetting
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Smoke, Stop, Wanted
from aiqu_desktop.lifecycle.targets.v2_client import V2Client
from aiqu_desktop.line.protocol import MODEL_FILE

_LOOK_SECONDS = 3.0  # for one question that the engine answers from memory
_POLL_SECONDS = 0.1


class RepositoryTarget:
    """One model in an engine's model repository, as a `Target`."""

    def __init__(self, paths: SitePaths, model: str, setting: RepositorySetting) -> None:
        self._layout: EngineLayout = TritonLayout() if isinstance(setting, TritonSetting) else MLServerLayout()
        self._setting = setting
        self._model = checked_model_name(model)
        self._folder = Path(setting.repository) / self._model
        address = address_of(setting.url, setting.certificate, setting.token)
        self.name = f"{self._layout.title} at {address.host}:{address.port}"
        http = HttpClient(address, paths, self.name)
        self._client = V2Client(http, self._model, missing_as_null=self._layout.missing_as_null)
        self._complaint: tuple[str, str] = ("", "")  # what the engine said to the last order, and to which release

    @property
    def patience(self) -> float:
        return self._setting.seconds

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        if sha256_bytes(files[MODEL_FILE]) != wanted.digest:
            raise UserError(f"The model.onnx to be staged is not the one with digest {wanted.digest[:12]}…; import it.")
        model = OnnxModel.from_bytes(files[MODEL_FILE], staged_schema(files))
        content = self._layout.files(wanted.version, files[MODEL_FILE], describe_tensors(model))
        with self._writing():
            for name, data in content.items():
                place = self._folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                if not place.is_file() or place.read_bytes() != data:
                    write_atomically(place, data)
            fsync_directory(self._folder)

    def switch(self, wanted: Placement) -> None:
        self._point(wanted)
        try:
            self._client.load(self.patience)
        except Answered as error:
            raise Refused(f"{self.name} refused version {wanted.version}: {error.reason.rstrip('.')}.") from error

    def revert(self, former: Placement | None) -> None:
        """See `Target`. The folder counts: an engine that is down or says no is seen by the probe that follows."""
        self._point(former)
        self._complaint = ("", "")
        try:
            if former is None:
                self._client.unload(self.patience)
            else:
                self._client.load(self.patience)
        except (Answered, Unreachable) as error:
            self._complaint = (str(error), former.release if former else "")

    def stop(self, order: Stop) -> None:
        """See `Target`. Without a pointer, an engine that starts anew has nothing to load; the folder counts, as in
        `revert`, and an engine that is down or says no is seen by the probe that follows.
        """
        self._point(None)
        self._complaint = ("", "")
        try:
            self._client.unload(self.patience)
        except (Answered, Unreachable) as error:
            self._complaint = (str(error), order.release)

    def observe(self) -> Observation:
        pointed = self._pointed()
        complaint, release = self._complaint
        try:
            self._client.alive(_LOOK_SECONDS)
            serving = self._layout.loaded(self._client, _LOOK_SECONDS)
            foreign = serving is None and self._client.has_model(_LOOK_SECONDS)
        except (Answered, Unreachable) as error:
            return Observation(False, pointed, None, 0, 0, 0.0, str(error))
        return Observation(True, pointed, serving, 0, 0, 0.0, complaint, release, foreign=foreign)

    def probe(self, wanted: Wanted, timeout: float) -> Observation:
        return observe_until_settled(self.observe, wanted, timeout, _POLL_SECONDS)

    def smoke(self, wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        def ask(model: OnnxModel, feeds: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
            outputs = [item.name for item in model.exchange.outputs]
            try:
                return self._client.infer(feeds, model.exchange.inputs, outputs, timeout)
            except Answered as error:
                raise UserError(str(error)) from error  # an answer, if a bad one: all cases fail

        smoke = answer_golden_cases(files, ask)
        if self._layout.loaded(self._client, _LOOK_SECONDS) != wanted:
            return Smoke(0, smoke.total, 0.0, f"It no longer serves version {wanted.version}.")
        return smoke

    def _point(self, wanted: Placement | None) -> None:
        place = self._folder / self._layout.pointer_file
        with self._writing():
            if wanted is None:
                place.unlink(missing_ok=True)
                if self._folder.is_dir():
                    fsync_directory(self._folder)
                return
            tensors = json.loads((self._folder / str(wanted.version) / TENSORS_FILE).read_bytes())
            write_atomically(place, self._layout.pointer(self._model, wanted, tensors))

    def _pointed(self) -> Placement | None:
        try:
            return self._layout.told((self._folder / self._layout.pointer_file).read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = error.strerror or error
            raise EnvironmentFault(f"The model repository {self._folder} cannot be read ({reason}).") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            if isinstance(error, AiquError):
                raise
            reason = getattr(error, "strerror", None) or error
            what = f"The model repository {self._folder} cannot be written ({reason})"
            raise EnvironmentFault(f"{what}; make room or correct its permissions.") from error
