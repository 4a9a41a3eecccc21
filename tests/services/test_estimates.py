from sqlalchemy import select

from aiqu_desktop.core.words import CheckKind, Verdict
from aiqu_desktop.registry.tables import CheckRun, Metric
from aiqu_desktop.services.model_page import model_page
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
