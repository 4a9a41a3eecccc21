"""What runs when: schedules, the lease of the one scheduler, worker threads, progress and cancel."""

from aiqu_desktop.scheduling.monitor import Monitor

__all__ = ["Monitor"]
