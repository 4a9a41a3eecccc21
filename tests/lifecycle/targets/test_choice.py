"""Which target a model has: chosen by name, audited, and with a live version only after a proof."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import CheckKind, Meaning, Role, TargetKind, Verdict
from aiqu_desktop.lifecycle.approvals.target_choice import Consent, terms_of_choice
from aiqu_desktop.lifecycle.targets.move import set_target
from aiqu_desktop.lifecycle.targets.setting import FolderSetting, complete, from_json
from aiqu_desktop.registry.tables import AuditRecord, Check
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import people, releases
from aiqu_desktop.services.targets import choose_target, list_targets, show_target
from tests.factories.people import ADMIN, APPROVER, ENGINEER, OPERATOR, PASSWORD, by, signed, vouched
from tests.lifecycle.engines.scenarios import EngineSite, carry_out, engine_site
from tests.lifecycle.plant import running_line
from tests.lifecycle.targets.test_hook import PROGRAM, program

SIGNERS: dict[str, Credentials] = {"by": ENGINEER, "approver": APPROVER}
STAFF = (ADMIN, ENGINEER, APPROVER, OPERATOR)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[EngineSite]:
    with engine_site(tmp_path) as site:
        site.take_in(1, 2)
        yield site


def hook(folder: Path) -> list[str]:
    (folder / "plant").mkdir()
    return program(folder, PROGRAM.read_text().format(python=sys.executable, home=str(folder / "plant")))


def test_a_model_has_the_folder_target_until_another_is_chosen_and_audited(site: EngineSite, tmp_path: Path) -> None:
    before = show_target(site.registry, "toy")
    assert (before.kind, before.at) == (TargetKind.FOLDER, None)
    done = choose_target(
        site.registry, "toy", TargetKind.HOOK, {"command": hook(tmp_path)}, **SIGNERS, reason="line 2 moved"
    )
    assert done.changed
    (row,) = list_targets(site.registry)
    assert (row.kind, row.by, row.reason) == (TargetKind.HOOK, "Eva and Maria", "line 2 moved")
    assert list(row.settings["pins"]) == [str(tmp_path / "hook")]
    again = choose_target(
        site.registry, "toy", TargetKind.HOOK, {"command": [str(tmp_path / "hook")]}, **SIGNERS, reason="x"
    )
    assert not again.changed
    with site.registry.read() as session:
        records = session.scalars(select(AuditRecord).where(AuditRecord.action == "target.chosen")).all()
    assert [(r.actor, r.reason, r.old["kind"], r.new["kind"]) for r in records] == [  # type: ignore[index]
        ("Eva and Maria", "line 2 moved", "folder", "hook")
    ]


def test_the_choices_are_append_only(site: EngineSite, tmp_path: Path) -> None:
    site.choose(TargetKind.HOOK, command=hook(tmp_path))
    for statement in ("UPDATE targets SET kind = 'folder'", "DELETE FROM targets"):
        with pytest.raises(IntegrityError, match="append-only"), site.registry.write() as session:
            session.execute(text(statement))


def test_a_live_version_is_proven_on_the_new_target_before_it_counts(site: EngineSite, tmp_path: Path) -> None:
    with running_line(site.registry.paths.line):
        target = site.target
        assert wait_until(lambda: target.observe().alive, 30)
        assert site.promote(1).done
    command = hook(tmp_path)
    (tmp_path / "plant" / "wrong").touch()
    with pytest.raises(Refused, match="does not prove the live version 1, so the target stays"):
        site.choose(TargetKind.HOOK, command=command, seconds=20.0)
    assert show_target(site.registry, "toy").kind is TargetKind.FOLDER
    assert json.loads((tmp_path / "plant" / "toy" / "state.json").read_text()) is None, "the new target was put back"
    (tmp_path / "plant" / "wrong").unlink()
    site.choose(TargetKind.HOOK, command=command, seconds=20.0)
    assert site.serving() == 1 and site.check().verdict is Verdict.GOOD
    (tmp_path / "plant" / "down").touch()
    with pytest.raises(Refused, match="no sign of life"):
        site.choose(TargetKind.HOOK, command=command, seconds=19.0)


def test_a_preview_is_bound_to_the_target_that_it_was_made_for(site: EngineSite, tmp_path: Path) -> None:
    command = hook(tmp_path)
    site.choose(TargetKind.HOOK, command=command, seconds=20.0)
    preview = releases.preview_promotion(site.registry, "toy", 1)
    site.choose(TargetKind.HOOK, command=command, seconds=21.0)
    with pytest.raises(Refused, match="What you saw has changed"):
        carry_out(site.registry, preview)


@pytest.mark.parametrize(("kind", "settings", "said"), [
    (TargetKind.TRITON, {"url": "http://127.0.0.1:8000"}, "incomplete"),
    (TargetKind.TRITON, {"url": "http://127.0.0.1:8000", "repository": "models"}, "whole path"),
    (TargetKind.TRITON, {"url": "http://127.0.0.1:8000", "repository": "/m", "seconds": 0}, "time limit"),
    (TargetKind.TRITON, {"url": "http://127.0.0.1:8000", "repository": "/m", "password": "x"}, "no setting 'password'"),
    (TargetKind.TRITON, {"url": 8000, "repository": "/m"}, "must be a text"),
    (TargetKind.FOLDER, {"url": "x"}, "no setting 'url'"),
    (TargetKind.MLFLOW, {"url": "http://127.0.0.1:5000"}, "nobody can say what serves"),
    (TargetKind.MLFLOW, {"url": "http://127.0.0.1:5000", "serving_not_observed": True, "alias": "a'b"}, "in MLflow"),
    (TargetKind.HOOK, {"command": "rm -rf /"}, "list of words"),
    (TargetKind.HOOK, {"command": []}, "list of words"),
])  # fmt: skip
def test_settings_that_cannot_be_used_are_refused_with_a_sentence(
    kind: TargetKind, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        from_json(kind, settings)


def test_a_reason_and_a_model_are_needed(site: EngineSite, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="needs a reason"):
        choose_target(site.registry, "toy", TargetKind.HOOK, {"command": hook(tmp_path)}, **SIGNERS, reason=" ")
    with pytest.raises(UserError, match="no model"):
        choose_target(site.registry, "other", TargetKind.FOLDER, {}, **SIGNERS, reason="x")


@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chooser=st.sampled_from(STAFF), approver=st.sampled_from(STAFF))
def test_only_an_engineer_and_another_person_who_approves_can_choose(
    site: EngineSite, tmp_path_factory: pytest.TempPathFactory, chooser: Credentials, approver: Credentials
) -> None:
    command = hook(tmp_path_factory.mktemp("hook"))
    before = show_target(site.registry, "toy")
    signers = {"by": chooser, "approver": approver}
    if (chooser, approver) == (ENGINEER, APPROVER):
        assert choose_target(site.registry, "toy", TargetKind.HOOK, {"command": command}, **signers, reason="x").changed
    else:
        with pytest.raises(Refused):
            choose_target(site.registry, "toy", TargetKind.HOOK, {"command": command}, **signers, reason="x")
        assert show_target(site.registry, "toy") == before


def test_one_person_with_both_roles_is_not_two(site: EngineSite, tmp_path: Path) -> None:
    both = (Role.ENGINEER, Role.APPROVER)
    people.add(site.registry, "both", "Bo Both", both, PASSWORD, vouched(APPROVER))
    signers = {"by": by("both"), "approver": by("both")}
    with pytest.raises(Refused, match="another person must decide"):
        choose_target(site.registry, "toy", TargetKind.HOOK, {"command": hook(tmp_path)}, **signers, reason="x")


def test_signatures_for_a_target_serve_once_and_for_it_alone(site: EngineSite, tmp_path: Path) -> None:
    wanted, other = FolderSetting(), complete(from_json(TargetKind.HOOK, {"command": hook(tmp_path)}))
    site.choose(TargetKind.HOOK, command=[str(tmp_path / "hook")], seconds=20.0)

    def consent() -> Consent:
        made: list[str] = []
        for who, meaning in ((ENGINEER, Meaning.TARGET_CHOSEN), (APPROVER, Meaning.TARGET_APPROVED)):
            with site.registry.read() as session:
                terms = terms_of_choice(session, "toy", wanted, meaning)
            made.append(signed(site.registry, who, terms, "back to the line").id)
        return Consent(*made)

    given_now = consent()
    with pytest.raises(Refused, match="must be signed anew"):
        set_target(site.registry, "toy", other, given_now)
    assert set_target(site.registry, "toy", wanted, given_now).changed
    site.choose(TargetKind.HOOK, command=[str(tmp_path / "hook")], seconds=20.0)
    with pytest.raises(Refused, match="must be signed anew"):
        set_target(site.registry, "toy", wanted, given_now)
    assert show_target(site.registry, "toy").kind is TargetKind.HOOK


def test_a_site_from_before_targets_were_checked_gets_the_check_when_it_is_watched(site: EngineSite) -> None:
    with site.registry.write() as session:
        session.execute(text("DELETE FROM schedules WHERE check_id IN (SELECT id FROM checks WHERE kind = 'target')"))
        session.execute(text("DELETE FROM checks WHERE kind = 'target'"))
    for _ in range(2):
        monitor = Monitor(site.registry)
        assert monitor.run_until_idle(60)
        monitor.stop()
    with site.registry.read() as session:
        assert len(session.scalars(select(Check).where(Check.kind == CheckKind.TARGET)).all()) == 1
        added = session.scalars(
            select(AuditRecord).where(AuditRecord.action == "check.added", AuditRecord.actor.startswith("AiQu Desktop"))
        ).all()
    assert [record.new["kind"] for record in added] == ["target"]  # type: ignore[index]
