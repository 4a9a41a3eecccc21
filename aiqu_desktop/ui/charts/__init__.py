"""The stacked, time-linked charts of one model."""

from aiqu_desktop.ui.charts.column import ChartColumn
from aiqu_desktop.ui.charts.picture import Picture, prepare

__all__ = ["ChartColumn", "Picture", "prepare"]
