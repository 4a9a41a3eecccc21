"""The reference profile: a compact, mergeable summary of the accepted data."""

from aiqu_desktop.drift.profiles.builder import ProfileBuilder
from aiqu_desktop.drift.profiles.merging import merge
from aiqu_desktop.drift.profiles.profile import (
    CategoricalProfile,
    ColumnProfile,
    NumericProfile,
    ReferenceProfile,
    build_profile,
)

__all__ = [
    "CategoricalProfile",
    "ColumnProfile",
    "NumericProfile",
    "ProfileBuilder",
    "ReferenceProfile",
    "build_profile",
    "merge",
]
