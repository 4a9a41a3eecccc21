from dataclasses import replace

import numpy as np
from sqlalchemy import select

from aiqu_desktop.bundles.label_free import kept, learn
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.words import CheckKind, Verdict
from aiqu_desktop.drift.estimation import CbpeCalibration
from aiqu_desktop.monitoring.accepted import accepted_rows, reference_profile
from aiqu_desktop.monitoring.performance.unlabelled import estimator_of
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import CheckRun, Metric, ReferenceProfileRecord, Version
from aiqu_desktop.services.model_page import model_page
from tests.factories.bundles import toy_schema
from tests.factories.plant_site import PlantSite


def metrics(site: PlantSite, name: str) -> list[Metric]:
    with site.registry.read() as session:
        return list(session.scalars(select(Metric).where(Metric.name == name).order_by(Metric.id)))


def newest(site: PlantSite) -> CheckRun:
    with site.registry.read() as session:
        query = select(CheckRun).where(CheckRun.kind == CheckKind.PERFORMANCE).order_by(CheckRun.id.desc()).limit(1)
        run = session.scalars(query).one()
        assert run.result is not None
        return run


def test_performance_is_estimated_while_labels_are_out_and_stays_unknown(site: PlantSite) -> None:
    for _ in range(3):
        site.day(60, labels=False)
    (estimate,) = metrics(site, "estimated.accuracy")[-1:]
    assert estimate.value is not None and estimate.low is not None and estimate.high is not None
    assert estimate.low < estimate.value < estimate.high
    assert estimate.n == 180
    run = newest(site)
    assert run.verdict is Verdict.UNKNOWN
    assert "Without labels its accuracy is estimated at" in run.summary
    page = model_page(site.registry, "toy")
    assert page.estimated is not None and page.estimated.values[-1] == estimate.value


def test_labels_that_come_judge_the_estimate(site: PlantSite) -> None:
    for _ in range(3):
        site.day(60, wrong=0.7)  # the scores stay as sure as ever: the estimate cannot see it
    (error,) = metrics(site, "estimated.error")[-1:]
    assert error.value is not None and error.value > 0.3
    assert newest(site).result["without_labels"]["refuted"]


def test_an_honest_estimate_is_not_refuted(site: PlantSite) -> None:
    site.day(60, labels=False)
    (estimate,) = metrics(site, "estimated.accuracy")[-1:]
    assert estimate.value is not None
    for _ in range(3):
        site.day(60, wrong=1 - estimate.value)
    judged = newest(site).result["without_labels"]
    assert judged["truth"]["n"] == 180
    assert not judged["refuted"]


def test_the_columns_are_also_compared_together_and_the_look_keeps_the_budget(site: PlantSite) -> None:
    for _ in range(3):
        site.day(60)
    (joint,) = metrics(site, "drift.joint")[-1:]
    assert joint.value is not None and 0.4 < joint.value < joint.limit
    with site.registry.read() as session:
        query = select(CheckRun).where(CheckRun.kind == CheckKind.DRIFT).order_by(CheckRun.id.desc()).limit(1)
        result = session.scalars(query).one().result
    assert result["alpha"] == 0.5 / 365.25  # one false call a year, half of it for the columns one by one
    assert result["joint"]["enough_data"] and not result["joint"]["drifted"]


def test_a_chart_has_its_band_that_holds_at_every_look(site: PlantSite) -> None:
    for _ in range(3):
        site.day(60, wrong=0.1)
    page = model_page(site.registry, "toy")
    assert page.anytime is not None
    one_look = page.performance[0]
    assert page.anytime.low[-1] < one_look.low[-1] and page.anytime.high[-1] > one_look.high[-1]


def test_the_estimator_starts_from_the_profile_and_is_the_one_that_a_refit_would_give(site: PlantSite) -> None:
    schema, version = toy_schema(), 1
    with site.registry.read() as session:
        version_id = session.scalars(select(Version.id).where(Version.number == version)).one()
    stored = kept(reference_profile(site.registry, version_id), schema)
    refitted = learn(schema, accepted_rows(site.registry, version_id, schema))
    assert isinstance(stored, CbpeCalibration) and isinstance(refitted, CbpeCalibration)
    for name, array in refitted.to_arrays().items():
        assert np.array_equal(stored.to_arrays()[name], array), name
    assert stored.spread == refitted.spread


def test_a_version_without_a_stored_calibration_is_fitted_anew(site: PlantSite) -> None:
    with site.registry.read() as session:
        record = session.scalars(select(ReferenceProfileRecord)).first()
        assert record is not None
        version_id = record.version_id
    complete = reference_profile(site.registry, version_id)
    bare = replace(complete, sections={}).to_bytes()
    with site.registry.write() as session:
        ArtifactStore(site.registry.paths.artifacts, site.registry.clock).put(session, bare)
        session.get_one(ReferenceProfileRecord, version_id).sha256 = sha256_bytes(bare)
    found = estimator_of(site.registry, version_id, toy_schema())
    wanted = kept(complete, toy_schema())
    assert found is not None and isinstance(found.model, CbpeCalibration) and isinstance(wanted, CbpeCalibration)
    assert found.model.spread == wanted.spread and found.model.log_losses == wanted.log_losses
