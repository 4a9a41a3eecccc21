"""One rehearsal: its sentence and figures, the replayed past, and how soon planted changes would have rung."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.services.views import RehearsalRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.charts import ChartColumn, Picture
from aiqu_desktop.ui.charts.curve_panel import MetricPanel
from aiqu_desktop.ui.charts.panel import Key
from aiqu_desktop.ui.charts.readout import ReadOut
from aiqu_desktop.ui.rehearsal import columns
from aiqu_desktop.ui.rehearsal.replayed import cells_at, facts_of, picture_of
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.tables.record_table import RecordTable
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import make_label

_ROWS = 4  # planted changes that are seen without scrolling


class ReplayPanel(MetricPanel):
    """The figure as the check would have seen it."""

    def set_picture(self, picture: Picture, metric: int) -> None:
        super().set_picture(picture, metric)
        curve = picture.metrics[metric]
        self._as_share = curve.title == "Drifted share"
        self.title = f"{curve.title}, replayed"
        self.keys = (Key("line", "answers"), Key("standing", "alarm stands"), Key("limit", "limit"))


class ResultView(QWidget):
    """Shows what `show_row` is given; an empty one is never shown. save_asked: its limits shall become the check's."""

    save_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rehearsal_result")
        self._theme = theme
        self.row: RehearsalRow | None = None
        self.heading = make_label("", "heading", "rehearsal_heading", wrap=True)
        self.sentence = make_label("", "body", "rehearsal_sentence", wrap=True)
        flags = Qt.TextInteractionFlag
        self.sentence.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.facts = ReadOut(theme)
        self.facts.setObjectName("rehearsal_facts")
        self.facts.setAccessibleName("Figures of the rehearsal")
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.facts)
        self.chart = ChartColumn(theme, only=ReplayPanel(theme), write=cells_at)
        self.chart.setObjectName("replay")
        self.planted = RecordModel(theme, columns.PLANTED, lambda row: row["planted"])
        self.planted.setParent(self)
        self.table = RecordTable(theme, self.planted, "planted", "Planted changes and how soon they ring")
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.no_trials = make_label("No change could be planted.", "caption", "no_trials", wrap=True)
        self.save = make_button("Save these limits…", "save_limits", on_click=self.save_asked.emit)
        self.why_not = make_label("", "caption", "why_not_saved", wrap=True)
        self.why_not.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.heading, 3)
        first.addWidget(self.why_not, 2)
        first.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addWidget(self.sentence)
        column.addWidget(card)
        column.addWidget(self.chart, 1)
        column.addWidget(self.table)
        column.addWidget(self.no_trials)
        theme.changed.connect(self._dress)

    def show_row(self, row: RehearsalRow) -> None:
        """Draw one rehearsal; the same again leaves chart and selection as they are."""
        if self.row is not None and self.row.id == row.id:
            return
        self.row = row
        made = row.rehearsal
        self.heading.setText(f"Rehearsal {row.id}: {columns.change_of(row)}")
        self.heading.setToolTip(f"Made {fmt.instant_full(row.at)} by {row.by}; SHA-256 {row.sha256}")
        self.sentence.setText(row.sentence)
        self.facts.show_cells(facts_of(row))
        self.chart.show_picture(picture_of(row), new_model=True)
        self.planted.set_rows(made["detections"])
        tried = bool(made["detections"])
        self.table.setVisible(tried)
        self.no_trials.setVisible(not tried)
        self._dress()

    def offer_saving(self, why_not: str) -> None:
        """Let the limits be saved, or say why they cannot."""
        explain(self.save, why_not)
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))

    def _dress(self) -> None:
        density = self._theme.density
        rows = min(max(self.planted.rowCount(), 1), _ROWS)
        self.table.setFixedHeight((rows + 1) * density.row + 6)
