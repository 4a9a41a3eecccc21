"""Charts drawn by us as SVG from the plotted data: vector, light, told apart by shape as well as by colour."""

from __future__ import annotations

from aiqu_desktop.reports.charts.chart import Chart
from aiqu_desktop.reports.charts.heat_map import MOST_FEATURES, heat_map_chart
from aiqu_desktop.reports.charts.symbols import STATE_WORDS, state_symbol
from aiqu_desktop.reports.charts.time_chart import time_chart

__all__ = ["MOST_FEATURES", "STATE_WORDS", "Chart", "heat_map_chart", "state_symbol", "time_chart"]
