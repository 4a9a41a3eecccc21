"""Why a model drifted: the reasons ranked, and one feature's distributions side by side."""

from aiqu_desktop.ui.why.panel import WhyPanel

__all__ = ["WhyPanel"]
