"""Where a site and the product's resources lie."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aiqu_desktop.core import paths
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.paths import SitePaths, default_site, resources


def test_everything_of_a_site_lies_inside_its_folder(tmp_path: Path) -> None:
    site = SitePaths(tmp_path / "site")
    site.create()
    named = [site.registry, site.artifacts, site.observations, site.reports, site.keys, site.logs, site.backups]
    named += [site.line, site.drop("gas")]
    assert all(path.is_relative_to(site.root) for path in named)
    assert len(set(named)) == len(named)
    assert all(path.is_dir() for path in named[1:8])
    assert site.drop("gas").parent.is_dir()
    assert not site.registry.exists()


def test_a_site_that_exists_keeps_its_content(tmp_path: Path) -> None:
    site = SitePaths(tmp_path)
    site.create()
    (site.reports / "may.pdf").write_bytes(b"%PDF")
    site.create()
    assert (site.reports / "may.pdf").read_bytes() == b"%PDF"


def test_two_models_do_not_share_a_drop_folder(tmp_path: Path) -> None:
    site = SitePaths(tmp_path)
    assert site.drop("a") != site.drop("b")


def test_the_environment_names_the_default_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIQU_SITE", str(tmp_path / "mine"))
    assert default_site() == tmp_path / "mine"


@pytest.mark.parametrize(
    ("platform", "variable", "value", "expected"),
    [
        ("linux", "XDG_DATA_HOME", "/data", "/data/aiqu/site"),
        ("linux", "XDG_DATA_HOME", None, "/home/op/.local/share/aiqu/site"),
        ("darwin", "XDG_DATA_HOME", "/data", "/home/op/Library/Application Support/aiqu/site"),
        ("win32", "LOCALAPPDATA", "/local", "/local/aiqu/site"),
        ("win32", "LOCALAPPDATA", None, "/home/op/AppData/Local/aiqu/site"),
    ],
)
def test_the_default_site_lies_where_the_platform_keeps_data(
    monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, value: str | None, expected: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/op"))
    if value is None:
        monkeypatch.delenv(variable, raising=False)
    else:
        monkeypatch.setenv(variable, value)
    assert default_site() == Path(expected)


def test_a_test_never_gets_the_users_own_site(private_home: Path) -> None:
    assert default_site().is_relative_to(private_home)


def test_the_environment_names_the_resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIQU_RESOURCES", str(tmp_path))
    assert resources() == tmp_path


def test_resources_named_but_absent_fall_back_to_those_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIQU_RESOURCES", str(tmp_path / "gone"))
    assert resources() == Path(paths.__file__).resolve().parents[2] / "resources"


def test_an_installed_copy_finds_its_resources_under_the_prefix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "share" / "aiqu-desktop" / "resources"
    folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "site-packages" / "aiqu_desktop" / "core" / "paths.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert resources() == folder


def test_missing_resources_are_the_machines_fault_and_say_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "a" / "b" / "paths.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("AIQU_RESOURCES", str(tmp_path / "gone"))
    with pytest.raises(EnvironmentFault, match="gone"):
        resources()
