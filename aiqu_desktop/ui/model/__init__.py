"""Level two: the page of one model."""

from aiqu_desktop.ui.model.page import ModelPageWidget

__all__ = ["ModelPageWidget"]
