"""The theme: readable in light and dark, one template, no forgotten token."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QLabel

from aiqu_desktop.core.paths import resources
from aiqu_desktop.ui.theme import DARK, LIGHT, Theme, set_state

INKS = ("ink", "ink_muted", "ink_faint", "accent", "good", "warning", "alarm", "unknown")
GROUNDS = ("ground", "raised", "sunken", "hover", "selected")
TINTED = (("alarm", "alarm_tint"), ("warning", "warning_tint"), ("unknown", "unknown_tint"), ("ink", "alarm_tint"),
          ("alarm_ink", "alarm_fill"), ("accent_ink", "accent_fill"))  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_every_ink_reaches_four_and_a_half_to_one_on_every_ground(palette, ground, ink):
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize(("ink", "ground"), TINTED)
def test_every_state_ink_is_readable_on_its_own_tint(palette, ink, ground):
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
def test_borders_of_controls_and_the_focus_ring_stand_out_three_to_one(palette):
    for token in ("line_strong", "focus"):
        assert contrast(getattr(palette, token), palette.raised) >= 3.0


def test_the_template_names_no_colour_of_its_own():
    text = (resources() / "ui" / "style.qss").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", re.sub(r"^[^{]*\{", "", text)) == []


def test_switching_to_dark_restyles_the_application_and_says_so(qtbot, qapp):
    theme = Theme()
    theme.apply(qapp)
    with qtbot.waitSignal(theme.changed):
        theme.set_name("dark")
    assert DARK.ground in qapp.styleSheet()
    assert LIGHT.ground not in qapp.styleSheet()


def test_figures_have_one_width_so_that_columns_of_numbers_line_up(qapp):
    theme = Theme()
    theme.apply(qapp)
    label = QLabel("x")
    label.setFont(theme.font(40, figures=True))
    metrics = label.fontMetrics()
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_a_state_reaches_the_stylesheet_as_a_property(qtbot, qapp):
    theme = Theme()
    theme.apply(qapp)
    label = QLabel("Limit crossed")
    qtbot.addWidget(label)
    set_state(label, health="alarm")
    label.ensurePolished()
    assert label.palette().color(label.foregroundRole()).name() == LIGHT.alarm
