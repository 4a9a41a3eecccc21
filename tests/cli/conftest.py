"""Commands run as `aiqu` runs them, and plants for them to run on."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aiqu_desktop.cli.main import main
from tests.factories.people import PASSWORD
from tests.factories.plant_site import PlantSite, plant_site

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.*")


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output, with every instant in it checked to be ISO 8601 in UTC."""
        document = json.loads(self.out, parse_constant=_no_such_number)
        _check_instants(document)
        return document

    def said_one_sentence(self) -> str:
        """The error, after checking that it is one line for a person and nothing else."""
        assert self.err.startswith("aiqu: "), self.err
        assert self.err.count("\n") == 1 and self.err.endswith((".\n", "it.\n")), self.err
        assert "Traceback" not in self.err and "internal error" not in self.err, self.err
        return self.err.removeprefix("aiqu: ").strip()


Aiqu = Callable[..., Answer]


@pytest.fixture
def aiqu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Aiqu:
    """Runs a command through the entry point itself, in this process."""

    def run(*words: object) -> Answer:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["aiqu", *map(str, words)])
            with pytest.raises(SystemExit) as ended:
                main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Answer(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PlantSite]:
    """Version 1 of the toy live on a real line; no data yet."""
    with plant_site(tmp_path) as made:
        yield made


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """A file with the password of the test plant's people."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    return file


@pytest.fixture(scope="module")
def decayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantSite]:
    """Four good days, three bad ones: an alarm rings. Shared by tests that only look."""
    with plant_site(tmp_path_factory.mktemp("decayed")) as made:
        for wrong in (0.02, 0.02, 0.02, 0.02, 0.9, 0.9, 0.9):
            made.day(wrong=wrong)
        yield made


def _check_instants(value: Any) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_instants(item)
    elif isinstance(value, str) and _INSTANT.fullmatch(value):
        assert value.endswith("Z"), value
        assert datetime.fromisoformat(value).tzinfo is UTC


def _no_such_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")
