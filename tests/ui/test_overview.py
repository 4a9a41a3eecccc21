"""The overview: what a tile says, how the grid adapts, what a refresh costs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from aiqu_desktop.core.words import Health
from aiqu_desktop.ui.overview.page import OverviewPage, TileGrid
from aiqu_desktop.ui.overview.present import present, present_tile
from aiqu_desktop.ui.overview.tile_delegate import Form
from aiqu_desktop.ui.overview.tile_model import TileModel
from aiqu_desktop.ui.theme import set_state
from aiqu_desktop.ui.widgets.empty import EmptyState
from tests.ui.fake_rows import NOW, make_tiles
from tests.ui.fakes import FakeDesk


@pytest.fixture
def page(qtbot, theme):
    made = OverviewPage(theme)
    set_state(made, surface="ground")
    qtbot.addWidget(made)
    made.resize(1060, 740)
    made.show()
    return made


def tile_named(name):
    return next(tile for tile in make_tiles(12) if tile.name == name)


def test_a_tile_says_value_interval_limit_and_sample_size():
    view = present_tile(tile_named("gas-concentration"), NOW)
    assert (view.value, view.unit, view.interval) == ("18.4", "ppmv", "[16.3–20.5]")
    assert view.metric.replace("\u00a0", " ") == "MAE, limit ≤ 22 ppmv, n = 602"
    assert not view.breached


def test_a_value_beyond_its_limit_is_marked_in_both_directions():
    gas = tile_named("gas-concentration")
    assert present_tile(replace(gas, value=23.0), NOW).breached
    assert present_tile(replace(gas, value=23.0, higher_is_better=True), NOW).breached is False
    assert present_tile(tile_named("gas-classifier"), NOW).breached


def test_what_is_not_known_is_never_shown_as_a_number_or_as_good():
    view = present_tile(tile_named("bearing-vibration"), NOW)
    assert view.value == "not known"
    assert view.state == "Unknown"
    assert "n\u00a0=" not in view.metric


def test_a_champion_that_the_target_does_not_prove_is_called_unproven():
    view = present_tile(tile_named("kiln-temperature"), NOW)
    assert view.facts[0] == ("Live", "v5 unproven", "warning")
    assert "not proven" in view.spoken
    assert present_tile(replace(tile_named("kiln-temperature"), champion=None), NOW).facts[0][1] == "no version"


def test_every_tile_can_be_read_aloud():
    for view in present(FakeDesk(12).overview()).tiles:
        assert view.title in view.spoken
        assert view.state in view.spoken
        assert view.reason in view.spoken


def test_the_counts_name_every_state_that_occurs(page):
    page.show_overview(present(FakeDesk(12).overview()))
    texts = {health: label.word.text() for health, label in page.counts.items() if label.isVisible()}
    assert texts == {
        Health.ALARM: "2 alarm", Health.WARNING: "2 warning", Health.UNKNOWN: "2 unknown", Health.GOOD: "6 good",
    }  # fmt: skip


def test_an_empty_site_says_what_to_do(page):
    page.show_overview(present(FakeDesk(0).overview()))
    empty = page.findChild(EmptyState, "no_models")
    assert empty.isVisible()
    assert "aiqu import" in empty.sentence.text()
    assert empty.sentence.height() >= empty.sentence.heightForWidth(empty.sentence.width())


@pytest.mark.parametrize(
    ("count", "size", "columns", "form"),
    [
        (3, (1060, 740), 3, Form.ROOMY),
        (12, (1060, 740), 3, Form.FULL),
        (12, (1700, 1020), 4, Form.ROOMY),
        (40, (1700, 1020), 5, Form.COMPACT),
        (1, (1700, 1020), 1, Form.ROOMY),
    ],
)
def test_the_grid_adapts_to_the_window_and_the_number_of_models(page, count, size, columns, form):
    page.resize(*size)
    page.show_overview(present(FakeDesk(count).overview()))
    grid = page.findChild(TileGrid, "tiles")
    grid.arrange()
    assert grid.delegate.form is form
    rects = [grid.visualRect(page.model.index(k)) for k in range(count)]
    assert len({rect.left() for rect in rects}) == columns
    assert max(rect.right() for rect in rects) <= grid.viewport().width()


def test_forty_models_fit_on_a_large_screen_without_scrolling(page):
    page.resize(1700, 1020)
    page.show_overview(present(FakeDesk(40).overview()))
    page.grid.arrange()
    last = page.grid.visualRect(page.model.index(39))
    assert last.bottom() <= page.grid.viewport().height()


def test_a_refresh_touches_only_the_tiles_that_differ(page):
    tiles = make_tiles(12)
    overview = FakeDesk(12).overview()
    page.show_overview(present(overview))
    changed = []
    page.model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    page.show_overview(present(overview))
    assert changed == []
    page.show_overview(present(replace(overview, tiles=(*tiles[:5], replace(tiles[5], n=7), *tiles[6:]))))
    assert changed == [(5, 5)]


def test_the_chosen_tile_stays_chosen_when_another_model_becomes_worse(page):
    overview = FakeDesk(12).overview()
    page.show_overview(present(overview))
    page.grid.setCurrentIndex(page.model.index(page.model.row_of("pump-cavitation")))
    tiles = list(overview.tiles)
    worse = replace(tiles.pop(7), health=Health.ALARM)
    page.show_overview(present(replace(overview, tiles=(worse, *tiles))))
    assert page.grid.currentIndex().data(TileModel.NameRole) == "pump-cavitation"


def test_enter_opens_the_model_that_the_arrows_chose(page, qtbot):
    page.show_overview(present(FakeDesk(12).overview()))
    page.focus_first()
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(page.model_opened) as opened:
        qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert opened.args == ["weld-seam-camera"]


def test_one_click_opens_a_model(page, qtbot):
    page.show_overview(present(FakeDesk(12).overview()))
    rect = page.grid.visualRect(page.model.index(2))
    with qtbot.waitSignal(page.model_opened) as opened:
        qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert opened.args == ["gas-concentration"]


def test_forty_unchanged_tiles_cost_the_main_thread_less_than_ten_milliseconds(page, qtbot):
    page.resize(1700, 1020)
    overview = FakeDesk(40).overview()
    page.show_overview(present(overview))
    qtbot.waitUntil(lambda: len(page.grid.delegate._drawn) == 40 and not page.grid.delegate.behind)
    view = present(overview)
    took = []
    for _ in range(7):
        began = time.thread_time()
        page.show_overview(view)
        page.grid.viewport().repaint()
        took.append(time.thread_time() - began)
    assert sorted(took)[3] < 0.010


def test_forty_changed_tiles_are_drawn_over_several_short_frames(page, qtbot):
    page.resize(1700, 1020)
    overview = FakeDesk(40).overview()
    page.show_overview(present(overview))
    qtbot.waitUntil(lambda: len(page.grid.delegate._drawn) == 40 and not page.grid.delegate.behind)
    changed = replace(overview, tiles=tuple(replace(t, n=t.n + 1) for t in overview.tiles))
    page.show_overview(present(changed))
    began = time.thread_time()
    page.grid.viewport().repaint()
    assert time.thread_time() - began < 0.050
    wanted = present(changed).tiles
    qtbot.waitUntil(lambda: all(page.grid.delegate._drawn[t.name][1] == t for t in wanted))


def test_no_label_of_the_page_takes_markup(page):
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel) if label.text())
