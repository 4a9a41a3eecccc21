"""Segments and like with like, from the rehearsal that sets them to the check that uses them."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from sqlalchemy import select

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import CheckKind, Verdict
from aiqu_desktop.registry.tables import AuditRecord, Check, CheckRun, Metric
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.rehearsing import check_settings, rehearse, save_limits
from aiqu_desktop.services.why import explain_model
from tests.factories.bundles import make_bundle, reseal, write_parquet
from tests.factories.plant_site import Columns, PlantSite

DRIFT = CheckKind.DRIFT


def set_drift(site: PlantSite, **changes: object) -> None:
    row = rehearse(site.registry, "toy", DRIFT, changes, by="Eva", planted=(1.0,))
    save_limits(site.registry, row.id, by="Eva", reason="Recipes differ.")


def newest(site: PlantSite) -> CheckRun:
    with site.registry.read() as session:
        run = session.scalars(select(CheckRun).where(CheckRun.kind == DRIFT).order_by(CheckRun.id.desc())).first()
        assert run is not None and run.result is not None
        return run


def warm_b(columns: Columns) -> None:
    """Recipe B runs two spreads hotter."""
    columns["temperature"] = columns["temperature"] + 30.0 * (columns["recipe"] == "B")


def hotter_mix(columns: Columns) -> None:
    """Recipe B has always run hotter, and now it is nearly all there is."""
    columns["recipe"][: int(0.9 * len(columns["recipe"]))] = "B"


def test_the_worst_segment_is_named_measured_and_explained(site: PlantSite) -> None:
    site.day(60)
    set_drift(site, segment_by=["recipe"], share_limit=0.4)
    for _ in range(4):
        site.day(80, change=warm_b)
    run = newest(site)
    assert run.verdict is Verdict.WARNING
    assert "The worst is recipe = B:" in run.summary and "(temperature" in run.summary
    assert run.result["divided"]["segments"][0]["worst"] == "B"
    with site.registry.read() as session:
        found = session.scalars(select(Metric).where(Metric.name == "drift.segment", Metric.run_id == run.id))
        shares = {metric.feature: (metric.value, metric.n, metric.limit) for metric in found}
    assert set(shares) == {"recipe = A", "recipe = B"}
    assert shares["recipe = B"][0] > 0.4 > shares["recipe = A"][0]
    assert sum(n for _, n, _ in shares.values()) == run.rows
    view = explain_model(site.registry, "toy")
    assert view.drifted and view.worst.startswith("The worst is recipe = B:")


def test_another_mix_is_drift_unless_like_is_compared_with_like(site: PlantSite) -> None:
    site.day(60)
    set_drift(site, compare_like="recipe", share_limit=0.04)
    for _ in range(4):
        site.day(80, change=hotter_mix)
    run = newest(site)
    assert run.verdict is Verdict.GOOD
    assert "each row compared with its own recipe" in run.summary and "No recipe drifted by itself." in run.summary
    set_drift(site, compare_like="")
    site.day(80, change=hotter_mix)
    assert newest(site).verdict is Verdict.WARNING  # the recipe itself is a column like any other then


def test_the_setting_is_in_the_chain_with_its_rehearsal(site: PlantSite) -> None:
    site.day(60)
    set_drift(site, segment_by=["recipe"])
    assert check_settings(site.registry, "toy", DRIFT)["segment_by"] == ["recipe"]
    with site.registry.read() as session:
        changed = session.scalars(select(AuditRecord).where(AuditRecord.action == "check.limits-changed")).one()
    assert changed.new["settings"]["segment_by"] == ["recipe"] and changed.reason == "Recipes differ."


def test_what_the_model_does_not_have_is_refused_before_anything_is_replayed(site: PlantSite) -> None:
    site.day(60)
    for changes, said in (
        ({"segment_by": ["product"]}, "no categorical feature 'product'.*it has recipe"),
        ({"compare_like": "speed"}, "no categorical feature 'speed'"),
        ({"shift_starts": ["06:00", "18:00"]}, "has no event_time"),
    ):
        with pytest.raises(UserError, match=said):
            rehearse(site.registry, "toy", DRIFT, changes, by="Eva")


def test_a_check_that_is_set_as_before_segments_goes_on_and_a_rehearsal_of_it_proposes_nothing(site: PlantSite) -> None:
    site.day(60)
    with site.registry.write() as session:
        check = session.scalars(select(Check).where(Check.kind == DRIFT)).one()
        added = ("segment_by", "compare_like", "shift_starts", "shift_zone")
        check.settings = {name: value for name, value in check.settings.items() if name not in added}
    site.day(60)
    assert newest(site).verdict is Verdict.GOOD
    same = rehearse(site.registry, "toy", DRIFT, {}, by="Eva", planted=(1.0,))
    with pytest.raises(Exception, match="nothing was changed"):
        save_limits(site.registry, same.id, by="Eva", reason="none")
    set_drift(site, share_limit=0.5)
    assert check_settings(site.registry, "toy", DRIFT)["share_limit"] == 0.5


def timed_bundle(folder: Path) -> Path:
    """A bundle whose reference says when its rows were made, hotter by day than by night."""
    bundle = make_bundle(folder, "toy", 2, rows=480)
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT * FROM read_parquet(?)", [str(bundle / "reference.parquet")]).fetchnumpy()
    times = np.datetime64("2025-12-01", "us") + np.arange(480) * np.timedelta64(1, "h")
    rows["temperature"] = rows["temperature"] + 20.0 * day_time(times)
    write_parquet(bundle / "reference.parquet", {**{n: np.asarray(v) for n, v in rows.items()}, "event_time": times})
    return reseal(bundle)


def day_time(times: np.ndarray) -> np.ndarray:
    hours = (times - times.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    return (hours >= 6) & (hours < 18)


def test_day_shifts_are_held_against_day_shifts(site: PlantSite) -> None:
    import_version(site.registry, timed_bundle(site.folder / "v2"), by="Eva")
    site.day(60)
    assert site.promote(2).done

    def hot_days(columns: Columns) -> None:
        """As in the reference; only the later half of each day is observed, so most rows are of the day shift."""
        rows = len(columns["temperature"])
        hours = 24.0 * (np.arange(rows) + 1) / (rows + 1)
        columns["temperature"] = columns["temperature"] + 20.0 * ((hours >= 6) & (hours < 18))

    left_out = rehearse(site.registry, "toy", DRIFT, {"shift_starts": ["06:00", "18:00"]}, by="Eva", planted=(1.0,))
    assert "The time of version 1 is left out." in left_out.sentence
    set_drift(site, shift_starts=["06:00", "18:00"], window_days=4.0)
    for _ in range(5):
        site.day(80, change=hot_days)
    run = newest(site)
    assert run.verdict is Verdict.GOOD, run.summary
    assert "each row compared with its own shift of the day" in run.summary
    segments = run.result["divided"]["segments"][0]["segments"]
    assert {segment["segment"] for segment in segments} == {"06:00-18:00", "18:00-06:00"}

    def hot_nights(columns: Columns) -> None:
        hot_days(columns)
        rows = len(columns["temperature"])
        hours = 24.0 * (np.arange(rows) + 1) / (rows + 1)
        columns["temperature"] = columns["temperature"] + 20.0 * ~((hours >= 6) & (hours < 18))

    for _ in range(5):
        site.day(80, change=hot_nights)
    assert "The worst is shift of the day = 18:00-06:00:" in newest(site).summary
