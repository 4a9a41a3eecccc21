"""What answers cost: set with a rehearsal, shown beside the primary metric on page, command and report."""

import pytest
from sqlalchemy import select

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.registry.tables import AuditRecord, CheckRun
from aiqu_desktop.reports.key_figures import key_figures
from aiqu_desktop.services.model_page import model_page
from aiqu_desktop.services.rehearsing import rehearse, save_limits
from aiqu_desktop.services.report_data import gather
from tests.factories.plant_site import PlantSite

PERFORMANCE = CheckKind.PERFORMANCE
COSTS = "SEK: good>worn 100; good>broken 100; worn>good 100; worn>broken 100; broken>good 100; broken>worn 100"


def set_costs(site: PlantSite, costs: str) -> None:
    row = rehearse(site.registry, "toy", PERFORMANCE, {"costs": costs}, by="Eva", planted=(0.5,))
    save_limits(site.registry, row.id, by="Anna", reason="Agreed with purchasing.")


def test_the_cost_stands_beside_the_metric_everywhere_and_in_the_chain(site: PlantSite) -> None:
    for _ in range(2):
        site.day(60, wrong=0.1)
    assert model_page(site.registry, "toy").cost is None
    set_costs(site, COSTS)
    site.day(60, wrong=0.1)  # each of 180 answers costs 100 where it is wrong: one in ten
    page = model_page(site.registry, "toy")
    assert page.cost is not None
    assert page.cost.value == pytest.approx(10_000) and page.cost.low < 10_000 < page.cost.high
    assert (page.cost.n, page.cost.currency) == (180, "SEK")
    curve = page.performance[-1]
    assert (curve.title, curve.unit, curve.values.tolist()) == ("Cost per 1,000 predictions", "SEK", [page.cost.value])
    with site.registry.read() as session:
        query = select(CheckRun.summary).where(CheckRun.kind == PERFORMANCE).order_by(CheckRun.id.desc()).limit(1)
        assert "A thousand predictions cost 10,000 SEK [" in session.scalars(query).one()
        changed = session.scalars(select(AuditRecord).where(AuditRecord.action == "check.limits-changed")).one()
    assert changed.new["settings"]["costs"] == COSTS and changed.reason == "Agreed with purchasing."
    figures = {figure["label"]: figure for figure in key_figures(gather(site.registry, "toy", None, None, by="Eva"))}
    assert "SEK" in figures["Cost per 1,000, newest"]["value"]
    assert "n = 180" in figures["Cost per 1,000, newest"]["note"]


def test_another_currency_begins_another_curve(site: PlantSite) -> None:
    site.day(60, wrong=0.1)
    set_costs(site, COSTS)
    site.day(60, wrong=0.1)
    set_costs(site, COSTS.replace("SEK", "EUR"))
    assert [one.unit for one in model_page(site.registry, "toy").performance if "Cost" in one.title] == []
    site.day(60, wrong=0.1)
    page = model_page(site.registry, "toy")
    assert page.cost is not None and page.cost.currency == "EUR"
    assert page.performance[-1].unit == "EUR" and page.performance[-1].times.size == 1


def test_costs_that_cannot_be_read_are_refused_before_anything_is_replayed(site: PlantSite) -> None:
    site.day(60)
    with pytest.raises(UserError, match="names no class"):
        rehearse(site.registry, "toy", PERFORMANCE, {"costs": "SEK: ok>bad 3"}, by="Eva")
