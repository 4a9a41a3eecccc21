"""An import takes a bundle in whole, or leaves the registry as it was and says why."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from aiqu_desktop.bundles import ImportedVersion, import_bundle
from aiqu_desktop.core.errors import AiquError, Refused, UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import Task, VersionState
from aiqu_desktop.drift import ReferenceProfile
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import AuditRecord, Model, ReferenceProfileRecord, Version
from aiqu_desktop.security import audit
from tests.factories.bundles import make_bundle, reseal, toy_columns, toy_schema, write_parquet


def _take(registry: Registry, folder: Path) -> ImportedVersion:
    return import_bundle(registry, folder, actor="Eva", reason="from the stick")


def _versions(registry: Registry) -> int:
    with registry.read() as session:
        return session.scalar(select(func.count()).select_from(Version)) or 0


def test_the_first_version_makes_the_model_and_nothing_goes_live(registry: Registry, tmp_path: Path) -> None:
    done = _take(registry, make_bundle(tmp_path / "b", "toy", 1))
    assert (done.model, done.version_number, done.created_model, done.changed) == ("toy", 1, True, True)
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    with registry.read() as session:
        version = session.get_one(Version, done.version_id)
        assert version.state is VersionState.CANDIDATE and version.imported_by == "Eva"
        assert version.model.title == "Toy" and version.model.primary_metric == "accuracy"
        assert {file.name for file in version.files} == {
            "manifest.json", "model.onnx", "golden.json", "reference.parquet", "card.md",
        }  # fmt: skip
        for file in version.files:
            assert store.get(file.sha256) == (tmp_path / "b" / file.name).read_bytes()
        assert version.digest == next(file.sha256 for file in version.files if file.name == "model.onnx")
        kept = session.get_one(ReferenceProfileRecord, version.id)
        profile = ReferenceProfile.from_bytes(store.get(kept.sha256))
        assert profile.names == ("temperature", "pressure", "speed", "recipe", "prediction")
        assert kept.rows == profile.rows == 200
        entry = session.scalars(select(AuditRecord)).one()
        assert (entry.action, entry.actor, entry.reason) == ("version.imported", "Eva", "from the stick")
        assert audit.verify(session).intact


def test_a_second_version_joins_its_model(registry: Registry, tmp_path: Path) -> None:
    _take(registry, make_bundle(tmp_path / "1", "toy", 1))
    done = _take(registry, make_bundle(tmp_path / "2", "toy", 2))
    assert not done.created_model
    with registry.read() as session:
        assert [v.number for v in session.scalars(select(Model)).one().versions] == [1, 2]


def test_a_regression_profiles_its_prediction_as_a_number(registry: Registry, tmp_path: Path) -> None:
    done = _take(registry, make_bundle(tmp_path / "b", "size", 1, task=Task.REGRESSION))
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    with registry.read() as session:
        kept = session.get_one(ReferenceProfileRecord, done.version_id)
    assert ReferenceProfile.from_bytes(store.get(kept.sha256)).column("prediction").kind == "numeric"


def test_the_same_version_again_changes_nothing_and_says_so(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "b")
    first = _take(registry, folder)
    again = _take(registry, folder)
    assert not again.changed and again.version_id == first.version_id and "already here" in again.sentence
    with registry.read() as session:
        assert len(session.scalars(select(AuditRecord)).all()) == 1


@pytest.mark.parametrize("file", ["model.onnx", "card.md"])
def test_a_taken_number_with_another_content_is_refused(registry: Registry, tmp_path: Path, file: str) -> None:
    _take(registry, make_bundle(tmp_path / "1", weights=1))
    other = make_bundle(tmp_path / "2", weights=2 if file == "model.onnx" else 1)
    if file == "card.md":
        (other / "card.md").write_text("another card")
        reseal(other)
    with pytest.raises(Refused, match="never change"):
        _take(registry, other)
    assert _versions(registry) == 1


def test_the_same_model_file_under_a_new_number_is_refused(registry: Registry, tmp_path: Path) -> None:
    _take(registry, make_bundle(tmp_path / "1", version=1))
    with pytest.raises(Refused, match=r"same model\.onnx as version 1"):
        _take(registry, make_bundle(tmp_path / "2", version=2, weights=1))


def _schema(change: Callable[[dict[str, Any]], None]) -> InputSchema:
    data = toy_schema().to_json()
    change(data)
    return InputSchema.from_json(data)


def test_a_version_that_does_not_fit_its_model_is_refused_with_the_difference(
    registry: Registry, tmp_path: Path
) -> None:
    _take(registry, make_bundle(tmp_path / "1", version=1))
    kelvin = _schema(lambda data: data["features"][0].update(unit="K"))
    with pytest.raises(Refused, match="'temperature' is in K"):
        _take(registry, make_bundle(tmp_path / "2", version=2, schema=kelvin))
    with pytest.raises(Refused, match="the task is regression"):
        _take(registry, make_bundle(tmp_path / "3", version=3, task=Task.REGRESSION))
    assert _versions(registry) == 1


def test_a_golden_case_that_fails_here_keeps_the_bundle_out(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "b")
    golden = json.loads((folder / "golden.json").read_text())
    golden["cases"][3]["scores"]["good"] += 0.01
    (folder / "golden.json").write_text(json.dumps(golden))
    with pytest.raises(UserError, match="1 of 10 golden cases fail"):
        _take(registry, reseal(folder))
    assert _versions(registry) == 0


def test_golden_cases_that_allow_anything_prove_nothing(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "b")
    golden = json.loads((folder / "golden.json").read_text()) | {"tolerance": 10.0}
    (folder / "golden.json").write_text(json.dumps(golden))
    with pytest.raises(UserError, match="proves nothing"):
        _take(registry, reseal(folder))


def _append(folder: Path) -> None:
    with (folder / "model.onnx").open("ab") as stream:
        stream.write(b"\0")


def _flip(folder: Path) -> None:
    data = bytearray((folder / "model.onnx").read_bytes())
    data[-1] ^= 1
    (folder / "model.onnx").write_bytes(data)


def _link(folder: Path) -> None:
    (folder / "card.md").rename(folder.parent / "outside.md")
    (folder / "card.md").symlink_to(folder.parent / "outside.md")


def _cut(folder: Path) -> None:
    (folder / "golden.json").write_bytes((folder / "golden.json").read_bytes()[:-1])


def _sealed(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)
        reseal(folder)

    return change


def _reference_without_label(folder: Path) -> None:
    columns = toy_columns(50)
    write_parquet(folder / "reference.parquet", columns | {"prediction": columns["recipe"]})
    reseal(folder)


TAMPERING: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a file too many": (lambda folder: (folder / "run.py").write_text("x"), "run.py"),
    "a file too few": (lambda folder: (folder / "card.md").unlink(), "card.md"),
    "a hidden file": (lambda folder: (folder / ".git").write_text("x"), ".git"),
    "a sub-folder": (lambda folder: (folder / "more").mkdir(), "more"),
    "a folder in a file's place": (
        lambda folder: ((folder / "card.md").unlink(), (folder / "card.md").mkdir()),
        "plain file",
    ),
    "a link": (_link, "link"),
    "a byte more": (_append, "longer than"),
    "a byte less": (_cut, "bytes instead of"),
    "a bit flipped": (_flip, "digest"),
    "a manifest that lies about a size": (
        lambda folder: (folder / "manifest.json").write_text(
            (folder / "manifest.json").read_text().replace('"size": 26', '"size": 25')
        ),
        "card.md",
    ),
    "no ONNX model": (_sealed("model.onnx", b"import os"), "ONNX"),
    "a pickle for a model": (_sealed("model.onnx", b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00."), "ONNX"),
    "no golden cases": (_sealed("golden.json", b"{}"), "golden"),
    "a card that is no text": (_sealed("card.md", b"\xff\xfe\x00"), "UTF-8"),
    "no Parquet": (_sealed("reference.parquet", b"PAR1 nothing PAR1"), "reference.parquet"),
    "a reference without labels": (_reference_without_label, "label"),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_is_found_and_nothing_is_taken_in(registry: Registry, tmp_path: Path, kind: str) -> None:
    folder = make_bundle(tmp_path / "b")
    change, named = TAMPERING[kind]
    change(folder)
    with pytest.raises(AiquError) as caught:
        _take(registry, folder)
    assert named in str(caught.value) and "\n" not in str(caught.value)
    assert _versions(registry) == 0
    with registry.read() as session:
        assert session.scalars(select(AuditRecord)).all() == []


def test_the_model_is_not_parsed_before_its_digest_fits(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_bundle(tmp_path / "b")
    _flip(folder)
    parsed: list[str] = []
    monkeypatch.setattr("aiqu_desktop.bundles.trial.try_out", lambda bundle: parsed.append(bundle.manifest.model))
    with pytest.raises(UserError, match="digest"):
        _take(registry, folder)
    assert parsed == []


def test_no_folder_and_no_name_are_said_plainly(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no bundle"):
        _take(registry, tmp_path / "nowhere")
    with pytest.raises(UserError, match="name of the person"):
        import_bundle(registry, make_bundle(tmp_path / "b"), actor=" ")


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_a_pipe_in_a_files_place_is_refused_without_waiting_for_it(registry: Registry, tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "b")
    (folder / "card.md").unlink()
    os.mkfifo(folder / "card.md")
    with pytest.raises(UserError, match="plain file"):
        _take(registry, folder)


def test_an_import_that_ends_while_storing_leaves_no_version_and_can_be_repeated(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_bundle(tmp_path / "b")
    real, calls = ArtifactStore.put, []

    def full_after_two(self: ArtifactStore, session: Any, data: bytes) -> str:
        calls.append(data)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        return real(self, session, data)

    with monkeypatch.context() as patch:
        patch.setattr(ArtifactStore, "put", full_after_two)
        with pytest.raises(AiquError, match="No space left"):
            _take(registry, folder)
    assert _versions(registry) == 0
    assert _take(registry, folder).changed
