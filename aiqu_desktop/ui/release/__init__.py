"""The sheets that request, approve and roll back: preview, signature, deliberate gesture, progress, proof."""

from aiqu_desktop.ui.release.approval_sheet import ApprovalSheet
from aiqu_desktop.ui.release.papers import Papers, gather
from aiqu_desktop.ui.release.request_sheet import RequestSheet
from aiqu_desktop.ui.release.rollback_sheet import RollbackSheet
from aiqu_desktop.ui.release.sheet import ReleaseSheet
from aiqu_desktop.ui.release.stop_sheet import StopSheet

__all__ = ["ApprovalSheet", "Papers", "ReleaseSheet", "RequestSheet", "RollbackSheet", "StopSheet", "gather"]
