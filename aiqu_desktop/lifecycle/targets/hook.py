"""A command of the plant's own as a target: it is asked in JSON, and what it answers is judged here.

    PROGRAM [ARGUMENT…] stage|observe|switch|smoke|revert|stop   with one JSON object on standard input

It prints one JSON object and ends with status 0; another status is a refusal, with `reason` in the object, and status 3
says that it cannot do this at all, so that people must do it by hand. The protocol is in resources/help/targets.md.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault, Refused, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.inference import OnnxModel
from aiqu_desktop.lifecycle.targets.hook_process import ask_hook
from aiqu_desktop.lifecycle.targets.probing import observe_until_settled
from aiqu_desktop.lifecycle.targets.remote_smoke import answer_golden_cases
from aiqu_desktop.lifecycle.targets.setting import HookSetting
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Smoke, Stop, Wanted
from aiqu_desktop.line.messages import digest_text

_POLL_SECONDS = 0.3


class HookTarget:
    """One model behind a command, as a `Target`. `seconds` limits each call, and the wait for a version to serve."""

    def __init__(self, paths: SitePaths, model: str, setting: HookSetting) -> None:
        self._paths, self._model, self._setting = paths, model, setting
        self.name = f"the hook {Path(setting.command[0]).name}"

    @property
    def patience(self) -> float:
        return self._setting.seconds

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        """See `Target`. The files lie in a folder of their own while the hook takes them."""
        with tempfile.TemporaryDirectory(prefix="aiqu-hook-") as folder:
            for name, data in files.items():
                (Path(folder) / name).write_bytes(data)
            self._ask("stage", {"wanted": _json(wanted), "folder": folder})

    def switch(self, wanted: Placement) -> None:
        self._ask("switch", {"wanted": _json(wanted)})

    def revert(self, former: Placement | None) -> None:
        self._ask("revert", {"wanted": None if former is None else _json(former)})

    def stop(self, order: Stop) -> None:
        self._ask("stop", {"release": order.release})

    def observe(self) -> Observation:
        try:
            answer = self._ask("observe", {})
            refused = answer.get("refused_release", "")
            return Observation(
                alive=answer["alive"] is True,
                pointed=_placement(answer["pointed"]),
                serving=_placement(answer["serving"]),
                golden_passed=0,
                golden_total=0,
                largest_error=0.0,
                refusal=str(answer.get("refusal", ""))[:300],
                refused_release=str(refused),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EnvironmentFault(f"{self.name} observe does not say what it shall ({error!r}).") from error

    def probe(self, wanted: Wanted, timeout: float) -> Observation:
        return observe_until_settled(self.observe, wanted, timeout, _POLL_SECONDS)

    def smoke(self, wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        def ask(model: OnnxModel, feeds: Mapping[str, NDArray[Any]]) -> Sequence[NDArray[Any]]:
            inputs = {name: values.tolist() for name, values in feeds.items()}
            try:
                answer = self._ask("smoke", {"wanted": _json(wanted), "inputs": inputs}, timeout)
                return [np.asarray(answer["outputs"][item.name]) for item in model.exchange.outputs]
            except Refused as error:
                raise UserError(str(error)) from error  # an answer, if a bad one: all cases fail
            except (KeyError, TypeError, ValueError) as error:
                raise UserError(f"{self.name} smoke does not give the outputs asked for ({error!r}).") from error

        smoke = answer_golden_cases(files, ask)
        if self.observe().serving != wanted:
            return Smoke(0, smoke.total, 0.0, f"It no longer serves version {wanted.version}.")
        return smoke

    def _ask(self, verb: str, content: Mapping[str, Any], timeout: float | None = None) -> dict[str, Any]:
        setting, limit = self._setting, self._setting.seconds
        asked = {"model": self._model, **content}
        return ask_hook(setting.command, dict(setting.pins), verb, asked, limit if timeout is None else timeout)


def _json(placement: Placement) -> dict[str, Any]:
    return {"digest": placement.digest, "version": placement.version, "release": placement.release}


def _placement(said: Any) -> Placement | None:
    if said is None:
        return None
    return Placement(digest_text(said["digest"]), int(said["version"]), str(said["release"]))
