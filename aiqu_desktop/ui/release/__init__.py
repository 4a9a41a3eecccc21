"""The sheet that promotes and rolls back: preview, deliberate gesture, progress, proof."""

from aiqu_desktop.ui.release.sheet import ReleaseSheet

__all__ = ["ReleaseSheet"]
