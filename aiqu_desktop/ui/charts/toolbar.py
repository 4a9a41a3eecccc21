"""What the charts show: metric, span of time, nearer and farther, earlier and later, live or paused."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from aiqu_desktop.ui.charts.time_window import PRESETS, TimeWindow
from aiqu_desktop.ui.theme import Theme, set_state

TITLES = {"24h": "24 h", "7d": "7 d", "30d": "30 d", "90d": "90 d", "all": "All"}


class ChartToolbar(QWidget):
    """Every drag and wheel of the charts has a button here, so that gloves and keyboards reach all of it."""

    metric_chosen = Signal(int)
    all_features_chosen = Signal(bool)

    def __init__(self, theme: Theme, window: TimeWindow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self.span = theme, window
        self.metric_choice = QComboBox(self)
        self.metric_choice.setObjectName("chart-metric")
        self.metric_choice.setAccessibleName("Performance metric to show")
        self.metric_choice.activated.connect(self.metric_chosen)
        self.metric_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.presets = {}
        for preset in PRESETS:
            title = TITLES[preset.key]
            button = self._button(title, f"preset-{preset.key}", f"Show {title}", role="segment")
            button.setProperty("place", {PRESETS[0]: "first", PRESETS[-1]: "last"}.get(preset, "middle"))
            button.clicked.connect(lambda _=False, key=preset.key: self.span.choose(key))
            self.presets[preset.key] = button
            row.addWidget(button)
        row.addSpacing(8)
        moves = (
            ("\u2212", "zoom-out", "Show a longer time", lambda: self.span.zoom(1.5)),
            ("+", "zoom-in", "Show a shorter time", lambda: self.span.zoom(1 / 1.5)),
            ("\u2039", "earlier", "Earlier", lambda: self.span.pan(-0.4)),
            ("\u203a", "later", "Later", lambda: self.span.pan(0.4)),
        )
        for text, name, meaning, act in moves:
            button = self._button(text, name, meaning)
            button.clicked.connect(lambda _=False, do=act: do())
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.metric_choice)
        row.addStretch(1)
        self.all_features = self._button(
            "All features", "all-features", "Show every feature in the drift chart", role="check"
        )
        self.all_features.toggled.connect(self.all_features_chosen)
        self.all_features.toggled.connect(self._tick)
        row.addWidget(self.all_features)
        row.addSpacing(4)
        self.live = self._button("Live", "live", "Follow the newest data, or let the picture stand still", role="check")
        self.live.clicked.connect(lambda checked: self.span.set_live(checked))
        row.addWidget(self.live)
        window.live_changed.connect(self._say_live)
        window.preset_changed.connect(self._say_preset)
        self.waiting = False
        self._say_live(window.live)
        self._say_preset(window.preset)
        theme.changed.connect(self.dress)
        self.dress()

    def show_metrics(self, titles: tuple[str, ...], chosen: int) -> None:
        """Offer `titles`; hidden when there is no choice."""
        if [self.metric_choice.itemText(i) for i in range(self.metric_choice.count())] != list(titles):
            self.metric_choice.clear()
            self.metric_choice.addItems(list(titles))
        self.metric_choice.setCurrentIndex(chosen)
        self.metric_choice.setVisible(len(titles) > 1)

    def set_waiting(self, waiting: bool) -> None:
        """Say on the paused button that newer data waits."""
        if waiting != self.waiting:
            self.waiting = waiting
            self._say_live(self.span.live)

    def show_feature_count(self, count: int) -> None:
        """Say how many features there are to show."""
        self.all_features.setText(f"All {count} features")
        self.all_features.setVisible(count > 1)

    def dress(self) -> None:
        """Icons of the theme."""
        self.live.setIcon(self.theme.icon("heartbeat" if self.span.live else "pause"))
        self._tick(self.all_features.isChecked())

    def _tick(self, checked: bool) -> None:
        """A pressed button says so by a sign, not by its ground alone."""
        self.all_features.setIcon(self.theme.icon("verified" if checked else "model"))

    def _say_live(self, live: bool) -> None:
        self.live.setChecked(live)
        self.live.setText("Live" if live else ("Paused, newer data waits" if self.waiting else "Paused"))
        self.live.setToolTip("Let the picture stand still" if live else "Follow the newest data again")
        set_state(self.live, live=live)
        self.live.setIcon(self.theme.icon("heartbeat" if live else "pause"))

    def _say_preset(self, key: str) -> None:
        for name, button in self.presets.items():
            button.setChecked(name == key)

    def _button(self, text: str, name: str, meaning: str, *, role: str = "quiet") -> QPushButton:
        button = QPushButton(text, self)
        button.setCheckable(role != "quiet")
        button.setObjectName(name)
        button.setAccessibleName(meaning)
        button.setToolTip(meaning)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("role", "quiet" if role == "check" else role)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        return button
