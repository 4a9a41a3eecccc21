"""Every colour of the window, once for light and once for dark.

Grey is normal; a hue means that something wants attention (ISA-101). Every ink reaches 4.5:1 on every ground
(tests/ui/test_shell_theme.py measures it), and no state is told by colour alone: each has a shape and a word too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours are "#rrggbb"; `band_alpha` is 0 to 255.

    curves: the Okabe-Ito hues, told apart by readers with any colour vision; use dash and marker as well.
    heat: (multiple of the limit, colour) stops; below 1 they stay grey, from 1 on they take a hue.
    """

    name: str
    ground: str  # the window behind everything
    raised: str  # cards, tables, panels
    sunken: str  # the rail, table headers, wells
    hover: str
    selected: str
    line: str  # hairlines and borders
    line_strong: str  # borders of controls: 3:1 on every ground
    ink: str
    ink_muted: str
    ink_faint: str
    accent: str  # links, the selected page, a primary button's outline
    accent_fill: str  # a primary button's ground
    accent_ink: str  # text on accent_fill
    focus: str
    good: str
    warning: str
    alarm: str
    unknown: str
    alarm_fill: str  # ground of an alarm banner or a danger button
    alarm_ink: str  # text on alarm_fill
    alarm_tint: str  # a quiet ground behind an alarm's row or tile
    warning_tint: str
    unknown_tint: str
    chart_grid: str
    chart_axis: str
    limit: str  # limit lines
    heat_missing: str
    curves: tuple[str, ...]
    heat: tuple[tuple[float, str], ...]
    band_alpha: int

    def tokens(self) -> dict[str, str]:
        """Every plain colour by name, for the stylesheet template."""
        return {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), str)}


LIGHT = Palette(
    name="light",
    ground="#ebedf0",
    raised="#fbfcfc",
    sunken="#e1e4e8",
    hover="#f0f2f4",
    selected="#dbe3ec",
    line="#d3d8de",
    line_strong="#828b97",
    ink="#181c22",
    ink_muted="#434c58",
    ink_faint="#58616d",
    accent="#1d5587",
    accent_fill="#235a8c",
    accent_ink="#ffffff",
    focus="#1a6dc4",
    good="#4f5c57",
    warning="#7d4f00",
    alarm="#b3201a",
    unknown="#574e92",
    alarm_fill="#b3201a",
    alarm_ink="#ffffff",
    alarm_tint="#f9e9e7",
    warning_tint="#f7efdf",
    unknown_tint="#eeecf6",
    chart_grid="#e3e6ea",
    chart_axis="#58616d",
    limit="#b3201a",
    heat_missing="#d3d8de",
    curves=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a87900", "#2f8fc4", "#181c22"),
    heat=((0.0, "#f1f3f5"), (0.5, "#dde1e6"), (0.999, "#bcc4cd"), (1.0, "#f0c674"), (2.0, "#d9822b"), (4.0, "#9c1f16")),
    band_alpha=48,
)

DARK = Palette(
    name="dark",
    ground="#17191d",
    raised="#202329",
    sunken="#121417",
    hover="#282c33",
    selected="#2b3542",
    line="#343940",
    line_strong="#7a838f",
    ink="#eceef1",
    ink_muted="#b4bbc5",
    ink_faint="#98a1ad",
    accent="#8dbce8",
    accent_fill="#2b669c",
    accent_ink="#ffffff",
    focus="#62a8f0",
    good="#a3b3ab",
    warning="#e6b04c",
    alarm="#ff8176",
    unknown="#b9b0ea",
    alarm_fill="#c22f26",
    alarm_ink="#ffffff",
    alarm_tint="#38211f",
    warning_tint="#33291a",
    unknown_tint="#2a2738",
    chart_grid="#2b3037",
    chart_axis="#98a1ad",
    limit="#ff8176",
    heat_missing="#343940",
    curves=("#56b4e9", "#e8843a", "#2fbf94", "#d99bbd", "#e6b422", "#7fa8d9", "#eceef1"),
    heat=((0.0, "#24282e"), (0.5, "#323840"), (0.999, "#4c5560"), (1.0, "#a87a1e"), (2.0, "#e08a2e"), (4.0, "#ff7b6b")),
    band_alpha=56,
)
