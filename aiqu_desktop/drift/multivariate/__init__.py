"""The change that no single column shows: columns judged together."""

from aiqu_desktop.drift.multivariate.joint import JointLimits, JointResult, Reconstruction, compare_jointly
from aiqu_desktop.drift.multivariate.reference import MultivariateReference

__all__ = ["JointLimits", "JointResult", "MultivariateReference", "Reconstruction", "compare_jointly"]
