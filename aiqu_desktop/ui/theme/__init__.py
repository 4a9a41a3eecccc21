"""Colours, type and density of the window, as tokens that one stylesheet template is rendered from."""

from aiqu_desktop.ui.theme.palette import DARK, LIGHT, Palette
from aiqu_desktop.ui.theme.theme import Density, Theme, set_state

__all__ = ["DARK", "LIGHT", "Density", "Palette", "Theme", "set_state"]
