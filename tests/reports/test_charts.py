"""The charts: well-formed whatever comes, gaps left open, limits named, nothing told by colour alone."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.words import Verdict
from aiqu_desktop.reports.charts import Chart, heat_map_chart, state_symbol, time_chart
from aiqu_desktop.reports.charts.chart import WIDTH
from aiqu_desktop.reports.charts.heat_map import worst_features
from aiqu_desktop.reports.charts.runs import thinned, unbroken_runs
from aiqu_desktop.reports.charts.svg import shortened, text_width
from aiqu_desktop.reports.series import HeatMap, PerformancePoint, PerformanceSeries, Quantity
from tests.reports import samples

SVG = "{http://www.w3.org/2000/svg}"
values = st.none() | st.floats(-1e12, 1e12) | st.sampled_from([float("nan"), float("inf"), float("-inf")])


def parsed(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)


def words_of(chart: Chart) -> list[str]:
    return [node.text or "" for node in parsed(chart).iter(f"{SVG}text")]


def drawn(series: PerformanceSeries, **more: object) -> Chart:
    return time_chart(series, samples.START, samples.END, **more)  # type: ignore[arg-type]


def test_a_chart_names_its_axis_limits_last_value_and_sample_size() -> None:
    words = words_of(drawn(samples.accuracy_series()))
    for expected in (
        "accuracy, %",
        "limit 85.0\u202f%",
        "accepted 97.0\u202f%",
        "last 96.2\u202f%",
        "n up to 460",
        "2009",
    ):
        assert expected in words


def test_a_missing_value_opens_the_line() -> None:
    runs = unbroken_runs([p for p in samples.accuracy_series().points if not p.estimated], None)
    assert [len(run) for run in runs] == [10, 7]
    assert "no value" in words_of(drawn(samples.accuracy_series()))


def test_a_silence_longer_than_usual_opens_the_line_too() -> None:
    series = samples.accuracy_series()
    points = [p for p in series.points if p.value is not None and not p.estimated]
    assert len(unbroken_runs(points, timedelta(days=31))) == 2
    assert len(unbroken_runs(points, None)) == 1


def test_realised_and_estimated_differ_without_colour() -> None:
    chart = parsed(drawn(samples.accuracy_series()))
    lines = [n for n in chart.iter(f"{SVG}polyline") if n.get("stroke-width") == "1.2"]
    assert {node.get("stroke-dasharray") for node in lines} == {None, "3 2"}
    fills = {node.get("fill") for node in chart.iter(f"{SVG}circle")}
    assert "#ffffff" in fills and len(fills) == 2


def test_values_beyond_the_limit_are_diamonds() -> None:
    def diamonds(series: PerformanceSeries) -> int:
        shapes = [n.get("points", "").split() for n in parsed(drawn(series)).iter(f"{SVG}polygon")]
        return sum(len(corners) == 4 for corners in shapes)

    series = samples.accuracy_series()
    assert diamonds(series) == 2 + 1  # two points and the key
    assert diamonds(dataclasses.replace(series, limit=0.5)) == 0


def test_nothing_is_drawn_outside_the_paper() -> None:
    report = samples.rich_report()
    for chart in (
        drawn(samples.accuracy_series(), releases=report.releases, alarms=report.alarms),
        heat_map_chart(report.heat_map),
    ):
        height = float(parsed(chart).get("viewBox", "").split()[3])
        for node in parsed(chart).iter(f"{SVG}text"):
            size, x, y = (float(node.get(key, "0")) for key in ("font-size", "x", "y"))
            wide = text_width(node.text or "", size)
            left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[node.get("text-anchor", "start")]
            assert left >= -1 and left + wide <= WIDTH + 6, node.text
            assert size * 0.7 <= y <= height


def test_overlapping_events_have_lanes_of_their_own() -> None:
    report = samples.rich_report()
    words = words_of(drawn(samples.accuracy_series(), releases=report.releases, alarms=report.alarms))
    for expected in ("v1", "v3", "back to v2", "v4 reverted", "v4", "C", "H", "M", "L"):
        assert expected in words


def test_alarms_without_a_lane_are_counted() -> None:
    busy = samples.long_report(60)
    chart = time_chart(busy.performance[0], busy.title.period_start, busy.title.period_end, (), busy.alarms)
    assert any(word.startswith("and ") and word.endswith(" more") for word in words_of(chart))


def test_thousands_of_points_are_thinned_without_losing_an_extreme() -> None:
    run = [
        PerformancePoint(samples.START + timedelta(minutes=k), 0.9 - (0.5 if k == 7_777 else 0), n=5)
        for k in range(20_000)
    ]
    kept = thinned(run, 600)
    assert len(kept) <= 600 and min(p.value or 0 for p in kept) == pytest.approx(0.4)
    assert kept[0] is run[0] and kept[-1] is run[-1]


@given(st.lists(st.tuples(values, values, values, st.integers(0, 10**9)), max_size=12), st.text(max_size=20))
def test_any_numbers_and_any_name_give_well_formed_svg(rows: list[tuple[float | None, ...]], name: str) -> None:
    points = tuple(
        PerformancePoint(samples.START + timedelta(days=k), value, low, high, int(n or 0))
        for k, (value, low, high, n) in enumerate(rows)
    )
    chart = drawn(PerformanceSeries(Quantity(name), points, limit=0.5, cadence=timedelta(days=1)))
    assert "nan" not in chart.svg.replace(name, "").lower()
    parsed(chart)


def test_an_empty_chart_says_so() -> None:
    chart = drawn(PerformanceSeries(Quantity("accuracy", is_share=True)))
    assert "no value in this period" in words_of(chart)
    assert chart.alternative.endswith("no value in this period.")


def test_the_alternative_text_tells_span_extremes_last_and_breaches() -> None:
    words = drawn(samples.accuracy_series()).alternative
    for expected in ("2008-01-01 to 2009-07-01", "lowest 74.2", "highest 97.2", "limit 85.0", "2 values beyond it"):
        assert expected in words


def test_the_heat_map_puts_the_worst_feature_first_and_marks_what_is_beyond() -> None:
    heat_map = HeatMap(("calm", "worst", "bad"), tuple(samples.months(2)), ((0.1, None), (2.5, 1.5), (0.2, 1.2)))
    assert worst_features(heat_map, 2) == [1, 2]
    chart = parsed(heat_map_chart(heat_map))
    names = [n.text for n in chart.iter(f"{SVG}text")]
    assert names.index("worst") < names.index("bad") < names.index("calm")
    assert len(list(chart.iter(f"{SVG}circle"))) == 2 + 1  # 1.5, 1.2 and the key


def test_more_windows_than_paper_show_the_greatest_of_each_column() -> None:
    ratios = tuple(3.0 if w == 301 else 0.1 for w in range(400))
    chart = parsed(heat_map_chart(HeatMap(("one",), tuple(samples.months(400)), (ratios,))))
    crosses = [n for n in chart.iter(f"{SVG}line") if n.get("stroke") == "#ffffff"]
    assert len(crosses) == 4  # one cell and the key, two strokes each
    assert len(list(chart.iter(f"{SVG}rect"))) < 120


def test_a_heat_map_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="2 features and 1 windows"):
        HeatMap(("a", "b"), (samples.START,), ((1.0,),))


def test_each_state_has_a_shape_of_its_own() -> None:
    def outline(state: Verdict) -> list[str]:
        return [node.tag for node in parsed(state_symbol(state))] + [
            str(len(node.get("points", "").split())) for node in parsed(state_symbol(state))
        ]

    assert len({tuple(outline(state)) for state in Verdict}) == len(Verdict)


def test_long_names_are_cut_in_the_middle() -> None:
    name = "sensor_bank_B_temperature_compensated_gradient_07"
    cut = shortened(name, 7, 90)
    assert cut.startswith("sensor") and cut.endswith("07") and "…" in cut and text_width(cut, 7) <= 90
    assert shortened("short", 7, 90) == "short"
