"""The limits of a model's checks, rehearsed on its own past before they are saved."""

from aiqu_desktop.ui.rehearsal.page import RehearsalPage

__all__ = ["RehearsalPage"]
