"""How the model-repository folder looks to each engine, and where the engine says what it loaded from there.

    <model>/<number>/model.onnx, aiqu_onnx.py …    one staged version each
    <model>/config.pbtxt or model-settings.json    the pointer: which version to load, with its digest and release

The engine loads the version through `aiqu_onnx.py`, which compares the digest of the very bytes that it runs with the
one in the pointer: an engine that says that it loaded a pointer has loaded that digest, or has refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from aiqu_desktop.core.paths import resources
from aiqu_desktop.inference import OnnxModel, TensorInfo
from aiqu_desktop.lifecycle.targets.target import Placement
from aiqu_desktop.lifecycle.targets.v2_client import V2_TYPES, V2Client
from aiqu_desktop.line.messages import digest_text
from aiqu_desktop.line.protocol import MODEL_FILE

TENSORS_FILE = "tensors.json"


class EngineLayout(Protocol):
    """What differs between engines."""

    title: str
    pointer_file: str
    missing_as_null: bool

    def files(self, version: int, model: bytes, tensors: bytes) -> dict[str, bytes]:
        """What is laid into the model's folder for a version, by relative path."""
        ...

    def pointer(self, name: str, wanted: Placement, tensors: Mapping[str, Any]) -> bytes:
        """The pointer's content for a staged version."""
        ...

    def told(self, content: bytes) -> Placement | None:
        """The placement that a pointer names; None when it is none of ours."""
        ...

    def loaded(self, client: V2Client, timeout: float) -> Placement | None:
        """The placement that the engine itself says it loaded; None when it serves none, or none of ours."""
        ...


class TritonLayout:
    """Triton's Python backend; the digest is a parameter of the model's configuration, which Triton echoes."""

    title = "Triton"
    pointer_file = "config.pbtxt"
    missing_as_null = False

    def files(self, version: int, model: bytes, tensors: bytes) -> dict[str, bytes]:
        runner = {"aiqu_onnx.py": _resource("aiqu_onnx.py"), "model.py": _resource("triton_model.py")}
        content = runner | {TENSORS_FILE: tensors, MODEL_FILE: model}
        return {f"{version}/{name}": data for name, data in content.items()}

    def pointer(self, name: str, wanted: Placement, tensors: Mapping[str, Any]) -> bytes:
        said = _said(wanted)
        lines = [
            f'name: "{name}"',
            'backend: "python"',
            "max_batch_size: 0",
            f"version_policy {{ specific {{ versions: [{wanted.version}] }} }}",
            *(_pbtxt_tensor("input", item) for item in tensors["inputs"]),
            *(_pbtxt_tensor("output", item) for item in tensors["outputs"]),
            "instance_group [ { kind: KIND_CPU count: 1 } ]",
            *(f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}' for key, value in said.items()),
        ]
        return ("\n".join(lines) + "\n").encode()

    def told(self, content: bytes) -> Placement | None:
        text = content.decode("utf-8", "replace")
        return _placement(dict(re.findall(r'key: "(aiqu\.\w+)" value \{ string_value: "([^"]*)" \}', text)))

    def loaded(self, client: V2Client, timeout: float) -> Placement | None:
        metadata = client.metadata(timeout)
        config = None if metadata is None else client.config(timeout)
        if metadata is None or config is None:
            return None
        parameters = config.get("parameters")
        values = parameters.items() if isinstance(parameters, Mapping) else ()
        said = {key: value.get("string_value") for key, value in values if isinstance(value, Mapping)}
        placement = _placement(said)
        # While an old version is still going, an unversioned request might reach either: that is no answer yet.
        alone = placement is not None and metadata.get("versions") == [str(placement.version)]
        return placement if alone else None


class MLServerLayout:
    """MLServer with a runtime of ours beside the pointer; the model's metadata tell what was loaded.

    No version is given to MLServer: it then swaps a new instance in only once it has loaded, and keeps the old one when
    it has not. Versions of its own would be answered for while they still load.
    """

    title = "MLServer"
    pointer_file = "model-settings.json"
    missing_as_null = True

    def files(self, version: int, model: bytes, tensors: bytes) -> dict[str, bytes]:
        runner = {name: _resource(name) for name in ("aiqu_onnx.py", "aiqu_mlserver.py")}
        return runner | {f"{version}/{TENSORS_FILE}": tensors, f"{version}/{MODEL_FILE}": model}

    def pointer(self, name: str, wanted: Placement, tensors: Mapping[str, Any]) -> bytes:
        settings = {
            "name": name,
            "implementation": "aiqu_mlserver.AiquOnnx",
            "platform": "onnxruntime",
            "versions": [str(wanted.version)],
            "inputs": tensors["inputs"],
            "outputs": tensors["outputs"],
            "parameters": {"extra": {"folder": str(wanted.version), **_said(wanted)}},
        }
        return json.dumps(settings, indent=2).encode() + b"\n"

    def told(self, content: bytes) -> Placement | None:
        try:
            said = json.loads(content)["parameters"]["extra"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return _placement(said)

    def loaded(self, client: V2Client, timeout: float) -> Placement | None:
        metadata = client.metadata(timeout)
        return None if metadata is None else _placement(metadata.get("parameters"))


def describe_tensors(model: OnnxModel) -> bytes:
    """tensors.json: the model's inputs and outputs as the V2 protocol names them."""
    described = {
        "inputs": [_described(item) for item in model.exchange.inputs],
        "outputs": [_described(item) for item in model.exchange.outputs],
    }
    return json.dumps(described, indent=2).encode() + b"\n"


def _described(item: TensorInfo) -> dict[str, Any]:
    shape = [size if isinstance(size, int) and place else -1 for place, size in enumerate(item.shape)]
    return {"name": item.name, "datatype": V2_TYPES[item.type], "shape": shape}


def _pbtxt_tensor(direction: str, item: Mapping[str, Any]) -> str:
    kind = "STRING" if item["datatype"] == "BYTES" else item["datatype"]
    return f"{direction} [ {{ name: {json.dumps(item['name'])} data_type: TYPE_{kind} dims: {item['shape']} }} ]"


def _said(wanted: Placement) -> dict[str, str]:
    return {"aiqu.digest": wanted.digest, "aiqu.version": str(wanted.version), "aiqu.release": wanted.release}


def _placement(said: Any) -> Placement | None:
    try:
        return Placement(digest_text(said["aiqu.digest"]), int(said["aiqu.version"]), str(said["aiqu.release"]))
    except (KeyError, TypeError, ValueError):
        return None


def _resource(name: str) -> bytes:
    return Path(resources() / "targets" / name).read_bytes()
