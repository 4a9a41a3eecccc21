"""Why it drifted: a sentence, ranked reasons, and the chosen feature's distributions, all reached by keyboard."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.ui.actions import Act
from aiqu_desktop.ui.shell.navigation import Place
from aiqu_desktop.ui.why import WhyPanel
from aiqu_desktop.ui.why.chart import DistributionChart
from tests.ui.fake_rows import NOW
from tests.ui.why_story import make_distribution, make_why


@pytest.fixture
def window(qtbot, open_window, desk):
    made = open_window(desk)
    made.go(Place("model", "gas-classifier"))
    qtbot.waitUntil(lambda: made.pages["model"].shown is not None)
    return made


@pytest.fixture
def chart(qtbot, theme):
    made = DistributionChart(theme)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def told(qtbot, window):
    window.actions_book[Act.WHY].trigger()
    panel = window.pages["model"].tabs.why
    qtbot.waitUntil(lambda: panel.view is not None and panel.chart.view is not None)
    return panel


def count(desk, name):
    return sum(called == name for called, _ in desk.calls)


def test_the_key_opens_the_sentence_and_the_ranked_reasons(qtbot, window, desk):
    panel = told(qtbot, window)
    assert panel.isVisible()
    assert panel.sentence.text().startswith("The input drifted: 41 %")
    assert "hurts most where recipe = B" in panel.about.text()
    titles = [column.title for column in panel.reasons.columns]
    assert titles == ["Feature", "Effect", "Importance", "Explains", "What it did"]
    cells = [panel.reasons.index(0, k).data() for k in range(5)]
    assert cells == ["sensor01_dR", "6.2 × its limit", "12\u00a0%", "31\u00a0%", "median up from 5.0 to 6.4"]
    assert panel.reasons.index(5, 2).data() == "–", "an unknown importance"
    assert threading.main_thread().name not in desk.threads


def test_a_small_importance_is_not_none(qtbot, theme):
    panel = WhyPanel(theme)
    qtbot.addWidget(panel)
    why = make_why("m", NOW)
    panel.show_why(replace(why, reasons=(replace(why.reasons[0], importance=0.002), *why.reasons[1:])))
    assert panel.reasons.index(0, 2).data() == "< 1\u00a0%"


def test_the_weightiest_reason_is_shown_first_and_another_on_demand(qtbot, window, desk):
    panel = told(qtbot, window)
    assert panel.chart.view.feature == "sensor01_dR"
    assert panel.heading.text() == "sensor01_dR (kOhm)"
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: panel.chart.view is not None and panel.chart.view.feature == "recipe")
    assert panel.heading.text() == "recipe"


def test_nothing_is_explained_before_somebody_looks(qtbot, window, desk):
    assert count(desk, "explain_model") == 0
    told(qtbot, window)
    assert count(desk, "explain_model") == 1
    window.pages["model"].refresh()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert count(desk, "explain_model") == 1, "the same drift answer is not explained again"


def test_another_model_shows_nothing_of_the_former_one(qtbot, window):
    panel = told(qtbot, window)
    window.pages["model"].show_model("gas-concentration")
    assert panel.view is None
    assert "being compared" in panel.sentence.text()
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.model == "gas-concentration")


def test_on_a_low_screen_the_reasons_get_the_room_of_the_charts_and_give_it_back(qtbot, window):
    page = window.pages["model"]
    told(qtbot, window)
    assert not page.charts.isVisible()
    page.tabs.toggle.click()
    assert page.charts.isVisible()
    assert page.tabs.folded


def test_on_a_tall_screen_charts_and_reasons_stand_together(qtbot, open_window, desk):
    window = open_window(desk, (1_920, 1_080))
    window.go(Place("model", "gas-classifier"))
    page = window.pages["model"]
    qtbot.waitUntil(lambda: page.shown is not None)
    panel = told(qtbot, window)
    assert page.charts.isVisible()
    assert panel.height() > 300


def test_what_cannot_be_explained_says_why(qtbot, window, desk):
    def refuse(_model):
        raise UserError("The window holds no observations.")

    desk.explain_model = refuse
    window.actions_book[Act.WHY].trigger()
    panel = window.pages["model"].tabs.why
    qtbot.waitUntil(lambda: panel.sentence.text() == "The window holds no observations.")


def test_an_answer_without_reasons_is_its_sentence_alone(qtbot, theme):
    panel = WhyPanel(theme)
    qtbot.addWidget(panel)
    panel.show_why(replace(make_why("m", NOW), reasons=(), segment="", sentence="Nothing drifted."))
    assert panel.sentence.text() == "Nothing drifted."
    assert not panel.table.isVisible()


def test_a_late_answer_about_another_feature_is_dropped(qtbot, theme):
    panel = WhyPanel(theme)
    qtbot.addWidget(panel)
    panel.show_why(make_why("m", NOW))
    panel.show_distribution(make_distribution("recipe"))
    assert panel.chart.view is None


def test_bins_are_read_by_keyboard_with_both_shares(chart):
    chart.show_view(make_distribution("sensor01_dR"))
    assert chart.reading() == "Outside of what is shown: reference 0.0\u00a0%, now 2.0\u00a0%"
    QTest.keyClick(chart, Qt.Key.Key_Right)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.marked == 1
    assert chart.reading().startswith("2.25 to 2.50\u00a0kOhm: reference ")
    assert chart.reading() in chart.accessibleDescription()
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.marked == 0
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.marked is None


def test_the_legend_gives_counts_and_missing_shares(chart):
    chart.show_view(make_distribution("recipe"))
    assert chart.legend() == (
        "reference, n\u00a0=\u00a04\u202f004, 0.0\u00a0% missing",
        "now, n\u00a0=\u00a0312, 1.3\u00a0% missing",
    )
    chart.mark(1)
    assert chart.reading() == "B: reference 30.0\u00a0%, now 52.0\u00a0%"


def test_the_two_shapes_are_told_apart_without_colour(chart):
    (old, old_fill), (new, new_fill) = chart._brushes()
    assert old.style() == Qt.PenStyle.DashLine
    assert new.style() == Qt.PenStyle.SolidLine
    assert new_fill[-1].style() != old_fill[-1].style()


def test_bins_of_different_width_are_drawn_by_area(chart):
    view = replace(
        make_distribution("sensor01_dR"), edges=np.array([0.0, 1.0, 3.0]), reference=np.array([0.5, 0.5]),
        window=np.array([0.2, 0.8]),
    )  # fmt: skip
    chart.show_view(view)
    heights = chart.heights()[0]
    assert heights[0] == pytest.approx(2 * heights[1])
    assert chart.reading() != ""


@pytest.mark.parametrize("feature", ["sensor01_dR", "recipe"])
def test_every_kind_of_distribution_is_painted_in_both_themes(chart, theme, feature):
    chart.show_view(make_distribution(feature))
    chart.mark(2)
    for name in ("light", "dark"):
        theme.set_name(name)
        image = chart.grab().toImage()
        colours = {image.pixelColor(x, 200).name() for x in range(0, image.width(), 3)}
        assert len(colours) > 3


def test_a_feature_without_any_value_is_painted_without_a_fault(chart):
    view = replace(
        make_distribution("recipe"), names=(), reference=np.empty(0), window=np.empty(0), n_reference=0, n_window=0
    )
    chart.show_view(view)
    chart.mark(0)
    assert not chart.grab().isNull()
