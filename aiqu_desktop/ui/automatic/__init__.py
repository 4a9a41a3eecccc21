"""Automatic rollback in the window: the countdown that cannot be missed, the policy and its signatures."""

from aiqu_desktop.ui.automatic.countdown import CountdownBanner
from aiqu_desktop.ui.automatic.policy_sheet import PolicySheet
from aiqu_desktop.ui.automatic.sign_dialog import SignDialog, Signing

__all__ = ["CountdownBanner", "PolicySheet", "SignDialog", "Signing"]
