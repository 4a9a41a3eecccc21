"""The site's own data decide: recent labels, the held-out set, and every part of both."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, text

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Task
from aiqu_desktop.lifecycle import preview_promotion, promote
from aiqu_desktop.lifecycle.approvals.requests import open_request
from aiqu_desktop.lifecycle.evaluation.holdout import register_holdout
from aiqu_desktop.registry.tables import AuditRecord, HoldoutSet, Measurement
from aiqu_desktop.security import audit
from tests.factories.bundles import toy_columns, toy_labels
from tests.factories.people import asked_for, decided, promoted
from tests.lifecycle.laboratory import Laboratory, laboratory

TODAY = "2026-03-05T00:00:00Z"  # younger than the data of the first three days


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    with laboratory(tmp_path) as made:
        yield made


def _three_days(lab: Laboratory, **kind: object) -> None:
    for _ in range(3):
        lab.day(**kind)
    lab.day(rows=20, labels=False)  # what came today counts tomorrow


def _measured(lab: Laboratory, kind: str) -> int:
    with lab.registry.read() as session:
        return session.scalar(select(func.count()).select_from(Measurement).where(Measurement.kind == kind)) or 0


def test_without_labels_a_version_may_go_live_and_it_is_said_why_nothing_can_be_told(lab: Laboratory) -> None:
    lab.take_in(2)
    lab.day(labels=False)
    lab.day(labels=False)
    gate = lab.gate(2, "recent")
    assert gate.passed is None and not lab.preview(2).blocked
    assert gate.finding.startswith("0 labelled observations of the last 28 days") and "50 are needed" in gate.finding
    lab.policy("[recent]\nrequired = true\n")
    assert lab.gate(2, "recent").passed is False


def test_a_version_as_good_as_the_champion_passes_on_rows_that_it_cannot_know(lab: Laboratory) -> None:
    lab.take_in(2)
    _three_days(lab)
    gate = lab.gate(2, "recent")
    assert gate.passed, gate.finding
    assert "on 120 labelled observations" in gate.finding and "cannot have been trained" in gate.finding
    assert lab.gate(2, "metrics").evidence["decides"] is False


def test_a_version_that_is_worse_by_more_than_the_margin_is_blocked_and_nobody_is_surprised(lab: Laboratory) -> None:
    lab.take_in(2, off=3.0)
    _three_days(lab)
    seen, gate = lab.preview(2), lab.gate(2, "recent")
    assert seen.blocked and gate.passed is False and gate.overridable
    assert "worse by more than the 0.05 allowed" in gate.finding
    lab.policy('[recent]\nmode = "advise"\n[segments]\nmode = "advise"\n[paper]\nmode = "advise"\n')
    assert lab.gate(2, "recent").passed is None and not lab.preview(2).blocked


def test_rows_that_a_version_may_have_been_trained_on_speak_only_against_it(lab: Laboratory) -> None:
    lab.take_in(2, created=TODAY)
    lab.take_in(3, created=TODAY, off=3.0)
    _three_days(lab)
    good, bad = lab.gate(2, "recent"), lab.gate(3, "recent")
    assert good.passed is None and "may have been trained" in good.finding and "proves nothing" in good.finding
    assert "Only 0 are newer than version 2" in good.finding
    assert bad.passed is False and "is worse even so" in bad.finding
    assert lab.gate(2, "metrics").evidence["decides"], "where the data say nothing, paper does"


def test_labels_that_come_today_change_no_evidence_until_tomorrow(lab: Laboratory) -> None:
    lab.take_in(2)
    _three_days(lab)
    shown = lab.preview(2)
    with lab.registry.read() as session:
        before = session.scalar(select(func.count()).select_from(Measurement))
    lab.clock.move_to(lab.clock.now().replace(hour=20))
    assert lab.preview(2).evidence_digest == shown.evidence_digest
    with lab.registry.read() as session:
        assert session.scalar(select(func.count()).select_from(Measurement)) == before, "nothing was computed twice"
    assert promoted(lab.registry, lab.target, shown).done
    lab.take_in(3)
    lab.day()
    assert lab.gate(3, "recent").evidence["measured"]["rows"] == 120


def test_a_request_waits_for_days_without_becoming_void_by_the_data_that_come(lab: Laboratory) -> None:
    lab.take_in(2)
    _three_days(lab)
    shown = lab.preview(2)
    request = asked_for(lab.registry, lab.target, shown)
    _three_days(lab)
    assert lab.preview(2).evidence_digest != shown.evidence_digest, "by itself the evidence has moved on"
    asked = open_request(lab.registry, "toy", 2)
    seen = preview_promotion(lab.registry, "toy", 2, target=lab.target, as_of=asked.data_as_of)
    assert seen.evidence_digest == shown.evidence_digest, "the approver sees what was asked for"
    approved = decided(lab.registry, lab.target, request)
    assert promote(lab.registry, lab.target, approved.id).done


def test_a_kept_result_that_was_tampered_with_is_computed_anew(lab: Laboratory) -> None:
    lab.take_in(2)
    _three_days(lab)
    honest = lab.gate(2, "recent").evidence
    with lab.registry.write() as session:
        session.execute(text("DROP TRIGGER measurements_no_update"))
        session.execute(text("UPDATE measurements SET result = '{\"rows\": 9}' WHERE kind = 'recent'"))
    assert lab.gate(2, "recent").evidence == honest
    assert _measured(lab, "recent") >= 2


def test_every_measurement_is_in_the_audit_chain(lab: Laboratory) -> None:
    lab.take_in(2)
    _three_days(lab)
    lab.preview(2)
    with lab.registry.read() as session:
        rows = session.execute(select(Measurement.kind, Measurement.sha256)).all()
        records = session.scalars(select(AuditRecord.new).where(AuditRecord.action.startswith("measured."))).all()
        assert {row.sha256 for row in rows} == {record["sha256"] for record in records} and rows
        assert audit.verify(session).intact


def test_a_lost_recipe_is_found_where_the_mean_hides_it(lab: Laboratory) -> None:
    lab.policy("[recent]\nmargin = 0.6\n[segments]\nmargin = 0.3\n")
    lab.take_in(2, lost_recipe=True)
    _three_days(lab)
    gate = lab.gate(2, "segments")
    assert lab.gate(2, "recent").passed is not False
    assert gate.passed is False and gate.overridable
    parts = {(part["column"], part["segment"]): part for part in gate.evidence["recent data"]}
    assert parts["recipe", "B"]["surely_worse"] and not parts["recipe", "A"]["surely_worse"]
    assert lab.preview(2).blocked


def test_a_part_of_which_there_is_too_little_is_named(lab: Laboratory) -> None:
    lab.take_in(2)
    _three_days(lab, recipe="A")
    gate = lab.gate(2, "segments")
    assert gate.passed is None and "too small to tell" in gate.finding
    lab.policy("[segments]\nmin_rows = 1000\n")
    assert "No part of the data has the 1000 rows" in lab.gate(2, "segments").finding


def test_regressors_are_compared_by_their_errors_and_by_thirds(tmp_path: Path) -> None:
    with laboratory(tmp_path, Task.REGRESSION) as lab:
        lab.take_in(2)
        lab.take_in(3, off=3.0)
        _three_days(lab)
        assert lab.gate(3, "recent").passed is False and "MAE" in lab.gate(3, "recent").finding
        parts = lab.gate(3, "segments").evidence["recent data"]
        thirds = {part["segment"] for part in parts if part["column"] == "champion's answer"}
        assert thirds == {"lowest third", "middle third", "highest third"}


def test_a_held_out_set_decides_also_for_the_first_version_where_the_policy_says_how_good(lab: Laboratory) -> None:
    lab.take_in(2, off=3.0)
    assert "has no held-out set" in lab.gate(2, "holdout").finding
    facts = register_holdout(lab.registry, "toy", lab.holdout(), by="Eva", reason="kept aside in 2025")
    assert facts.rows == 400
    gate = lab.gate(2, "holdout")
    assert gate.passed is False and "n = 400" in gate.finding and "worse by more than" in gate.finding
    lab.policy("[holdout]\nmargin = 1.0\nworst = 0.99\n")
    assert "the worst that the policy accepts is 0.99" in lab.gate(2, "holdout").finding


def test_an_undecided_comparison_is_advice_or_blocks_as_the_policy_says(lab: Laboratory) -> None:
    register_holdout(lab.registry, "toy", lab.holdout(rows=20), by="Eva")
    lab.take_in(2)
    gate = lab.gate(2, "holdout")
    assert gate.passed is None and "cannot tell" in gate.finding
    lab.policy('[holdout]\nundecided = "block"\n')
    assert lab.gate(2, "holdout").passed is False


def test_rows_that_the_bundle_carries_are_left_out_of_the_held_out_set(lab: Laboratory) -> None:
    carried, fresh = toy_columns(200, seed=17), toy_columns(100, seed=5)  # seed 17 is the bundles' own reference
    columns = {name: np.concatenate([carried[name], fresh[name]]) for name in carried}
    label = np.concatenate([toy_labels(carried), toy_labels(fresh)])
    file = lab.holdout(rows=300, **columns, label=label)
    register_holdout(lab.registry, "toy", file, by="Eva")
    lab.take_in(2)
    gate = lab.gate(2, "holdout")
    assert "n = 100" in gate.finding and "200 rows that its bundle carries are left out" in gate.finding


def test_a_held_out_set_may_be_csv_and_replaces_the_former_one(lab: Laboratory) -> None:
    register_holdout(lab.registry, "toy", lab.holdout(), by="Eva")
    columns = toy_columns(60, seed=3)
    place = lab.folder / "held out.csv"
    with place.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*columns, "label"])
        writer.writerows(zip(*columns.values(), toy_labels(columns), strict=True))
    assert register_holdout(lab.registry, "toy", place, by="Eva").rows == 60
    lab.take_in(2)
    assert "n = 60" in lab.gate(2, "holdout").finding
    with lab.registry.read() as session:
        assert session.scalar(select(func.count()).select_from(HoldoutSet)) == 2
        actions = session.scalars(select(AuditRecord.old).where(AuditRecord.action == "holdout.set")).all()
    assert actions[0] is None and actions[1]["rows"] == 400


@pytest.mark.parametrize(("columns", "said"), [
    ({"label": np.full(400, "melted", dtype=object)}, "expected one of the classes good, worn, broken"),
    ({"pressure": np.full(400, "high", dtype=object)}, "holds texts in 'pressure'"),
])  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(
    lab: Laboratory, columns: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        register_holdout(lab.registry, "toy", lab.holdout(**columns), by="Eva")
    with pytest.raises(UserError, match="20 or more"):
        register_holdout(lab.registry, "toy", lab.holdout(rows=19), by="Eva")
    with pytest.raises(UserError, match="There is no file"):
        register_holdout(lab.registry, "toy", lab.folder / "none.csv", by="Eva")
    with lab.registry.read() as session:
        assert session.scalar(select(func.count()).select_from(HoldoutSet)) == 0
