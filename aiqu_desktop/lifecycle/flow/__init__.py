"""The automated flow: after its import a version goes through its tests by itself, until it is ready for approval."""

from aiqu_desktop.lifecycle.flow.record import ask_for_tests, cancel_tests
from aiqu_desktop.lifecycle.flow.runner import look_again, run_next
from aiqu_desktop.lifecycle.flow.steps import STEPS, Step

__all__ = ["STEPS", "Step", "ask_for_tests", "cancel_tests", "look_again", "run_next"]
