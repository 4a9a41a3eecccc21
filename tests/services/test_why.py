import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.services.why import distribution, explain_model
from tests.factories.plant_site import PlantSite


def test_the_moved_feature_leads_the_reasons_in_both_languages(site: PlantSite) -> None:
    for _ in range(4):
        site.day(60, shift=1.5)
    why = explain_model(site.registry, "toy")
    assert why.drifted and why.version == 1
    assert why.reasons[0].feature == "temperature"
    assert why.reasons[0].moved.startswith("up, median")
    assert sum(reason.weight for reason in why.reasons) == pytest.approx(1.0)
    assert "“temperature”, which has risen" in why.sentence
    assert "”temperature”, som har stigit" in explain_model(site.registry, "toy", language="sv").sentence


def test_what_stayed_has_no_reasons(site: PlantSite) -> None:
    for _ in range(4):
        site.day(60)
    why = explain_model(site.registry, "toy")
    assert not why.drifted and why.reasons == ()
    assert "has changed noticeably" in why.sentence


def test_distributions_stand_side_by_side(site: PlantSite) -> None:
    for _ in range(4):
        site.day(60, shift=1.5)
    found = distribution(site.registry, "toy", "temperature")
    assert (found.n_reference, found.n_window) == (200, 240)
    assert found.reference.sum() == pytest.approx(1.0) and found.window.sum() == pytest.approx(1.0)
    middles = (found.edges[1:] + found.edges[:-1]) / 2
    assert float(np.dot(middles, found.window)) > float(np.dot(middles, found.reference)) + 15
    assert found.unit == "°C"
    recipes = distribution(site.registry, "toy", "recipe")
    assert set(recipes.names) == {"A", "B"} and recipes.edges.size == 0
    assert distribution(site.registry, "toy", "prediction").n_window == 240


def test_an_unknown_feature_is_refused(site: PlantSite) -> None:
    with pytest.raises(UserError, match="no feature 'colour'"):
        distribution(site.registry, "toy", "colour")
